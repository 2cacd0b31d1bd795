// The rows: pages of a selection, in the order of time, newest first.

import { get, isAbort, type Problem, problemOf } from '../../api/client'
import type { AuditEvent, EventPage } from '../../api/types'
import type { Selection } from './selection'

/** How many events a page has: the first one is small, so that it is painted at once. */
const FIRST_PAGE = 60
const NEXT_PAGE = 200
/** The most a page may have, for going back to a place far down. */
const MOST = 500
/** After so many pages without a row, one has to say that the search is to go on. */
const PATIENCE = 4
/** How many selections are kept for going back to them. */
const KEPT = 8

interface Kept {
  rows: readonly AuditEvent[]
  cursor: string | null
  complete: boolean
  completeUntil: string | undefined
  lastSeq: number | undefined
  selection: Selection
}

export class Results {
  rows = $state.raw<readonly AuditEvent[]>([])
  /** The selection that the rows are of: while another one is asked for, the old rows stay. */
  of = $state.raw<Selection>()
  /** Asking for the first page. */
  loading = $state(false)
  /** Asking for a further page. */
  more = $state(false)
  problem = $state.raw<Problem>()
  /** Why a further page did not come. */
  moreProblem = $state.raw<Problem>()
  cursor = $state<string | null>(null)
  complete = $state(true)
  completeUntil = $state<string>()
  /** How many pages in a row brought nothing: the search went far back and found no more so far. */
  barren = $state(0)
  /** Where in the log a stream of what is new begins. */
  lastSeq = $state<number>()

  #abort = new AbortController()
  #kept = new Map<string, Kept>()

  /** load asks for a selection. It resolves when its rows are there: true, or false when it failed or something else
   * was asked meanwhile. atLeast is how many rows are wanted at once. */
  async load(selection: Selection, atLeast = FIRST_PAGE): Promise<boolean> {
    this.stop()
    const signal = this.#abort.signal
    this.loading = true
    try {
      // What is at hand is painted at once; the table asks for the rest of a long search by itself.
      const quick = atLeast <= FIRST_PAGE
      const first = await this.#page(selection, null, Math.min(Math.max(atLeast, FIRST_PAGE), MOST), signal, quick)
      let rows = first.items
      let last = first
      while (!quick && rows.length < atLeast && last.next_cursor !== null) {
        last = await this.#page(selection, last.next_cursor, MOST, signal)
        rows = rows.concat(last.items)
      }
      this.#show({ rows, cursor: last.next_cursor, complete: last.complete, completeUntil: last.complete_until, lastSeq: first.last_seq, selection })
      return true
    } catch (err) {
      if (isAbort(err)) return false
      this.problem = problemOf(err)
      this.loading = false
      return false
    }
  }

  /** restore shows rows that were kept, for Back; false when they are not there any more. */
  restore(id: string): boolean {
    const kept = this.#kept.get(id)
    if (!kept) return false
    this.stop()
    this.#show(kept)
    return true
  }

  /** next asks for the rows after the last one. */
  async next(): Promise<void> {
    if (this.more || this.loading || this.cursor === null || !this.of) return
    const signal = this.#abort.signal
    this.more = true
    this.moreProblem = undefined
    try {
      const page = await this.#page(this.of, this.cursor, NEXT_PAGE, signal)
      this.barren = page.items.length === 0 ? this.barren + 1 : 0
      const known = new Set(this.rows.slice(-NEXT_PAGE).map((e) => e.key))
      this.rows = this.rows.concat(page.items.filter((e) => !known.has(e.key)))
      this.cursor = page.next_cursor
      this.complete = page.complete
      this.completeUntil = page.complete_until
      this.#keep()
    } catch (err) {
      if (isAbort(err)) return
      this.moreProblem = problemOf(err)
    }
    this.more = false
  }

  /** paused reports whether the search waits for somebody to say that it is to go further back. */
  get paused(): boolean {
    return this.barren >= PATIENCE
  }

  /** merge puts events that arrived into their place among the rows and tells how many of them were new here. */
  merge(events: readonly AuditEvent[]): number {
    const known = new Map(this.rows.map((e, i) => [e.key, i]))
    const oldest = this.cursor === null ? '' : (this.rows.at(-1)?.timestamp ?? '')
    const fresh = events.filter((e) => !known.has(e.key) && Date.parse(e.timestamp) >= (oldest === '' ? -Infinity : Date.parse(oldest)))
    if (fresh.length === 0) return 0
    this.rows = [...fresh, ...this.rows].sort((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp))
    this.#keep()
    return fresh.length
  }

  /** update shows an event that was edited. */
  update(event: AuditEvent): void {
    if (!this.rows.some((e) => e.key === event.key)) return
    this.rows = this.rows.map((e) => (e.key === event.key ? event : e))
    this.#keep()
  }

  /** stop gives up what is being asked. */
  stop(): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    this.loading = false
    this.more = false
  }

  #page(selection: Selection, cursor: string | null, size: number, signal: AbortSignal, quick = false): Promise<EventPage> {
    return get<EventPage>('/api/events', { ...selection.params, page_size: size, cursor: cursor ?? undefined, raw: false, quick: quick || undefined }, signal)
  }

  #show(kept: Kept): void {
    this.rows = kept.rows
    this.cursor = kept.cursor
    this.barren = 0
    this.complete = kept.complete
    this.completeUntil = kept.completeUntil
    this.lastSeq = kept.lastSeq
    this.of = kept.selection
    this.loading = false
    this.problem = undefined
    this.moreProblem = undefined
    this.#keep()
  }

  #keep(): void {
    if (!this.of) return
    const { id } = this.of
    this.#kept.delete(id)
    this.#kept.set(id, { rows: this.rows, cursor: this.cursor, complete: this.complete, completeUntil: this.completeUntil, lastSeq: this.lastSeq, selection: this.of })
    for (const old of this.#kept.keys()) if (this.#kept.size > KEPT) this.#kept.delete(old)
  }
}

/** The rows outlive the page: Back from an event finds them as they were. */
export const results = new Results()
