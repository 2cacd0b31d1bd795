import { describe, expect, it } from 'vitest'
import { lag, stateOf } from './words'

describe('how a sink is', () => {
  it('is late only when it works and is behind', () => {
    expect(stateOf({ state: 'running', lag_seconds: 0 }).word).toBe('Running')
    expect(stateOf({ state: 'running', lag_seconds: 600 })).toEqual({ word: 'Catching up', tone: 'partial' })
    expect(stateOf({ state: 'retrying', lag_seconds: 600 }).tone).toBe('failure')
    expect(stateOf({ state: 'something new', lag_seconds: 0 })).toEqual({ word: 'something new', tone: 'unknown' })
  })

  it('says how far it is behind', () => {
    expect(lag({ lag_events: 0, lag_seconds: 0 })).toBe('up to date')
    expect(lag({ lag_events: 1, lag_seconds: 90 })).toBe('1 event, 2 min')
    expect(lag({ lag_events: 12000, lag_seconds: 90 })).toMatch(/events, 2 min$/)
  })
})
