// How a notifier is, and what it tells of, in words.
import { plural } from '../../lib/text'
import type { Notifier, Severity } from './types'

export interface State {
  word: string
  tone: 'success' | 'failure' | 'partial' | 'unknown'
}

const STATES: Record<Notifier['status']['state'], State> = {
  disabled: { word: 'Off', tone: 'unknown' },
  waiting: { word: 'Starting', tone: 'unknown' },
  running: { word: 'Ready', tone: 'success' },
  capped: { word: 'At its cap', tone: 'partial' },
  retrying: { word: 'Receiver takes nothing', tone: 'failure' },
  misconfigured: { word: 'Cannot work as it is set', tone: 'failure' },
}

export function stateOf(state: Notifier['status']['state']): State {
  return STATES[state]
}

/** The severities, from the least. */
export const SEVERITIES: readonly Severity[] = ['informational', 'low', 'medium', 'high', 'critical']

/** tells says of which alerts a notifier tells. */
export function tells(n: Pick<Notifier, 'severity' | 'rules' | 'tenants' | 'digest_minutes' | 'most_per_hour'>): string {
  const parts = [n.severity && n.severity !== 'informational' ? (n.severity === 'critical' ? 'critical alerts' : `alerts from ${n.severity} up`) : 'all alerts']
  if (n.rules && n.rules.length > 0) parts.push(`of ${plural(n.rules.length, 'rule')}`)
  if (n.tenants && n.tenants.length > 0) parts.push(`in ${plural(n.tenants.length, 'tenant')}`)
  const how = n.digest_minutes ? `, gathered for ${n.digest_minutes} min` : ''
  return `${parts.join(' ')}${how}, at most ${plural(n.most_per_hour ? n.most_per_hour : DEFAULT_PER_HOUR, 'message')} an hour`
}

/** How many messages an hour there are at most where nothing is set. */
export const DEFAULT_PER_HOUR = 30
