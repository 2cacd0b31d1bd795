// What choosing a value does: it changes the query of the explorer, or opens the explorer with one.

import { anyOf, exclude, only, remove } from '../lib/query'
import { explorerURL, type Range } from '../lib/view'
import { router } from './router.svelte'

export type FilterHow = 'only' | 'not' | 'any' | 'remove'

const CHANGES: Record<FilterHow, (q: string, field: string, value: string) => string> = { only, not: exclude, any: anyOf, remove }

/** filtered is a query after a value was chosen. */
export function filtered(q: string, how: FilterHow, field: string, value: string): string {
  return CHANGES[how](q, field, value)
}

/** filterBy goes to the explorer, asking for or ruling out a value. On the explorer the rest of the view stays;
 * from other pages the range is the given one, or all time. */
export function filterBy(how: FilterHow, field: string, value: string, range: Range = { kind: 'all' }): void {
  if (router.route.page === 'explorer') router.set({ q: filtered(router.params.get('q') ?? '', how, field, value) })
  else router.go(explorerURL({ q: filtered('', how, field, value), range }))
}
