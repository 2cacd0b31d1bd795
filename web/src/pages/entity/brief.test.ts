import { expect, test } from 'vitest'
import { brief, briefs } from './brief'

test.each<[string, string | null, string | null, [string, string | null, string | null]]>([
  ['both sides', 'Support', 'Sales', ['P', 'Support', 'Sales']],
  ['only after', null, 'x', ['P', null, 'x']],
  ['empty before', '', 'true', ['P', 'empty', 'true']],
  ['what differs in an object', '{"name":"n","state":"off"}', '{"name":"n","state":"on"}', ['P › state', 'off', 'on']],
  ['the first of several', '{"a":1,"b":1}', '{"a":2,"b":2}', ['P › a and 1 more', '1', '2']],
  ['an object that came', '', '[KeyIdentifier=k,KeyType=Password,KeyUsage=Verify,DisplayName=rotation]', ['P › KeyIdentifier and 3 more', null, 'k']],
  ['a list', '["a"]', '["a","b"]', ['P', null, 'b']],
  ['a long text', null, 'word '.repeat(50), ['P', null, 'word word word word word word word word word word word word…']],
  ['nothing that differs', '["a"]', 'a', ['P', null, null]],
])('%s', (_, before, after, [property, b, a]) => {
  expect(brief({ property: 'P', before, after })).toEqual({ property, before: b, after: a })
})

test('what tells both sides comes first', () => {
  expect(briefs([{ property: 'a', before: null, after: '1' }, { property: 'b', before: '1', after: '2' }, { property: 'c', before: null, after: '1' }], 2).map((b) => b.property)).toEqual(['b', 'a'])
})
