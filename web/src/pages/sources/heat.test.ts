import { expect, test } from 'vitest'
import { days, step, stretches, tally, worse } from './heat'
import type { Hour, HourState } from './types'

const now = Date.UTC(2026, 10, 23, 12, 30)

function hour(at: number, state: HourState, more: Partial<Hour> = {}): Hour {
  return {
    hour: new Date(at).toISOString(), state, listed: 0, fetched: 0, stored: 0, failed: 0, expired: 0,
    records: 0, new: 0, duplicate: 0, revision: 0, quarantined: 0, late: 0, ...more,
  }
}

test('lays hours out by day, newest first, and leaves out what has not come', () => {
  const hours = [hour(Date.UTC(2026, 10, 22, 23), 'reswept'), hour(Date.UTC(2026, 10, 23, 0), 'closed'), hour(Date.UTC(2026, 10, 23, 13), 'none')]
  const map = days([hours], 'UTC', now)
  expect(map.map((d) => d.date)).toEqual(['2026-11-23', '2026-11-22'])
  expect(map[0]?.cells.map((c) => c?.state)).toEqual(['closed', ...Array<undefined>(23).fill(undefined)])
  expect(map[1]?.cells[23]?.state).toBe('reswept')
})

test('merges feeds: the worst state, the sum of the figures, each feed by itself', () => {
  const at = Date.UTC(2026, 10, 23, 3)
  const map = days([[hour(at, 'reswept', { stored: 2, new: 5 })], [hour(at, 'loss', { expired: 1, new: 1 })], []], 'UTC', now)
  const cell = map[0]?.cells[3]
  expect(cell).toMatchObject({ state: 'loss', stored: 2, expired: 1, new: 6, feeds: ['reswept', 'loss', 'none'] })
})

test('an hour that clocks show twice is one cell, one they skip is none', () => {
  const back = days([[hour(Date.UTC(2026, 9, 25, 0), 'reswept', { new: 1 }), hour(Date.UTC(2026, 9, 25, 1), 'open', { new: 2 })]], 'Europe/Berlin', now)
  expect(back[0]?.cells[2]).toMatchObject({ start: Date.UTC(2026, 9, 25, 0), end: Date.UTC(2026, 9, 25, 2), state: 'open', new: 3 })
  const skipped = days([[hour(Date.UTC(2026, 2, 29, 0), 'reswept'), hour(Date.UTC(2026, 2, 29, 1), 'reswept')]], 'Europe/Berlin', now)
  expect(skipped[0]?.cells.map((c, i) => (c ? i : -1)).filter((i) => i >= 0)).toEqual([1, 3])
})

test('zones of half hours put an hour where it begins', () => {
  const map = days([[hour(Date.UTC(2026, 10, 22, 20), 'reswept')]], 'Asia/Kolkata', now)
  expect(map[0]).toMatchObject({ date: '2026-11-23' })
  expect(map[0]?.cells[1]?.start).toBe(Date.UTC(2026, 10, 22, 20))
})

test('arrow keys step over what is not there and stop at the edges', () => {
  const hours = [0, 1, 3].map((h) => hour(Date.UTC(2026, 10, 22, h), 'closed'))
  const map = days([[...hours, hour(Date.UTC(2026, 10, 23, 0), 'closed')]], 'UTC', now)
  expect(step(map, 1, 1, 'ArrowRight')).toEqual([1, 3])
  expect(step(map, 1, 3, 'ArrowRight')).toEqual([1, 3])
  expect(step(map, 1, 0, 'ArrowUp')).toEqual([0, 0])
  expect(step(map, 1, 1, 'ArrowUp')).toEqual([1, 1])
  expect(step(map, 1, 0, 'End')).toEqual([1, 3])
  expect(step(map, 1, 3, 'Home')).toEqual([1, 0])
})

test('hours of one look that follow each other are one stretch', () => {
  const day = [0, 1, 2, 4, 5].map((h) => hour(Date.UTC(2026, 10, 22, h), h === 2 ? 'open' : 'loss'))
  const cells = days([day], 'UTC', now)[0]?.cells ?? []
  expect(stretches(cells).map((s) => [new Date(s.start).getUTCHours(), new Date(s.end).getUTCHours(), s.look])).toEqual([[0, 2, 'loss'], [2, 3, 'open'], [4, 6, 'loss']])
})

test('the worse state wins, and a day is summed up', () => {
  expect(worse('none', 'reswept')).toBe('reswept')
  expect(worse('planned', 'open')).toBe('planned')
  const map = days([[hour(Date.UTC(2026, 10, 22, 1), 'loss'), hour(Date.UTC(2026, 10, 22, 2), 'loss')]], 'UTC', now)
  expect(map[0] && tally(map[0]).loss).toBe(2)
})
