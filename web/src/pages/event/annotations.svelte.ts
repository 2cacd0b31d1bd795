// What people add to an event. An edit shows at once; when the server does not take it, that
// edit alone is taken back and what else was done stays.

import { edit, get, problemOf, send } from '../../api/client'
import type { AuditEvent, Comment } from '../../api/types'
import { settings } from '../../shell/settings.svelte'
import { toasts } from '../../shell/toasts.svelte'
import type { Verdict } from './types'

type Guess = (e: AuditEvent) => AuditEvent

/** How an edit is sent; the answer is the event after it, and what undoes the edit. */
type Send = (path: string) => Promise<{ value: AuditEvent; batch: string }>

export class Annotations {
  /** The event as the server last told of it. */
  #told = $state.raw<AuditEvent>() as AuditEvent
  #pending = $state.raw<readonly Guess[]>([])
  #offered: number | undefined
  #queue: Promise<unknown> = Promise.resolve()
  /** How many edits have been taken: what shows the history asks again when it grows. */
  taken = $state(0)
  /** The event as it is to be shown. */
  readonly event: AuditEvent = $derived(this.#pending.reduce((e, guess) => guess(e), this.#told))

  constructor(event: AuditEvent) {
    this.#told = event
  }

  /** replace takes over what somebody else changed, or another part of the screen. */
  replace(event: AuditEvent): void {
    if (event.key !== this.#told.key) return
    this.#told = { ...event, raw: this.#told.raw }
    this.taken++
  }

  tag(name: string): Promise<boolean> {
    const tag = name.trim()
    if (tag === '' || this.event.tags.some((t) => t.toLowerCase() === tag.toLowerCase())) return Promise.resolve(true)
    return this.#edit((e) => ({ ...e, tags: [...e.tags, tag] }), (path) => edit('PATCH', `${path}/tags`, { add: [tag] }), `Tagged ${tag}`)
  }

  untag(tag: string): Promise<boolean> {
    return this.#edit((e) => ({ ...e, tags: e.tags.filter((t) => t !== tag) }), (path) => edit('PATCH', `${path}/tags`, { remove: [tag] }), `Took off tag ${tag}`)
  }

  /** comment adds a remark; false when it was not taken. A comment cannot be undone. */
  comment(text: string): Promise<boolean> {
    const comment: Comment = { author: author(), text, at: new Date().toISOString() }
    return this.#edit((e) => ({ ...e, comments: [...e.comments, comment] }), (path) => edit('POST', `${path}/comments`, { text }))
  }

  review(v: Verdict): Promise<boolean> {
    const { state, note = '', ticket = '' } = v
    const guess: Guess = (e) => ({ ...e, review: state === '' ? null : { state, note, ticket, by: author(), at: new Date().toISOString() } })
    // Sent only while the review that was seen still stands: a colleague's is not written over unseen.
    const send = (path: string): ReturnType<Send> => edit('PATCH', `${path}/review`, { state, note, ticket, if_edit: this.#told.review?.edit })
    return this.#edit(guess, send, state === '' ? 'Review taken away' : `Marked ${state}`)
  }

  /** #edit shows a guess of what an edit does, sends it after those before it, and says so when done is given. */
  #edit(guess: Guess, how: Send, done = ''): Promise<boolean> {
    this.#pending = [...this.#pending, guess]
    const result = this.#queue.then(() => this.#sent(guess, how, done))
    this.#queue = result
    return result
  }

  async #sent(guess: Guess, how: Send, done: string): Promise<boolean> {
    const key = this.#told.key
    try {
      const { value, batch } = await how(`/api/events/${encodeURIComponent(key)}`)
      this.#take(value)
      if (done !== '' && batch !== '') this.#offer(done, batch)
      return true
    } catch (err) {
      const problem = problemOf(err)
      toasts.fail(problem)
      if (problem.status === 409) await this.#again()
      return false
    } finally {
      this.#pending = this.#pending.filter((g) => g !== guess)
    }
  }

  /** #offer lets the last edit be undone; earlier ones are in the history. */
  #offer(done: string, batch: string): void {
    if (this.#offered !== undefined) toasts.dismiss(this.#offered)
    this.#offered = toasts.show(done, { ms: 7000, action: { label: 'Undo', run: () => this.#undo(batch) } })
  }

  async #undo(batch: string): Promise<void> {
    try {
      const { undone } = await send<{ undone: number }>('POST', `/api/edits/${encodeURIComponent(batch)}/undo`)
      if (undone === 0) toasts.show('Somebody has changed it since: it stays as it is', { kind: 'error' })
      await this.#again()
    } catch (err) {
      toasts.fail(problemOf(err))
    }
  }

  /** #again asks how the event stands now. */
  async #again(): Promise<void> {
    try {
      this.#take(await get<AuditEvent>(`/api/events/${encodeURIComponent(this.#told.key)}`))
    } catch {
      // What was told last stays on the screen.
    }
  }

  #take(event: AuditEvent): void {
    this.#told = { ...event, raw: this.#told.raw }
    this.taken++
    dispatchEvent(new CustomEvent('aoc:edited', { detail: { event, from: this } }))
  }
}

/** author is the name that edits are recorded under. */
export function author(): string {
  return settings.name || 'anonymous'
}
