import { describe, expect, it } from 'vitest'
import { endOf, rolesUpTo, stateOf, summary } from './words'

const now = Date.parse('2026-11-19T14:30:00Z')
const ends = (at: string): { expires_at: string } => ({ expires_at: at })

describe('stateOf', () => {
  it('says how long a token still holds', () => {
    expect(stateOf(ends('2027-02-17T14:30:00Z'), now)).toEqual({ word: 'Active', tone: 'success' })
    expect(stateOf(ends('2026-11-24T15:00:00Z'), now)).toEqual({ word: 'Ends in 5 days', tone: 'partial' })
    expect(stateOf(ends('2026-11-24T14:29:58Z'), now).word).toBe('Ends in 5 days')
    expect(stateOf(ends('2026-11-20T15:00:00Z'), now).word).toBe('Ends in 1 day')
    expect(stateOf(ends('2026-11-19T14:30:01Z'), now).word).toBe('Ends within a day')
  })
  it('knows one that does not hold any more, also where the time cannot be read', () => {
    expect(stateOf(ends('2026-11-19T14:30:00Z'), now)).toEqual({ word: 'Expired', tone: 'unknown' })
    expect(stateOf(ends('never'), now).word).toBe('Expired')
  })
})

describe('rolesUpTo', () => {
  it('gives none that may do more', () => {
    expect(rolesUpTo('manager').map((r) => r.role)).toEqual(['reader', 'analyst', 'member', 'manager'])
    expect(rolesUpTo('analyst').map((r) => r.role)).toEqual(['reader', 'analyst'])
  })
  it('gives none to a role that is not known', () => {
    expect(rolesUpTo('emperor')).toEqual([])
  })
})

describe('endOf', () => {
  it('counts days', () => {
    expect(endOf(90, now)).toBe(Date.parse('2027-02-17T14:30:00Z'))
  })
  it('takes no number that the server refuses', () => {
    for (const days of [0, -1, 367, 1.5, NaN, undefined]) expect(endOf(days, now)).toBeUndefined()
  })
})

describe('summary', () => {
  it('counts', () => {
    expect(summary([], now)).toBe('0 active')
    expect(summary([ends('2027-01-01T00:00:00Z'), ends('2026-01-01T00:00:00Z')], now)).toBe('1 active, 1 expired')
  })
})
