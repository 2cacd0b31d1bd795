import { describe, expect, it } from 'vitest'
import { facetField, labelOf, queryField } from './fields'

describe('fields of rules', () => {
  it.each([['aoc.entity', 'Who', 'actor'], ['entity', 'Who', 'actor'], ['AOC.IP', 'Address', 'ip'], ['initiatedBy.user.id', 'initiatedBy.user.id', undefined], ['aoc.before', 'Before', undefined]])('%s', (field, label, query) => {
    expect(labelOf(field)).toBe(label)
    expect(queryField(field)).toBe(query)
  })
  it('have values to propose where they are counted', () => expect([facetField('operation'), facetField('aoc.actor_kind'), facetField('target')]).toEqual(['operation', 'actor_kind', undefined]))
})
