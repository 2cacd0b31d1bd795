import { describe, expect, test } from 'vitest'
import { bytes, clip, isPlain, marked, occurs, oneLine, pieces, plural, reflowed, visible } from './text'

describe('pieces', () => {
  test.each([
    ['plain text, even Ünïcode 日本', true],
    ['two\nlines', true],
    ['invoice\u202Efdp.exe', false],
    ['a\u0000b', false],
    ['\ud800', false],
    ['👩‍💻'.replace('\u200d', ''), true],
    ['zero\u200bwidth', false],
    ['tag\u{e0041}', false],
  ])('%j is plain: %s', (text, want) => expect(isPlain(text)).toBe(want))

  test('names what is hidden and keeps the rest', () => {
    expect(pieces('invoice\u202Efdp\ud83d.exe')).toEqual([
      { text: 'invoice' }, { text: '\u202E', name: 'RLO' }, { text: 'fdp' }, { text: '\ud83d', name: 'U+D83D' }, { text: '.exe' },
    ])
    expect(visible('a\u0000b')).toBe('a[NUL]b')
  })

  test('nothing is lost', () => {
    const text = '\u202A x \u2069\u{e0001}\udc00é'
    expect(pieces(text).map((p) => p.text).join('')).toBe(text)
  })
})

test('clip never cuts a character in two', () => {
  expect(clip('ab😀cd', 3)).toBe('ab')
  expect(clip('ab😀cd', 4)).toBe('ab😀')
  expect(clip('ab', 4)).toBe('ab')
})

test('oneLine folds white space', () => expect(oneLine('  a\n\t b  ')).toBe('a b'))

test.each([[0, '0 B'], [999, '999 B'], [1_234_567, '1.2 MB'], [250_000_000, '250 MB']])('bytes(%d)', (n, want) => expect(bytes(n)).toBe(want))

test('plural', () => {
  expect(plural(1, 'event')).toBe('1 event')
  expect(plural(1204, 'event')).toBe('1,204 events')
})

describe('marked', () => {
  test('finds terms in any letter case and merges overlaps', () => {
    expect(marked('Ada added Bob', ['ad', 'dded'])).toEqual([
      { text: 'Ad', hit: true }, { text: 'a ', hit: false }, { text: 'added', hit: true }, { text: ' Bob', hit: false },
    ])
  })
  test('gives the text back when nothing hits', () => expect(marked('Ada', ['x', ''])).toEqual([{ text: 'Ada', hit: false }]))
})

test.each([['Add member', ['MEMB']], ['İstanbul', ['stan']], ['abc', ['']], ['abc', []], ['abc', ['x', 'c']]])('occurs in %j agrees with marked for %j', (text, terms) => {
  expect(occurs(text, terms)).toBe(marked(text, terms).some((s) => s.hit))
})

describe('reflowed', () => {
  test('joins lines that were broken by hand', () => expect(reflowed('One sentence\n  that goes on.\nAnd more.\n')).toBe('One sentence that goes on. And more.'))
  test('keeps paragraphs and lists', () => expect(reflowed('One.\n\nTwo\nlines:\n- a\n- b\n1. c')).toBe('One.\n\nTwo lines:\n- a\n- b\n1. c'))
})
