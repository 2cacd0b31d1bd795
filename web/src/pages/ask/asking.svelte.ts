// The questions of this visit and their answers. They are kept in memory alone: whoever loads the
// page anew begins anew.

import { isAbort, problemOf, type Problem } from '../../api/client'
import { streamed } from '../../api/stream'
import { filtersOf } from './words'
import type { Answer, Step, Within } from './types'

/** The most questions that are kept. */
const MOST = 30

/** Turn is a question, what is done to answer it, and how that ended. */
export class Turn {
  readonly question: string
  readonly within: Within
  readonly id: number
  steps = $state.raw<readonly Step[]>([])
  answer = $state.raw<Answer>()
  problem = $state.raw<Problem>()
  state = $state<'asking' | 'answered' | 'failed' | 'stopped'>('asking')

  constructor(id: number, question: string, within: Within) {
    this.id = id
    this.question = question
    this.within = within
  }
}

class Asking {
  turns = $state.raw<readonly Turn[]>([])
  /** What stands in the box. */
  draft = $state('')
  /** Whether the question keeps to the query and the time of the list; undefined: as is usual. */
  keepQuery = $state(true)
  keepTime = $state<boolean>()
  #stop: AbortController | undefined
  #next = 1

  /** The question that is being answered. */
  get running(): Turn | undefined {
    const last = this.turns.at(-1)
    return last?.state === 'asking' ? last : undefined
  }

  /** ask sends a question, unless one is being answered. */
  async ask(question: string, within: Within, zone: string): Promise<void> {
    const text = question.trim()
    if (text === '' || this.running) return
    const [turn, stop] = [new Turn(this.#next++, text, within), new AbortController()]
    this.turns = [...this.turns.slice(1 - MOST), turn]
    this.#stop = stop
    try {
      const body = { question: text, filters: filtersOf(within, zone, Date.now()) }
      turn.answer = await streamed<Step, Answer>('/api/ask', body, (step) => (turn.steps = [...turn.steps, step]), stop.signal)
      turn.state = 'answered'
    } catch (err) {
      if (!isAbort(err)) turn.problem = problemOf(err)
      turn.state = isAbort(err) ? 'stopped' : 'failed'
    }
  }

  /** stop gives up the question that is being answered. */
  stop(): void {
    this.#stop?.abort()
  }

  /** clear forgets all questions. */
  clear(): void {
    this.stop()
    this.turns = []
  }
}

export const asking = new Asking()
