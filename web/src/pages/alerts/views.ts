// What the inbox asks for, and its address.

import type { Param } from '../../api/client'
import { iso, parseRange } from '../../lib/time'
import type { AlertState } from './types'

export type Tab = 'todo' | AlertState | 'all'

export const TABS: readonly { tab: Tab; name: string; states: readonly AlertState[] }[] = [
  { tab: 'todo', name: 'To do', states: ['open', 'acknowledged'] },
  { tab: 'open', name: 'Open', states: ['open'] },
  { tab: 'acknowledged', name: 'Acknowledged', states: ['acknowledged'] },
  { tab: 'closed', name: 'Closed', states: ['closed'] },
  { tab: 'all', name: 'All', states: ['open', 'acknowledged', 'closed'] },
]

export const SEVERITIES: readonly string[] = ['critical', 'high', 'medium', 'low', 'informational']

/** How far back alerts were raised; empty is ever. */
export const SINCE: readonly { text: string; name: string }[] = [
  { text: '', name: 'Raised at any time' },
  { text: '24h', name: 'Raised in 24 hours' },
  { text: '7d', name: 'Raised in 7 days' },
  { text: '30d', name: 'Raised in 30 days' },
]

/** The assignees that are no names in an address. */
export const ME = '~me'
export const NOBODY = '~nobody'

/** What the inbox asks for. */
export interface Asked {
  tab: Tab
  severities: string[]
  rule: string
  /** ME, NOBODY, a name, or empty for anybody's. */
  assignee: string
  tenant: string
  since: string
}

/** readAsked takes it out of an address. */
export function readAsked(p: URLSearchParams): Asked {
  const since = p.get('since') ?? ''
  return {
    tab: TABS.find((t) => t.tab === p.get('show'))?.tab ?? 'todo',
    severities: (p.get('severity') ?? '').split(',').filter((s) => SEVERITIES.includes(s)),
    rule: p.get('rule') ?? '', assignee: p.get('assignee') ?? '', tenant: p.get('tenant') ?? '',
    since: parseRange(since) === undefined ? '' : since,
  }
}

/** statesOf are the states that a tab shows. */
export function statesOf(tab: Tab): readonly AlertState[] {
  return TABS.find((t) => t.tab === tab)?.states ?? []
}

/** paramsOf are the parameters of GET /api/alerts; me is the name that edits are kept under. */
export function paramsOf(a: Asked, me: string, now: number): Record<string, Param> {
  const states = statesOf(a.tab)
  return {
    state: states.length === 3 ? undefined : [...states],
    severity: a.severities,
    rule: a.rule,
    // Nobody's is asked for by a parameter without a value.
    assignee: a.assignee === '' ? undefined : [a.assignee === ME ? me : a.assignee === NOBODY ? '' : a.assignee],
    tenant: a.tenant,
    from: a.since === '' ? undefined : iso(now - (parseRange(a.since) ?? 0)),
  }
}

/** isNarrowed reports whether more than a tab was chosen. */
export function isNarrowed(a: Asked): boolean {
  return a.severities.length > 0 || [a.rule, a.assignee, a.tenant, a.since].some((t) => t !== '')
}
