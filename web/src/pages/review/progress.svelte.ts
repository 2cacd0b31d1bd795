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
  ready = $state(false)
  #stop = new AbortController()

  /** load counts again; what was known stays when that fails. */
  async load(a: Pick<Asked, 'noise' | 'zone'>): Promise<void> {
    this.#stop.abort()
    this.#stop = new AbortController()
    const { signal } = this.#stop
    const start = iso(Date.now() - WEEK)
    const count = async (q: string, from?: string): Promise<number> =>
      (await get<{ total: number }>('/api/events/summary', { q, start: from, noise: a.noise ? 'show' : 'hide', tz: a.zone, values: 1 }, signal)).total
    try {
      const [week, reviewed, investigating, unexpected, waiting] = await Promise.all([
        count('is:change', start), count('is:change is:reviewed', start), count('review:investigating'), count('review:unexpected'), count('is:change is:unreviewed'),
      ])
      Object.assign(this, { week, reviewed, investigating, unexpected, waiting, ready: true })
    } catch (err) {
      if (!isAbort(err)) this.ready = true
    }
  }

  leave(): void {
    this.#stop.abort()
  }
}
