// The events of an alert, a few at a time, and the names of the ids in its group.

import { get, isAbort } from '../../api/client'
import type { AuditEvent } from '../../api/types'
import type { ObjectName } from '../event/types'

const PAGE = 10

export class Events {
  #keys: readonly string[]
  /** In the order of the alert; undefined is one that is not there any more. */
  items = $state.raw<readonly (AuditEvent | undefined)[]>([])
  loading = $state(false)
  /** Names by id in lower case. */
  names = $state.raw<Record<string, string>>({})
  readonly left: number = $derived.by(() => this.#keys.length - this.items.length)

  constructor(keys: readonly string[]) {
    this.#keys = keys
  }

  /** more fetches the next events, newest arrival first. */
  async more(signal?: AbortSignal): Promise<void> {
    if (this.loading) return
    this.loading = true
    try {
      const next = this.#keys.toReversed().slice(this.items.length, this.items.length + PAGE)
      const found = await Promise.all(next.map((key) => get<AuditEvent>(`/api/events/${encodeURIComponent(key)}`, {}, signal).catch((err: unknown) => {
        if (isAbort(err)) throw err
        return undefined
      })))
      this.items = [...this.items, ...found]
      const names = { ...this.names }
      for (const e of found) if (e) learn(names, e)
      this.names = names
      await this.#look(next[0], signal)
    } catch (err) {
      if (!isAbort(err)) throw err
    } finally {
      this.loading = false
    }
  }

  async #look(key: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    if (key === undefined) return
    try {
      const { items } = await get<{ items: Record<string, ObjectName> }>(`/api/events/${encodeURIComponent(key)}/names`, {}, signal)
      this.names = { ...Object.fromEntries(Object.entries(items).map(([id, o]) => [id, o.name])), ...this.names }
    } catch {
      // Without names the ids are shown.
    }
  }
}

/** learn takes the names that an event has for ids. */
export function learn(names: Record<string, string>, e: AuditEvent): void {
  const know = (id: string | undefined, name: string | undefined): void => {
    if (id && name && id.toLowerCase() !== name.toLowerCase()) names[id.toLowerCase()] = name
  }
  for (const id of [e.actor.id, e.actor.app_id]) know(id, e.actor_display || e.actor.name)
  for (const t of e.targets) know(t.id, t.name ?? t.upn)
}

/** ownField is the field that every record has for a value of a group, where the events tell what it is of:
 * a correlation groups by names of its own, or of some records only. */
export function ownField(field: string, value: string, events: readonly (AuditEvent | undefined)[]): string {
  if (field.startsWith('aoc.')) return field
  const v = value.toLowerCase()
  const is = (...texts: (string | undefined)[]): boolean => texts.some((t) => t?.toLowerCase() === v)
  for (const e of events) {
    if (!e) continue
    if (is(e.actor_display, e.actor.upn, e.actor.id, e.actor.app_id)) return 'aoc.actor'
    if (is(e.client_ip)) return 'aoc.ip'
    if (e.targets.some((t) => is(t.id, t.upn, t.name))) return 'aoc.target'
  }
  return field
}
