// Which field of the query language a value of a record belongs to, so that a value of the raw
// record filters by field and not merely by text.

import type { AuditEvent } from '../../api/types'
import { entityOfTarget } from '../../lib/view'

/** What a value of an event is. */
export interface Meaning {
  field: string
  entity?: { kind: string; id: string }
}

/** meaningOf tells what a value in the record stands for; undefined when the event has taken it for nothing. */
export function meaningOf(e: AuditEvent, value: string): Meaning | undefined {
  if (value === '') return undefined
  const is = (...values: (string | undefined)[]): boolean => values.some((v) => v?.toLowerCase() === value.toLowerCase())
  if (is(e.actor.id, e.actor.upn)) return { field: 'actor', entity: { kind: e.actor_kind === 'person' ? 'user' : 'app', id: value } }
  if (is(e.actor.name, e.actor_display)) return { field: 'actor' }
  for (const t of e.targets.slice(0, 200)) {
    if (is(t.id, t.upn)) return { field: 'target', entity: { kind: entityOfTarget(t.type), id: value } }
    if (is(t.name)) return { field: 'target' }
  }
  if (is(e.client_ip)) return { field: 'ip', entity: { kind: 'address', id: value } }
  if (is(e.operation)) return { field: 'operation' }
  if (is(e.service)) return { field: 'service' }
  if (is(e.tenant_id)) return { field: 'tenant' }
  if (is(e.id)) return { field: 'id' }
  if (e.changes.slice(0, 500).some((c) => is(c.property))) return { field: 'changed' }
  return undefined
}
