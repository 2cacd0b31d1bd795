import { describe, expect, test } from 'vitest'
import { add, anyOf, exclude, missing, only, parse, quote, remove, setMissing, stance, used, without, words } from './query'

const outline = (q: string): string[] =>
  parse(q).map((t) => `${t.not ? '-' : ''}${t.kind}${t.field ? ':' + t.field : ''}[${t.values.map((v) => (v.quoted ? `"${v.text}"` : v.text)).join('|')}]`)

describe('parse', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['mail "two words"', ['word[mail]', 'word["two words"]']],
    ['actor:"Ada L" -result:failure', ['field:actor["Ada L"]', '-field:result[failure]']],
    ['NOT (a OR b) c', ['-group[]', 'word[c]']],
    ['operation:a,b,"c d"', ['field:operation[a|b|"c d"]']],
    ['kind:system type:x', ['field:actor_kind[system]', 'field:record_type[x]']],
    ['operation:(a OR "b c")', ['field:operation[a|"b c"]']],
    ['a OR b', ['word[a]', 'or[]', 'word[b]']],
    ['12:30 https://x C:\\x', ['word[12:30]', 'word[https://x]', 'word[C:\\x]']],
    ['"a \\" b" x', ['word["a " b"]', 'word[x]']],
    ['actor:"open', ['field:actor["open"]']],
    ['- a', ['word[-]', 'word[a]']],
    ['(open', ['group[]']],
    ['tag:', ['field:tag[]']],
    ['ip:2001:db8::1', ['field:ip[2001:db8::1]']],
  ])('%s', (q, want) => expect(outline(q)).toEqual(want))

  test('always ends, whatever the text', () => {
    const alphabet = ['"', '\\', '(', ')', '-', ':', ',', ' ', 'a', 'OR', 'NOT', 'actor:', '*']
    let seed = 7
    for (let n = 0; n < 3000; n++) {
      let q = ''
      for (let i = 0; i < 8; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648
        q += alphabet[seed % alphabet.length] ?? ''
      }
      for (const t of parse(q)) expect(t.to).toBeGreaterThan(t.from)
    }
  })
})

test('quote means exactly the value', () => {
  const value = 'a "b" \\ *'
  expect(parse(`actor:${quote(value)}`)[0]?.values).toEqual([{ text: value, quoted: true }])
})

describe('changing a query', () => {
  test.each<[string, string, string]>([
    ['only adds', only('mail', 'actor', 'Ada L'), 'mail actor:"Ada L"'],
    ['only replaces', only('actor:bob mail -actor:eve', 'actor', 'ada'), 'mail actor:ada'],
    ['only beside OR', only('a OR b', 'result', 'failure'), '(a OR b) result:failure'],
    ['exclude', exclude('mail', 'source', 'intune'), 'mail -source:intune'],
    ['exclude twice makes a list', exclude('-source:intune', 'source', 'signin'), '-source:intune,signin'],
    ['exclude what was asked for', exclude('source:intune x', 'source', 'intune'), 'x -source:intune'],
    ['exclude again changes nothing', exclude('-source:intune', 'source', 'Intune'), '-source:intune'],
    ['any of', anyOf('operation:a x', 'operation', 'B c'), 'operation:a,"B c" x'],
    ['any of takes an exclusion back', anyOf('-operation:a', 'operation', 'a'), 'operation:a'],
    ['any of beside a group', anyOf('operation:(a OR b)', 'operation', 'c'), 'operation:(a OR b) operation:c'],
    ['remove the last value', remove('x operation:a y', 'operation', 'A'), 'x y'],
    ['remove one value', remove('-operation:a,"b c",d', 'operation', 'b c'), '-operation:a,d'],
    ['remove keeps wildcards', remove('operation:a,b*', 'operation', 'a'), 'operation:b*'],
    ['remove leaves AND whole', remove('a AND operation:b', 'operation', 'b'), 'a'],
    ['without', without('actor:a x -actor:b', 'actor'), 'x'],
    ['without only the exclusions', without('actor:a x -actor:b', 'actor', 'not'), 'actor:a x'],
    ['without leaves quoted text alone', without('"actor:a" actor:a', 'actor'), '"actor:a"'],
    ['missing', setMissing('actor:a x', 'actor', 'is'), 'x -actor:*'],
    ['present', setMissing('x -actor:*', 'actor', 'not'), 'x actor:*'],
    ['neither', setMissing('x -actor:*', 'actor', undefined), 'x'],
    ['the name people write', only('', 'actor_kind', 'system'), 'kind:system'],
    ['a keyword as a value', only('', 'tag', 'OR'), 'tag:"OR"'],
    ['add to nothing', add('  ', 'x'), 'x'],
  ])('%s', (_, got, want) => expect(got).toBe(want))
})

test('stance, used and missing', () => {
  const q = 'source:intune,unified -operation:"Add user" -tag:* "actor:x"'
  expect(stance(q, 'source', 'Unified')).toBe('is')
  expect(stance(q, 'operation', 'add user')).toBe('not')
  expect(stance(q, 'actor', 'x')).toBeUndefined()
  expect(used(q, 'tag')).toBe(true)
  expect(missing(q, 'tag')).toBe('is')
  expect(missing('tag:*', 'tag')).toBe('not')
  expect(stance('actor:a OR actor:b', 'actor', 'a')).toBeUndefined()
})

test('words are what can be marked', () => {
  expect(words('mail* "two words" -no (in OR out) actor:x set*box')).toEqual(['mail', 'two words', 'in', 'out', 'set', 'box'])
})
