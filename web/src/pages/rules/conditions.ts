// The form of a rule of conditions: alternatives, in each of which everything must hold.

import type { Condition } from './types'

/** One line of the form. */
export interface Row {
  id: number
  field: string
  /** One of OPERATORS. */
  operator: string
  values: string[]
}

/** How a field can be compared; op is the API's, a "!" before it says that it must not be so. */
export const OPERATORS: readonly { operator: string; name: string; none?: boolean }[] = [
  { operator: 'is', name: 'is' },
  { operator: '!is', name: 'is not' },
  { operator: 'contains', name: 'contains' },
  { operator: '!contains', name: 'does not contain' },
  { operator: 'starts_with', name: 'begins with' },
  { operator: '!starts_with', name: 'does not begin with' },
  { operator: 'ends_with', name: 'ends with' },
  { operator: '!ends_with', name: 'does not end with' },
  { operator: 'like', name: 'is like (* and ?)' },
  { operator: 'matches', name: 'matches (regular expression)' },
  { operator: '!matches', name: 'does not match' },
  { operator: 'in_network', name: 'is in the network' },
  { operator: '!in_network', name: 'is not in the network' },
  { operator: 'gt', name: 'is more than' },
  { operator: 'gte', name: 'is at least' },
  { operator: 'lt', name: 'is less than' },
  { operator: 'lte', name: 'is at most' },
  { operator: 'exists', name: 'is there', none: true },
  { operator: '!exists', name: 'is not there', none: true },
  { operator: 'null', name: 'is empty', none: true },
  { operator: '!null', name: 'is not empty', none: true },
]

/** takesNone reports whether an operator compares with nothing. */
export function takesNone(operator: string): boolean {
  return OPERATORS.find((o) => o.operator === operator)?.none ?? false
}

let next = 1

export function blankRow(field = ''): Row {
  return { id: next++, field, operator: 'is', values: [] }
}

/** texts gives the values of a condition as texts. */
function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(texts)
  if (value === undefined || value === null) return []
  return [typeof value === 'string' ? value : JSON.stringify(value)]
}

/** groupsOf reads conditions: "and" binds tighter than "or", so that an "or" begins another alternative. */
export function groupsOf(conditions: readonly Condition[]): Row[][] {
  const groups: Row[][] = []
  for (const c of conditions) {
    const row: Row = { id: next++, field: c.field, operator: (c.not ? '!' : '') + c.operator, values: texts(c.value) }
    if (c.or || groups.length === 0) groups.push([row])
    else groups.at(-1)?.push(row)
  }
  return groups.length > 0 ? groups : [[blankRow()]]
}

/** isBlank reports whether nothing was written into a line. */
function isBlank(r: Row): boolean {
  return r.field.trim() === '' && r.values.length === 0
}

/** conditionsOf writes the form as conditions; lines without anything are left out. */
export function conditionsOf(groups: readonly (readonly Row[])[]): Condition[] {
  const out: Condition[] = []
  for (const group of groups)
    for (const [i, r] of group.filter((r) => !isBlank(r)).entries()) {
      const not = r.operator.startsWith('!')
      const [one, ...rest] = r.values
      out.push({
        ...(i === 0 && out.length > 0 ? { or: true } : {}), ...(not ? { not: true } : {}), field: r.field.trim(), operator: not ? r.operator.slice(1) : r.operator,
        ...(takesNone(r.operator) || one === undefined ? {} : { value: rest.length > 0 ? r.values : one }),
      })
    }
  return out
}

/** told says conditions in words. */
export function told(conditions: readonly Condition[]): string {
  return conditions.map((c, i) => {
    const name = OPERATORS.find((o) => o.operator === (c.not ? '!' : '') + c.operator)?.name ?? c.operator
    const values = texts(c.value)
    return `${i === 0 ? '' : c.or ? 'or ' : 'and '}${c.field} ${name}${values.length > 0 ? ' ' + values.map((v) => `“${v}”`).join(', ') : ''}`
  }).join(' ')
}
