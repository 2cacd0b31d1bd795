import { describe, expect, it } from 'vitest'
import { reasonOf, span } from './words'

describe('span', () => {
  const at = (text: string): number => Date.parse(text)
  it.each([
    ['2026-11-19T10:00:05Z', '2026-11-19T10:00:40Z', '2026-11-19 10:00'],
    ['2026-11-19T10:00:05Z', '2026-11-19T11:30:00Z', '2026-11-19 10:00 – 11:30'],
    ['2026-11-19T10:00:05Z', '2026-11-20T11:30:00Z', '2026-11-19 10:00 – 2026-11-20 11:30'],
  ])('%s to %s', (first, last, words) => expect(span(at(first), at(last), 'UTC')).toBe(words))
})

describe('reasonOf', () => {
  it('is what was chosen', () => expect(reasonOf('test', '  ')).toBe('test'))
  it('says more where there is more', () => expect(reasonOf('expected change', ' CHG-1 ')).toBe('expected change: CHG-1'))
})
