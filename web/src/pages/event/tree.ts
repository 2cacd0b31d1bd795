// A record as the rows of a tree that is open in places.

import { type Node, readJSON } from '../../lib/json'

/** One row. */
export interface Row {
  /** Unique in the tree: the places of its ancestors in theirs. */
  id: string
  /** How the place is written: $.targetResources[0].displayName. */
  path: string
  /** From 1. */
  depth: number
  /** The key, or the place in a list; undefined for the record itself. */
  name: string | number | undefined
  node: Node
  /** What is in it, for objects, lists and texts that hold one; undefined for other values. */
  inside: Node | undefined
  /** How many there are in it. */
  size: number
  open: boolean
  /** Set on a row that stands for so many that are not shown; id is then that of their parent. */
  more?: number
}

/** How a tree is looked at. */
export interface Look {
  /** Rows above this depth are open unless said otherwise. */
  level: number
  /** What is open or closed whatever its depth, by id. */
  open: ReadonlyMap<string, boolean>
  /** How many of the children are shown, by id, where it is not CHILDREN. */
  limits: ReadonlyMap<string, number>
  /** What must occur in a key or value; "" is everything. */
  search: string
}

/** How many children are shown at first. */
export const CHILDREN = 100

/** The most rows at a time. */
const MAX_ROWS = 3000

/** A string longer than this is not looked into. */
const MAX_INSIDE = 1 << 20

const insides = new WeakMap<Node, Node | undefined>()

/** insideOf is the object or list that a node is, or that its text holds. */
export function insideOf(node: Node): Node | undefined {
  if (node.kind === 'object' || node.kind === 'array') return node
  if (node.kind !== 'string' || node.value.length > MAX_INSIDE || !/^\s*[[{]/.test(node.value)) return undefined
  if (!insides.has(node)) {
    const inner = readJSON(node.value)
    insides.set(node, inner && sizeOf(inner) > 0 ? inner : undefined)
  }
  return insides.get(node)
}

/** sizeOf is how many members or items a node has. */
export function sizeOf(node: Node | undefined): number {
  return node?.kind === 'object' ? node.members.length : node?.kind === 'array' ? node.items.length : 0
}

/** textOf is what a value says, without quotes. */
export function textOf(node: Node): string {
  return node.kind === 'string' ? node.value : node.kind === 'literal' ? node.text : ''
}

const NAME = /^[A-Za-z_$][\w$]*$/

function childPath(parent: Row | undefined, name: string | number): string {
  if (!parent) return '$'
  // What a text holds has a root of its own.
  const path = parent.inside === parent.node ? parent.path : parent.path + ' → $'
  if (typeof name === 'number') return `${path}[${name}]`
  return NAME.test(name) ? `${path}.${name}` : `${path}['${name.replace(/['\\]/g, '\\$&')}']`
}

function* children(node: Node): Generator<[string | number, Node]> {
  if (node.kind === 'object') for (const m of node.members) yield [m.key, m.node]
  else if (node.kind === 'array') for (const [i, n] of node.items.entries()) yield [i, n]
}

/** rowsOf gives the rows to show, and how many places a search has found. cut tells that there were more rows than can be shown. */
export function rowsOf(root: Node, look: Look): { rows: Row[]; found: number; cut: boolean } {
  const kept = look.search === '' ? undefined : keptBy(root, look.search.toLowerCase())
  const rows: Row[] = []
  let cut = false

  const visit = (node: Node, name: string | number | undefined, id: string, parent: Row | undefined, wanted: boolean): void => {
    if (cut) return
    if (rows.length >= MAX_ROWS) {
      cut = true
      return
    }
    const inside = insideOf(node)
    const depth = parent ? parent.depth + 1 : 1
    const opened = look.open.get(id)
    const hits = kept?.open.has(id) ?? false
    const open = inside !== undefined && (opened ?? (kept ? hits : depth <= look.level))
    const row: Row = { id, path: name === undefined ? '$' : childPath(parent, name), depth, name, node, inside, size: sizeOf(inside), open }
    rows.push(row)
    if (!open) return
    // Of what a search has found only the ways there are shown; below, whatever is opened by hand.
    const all = !kept || (opened === true && !hits) || (wanted && !hits)
    const limit = look.limits.get(id) ?? CHILDREN
    let [shown, left, place] = [0, 0, 0]
    for (const [key, child] of children(inside)) {
      const childID = `${id}.${place++}`
      if (!all && !kept.all.has(childID)) continue
      if (shown >= limit) left++
      else {
        shown++
        visit(child, key, childID, row, all && kept !== undefined)
      }
    }
    if (left > 0 && rows.length < MAX_ROWS) rows.push({ ...row, more: left, depth: depth + 1 })
  }

  visit(root, undefined, '0', undefined, false)
  return { rows, found: kept?.found ?? 0, cut }
}

interface Kept {
  /** What is found and the ways there. */
  all: Set<string>
  /** The ways. */
  open: Set<string>
  found: number
}

/** The most places that a search finds. */
export const MAX_FOUND = 500

function keptBy(root: Node, needle: string): Kept {
  const kept: Kept = { all: new Set(['0']), open: new Set(), found: 0 }
  const look = (node: Node, name: string | number | undefined, id: string): boolean => {
    const inside = insideOf(node)
    let hit = typeof name === 'string' && name.toLowerCase().includes(needle)
    if (!inside) hit ||= textOf(node).toLowerCase().includes(needle)
    if (hit) kept.found++
    let below = false
    if (inside) {
      let place = 0
      for (const [key, child] of children(inside)) {
        const childID = `${id}.${place++}`
        if (kept.found < MAX_FOUND && look(child, key, childID)) below = true
      }
    }
    if (below) kept.open.add(id)
    if (hit || below) kept.all.add(id)
    return hit || below
  }
  look(root, undefined, '0')
  return kept
}
