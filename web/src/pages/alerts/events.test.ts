import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../api/types'
import { learn, ownField } from './events.svelte'

const event = {
  actor_display: 'Ada', actor: { id: 'AAAA-1', upn: 'ada@contoso.example', app_id: '' }, client_ip: '192.0.2.1', targets: [{ id: 't-1', name: 'Sales' }],
} as unknown as AuditEvent

describe('ownField', () => {
  it.each([
    ['aoc.entity', 'ada@contoso.example', 'aoc.entity'], ['person', 'aaaa-1', 'aoc.actor'], ['actor.userPrincipalName', 'ADA@contoso.example', 'aoc.actor'],
    ['ipAddress', '192.0.2.1', 'aoc.ip'], ['what', 'sales', 'aoc.target'], ['something', 'else', 'something'],
  ])('%s %s', (field, value, own) => expect(ownField(field, value, [undefined, event])).toBe(own))
})

describe('learn', () => {
  it('takes the names that an event has for ids', () => {
    const names: Record<string, string> = {}
    learn(names, event)
    expect(names).toEqual({ 'aaaa-1': 'Ada', 't-1': 'Sales' })
  })
})
