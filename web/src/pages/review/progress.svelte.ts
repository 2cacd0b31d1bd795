// How far the review is: of this week's changes, and by state.

import { get, isAbort } from '../../api/client'
import { iso } from '../../lib/time'
import type { Asked } from './inbox.svelte'

const WEEK = 7 * 86_400_000

export class Progress {
  /** Changes of the last seven days, and how many of them are judged. */
  week = $state(0)
  reviewed = $state(0)
  /** Of all time, by the state people gave. */
  investigating = $state<number>()
  unexpected = $state<number>()
  waiting = $state<number>()
  /** Unreviewed changes that systems made by themselves, while they are left out. */
  hidden = $state(0)
  ready = $state(false)
  #stop = new AbortController()

  /** load counts again; what was known stays when that fails. */
  async load(a: Pick<Asked, 'noise' | 'zone'>): Promise<void> {
    this.#stop.abort()
    this.#stop = new AbortController()
    const { signal } = this.#stop
    const start = iso(Date.now() - WEEK)
    const ask = (q: string, from?: string): Promise<{ total: number; hidden: number }> =>
      get('/api/events/summary', { q, start: from, noise: a.noise ? 'show' : 'hide', tz: a.zone, values: 1 }, signal)
    try {
      const [week, reviewed, investigating, unexpected, waiting] = await Promise.all([
        ask('is:change', start), ask('is:change is:reviewed', start), ask('review:investigating'), ask('review:unexpected'), ask('is:change is:unreviewed'),
      ])
      this.week = week.total
      this.reviewed = reviewed.total
      this.investigating = investigating.total
      this.unexpected = unexpected.total
      this.waiting = waiting.total
      this.hidden = waiting.hidden
      this.ready = true
    } catch (err) {
      if (!isAbort(err)) this.ready = true
    }
  }

  leave(): void {
    this.#stop.abort()
  }
}
