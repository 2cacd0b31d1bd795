// What the values of an event stand for: the raw value to filter by, and the page of the thing.

import type { AuditEvent, Target } from '../api/types'
import { entityOfTarget } from './view'

/** What a value handle takes. */
export interface HandleProps {
  field: string
  /** The raw value that filters are made of. */
  value: string
  label: string
  entity: { kind: string; id: string } | undefined
}

/** actorHandle is the actor of an event: by principal name where there is one, which is unique and can be read. */
export function actorHandle(e: AuditEvent): HandleProps | undefined {
  const { actor } = e
  const value = first(actor.upn, e.actor_display, actor.name, actor.id, actor.app_id)
  if (value === '') return undefined
  const kind = e.actor_kind === 'person' ? 'user' : e.actor_kind === 'app' ? 'app' : undefined
  const id = kind === 'app' ? first(actor.app_id, actor.id, actor.name, value) : first(actor.id, actor.upn, value)
  return { field: 'actor', value, label: first(e.actor_display, actor.name, value), entity: kind ? { kind, id } : undefined }
}

/** targetHandle is one target of an event. */
export function targetHandle(t: Target): HandleProps | undefined {
  const value = first(t.upn, t.name, t.id)
  if (value === '') return undefined
  return { field: 'target', value, label: first(t.name, t.upn, t.id), entity: { kind: entityOfTarget(t.type), id: first(t.id, t.upn, t.name) } }
}

function first(...values: (string | undefined)[]): string {
  return values.find((v) => v !== undefined && v !== '') ?? ''
}
