import { describe, expect, test } from 'vitest'
import { both, lists, structure } from './structure'

describe('structure', () => {
  test.each<[string, string | null, unknown]>([
    ['nothing', null, undefined],
    ['a word', 'true', undefined],
    ['an object', ' {"a":1}', { a: 1 }],
    ['a list', '["a"]', ['a']],
    ['broken JSON', '["a"', undefined],
    ['a credential', '[KeyIdentifier=1,KeyType=Password,KeyUsage=Verify,DisplayName=x]', { KeyIdentifier: '1', KeyType: 'Password', KeyUsage: 'Verify', DisplayName: 'x' }],
    ['a credential whose name would be another', '[KeyIdentifier=1,KeyType=Password,KeyUsage=Verify,DisplayName=x,KeyUsage=Sign]]', { KeyIdentifier: '1', KeyType: 'Password', KeyUsage: 'Verify', DisplayName: 'x,KeyUsage=Sign]' }],
    ['grants', '[[Id: g, ClientId: c, PrincipalId: , ResourceId: r, ConsentType: AllPrincipals, Scope:  User.Read Mail.Read, CreatedDateTime: , LastModifiedDateTime ]]',
      [{ Id: 'g', ClientId: 'c', PrincipalId: '', ResourceId: 'r', ConsentType: 'AllPrincipals', Scope: ['User.Read', 'Mail.Read'] }]],
    ['what only begins like grants', '[[Id: g, ClientId: c]]', undefined],
  ])('%s', (_, text, want) => expect(structure(text)).toEqual(want))
})

test.each<[string, [string, string] | undefined]>([
  ['[] => [[Id: g, ClientId: c, PrincipalId: p, ResourceId: r, ConsentType: Principal, Scope: a]];', ['[]', '[[Id: g, ClientId: c, PrincipalId: p, ResourceId: r, ConsentType: Principal, Scope: a]]']],
  ['[1] => [2]', ['[1]', '[2]']],
  ['a => b', undefined],
  ['[x => [y]', undefined],
])('both sides of %j', (text, want) => expect(both(text)).toEqual(want))

test.each<[string, string, [string[], string[]] | undefined]>([
  ['a;b', 'a;b;c d', [['a', 'b'], ['a', 'b', 'c d']]],
  ['a@contoso.example,b', 'a@contoso.example, b, c', [['a@contoso.example', 'b'], ['a@contoso.example', 'b', 'c']]],
  ['User.Read openid', ' User.Read Mail.Read openid ', [['User.Read', 'openid'], ['User.Read', 'Mail.Read', 'openid']]],
  ['Hello, dear reader, bye', 'Hello, dear writer, bye', undefined],
  ['a;b', 'c;d;e', undefined],
  ['10.0.22631.4460', '10.0.22631.4602', undefined],
])('lists of %j and %j', (before, after, want) => expect(lists(before, after)).toEqual(want))
