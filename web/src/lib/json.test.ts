import { expect, test } from 'vitest'
import { readJSON, writeJSON } from './json'

test('what JSON.parse loses is kept', () => {
  const text = '{"b":12345678901234567890,"1":1.10,"b":[true,null,"\\ud800"],"__proto__":{}}'
  const node = readJSON(text)
  expect(node && writeJSON(node).replace(/\s/g, '')).toBe(text)
})

test.each([
  '', '{', '[1,]', '{"a":1,}', '{a:1}', '"\n"', '01', 'nul', '1 2', '{"a" 1}', '"\\x"', '["a"', '[' .repeat(1100) + ']'.repeat(1100),
])('%j is no JSON that can be shown', (text) => expect(readJSON(text)).toBeUndefined())

test('agrees with JSON.parse on whatever JSON.parse takes, and only on that', () => {
  const alphabet = ['{', '}', '[', ']', ',', ':', '"a"', '"\\u00e9\\""', '1', '-0.5e3', 'true', 'null', ' ', '"']
  let seed = 11
  let valid = 0
  for (let n = 0; n < 30_000; n++) {
    let text = ''
    for (let i = 0; i < 5; i++) {
      seed = (seed * 1103515245 + 12345) % 2147483648
      text += alphabet[Math.floor((seed / 2147483648) * alphabet.length)] ?? ''
    }
    let want: string | undefined
    try {
      want = JSON.stringify(JSON.parse(text))
      valid++
    } catch {
      want = undefined
    }
    const node = readJSON(text)
    expect(node ? JSON.stringify(JSON.parse(writeJSON(node))) : undefined, text).toBe(want)
  }
  expect(valid).toBeGreaterThan(100)
})

test('a megabyte in one string', () => {
  const value = 'x"\\'.repeat(400_000)
  expect(readJSON(JSON.stringify([value]))).toEqual({ kind: 'array', items: [{ kind: 'string', value }] })
})
