import { describe, expect, test } from 'vitest'
import { readJSON, type Node } from '../../lib/json'
import { type Look, rowsOf } from './tree'

function read(value: unknown): Node {
  const node = readJSON(typeof value === 'string' ? value : JSON.stringify(value))
  if (!node) throw new Error('not JSON')
  return node
}

const look = (more: Partial<Look> = {}): Look => ({ level: 1, open: new Map(), limits: new Map(), search: '', ...more })
const paths = (root: Node, more: Partial<Look> = {}): string[] => rowsOf(root, look(more)).rows.map((r) => (r.more === undefined ? r.path : `${r.path} +${r.more}`))

const record = read({ id: 'x', target: [{ name: 'Ada', 'odd key': 1 }, { name: "it's" }], text: '{"a":["b"]}' })

describe('rowsOf', () => {
  test.each<[string, Partial<Look>, string[]]>([
    ['closed', { level: 0 }, ['$']],
    ['one level', {}, ['$', '$.id', '$.target', '$.text']],
    ['all', { level: 9 }, ['$', '$.id', '$.target', '$.target[0]', '$.target[0].name', "$.target[0]['odd key']", '$.target[1]', '$.target[1].name', '$.text', '$.text → $.a', '$.text → $.a[0]']],
    ['opened by hand', { open: new Map([['0.1', true]]) }, ['$', '$.id', '$.target', '$.target[0]', '$.target[1]', '$.text']],
    ['closed by hand', { level: 9, open: new Map([['0.1', false], ['0.2', false]]) }, ['$', '$.id', '$.target', '$.text']],
    ['some of the children', { limits: new Map([['0', 1]]) }, ['$', '$.id', '$ +2']],
    ['a value that is searched', { search: 'ADA' }, ['$', '$.target', '$.target[0]', '$.target[0].name']],
    ['a key that is searched', { search: 'odd' }, ['$', '$.target', '$.target[0]', "$.target[0]['odd key']"]],
    ['inside of a text', { search: 'b' }, ['$', '$.text', '$.text → $.a', '$.text → $.a[0]']],
    ['a key of a list', { search: 'target' }, ['$', '$.target']],
    ['what was found, opened', { search: 'target', open: new Map([['0.1', true]]) }, ['$', '$.target', '$.target[0]', '$.target[1]']],
    ['nothing found', { search: 'zzz' }, ['$']],
  ])('%s', (_, more, want) => expect(paths(record, more)).toEqual(want))

  test('a search tells how much it found', () => expect(rowsOf(record, look({ search: 'name' })).found).toBe(2))

  test('keys that occur twice have rows of their own', () => {
    const ids = rowsOf(read('{"a":1,"a":2}'), look()).rows.map((r) => r.id)
    expect(new Set(ids).size).toBe(3)
  })

  test('a hundred thousand values are never shown at once', () => {
    const { rows, cut } = rowsOf(read({ list: Array.from({ length: 100 }, () => Array.from({ length: 1000 }, (_, i) => i)) }), look({ level: 9 }))
    expect(rows.length).toBeLessThanOrEqual(3001)
    expect(cut).toBe(true)
  })

  test('a long list shows its beginning', () => {
    const { rows } = rowsOf(read(Array.from({ length: 10_000 }, (_, i) => i)), look())
    expect(rows.at(-1)).toMatchObject({ id: '0', more: 9900 })
  })
})
