import { describe, expect, it } from 'vitest'
import { both, destination, figuresOf, filtersOf, origin, queryOf, queryOfCount, rangeOf, unsupported } from './words'

const now = Date.parse('2026-11-19T14:30:00Z')

describe('filtersOf', () => {
  it('says only what the answer is to keep to', () => {
    expect(filtersOf({ q: '', range: undefined }, 'UTC', now)).toEqual({ noise: 'show', tz: 'UTC' })
    expect(filtersOf({ q: 'actor:ada', range: { kind: 'last', text: '1h' } }, 'Europe/Berlin', now))
      .toEqual({ noise: 'show', tz: 'Europe/Berlin', q: 'actor:ada', start: '2026-11-19T13:30:00Z' })
    expect(filtersOf({ q: '', range: { kind: 'between', end: now } }, 'UTC', now)).toEqual({ noise: 'show', tz: 'UTC', end: '2026-11-19T14:30:00Z' })
  })
})

describe('queryOf', () => {
  it('keeps to what the question was kept to', () => {
    expect(queryOf({ q: 'result:failure' }, { q: '', range: undefined })).toBe('result:failure')
    expect(queryOf({ q: 'a OR b' }, { q: 'c OR d', range: undefined })).toBe('(c OR d) (a OR b)')
    expect(queryOf({ q: '' }, { q: 'actor:ada', range: undefined })).toBe('actor:ada')
    expect(both(' x ', 'x')).toBe('x')
  })
})

describe('rangeOf', () => {
  it('is open where the answer is', () => {
    expect(rangeOf({})).toEqual({ kind: 'all' })
    expect(rangeOf({ start: '2026-11-19T14:30:00Z' })).toEqual({ kind: 'between', start: now })
    expect(rangeOf({ start: 'never', end: '2026-11-19T14:30:00Z' })).toEqual({ kind: 'between', end: now })
  })
})

describe('queryOfCount', () => {
  it('names the value as it is', () => {
    expect(queryOfCount('is:change', { field: 'actor', value: 'Ada "the" L', count: 1 })).toBe('is:change actor:"Ada \\"the\\" L"')
    expect(queryOfCount('a OR b', { field: 'actor_kind', value: 'app', count: 1 })).toBe('(a OR b) kind:app')
  })
  it('is none where no query can say it', () => {
    for (const c of [{ value: '2026-11-19', count: 1 }, { field: 'day', value: 'x', count: 1 }, { field: 'actor', value: '', count: 1 }]) expect(queryOfCount('', c)).toBeUndefined()
  })
})

describe('figuresOf', () => {
  const [a, b, c] = [{ field: 'actor', value: 'a', count: 2 }, { field: 'actor', value: 'b', count: 1 }, { field: 'result', value: 'success', count: 3 }]
  it('puts them together by field, and leaves out what says nothing', () => {
    expect(figuresOf([a, c, b])).toEqual([{ field: 'actor', counts: [a, b] }])
    expect(figuresOf([c])).toEqual([{ field: 'result', counts: [c] }])
    expect(figuresOf([{ value: 'x', count: 1 }])).toEqual([{ field: '', counts: [{ value: 'x', count: 1 }] }])
  })
})

describe('where a question goes', () => {
  it('is said before and after', () => {
    expect(destination('', '')).toBe('Read by rules on this server. Nothing leaves it.')
    expect(destination('api.openai.com', 'gpt-x')).toBe('Sent to api.openai.com (gpt-x), with the events it looks at.')
    expect(origin({ by: 'rules' })).toContain('Nothing left it')
    expect(origin({ by: 'rules', provider: 'api.openai.com' })).toBe('Read by rules on this server. The question was sent to api.openai.com before.')
    expect(origin({ by: 'model', provider: 'localhost:11434', model: '' })).toBe('Written by a language model at localhost:11434, which was sent the question and the events it looked at.')
  })
})

describe('unsupported', () => {
  it('takes no claims as none', () => {
    expect(unsupported(null)).toEqual([])
    expect(unsupported([{ text: 'a', events: [], supported: true }, { text: 'b', events: [], supported: false }]).map((c) => c.text)).toEqual(['b'])
  })
})
