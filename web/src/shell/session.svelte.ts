// Who is at the keyboard, as the server knows them, and what they may do.

import { get, onSignedOut, problemOf, send, type Problem } from '../api/client'
import type { components } from '../api/schema'
import { router } from './router.svelte'
import { toasts } from './toasts.svelte'

export type Me = components['schemas']['Me']

/** A right is something that somebody may do. */
export type Right = 'read' | 'export' | 'annotate' | 'saved' | 'windows' | 'collect' | 'import' | 'rules' | 'sinks' | 'notifiers' | 'tokens'

class Session {
  #me = $state<Me | undefined>()
  #state = $state<'asking' | 'in' | 'out' | 'lost' | 'failed'>('asking')
  #problem = $state<Problem | undefined>()

  /** asking at first; in; out where nobody has signed in, or somebody who is not let in; lost
   * when the session has ended while the page was open; failed when the server could not say. */
  get state(): 'asking' | 'in' | 'out' | 'lost' | 'failed' {
    return this.#state
  }

  get me(): Me | undefined {
    return this.#me
  }

  get problem(): Problem | undefined {
    return this.#problem
  }

  /** Whether somebody has signed in, rather than nobody having to. */
  get known(): boolean {
    return this.#me !== undefined && this.#me.via !== 'local'
  }

  /** may tells whether whoever is here may do something. */
  may(right: Right): boolean {
    return this.#me?.rights.includes(right) ?? false
  }

  /** start asks who is here, and again when that may have changed while nobody looked: in
   * another tab, or before Back. */
  start(): () => void {
    void this.ask()
    const back = (): void => {
      if (document.visibilityState === 'visible' && this.#state === 'lost') void this.ask()
    }
    const shown = (e: PageTransitionEvent): void => {
      if (e.persisted) void this.ask()
    }
    document.addEventListener('visibilitychange', back)
    addEventListener('focus', back)
    addEventListener('pageshow', shown)
    return () => {
      document.removeEventListener('visibilitychange', back)
      removeEventListener('focus', back)
      removeEventListener('pageshow', shown)
    }
  }

  /** ask asks the server who is here. What is on the screen stays if it is still the same
   * person; of anybody else's nothing does. */
  async ask(): Promise<void> {
    const before = this.#me
    try {
      const me = await get<Me>('/api/me')
      if (before && before.via !== 'local' && (before.name !== me.name || before.role !== me.role)) {
        location.reload()
        return
      }
      this.#me = me
      this.#problem = undefined
      this.#state = 'in'
    } catch (err) {
      this.#fail(problemOf(err))
    }
  }

  #fail(problem: Problem): void {
    this.#problem = problem
    if (problem.status === 401) this.#state = this.#me ? 'lost' : 'out'
    else if (problem.status === 403) this.#forget()
    else if (!this.#me) this.#state = 'failed'
  }

  #forget(): void {
    this.#me = undefined
    this.#state = 'out'
  }

  /** leave signs out, here and at the identity provider. */
  async leave(): Promise<void> {
    try {
      const { address } = await send<{ address: string }>('POST', '/auth/logout')
      this.#forget() // so that nothing is left for who goes back in the history
      addEventListener('pagehide', () => sessionStorage.clear()) // or looks into the tab
      location.assign(address)
    } catch (err) {
      toasts.fail(problemOf(err))
    }
  }

  /** lose says that the session has ended. */
  lose(): void {
    if (this.#state === 'in') this.#state = 'lost'
  }
}

export const session = new Session()
onSignedOut(() => session.lose())

/** signInAddress is where to sign in, and come back here; other lets one choose another account. */
export function signInAddress(other = false): string {
  return `/auth/login?${other ? 'other=1&' : ''}return=${encodeURIComponent(router.url.pathname + router.url.search)}`
}
