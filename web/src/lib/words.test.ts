import { expect, test } from 'vitest'
import { runs } from './words'

test('runs keeps what both texts share', () => {
  expect(runs('Sales team (EU)', 'Sales group (EU)')).toEqual([
    { op: 'same', text: 'Sales ' }, { op: 'removed', text: 'team' }, { op: 'added', text: 'group' }, { op: 'same', text: ' (EU)' },
  ])
})

test.each([
  ['a b c d e', 'a x c y e'],
  ['', 'new'],
  ['old', ''],
  ['x '.repeat(2000), 'y '.repeat(2000)],
  ['same', 'same'],
  ['\ud800 half', 'half \udc00'],
])('%j and %j can be read back from the runs', (before, after) => {
  expect(runs(before, after).filter((r) => r.op !== 'added').map((r) => r.text).join('')).toBe(before)
  expect(runs(before, after).filter((r) => r.op !== 'removed').map((r) => r.text).join('')).toBe(after)
})

test('texts that share next to nothing are shown whole', () => {
  expect(runs('Human Resources', 'Support and Sales')).toEqual([{ op: 'removed', text: 'Human Resources' }, { op: 'added', text: 'Support and Sales' }])
})
