// The shapes of the API that the screens use, by the names the screens use.

export type Result = 'success' | 'failure' | 'partial' | 'unknown'
export type ActorKind = 'person' | 'app' | 'system'
export type ReviewState = 'expected' | 'unexpected' | 'investigating'

export interface Actor {
  id?: string
  name?: string
  upn?: string
  app_id?: string
  app_name?: string
}

export interface Target {
  id?: string
  name?: string
  type?: string
  upn?: string
}

export interface Change {
  target?: string
  property: string
  before: string | null
  after: string | null
}

export interface Comment {
  author: string
  text: string
  at: string
}

export interface Review {
  state: ReviewState
  by: string
  note?: string
  ticket?: string
  at: string
  /** The change window that the event falls in: no person has looked at it then. */
  window?: string
  /** The edit that set it, for if_edit. */
  edit?: number
}

/** An event as lists and /api/events/{id} give it. */
export interface AuditEvent {
  key: string
  id: string
  dedupe_key: string
  seq: number
  source: string
  tenant_id: string
  timestamp: string
  time_flag?: string
  received_at: string
  origin: string
  service: string
  workload: string
  record_type: string
  operation: string
  result: Result
  result_reason?: string
  actor: Actor
  actor_kind: ActorKind
  actor_display: string
  client_ip?: string
  correlation_id?: string
  targets: Target[]
  target_displays: string[]
  changes: Change[]
  display_summary: string
  revisions: number
  tags: string[]
  comments: Comment[]
  review: Review | null
  raw: unknown
}

export interface EventPage {
  items: AuditEvent[]
  next_cursor: string | null
  page_size: number
  complete: boolean
  complete_until?: string
  /** Position of the log before the search: where a stream can begin. */
  last_seq?: number
}

export interface FacetValue {
  value: string
  count: number
}

/** A field counted over a selection. */
export interface Facet {
  field: string
  values: FacetValue[]
  /** How many values there are in all. */
  distinct: number
  /** How many events have no value. */
  missing: number
}

export interface Bucket {
  start: string
  count: number
  results: Partial<Record<Result, number>>
}

export interface Histogram {
  width_seconds: number
  start?: string
  end?: string
  buckets: Bucket[]
}

/** What GET /api/events/summary tells of a selection. */
export interface Summary {
  total: number
  complete: boolean
  complete_until?: string
  first?: string
  last?: string
  /** Events left out by noise=hide. */
  hidden: number
  facets: Facet[]
  histogram: Histogram
}

/** What GET /api/facets tells of one field. */
export interface FacetAnswer extends Facet {
  total: number
  complete: boolean
  complete_until?: string
}

export interface Completion {
  from: number
  to: number
  kind: 'field' | 'value' | 'keyword' | 'none'
  field?: string
  items: { insert: string; label: string; count: number | null; detail?: string }[]
}

export interface SavedSearch {
  id: string
  name: string
  /** The explorer's URL query string. */
  view: string
  version: number
  by: string
  at: string
}

/** A file that was sent to be imported. */
export interface ImportRun {
  id: string
  name: string
  state: 'running' | 'done' | 'failed'
  /** Running, but waiting for other files. */
  queued: boolean
  read_bytes: number
  /** 0 where it is not known yet. */
  total_bytes: number
  counts: ImportCounts
  files: ImportedFile[] | null
  error?: string
  hint?: string
}

export interface ImportCounts {
  read: number
  new: number
  duplicate: number
  revision: number
  quarantined: number
}

export interface ImportedFile extends ImportCounts {
  path: string
  format: string
  error?: string
  hint?: string
}
