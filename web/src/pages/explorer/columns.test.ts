import { expect, test } from 'vitest'
import { columnsFor, template, toggled, USUAL, widthOf } from './columns'

const ids = (chosen: string[], width: number): string[] => columnsFor(chosen, width).map((c) => c.id)

test('the usual columns, as many as fit', () => {
  expect(ids([], 2000)).toEqual([...USUAL])
  expect(ids([], 640)).toEqual(['time', 'actor', 'summary', 'result'].filter((c) => ids([], 640).includes(c)))
  expect(widthOf(columnsFor([], 700))).toBeLessThanOrEqual(700)
  expect(ids([], 10)).toContain('summary')
})

test('a choice is a choice, however narrow', () => {
  expect(ids(['ip', 'time', 'ip', 'nonsense'], 10)).toEqual(['ip', 'time'])
  expect(ids(['nonsense'], 2000)).toEqual([...USUAL])
})

test('switching a column twice is as before', () => {
  const without = toggled([], 'actor')
  expect(without).not.toContain('actor')
  expect(toggled(without, 'actor')).toEqual([])
  expect(toggled([], 'ip')).toEqual([...USUAL, 'ip'])
})

test('template', () => expect(template(columnsFor(['time', 'actor'], 0))).toBe('150px minmax(150px, 3fr)'))
