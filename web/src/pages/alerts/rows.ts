// The list of alerts: what a look at the newest ones changes in it, and what a row says.

import type { Alert, AlertValue } from './types'
import type { Asked } from './views'
import { ME, NOBODY, statesOf } from './views'

/** refreshed puts the newest page into what is known; whole says that there is nothing beyond it. */
export function refreshed(known: readonly Alert[], page: readonly Alert[], whole: boolean): Alert[] {
  const last = page.at(-1)
  if (whole || !last) return [...page]
  const end = Date.parse(last.raised_at)
  const there = new Set(page.map((a) => a.id))
  return [...page, ...known.filter((a) => !there.has(a.id) && Date.parse(a.raised_at) <= end)]
}

/** belongs reports whether an alert, as it is now, is among what was asked for. */
export function belongs(a: Alert, asked: Asked, me: string): boolean {
  if (!statesOf(asked.tab).includes(a.state)) return false
  if (asked.severities.length > 0 && !asked.severities.includes(a.severity)) return false
  if (asked.assignee === '') return true
  return (a.assignee ?? '') === (asked.assignee === ME ? me : asked.assignee === NOBODY ? '' : asked.assignee)
}

/** isSnoozed reports whether the inbox hides an alert at a moment, in ms. */
export function isSnoozed(a: Alert, now: number): boolean {
  return a.snoozed_until !== undefined && Date.parse(a.snoozed_until) > now
}

/** beside is the id that one is at when an alert leaves the list: the next one, else the one before. */
export function beside(rows: readonly Alert[], id: string): string {
  const at = rows.findIndex((a) => a.id === id)
  return at < 0 ? '' : (rows[at + 1]?.id ?? rows[at - 1]?.id ?? '')
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function isGUID(text: string): boolean {
  return GUID.test(text)
}

/** told are the values of the group that a row names beside the summary: not the tenant, nor what the
 * summary says, nor ids of which it has the names. */
export function told(a: Alert): AlertValue[] {
  return a.group.filter((g) => g.value !== '' && g.field !== 'aoc.tenant' && !(isGUID(g.value) && a.summary !== '') && !a.summary.toLowerCase().includes(g.value.toLowerCase()))
}
