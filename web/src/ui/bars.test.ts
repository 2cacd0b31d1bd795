import { expect, test } from 'vitest'
import { bars, ceiling, ticks, widthFor } from './bars'

const H = 3_600_000

test('bars fills the axis and keeps every event', () => {
  const got = bars([{ start: '2026-11-01T02:00:00Z', count: 3, results: { success: 2, failure: 1 } }, { start: '2026-11-01T04:00:00Z', count: 1, results: { unknown: 1 } }],
    Date.UTC(2026, 10, 1, 0, 30), Date.UTC(2026, 10, 1, 5), H)
  expect(got.map((b) => b.count)).toEqual([0, 0, 3, 0, 1])
  expect(got[0]?.start).toBe(Date.UTC(2026, 10, 1, 0))
  expect(got[2]?.results.failure).toBe(1)
})

test('bars lie where the server put them', () => {
  const got = bars([{ start: '2026-11-01T23:00:00Z', count: 1, results: {} }], Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 4), 24 * H)
  expect(got.map((b) => new Date(b.start).getUTCHours())).toEqual([23, 23, 23, 23])
  expect(got.reduce((n, b) => n + b.count, 0)).toBe(1)
})

test('bars of nothing', () => {
  expect(bars([], 0, 0, H)).toEqual([])
  expect(bars([], 0, 3 * H, H).map((b) => b.count)).toEqual([0, 0, 0])
})

test.each([[0, 1], [1, 1], [3, 5], [17, 20], [99, 100], [1204, 2000]])('ceiling(%d)', (n, want) => expect(ceiling(n)).toBe(want))

test.each([[H, '1m'], [24 * H, '15m'], [168 * H, '3h'], [720 * H, '12h'], [10 * 8760 * H, '28d']])('widthFor(%d)', (span, want) => {
  expect(widthFor(span)[1]).toBe(want)
})

test('ticks lie on whole steps of the zone', () => {
  const got = ticks(Date.UTC(2026, 10, 1, 10), Date.UTC(2026, 10, 2, 10), 4, 2 * H)
  expect(got.map((t) => new Date(t).toISOString())).toEqual(['2026-11-01T10:00:00.000Z', '2026-11-01T16:00:00.000Z', '2026-11-01T22:00:00.000Z', '2026-11-02T04:00:00.000Z'])
})

test('ticks of days only', () => {
  const got = ticks(Date.UTC(2026, 10, 1, 10), Date.UTC(2026, 10, 4, 10), 20, 0, true)
  expect(got.map((t) => new Date(t).getUTCDate())).toEqual([2, 3, 4])
})
