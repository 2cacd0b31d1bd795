// The geometry of bars over time.

import type { Bucket, Result } from '../api/types'

/** The results in the order they are stacked, from the bottom. */
export const STACK: readonly Result[] = ['success', 'unknown', 'partial', 'failure']

/** One bar: the events of [start, end) in ms, by result. */
export interface Bar {
  start: number
  end: number
  count: number
  results: Partial<Record<Result, number>>
}

/** bars puts buckets onto an axis, with the empty ones filled in. width is in ms; buckets lie on multiples of their own. */
export function bars(buckets: readonly Bucket[], start: number, end: number, width: number): Bar[] {
  if (!(width > 0) || !(end > start)) return []
  const anchor = buckets[0] ? Date.parse(buckets[0].start) : Math.floor(start / width) * width
  const first = anchor - Math.ceil((anchor - start) / width) * width
  const n = Math.min(Math.ceil((end - first) / width), 2000)
  const out: Bar[] = Array.from({ length: n }, (_, i) => ({ start: first + i * width, end: first + (i + 1) * width, count: 0, results: {} }))
  for (const b of buckets) {
    const bar = out[Math.floor((Date.parse(b.start) - first) / width)]
    if (!bar) continue
    bar.count += b.count
    for (const r of STACK) bar.results[r] = (bar.results[r] ?? 0) + (b.results[r] ?? 0)
  }
  return out
}

/** ceiling is the end of a scale that shows n: 1, 2 or 5 with zeros. */
export function ceiling(n: number): number {
  if (n <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(n))
  for (const f of [1, 2, 5, 10]) if (n <= f * power) return f * power
  return n
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The widths of bars that the server counts by, in ms, and their names. */
export const WIDTHS: readonly [number, string][] = [
  [MINUTE, '1m'], [5 * MINUTE, '5m'], [15 * MINUTE, '15m'], [30 * MINUTE, '30m'], [HOUR, '1h'], [3 * HOUR, '3h'],
  [6 * HOUR, '6h'], [12 * HOUR, '12h'], [DAY, '1d'], [7 * DAY, '7d'], [28 * DAY, '28d'],
]

/** widthFor is the narrowest width that gives at most so many bars. */
export function widthFor(span: number, most = 100): [number, string] {
  return WIDTHS.find(([ms]) => span / ms <= most) ?? [28 * DAY, '28d']
}

const STEPS = [MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 365 * DAY]

/** ticks are the moments to label between start and end, at most so many; offset is how far the zone is ahead of UTC;
 * days leaves hours out. */
export function ticks(start: number, end: number, most: number, offset: number, days = false): number[] {
  const step = STEPS.find((s) => (end - start) / s <= most && (!days || s >= DAY)) ?? 365 * DAY
  const out: number[] = []
  for (let at = Math.ceil((start + offset) / step) * step - offset; at < end; at += step) out.push(at)
  return out
}
