// The shapes of the API by the names the screens use. What they are comes from the API's own description.

import type { components } from './schema'

type Schemas = components['schemas']

export type Result = 'success' | 'failure' | 'partial' | 'unknown'
export type ActorKind = 'person' | 'app' | 'system'
export type ReviewState = 'expected' | 'unexpected' | 'investigating'

export type Actor = Schemas['Actor']
export type Target = Schemas['Target']
export type Change = Schemas['Change']
export type Comment = Schemas['Comment']

export interface Review extends Omit<Schemas['Review'], 'state'> {
  state: ReviewState
}

/** An event as lists and /api/events/{id} give it. */
export interface AuditEvent extends Omit<Schemas['Event'], 'result' | 'actor_kind' | 'review'> {
  result: Result
  actor_kind: ActorKind
  review: Review | null
}

/** A page of events, newest first. */
export interface EventPage extends Omit<Schemas['EventPage'], 'items'> {
  items: AuditEvent[]
}

export type FacetValue = Schemas['FacetValue']
/** A field counted over a selection. */
export type Facet = Schemas['Facet']
/** What GET /api/facets tells of one field. */
export type FacetAnswer = Schemas['FacetPage']
/** One bar: the events of a width of time, by result. */
export type Bucket = Schemas['Bucket']
export type Histogram = Schemas['Histogram']
/** What GET /api/events/summary tells of a selection. */
export type Summary = Schemas['Summary']
export type Completion = Schemas['Completion']
export type SavedSearch = Schemas['SavedSearch']
/** A file that was sent to be imported. */
export type ImportRun = Schemas['Upload']
