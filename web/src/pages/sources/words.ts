// What the ledger knows, in sentences.

import { count, plural } from '../../lib/text'
import { clock, date, duration, relative } from '../../lib/time'
import type { Cell } from './heat'
import type { FeedHealth, FeedRunState, Gap, HealthState, HourState, Lag, Run, Service, Span } from './types'

export type Tone = 'success' | 'failure' | 'partial' | 'unknown' | 'accent'

/** A state by one word, with the tone it is shown in. */
export interface Word {
  word: string
  tone: Tone
}

const HEALTH: Record<HealthState, Word> = {
  ok: { word: 'Healthy', tone: 'success' },
  degraded: { word: 'Degraded', tone: 'partial' },
  failing: { word: 'Failing', tone: 'failure' },
  waiting: { word: 'Waiting', tone: 'accent' },
  off: { word: 'Not collected any more', tone: 'unknown' },
}

export function healthWord(state: string): Word {
  return (HEALTH as Partial<Record<string, Word>>)[state] ?? { word: state, tone: 'unknown' }
}

/** healthSentence says how a feed is. */
export function healthSentence(h: FeedHealth, now: number): string {
  const failed = h.failing_units > 0 ? `; ${plural(h.failing_units, 'unit')} failed and will be tried again` : ''
  switch (h.state) {
    case 'ok':
      return h.open_units + h.open_windows > 0 ? `Collected as it comes; ${backlog(h)}.` : 'Everything that Microsoft has listed is stored.'
    case 'degraded':
      return h.losses.length > 0 && h.failing_units === 0 ? 'Collected, but something was lost in the last day.' : `Collected, but not all of it${failed}.`
    case 'failing':
      return h.last_success ? `Nothing is collected; the last time it worked was ${relative(Date.parse(h.last_success), now)}.` : 'Nothing has been collected so far.'
    case 'waiting':
      return h.retry_at ? 'Microsoft asked to be left alone for a while.' : 'Waiting for its first collection.'
    case 'off':
      return 'The ledger knows it, but it is not configured any more.'
    default:
      return ''
  }
}

/** backlog says what is listed but not stored. */
export function backlog(h: Pick<FeedHealth, 'open_units' | 'open_windows' | 'failing_units'>): string {
  if (h.open_units === 0 && h.open_windows === 0) return 'none'
  const parts = []
  if (h.open_units > 0) parts.push(`${h.open_units >= 5000 ? 'at least ' : ''}${plural(h.open_units, 'unit')} to store`)
  if (h.open_windows > 0) parts.push(`${plural(h.open_windows, 'window')} open`)
  return parts.join(', ')
}

const HOURS: Record<HourState, { word: string; sign: string; means: string }> = {
  reswept: { word: 'Proved', sign: '', means: 'all that was listed is stored, and late arrivals were looked for' },
  closed: { word: 'Stored', sign: '', means: 'all that was listed is stored; a look for late arrivals is still due' },
  open: { word: 'Partial', sign: '◐', means: 'some of what was listed is still to be stored' },
  planned: { word: 'Not listed yet', sign: '…', means: 'planned, but Microsoft was not asked to the end' },
  loss: { word: 'Lost', sign: '×', means: 'Microsoft no longer has some of it, and it was not collected' },
  none: { word: 'Not collected', sign: '–', means: 'before the first collection, or not planned' },
}

/** How a cell looks: failed is an hour with units that failed and are tried again. */
export type CellLook = HourState | 'failed'

export function lookOf(cell: Pick<Cell, 'state' | 'failed'>): CellLook {
  return cell.failed > 0 && cell.state !== 'loss' ? 'failed' : cell.state
}

export function lookWord(look: CellLook): { word: string; sign: string; means: string } {
  if (look === 'failed') return { word: 'Failed', sign: '!', means: 'units failed and are tried again until they expire' }
  return HOURS[look]
}

/** The looks in the order of the legend. */
export const LOOKS: readonly CellLook[] = ['reswept', 'closed', 'open', 'planned', 'failed', 'loss', 'none']

/** figures writes what the ledger counted in a cell. */
export function figures(c: Cell): string {
  if (c.listed + c.new + c.duplicate + c.revision + c.quarantined + c.failed + c.expired === 0) return 'nothing listed'
  const parts = [
    `${count(c.listed)} listed`, `${count(c.fetched)} fetched`, `${count(c.stored)} stored`,
    `${count(c.new)} new`, `${count(c.duplicate)} duplicate`, `${count(c.quarantined)} quarantined`,
  ]
  if (c.revision > 0) parts.push(`${count(c.revision)} changed since`)
  if (c.late > 0) parts.push(`${count(c.late)} came late`)
  if (c.failed > 0) parts.push(`${count(c.failed)} failing`)
  if (c.expired > 0) parts.push(`${count(c.expired)} expired`)
  return parts.join(', ')
}

/** cellSentence says everything about a cell. */
export function cellSentence(c: Cell, zone: string): string {
  return `${dayName(date(c.start, zone))} ${clock(c.start, zone, false)}–${clock(c.end, zone, false)}: ${lookWord(lookOf(c)).word}. ${figures(c)}`
}

const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' })

/** dayName writes 2026-11-23 as Mon 23 Nov. */
export function dayName(text: string): string {
  const at = Date.parse(text + 'T00:00:00Z')
  return Number.isNaN(at) ? text : DAY.format(at).replace(',', '')
}

/** spanWords writes a span with its length: Mon 16 Nov 03:10 – 03:25 (15 min). */
export function spanWords(span: Span, zone: string): string {
  const [start, end] = [Date.parse(span.start ?? ''), Date.parse(span.end ?? '')]
  if (Number.isNaN(start) || Number.isNaN(end)) return 'an open span'
  const [d1, d2] = [date(start, zone), date(end, zone)]
  const until = d1 === d2 ? clock(end, zone, false) : `${dayName(d2)} ${clock(end, zone, false)}`
  return `${dayName(d1)} ${clock(start, zone, false)} – ${until} (${duration(end - start)})`
}

const GAPS: Record<string, string> = {
  planned: 'Microsoft was not asked to the end yet',
  open: 'some of what was listed is still to be stored',
  late: 'what a second look found is still to be stored',
  unswept: 'stored, but Microsoft’s limit ran out before late records were looked for',
  unplanned: 'not collected since the last run',
}

export function gapWords(gap: Gap): string {
  return GAPS[gap.reason] ?? gap.reason
}

/** A gap is only the time since the last run: said, but no fault. */
export function isFresh(gap: Gap, now: number): boolean {
  const [start, end] = [Date.parse(gap.window.start ?? ''), Date.parse(gap.window.end ?? '')]
  return gap.reason === 'unplanned' && end - start <= 3_600_000 && now - end < 10 * 60_000
}

/** seconds writes a length of time in whole words. */
export function secondsWords(s: number): string {
  const [n, unit] = s < 90 ? [s, 'second'] : s < 5400 ? [s / 60, 'minute'] : s < 2 * 86_400 ? [s / 3600, 'hour'] : [s / 86_400, 'day']
  const rounded = n < 10 ? Math.round(n * 10) / 10 : Math.round(n)
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`
}

/** mergeLag adds up histograms; its quantiles are upper bounds, as the service's are. */
export function mergeLag(lags: readonly Lag[]): Lag {
  const bounds = lags.find((l) => l.bounds_seconds.length > 0)?.bounds_seconds ?? []
  const out: Lag = { bounds_seconds: bounds, counts: bounds.map(() => 0).concat(0), total: 0, max_seconds: 0, median_seconds: 0, p95_seconds: 0 }
  for (const l of lags) {
    if (l.counts.length !== out.counts.length) continue
    out.counts = out.counts.map((n, i) => n + (l.counts[i] ?? 0))
    out.total += l.total
    out.max_seconds = Math.max(out.max_seconds, l.max_seconds)
  }
  out.median_seconds = quantile(out, 0.5)
  out.p95_seconds = quantile(out, 0.95)
  return out
}

function quantile(lag: Lag, share: number): number {
  if (lag.total === 0) return 0
  const rank = Math.floor(share * lag.total)
  let sum = 0
  for (const [i, n] of lag.counts.entries()) {
    sum += n
    if (sum > rank || sum === lag.total) return Math.min(lag.bounds_seconds[i] ?? lag.max_seconds, lag.max_seconds)
  }
  return lag.max_seconds
}

/** lagSentence says how late records arrive. */
export function lagSentence(lag: Lag): string {
  if (lag.total === 0) return 'Nothing measured yet: it is measured as events happen and are collected, not on what is fetched from the past.'
  return `Half of ${plural(lag.total, 'event')} arrived within ${secondsWords(lag.median_seconds)} of happening, 95 % within ${secondsWords(lag.p95_seconds)}; the latest took ${secondsWords(lag.max_seconds)}.`
}

const FEED_RUN: Record<FeedRunState, Word> = {
  pending: { word: 'Waiting for its turn', tone: 'unknown' },
  running: { word: 'Collecting', tone: 'accent' },
  done: { word: 'Done', tone: 'success' },
  incomplete: { word: 'Incomplete', tone: 'partial' },
  postponed: { word: 'Postponed', tone: 'partial' },
  failed: { word: 'Failed', tone: 'failure' },
}

export function feedRunWord(state: string): Word {
  return (FEED_RUN as Partial<Record<string, Word>>)[state] ?? { word: state, tone: 'unknown' }
}

/** isOver reports whether nothing of a run will change any more. */
export function isOver(run: Pick<Run, 'state'>): boolean {
  return run.state !== 'queued' && run.state !== 'running'
}

/** runSentence says how a collection goes or went. */
export function runSentence(run: Run): string {
  const counts = `${plural(run.counts.read, 'record')} read: ${count(run.counts.new)} new, ${count(run.counts.duplicate)} known already` +
    (run.counts.revision > 0 ? `, ${count(run.counts.revision)} changed since` : '') +
    (run.counts.quarantined > 0 ? `, ${count(run.counts.quarantined)} quarantined` : '')
  switch (run.state) {
    case 'queued':
      return run.waits_for ? `Waiting for the collection of ${run.waits_for}.` : 'Waiting for the collection under way.'
    case 'running':
      return `Collecting… ${counts}.`
    case 'done':
      return `${run.complete ? 'Done' : 'Done, but not complete'}. ${counts}.`
    case 'stopped':
      return `Stopped with the service. ${counts}.`
    case 'lost':
      return `Its process is not heard of any more; the next collection goes on from there. ${counts}.`
    default:
      return `Failed. ${counts}.`
  }
}

const DUTY: Partial<Record<string, string>> = { collection: 'collects', retention: 'lets events expire', names: 'looks names up', housekeeping: 'keeps house' }

/** fleetSentence says which of several processes does what. */
export function fleetSentence(service: Service): string {
  const by: Record<string, string[]> = {}
  for (const l of service.leases) {
    if (l.holder !== '') (by[l.holder] ??= []).push(DUTY[l.name] ?? l.name)
  }
  const parts = Object.entries(by).map(([holder, duties]) => `${holder} ${duties.join(', ')}`)
  return [`Kept in MongoDB; ${service.process} answers`, ...parts].join('; ') + '.'
}

/** progressOf is how far a run is, 0 to 1; undefined while nobody knows. */
export function progressOf(run: Run): number | undefined {
  if (isOver(run)) return 1
  let done = 0
  let all = 0
  for (const f of run.feeds) {
    all += f.units_listed + f.windows_planned
    done += Math.min(f.units_stored + f.units_expired, f.units_listed) + Math.min(f.windows_closed, f.windows_planned)
  }
  return all === 0 ? undefined : done / all
}

/** nextRun says when a feed is collected next. */
export function nextRun(h: FeedHealth, everyMinutes: number, now: number): string {
  const retry = Date.parse(h.retry_at ?? '')
  if (retry > now) return `tried again ${relative(retry, now)}`
  if (h.state === 'off') return 'never'
  if (everyMinutes <= 0) return 'when asked to'
  const last = Date.parse(h.last_success ?? '')
  const next = last + everyMinutes * 60_000
  return Number.isNaN(last) || next <= now ? 'any moment' : relative(next, now)
}
