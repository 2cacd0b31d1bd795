import { describe, expect, test } from 'vitest'
import { diff, diffValues } from './diff'

const entries = (before: string | null, after: string | null): string[] => {
  const d = diff(before, after)
  return d.kind === 'json' ? d.entries.map((e) => `${e.op} ${e.path.join('.')} ${JSON.stringify(e.before)} ${JSON.stringify(e.after)}`) : [d.kind]
}

describe('diff', () => {
  test.each<[string, string | null, string | null, string[]]>([
    ['lists by element', '["a","b"]', '["b","c"]', ['removed  "a" undefined', 'added  undefined "c"', 'same  "b" "b"']],
    ['a wrapped value', '["old"]', '["new"]', ['changed  "old" "new"']],
    ['nothing before', null, '["a","b"]', ['added  undefined "a"', 'added  undefined "b"']],
    ['an empty list after', '[{"id":1}]', '[]', ['removed 1 {"id":1} undefined']],
    ['objects by key, what differs first', '{"a":1,"b":{"c":2}}', '{"a":1,"b":{"c":3},"d":null}', ['changed b.c 2 3', 'added d undefined null', 'same a 1 1']],
    ['lists of objects by identity', '[{"id":"x","v":1},{"id":"y","v":2}]', '[{"id":"y","v":3},{"id":"x","v":1}]', ['changed y.v 2 3', 'same x.id "x" "x"', 'same x.v 1 1', 'same y.id "y" "y"']],
    ['one object in the place of another', '[{"id":"x","v":1}]', '[{"id":"y","v":1}]', ['removed x {"id":"x","v":1} undefined', 'added y undefined {"id":"y","v":1}']],
    ['one object that changed', '[{"id":"x","v":1}]', '[{"id":"x","v":2}]', ['changed v 1 2', 'same id "x" "x"']],
    ['key order does not matter', '[{"a":1,"b":2},{"a":3}]', '[{"b":2,"a":1}]', ['removed  {"a":3} undefined', 'same  {"a":1,"b":2} {"a":1,"b":2}']],
    ['JSON inside a string', '{"p":"{\\"x\\":1}"}', '{"p":"{\\"x\\":2}"}', ['changed p.x 1 2']],
    ['lists encoded twice', '["[\\"a\\"]"]', '["[\\"a\\",\\"b\\"]"]', ['added  undefined "b"', 'same  "a" "a"']],
    ['repeated elements', '["a","a"]', '["a","b","b"]', ['removed  "a" undefined', 'added  undefined "b"', 'added  undefined "b"', 'same  "a" "a"']],
    ['broken JSON is text', '["a"', '["b"', ['text']],
    ['a word is a list of one', 'a', '["a","b"]', ['added  undefined "b"', 'same  "a" "a"']],
    ['a list becomes a word', '["a","b"]', 'c', ['removed  "a" undefined', 'removed  "b" undefined', 'added  undefined "c"']],
    ['an object is a list of one', '{"id":1}', '[{"id":1},{"id":2}]', ['added 2 undefined {"id":2}', 'same 1.id 1 1']],
    ['a word becomes an object', 'x', '{"a":1}', ['changed  "x" {"a":1}']],
    ['keys that every object has', '{"__proto__":1,"constructor":2}', '{"toString":3}', ['removed __proto__ 1 undefined', 'removed constructor 2 undefined', 'added toString undefined 3']],
    ['separated lists', 'a;b', 'b;c;a', ['added  undefined "c"', 'same  "a" "a"', 'same  "b" "b"']],
    ['both sides in one', null, '[1] => [1,2];', ['added  undefined 2', 'same  1 1']],
    ['text', 'old name', 'new name', ['text']],
    ['not told', null, 'x', ['text']],
  ])('%s', (_, before, after, want) => expect(entries(before, after).sort()).toEqual([...want].sort()))

  test('what differs comes first', () => {
    const d = diff('{"a":1,"b":2}', '{"a":1,"b":3}')
    expect(d.kind === 'json' && d.entries.map((e) => e.op)).toEqual(['changed', 'same'])
  })

  test('what nests too deeply is text', () => {
    const deep = (v: string): string => '['.repeat(6000) + v + ',0' + ']'.repeat(6000)
    expect(['text', 'json']).toContain(diff(deep('1'), deep('2')).kind)
  })
})

test('diffValues compares versions of a record', () => {
  expect(diffValues({ a: 1, b: ['x'] }, { a: 1, b: ['x', 'y'] })).toEqual([
    { path: ['b'], op: 'added', after: 'y' }, { path: ['a'], op: 'same', before: 1, after: 1 }, { path: ['b'], op: 'same', before: 'x', after: 'x' },
  ])
})
