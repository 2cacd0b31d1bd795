// The alerts that were asked for, looked at again every few seconds, and what people do with them.

import { get, isAbort, problemOf, send, type Problem } from '../../api/client'
import { alerting } from '../../shell/alerting.svelte'
import { author } from '../event/annotations.svelte'
import { belongs, beside, isSnoozed, refreshed } from './rows'
import type { Alert, AlertChange, AlertPage } from './types'
import { paramsOf, type Asked } from './views'

const PAGE = 50
/** Changes of many alerts under way at a time. */
const AT_ONCE = 4

export class Inbox {
  /** Everything fetched so far, snoozed ones too. */
  items = $state.raw<readonly Alert[]>([])
  states = $state.raw<Record<string, number>>({})
  severities = $state.raw<Record<string, number>>({})
  /** Continues after what was fetched; empty at the end. */
  cursor = $state('')
  ready = $state(false)
  loading = $state(false)
  problem = $state.raw<Problem>()
  /** Whether snoozed ones are shown. */
  snoozed = $state(false)
  now = $state(Date.now())
  /** The id of the alert one is at. */
  at = $state('')
  chosen = $state.raw<ReadonlySet<string>>(new Set())
  /** The ids of those that came while somebody looked. */
  arrived = $state.raw<ReadonlySet<string>>(new Set())
  asked: Asked | undefined
  #stop = new AbortController()
  #changing = 0

  readonly rows = $derived(this.snoozed ? this.items : this.items.filter((a) => !isSnoozed(a, this.now)))
  readonly hidden = $derived(this.items.length - this.rows.length)
  readonly current = $derived(this.rows.find((a) => a.id === this.at) ?? this.rows[0])
  /** What an act is about: the chosen ones, else the one at hand. */
  readonly target = $derived(this.chosen.size > 0 ? this.rows.filter((a) => this.chosen.has(a.id)) : this.current ? [this.current] : [])

  /** show asks for something else. */
  async show(asked: Asked): Promise<void> {
    this.asked = asked
    this.#stop.abort()
    this.#stop = new AbortController()
    this.chosen = new Set()
    this.arrived = new Set()
    try {
      const page = await this.#page('', this.#stop.signal)
      this.items = page.items
      this.cursor = page.next_cursor ?? ''
      this.#counts(page)
      this.now = Date.now()
      this.problem = undefined
      this.ready = true
      await this.#fill()
    } catch (err) {
      if (isAbort(err)) return
      this.problem = problemOf(err)
      this.ready = true
    }
  }

  /** look sees what has come or changed; it does nothing while a change is under way. */
  async look(): Promise<void> {
    if (!this.ready || this.#changing > 0 || this.loading) return
    const { signal } = this.#stop
    try {
      const page = await this.#page('', signal)
      if (this.#changing > 0) return
      this.now = Date.now()
      const known = new Set(this.items.map((a) => a.id))
      const items = refreshed(this.items, page.items, !page.next_cursor)
      if (items.length === page.items.length) this.cursor = page.next_cursor ?? ''
      const news = page.items.filter((a) => !known.has(a.id)).map((a) => a.id)
      if (news.length > 0) {
        this.arrived = new Set([...this.arrived, ...news])
        // Where one is stays the same alert, also when it was only the first.
        if (this.at === '' && this.current) this.at = this.current.id
      }
      this.items = items
      if (this.chosen.size > 0) this.chosen = new Set(items.map((a) => a.id).filter((id) => this.chosen.has(id)))
      this.#counts(page)
      this.problem = undefined
    } catch (err) {
      if (!isAbort(err) && this.items.length === 0) this.problem = problemOf(err)
    }
  }

  /** more fetches the next page. */
  async more(): Promise<void> {
    if (this.cursor === '' || this.loading) return
    this.loading = true
    try {
      const page = await this.#page(this.cursor, this.#stop.signal)
      const known = new Set(this.items.map((a) => a.id))
      this.items = [...this.items, ...page.items.filter((a) => !known.has(a.id))]
      this.cursor = page.next_cursor ?? ''
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    } finally {
      this.loading = false
    }
  }

  /** A page of nothing but snoozed alerts would look like an empty inbox. */
  async #fill(): Promise<void> {
    for (let i = 0; i < 5 && this.rows.length === 0 && this.cursor !== ''; i++) await this.more()
  }

  #page(cursor: string, signal: AbortSignal): Promise<AlertPage> {
    return get<AlertPage>('/api/alerts', { ...(this.asked ? paramsOf(this.asked, author(), Date.now()) : {}), page_size: PAGE, cursor }, signal)
  }

  #counts(page: AlertPage): void {
    this.states = page.states
    this.severities = page.severities
  }

  move(by: number): Alert | undefined {
    const at = Math.max(this.rows.findIndex((a) => a.id === this.current?.id), 0)
    const next = this.rows[Math.min(Math.max(at + by, 0), this.rows.length - 1)]
    if (next) this.at = next.id
    return next
  }

  choose(id: string): void {
    const next = new Set(this.chosen)
    if (!next.delete(id)) next.add(id)
    this.chosen = next
  }

  /** change changes one alert, as it was seen. It rejects with a Problem; after a conflict the list shows what is there now. */
  async change(a: Alert, what: AlertChange): Promise<Alert> {
    this.#changing++
    try {
      const next = await send<Alert>('PATCH', `/api/alerts/${encodeURIComponent(a.id)}`, { ...what, version: a.version })
      this.took(next)
      return next
    } finally {
      this.#changing--
      void this.#after()
    }
  }

  /** changeAll changes several; it gives those that were, and the first thing that went wrong. */
  async changeAll(list: readonly Alert[], what: AlertChange): Promise<{ done: Alert[]; problem: Problem | undefined }> {
    const [queue, done] = [[...list], [] as Alert[]]
    let problem: Problem | undefined
    const work = async (): Promise<void> => {
      for (let a = queue.shift(); a; a = queue.shift())
        try {
          done.push(await this.change(a, what))
        } catch (err) {
          problem ??= problemOf(err)
        }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    this.chosen = new Set()
    return { done, problem }
  }

  /** took takes over an alert as the server tells of it. */
  took(next: Alert): void {
    const stays = this.asked !== undefined && belongs(next, this.asked, author()) && (this.snoozed || !isSnoozed(next, this.now))
    if (!stays && this.current?.id === next.id) this.at = beside(this.rows, next.id)
    const there = this.asked !== undefined && belongs(next, this.asked, author())
    this.items = there ? this.items.map((a) => (a.id === next.id && a.version <= next.version ? next : a)) : this.items.filter((a) => a.id !== next.id)
  }

  async #after(): Promise<void> {
    if (this.#changing > 0) return
    await Promise.all([this.look(), alerting.look()])
  }

  leave(): void {
    this.#stop.abort()
  }
}
