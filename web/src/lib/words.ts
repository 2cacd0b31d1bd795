// How two texts differ, by word.

/** A stretch of a text that stayed, went or came. */
export interface Run {
  op: 'same' | 'removed' | 'added'
  text: string
}

/** Above this many words on a side only the common beginning and end are looked for. */
const MAX_WORDS = 400

/** runs compares two texts word by word. */
export function runs(before: string, after: string): Run[] {
  const b = before.match(/\w+|\s+|[^\w\s]/gu) ?? []
  const a = after.match(/\w+|\s+|[^\w\s]/gu) ?? []
  let head = 0
  while (head < b.length && head < a.length && b[head] === a[head]) head++
  let tail = 0
  while (tail < b.length - head && tail < a.length - head && b[b.length - 1 - tail] === a[a.length - 1 - tail]) tail++
  const out: Run[] = []
  const push = (op: Run['op'], text: string): void => {
    if (text === '') return
    const last = out.at(-1)
    if (last?.op === op) last.text += text
    else out.push({ op, text })
  }
  push('same', b.slice(0, head).join(''))
  const [bm, am] = [b.slice(head, b.length - tail), a.slice(head, a.length - tail)]
  if (bm.length > MAX_WORDS || am.length > MAX_WORDS) {
    push('removed', bm.join(''))
    push('added', am.join(''))
  } else for (const run of longest(bm, am)) push(run.op, run.text)
  push('same', b.slice(b.length - tail).join(''))
  return alike(out) ? out : whole(before, after)
}

/** alike reports whether enough stayed for the words to be worth telling apart. */
function alike(found: Run[]): boolean {
  let [kept, all] = [0, 0]
  for (const r of found) {
    const letters = r.text.replace(/[^\p{L}\p{N}]/gu, '').length
    if (r.op === 'same') kept += letters
    all += letters
  }
  return all === 0 || kept * 4 >= all
}

function whole(before: string, after: string): Run[] {
  const out: Run[] = []
  if (before !== '') out.push({ op: 'removed', text: before })
  if (after !== '') out.push({ op: 'added', text: after })
  return out
}

/** longest keeps the longest common subsequence of two lists of words. */
function longest(b: string[], a: string[]): Run[] {
  const width = a.length + 1
  const size = new Uint16Array((b.length + 1) * width)
  const at = (i: number, j: number): number => size[i * width + j] ?? 0
  for (let i = b.length - 1; i >= 0; i--)
    for (let j = a.length - 1; j >= 0; j--) size[i * width + j] = b[i] === a[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const out: Run[] = []
  let [i, j] = [0, 0]
  while (i < b.length || j < a.length) {
    if (i < b.length && j < a.length && b[i] === a[j]) {
      out.push({ op: 'same', text: b[i++] ?? '' })
      j++
    } else if (i < b.length && (j >= a.length || at(i + 1, j) >= at(i, j + 1))) out.push({ op: 'removed', text: b[i++] ?? '' })
    else out.push({ op: 'added', text: a[j++] ?? '' })
  }
  return out
}
