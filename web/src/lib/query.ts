// The top-level terms of a query, so that facets and values can add, change and remove them.
// The server's parser has the last word on what a query means; this one only finds the seams.

/** One term of the outermost level of a query. */
export interface Term {
  /** Where the term is in the text, its sign included. */
  from: number
  to: number
  not: boolean
  kind: 'word' | 'field' | 'group' | 'or' | 'and'
  /** Lower case; of a field term. */
  field?: string
  /** The values of a field term as written, unquoted; of a word the word. */
  values: Value[]
}

/** A value of a term. */
export interface Value {
  text: string
  quoted: boolean
}

const ALIASES: Record<string, string> = { kind: 'actor_kind', type: 'record_type' }

/** canonical is the name the API has for a field. */
export function canonical(field: string): string {
  const name = field.toLowerCase()
  return ALIASES[name] ?? name
}

const FIELD = /^([A-Za-z_]+):(?!\/\/|\\)/

/** parse splits a query into the terms of its outermost level. Broken input gives what can be made out of it. */
export function parse(q: string): Term[] {
  const out: Term[] = []
  let at = 0
  let not = false
  let start = -1
  const push = (term: Omit<Term, 'from' | 'not'>, from: number): void => {
    out.push({ ...term, not, from: start >= 0 ? start : from })
    not = false
    start = -1
  }
  while (at < q.length) {
    const c = q.charAt(at)
    if (/\s/.test(c)) {
      at++
      continue
    }
    if (c === '-' && at + 1 < q.length && !/\s/.test(q.charAt(at + 1))) {
      if (start < 0) start = at
      not = !not
      at++
      continue
    }
    if (c === '(') {
      const to = skipGroup(q, at)
      push({ kind: 'group', to, values: [] }, at)
      at = to
      continue
    }
    if (c === ')') {
      at++
      continue
    }
    const keyword = /^(NOT|AND|OR)(?=[\s(]|$)/.exec(q.slice(at))?.[1]
    if (keyword === 'NOT') {
      if (start < 0) start = at
      not = !not
      at += 3
      continue
    }
    if (keyword) {
      push({ kind: keyword === 'OR' ? 'or' : 'and', to: at + keyword.length, values: [] }, at)
      at += keyword.length
      continue
    }
    const from = at
    const field = c === '"' ? undefined : FIELD.exec(q.slice(at))?.[1]
    if (field) {
      at += field.length + 1
      const [values, to] = readValues(q, at)
      at = to
      push({ kind: 'field', field: canonical(field), to, values }, from)
      continue
    }
    const [value, to] = readValue(q, at, /[\s()]/)
    at = to
    push({ kind: 'word', to, values: [value] }, from)
  }
  return out
}

/** readValues reads the list of a field term: a,b,"c d" or (a OR b). */
function readValues(q: string, at: number): [Value[], number] {
  if (q.charAt(at) === '(') {
    const to = skipGroup(q, at)
    const inner = parse(q.slice(at + 1, to - 1))
    return [inner.filter((t) => t.kind === 'word').flatMap((t) => t.values), to]
  }
  const values: Value[] = []
  for (;;) {
    const [value, to] = readValue(q, at, /[\s(),]/)
    at = to
    if (value.quoted || value.text !== '') values.push(value)
    if (q.charAt(at) !== ',') return [values, at]
    at++
  }
}

function readValue(q: string, at: number, stop: RegExp): [Value, number] {
  if (q.charAt(at) === '"') {
    const to = skipQuoted(q, at)
    const inner = q.slice(at + 1, q.charAt(to - 1) === '"' && to - 1 > at ? to - 1 : to)
    return [{ text: inner.replace(/\\(["\\])/g, '$1'), quoted: true }, to]
  }
  const from = at
  while (at < q.length && !stop.test(q.charAt(at))) at++
  return [{ text: q.slice(from, at), quoted: false }, Math.max(at, from)]
}

/** skipQuoted is the place after the quoted text that begins at a place. */
function skipQuoted(q: string, at: number): number {
  for (at++; at < q.length; at++) {
    const c = q.charAt(at)
    if (c === '\\' && /["\\]/.test(q.charAt(at + 1))) at++
    else if (c === '"') return at + 1
  }
  return q.length
}

/** skipGroup is the place after the parenthesis that begins at a place. */
function skipGroup(q: string, at: number): number {
  let depth = 0
  while (at < q.length) {
    const c = q.charAt(at)
    if (c === '"') {
      at = skipQuoted(q, at)
      continue
    }
    at++
    if (c === '(') depth++
    else if (c === ')' && --depth === 0) return at
  }
  return at
}

/** quote writes a value so that the query means exactly it. */
export function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

const BARE = /^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/

/** written is a value as a person would write it: quoted only where it must be. */
export function written(value: string): string {
  return BARE.test(value) && !/^(AND|OR|NOT)$/.test(value) ? value : quote(value)
}

/** term writes field:value. */
export function term(field: string, value: string, not = false): string {
  return `${not ? '-' : ''}${shown(field)}:${written(value)}`
}

function shown(field: string): string {
  return field === 'actor_kind' ? 'kind' : field === 'record_type' ? 'type' : field
}

/** What a query says about one value of a field at its outermost level. */
export type Stance = 'is' | 'not' | undefined

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const matches = (t: Term, field: string): boolean => t.kind === 'field' && t.field === canonical(field)

const names = (t: Term, value: string): boolean => t.values.some((v) => same(v.text, value) && (v.quoted || !v.text.includes('*')))

const isMissing = (t: Term): boolean => t.values.length === 1 && t.values[0]?.text === '*' && !t.values[0].quoted

/** stance tells whether a value is asked for, ruled out, or neither. */
export function stance(q: string, field: string, value: string): Stance {
  if (hasOr(q)) return undefined
  const t = parse(q).find((t) => matches(t, field) && names(t, value))
  return t ? (t.not ? 'not' : 'is') : undefined
}

/** used reports whether a field has a term at the outermost level. */
export function used(q: string, field: string): boolean {
  return !hasOr(q) && parse(q).some((t) => matches(t, field))
}

/** missing reports what the query says of events that have no value in the field. */
export function missing(q: string, field: string): Stance {
  const t = hasOr(q) ? undefined : parse(q).find((t) => matches(t, field) && isMissing(t))
  return t ? (t.not ? 'is' : 'not') : undefined
}

/** hasOr reports whether the outermost level has an OR: its parts cannot be changed one by one. */
export function hasOr(q: string): boolean {
  return parse(q).some((t) => t.kind === 'or')
}

/** add appends a term, keeping what is there together. */
export function add(q: string, text: string): string {
  const kept = q.trim()
  if (kept === '') return text
  return `${hasOr(kept) ? `(${kept})` : kept} ${text}`
}

/** without takes every top-level term of a field away, or those of one kind. */
export function without(q: string, field: string, kind?: 'is' | 'not'): string {
  if (hasOr(q)) return q.trim()
  return cut(q, (t) => matches(t, field) && (kind === undefined || (kind === 'not') === t.not))
}

function cut(q: string, drop: (t: Term) => boolean): string {
  let out = q
  for (const t of parse(q).reverse()) {
    if (!drop(t)) continue
    out = out.slice(0, t.from) + out.slice(t.to)
  }
  return out.replace(/^(\s*AND\b)+|(\bAND\s*)+$/g, '').replace(/\bAND\s+AND\b/g, 'AND').replace(/\s{2,}/g, ' ').trim()
}

/** only asks for one value of a field, in place of what was asked of the field. Exclusions of other values are moot then. */
export function only(q: string, field: string, value: string): string {
  return add(without(q, field), term(field, value))
}

/** exclude rules a value out. */
export function exclude(q: string, field: string, value: string): string {
  if (stance(q, field, value) === 'not') return q.trim()
  const rest = remove(q, field, value)
  const t = hasOr(rest) ? undefined : parse(rest).find((t) => matches(t, field) && t.not && !isMissing(t) && listable(rest, t))
  return t ? append(rest, t, value) : add(rest, term(field, value, true))
}

/** anyOf asks for a value beside those of the field that are asked for already. */
export function anyOf(q: string, field: string, value: string): string {
  if (stance(q, field, value) === 'is') return q.trim()
  const rest = remove(q, field, value)
  const t = hasOr(rest) ? undefined : parse(rest).find((t) => matches(t, field) && !t.not && listable(rest, t))
  return t ? append(rest, t, value) : add(rest, term(field, value))
}

/** remove takes one value out of the terms of a field, and the term with its last value. */
export function remove(q: string, field: string, value: string): string {
  if (hasOr(q)) return q.trim()
  let out = q
  for (const t of parse(q).reverse()) {
    if (!matches(t, field) || !names(t, value)) continue
    const rest = t.values.filter((v) => !same(v.text, value))
    const text = rest.map((v) => (v.quoted || !v.text.includes('*') ? written(v.text) : v.text)).join(',')
    out = out.slice(0, t.from) + (rest.length > 0 ? `${t.not ? '-' : ''}${shown(field)}:${text}` : '') + out.slice(t.to)
  }
  return cut(out, () => false)
}

/** setMissing asks for events without a value in the field, for those with one, or for neither. */
export function setMissing(q: string, field: string, to: Stance): string {
  const rest = hasOr(q) ? q : cut(q, (t) => matches(t, field) && isMissing(t))
  if (to === undefined) return rest.trim()
  return add(to === 'is' ? without(rest, field) : rest, `${to === 'is' ? '-' : ''}${shown(field)}:*`)
}

function listable(q: string, t: Term): boolean {
  return t.values.length > 0 && q.charAt(t.to - 1) !== ')' && !isMissing(t)
}

function append(q: string, t: Term, value: string): string {
  return q.slice(0, t.to) + ',' + written(value) + q.slice(t.to)
}

/** words are the texts a query looks for, to be marked where they occur. */
export function words(q: string): string[] {
  const out: string[] = []
  for (const t of parse(q)) {
    if (t.not) continue
    if (t.kind === 'group') {
      const text = q.slice(t.from, t.to)
      out.push(...words(text.slice(text.indexOf('(') + 1, -1)))
    }
    if (t.kind !== 'word') continue
    for (const v of t.values) out.push(...(v.quoted ? [v.text] : v.text.split('*')).filter((part) => part !== ''))
  }
  return out
}
