// The rules there are, and what is done with many of them.

import { isAbort, problemOf, type Problem } from '../../api/client'
import { allRules, changeRule, edited, loadRules, specOf } from './api'
import type { LoadReport, Rule } from './types'

/** Changes under way at a time. */
const AT_ONCE = 4
/** How much of files goes into one request, in characters. */
const MOST_TEXT = 8_000_000
const MOST_FILES = 500

export class Rules {
  items = $state.raw<Rule[]>()
  problem = $state.raw<Problem>()
  /** What became of the files that were loaded last. */
  report = $state.raw<LoadReport>()
  busy = $state(false)

  async load(signal?: AbortSignal): Promise<void> {
    try {
      this.items = await allRules(signal)
      this.problem = undefined
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    }
  }

  #took(rule: Rule): void {
    this.items = this.items?.map((r) => (r.id === rule.id ? rule : r))
  }

  /** turn switches a rule on or off, as it was seen. It rejects with a Problem. */
  async turn(r: Rule, enabled: boolean): Promise<void> {
    this.#took(await changeRule(r.id, r.version, { ...specOf(r), enabled }))
  }

  /** turnOn switches several on; it gives how many were, and the first thing that went wrong. */
  async turnOn(list: readonly Rule[]): Promise<{ done: number; problem: Problem | undefined }> {
    const queue = [...list]
    let done = 0
    let problem: Problem | undefined
    const work = async (): Promise<void> => {
      for (let r = queue.shift(); r; r = queue.shift())
        try {
          this.#took(await edited(r.id, (spec) => ({ ...spec, enabled: true })))
          done++
        } catch (err) {
          problem ??= problemOf(err)
        }
    }
    this.busy = true
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    this.busy = false
    return { done, problem }
  }

  /** keep loads files, or AOC's own rules. It rejects with a Problem. */
  async keep(what: { files?: { path: string; content: string }[]; pack?: string; license?: string; starter?: boolean; enable: boolean }): Promise<void> {
    this.busy = true
    try {
      const { files, ...rest } = what
      this.report = files ? joined(await inTurn(portions(files), (part) => loadRules({ ...rest, files: part }))) : await loadRules(rest)
      await this.load()
    } finally {
      this.busy = false
    }
  }
}

async function inTurn<A, B>(list: readonly A[], each: (a: A) => Promise<B>): Promise<B[]> {
  const out: B[] = []
  for (const a of list) out.push(await each(a))
  return out
}

/** portions splits files into what goes into one request each. */
export function portions(files: readonly { path: string; content: string }[]): { path: string; content: string }[][] {
  const out: { path: string; content: string }[][] = []
  let size = Infinity
  for (const f of files) {
    if (size + f.content.length > MOST_TEXT || (out.at(-1)?.length ?? 0) >= MOST_FILES) {
      out.push([])
      size = 0
    }
    out.at(-1)?.push(f)
    size += f.content.length
  }
  return out
}

/** joined puts the reports of portions together. */
export function joined(parts: readonly LoadReport[]): LoadReport {
  const all: LoadReport = { loaded: 0, can_fire: 0, source_off: 0, unmapped: 0, failed: [], rules: [] }
  for (const p of parts) {
    all.loaded += p.loaded
    all.can_fire += p.can_fire
    all.source_off += p.source_off
    all.unmapped += p.unmapped
    all.failed.push(...p.failed)
    all.rules.push(...p.rules)
  }
  return all
}
