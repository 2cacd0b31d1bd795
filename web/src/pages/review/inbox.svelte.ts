// The inbox: what is shown of the queue, where one is in it, and what is chosen.

import { get, isAbort, problemOf, type Problem } from '../../api/client'
import type { AuditEvent, EventPage } from '../../api/types'
import { oneLine } from '../../lib/text'
import { Samples } from './samples.svelte'
import type { Marks } from './marks.svelte'
import { after, asks, eventID, groupID, howMany, marked, NOTHING, rows, toggle, type Chosen, type Opened, type Row } from './rows'
import { sorted, type Sort } from './sort'
import type { Queue, QueueGroup, Verdict } from './types'

/** What the inbox shows: the queue by groups, or a list of events that a query finds. */
export interface Asked {
  mode: 'queue' | 'list'
  q: string
  olderThanDays: number
  noise: boolean
  zone: string
  /** Of a list: the earliest time, in ISO. */
  start?: string
  /** Of a list: the state its events have. */
  state?: Verdict['state']
  sort: Sort
}

/** Where somebody was in the inbox, and which groups they had open. */
export interface Place {
  cursor: string
  opened: string[]
}

const PAGE = 50
const MAX_GROUPS = 1000
/** How many groups are drawn at first. */
const DRAWN = 150

export class Inbox {
  asked = $state.raw<Asked>()
  groups = $state.raw<readonly QueueGroup[]>([])
  opened = $state.raw<ReadonlyMap<string, Opened>>(new Map())
  chosen = $state.raw<Chosen>(NOTHING)
  /** The id of the row that keys act on. */
  cursor = $state('')
  /** Whether the first answer is there. */
  ready = $state(false)
  complete = $state(true)
  problem = $state.raw<Problem>()
  drawn = $state(DRAWN)
  /** Changes in groups that are too many to list. */
  #beyond = $state(0)
  readonly samples = new Samples()
  readonly #marks: Marks
  #load = new AbortController()
  #lastSeq = 0

  constructor(marks: Marks) {
    this.#marks = marks
  }

  readonly total = $derived(this.groups.reduce((n, g) => n + g.count, this.#beyond))
  readonly #ordered = $derived(this.asked?.mode === 'queue' ? sorted(this.groups, this.asked.sort) : this.groups)
  readonly rows: readonly Row[] = $derived.by(() => {
    const all = rows(this.#ordered.slice(0, this.drawn), this.opened)
    return this.asked?.mode === 'list' ? all.filter((r) => r.kind !== 'group') : all
  })
  readonly hiddenGroups = $derived(Math.max(this.groups.length - this.drawn, 0))
  readonly current: Row | undefined = $derived(this.rows.find((r) => r.id === this.cursor) ?? this.rows[0])
  /** What a mark would be about: what is chosen, else the row one is at. */
  readonly target: Chosen = $derived.by(() => {
    if (this.chosen.groups.size + this.chosen.events.size > 0) return this.chosen
    return this.current && this.current.kind !== 'more' ? toggle(NOTHING, this.current) : NOTHING
  })
  readonly targetCount = $derived(howMany(this.target, this.rows))

  /** show asks for something else. */
  async show(asked: Asked): Promise<void> {
    this.asked = asked
    this.ready = false
    this.chosen = NOTHING
    this.opened = new Map()
    this.groups = []
    this.cursor = ''
    this.drawn = DRAWN
    await this.reload()
  }

  get place(): Place {
    return { cursor: this.cursor, opened: this.asked?.mode === 'queue' ? [...this.opened.keys()] : [] }
  }

  /** goTo goes back to where somebody was, as far as that is still there. */
  async goTo(place: Place): Promise<void> {
    await Promise.all(this.groups.filter((g) => place.opened.includes(groupID(g))).map((g) => this.open(g)))
    if (this.rows.some((r) => r.id === place.cursor)) this.cursor = place.cursor
  }

  /** reload asks again, and keeps the place and what is open. */
  async reload(): Promise<void> {
    const asked = this.asked
    if (!asked) return
    this.#load.abort()
    const load = new AbortController()
    this.#load = load
    await this.#marks.idle()
    try {
      load.signal.throwIfAborted()
      const before = this.rows
      const groups = asked.mode === 'queue' ? await this.#queue(asked, load.signal) : await this.#list(asked, load.signal)
      load.signal.throwIfAborted()
      const open = new Map<string, Opened>()
      for (const g of groups) {
        const was = this.opened.get(groupID(g))
        if (was) open.set(groupID(g), was)
      }
      const cursor = this.cursor
      this.groups = groups
      if (asked.mode === 'queue') this.opened = open
      this.cursor = cursor === '' ? '' : after(before, cursor, this.rows)
      this.problem = undefined
      this.ready = true
      if (asked.mode === 'queue') await Promise.all(groups.filter((g) => open.has(groupID(g))).map((g) => this.#fetch(g, false)))
    } catch (err) {
      if (isAbort(err)) return
      this.problem = problemOf(err)
      this.ready = true
    }
  }

  async #queue(a: Asked, signal: AbortSignal): Promise<QueueGroup[]> {
    // The place in the log first: what arrives after it has not been seen, and is not marked.
    const newest = await get<EventPage>('/api/events', { page_size: 1 }, signal)
    const queue = await get<Queue>('/api/review/queue', {
      q: a.q, tz: a.zone, noise: a.noise ? 'show' : 'hide', n: MAX_GROUPS,
      ...(a.olderThanDays > 0 ? { older_than_days: a.olderThanDays } : {}),
    }, signal)
    this.#lastSeq = newest.last_seq
    this.complete = queue.complete
    this.#beyond = Math.max(queue.total - queue.groups.reduce((n, g) => n + g.count, 0), 0)
    return queue.groups
  }

  /** A list is one group, always open and without a row of its own. */
  async #list(a: Asked, signal: AbortSignal): Promise<QueueGroup[]> {
    const group: QueueGroup = { actor: '', kind: '', operation: '', count: 0, first: '', last: '', q: a.q }
    const [page, all] = await Promise.all([
      get<EventPage>('/api/events', { q: a.q, tz: a.zone, noise: a.noise ? 'show' : 'hide', start: a.start, page_size: PAGE }, signal),
      get<{ total: number }>('/api/events/summary', { q: a.q, tz: a.zone, noise: a.noise ? 'show' : 'hide', start: a.start }, signal),
    ])
    this.complete = page.complete
    this.#beyond = 0
    this.opened = new Map([[groupID(group), { events: page.items, cursor: page.next_cursor, loading: false, failed: '' }]])
    return all.total > 0 ? [{ ...group, count: all.total }] : []
  }

  /** open shows the events of a group under it. */
  async open(group: QueueGroup): Promise<void> {
    if (this.opened.has(groupID(group))) return
    await this.#fetch(group, false)
  }

  close(group: QueueGroup): void {
    const open = new Map(this.opened)
    open.delete(groupID(group))
    // Events that cannot be seen are not marked one by one.
    const events = new Set(this.chosen.events)
    for (const e of this.opened.get(groupID(group))?.events ?? []) events.delete(e.key)
    this.chosen = { ...this.chosen, events }
    this.opened = open
    if (!this.rows.some((r) => r.id === this.cursor)) this.cursor = groupID(group)
  }

  /** more fetches the next events of a group. */
  async more(group: QueueGroup): Promise<void> {
    const was = this.opened.get(groupID(group))
    if (was && !was.loading) await this.#fetch(group, true)
  }

  async #fetch(group: QueueGroup, on: boolean): Promise<void> {
    const id = groupID(group)
    const was = this.opened.get(id)
    const a = this.asked
    if (!a) return
    const set = (o: Opened): void => {
      this.opened = new Map(this.opened).set(id, o)
    }
    const kept = was?.events ?? []
    set({ events: kept, cursor: was?.cursor ?? null, loading: true, failed: '' })
    try {
      const page = await get<EventPage>('/api/events', {
        q: group.q, tz: a.zone, noise: a.noise ? 'show' : 'hide', start: a.start, page_size: PAGE, cursor: on ? (was?.cursor ?? undefined) : undefined,
      }, this.#load.signal)
      if (!this.opened.has(id)) return
      set({ events: on ? [...kept, ...page.items] : page.items, cursor: page.next_cursor, loading: false, failed: '' })
    } catch (err) {
      if (!isAbort(err) && this.opened.has(id)) set({ events: kept, cursor: was?.cursor ?? null, loading: false, failed: problemOf(err).message })
    }
  }

  /** toggle opens or closes the group of a row. */
  async toggleOpen(group: QueueGroup): Promise<void> {
    if (this.opened.has(groupID(group))) this.close(group)
    else await this.open(group)
  }

  choose(row: Row): void {
    this.chosen = toggle(this.chosen, row)
  }

  /** move goes some rows on, and tells where one is then. */
  move(by: number): Row | undefined {
    const id = this.current?.id
    const at = Math.max(this.rows.findIndex((r) => r.id === id), 0)
    const row = this.rows[Math.min(Math.max(at + by, 0), this.rows.length - 1)]
    if (row) this.cursor = row.id
    return row
  }

  /** mark says what somebody finds of the target, and goes on to what is next. It is gone from the list at once. */
  async mark(verdict: Verdict): Promise<void> {
    const a = this.asked
    const target = this.target
    const asked = asks(target, this.rows)
    if (!a || asked.length === 0) return
    const what = this.#what(target)
    const before = this.rows
    const at = this.current?.id ?? ''
    const stays = a.mode === 'list' && verdict.state === a.state
    this.chosen = NOTHING
    if (!stays) {
      const left = marked(this.groups, this.opened, target)
      this.groups = left.groups
      this.opened = left.opened
      this.cursor = after(before, at, this.rows)
    }
    const good = await this.#marks.mark(asked, verdict, {
      onlyUnreviewed: a.mode === 'queue', upToSeq: a.mode === 'queue' ? this.#lastSeq : 0, noise: a.noise, zone: a.zone,
    }, what)
    if (!good || stays) await this.reload()
  }

  /** gone takes an event away that was judged elsewhere on the page, or shows what it is now. */
  edited(event: AuditEvent): void {
    const a = this.asked
    const row = this.rows.find((r) => r.id === eventID(event.key))
    if (!a || !row) return
    const belongs = a.mode === 'queue' ? !event.review : a.state === undefined || event.review?.state === a.state
    if (belongs) {
      const id = row.kind === 'event' ? groupID(row.group) : ''
      const was = this.opened.get(id)
      if (was) this.opened = new Map(this.opened).set(id, { ...was, events: was.events.map((e) => (e.key === event.key ? event : e)) })
      return
    }
    const before = this.rows
    const left = marked(this.groups, this.opened, { ...NOTHING, events: new Set([event.key]) })
    this.groups = left.groups
    this.opened = left.opened
    if (this.cursor === row.id) this.cursor = after(before, row.id, this.rows)
  }

  #what(target: Chosen): string {
    const names = this.rows.filter((r) => (r.kind === 'group' ? target.groups.has(r.id) : r.kind === 'event' && target.events.has(r.event.key)))
      .map((r) => (r.kind === 'group' ? `${oneLine(r.group.actor, 80) || 'nobody named'}: ${oneLine(r.group.operation, 80)}` : r.kind === 'event' ? oneLine(r.event.display_summary, 160) : ''))
    return names.length <= 1 ? (names[0] ?? '') : `${names[0] ?? ''} and ${names.length - 1} more`
  }

  /** leave stops what is under way. */
  leave(): void {
    this.#load.abort()
    this.samples.stop()
  }
}
