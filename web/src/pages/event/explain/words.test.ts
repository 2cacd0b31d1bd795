import { describe, expect, it, vi } from 'vitest'

vi.stubGlobal('location', new URL('http://aoc.example/'))

import { attackTag, lookup, source } from './words'

describe('lookup', () => {
  it('leads to the list, with what systems do shown', () => {
    expect(lookup({ q: 'actor:"Ada L"', start: '2026-11-01T00:00:00Z', end: '2026-11-02T00:00:00Z' }, false))
      .toBe('/?q=actor:%22Ada+L%22&start=2026-11-01T00:00:00Z&end=2026-11-02T00:00:00Z&noise=show')
    expect(lookup({ q: 'x' }, true)).toBe('/?q=x&range=all&noise=show&ask=1')
  })
})

describe('attackTag', () => {
  it('is as rules have it', () => {
    expect(attackTag('T1098.003')).toBe('attack.t1098.003')
  })
})

describe('source', () => {
  it('says whether anything left the server', () => {
    expect(source({ by: 'rules' })).toBe('Worked out by rules on this server. Nothing left it.')
    expect(source({ by: 'rules', provider: 'api.openai.com' })).toBe('Worked out by rules on this server. The event was sent to api.openai.com before.')
    expect(source({ by: 'model', provider: 'api.openai.com', model: 'gpt-x' })).toBe('Written by gpt-x at api.openai.com, which was sent the event and the facts above.')
  })
})
