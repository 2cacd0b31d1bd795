// A sentence for each group: what its newest event says. Asked for as groups come into view,
// a few at a time.

import { get } from '../../api/client'
import type { AuditEvent, EventPage } from '../../api/types'
import { SvelteMap } from 'svelte/reactivity'
import { groupID } from './rows'
import type { QueueGroup } from './types'

const AT_ONCE = 3

export class Samples {
  /** By group: the newest event; null when none could be had. */
  readonly found = new SvelteMap<string, AuditEvent | null>()
  #waiting: { group: QueueGroup; noise: boolean; zone: string }[] = []
  #running = 0
  #stop = new AbortController()

  /** want asks for the sentence of a group, once. */
  want(group: QueueGroup, noise: boolean, zone: string): void {
    const id = groupID(group)
    if (this.found.has(id) || this.#waiting.some((w) => groupID(w.group) === id)) return
    this.#waiting.push({ group, noise, zone })
    this.#go()
  }

  #go(): void {
    while (this.#running < AT_ONCE) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#running++
      const id = groupID(next.group)
      get<EventPage>('/api/events', { q: next.group.q, noise: next.noise ? 'show' : 'hide', tz: next.zone, page_size: 1 }, this.#stop.signal)
        .then((page) => this.found.set(id, page.items[0] ?? null))
        .catch(() => undefined)
        .finally(() => {
          this.#running--
          this.#go()
        })
    }
  }

  stop(): void {
    this.#waiting = []
    this.#stop.abort()
  }
}
