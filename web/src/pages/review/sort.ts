// The orders the queue can be gone through in.

import type { QueueGroup } from './types'

export type Sort = 'people' | 'most' | 'rarest' | 'newest' | 'oldest'

export const SORTS: readonly { sort: Sort; name: string }[] = [
  { sort: 'people', name: 'People first' },
  { sort: 'most', name: 'Most frequent first' },
  { sort: 'rarest', name: 'Rarest first' },
  { sort: 'newest', name: 'Newest first' },
  { sort: 'oldest', name: 'Oldest first' },
]

/** The order when nobody chose: what a person did wants a look more than what a synchronisation did thousands of times. */
export const USUAL: Sort = 'people'

const KINDS: readonly string[] = ['person', 'app', 'system']

/** sortOf reads an order from the address. */
export function sortOf(text: string | null): Sort {
  return SORTS.find((s) => s.sort === text)?.sort ?? USUAL
}

/** sorted puts groups into an order; what is equal stays as it is. */
export function sorted(groups: readonly QueueGroup[], sort: Sort): readonly QueueGroup[] {
  const time = (text: string): number => Date.parse(text) || 0
  switch (sort) {
    case 'people':
      return groups.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || b.count - a.count)
    case 'rarest':
      return groups.toSorted((a, b) => a.count - b.count || time(b.last) - time(a.last))
    case 'newest':
      return groups.toSorted((a, b) => time(b.last) - time(a.last))
    case 'oldest':
      return groups.toSorted((a, b) => time(a.first) - time(b.first))
    default:
      return groups
  }
}
