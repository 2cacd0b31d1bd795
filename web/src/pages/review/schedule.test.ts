import { expect, test } from 'vitest'
import { blank, dayWords, hourWords, isPast, isTicketLink, occurrence, sentence, tidied, whoWords } from './schedule'
import type { ChangeWindow, WindowSpec } from './types'

const saturday: WindowSpec = { title: 'Mail', zone: 'Europe/Berlin', weekly: { days: ['sat'], from: '20:00', to: '23:00' }, actors: ['ops team'], q: '' }

test.each<[Partial<WindowSpec>, string]>([
  [{}, 'Every Saturday 20:00–23:00 Europe/Berlin, for ops team'],
  [{ actors: [] }, 'Every Saturday 20:00–23:00 Europe/Berlin, for anyone'],
  [{ q: 'workload:Exchange' }, 'Every Saturday 20:00–23:00 Europe/Berlin, for ops team, where workload:Exchange'],
  [{ weekly: { days: ['fri', 'mon'], from: '22:00', to: '02:00', since: '2026-01-01' } }, 'Every Monday and Friday 22:00–02:00 (next day) Europe/Berlin, from Thu 1 Jan 2026, for ops team'],
  [{ weekly: { days: ['sun'], from: '00:00', to: '24:00', until: '2026-12-31' } }, 'Every Sunday all day Europe/Berlin, until Thu 31 Dec 2026, for ops team'],
  [{ weekly: { days: ['sun'], from: '01:00', to: '02:00', since: '2026-01-01', until: '2026-12-31' } }, 'Every Sunday 01:00–02:00 Europe/Berlin, from Thu 1 Jan 2026 until Thu 31 Dec 2026, for ops team'],
  [{ weekly: undefined, start: '2026-11-07T20:00', end: '2026-11-07T23:00' }, 'Once, Sat 7 Nov 2026 20:00–23:00 Europe/Berlin, for ops team'],
  [{ weekly: undefined, start: '2026-11-07T20:00', end: '2026-11-08T01:30' }, 'Once, Sat 7 Nov 2026 20:00–Sun 8 Nov 2026 01:30 Europe/Berlin, for ops team'],
  [{ weekly: undefined }, 'Once, … Europe/Berlin, for ops team'],
])('%j', (more, want) => {
  expect(sentence({ ...saturday, ...more })).toBe(want)
})

test('days and people in words', () => {
  expect(dayWords(['mon', 'tue', 'wed', 'thu', 'fri'])).toBe('weekday')
  expect(dayWords(['sun', 'sat', 'mon', 'tue', 'wed', 'thu', 'fri'])).toBe('day')
  expect(dayWords(['tue', 'mon', 'sat'])).toBe('Monday, Tuesday and Saturday')
  expect(whoWords(['a', 'b', 'c'])).toBe('a, b and c')
  expect(whoWords(['a', 'b', 'c', 'd', 'e'])).toBe('a, b and 3 others')
  expect(hourWords('20:00', '24:00')).toBe('20:00–24:00')
})

test('an opening is told in the zone that times are shown in', () => {
  expect(occurrence({ start: '2026-11-28T19:00:00Z', end: '2026-11-28T22:00:00Z' }, 'Europe/Berlin')).toBe('Sat 28 Nov 2026 20:00–23:00 (3 h)')
  expect(occurrence({ start: '2026-11-28T19:00:00Z', end: '2026-11-28T22:00:00Z' }, 'Asia/Tokyo')).toBe('Sun 29 Nov 2026 04:00–07:00 (3 h)')
})

test('what is sent is either once or weekly, without what is empty', () => {
  const w = { ...blank('UTC', '2026-11-07'), title: ' Mail ', note: ' ', ticket: 'CHG-1' }
  expect(tidied(w, 'weekly')).toEqual({ title: 'Mail', zone: 'UTC', actors: [], q: '', ticket: 'CHG-1', weekly: { days: ['sat'], from: '20:00', to: '23:00' } })
  expect(tidied(w, 'once')).toEqual({ title: 'Mail', zone: 'UTC', actors: [], q: '', ticket: 'CHG-1', start: '2026-11-07T20:00', end: '2026-11-07T23:00' })
})

test('windows that will not open again', () => {
  const kept: ChangeWindow = { ...saturday, id: 'w', version: 1, by: 'ada', at: '' }
  expect(isPast(kept, '2030-01-01')).toBe(false)
  expect(isPast({ ...kept, weekly: { days: ['sat'], from: '20:00', to: '23:00', until: '2026-01-01' } }, '2026-11-23')).toBe(true)
  expect(isPast({ ...kept, weekly: undefined, start: '2026-11-07T20:00', end: '2026-11-07T23:00' }, '2026-11-23')).toBe(true)
})

test.each([['https://tickets.contoso.example/CHG-1', true], ['HTTP://x', true], ['CHG-1', false], ['javascript:alert(1)', false], ['https://a b', false]])('%s', (ticket, want) => {
  expect(isTicketLink(ticket)).toBe(want)
})
