// Whether there are alerts here, and how many are open: what the bar shows on every page.

import { get } from '../api/client'
import type { components } from '../api/schema'
import { features } from './features.svelte'

/** How often the open alerts are counted while somebody looks, in ms. */
const LOOK = 15_000

class Alerting {
  /** Whether events are judged by rules here. */
  enabled = $state(false)
  /** How many alerts are open. */
  open = $state(0)

  /** start asks what the service can do, and counts from then on; what it gives stops that. */
  start(): () => void {
    let timer: ReturnType<typeof setInterval> | undefined
    let stopped = false
    const shown = (): void => {
      if (this.enabled && document.visibilityState === 'visible') void this.look()
    }
    void features.load().then(
      ({ alerts_enabled }) => {
        if (stopped) return
        this.enabled = alerts_enabled
        shown()
        if (alerts_enabled) timer = setInterval(shown, LOOK)
      },
      () => undefined, // the page itself says that the server does not answer
    )
    document.addEventListener('visibilitychange', shown)
    return () => {
      stopped = true
      clearInterval(timer)
      document.removeEventListener('visibilitychange', shown)
    }
  }

  /** look counts the open alerts. */
  async look(): Promise<void> {
    try {
      const { states } = await get<components['schemas']['AlertPage']>('/api/alerts', { state: ['open'], page_size: 1 })
      this.open = states.open ?? 0
    } catch {
      // The number stays as it was until the next time.
    }
  }
}

export const alerting = new Alerting()

/** brief writes a number in the room of a badge. */
export function brief(n: number): string {
  return n > 999 ? '999+' : String(n)
}
