// What arrives while somebody looks: one stream a browser, closed while the page is hidden.

import { search, type Param } from '../../api/client'
import type { AuditEvent } from '../../api/types'
import { session } from '../../shell/session.svelte'

/** News is what a message of the stream tells. */
export interface News {
  count: number
  last_seq: number
  items: AuditEvent[]
  /** Too much arrived: what is shown should be loaded anew. */
  reset: boolean
}

const LOCK = 'aoc.stream'

export class Live {
  /** Events that arrived since the rows were loaded and are not among them. */
  waiting = $state(0)
  /** Whether what arrives is shown at once. */
  tail = $state(false)
  state = $state<'off' | 'on' | 'elsewhere' | 'broken'>('off')

  #source: EventSource | undefined
  #release: (() => void) | undefined
  #params: Record<string, Param> = {}
  #after: number | undefined
  #wanted = false
  #turn = 0
  #onNews: (news: News) => void = () => undefined

  /** follow hears of events of a selection that arrive after a place in the log, until stop. */
  follow(params: Record<string, Param>, after: number, onNews: (news: News) => void): void {
    this.stop()
    this.#params = params
    this.#after = after
    this.#onNews = onNews
    this.#wanted = true
    this.waiting = 0
    if (document.visibilityState === 'visible') this.#take()
  }

  stop(): void {
    this.#wanted = false
    this.#close('off')
  }

  /** visible is to be called when the page is shown, hidden, or comes to the front. */
  visible(shown: boolean): void {
    if (!shown) this.#close('off')
    else if (this.#wanted && !this.#source) this.#take()
  }

  // The window in front takes the stream from the others.
  #take(): void {
    // Locks are there in secure contexts only; without them every window has its own.
    const locks = navigator.locks as LockManager | undefined
    if (!locks) {
      this.#open()
      return
    }
    const turn = ++this.#turn
    const held = new Promise<void>((resolve) => {
      this.#release = resolve
    })
    locks
      .request(LOCK, { steal: true }, () => {
        if (turn === this.#turn && this.#wanted && document.visibilityState === 'visible') this.#open()
        return held
      })
      .catch(() => {
        // Another window took it; or this one did, for another question.
        if (turn === this.#turn) this.#close('elsewhere')
      })
  }

  #open(): void {
    this.#source?.close()
    const source = new EventSource('/api/events/stream' + search({ ...this.#params, after: this.#after, raw: false }))
    this.#source = source
    source.onopen = () => {
      this.state = 'on'
    }
    source.onerror = () => {
      // The browser tries again by itself unless the server said no.
      this.state = 'broken'
      if (source.readyState !== EventSource.CLOSED) return
      if (this.#source === source) this.#source = undefined
      void session.ask() // which the stream does not say: it may be that nobody is signed in any more
    }
    const hear = (e: MessageEvent<string>, reset: boolean): void => {
      const news = JSON.parse(e.data) as Omit<News, 'items'> & { items: AuditEvent[] | null }
      this.#after = news.last_seq
      this.#onNews({ ...news, items: news.items ?? [], reset })
    }
    source.addEventListener('events', (e: MessageEvent<string>) => hear(e, false))
    source.addEventListener('reset', (e: MessageEvent<string>) => hear(e, true))
  }

  #close(state: 'off' | 'elsewhere'): void {
    this.#source?.close()
    this.#source = undefined
    this.#release?.()
    this.#release = undefined
    this.state = state
  }
}
