// Collecting now, and how it goes.

import { get, isAbort, problemOf, send, type Problem } from '../../api/client'
import type { Run } from './types'
import { isOver } from './words'

const KEPT = 'aoc.run'
const POLL = 700

export class Collection {
  run = $state.raw<Run>()
  joined = $state(false)
  starting = $state(false)
  problem = $state.raw<Problem>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #stop = new AbortController()
  readonly #ended: () => void

  /** ended is called when a collection that was watched is over. */
  constructor(ended: () => void) {
    this.#ended = ended
  }

  get busy(): boolean {
    return this.starting || (this.run !== undefined && !isOver(this.run))
  }

  /** start collects what is due, or lists the last hours again. */
  async start(hours: number): Promise<void> {
    if (this.busy) return
    this.starting = true
    this.problem = undefined
    try {
      // Answers at once, so that the progress can be shown from the beginning.
      const run = await send<Run>('POST', `/api/fetch-audit-logs?wait=0&hours=${hours}`, undefined, this.#stop.signal)
      this.joined = run.joined ?? false
      this.#take(run)
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    } finally {
      this.starting = false
    }
  }

  /** resume watches the collection that was started before the page was left. */
  async resume(): Promise<void> {
    const id = sessionStorage.getItem(KEPT)
    if (!id) return
    try {
      const run = await get<Run>(`/api/fetch-audit-logs/${encodeURIComponent(id)}`, {}, this.#stop.signal)
      if (!isOver(run)) this.#take(run)
      else sessionStorage.removeItem(KEPT)
    } catch {
      sessionStorage.removeItem(KEPT)
    }
  }

  #take(run: Run): void {
    this.run = run
    if (isOver(run)) {
      sessionStorage.removeItem(KEPT)
      this.#ended()
      return
    }
    sessionStorage.setItem(KEPT, run.id)
    this.#timer = setTimeout(() => void this.#poll(run.id), POLL)
  }

  async #poll(id: string): Promise<void> {
    try {
      this.#take(await get<Run>(`/api/fetch-audit-logs/${encodeURIComponent(id)}`, {}, this.#stop.signal))
      this.problem = undefined
    } catch (err) {
      if (isAbort(err)) return
      this.problem = problemOf(err)
      if (this.problem.status === 404) this.run = undefined
      else this.#timer = setTimeout(() => void this.#poll(id), POLL * 5)
    }
  }

  /** close stops watching; the collection goes on. */
  close(): void {
    clearTimeout(this.#timer)
    this.#stop.abort()
  }
}
