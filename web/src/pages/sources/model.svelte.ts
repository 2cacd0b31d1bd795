// What the page shows, fetched again while somebody looks.

import { get, isAbort, problemOf, type Problem } from '../../api/client'
import { iso } from '../../lib/time'
import type { Coverage, Features, Service, SourceHealth } from './types'

const HEALTH_EVERY = 15_000
const COVERAGE_EVERY = 60_000

/** The spans that can be looked at, in days. */
export const SPANS = [7, 30, 90] as const

/** spanOf reads a span from the address. */
export function spanOf(text: string | null): number {
  return SPANS.find((d) => `${d}d` === text) ?? 7
}

export class Sources {
  health = $state.raw<SourceHealth>()
  features = $state.raw<Features>()
  service = $state.raw<Service>()
  coverage = $state.raw<Coverage>()
  problem = $state.raw<Problem>()
  coverageProblem = $state.raw<Problem>()
  /** The moment what is shown was true. */
  now = $state(Date.now())
  #asked = 0

  /** loadHealth asks how every feed is. What was known stays when it fails. */
  async loadHealth(signal?: AbortSignal): Promise<void> {
    try {
      const [health, features, service] = await Promise.all([
        get<SourceHealth>('/api/source-health', {}, signal),
        this.features ?? get<Features>('/api/config/features', {}, signal),
        get<Service>('/health', {}, signal),
      ])
      this.health = health
      this.features = features
      this.service = service
      this.now = Date.now()
      this.problem = undefined
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    }
  }

  /** loadCoverage asks what is proved of the last days, from the beginning of a day in the zone on. */
  async loadCoverage(start: number, signal?: AbortSignal): Promise<void> {
    const asked = ++this.#asked
    try {
      const coverage = await get<Coverage>('/api/coverage', { start: iso(start), windows: false }, signal)
      if (asked !== this.#asked) return
      this.coverage = coverage
      this.coverageProblem = undefined
    } catch (err) {
      if (asked === this.#asked && !isAbort(err)) this.coverageProblem = problemOf(err)
    }
  }

  /** watch keeps everything fresh while the page is to be seen; start gives the first moment of the span. */
  watch(start: () => number): () => void {
    const stop = new AbortController()
    void this.loadHealth(stop.signal)
    const seen = (): boolean => document.visibilityState === 'visible'
    const timers = [
      setInterval(() => seen() && void this.loadHealth(stop.signal), HEALTH_EVERY),
      setInterval(() => seen() && void this.loadCoverage(start(), stop.signal), COVERAGE_EVERY),
    ]
    const back = (): void => {
      if (seen()) void this.loadHealth(stop.signal)
    }
    document.addEventListener('visibilitychange', back)
    return () => {
      stop.abort()
      timers.forEach(clearInterval)
      document.removeEventListener('visibilitychange', back)
    }
  }
}
