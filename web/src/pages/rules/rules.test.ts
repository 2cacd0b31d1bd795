import { describe, expect, it } from 'vitest'
import { excluding, specOf } from './api'
import { conditionsOf, groupsOf, told } from './conditions'
import type { Condition, Rule } from './types'
import { isLink, lacks, lineOf, narrowed, NO_PACK, readNarrowed } from './words'

const rule = (more: Partial<Rule>): Rule => ({
  id: 'i', version: 3, by: 'ada', at: '2026-11-19T10:00:00Z', name: 'n', title: 't', level: 'high', description: '', author: '', license: '', references: [], tags: [], source: '',
  report: { state: 'can_fire' }, ...more,
})

describe('conditions', () => {
  const kept: Condition[] = [
    { field: 'operation', operator: 'is', value: ['a', 'b'] },
    { field: 'actor', operator: 'contains', not: true, value: 'x' },
    { or: true, field: 'ip', operator: 'exists' },
    { field: 'n', operator: 'gt', value: 5 },
  ]
  it('are alternatives in each of which all must hold', () => expect(groupsOf(kept).map((g) => g.map((r) => `${r.field} ${r.operator} ${r.values.join()}`))).toEqual([['operation is a,b', 'actor !contains x'], ['ip exists ', 'n gt 5']]))
  it('are written as they were read', () => expect(conditionsOf(groupsOf(kept))).toEqual([...kept.slice(0, 3), { field: 'n', operator: 'gt', value: '5' }]))
  it('begin with one blank line, which says nothing', () => {
    expect(groupsOf([])).toHaveLength(1)
    expect(conditionsOf(groupsOf([]))).toEqual([])
  })
  it('do not begin with or when the first alternative is blank', () => {
    const groups = [...groupsOf([]), ...groupsOf([{ field: 'ip', operator: 'is', value: 'x' }])]
    expect(conditionsOf(groups)).toEqual([{ field: 'ip', operator: 'is', value: 'x' }])
  })
  it('are told in words', () => expect(told(kept)).toBe('operation is “a”, “b” and actor does not contain “x” or ip is there and n is more than “5”'))
})

describe('a rule', () => {
  it('is sent without what the server makes of it', () =>
    expect(specOf(rule({ sigma: 'title: x', enabled: true, exclusions: [{ field: 'f', value: 'v' }], pack: 'p' }))).toEqual({ name: 'n', enabled: true, sigma: 'title: x', exclusions: [{ field: 'f', value: 'v' }], pack: 'p' }))
  it('gets an exclusion once', () => {
    const once = excluding(specOf(rule({ conditions: [] })), { field: 'f', value: 'v' })
    expect(once.exclusions).toHaveLength(1)
    expect(excluding(once, { field: 'f', value: 'v', note: 'again' })).toBe(once)
    expect(excluding(once, { field: 'f', value: 'w' }).exclusions).toHaveLength(2)
  })
  it('says what it lacks', () => {
    expect(lacks({ state: 'source_off', sources: ['signin'] })).toBe('needs signin')
    expect(lacks({ state: 'unmapped', fields: ['A', 'B'] })).toBe('A, B')
    expect(lacks({ state: 'unmapped', placeholders: ['admins'] })).toBe('%admins%')
    expect(lacks({ state: 'can_fire' })).toBe('')
    expect(lacks({ state: 'can_fire', sources: ['signin'] })).toBe('a part needs signin')
  })
})

describe('what is shown', () => {
  const all = [rule({ id: 'a', name: 'Role granted', enabled: true, pack: 'starter', tags: ['attack.t1098'] }), rule({ id: 'b', name: 'Inbox rule', level: 'low', report: { state: 'unmapped' } })]
  it.each([['q=ROLE', 'a'], ['q=t1098+granted', 'a'], ['q=nothing', ''], ['state=on', 'a'], ['state=off', 'b'], ['fire=unmapped', 'b'], ['level=low', 'b'], ['pack=starter', 'a'], [`pack=${NO_PACK}`, 'b'], ['', 'ab']])('%s', (text, ids) =>
    expect(narrowed(all, readNarrowed(new URLSearchParams(text))).map((r) => r.id).join('')).toBe(ids))
})

describe('texts from outside', () => {
  it.each(['https://contoso.example/x', 'http://a.example'])('%s is a link', (t) => expect(isLink(t)).toBe(true))
  it.each(['javascript:alert(1)', 'https://x y', 'data:text/html,x', ' https://x"onclick='])('%s is none', (t) => expect(isLink(t)).toBe(false))
  it('names a line', () => expect([lineOf('line 12, column 3: detection: x'), lineOf('no place')]).toEqual([12, undefined]))
})
