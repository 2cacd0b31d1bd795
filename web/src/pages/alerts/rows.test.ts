import { describe, expect, it } from 'vitest'
import { belongs, beside, isSnoozed, refreshed, told } from './rows'
import type { Alert } from './types'
import { isNarrowed, ME, NOBODY, paramsOf, readAsked } from './views'

function alert(id: string, minute: number, more: Partial<Alert> = {}): Alert {
  const at = `2026-11-19T10:${String(minute).padStart(2, '0')}:00Z`
  return {
    id, rule_id: 'r', rule_version: 1, title: id, severity: 'high', tags: [], tenant_id: 't', group: [], first: at, last: at, events: [], count: 1, up_to: 1,
    raised_at: at, received_at: at, origin: 'collected', summary: 's', state: 'open', version: 1, ...more,
  }
}
const ids = (list: readonly Alert[]): string => list.map((a) => a.id).join(' ')

describe('refreshed', () => {
  const known = [alert('c', 30), alert('b', 20), alert('a', 10)]
  it('puts what is new first and keeps what lies beyond the page', () => expect(ids(refreshed(known, [alert('d', 40), alert('c', 30)], false))).toBe('d c b a'))
  it('drops what has left the selection within the page', () => expect(ids(refreshed(known, [alert('d', 40), alert('b', 20)], false))).toBe('d b a'))
  it('takes a page for all there is when nothing lies beyond', () => expect(ids(refreshed(known, [alert('c', 30)], true))).toBe('c'))
  it('takes the newer version', () => expect(refreshed(known, [alert('c', 30, { version: 7 })], false)[0]?.version).toBe(7))
  it('keeps one that was raised at the moment at which the page ends', () => expect(ids(refreshed([alert('x', 30), ...known], [alert('c', 30)], false))).toBe('c x b a'))
})

describe('what is asked for', () => {
  const asked = (text: string) => readAsked(new URLSearchParams(text))
  const now = Date.parse('2026-11-19T12:00:00Z')
  it('is open and acknowledged at first', () => expect(paramsOf(asked(''), 'ada', now)).toMatchObject({ state: ['open', 'acknowledged'], assignee: undefined, from: undefined }))
  it('leaves out the states when all are wanted', () => expect(paramsOf(asked('show=all'), 'ada', now).state).toBeUndefined())
  it('knows me and nobody', () => {
    expect(paramsOf(asked(`assignee=${ME}`), 'ada', now).assignee).toEqual(['ada'])
    expect(paramsOf(asked(`assignee=${NOBODY}`), 'ada', now).assignee).toEqual([''])
    expect(paramsOf(asked('assignee=bo'), 'ada', now).assignee).toEqual(['bo'])
  })
  it('goes back from now', () => expect(paramsOf(asked('since=24h'), 'ada', now).from).toBe('2026-11-18T12:00:00Z'))
  it('does not believe an address', () => expect(asked('show=x&severity=high,evil&since=never')).toMatchObject({ tab: 'todo', severities: ['high'], since: '' }))
  it('is narrowed by more than a tab', () => {
    expect(isNarrowed(asked('show=closed'))).toBe(false)
    expect(isNarrowed(asked('rule=x'))).toBe(true)
  })
  it('tells what has left it', () => {
    expect(belongs(alert('a', 1, { state: 'closed' }), asked(''), 'ada')).toBe(false)
    expect(belongs(alert('a', 1, { state: 'acknowledged' }), asked(''), 'ada')).toBe(true)
    expect(belongs(alert('a', 1, { assignee: 'ada' }), asked(`assignee=${ME}`), 'ada')).toBe(true)
    expect(belongs(alert('a', 1, { assignee: 'ada' }), asked(`assignee=${NOBODY}`), 'ada')).toBe(false)
  })
})

describe('a row', () => {
  const guid = '11111111-2222-4333-8444-555555555555'
  it('names neither the tenant nor an id that the summary has a name for', () =>
    expect(told(alert('a', 1, { group: [{ field: 'aoc.tenant', value: guid }, { field: 'aoc.entity', value: guid }, { field: 'aoc.ip', value: '192.0.2.1' }] }))).toEqual([{ field: 'aoc.ip', value: '192.0.2.1' }]))
  it('does not say what the summary says', () => expect(told(alert('a', 1, { summary: 'Ada@contoso.example did it', group: [{ field: 'aoc.entity', value: 'ada@contoso.example' }] }))).toEqual([]))
  it('names an id where there is no summary', () => expect(told(alert('a', 1, { summary: '', group: [{ field: 'aoc.entity', value: guid }] }))).toHaveLength(1))
  it('is hidden until its time', () => {
    const a = alert('a', 1, { snoozed_until: '2026-11-19T12:00:00Z' })
    expect(isSnoozed(a, Date.parse('2026-11-19T11:59:59Z'))).toBe(true)
    expect(isSnoozed(a, Date.parse('2026-11-19T12:00:00Z'))).toBe(false)
  })
  it('is followed by the next, at the end by the one before', () => {
    const list = [alert('a', 3), alert('b', 2)]
    expect([beside(list, 'a'), beside(list, 'b'), beside([], 'a')]).toEqual(['b', 'a', ''])
  })
})
