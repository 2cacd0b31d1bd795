import { expect, test } from 'vitest'
import { paint } from './paint'

const drawn = (q: string, at?: number, to?: number): string[] =>
  paint(q, at === undefined ? undefined : { at, to: to ?? at }).map((s) => `${s.kind}${s.wrong ? '!' : ''} ${s.text}`)

test.each([
  ['actor:ada x', ['field actor:', 'plain ada x']],
  ['-tag:a OR b', ['not -', 'field tag:', 'plain a ', 'keyword OR', 'plain  b']],
  ['NOT (ip:1 x)', ['not NOT ', 'plain (', 'field ip:', 'plain 1 x)']],
  ['', []],
])('%s', (q, want) => expect(drawn(q)).toEqual(want))

test('a mistake is underlined where it is', () => {
  expect(drawn('foo:bar x', 0, 4)).toEqual(['field! foo:', 'plain bar x'])
  expect(drawn('a (b', 4, 4)).toEqual(['plain a (', 'plain! b'])
})

test.each(['-(', '"', 'a:(b -c:"d', '--x', '- -', 'NOT', '((((', ')x'])('nothing is lost of %s', (q) => {
  expect(paint(q, { at: 99, to: 120 }).map((s) => s.text).join('')).toBe(q)
})
