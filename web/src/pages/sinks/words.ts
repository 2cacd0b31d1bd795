// How a sink is, in words.
import { plural } from '../../lib/text'
import { duration } from '../../lib/time'
import type { SinkStatus } from './types'

export interface State {
  word: string
  tone: 'success' | 'failure' | 'partial' | 'unknown'
}

const STATES: Record<string, State> = {
  disabled: { word: 'Off', tone: 'unknown' },
  waiting: { word: 'Starting', tone: 'unknown' },
  running: { word: 'Running', tone: 'success' },
  retrying: { word: 'Receiver takes nothing', tone: 'failure' },
  misconfigured: { word: 'Cannot work as it is set', tone: 'failure' },
}

export function stateOf(s: Pick<SinkStatus, 'state' | 'lag_seconds'>): State {
  const state = STATES[s.state] ?? { word: s.state, tone: 'unknown' as const }
  return s.state === 'running' && s.lag_seconds > LATE_SECONDS ? { word: 'Catching up', tone: 'partial' } : state
}

/** From so many seconds on a sink that works is called late. */
const LATE_SECONDS = 60

/** lag says how far a sink is behind the log. */
export function lag(s: Pick<SinkStatus, 'lag_events' | 'lag_seconds'>): string {
  if (s.lag_events === 0) return 'up to date'
  return `${plural(s.lag_events, 'event')}, ${duration(s.lag_seconds * 1000)}`
}
