import { expect, test, vi } from 'vitest'

vi.stubGlobal('location', { href: 'http://aoc.example/', origin: 'http://aoc.example' })
const { bounds, chosen, rangeOf } = await import('./range')

const now = Date.parse('2026-11-23T12:00:00Z')

test.each<[string, string, object]>([
  ['', 'all', {}],
  ['range=all', 'all', {}],
  ['range=7d', '7d', { start: '2026-11-16T12:00:00Z' }],
  ['start=2026-11-01T00:00:00Z&end=2026-11-02T00:00:00Z', '', { start: '2026-11-01T00:00:00Z', end: '2026-11-02T00:00:00Z' }],
  ['range=forever', '24h', { start: '2026-11-22T12:00:00Z' }],
])('?%s', (query, name, want) => {
  const range = rangeOf(new URLSearchParams(query))
  expect(chosen(range)).toBe(name)
  expect(bounds(range, now)).toEqual(want)
})
