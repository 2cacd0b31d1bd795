// What was marked in this session, and how it is taken back.

import { problemOf, send } from '../../api/client'
import { plural } from '../../lib/text'
import { toasts } from '../../shell/toasts.svelte'
import type { Ask } from './rows'
import type { BulkResult, Undone, Verdict } from './types'

/** One act: what was marked with one key, in one or more batches. */
export interface Act {
  batches: string[]
  state: Verdict['state']
  changed: number
  at: number
  /** Who did what, for the list of what was done. */
  what: string
  /** The message that tells of it. */
  toast: number
}

const DONE: Record<Verdict['state'], string> = {
  expected: 'marked expected',
  unexpected: 'marked unexpected',
  investigating: 'marked as being investigated',
  '': 'put back into the queue',
}

/** doneWords says what was done to how many. */
export function doneWords(n: number, state: Verdict['state']): string {
  return `${plural(n, 'change')} ${DONE[state]}`
}

/** undoneWords says what became of taking it back. */
export function undoneWords(u: Pick<Undone, 'undone' | 'kept'>): { text: string; hint: string } {
  const kept = u.kept > 0 ? `${plural(u.kept, 'change')} kept, because somebody changed ${u.kept === 1 ? 'it' : 'them'} since.` : ''
  if (u.undone === 0) return { text: 'Nothing was undone', hint: kept }
  return { text: `Undone: ${plural(u.undone, 'change')} ${u.undone === 1 ? 'is as it was' : 'are as they were'}`, hint: kept }
}

/** What was marked may only be what somebody saw: nothing that arrived later, nothing that others judged. */
export interface Bounds {
  upToSeq: number
  onlyUnreviewed: boolean
  noise: boolean
  zone: string
}

const KEPT = 'aoc.marks'

/** kept is what was marked before the page was left: it can still be undone. */
function kept(): Act[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? '[]') as Act[]
  } catch {
    return []
  }
}

export class Marks {
  #acts = $state.raw<readonly Act[]>(kept())
  /** What is said of the next marks. */
  note = $state('')
  ticket = $state('')
  /** How many requests are under way. */
  pending = $state(0)
  #turn: Promise<unknown> = Promise.resolve()
  readonly #changed: () => void

  /** changed is called whenever the service has taken something in or back. */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** What was marked, the last one first. */
  get acts(): readonly Act[] {
    return this.#acts
  }

  #keep(acts: readonly Act[]): void {
    this.#acts = acts.slice(0, 100)
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(this.#acts))
    } catch {
      // Storage is blocked: undo works until the page is left.
    }
  }

  /** How many changes this person has judged in this session. */
  get count(): number {
    return this.acts.reduce((n, a) => n + a.changed, 0)
  }

  /** mark sends what was chosen, after what is under way. It tells whether all of it was taken in. */
  mark(asked: readonly Ask[], verdict: Verdict, bounds: Bounds, what: string): Promise<boolean> {
    return this.#after(async () => {
      const act: Act = { batches: [], state: verdict.state, changed: 0, at: Date.now(), what, toast: 0 }
      let matched = 0
      let good = true
      try {
        for (const ask of asked) {
          const to = 'q' in ask
            ? { select: { q: ask.q, noise: bounds.noise ? 'show' : 'hide', tz: bounds.zone, ...(bounds.upToSeq > 0 ? { up_to_seq: bounds.upToSeq } : {}) } }
            : { keys: ask.keys }
          const r = await send<BulkResult>('PATCH', '/api/events/review', { ...to, ...verdict, only_unreviewed: bounds.onlyUnreviewed })
          if (r.batch) act.batches.push(r.batch)
          act.changed += r.changed
          matched += r.matched
        }
      } catch (err) {
        good = false
        toasts.fail(problemOf(err))
      }
      if (act.batches.length > 0) {
        // One message with an undo at a time: the last one's, as z does.
        for (const a of this.acts) toasts.dismiss(a.toast)
        this.#keep([act, ...this.acts])
        const others = matched - act.changed
        act.toast = toasts.show(doneWords(act.changed, act.state), {
          hint: others > 0 ? `${plural(others, 'change')} left alone: judged by somebody in the meantime.` : '',
          action: { label: 'Undo (z)', run: () => this.undo(act) },
        })
      } else if (good) toasts.show('Nothing was left to mark', { hint: 'Somebody was faster, or it is marked so already.' })
      this.#changed()
      return good && act.changed === matched
    })
  }

  /** undo takes an act back, by default the last one. */
  undo(act?: Act): Promise<void> {
    return this.#after(async () => {
      const one = act ?? this.acts[0]
      if (!one) {
        toasts.show('Nothing to undo', { hint: 'What you mark in this tab of the browser can be undone.' })
        return
      }
      if (!this.acts.includes(one)) return
      toasts.dismiss(one.toast)
      const sum = { undone: 0, kept: 0 }
      try {
        for (const batch of one.batches.toReversed()) {
          const u = await send<Undone>('POST', `/api/edits/${encodeURIComponent(batch)}/undo`)
          sum.undone += u.undone
          sum.kept += u.kept
          one.batches = one.batches.filter((b) => b !== batch)
        }
        this.#keep(this.acts.filter((a) => a !== one))
        const { text, hint } = undoneWords(sum)
        toasts.show(text, { hint, ms: hint ? 10_000 : 4000 })
      } catch (err) {
        toasts.fail(problemOf(err))
      }
      this.#changed()
    })
  }

  /** idle waits for what is under way. */
  idle(): Promise<unknown> {
    return this.#turn
  }

  /** Requests go one after the other, so that undo finds the batch that was just made. */
  #after<T>(task: () => Promise<T>): Promise<T> {
    this.pending++
    const run = this.#turn.then(task).finally(() => this.pending--)
    this.#turn = run.catch(() => undefined)
    return run
  }
}
