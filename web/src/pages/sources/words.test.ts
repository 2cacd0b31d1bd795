import { describe, expect, test } from 'vitest'
import { cell, statementCSV } from './statement'
import type { Coverage, FeedHealth, Lag, Run } from './types'
import { backlog, dayName, fleetSentence, healthSentence, isFresh, isOver, lagSentence, lookOf, mergeLag, nextRun, progressOf, runSentence, secondsWords, spanWords } from './words'

const now = Date.UTC(2026, 10, 23, 12, 0)
const feed = { tenant_id: 't', collector: 'directoryaudit' }
const noLag: Lag = { bounds_seconds: [60, 120], counts: [], total: 0, max_seconds: 0, median_seconds: 0, p95_seconds: 0 }

function health(more: Partial<FeedHealth>): FeedHealth {
  return { feed, name: 'directoryaudit', title: 'Entra', state: 'ok', open_windows: 0, open_units: 0, failing_units: 0, losses: [], lag: noLag, ...more }
}

test.each<[Partial<FeedHealth>, string]>([
  [{}, 'Everything that Microsoft has listed is stored.'],
  [{ open_units: 3 }, 'Collected as it comes; 3 units to store.'],
  [{ state: 'degraded', failing_units: 1 }, 'Collected, but not all of it; 1 unit failed and will be tried again.'],
  [{ state: 'failing', last_success: '2026-11-23T09:00:00Z' }, 'Nothing is collected; the last time it worked was 3 hours ago.'],
  [{ state: 'failing' }, 'Nothing has been collected so far.'],
  [{ state: 'waiting', retry_at: '2026-11-23T12:10:00Z' }, 'Microsoft asked to be left alone for a while.'],
])('a feed in words: %j', (more, want) => {
  expect(healthSentence(health(more), now)).toBe(want)
})

test('backlog and next run', () => {
  expect(backlog(health({ open_units: 5000, open_windows: 1 }))).toBe('at least 5,000 units to store, 1 window open')
  expect(nextRun(health({ last_success: '2026-11-23T11:59:00Z' }), 5, now)).toBe('in 4 minutes')
  expect(nextRun(health({ last_success: '2026-11-23T11:00:00Z' }), 5, now)).toBe('any moment')
  expect(nextRun(health({}), 0, now)).toBe('when asked to')
  expect(nextRun(health({ retry_at: '2026-11-23T12:30:00Z' }), 5, now)).toBe('tried again in 30 minutes')
})

describe('spans', () => {
  test('name the second day only when there is one', () => {
    expect(spanWords({ start: '2026-11-16T03:10:00Z', end: '2026-11-16T03:25:00Z' }, 'UTC')).toBe('Mon 16 Nov 03:10 – 03:25 (15 min)')
    expect(spanWords({ start: '2026-11-16T22:00:00Z', end: '2026-11-18T01:00:00Z' }, 'UTC')).toBe('Mon 16 Nov 22:00 – Wed 18 Nov 01:00 (27 h)')
    expect(spanWords({}, 'UTC')).toBe('an open span')
    expect(dayName('nonsense')).toBe('nonsense')
  })

  test('the time since the last run is fresh only near now', () => {
    const gap = (start: string, end: string) => ({ reason: 'unplanned', window: { start, end } })
    expect(isFresh(gap('2026-11-23T11:50:00Z', '2026-11-23T11:59:00Z'), now)).toBe(true)
    expect(isFresh(gap('2026-11-23T01:50:00Z', '2026-11-23T02:00:00Z'), now)).toBe(false)
    expect(isFresh(gap('2026-11-23T08:00:00Z', '2026-11-23T11:59:00Z'), now)).toBe(false)
  })
})

test('failed units show unless there is a loss', () => {
  expect(lookOf({ state: 'open', failed: 2 })).toBe('failed')
  expect(lookOf({ state: 'loss', failed: 2 })).toBe('loss')
  expect(lookOf({ state: 'reswept', failed: 0 })).toBe('reswept')
})

test('lag of several feeds is merged, with quantiles as upper bounds', () => {
  const lag = (counts: number[], max: number): Lag => ({ bounds_seconds: [60, 120], counts, total: counts.reduce((a, b) => a + b, 0), max_seconds: max, median_seconds: 0, p95_seconds: 0 })
  const all = mergeLag([lag([8, 0, 0], 30), noLag, lag([0, 1, 1], 900)])
  expect(all).toMatchObject({ counts: [8, 1, 1], total: 10, max_seconds: 900, median_seconds: 60, p95_seconds: 900 })
  expect(lagSentence(all)).toBe('Half of 10 events arrived within 60 seconds of happening, 95 % within 15 minutes; the latest took 15 minutes.')
  expect(lagSentence(noLag)).toMatch(/^Nothing measured yet/)
  expect(secondsWords(5400)).toBe('1.5 hours')
})

test('a run of another process, and who does what', () => {
  const run: Run = { id: 'r', state: 'queued', waits_for: 'host-1/7', queued_at: '', counts: { read: 0, new: 0, duplicate: 0, revision: 0, quarantined: 0 }, warnings: [], complete: false, feeds: [] }
  expect(runSentence(run)).toBe('Waiting for the collection of host-1/7.')
  expect(runSentence({ ...run, waits_for: undefined })).toBe('Waiting for the collection under way.')
  expect(runSentence({ ...run, state: 'lost' })).toMatch(/^Its process is not heard of any more/)
  expect(isOver({ state: 'lost' })).toBe(true)
  expect(fleetSentence({ store: 'mongodb', process: 'a/1', leases: [
    { name: 'collection', holder: '', mine: false }, { name: 'names', holder: 'b/2', mine: false }, { name: 'retention', holder: 'b/2', mine: false }, { name: 'housekeeping', holder: 'a/1', mine: true },
  ] })).toBe('Kept in MongoDB; a/1 answers; b/2 looks names up, lets events expire; a/1 keeps house.')
})

test('progress counts windows and units, and is unknown before anything is listed', () => {
  const run = (more: object): Run => ({
    id: 'r', state: 'running', queued_at: '', counts: { read: 0, new: 0, duplicate: 0, revision: 0, quarantined: 0 }, warnings: [], complete: false,
    feeds: [{ feed, name: '', title: '', state: 'running', windows_planned: 0, windows_closed: 0, units_listed: 0, units_stored: 0, units_failed: 0, units_expired: 0, losses: 0,
      counts: { read: 0, new: 0, duplicate: 0, revision: 0, quarantined: 0 }, warnings: [], ...more }],
  })
  expect(progressOf(run({}))).toBeUndefined()
  expect(progressOf(run({ windows_planned: 2, windows_closed: 1, units_listed: 6, units_stored: 3 }))).toBe(0.5)
  // A unit read again is stored more often than it was listed.
  expect(progressOf(run({ windows_planned: 1, windows_closed: 1, units_listed: 1, units_stored: 2 }))).toBe(1)
})

describe('statement as CSV', () => {
  test.each([
    ['=cmd|calc', "'=cmd|calc"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['a,b "c"', '"a,b ""c"""'],
    ['=a,b', '"\'=a,b"'],
    [-5, '-5'],
  ])('%j', (value, want) => {
    expect(cell(value)).toBe(want)
  })

  test('has a line for the whole, each feed, gap and loss', () => {
    const coverage: Coverage = {
      span: {}, generated_at: '2026-11-23T12:00:00Z', complete: false, statement: 'Not complete.',
      feeds: [{
        feed, name: 'directoryaudit', title: 'Entra', hours: [], complete: false, statement: 'One gap.', lag: noLag,
        gaps: [{ window: { start: '2026-11-01T00:00:00Z', end: '2026-11-01T01:00:00Z' }, reason: 'open', last_error: '=1+1' }],
        losses: [{ window: {}, units: 2, reason: 'expired', hint: 'Import an export.' }],
        totals: { windows: 1, closed: 0, sweeps: 0, units_listed: 3, units_stored: 1, units_expired: 2, units_open: 0, counts: { read: 1, new: 1, duplicate: 0, revision: 0, quarantined: 0 }, late_new: 0 },
      }],
    }
    const lines = statementCSV(coverage).trimEnd().split('\r\n')
    expect(lines.map((l) => l.split(',')[0])).toEqual(['kind', 'all', 'feed', 'gap', 'loss'])
    expect(lines[3]).toContain("'=1+1")
    expect(lines[4]).toMatch(/,expired,Import an export\.$/)
  })
})
