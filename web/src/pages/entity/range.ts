// Of which time the page of an entity tells: in its address, all of it unless said otherwise.

import { iso } from '../../lib/time'
import { boundsOf, readView, type Range } from '../../lib/view'

/** The ranges offered, as the address has them. */
export const RANGES: readonly { range: string; label: string }[] = [
  { range: '24h', label: '24 h' }, { range: '7d', label: '7 d' }, { range: '30d', label: '30 d' }, { range: '90d', label: '90 d' }, { range: 'all', label: 'All' },
]

/** rangeOf reads the range of the address. */
export function rangeOf(params: URLSearchParams): Range {
  return params.has('range') || params.has('start') || params.has('end') ? readView(params).range : { kind: 'all' }
}

/** bounds are the parameters that ask the API for a range, at a moment. */
export function bounds(range: Range, now: number): { start?: string; end?: string } {
  const { start, end } = boundsOf(range, now)
  return { ...(start === undefined ? {} : { start: iso(start) }), ...(end === undefined ? {} : { end: iso(end) }) }
}

/** chosen is the offered range that is shown; empty for another. */
export function chosen(range: Range): string {
  if (range.kind === 'all') return 'all'
  return range.kind === 'last' ? range.text : ''
}
