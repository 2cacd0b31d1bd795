import { describe, expect, test } from 'vitest'
import { arrival, editWords, isLink } from './words'

test.each([
  ['collected', '2026-11-01T10:00:30Z', 'collected 30 s later'],
  ['collected', '2026-11-01T12:10:00Z', 'arrived 2 h 10 min later'],
  ['collected', '2026-11-01T09:00:00Z', 'collected'],
  ['backfilled', '2026-11-09T09:00:00Z', 'backfilled: older than the first collection'],
  ['imported', '2026-11-09T09:00:00Z', 'imported from a file'],
  ['beamed', '2026-11-09T09:00:00Z', 'beamed'],
])('%s at %s', (origin, received_at, want) => {
  expect(arrival({ origin, received_at, timestamp: '2026-11-01T10:00:00Z' })).toBe(want)
})

describe('editWords', () => {
  test.each<[string, unknown, unknown, string]>([
    ['tags', [], ['vip'], 'added tag “vip”'],
    ['tags', ['a', 'b'], ['b', 'c', 'd'], 'added tags “c”, “d” and took off tag “a”'],
    ['tags', null, ['1', '2', '3', '4', '5', '6', '7'], 'added tags “1”, “2”, “3”, “4”, “5”, 2 more'],
    ['comment', null, { author: 'x', text: 'Looks fine', at: '' }, 'commented “Looks fine”'],
    ['comment', null, 'Looks fine', 'commented “Looks fine”'],
    ['review', null, { state: 'expected', by: 'x', at: '' }, 'marked it expected'],
    ['review', { state: 'expected' }, { state: 'unexpected', note: 'not planned', ticket: 'SEC-1' }, 'marked it unexpected, was expected: “not planned” (SEC-1)'],
    ['review', { state: 'expected' }, null, 'took the review “expected” away'],
    ['else', 1, 2, 'changed else'],
  ])('%s %j → %j', (action, before, after, want) => {
    expect(editWords({ seq: 1, subject: 'k', action, by: 'x', at: '', before, after })).toBe(want)
  })
})

test.each([['https://tickets.contoso.example/1', true], ['javascript:alert(1)', false], ['SEC-1', false], ['data:text/html,x', false], ['//evil.example', false]])(
  'isLink(%s)', (ticket, want) => expect(isLink(ticket)).toBe(want))
