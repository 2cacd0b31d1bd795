// What alerts are called on the screen.

import { clock, date } from '../../lib/time'
import type { AlertState } from './types'

export const STATES: Record<AlertState, { name: string; tone: 'failure' | 'partial' | 'unknown' }> = {
  open: { name: 'Open', tone: 'failure' },
  acknowledged: { name: 'Acknowledged', tone: 'partial' },
  closed: { name: 'Closed', tone: 'unknown' },
}

/** Why an alert is closed. */
export const REASONS: readonly { reason: string; name: string; means: string }[] = [
  { reason: 'true positive', name: 'True positive', means: 'it was what the rule looks for, and is dealt with' },
  { reason: 'false positive', name: 'False positive', means: 'it was not what the rule looks for' },
  { reason: 'expected change', name: 'Expected change', means: 'somebody agreed on it' },
  { reason: 'test', name: 'Test', means: 'somebody tried it out' },
]

/** The reason that a new exclusion gives. */
export const EXCLUDED = 'excluded'

/** reasonOf puts a chosen reason and what was written beside it together. */
export function reasonOf(reason: string, more: string): string {
  const text = more.trim()
  return text === '' ? reason : `${reason}: ${text}`
}

const HOUR = 3_600_000

/** For how long an alert can be put aside, in ms. */
export const SNOOZES: readonly { name: string; ms: number }[] = [
  { name: '1 hour', ms: HOUR },
  { name: '1 day', ms: 24 * HOUR },
  { name: '1 week', ms: 7 * 24 * HOUR },
]

/** No time at all, as the API writes it: an alert that is not snoozed. */
export const NEVER = '0001-01-01T00:00:00Z'

/** span writes from when to when the events of an alert are, without saying anything twice. */
export function span(first: number, last: number, zone: string): string {
  const from = `${date(first, zone)} ${clock(first, zone, false)}`
  if (date(first, zone) !== date(last, zone)) return `${from} – ${date(last, zone)} ${clock(last, zone, false)}`
  return clock(first, zone, false) === clock(last, zone, false) ? from : `${from} – ${clock(last, zone, false)}`
}
