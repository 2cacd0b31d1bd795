// What the API tells of the review queue and of change windows.

import type { AuditEvent, ReviewState } from '../../api/types'

/** The unreviewed changes of one kind by one actor. */
export interface QueueGroup {
  actor: string
  /** person, app or system; empty of a list that is no group. */
  kind: string
  operation: string
  count: number
  first: string
  last: string
  /** Finds the group's events. */
  q: string
}

export interface Queue {
  total: number
  complete: boolean
  complete_until?: string
  groups: QueueGroup[]
}

export interface BulkResult {
  /** Undoes it; empty when nothing changed. */
  batch: string
  matched: number
  changed: number
}

export interface Undone {
  undone: number
  /** Left as they are, because somebody changed them since. */
  kept: number
  batch: string
}

/** What is said of events: "" takes a review away. */
export interface Verdict {
  state: ReviewState | ''
  note: string
  ticket: string
}

export type Day = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

export interface WeeklyHours {
  days: Day[]
  /** 20:00 */
  from: string
  to: string
  /** 2026-11-07 */
  since?: string
  until?: string
}

/** Who may change what when; local times are those of the zone. */
export interface WindowSpec {
  title: string
  zone: string
  /** 2026-11-07T20:00, of a window that is open once. */
  start?: string
  end?: string
  weekly?: WeeklyHours
  /** None means anyone. */
  actors: string[]
  q: string
  note?: string
  ticket?: string
}

export interface ChangeWindow extends WindowSpec {
  id: string
  version: number
  by: string
  at: string
}

export interface WindowPreview {
  total: number
  complete: boolean
  next: { start: string; end: string }[]
  events: AuditEvent[]
}
