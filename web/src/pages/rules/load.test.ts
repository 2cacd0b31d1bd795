import { describe, expect, it } from 'vitest'
import { joined, portions } from './rules.svelte'

describe('many files', () => {
  const file = (n: number, size: number): { path: string; content: string } => ({ path: String(n), content: 'x'.repeat(size) })
  it('go in portions of so many, and of so much text', () => {
    expect(portions([])).toEqual([])
    expect(portions(Array.from({ length: 1100 }, (_, i) => file(i, 10))).map((p) => p.length)).toEqual([500, 500, 100])
    expect(portions([file(1, 5_000_000), file(2, 5_000_000), file(3, 1)]).map((p) => p.map((f) => f.path).join())).toEqual(['1', '2,3'])
  })
  it('are one report', () => {
    const part = { loaded: 2, can_fire: 1, source_off: 1, unmapped: 0, failed: [{ path: 'a', error: 'b' }], rules: [] }
    expect(joined([part, part])).toEqual({ loaded: 4, can_fire: 2, source_off: 2, unmapped: 0, failed: [...part.failed, ...part.failed], rules: [] })
  })
})
