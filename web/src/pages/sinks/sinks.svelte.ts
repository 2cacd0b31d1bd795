// The sinks there are with how each is, and what their receivers refused.

import { get, isAbort, problemOf, send, type Problem } from '../../api/client'
import type { DeadLetterPage, Kind, Sink, SinkKinds, SinkSpec } from './types'

export class Sinks {
  items = $state.raw<Sink[]>()
  kinds = $state.raw<Kind[]>([])
  /** Names of the secrets that the operator has given. */
  secrets = $state.raw<string[]>([])
  problem = $state.raw<Problem>()
  /** The moment what is shown was true. */
  now = $state(Date.now())

  async load(signal?: AbortSignal): Promise<void> {
    try {
      if (this.kinds.length === 0) {
        const { kinds, secrets } = await get<SinkKinds>('/api/sinks/kinds', {}, signal)
        this.kinds = kinds
        this.secrets = secrets
      }
      this.items = (await get<{ items: Sink[] }>('/api/sinks', {}, signal)).items
      this.now = Date.now()
      this.problem = undefined
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    }
  }

  title(kind: string): string {
    return this.kinds.find((k) => k.kind === kind)?.title ?? kind
  }
}

/** save keeps a sink, a new one or another version of one. It rejects with a Problem. */
export function save(spec: SinkSpec, of: Sink | undefined, again: boolean): Promise<Sink> {
  if (!of) return send<Sink>('POST', '/api/sinks', spec)
  return send<Sink>('PUT', `/api/sinks/${encodeURIComponent(of.id)}`, { ...spec, version: of.version, begin_again: again })
}

export function test(spec: SinkSpec): Promise<void> {
  return send('POST', '/api/sinks/test', spec)
}

export function drop(sink: Sink): Promise<void> {
  return send('DELETE', `/api/sinks/${encodeURIComponent(sink.id)}?version=${sink.version}`)
}

export function retry(sink: Sink): Promise<void> {
  return send('POST', `/api/sinks/${encodeURIComponent(sink.id)}/retry`)
}

export function letters(sink: string, cursor?: string): Promise<DeadLetterPage> {
  return get<DeadLetterPage>('/api/sinks/dead-letters', { sink, cursor })
}

export interface Selection {
  ids?: string[]
  sink?: string
}

export async function resend(which: Selection): Promise<number> {
  return (await send<{ count: number }>('POST', '/api/sinks/dead-letters/resend', which)).count
}

export async function giveUp(which: Selection): Promise<number> {
  return (await send<{ count: number }>('POST', '/api/sinks/dead-letters/drop', which)).count
}

/** specOf is what people have set of a sink. */
export function specOf(s: Sink): SinkSpec {
  return {
    name: s.name,
    kind: s.kind,
    enabled: s.enabled ?? false,
    filter: s.filter ?? '',
    own_events: s.own_events ?? false,
    settings: s.settings ?? {},
    ...(s.tenants ? { tenants: s.tenants } : {}),
    ...(s.origins ? { origins: s.origins } : {}),
    ...(s.start ? { start: s.start } : {}),
  }
}
