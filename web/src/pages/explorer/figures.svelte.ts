// The figures of a selection: how many events, over time, by field. Counted after the rows are painted.

import { get, isAbort, type Problem, problemOf } from '../../api/client'
import type { Facet, FacetAnswer, Summary } from '../../api/types'
import { used, without } from '../../lib/query'
import { widthFor } from '../../ui/bars'
import type { Selection } from './selection'

/** The fields of the facets, in the order they are shown. */
export const FACETS = ['source', 'workload', 'service', 'operation', 'result', 'actor', 'actor_kind', 'tag', 'tenant'] as const

/** How many values of a facet are shown before one asks for more. */
export const SHOWN = 6
const KEPT = 8

export class Figures {
  summary = $state.raw<Summary>()
  /** The selection that the figures are of. */
  of = $state.raw<Selection>()
  problem = $state.raw<Problem>()
  loading = $state(false)
  /** Facets that the query asks for, counted without what it asks of them, so that the alternatives stay in sight. */
  alternatives = $state.raw<ReadonlyMap<string, Facet>>(new Map())

  #abort = new AbortController()
  #kept = new Map<string, { summary: Summary; of: Selection; alternatives: ReadonlyMap<string, Facet> }>()

  /** load counts a selection. */
  async load(selection: Selection): Promise<void> {
    this.stop()
    const { signal } = this.#abort
    this.loading = true
    try {
      const [summary, alternatives] = await Promise.all([
        get<Summary>('/api/events/summary', { ...selection.params, facets: FACETS.join(','), values: SHOWN, width: widthOf(selection) }, signal),
        this.#alternatives(selection, signal),
      ])
      this.#show({ summary, alternatives, of: selection })
    } catch (err) {
      if (isAbort(err)) return
      this.problem = problemOf(err)
      this.loading = false
    }
  }

  async #alternatives(selection: Selection, signal: AbortSignal): Promise<ReadonlyMap<string, Facet>> {
    const fields = FACETS.filter((field) => used(selection.q, field))
    const answers = await Promise.all(fields.map((field) => facetValues(selection, field, '', SHOWN, signal)))
    return new Map(answers.map((answer, i) => [fields[i] ?? '', answer]))
  }

  /** restore shows figures that were kept, for Back. */
  restore(id: string): boolean {
    const kept = this.#kept.get(id)
    if (!kept) return false
    this.stop()
    this.#show(kept)
    return true
  }

  #show(kept: { summary: Summary; of: Selection; alternatives: ReadonlyMap<string, Facet> }): void {
    this.summary = kept.summary
    this.of = kept.of
    this.alternatives = kept.alternatives
    this.problem = undefined
    this.loading = false
    this.#kept.delete(kept.of.id)
    this.#kept.set(kept.of.id, kept)
    for (const old of this.#kept.keys()) if (this.#kept.size > KEPT) this.#kept.delete(old)
  }

  /** facet is what is known of a field. */
  facet(field: string): Facet | undefined {
    return this.alternatives.get(field) ?? this.summary?.facets.find((f) => f.field === field)
  }

  stop(): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    this.loading = false
  }
}

/** widthOf is the width of the bars, by the range alone: it stays while the query is refined. */
function widthOf(selection: Selection): string | undefined {
  if (selection.start === undefined) return undefined
  return widthFor((selection.end ?? selection.now) - selection.start)[1]
}

/** facetValues searches among all values that a field has in a selection without what it asks of the field. */
export function facetValues(selection: Selection, field: string, contains: string, n: number, signal: AbortSignal): Promise<FacetAnswer> {
  return get<FacetAnswer>('/api/facets', { ...selection.params, q: without(selection.q, field), field, contains, n }, signal)
}

/** The figures outlive the page, as the rows do. */
export const figures = new Figures()
