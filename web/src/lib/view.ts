// The explorer's address: what is asked, of which time, and how it is shown.

import { iso, parseRange } from './time'
import { tidy } from './url'

/** The time that is looked at: back from now, between two moments (in ms; either may be open), or all of it. */
export type Range = { kind: 'last'; text: string } | { kind: 'between'; start?: number; end?: number } | { kind: 'all' }

/** A view of the explorer, as its address has it. */
export interface View {
  q: string
  range: Range
  /** Whether what systems do by themselves is shown too. */
  noise: boolean
  /** The columns, in order; empty is the usual ones. */
  cols: string[]
  /** The key of the event in the drawer; empty when it is closed. */
  open: string
  /** Whether the panel to ask questions is open. */
  ask: boolean
}

/** The range of an address that names none. */
export const DEFAULT_RANGE = '24h'

function moment(text: string | null): number | undefined {
  if (!text) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** readView takes a view out of query parameters. */
export function readView(p: URLSearchParams): View {
  const [start, end] = [moment(p.get('start')), moment(p.get('end'))]
  const text = p.get('range') ?? ''
  let range: Range = { kind: 'last', text: parseRange(text) === undefined ? DEFAULT_RANGE : text }
  if (start !== undefined || end !== undefined) range = { kind: 'between', ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) }
  else if (text === 'all') range = { kind: 'all' }
  return {
    q: p.get('q') ?? '',
    range,
    noise: p.get('noise') === 'show',
    cols: (p.get('cols') ?? '').split(',').filter((c) => c !== ''),
    open: p.get('open') ?? '',
    ask: p.get('ask') === '1',
  }
}

/** rangeParams are the query parameters of a range. */
export function rangeParams(range: Range): { range?: string; start?: string; end?: string } {
  if (range.kind === 'all') return { range: 'all' }
  if (range.kind === 'last') return range.text === DEFAULT_RANGE ? {} : { range: range.text }
  return { ...(range.start === undefined ? {} : { start: iso(range.start) }), ...(range.end === undefined ? {} : { end: iso(range.end) }) }
}

/** explorerURL is the address of a view; what is left out is as usual. */
export function explorerURL(view: Partial<View>): string {
  const url = new URL('/', location.origin)
  const params: Record<string, string | undefined> = {
    q: view.q,
    ...(view.range ? rangeParams(view.range) : {}),
    noise: view.noise ? 'show' : '',
    cols: view.cols?.join(','),
    open: view.open,
    ask: view.ask ? '1' : '',
  }
  for (const [name, value] of Object.entries(params)) if (value) url.searchParams.set(name, value)
  return '/' + tidy(url).search
}

/** eventURL is the address of an event's own page. */
export function eventURL(key: string): string {
  return '/events/' + encodeURIComponent(key)
}

/** entityURL is the address of the page of a user, app, device, group, address or object. */
export function entityURL(kind: string, id: string): string {
  return `/entities/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`
}

/** The start and end that a range means now, in ms. */
export function boundsOf(range: Range, now: number): { start?: number; end?: number } {
  if (range.kind === 'all') return {}
  if (range.kind === 'last') return { start: now - (parseRange(range.text) ?? 0) }
  return { ...(range.start === undefined ? {} : { start: range.start }), ...(range.end === undefined ? {} : { end: range.end }) }
}

/** entityOfTarget is the kind of entity page that a target of this type has. */
export function entityOfTarget(type: string | undefined): string {
  const t = (type ?? '').toLowerCase()
  if (t.includes('user') || t.includes('mailbox')) return 'user'
  if (t.includes('device')) return 'device'
  if (t.includes('group')) return 'group'
  if (t.includes('app') || t.includes('serviceprincipal')) return 'app'
  return 'object'
}
