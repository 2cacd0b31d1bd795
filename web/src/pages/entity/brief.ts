// What changed, in a few words, for a list.

import type { Change } from '../../api/types'
import { diff } from '../../lib/diff'
import type { Json } from '../../lib/structure'
import { clip, oneLine } from '../../lib/text'

/** A change in short. A side of null is not worth telling. */
export interface Brief {
  property: string
  before: string | null
  after: string | null
}

const MAX = 60

/** brief shortens a change: of objects and lists it tells the first place that differs. */
export function brief(c: Change): Brief {
  const d = diff(c.before, c.after)
  if (d.kind === 'text') return { property: name(c.property), before: c.before === null ? null : text(c.before), after: c.after === null ? null : text(c.after) }
  const first = d.entries.find((e) => e.op !== 'same')
  if (!first) return { property: name(c.property), before: null, after: null }
  const more = d.entries.filter((e) => e.op !== 'same').length - 1
  return {
    property: name([c.property, ...first.path.slice(-1)].join(' › ')) + (more > 0 ? ` and ${more} more` : ''),
    before: first.before === undefined ? null : text(first.before),
    after: first.after === undefined ? null : text(first.after),
  }
}

/** briefs are the changes most worth telling: those that tell both sides come first. */
export function briefs(changes: readonly Change[], max: number): Brief[] {
  const told = (c: Change): number => Number(c.before !== null && c.after !== null)
  return [...changes].sort((a, b) => told(b) - told(a)).slice(0, max).map(brief)
}

function name(s: string): string {
  return oneLine(s, MAX)
}

function text(v: Json): string {
  if (v === null) return 'null'
  const s = typeof v === 'string' ? v : typeof v === 'object' ? inner(v) : String(v)
  const line = oneLine(s, MAX)
  return line === '' ? 'empty' : line.length < s.trim().length ? line.trimEnd() + '…' : line
}

/** inner is the texts in an object or list, without its punctuation. */
function inner(v: Json[] | { [key: string]: Json }): string {
  return Object.values(v).map((x) => (typeof x === 'object' && x !== null ? inner(x) : clip(String(x), MAX))).slice(0, 6).join(', ')
}
