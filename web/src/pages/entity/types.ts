// What only the page of an entity knows of the API.

import type { AuditEvent, FacetValue, Histogram } from '../../api/types'

export const KINDS = ['user', 'app', 'device', 'group', 'address', 'object'] as const

/** Events of one direction: by an entity, or to it. */
export interface Activity {
  total: number
  /** Finds them in the explorer; empty where there can be none. */
  q: string
  operations: FacetValue[]
  histogram: Histogram
}

/** What is known of a user, app, device, group, address or other object. */
export interface Entity {
  kind: string
  id: string
  name: string
  /** What stands for it in events, the id that was asked for among them. */
  aliases: string[]
  first?: string
  last?: string
  total: number
  by: Activity
  to: Activity
  changes_by: AuditEvent[]
  changes_to: AuditEvent[]
}
