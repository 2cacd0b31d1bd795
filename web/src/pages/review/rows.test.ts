import { describe, expect, test } from 'vitest'
import type { AuditEvent } from '../../api/types'
import { after, asks, eventID, groupID, howMany, isChosen, joined, marked, NOTHING, rows, toggle, type Opened, type Row } from './rows'
import type { QueueGroup } from './types'

function group(actor: string, count: number): QueueGroup {
  return { actor, kind: 'person', operation: 'Update user', count, first: '', last: '', q: `actor:${actor}` }
}

function opened(keys: string[], cursor: string | null = null): Opened {
  return { events: keys.map((key) => ({ key }) as AuditEvent), cursor, loading: false, failed: '' }
}

const ada = group('ada', 3)
const bob = group('bob', 40)
const open = new Map([[groupID(ada), opened(['a1', 'a2', 'a3'])], [groupID(bob), opened(['b1', 'b2'], 'next')]])
const list = rows([ada, bob], open)
function row(id: string): Row {
  const found = list.find((r) => r.id === id)
  if (!found) throw new Error(`no row ${id}`)
  return found
}

test('rows are groups, their events, and what is still to be fetched', () => {
  expect(list.map((r) => r.kind)).toEqual(['group', 'event', 'event', 'event', 'group', 'event', 'event', 'more'])
  expect(list.at(-1)).toMatchObject({ left: 38 })
  expect(rows([ada], new Map()).map((r) => r.kind)).toEqual(['group'])
})

describe('choosing', () => {
  test('a group holds its events, and an event can be left out of it', () => {
    let chosen = toggle(NOTHING, row(groupID(ada)))
    expect(isChosen(chosen, row(eventID('a2')))).toBe(true)
    chosen = toggle(chosen, row(eventID('a2')))
    expect(isChosen(chosen, row(eventID('a2')))).toBe(false)
    expect(isChosen(chosen, row(groupID(ada)))).toBe('mixed')
    expect(howMany(chosen, list)).toBe(2)
    expect(asks(chosen, list)).toEqual([{ q: 'actor:ada -id:a2' }])
    // All of it again, then none.
    chosen = toggle(chosen, row(groupID(ada)))
    expect(isChosen(chosen, row(groupID(ada)))).toBe(true)
    expect(howMany(chosen, list)).toBe(3)
    expect(asks(toggle(chosen, row(groupID(ada))), list)).toEqual([])
  })

  test('events and groups make few requests, and no event is named twice', () => {
    let chosen = toggle(NOTHING, row(eventID('a1')))
    chosen = toggle(chosen, row(eventID('b2')))
    chosen = toggle(chosen, row(groupID(bob)))
    expect(asks(chosen, list)).toEqual([{ q: 'actor:bob' }, { keys: ['a1'] }])
    expect(howMany(chosen, list)).toBe(41)
  })

  test('several groups are one query', () => {
    const chosen = toggle(toggle(NOTHING, row(groupID(ada))), row(groupID(bob)))
    expect(asks(chosen, list)).toEqual([{ q: '(actor:ada) OR (actor:bob)' }])
  })

  test('queries are joined up to what the service takes', () => {
    const long = 'x'.repeat(1500)
    expect(joined([long, long, long]).map((q) => q.length)).toEqual([3008, 1500])
    expect(joined(Array.from({ length: 60 }, (_, i) => `actor:${i}`))).toHaveLength(3)
    expect(joined([])).toEqual([])
    // Bytes count, not letters.
    expect(joined(['ü'.repeat(1000), 'ü'.repeat(1000)])).toHaveLength(2)
  })
})

describe('after marking', () => {
  test('groups go, counts sink, a group without events goes', () => {
    const whole = marked([ada, bob], open, toggle(NOTHING, row(groupID(ada))))
    expect(whole.groups).toEqual([bob])
    const one = marked([ada, bob], open, toggle(NOTHING, row(eventID('b1'))))
    expect(one.groups).toEqual([ada, { ...bob, count: 39 }])
    expect(one.opened.get(groupID(bob))?.events.map((e) => e.key)).toEqual(['b2'])
    let all = NOTHING
    for (const key of ['a1', 'a2', 'a3']) all = toggle(all, row(eventID(key)))
    expect(marked([ada, bob], open, all).groups).toEqual([bob])
  })

  test('what was left out of a group stays', () => {
    const chosen = toggle(toggle(NOTHING, row(groupID(ada))), row(eventID('a2')))
    const left = marked([ada], open, chosen)
    expect(left.groups).toEqual([{ ...ada, count: 1 }])
    expect(left.opened.get(groupID(ada))?.events.map((e) => e.key)).toEqual(['a2'])
  })

  test('the place is the next row that is left, else the one before', () => {
    const left = rows([bob], open)
    expect(after(list, eventID('a2'), left)).toBe(groupID(bob))
    expect(after(list, groupID(bob), rows([ada], new Map()))).toBe(groupID(ada))
    expect(after(list, groupID(bob), [])).toBe('')
  })
})
