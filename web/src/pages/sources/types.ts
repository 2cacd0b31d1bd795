// What the API tells of collection.

export interface Feed {
  tenant_id: string
  collector: string
  stream?: string
}

export interface Span {
  start?: string
  end?: string
}

/** An error as operators see it. */
export interface Fault {
  code: string
  message: string
  hint?: string
  upstream?: string
  at: string
}

/** Records that upstream no longer has and that were not collected. */
export interface Loss {
  window: Span
  units: number
  reason: string
  hint?: string
}

/** A span that is not proved to be collected. */
export interface Gap {
  window: Span
  reason: string
  last_error?: string
}

/** How late records arrive: counts has one figure more than bounds_seconds, for those beyond. */
export interface Lag {
  bounds_seconds: number[]
  counts: number[]
  total: number
  max_seconds: number
  median_seconds: number
  p95_seconds: number
}

export type HealthState = 'ok' | 'degraded' | 'failing' | 'waiting' | 'off'

export interface FeedHealth {
  feed: Feed
  name: string
  title: string
  source?: string
  state: HealthState
  watermark?: string
  last_success?: string
  last_fault?: Fault
  retry_at?: string
  open_windows: number
  open_units: number
  failing_units: number
  data_loss_at?: string
  warning?: string
  losses: Loss[]
  lag: Lag
  permissions?: string[]
}

/** Whether names of directory objects are looked up, and if not, why. */
export interface NamesStatus {
  enabled: boolean
  reason?: string
  hint?: string
  known: number
}

export interface SourceHealth {
  items: FeedHealth[]
  names: NamesStatus
}

/** Worst last: closed is stored, reswept stored and looked at again for what came late. */
export type HourState = 'none' | 'reswept' | 'closed' | 'open' | 'planned' | 'loss'

/** What one hour of a feed is proved to hold. */
export interface Hour {
  hour: string
  state: HourState
  listed: number
  fetched: number
  stored: number
  failed: number
  expired: number
  records: number
  new: number
  duplicate: number
  revision: number
  quarantined: number
  late: number
}

export interface Counts {
  read: number
  new: number
  duplicate: number
  revision: number
  quarantined: number
}

export interface FeedCoverage {
  feed: Feed
  name: string
  title: string
  from?: string
  watermark?: string
  hours: Hour[]
  gaps: Gap[]
  losses: Loss[]
  totals: {
    windows: number
    closed: number
    sweeps: number
    units_listed: number
    units_stored: number
    units_expired: number
    units_open: number
    counts: Counts
    late_new: number
    lost?: string
  }
  lag: Lag
  complete: boolean
  statement: string
}

export interface Coverage {
  span: Span
  generated_at: string
  complete: boolean
  statement: string
  feeds: FeedCoverage[]
}

export interface Features {
  collection_enabled: boolean
  periodic_fetch_enabled: boolean
  fetch_interval_minutes: number
  retention_days: number
  sources: string[]
}

export type RunState = 'queued' | 'running' | 'done' | 'failed' | 'stopped' | 'lost'
export type FeedRunState = 'pending' | 'running' | 'done' | 'incomplete' | 'postponed' | 'failed'

export interface FeedRun {
  feed: Feed
  name: string
  title: string
  state: FeedRunState
  windows_planned: number
  windows_closed: number
  units_listed: number
  units_stored: number
  units_failed: number
  units_expired: number
  losses: number
  counts: Counts
  next_attempt?: string
  warnings: string[]
  error?: Fault
}

/** How the process that answers is, and what it knows of the others that share its store. */
export interface Service {
  store: string
  process: string
  leases: { name: string; holder: string; mine: boolean }[]
}

/** How a collection goes or went. */
export interface Run {
  id: string
  state: RunState
  /** The process that works on it. */
  process?: string
  /** The process whose collection it waits for. */
  waits_for?: string
  hours?: number
  queued_at: string
  started_at?: string
  finished_at?: string
  counts: Counts
  feeds: FeedRun[]
  warnings: string[]
  error?: Fault
  complete: boolean
  joined?: boolean
}

/** feedID tells feeds of all tenants apart. */
export function feedID(feed: Feed): string {
  return [feed.tenant_id, feed.collector, feed.stream ?? ''].join('/')
}
