import { expect, test } from 'vitest'
import { namedPieces } from './names'

const ID = '1fc33139-6923-4338-8702-c77ef155c67e'
const nameOf = (guid: string) => (guid.toLowerCase() === ID ? { name: 'Viewer', kind: 'app' } : undefined)
const shown = (text: string): string => namedPieces(text, nameOf).map((p) => (p.name ? `<${p.name.name}>` : p.text)).join('|')

test.each([
  ['', ''],
  ['no id', 'no id'],
  [ID, '<Viewer>'],
  [`in ${ID.toUpperCase()}.`, 'in |<Viewer>|.'],
  ['22222222-6923-4338-8702-c77ef155c67e', '22222222-6923-4338-8702-c77ef155c67e'],
  [`a${ID}`, `a${ID}`], // part of something longer
  [`${ID}-1`, `${ID}-1`],
  [`${ID}/${ID}`, '<Viewer>|/|<Viewer>'],
])('%j', (text, want) => expect(shown(text)).toBe(want))

test('a text of many ids has an end', () => {
  const pieces = namedPieces(`${ID} `.repeat(5000), nameOf)
  expect(pieces.length).toBeLessThan(500)
  expect(pieces.map((p) => p.text).join('')).toBe(`${ID} `.repeat(5000))
})
