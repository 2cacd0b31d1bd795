// The heat map: hours of the ledger as rows of days, in a zone.

import { partsIn } from '../../lib/time'
import { lookOf, type CellLook } from './words'
import type { Hour, HourState } from './types'

const HOUR = 3_600_000

/** One hour of a clock; two hours of the ledger when the clock was turned back. */
export interface Cell {
  /** From and to, in ms. */
  start: number
  end: number
  state: HourState
  listed: number
  fetched: number
  stored: number
  failed: number
  expired: number
  new: number
  duplicate: number
  revision: number
  quarantined: number
  late: number
  /** Of a map of several feeds: how each of them is, by its place in the list. */
  feeds: HourState[]
}

/** One row: a day, and its 24 hours. A missing cell is an hour that has not come, or that the clock skipped. */
export interface Day {
  /** 2026-11-23 */
  date: string
  cells: (Cell | undefined)[]
}

// A loss that is over is worse than work that is still to be done, as in the ledger.
const WORST: readonly HourState[] = ['none', 'reswept', 'closed', 'open', 'planned', 'loss']

/** worse gives the worse of two states. An hour before the first collection of one feed takes nothing from another's. */
export function worse(a: HourState, b: HourState): HourState {
  return WORST.indexOf(a) >= WORST.indexOf(b) ? a : b
}

/** days lays out the hours of one or more feeds, the newest day first. */
export function days(feeds: readonly (readonly Hour[])[], zone: string, now: number): Day[] {
  const byHour = new Map<number, Cell>()
  for (const [i, hours] of feeds.entries()) {
    for (const h of hours) {
      const start = Date.parse(h.hour)
      if (Number.isNaN(start) || start > now) continue
      let cell = byHour.get(start)
      if (!cell) {
        cell = empty(start, feeds.length)
        byHour.set(start, cell)
      }
      cell.state = worse(cell.state, h.state)
      cell.feeds[i] = h.state
      addFigures(cell, h)
    }
  }
  const rows = new Map<string, Day>()
  for (const start of [...byHour.keys()].sort((a, b) => b - a)) {
    const cell = byHour.get(start)
    if (!cell) continue
    const p = partsIn(start, zone)
    const date = `${p.year}-${String(p.month).padStart(2, '0')}-${String(p.day).padStart(2, '0')}`
    let day = rows.get(date)
    if (!day) {
      day = { date, cells: Array.from({ length: 24 }, () => undefined) }
      rows.set(date, day)
    }
    const twin = day.cells[p.hour]
    day.cells[p.hour] = twin ? joined(cell, twin) : cell
  }
  return [...rows.values()]
}

function empty(start: number, feeds: number): Cell {
  return {
    start, end: start + HOUR, state: 'none', listed: 0, fetched: 0, stored: 0, failed: 0, expired: 0,
    new: 0, duplicate: 0, revision: 0, quarantined: 0, late: 0, feeds: Array.from({ length: feeds }, () => 'none'),
  }
}

const FIGURES = ['listed', 'fetched', 'stored', 'failed', 'expired', 'new', 'duplicate', 'revision', 'quarantined', 'late'] as const

function addFigures(to: Cell, from: Pick<Hour, (typeof FIGURES)[number]>): void {
  for (const name of FIGURES) to[name] += from[name]
}

/** joined is the one hour on the clock that two hours passed in. */
function joined(a: Cell, b: Cell): Cell {
  const out: Cell = {
    ...a, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end), state: worse(a.state, b.state),
    feeds: a.feeds.map((s, i) => worse(s, b.feeds[i] ?? 'none')),
  }
  addFigures(out, b)
  return out
}

/** tally counts the hours of a day in each state. */
export function tally(day: Day): Record<HourState, number> {
  const out: Record<HourState, number> = { none: 0, reswept: 0, closed: 0, open: 0, planned: 0, loss: 0 }
  for (const cell of day.cells) if (cell) out[cell.state]++
  return out
}

/** Hours of one look that follow each other. */
export interface Stretch {
  start: number
  end: number
  look: CellLook
}

/** stretches joins the hours of a day that look the same and follow each other. */
export function stretches(cells: readonly (Cell | undefined)[]): Stretch[] {
  const out: Stretch[] = []
  for (const cell of cells) {
    if (!cell) continue
    const last = out.at(-1)
    if (last?.look === lookOf(cell) && last.end === cell.start) last.end = cell.end
    else out.push({ start: cell.start, end: cell.end, look: lookOf(cell) })
  }
  return out
}

/** step is the cell that an arrow key leads to, as [row, column]; the same one at an edge or where there is none. */
export function step(map: readonly Day[], row: number, column: number, key: string): [number, number] {
  const has = (r: number, c: number): boolean => map[r]?.cells[c] !== undefined
  const [down, right] = ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] } as Record<string, [number, number]>)[key] ?? [0, 0]
  if (key === 'Home' || key === 'End') {
    const order = key === 'Home' ? [...Array(24).keys()] : [...Array(24).keys()].reverse()
    return [row, order.find((c) => has(row, c)) ?? column]
  }
  if (down === 0 && right === 0) return [row, column]
  // Over hours that a clock skipped.
  for (let r = row + down, c = column + right; r >= 0 && r < map.length && c >= 0 && c < 24; r += down, c += right) {
    if (has(r, c)) return [r, c]
  }
  return [row, column]
}
