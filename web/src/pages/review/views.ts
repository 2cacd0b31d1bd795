// The tabs of the page, and the address of each.

import { iso } from '../../lib/time'
import type { Asked } from './inbox.svelte'
import { sortOf } from './sort'

export type Tab = 'unreviewed' | 'investigating' | 'unexpected' | 'done' | 'windows'

export const TABS: readonly { tab: Tab; name: string }[] = [
  { tab: 'unreviewed', name: 'Unreviewed' },
  { tab: 'investigating', name: 'Investigating' },
  { tab: 'unexpected', name: 'Unexpected' },
  { tab: 'done', name: 'Done recently' },
  { tab: 'windows', name: 'Change windows' },
]

export function tabOf(text: string | null): Tab {
  return TABS.find((t) => t.tab === text)?.tab ?? 'unreviewed'
}

/** How old unreviewed changes must be, in days; 0 is any age. */
export const AGES = [0, 1, 3, 7, 14, 30] as const

const RECENT = 7 * 86_400_000

/** askedOf is what a tab asks for, with a further condition from the filter. */
export function askedOf(tab: Tab, params: URLSearchParams, zone: string, now: number): Asked {
  const q = (params.get('q') ?? '').trim()
  const days = Number(params.get('older') ?? 0)
  const base = {
    zone, noise: params.get('noise') === 'show', sort: sortOf(params.get('sort')),
    olderThanDays: Number.isInteger(days) && days > 0 && days <= 36_500 ? days : 0,
  }
  const both = (more: string): string => (q === '' ? more : `(${q}) ${more}`)
  switch (tab) {
    case 'investigating':
    case 'unexpected':
      return { ...base, mode: 'list', q: both(`review:${tab}`), state: tab }
    case 'done':
      return { ...base, mode: 'list', q: both('is:change is:reviewed -review:investigating'), start: iso(now - RECENT) }
    default:
      return { ...base, mode: 'queue', q }
  }
}
