// JSON as it was written: numbers to the last digit, keys in their order and as often as they
// occur, half surrogate pairs as they are. JSON.parse keeps none of the first three.

/** A place in a JSON text. */
export type Node =
  | { kind: 'object'; members: Member[] }
  | { kind: 'array'; items: Node[] }
  | { kind: 'string'; value: string }
  /** Numbers, true, false and null, as they are written. */
  | { kind: 'literal'; text: string }

export interface Member {
  key: string
  node: Node
}

/** How deep objects and lists may nest before a text is shown as a text. */
const MAX_DEPTH = 1000

const SPACE = /[\t\n\r ]*/y
const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** readJSON reads a JSON text; undefined when it is none, or nests too deeply. */
export function readJSON(text: string): Node | undefined {
  const reader = new Reader(text)
  const node = reader.value(0)
  reader.space()
  return node && reader.at === text.length ? node : undefined
}

class Reader {
  at = 0

  constructor(private readonly text: string) {}

  space(): void {
    SPACE.lastIndex = this.at
    SPACE.exec(this.text)
    this.at = SPACE.lastIndex
  }

  value(depth: number): Node | undefined {
    this.space()
    const c = this.text.charCodeAt(this.at)
    if (c === 0x7b) return depth < MAX_DEPTH ? this.object(depth) : undefined
    if (c === 0x5b) return depth < MAX_DEPTH ? this.array(depth) : undefined
    if (c === 0x22) {
      const value = this.string()
      return value === undefined ? undefined : { kind: 'string', value }
    }
    LITERAL.lastIndex = this.at
    const literal = LITERAL.exec(this.text)
    if (!literal) return undefined
    this.at = LITERAL.lastIndex
    return { kind: 'literal', text: literal[0] }
  }

  /** eat goes past a character, and space before it. */
  eat(c: string): boolean {
    this.space()
    if (this.text.charAt(this.at) !== c) return false
    this.at++
    return true
  }

  object(depth: number): Node | undefined {
    this.at++
    const members: Member[] = []
    if (this.eat('}')) return { kind: 'object', members }
    do {
      this.space()
      const key = this.string()
      if (key === undefined || !this.eat(':')) return undefined
      const node = this.value(depth + 1)
      if (!node) return undefined
      members.push({ key, node })
    } while (this.eat(','))
    return this.eat('}') ? { kind: 'object', members } : undefined
  }

  array(depth: number): Node | undefined {
    this.at++
    const items: Node[] = []
    if (this.eat(']')) return { kind: 'array', items }
    do {
      const node = this.value(depth + 1)
      if (!node) return undefined
      items.push(node)
    } while (this.eat(','))
    return this.eat(']') ? { kind: 'array', items } : undefined
  }

  string(): string | undefined {
    // The end is looked for by hand: a regular expression over a megabyte runs out of stack.
    if (this.text.charAt(this.at) !== '"') return undefined
    let end = this.at + 1
    for (;;) {
      end = this.text.indexOf('"', end)
      if (end < 0) return undefined
      let slashes = 0
      while (this.text.charAt(end - 1 - slashes) === '\\') slashes++
      if (slashes % 2 === 0) break
      end++
    }
    const literal = this.text.slice(this.at, end + 1)
    this.at = end + 1
    try {
      return JSON.parse(literal) as string
    } catch {
      return undefined
    }
  }
}

/** writeJSON writes a node with line ends and indentation, for the clipboard. */
export function writeJSON(node: Node, indent = ''): string {
  const inner = indent + '  '
  switch (node.kind) {
    case 'object':
      if (node.members.length === 0) return '{}'
      return `{\n${node.members.map((m) => `${inner}${JSON.stringify(m.key)}: ${writeJSON(m.node, inner)}`).join(',\n')}\n${indent}}`
    case 'array':
      if (node.items.length === 0) return '[]'
      return `[\n${node.items.map((n) => inner + writeJSON(n, inner)).join(',\n')}\n${indent}]`
    case 'string':
      return JSON.stringify(node.value)
    case 'literal':
      return node.text
  }
}
