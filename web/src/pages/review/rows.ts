// The inbox as a list of rows, and what a selection of rows asks the service to do.

import type { AuditEvent } from '../../api/types'
import type { QueueGroup } from './types'

/** The events of a group that were fetched. */
export interface Opened {
  events: AuditEvent[]
  /** Where to go on; null at the end. */
  cursor: string | null
  loading: boolean
  failed: string
}

export type Row =
  | { kind: 'group'; id: string; group: QueueGroup; opened: boolean }
  | { kind: 'event'; id: string; event: AuditEvent; group: QueueGroup }
  | { kind: 'more'; id: string; group: QueueGroup; left: number; loading: boolean; failed: string }

/** groupID names a group: who did what. */
export function groupID(g: Pick<QueueGroup, 'actor' | 'operation'>): string {
  return `group\u0000${g.actor}\u0000${g.operation}`
}

/** eventID names the row of an event. */
export function eventID(key: string): string {
  return `event\u0000${key}`
}

/** rows lays groups out, with the events of those that are open under them. gone are events that were just marked. */
export function rows(groups: readonly QueueGroup[], opened: ReadonlyMap<string, Opened>): Row[] {
  const out: Row[] = []
  for (const group of groups) {
    const id = groupID(group)
    const open = opened.get(id)
    out.push({ kind: 'group', id, group, opened: open !== undefined })
    if (!open) continue
    for (const event of open.events) out.push({ kind: 'event', id: eventID(event.key), event, group })
    const left = Math.max(group.count - open.events.length, 0)
    if (open.loading || open.failed !== '' || open.cursor !== null) out.push({ kind: 'more', id: `more\u0000${id}`, group, left, loading: open.loading, failed: open.failed })
  }
  return out
}

/** What is chosen: whole groups, single events, and events of chosen groups that are left out. */
export interface Chosen {
  groups: ReadonlySet<string>
  events: ReadonlySet<string>
  /** Keys by the group they are left out of. */
  except: ReadonlyMap<string, ReadonlySet<string>>
}

export const NOTHING: Chosen = { groups: new Set(), events: new Set(), except: new Map() }

/** isChosen tells whether a row will be marked; a group with exceptions is "mixed". */
export function isChosen(chosen: Chosen, row: Row): boolean | 'mixed' {
  if (row.kind === 'more') return false
  if (row.kind === 'event') {
    const group = groupID(row.group)
    return chosen.groups.has(group) ? !chosen.except.get(group)?.has(row.event.key) : chosen.events.has(row.event.key)
  }
  if (!chosen.groups.has(row.id)) return false
  return (chosen.except.get(row.id)?.size ?? 0) > 0 ? 'mixed' : true
}

/** toggle chooses a row, or takes it out of what is chosen. */
export function toggle(chosen: Chosen, row: Row): Chosen {
  const groups = new Set(chosen.groups)
  const events = new Set(chosen.events)
  const except = new Map(chosen.except)
  if (row.kind === 'group') {
    // A group that is chosen in part is chosen as a whole next.
    if (isChosen(chosen, row) === true) groups.delete(row.id)
    else groups.add(row.id)
    except.delete(row.id)
  } else if (row.kind === 'event') {
    const group = groupID(row.group)
    const key = row.event.key
    if (groups.has(group)) {
      const left = new Set(except.get(group) ?? [])
      if (!left.delete(key)) left.add(key)
      except.set(group, left)
    } else if (!events.delete(key)) events.add(key)
  }
  return { groups, events, except }
}

/** One request: events by key, or all that a query finds. */
export type Ask = { keys: string[] } | { q: string }

// The longest query that the service takes is 4096 bytes, of 200 terms.
const MAX_BYTES = 3800
const MAX_GROUPS = 20
const MAX_KEYS = 1000

/** asks are the requests that mark what is chosen, few and large. Events of a chosen group are not named again. */
export function asks(chosen: Chosen, list: readonly Row[]): Ask[] {
  const queries: string[] = []
  const keys: string[] = []
  for (const row of list) {
    if (row.kind === 'group' && chosen.groups.has(row.id)) {
      const except = [...(chosen.except.get(row.id) ?? [])]
      queries.push(except.length === 0 ? row.group.q : `${row.group.q} -id:${except.join(',')}`)
    } else if (row.kind === 'event' && !chosen.groups.has(groupID(row.group)) && chosen.events.has(row.event.key)) keys.push(row.event.key)
  }
  return [...joined(queries).map((q) => ({ q })), ...parts(keys, MAX_KEYS).map((keys) => ({ keys }))]
}

/** joined puts queries together with OR, as many as fit into one. */
export function joined(queries: readonly string[]): string[] {
  const out: string[] = []
  let part: string[] = []
  let bytes = 0
  const flush = (): void => {
    if (part.length === 1) out.push(...part)
    else if (part.length > 1) out.push(part.map((q) => `(${q})`).join(' OR '))
    part = []
    bytes = 0
  }
  for (const q of queries) {
    const size = new TextEncoder().encode(q).length + 6
    if (bytes + size > MAX_BYTES || part.length === MAX_GROUPS) flush()
    part.push(q)
    bytes += size
  }
  flush()
  return out
}

function parts<T>(list: readonly T[], size: number): T[][] {
  const out: T[][] = []
  for (let i = 0; i < list.length; i += size) out.push(list.slice(i, i + size))
  return out
}

/** howMany counts the events that are chosen. */
export function howMany(chosen: Chosen, list: readonly Row[]): number {
  let n = 0
  for (const row of list) {
    if (row.kind === 'group' && chosen.groups.has(row.id)) n += row.group.count - (chosen.except.get(row.id)?.size ?? 0)
    else if (row.kind === 'event' && !chosen.groups.has(groupID(row.group)) && chosen.events.has(row.event.key)) n++
  }
  return n
}

/** marked is the inbox once what was chosen is gone from it, before the service has said so. */
export function marked(groups: readonly QueueGroup[], opened: ReadonlyMap<string, Opened>, chosen: Chosen): { groups: QueueGroup[]; opened: Map<string, Opened> } {
  const left: QueueGroup[] = []
  const open = new Map<string, Opened>()
  for (const group of groups) {
    const id = groupID(group)
    const was = opened.get(id)
    const except = chosen.except.get(id)
    if (chosen.groups.has(id)) {
      if (!except || except.size === 0) continue
      left.push({ ...group, count: except.size })
      if (was) open.set(id, { ...was, events: was.events.filter((e) => except.has(e.key)), cursor: null })
      continue
    }
    const events = was?.events.filter((e) => !chosen.events.has(e.key)) ?? []
    const count = group.count - ((was?.events.length ?? 0) - events.length)
    if (count <= 0) continue
    left.push(count === group.count ? group : { ...group, count })
    if (was) open.set(id, { ...was, events })
  }
  return { groups: left, opened: open }
}

/** after is the row to go to once rows are gone: the first that is left at or after the place, else the last one. */
export function after(before: readonly Row[], id: string, left: readonly Row[]): string {
  const stays = new Set(left.map((r) => r.id))
  const at = Math.max(before.findIndex((r) => r.id === id), 0)
  const next = before.slice(at).find((r) => stays.has(r.id)) ?? before.slice(0, at).toReversed().find((r) => stays.has(r.id))
  return next?.id ?? left[0]?.id ?? ''
}
