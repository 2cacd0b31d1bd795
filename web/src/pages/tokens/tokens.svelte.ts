// The API tokens there are, and the one that has just been made.

import { get, isAbort, problemOf, send, type Problem } from '../../api/client'
import type { MadeToken, Token, TokenSpec } from './types'

export class Tokens {
  items = $state.raw<Token[]>()
  problem = $state.raw<Problem>()
  /** The one just made, with its secret, which is in this page's memory and nowhere else. */
  made = $state.raw<MadeToken>()
  /** The moment what is shown was true. */
  now = $state(Date.now())

  async load(signal?: AbortSignal): Promise<void> {
    try {
      this.items = (await get<{ tokens: Token[] }>('/api/tokens', {}, signal)).tokens
      this.now = Date.now()
      this.problem = undefined
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    }
  }

  /** make makes a token and keeps its secret until it is dismissed. It rejects with a Problem. */
  async make(spec: TokenSpec): Promise<void> {
    this.made = await send<MadeToken>('POST', '/api/tokens', spec)
    await this.load()
  }

  /** revoke ends a token. It rejects with a Problem. */
  async revoke(token: Token): Promise<void> {
    await send('DELETE', `/api/tokens/${encodeURIComponent(token.id)}`)
    if (this.made?.id === token.id) this.made = undefined
  }
}
