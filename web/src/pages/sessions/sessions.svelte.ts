// The browsers in which people are signed in: everybody's for managers, else one's own.

import { get, isAbort, problemOf, send, type Problem } from '../../api/client'
import type { components } from '../../api/schema'

export type SignedIn = components['schemas']['Session']

export class Sessions {
  items = $state.raw<SignedIn[]>()
  problem = $state.raw<Problem>()

  async load(signal?: AbortSignal): Promise<void> {
    try {
      this.items = (await get<{ sessions: SignedIn[] }>('/api/sessions', {}, signal)).sessions
      this.problem = undefined
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    }
  }

  /** end signs a browser out. It rejects with a Problem. */
  async end(s: SignedIn): Promise<void> {
    await send('DELETE', `/api/sessions/${encodeURIComponent(s.id)}`)
  }
}
