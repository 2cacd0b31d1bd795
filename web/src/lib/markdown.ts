// The Markdown of answers, taken apart into what the screens draw themselves: paragraphs, lists,
// tables, bold, emphasis, code, and citations of events. All else is text, HTML, images and addresses
// included: nothing of an answer is ever given to the browser as HTML.

/** A stretch of a line. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'break' }
  /** A citation: the key of an event. */
  | { kind: 'cite'; key: string }
  /** A link to the page of an event. */
  | { kind: 'link'; key: string; of: Inline[] }
  /** doubt is a statement that nothing supports. */
  | { kind: 'doubt'; of: Inline[] }
  | { kind: 'strong'; of: Inline[] }
  | { kind: 'em'; of: Inline[] }

/** A piece of a text that stands by itself. */
export type Block =
  | { kind: 'paragraph' | 'heading'; of: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }
  /** Rows of cells; each row has as many as the head. */
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }

/** The most of a text that is taken apart, in UTF-16 units, and how deep lists may be. */
const MOST = 200_000
const DEEPEST = 6
const MOST_CELLS = 20

/** What stands in a text around a statement in doubt: characters of private use, which no answer may bring with it. */
export const [DOUBT, SURE] = ['\ue0d0', '\ue0d1']

const KEYS = /\[([a-z2-7]{26}(?:[,;]?\s*[a-z2-7]{26}){0,19})\]/y
const LINK = /\[((?:[^\][\\\n]|\\.){1,300})\]\(\/events\/([a-z2-7]{26})\)/y
const ITEM = /^( {0,60})(?:([-*+])|(\d{1,9})[.)])(?:\s+|$)(.*)$/
const FENCE = /^\s*(`{3,}|~{3,})/
const ROW = /^\s*\|.*\|\s*$/
const RULER = /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/
const HEADING = /^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/

/** blocks takes a text apart. */
export function blocks(text: string): Block[] {
  return read(text.slice(0, MOST).replace(/\r\n?/g, '\n').split('\n'), 0)
}

function read(lines: readonly string[], depth: number): Block[] {
  const out: Block[] = []
  let paragraph: string[] = []
  const end = (): void => {
    if (paragraph.length > 0) out.push({ kind: 'paragraph', of: inlines(paragraph.join('\n').trim()) })
    paragraph = []
  }
  for (let i = 0; i < lines.length; ) {
    const line = lines[i] ?? ''
    const fence = FENCE.exec(line)?.[1]
    const heading = HEADING.exec(line)?.[1]
    const item = ITEM.exec(line)
    if (line.trim() === '') {
      end()
      i++
    } else if (fence) {
      end()
      const from = ++i
      while (i < lines.length && !(lines[i] ?? '').trim().startsWith(fence)) i++
      out.push({ kind: 'code', text: plain(lines.slice(from, i).join('\n')) })
      i++
    } else if (heading !== undefined) {
      end()
      out.push({ kind: 'heading', of: inlines(heading) })
      i++
    } else if (ROW.test(line) && RULER.test(lines[i + 1] ?? '')) {
      end()
      const head = cells(line)
      const rows: Inline[][][] = []
      for (i += 2; ROW.test(lines[i] ?? ''); i++) {
        const row = cells(lines[i] ?? '')
        rows.push(head.map((_, n) => inlines(row[n] ?? '')))
      }
      out.push({ kind: 'table', head: head.map(inlines), rows })
    } else if (item && depth < DEEPEST) {
      end()
      const [list, next] = readList(lines, i, depth)
      out.push(list)
      i = next
    } else {
      paragraph.push(line)
      i++
    }
  }
  end()
  return out
}

/** cells are what stands between the bars of a row. */
function cells(line: string): string[] {
  const parts = line.trim().match(/(?:\\.|[^|\\])+|\|/gs) ?? []
  const out: string[] = []
  for (const [i, part] of parts.entries()) {
    if (part !== '|') out[out.length - 1] = part.trim()
    else if (i < parts.length - 1) out.push('')
  }
  return out.slice(0, MOST_CELLS)
}

/** readList reads the items from a line on, and gives the line after them. */
function readList(lines: readonly string[], i: number, depth: number): [Block, number] {
  const first = ITEM.exec(lines[i] ?? '')
  const [indent, ordered] = [first?.[1]?.length ?? 0, first?.[3] !== undefined]
  const items: Block[][] = []
  while (i < lines.length) {
    const item = ITEM.exec(lines[i] ?? '')
    if (!item || (item[1]?.length ?? 0) !== indent || (item[3] !== undefined) !== ordered) break
    const inside = [item[4] ?? '']
    for (i++; i < lines.length; i++) {
      const line = lines[i] ?? ''
      const deeper = line.length - line.trimStart().length > indent
      if (line.trim() === '') {
        // What comes after an empty line belongs to the item when it stands further in.
        const next = lines[i + 1] ?? ''
        if (next.trim() === '' || next.length - next.trimStart().length <= indent) break
        inside.push('')
      } else if (ITEM.test(line) ? deeper : deeper || !(FENCE.test(line) || HEADING.test(line))) inside.push(deeper ? line.slice(Math.min(indent + 2, line.length - line.trimStart().length)) : line)
      else break
    }
    items.push(read(inside, depth + 1))
    // An empty line between two items does not end the list.
    if ((lines[i] ?? '').trim() === '' && ITEM.test(lines[i + 1] ?? '')) i++
  }
  return [{ kind: 'list', ordered, start: ordered ? Number(first?.[3]) : 1, items }, i]
}

/** What has been opened and not yet closed. */
interface Frame {
  mark: string
  of: Inline[]
}

const word = (c: string): boolean => /[\p{L}\p{N}_]/u.test(c)
const space = (c: string): boolean => c === '' || /\s/.test(c)

/** inlines takes a line apart, each character once. */
export function inlines(s: string): Inline[] {
  const stack: Frame[] = [{ mark: '', of: [] }]
  const ticks = lastTicks(s)
  const top = (): Frame => stack.at(-1) as Frame
  const put = (i: Inline): void => {
    const last = top().of.at(-1)
    if (i.kind === 'text' && last?.kind === 'text') last.text += i.text
    else top().of.push(i)
  }
  const say = (text: string): void => put({ kind: 'text', text })
  // What was opened but not closed is text.
  const unwind = (to: number): void => {
    while (stack.length > to) {
      const frame = stack.pop() as Frame
      if (frame.mark === DOUBT) put({ kind: 'doubt', of: frame.of })
      else {
        say(frame.mark)
        frame.of.forEach(put)
      }
    }
  }
  const match = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(s)
  }
  for (let i = 0; i < s.length; ) {
    const c = s.charAt(i)
    if (c === '\\') {
      const next = s.charAt(i + 1)
      if (next === '\n') put({ kind: 'break' })
      else say(/[!-/:-@[-`{-~]/.test(next) ? next : c + next)
      i += 2
    } else if (c === '`') {
      const run = /^`+/.exec(s.slice(i, i + 64))?.[0] ?? c
      const to = (ticks.get(run.length) ?? -1) > i ? closing(s, i + run.length, run.length) : -1
      if (to >= 0) put({ kind: 'code', text: plain(s.slice(i + run.length, to)).replace(/\n/g, ' ').replace(/^ (.*\S.*) $/, '$1') })
      else say(run)
      i = to >= 0 ? to + run.length : i + run.length
    } else if (c === '[') {
      const link = match(LINK, i)
      const keys = link ? null : match(KEYS, i)
      if (keys) for (const key of keys[1]?.match(/[a-z2-7]{26}/g) ?? []) put({ kind: 'cite', key })
      else if (link) put(cited(link[1] ?? '', link[2] ?? ''))
      else say(c)
      i += keys?.[0].length ?? link?.[0].length ?? 1
    } else if (c === '*' || c === '_') {
      const mark = s.charAt(i + 1) === c ? c + c : c
      const [before, after] = [s.charAt(i - 1), s.charAt(i + mark.length)]
      const inWord = c === '_' && word(before) && word(after)
      const at = stack.findLastIndex((f) => f.mark === mark || f.mark === DOUBT)
      if (!space(before) && !inWord && at > 0 && stack[at]?.mark === mark) {
        unwind(at + 1)
        const frame = stack.pop() as Frame
        put({ kind: mark.length === 2 ? 'strong' : 'em', of: frame.of })
      } else if (!space(after) && !inWord && !(c === '_' && word(before)) && !stack.some((f) => f.mark === mark)) stack.push({ mark, of: [] })
      else say(mark)
      i += mark.length
    } else if (c === DOUBT) {
      if (!stack.some((f) => f.mark === DOUBT)) stack.push({ mark: DOUBT, of: [] })
      i++
    } else if (c === SURE) {
      const at = stack.findLastIndex((f) => f.mark === DOUBT)
      if (at > 0) unwind(at)
      i++
    } else if (c === '\n') {
      if (s.slice(Math.max(i - 2, 0), i) === '  ') put({ kind: 'break' })
      else say(' ')
      i++
    } else {
      let to = i + 1
      while (to < s.length && !'\\`[*_\n'.includes(s.charAt(to)) && s.charAt(to) !== DOUBT && s.charAt(to) !== SURE) to++
      say(s.slice(i, to))
      i = to
    }
  }
  unwind(1)
  return top().of
}

/** cited is a link to an event: a citation, where its text is the key. */
function cited(text: string, key: string): Inline {
  return text === key ? { kind: 'cite', key } : { kind: 'link', key, of: [{ kind: 'text', text: plain(unescaped(text)) }] }
}

/** plain takes the marks of doubt out of a text that is shown as it is. */
function plain(text: string): string {
  return text.replaceAll(DOUBT, '').replaceAll(SURE, '')
}

/** lastTicks tells where the last run of so many backticks begins, so that no text is searched in vain. */
function lastTicks(s: string): Map<number, number> {
  const out = new Map<number, number>()
  for (const m of s.matchAll(/`+/g)) out.set(m[0].length, m.index)
  return out
}

function closing(s: string, from: number, length: number): number {
  const runs = /`+/g
  runs.lastIndex = from
  for (let m = runs.exec(s); m; m = runs.exec(s)) if (m[0].length === length) return m.index
  return -1
}

/** citations are the keys that a text cites, each once, in the order of the text. */
export function citations(of: readonly Block[]): string[] {
  const keys = new Set<string>()
  const line = (parts: readonly Inline[]): void => {
    for (const p of parts) {
      if (p.kind === 'cite') keys.add(p.key)
      else if ('of' in p) line(p.of)
    }
  }
  const walk = (all: readonly Block[]): void => {
    for (const b of all) {
      if (b.kind === 'list') b.items.forEach(walk)
      else if (b.kind === 'table') [b.head, ...b.rows].forEach((row) => row.forEach(line))
      else if (b.kind !== 'code') line(b.of)
    }
  }
  walk(of)
  return [...keys]
}

/** unescaped is a text that was made fit for Markdown, as it was before; all its other marks stay. */
export function unescaped(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

/** doubted marks the statements of a text that nothing supports. Those that are not found in it as they are stay unmarked. */
export function doubted(text: string, statements: readonly string[]): string {
  let out = ''
  let rest = plain(text)
  for (const statement of statements) {
    // What makes it an item of a list or a heading stays outside of the mark.
    const said = plain(statement).trim().replace(/^(?:[-*+>]\s+|#{1,6}\s+|\d{1,9}[.)]\s+)+/, '')
    const at = said === '' || said.includes('\n') ? -1 : rest.indexOf(said)
    if (at < 0) continue
    out += rest.slice(0, at) + (ROW.test(said) ? `| ${cells(said).map((c) => DOUBT + c + SURE).join(' | ')} |` : DOUBT + said + SURE)
    rest = rest.slice(at + said.length)
  }
  return out + rest
}
