import { describe, expect, test } from 'vitest'
import { clock, date, dateTime, duration, iso, moment, parseRange, parseTime, partsIn, relative, zoneLabel } from './time'

const now = Date.UTC(2026, 10, 23, 12, 0, 0)

test('writes a moment in a zone', () => {
  const at = Date.UTC(2026, 6, 1, 22, 30, 5)
  expect(dateTime(at, 'UTC')).toBe('2026-07-01 22:30:05')
  expect(dateTime(at, 'Europe/Berlin')).toBe('2026-07-02 00:30:05')
  expect(clock(at, 'Asia/Kolkata', false)).toBe('04:00')
  expect(date(at, 'America/New_York')).toBe('2026-07-01')
  expect(zoneLabel(at, 'Europe/Berlin')).toBe('UTC+02:00')
  expect(zoneLabel(at, 'America/St_Johns')).toBe('UTC−02:30')
  expect(zoneLabel(at, 'UTC')).toBe('UTC')
})

test.each(['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC', 'Australia/Lord_Howe'])('moment is the inverse of partsIn in %s', (zone) => {
  for (const at of [now, Date.UTC(2026, 2, 29, 0, 59, 59), Date.UTC(2026, 2, 29, 1, 0, 0), Date.UTC(2026, 9, 25, 3), Date.UTC(2024, 1, 29, 23, 59)]) {
    expect(moment(partsIn(at, zone), zone)).toBe(at)
  }
})

describe('parseTime', () => {
  test.each([
    ['2026-11-01', '2026-10-31T23:00:00Z'],
    ['2026-11-01T10:42:07Z', '2026-11-01T10:42:07Z'],
    ['2026-11-01 10:42', '2026-11-01T09:42:00Z'],
    ['2026-07-01 10:42:07.123', '2026-07-01T08:42:07Z'],
    ['2026-11-01T10:42:07+05:30', '2026-11-01T05:12:07Z'],
    ['[10/Oct/2026:13:55:36 +0200]', '2026-10-10T11:55:36Z'],
    ['Sat, 10 Oct 2026 13:55:36 GMT', '2026-10-10T13:55:36Z'],
    ['Nov  3 01:02:03', '2026-11-03T00:02:03Z'],
    ['Dec 24 01:02:03', '2025-12-24T00:02:03Z'],
    ['1793529727', '2026-11-01T10:42:07Z'],
    ['1793529727000', '2026-11-01T10:42:07Z'],
    ['"2026-11-01T10:42:07Z"', '2026-11-01T10:42:07Z'],
    ['2026-11-18 10:00:00 ERROR something failed', '2026-11-18T09:00:00Z'],
    ['[18/Nov/2026:10:00:00 +0100] GET /', '2026-11-18T09:00:00Z'],
    ['203.0.113.9 - - [18/Nov/2026:10:00:00 +0100] "GET / HTTP/1.1" 200', '2026-11-18T09:00:00Z'],
    ['level=info ts=2026-11-18T09:00:00.123Z msg=x', '2026-11-18T09:00:00Z'],
    ['Nov 18 2026 10:00:00', '2026-11-18T09:00:00Z'],
    ['2026-11-18T10:00:00+01:00', '2026-11-18T09:00:00Z'],
    ['-24h', '2026-11-22T12:00:00Z'],
    ['now', '2026-11-23T12:00:00Z'],
  ])('%s', (text, want) => {
    const at = parseTime(text, 'Europe/Berlin', now)
    expect(at === undefined ? undefined : iso(at)).toBe(want)
  })

  test.each(['', 'yesterdayish', '2026-13-01', '2026-02-30', '12', '10:30', '2026-11-01T25:00', '2026-11-01 25:00', '2026-11-011', 'ERROR 12'])('%j is no time', (text) => {
    expect(parseTime(text, 'UTC', now)).toBeUndefined()
  })
})

test.each([['15m', 900_000], ['24h', 86_400_000], ['7d', 604_800_000], ['-2w', 1_209_600_000], ['0h', undefined], ['h', undefined], ['3y', undefined]])(
  'parseRange(%s)', (text, want) => expect(parseRange(text)).toBe(want))

test.each([[0, 'just now'], [61_000, '1 minute ago'], [7_200_000, '2 hours ago'], [-172_800_000, 'in 2 days']])('relative(%d)', (ago, want) => {
  expect(relative(now - ago, now)).toBe(want)
})

test.each([[30_000, '30 s'], [720_000, '12 min'], [11_100_000, '3 h 5 min'], [187_200_000, '2 d 4 h']])('duration(%d)', (ms, want) => expect(duration(ms)).toBe(want))
