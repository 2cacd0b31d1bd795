import { expect, test } from 'vitest'
import { sorted, sortOf } from './sort'
import type { QueueGroup } from './types'
import { askedOf, tabOf } from './views'

const now = Date.UTC(2026, 10, 23, 12)
const params = (text: string): URLSearchParams => new URLSearchParams(text)

test('tabs ask for the queue, or for lists by state', () => {
  expect(askedOf('unreviewed', params('q=actor:ada&older=7&noise=show&sort=rarest'), 'UTC', now)).toEqual({
    mode: 'queue', q: 'actor:ada', olderThanDays: 7, noise: true, zone: 'UTC', sort: 'rarest',
  })
  expect(askedOf('unexpected', params(''), 'UTC', now)).toMatchObject({ mode: 'list', q: 'review:unexpected', state: 'unexpected' })
  // A filter with OR does not escape from its tab.
  expect(askedOf('investigating', params('q=a OR b'), 'UTC', now).q).toBe('(a OR b) review:investigating')
  expect(askedOf('done', params(''), 'UTC', now)).toMatchObject({ mode: 'list', start: '2026-11-16T12:00:00Z' })
})

test.each([['-3', 0], ['x', 0], ['1.5', 0], ['99999999', 0], ['45', 45]])('an age of %s days is %d', (older, want) => {
  expect(askedOf('unreviewed', params(`older=${older}`), 'UTC', now).olderThanDays).toBe(want)
})

test('unknown names in the address are the usual ones', () => {
  expect(tabOf('nonsense')).toBe('unreviewed')
  expect(sortOf('nonsense')).toBe('people')
})

test('orders of the queue', () => {
  const g = (actor: string, count: number, first: string, last: string, kind = 'person'): QueueGroup => ({ actor, kind, operation: '', count, first: `2026-11-${first}T00:00:00Z`, last: `2026-11-${last}T00:00:00Z`, q: '' })
  const groups = [g('a', 9, '01', '20', 'app'), g('b', 1, '05', '05'), g('c', 1, '02', '22')]
  const order = (sort: Parameters<typeof sorted>[1]): string => sorted(groups, sort).map((x) => x.actor).join('')
  expect(order('people')).toBe('bca')
  expect(order('most')).toBe('abc')
  expect(order('rarest')).toBe('cba')
  expect(order('newest')).toBe('cab')
  expect(order('oldest')).toBe('acb')
})
