// The time that is looked at, in words.

import { clock, date, dateTime } from '../../lib/time'
import type { Range } from '../../lib/view'

/** The ranges back from now that are offered, and what they are called. */
export const LAST: readonly (readonly [string, string])[] = [
  ['15m', '15 minutes'], ['1h', 'hour'], ['4h', '4 hours'], ['12h', '12 hours'], ['24h', '24 hours'],
  ['2d', '2 days'], ['7d', '7 days'], ['14d', '14 days'], ['30d', '30 days'], ['90d', '90 days'],
]

/** rangeWords writes a range as people say it, its times in a zone. */
export function rangeWords(r: Range, zone: string): string {
  if (r.kind === 'all') return 'All time'
  if (r.kind === 'last') {
    const known = LAST.find(([text]) => text === r.text)?.[1]
    return `Last ${known ?? r.text}`
  }
  const { start: s, end: e } = r
  if (s === undefined || e === undefined) return s !== undefined ? `Since ${dateTime(s, zone, false)}` : `Until ${dateTime(e ?? 0, zone, false)}`
  const seconds = s % 60_000 !== 0 || e % 60_000 !== 0
  const short = date(s, zone) === date(e - 1, zone)
  return `${dateTime(s, zone, seconds)} – ${short && clock(e, zone, false) !== '00:00' ? clock(e, zone, seconds) : dateTime(e, zone, seconds)}`
}
