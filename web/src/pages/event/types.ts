// What only the screens of an event know of the API.

import type { AuditEvent, Review } from '../../api/types'

/** What is known of an object by its GUID. */
export interface ObjectName {
  name: string
  kind: string
  upn?: string
}

/** Events that have something in common with one. */
export interface Related {
  by: 'actor' | 'target' | 'ip' | 'correlation'
  value: string
  label: string
  q: string
  start: string
  end: string
  /** The event itself counts. */
  total: number
  /** The newest few, without the event itself. */
  events: AuditEvent[]
}

/** Who changed what about an event, and when. */
export interface EditRecord {
  seq: number
  subject: string
  action: string
  by: string
  at: string
  batch?: string
  /** The tags, the comment or the review; null where there was or is none. */
  before: unknown
  after: unknown
}

/** A version of an event's record. */
export interface Version {
  seq: number
  received_at: string
  raw: unknown
}

/** An event that an ambiguous id may mean. */
export interface Candidate {
  key: string
  tenant_id: string
  source: string
  timestamp: string
  display_summary: string
}

/** What a person finds about an event; an empty state takes a review away. */
export type Verdict = Pick<Review, 'note' | 'ticket'> & { state: Review['state'] | '' }
