// What differs between two values of a property: texts by word, JSON and lists element by element.

import { both, isObject, type Json, lists, opened, structure } from './structure'
import { type Run, runs } from './words'

/** One place at which two values differ, or agree. */
export interface Entry {
  /** Names of keys and, for elements of lists, what tells the element apart. */
  path: string[]
  op: 'added' | 'removed' | 'changed' | 'same'
  before?: Json
  after?: Json
}

/** The difference of two texts: of what they hold when they are JSON objects or lists, else of their words. */
export type Diff = { kind: 'json'; entries: Entry[] } | { kind: 'text'; before: string | null; after: string | null; runs: Run[] }

/** diff compares a property before and after. null is a side that the source did not tell. */
export function diff(before: string | null, after: string | null): Diff {
  const pair = before === null && after !== null ? both(after) : undefined
  if (pair) return diff(...pair)
  try {
    const entries = compared(before, after)
    if (entries) return { kind: 'json', entries: ordered(entries) }
  } catch (err) {
    if (!(err instanceof RangeError)) throw err // nested deeper than can be followed: a text then
  }
  return { kind: 'text', before, after, runs: runs(before ?? '', after ?? '') }
}

/** diffValues compares two values, such as versions of a record. */
export function diffValues(before: Json, after: Json): Entry[] {
  const out: Entry[] = []
  compare([], before, after, out)
  return ordered(out)
}

/** compared compares what two texts hold; undefined when they hold no objects or lists. */
function compared(before: string | null, after: string | null): Entry[] | undefined {
  const [b, a] = [structure(before), structure(after)]
  const out: Entry[] = []
  if (b === undefined && a === undefined) {
    const found = before !== null && after !== null ? lists(before, after) : undefined
    if (!found) return undefined
    compareLists([], ...found, out)
    return out
  }
  compare([], b ?? bare(before, a), a ?? bare(after, b), out)
  return out
}

/** bare is a side that is no object or list beside one that is: a list of one arrives without its brackets. */
function bare(text: string | null, other: Json | undefined): Json {
  if (text === null || /^\s*(null|"")?\s*$/.test(text)) return Array.isArray(other) ? [] : {}
  return Array.isArray(other) ? [text] : text
}

/** What differs comes first. */
function ordered(entries: Entry[]): Entry[] {
  return [...entries.filter((e) => e.op !== 'same'), ...entries.filter((e) => e.op === 'same')]
}

/** member reads a key of an object's own: records may name keys as every object has them. */
function member(o: { [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(o, key) ? o[key] : undefined
}

function compare(path: string[], before: Json, after: Json, out: Entry[]): void {
  let [b, a] = [opened(before), opened(after)]
  // A list of one element may be told as the element.
  if (Array.isArray(b) && isObject(a)) a = [a]
  else if (isObject(b) && Array.isArray(a)) b = Object.keys(b).length === 0 ? [] : [b]
  if (Array.isArray(b) && Array.isArray(a)) compareLists(path, b, a, out)
  else if (isObject(b) && isObject(a)) {
    for (const key of new Set([...Object.keys(b), ...Object.keys(a)])) {
      const [from, to] = [member(b, key), member(a, key)]
      if (from === undefined && to !== undefined) out.push({ path: [...path, key], op: 'added', after: to })
      else if (to === undefined && from !== undefined) out.push({ path: [...path, key], op: 'removed', before: from })
      else if (from !== undefined && to !== undefined) compare([...path, key], from, to, out)
    }
  } else out.push({ path, op: canon(b) === canon(a) ? 'same' : 'changed', before, after })
}

/** What tells the elements of a list of objects apart, the best first. */
const IDENTITY = ['id', 'Id', 'ID', 'objectId', 'ObjectId', 'key', 'Key', 'keyId', 'KeyId', 'KeyIdentifier', 'EntitlementId', 'ResourceAppId', 'SkuId', 'Address', 'name', 'Name', 'displayName', 'DisplayName']

function identity(before: Json[], after: Json[]): string | undefined {
  if (before.length + after.length === 0) return undefined
  return IDENTITY.find((key) =>
    [before, after].every((list) => {
      const seen = new Set<string>()
      return list.every((v) => {
        const id = idOf(v, key)
        return id !== undefined && !seen.has(id) && seen.add(id)
      })
    }),
  )
}

function idOf(v: Json, key: string): string | undefined {
  const o = opened(v)
  const id = isObject(o) ? member(o, key) : undefined
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}

function compareLists(path: string[], before: Json[], after: Json[], out: Entry[]): void {
  const key = identity(before, after)
  // Lists of one element each are a value in wrapping, unless they name two different things.
  if (before.length === 1 && after.length === 1 && before[0] !== undefined && after[0] !== undefined) {
    if (key === undefined || idOf(before[0], key) === idOf(after[0], key)) {
      compare(path, before[0], after[0], out)
      return
    }
  }
  if (key === undefined) {
    compareBags(path, before, after, out)
    return
  }
  const rest = new Map(after.map((v) => [idOf(v, key) ?? '', v]))
  for (const v of before) {
    const id = idOf(v, key) ?? ''
    const to = rest.get(id)
    if (to === undefined) out.push({ path: [...path, id], op: 'removed', before: v })
    else compare([...path, id], v, to, out)
    rest.delete(id)
  }
  for (const [id, v] of rest) out.push({ path: [...path, id], op: 'added', after: v })
}

/** compareBags compares lists whose elements have no identity: order is of no account, number is. */
function compareBags(path: string[], before: Json[], after: Json[], out: Entry[]): void {
  const left = new Map<string, number>()
  for (const v of after) left.set(canon(v), (left.get(canon(v)) ?? 0) + 1)
  for (const v of before) {
    const n = left.get(canon(v)) ?? 0
    if (n > 0) {
      out.push({ path, op: 'same', before: v, after: v })
      left.set(canon(v), n - 1)
    } else out.push({ path, op: 'removed', before: v })
  }
  for (const v of after) {
    const n = left.get(canon(v)) ?? 0
    if (n > 0) out.push({ path, op: 'added', after: v })
    left.set(canon(v), n - 1)
  }
}

/** canon is the same for values that differ only in the order of keys. */
function canon(v: Json): string {
  const o = opened(v)
  if (Array.isArray(o)) return '[' + o.map(canon).join(',') + ']'
  if (isObject(o)) return '{' + Object.keys(o).sort().map((k) => JSON.stringify(k) + ':' + canon(o[k] ?? null)).join(',') + '}'
  return JSON.stringify(o)
}
