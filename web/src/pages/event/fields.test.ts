import { expect, test } from 'vitest'
import type { AuditEvent } from '../../api/types'
import { meaningOf } from './fields'

const event = {
  id: 'x1', tenant_id: 't1', operation: 'Add member', service: 'Users', client_ip: '203.0.113.9', actor_kind: 'person', actor_display: 'Ada',
  actor: { id: 'a1', name: 'Ada', upn: 'ada@contoso.example' }, targets: [{ id: 'g1', name: 'Ops', type: 'Group' }], changes: [{ property: 'Group.Name', before: null, after: 'Ops' }],
} as unknown as AuditEvent

test.each([
  ['A1', 'actor', 'user'], ['ada@contoso.example', 'actor', 'user'], ['Ada', 'actor', undefined], ['g1', 'target', 'group'], ['Ops', 'target', undefined],
  ['203.0.113.9', 'ip', 'address'], ['add member', 'operation', undefined], ['x1', 'id', undefined], ['Group.Name', 'changed', undefined], ['', undefined, undefined], ['else', undefined, undefined],
])('%s', (value, field, kind) => {
  const m = meaningOf(event, value)
  expect([m?.field, m?.entity?.kind]).toEqual([field, kind])
})
