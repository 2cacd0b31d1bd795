// What an attacker can name must be shown as it is, and must not change what is around it.

/** A piece of a text: as it is, or a character that would be invisible or misleading, by name. */
export interface Piece {
  text: string
  /** The name of the character, when the text stands for one that is not to be printed. */
  name?: string
}

const NAMES = new Map<number, string>([
  [0x00, 'NUL'], [0x09, 'TAB'], [0x0b, 'VT'], [0x0c, 'FF'], [0x1b, 'ESC'], [0x7f, 'DEL'], [0xad, 'SHY'],
  [0x061c, 'ALM'], [0x180e, 'MVS'], [0x200b, 'ZWSP'], [0x200c, 'ZWNJ'], [0x200d, 'ZWJ'], [0x200e, 'LRM'], [0x200f, 'RLM'],
  [0x2028, 'LS'], [0x2029, 'PS'], [0x202a, 'LRE'], [0x202b, 'RLE'], [0x202c, 'PDF'], [0x202d, 'LRO'], [0x202e, 'RLO'],
  [0x2060, 'WJ'], [0x2066, 'LRI'], [0x2067, 'RLI'], [0x2068, 'FSI'], [0x2069, 'PDI'], [0xfeff, 'BOM'], [0xfffc, 'OBJ'],
])

// Controls (line ends apart), bidi and zero-width characters, tags, lone surrogates and private use.
const HIDDEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffc\ue000-\uf8ff]|[\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]|[\ud800-\udfff]/gu

/** isPlain reports whether a text holds nothing that pieces would name. */
export function isPlain(text: string): boolean {
  return text.search(HIDDEN) < 0 // which, unlike test, leaves lastIndex alone
}

/** pieces splits a text into what can be printed and the hidden characters in it, named. */
export function pieces(text: string): Piece[] {
  if (isPlain(text)) return text === '' ? [] : [{ text }]
  const out: Piece[] = []
  let from = 0
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) out.push({ text: text.slice(from, match.index) })
    const code = match[0].codePointAt(0) ?? 0
    const name = NAMES.get(code) ?? 'U+' + code.toString(16).toUpperCase().padStart(4, '0')
    out.push({ text: match[0], name })
    from = match.index + match[0].length
  }
  if (from < text.length) out.push({ text: text.slice(from) })
  return out
}

/** visible is a text with its hidden characters named in brackets, for attributes and titles. */
export function visible(text: string): string {
  return isPlain(text) ? text : pieces(text).map((p) => (p.name ? `[${p.name}]` : p.text)).join('')
}

/** clip shortens a text to at most max UTF-16 units, never through the middle of a character. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text
  const last = text.charCodeAt(max - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? max - 1 : max)
}

/** oneLine is the beginning of a text with its white space folded, for a cell of a table. */
export function oneLine(text: string, max = 300): string {
  return clip(clip(text, max * 4).replace(/\s+/g, ' ').trim(), max)
}

/** reflowed joins the lines of a text that was broken by hand; paragraphs and lists stay. */
export function reflowed(text: string): string {
  const lines = text.trim().split('\n').map((l) => l.trim())
  return lines.map((l, i) => (i === 0 ? '' : l === '' || lines[i - 1] === '' || /^(?:[-*•]|\d+[.)])\s/.test(l) ? '\n' : ' ') + l).join('')
}

const SIZES = ['B', 'KB', 'MB', 'GB', 'TB']

/** bytes writes a size for people: 1.2 MB. */
export function bytes(n: number): string {
  let unit = 0
  while (n >= 1000 && unit < SIZES.length - 1) {
    n /= 1000
    unit++
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${SIZES[unit] ?? ''}`
}

const GROUPED = new Intl.NumberFormat('en-US')

/** count writes a number with thousands apart: 1,204. */
export function count(n: number): string {
  return GROUPED.format(n)
}

/** plural writes a number with its noun: 1 event, 1,204 events. */
export function plural(n: number, one: string, many = one + 's'): string {
  return `${count(n)} ${n === 1 ? one : many}`
}

/** A stretch of a text that is, or is not, a hit of the search. */
export interface Stretch {
  text: string
  hit: boolean
}

/** marked splits a text where one of the terms occurs in it, whatever the letter case. */
export function marked(text: string, terms: readonly string[]): Stretch[] {
  const hits = ranges(text, terms)
  if (hits.length === 0) return text === '' ? [] : [{ text, hit: false }]
  const out: Stretch[] = []
  let at = 0
  for (const [from, to] of hits) {
    if (from > at) out.push({ text: text.slice(at, from), hit: false })
    out.push({ text: text.slice(from, to), hit: true })
    at = to
  }
  if (at < text.length) out.push({ text: text.slice(at), hit: false })
  return out
}

/** occurs reports whether marked would find one of the terms in a text. */
export function occurs(text: string, terms: readonly string[]): boolean {
  if (terms.length === 0) return false
  const folded = text.toLowerCase()
  return folded.length === text.length && terms.some((t) => t !== '' && folded.includes(t.toLowerCase()))
}

/** The most hits that are marked in one text. */
const MAX_HITS = 200

/** ranges are the places of the terms in a text, in order, merged where they touch. */
function ranges(text: string, terms: readonly string[]): [number, number][] {
  const folded = text.toLowerCase()
  if (folded.length !== text.length) return [] // a letter grew when folded: places would be off
  const found: [number, number][] = []
  for (const term of terms) {
    const needle = term.toLowerCase()
    if (needle === '') continue
    for (let at = folded.indexOf(needle); at >= 0 && found.length < MAX_HITS; at = folded.indexOf(needle, at + needle.length)) {
      found.push([at, at + needle.length])
    }
  }
  found.sort((a, b) => a[0] - b[0])
  const out: [number, number][] = []
  for (const range of found) {
    const last = out.at(-1)
    if (last && range[0] <= last[1]) last[1] = Math.max(last[1], range[1])
    else out.push(range)
  }
  return out
}

/** sentence begins a text with a capital letter. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
