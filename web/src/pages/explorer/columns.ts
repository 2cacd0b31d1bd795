// The columns of the table: what each is called, how wide it is at least, and what goes first when there is no room.

/** A column of the table. */
export interface Column {
  id: string
  name: string
  /** The least width in px, and the share of what is left over; 0 stays at its width. */
  min: number
  grow: number
}

/** Every column there is, in the order they are offered. */
export const COLUMNS: readonly Column[] = [
  { id: 'time', name: 'Time', min: 150, grow: 0 },
  { id: 'actor', name: 'Actor', min: 150, grow: 3 },
  { id: 'summary', name: 'Summary', min: 240, grow: 5 },
  { id: 'targets', name: 'Targets', min: 130, grow: 2 },
  { id: 'result', name: 'Result', min: 76, grow: 0 },
  { id: 'service', name: 'Service', min: 110, grow: 1 },
  { id: 'tags', name: 'Tags', min: 84, grow: 1 },
  { id: 'operation', name: 'Operation', min: 150, grow: 2 },
  { id: 'workload', name: 'Workload', min: 90, grow: 1 },
  { id: 'source', name: 'Source', min: 80, grow: 0 },
  { id: 'ip', name: 'Address', min: 120, grow: 0 },
  { id: 'actor_kind', name: 'Actor kind', min: 80, grow: 0 },
  { id: 'changed', name: 'Changed', min: 130, grow: 2 },
  { id: 'review', name: 'Review', min: 100, grow: 0 },
  { id: 'record_type', name: 'Record type', min: 130, grow: 1 },
  { id: 'origin', name: 'Origin', min: 90, grow: 0 },
  { id: 'tenant', name: 'Tenant', min: 130, grow: 1 },
  { id: 'received', name: 'Received', min: 150, grow: 0 },
]

/** The columns that are shown when nobody chose. */
export const USUAL = ['time', 'actor', 'summary', 'targets', 'result', 'service', 'tags'] as const

/** Where there is no room, these go in this order. */
const FIRST_TO_GO = ['tags', 'service', 'targets', 'actor', 'result']

/** The width between the columns, and at the ends of a row, in px. */
export const GAP = 12
export const EDGE = 16

/** widthOf is the least width of a row with these columns. */
export function widthOf(columns: readonly Column[]): number {
  return columns.reduce((n, c) => n + c.min, 0) + GAP * Math.max(columns.length - 1, 0) + 2 * EDGE
}

/** columnsFor are the columns to show: those that were chosen, or as many of the usual ones as fit. */
export function columnsFor(chosen: readonly string[], width: number): Column[] {
  const byID = (ids: readonly string[]): Column[] => ids.map((id) => COLUMNS.find((c) => c.id === id)).filter((c) => c !== undefined)
  const wanted = byID([...new Set(chosen)])
  if (wanted.length > 0) return wanted
  let ids: string[] = [...USUAL]
  for (const id of FIRST_TO_GO) {
    if (widthOf(byID(ids)) <= width) break
    ids = ids.filter((i) => i !== id)
  }
  return byID(ids)
}

/** toggled is the choice after one column was switched; empty when that is the usual one. */
export function toggled(chosen: readonly string[], id: string): string[] {
  const now: string[] = chosen.length > 0 ? [...chosen] : [...USUAL]
  let next = now.filter((c) => c !== id)
  if (next.length === now.length) {
    // A usual column comes back to its usual place, others go to the end.
    const place = (USUAL as readonly string[]).indexOf(id)
    const before = place < 0 ? -1 : next.findIndex((c) => (USUAL as readonly string[]).indexOf(c) > place)
    next = before < 0 ? [...next, id] : [...next.slice(0, before), id, ...next.slice(before)]
  }
  return next.join() === USUAL.join() ? [] : next
}

/** template is the columns as CSS has them. */
export function template(columns: readonly Column[]): string {
  return columns.map((c) => (c.grow > 0 ? `minmax(${c.min}px, ${c.grow}fr)` : `${c.min}px`)).join(' ')
}
