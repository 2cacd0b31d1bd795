// A rule tried on what is stored: how far that is, and what came of it.

import { isAbort, Problem, problemOf } from '../../api/client'
import { tryRule } from './api'
import type { BackTest, RuleSpec } from './types'

export class Trial {
  busy = $state(false)
  read = $state(0)
  matched = $state(0)
  result = $state.raw<BackTest>()
  problem = $state.raw<Problem>()
  /** What the result is of. */
  of = $state('')
  /** The span of the result, in ms; 0 is from the beginning. */
  start = $state(0)
  end = $state(0)
  #stop = new AbortController()

  /** run tries a rule on what happened from start on, in ms; 0 is everything. */
  async run(spec: RuleSpec, start: number, now: number): Promise<void> {
    this.cancel()
    const stop = new AbortController()
    this.#stop = stop
    this.busy = true
    this.read = 0
    this.matched = 0
    this.problem = undefined
    let done = false as boolean
    try {
      await tryRule(spec, start > 0 ? { start: new Date(start).toISOString() } : {}, (line) => {
        this.read = line.read
        this.matched = line.matched
        if (line.error) throw new Problem(line.error)
        if (!line.result) return
        done = true
        this.result = line.result
        this.of = JSON.stringify(spec)
        this.start = start
        this.end = now
      }, stop.signal)
      if (!done) throw new Problem('The answer of the server was cut off', { hint: 'Try again.' })
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    } finally {
      if (this.#stop === stop) this.busy = false
    }
  }

  /** cancel gives up what is under way, here and at the server. */
  cancel(): void {
    this.#stop.abort()
    this.busy = false
  }
}
