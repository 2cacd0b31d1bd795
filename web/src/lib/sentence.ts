// The sentence of an event, beside the name of its actor.

import type { AuditEvent } from '../api/types'

/** deed is what was done: the sentence without the actor it begins with, for places where the actor stands beside it. */
export function deed(e: Pick<AuditEvent, 'display_summary' | 'actor_display'>): string {
  const { display_summary: sentence, actor_display: actor } = e
  if (actor === '' || !sentence.startsWith(actor + ' ')) return sentence
  return sentence.slice(actor.length + 1).trim() || sentence
}
