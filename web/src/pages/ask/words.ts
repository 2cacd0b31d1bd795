// What a question is asked with, and where its answer is to be looked at.

import { add, hasOr, term } from '../../lib/query'
import { count } from '../../lib/text'
import { iso } from '../../lib/time'
import { boundsOf, type Range } from '../../lib/view'
import type { Answer, Claim, Count, Within } from './types'

/** The longest question that the server takes, in UTF-16 units. */
export const LONGEST = 4000

/** EXAMPLES show what can be asked. */
export const EXAMPLES: readonly string[] = [
  'Who was added to an admin role in the last 7 days?',
  'Failed sign-ins in the last 7 days',
  'Which inbox rules were created this week?',
  'What changed in Conditional Access this month?',
  'Which apps got consent in the last 30 days?',
  'Who made the most changes this week?',
]

/** filtersOf is what an answer is to keep to, as the server takes it. What systems do by
 * themselves is looked at, too: it is folded away in the list, not ruled out. */
export function filtersOf(within: Within, zone: string, now: number): Record<string, string> {
  const { start, end } = within.range ? boundsOf(within.range, now) : {}
  return {
    noise: 'show', tz: zone,
    ...(within.q === '' ? {} : { q: within.q }),
    ...(start === undefined ? {} : { start: iso(start) }),
    ...(end === undefined ? {} : { end: iso(end) }),
  }
}

/** both is a query for what two queries find. */
export function both(a: string, b: string): string {
  const [x, y] = [a.trim(), b.trim()]
  if (x === '' || x === y) return y
  return y === '' ? x : add(x, hasOr(y) ? `(${y})` : y)
}

/** queryOf finds in the list what an answer rests on. */
export function queryOf(answer: Pick<Answer, 'q'>, within: Within): string {
  return both(within.q, answer.q)
}

/** rangeOf is the time that an answer is about. */
export function rangeOf(answer: Pick<Answer, 'start' | 'end'>): Range {
  const [start, end] = [answer.start ? Date.parse(answer.start) : NaN, answer.end ? Date.parse(answer.end) : NaN]
  if (Number.isNaN(start) && Number.isNaN(end)) return { kind: 'all' }
  return { kind: 'between', ...(Number.isNaN(start) ? {} : { start }), ...(Number.isNaN(end) ? {} : { end }) }
}

/** The fields that a query can name: a figure of one of them leads to its events. */
const FIELDS = new Set(['actor', 'actor_kind', 'operation', 'service', 'workload', 'result', 'source', 'ip', 'target', 'tag', 'tenant', 'record_type', 'review', 'origin'])

/** queryOfCount narrows a query to the events of a figure; undefined where no query can. */
export function queryOfCount(q: string, c: Count): string | undefined {
  return c.field && c.value !== '' && FIELDS.has(c.field) ? add(q, term(c.field, c.value)) : undefined
}

/** Figures of one field; an empty field is what has no name in the query language. */
export interface Figures {
  field: string
  counts: Count[]
}

/** figuresOf puts figures together by field. A field with one value says nothing that the answer does not. */
export function figuresOf(counts: readonly Count[]): Figures[] {
  const groups = new Map<string, Count[]>()
  for (const c of counts) groups.set(c.field ?? '', [...(groups.get(c.field ?? '') ?? []), c])
  const all = [...groups].map(([field, counts]) => ({ field, counts }))
  return all.length > 1 ? all.filter((g) => g.counts.length > 1) : all
}

const FIELD_WORDS: Record<string, string> = { actor_kind: 'kind of actor', ip: 'address', record_type: 'type of record' }

/** fieldWords names a field as people say it. */
export function fieldWords(field: string): string {
  return FIELD_WORDS[field] ?? field
}

/** unsupported are the statements that nothing supports. */
export function unsupported(claims: readonly Claim[] | null): Claim[] {
  return (claims ?? []).filter((c) => !c.supported)
}

/** destination says where a question goes before it is asked. */
export function destination(provider: string, model: string): string {
  return provider === '' ? 'Read by rules on this server. Nothing leaves it.' : `Sent to ${provider}${model === '' ? '' : ` (${model})`}, with the events it looks at.`
}

/** origin says how an answer came to be, and whether anything left the server for it. */
export function origin(answer: Pick<Answer, 'by' | 'provider' | 'model'>): string {
  if (answer.by === 'model') return `Written by ${answer.model ? answer.model : 'a language model'}${answer.provider ? ` at ${answer.provider}` : ''}, which was sent the question and the events it looked at.`
  return `Read by rules on this server. ${answer.provider ? `The question was sent to ${answer.provider} before.` : 'Nothing left it.'}`
}

/** found says what was found, for those who hear the page. */
export function found(answer: Pick<Answer, 'total' | 'complete'>): string {
  return `Answered. ${answer.complete ? '' : 'At least '}${count(answer.total)} ${answer.total === 1 ? 'event' : 'events'}.`
}
