// Where the facts and the next steps of an explanation lead.

import { explorerURL } from '../../../lib/view'
import { rangeOf } from '../../ask/words'
import type { Explanation } from './types'

/** lookup is the address that shows in the list what a query finds; ask keeps the panel open. */
export function lookup(to: { q?: string; start?: string; end?: string }, ask: boolean): string {
  return explorerURL({ q: to.q ?? '', range: rangeOf(to), noise: true, ask })
}

/** attackTag is the tag of a technique, as rules have it. */
export function attackTag(id: string): string {
  return `attack.${id.toLowerCase()}`
}

/** source says how an explanation came to be, and whether anything left the server for it. */
export function source(e: Pick<Explanation, 'by' | 'provider' | 'model'>): string {
  if (e.by !== 'model') return `Worked out by rules on this server. ${e.provider ? `The event was sent to ${e.provider} before.` : 'Nothing left it.'}`
  return `Written by ${e.model ? e.model : 'a language model'}${e.provider ? ` at ${e.provider}` : ''}, which was sent the event and the facts above.`
}
