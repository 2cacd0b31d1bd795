import { describe, expect, it } from 'vitest'
import { tells } from './words'

describe('what a notifier tells of', () => {
  it('is all alerts where nothing narrows it', () => {
    expect(tells({})).toBe('all alerts, at most 30 messages an hour')
    expect(tells({ severity: 'informational' })).toBe('all alerts, at most 30 messages an hour')
  })

  it('names what narrows it', () => {
    expect(tells({ severity: 'high', rules: ['a'], tenants: ['b', 'c'], digest_minutes: 15, most_per_hour: 4 })).toBe(
      'alerts from high up of 1 rule in 2 tenants, gathered for 15 min, at most 4 messages an hour',
    )
    expect(tells({ severity: 'critical', most_per_hour: 1 })).toBe('critical alerts, at most 1 message an hour')
  })
})
