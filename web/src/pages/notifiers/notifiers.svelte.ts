// Who is told of alerts, and how that goes.

import { get, isAbort, problemOf, send, type Problem } from '../../api/client'
import type { Kind, Notifier, NotifierKinds, NotifierSpec, NotifierTest } from './types'

export class Notifiers {
  items = $state.raw<Notifier[]>()
  kinds = $state.raw<Kind[]>([])
  /** Names of the secrets that the operator has given. */
  secrets = $state.raw<string[]>([])
  problem = $state.raw<Problem>()

  async load(signal?: AbortSignal): Promise<void> {
    try {
      if (this.kinds.length === 0) {
        const { kinds, secrets } = await get<NotifierKinds>('/api/notifiers/kinds', {}, signal)
        this.kinds = kinds
        this.secrets = secrets
      }
      this.items = (await get<{ items: Notifier[] }>('/api/notifiers', {}, signal)).items
      this.problem = undefined
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    }
  }

  title(kind: string): string {
    return this.kinds.find((k) => k.kind === kind)?.title ?? kind
  }
}

/** save keeps a notifier, a new one or another version of one. It rejects with a Problem. */
export function save(spec: NotifierSpec, of: Notifier | undefined): Promise<Notifier> {
  if (!of) return send<Notifier>('POST', '/api/notifiers', spec)
  return send<Notifier>('PUT', `/api/notifiers/${encodeURIComponent(of.id)}`, { ...spec, version: of.version })
}

/** test sends a message that is a test, by a notifier as it is kept or as it is described. */
export function test(what: { id: string } | { notifier: NotifierSpec }): Promise<NotifierTest> {
  return send<NotifierTest>('POST', '/api/notifiers/test', what)
}

export function drop(n: Notifier): Promise<void> {
  return send('DELETE', `/api/notifiers/${encodeURIComponent(n.id)}?version=${n.version}`)
}
