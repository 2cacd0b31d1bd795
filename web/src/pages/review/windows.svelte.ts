// The change windows there are, and the one that is being written.

import { get, isAbort, problemOf, send, type Problem } from '../../api/client'
import { tidied } from './schedule'
import type { ChangeWindow, WindowPreview, WindowSpec } from './types'

export class Windows {
  items = $state.raw<ChangeWindow[]>()
  problem = $state.raw<Problem>()

  async load(signal?: AbortSignal): Promise<void> {
    try {
      this.items = (await get<{ items: ChangeWindow[] }>('/api/change-windows', {}, signal)).items
      this.problem = undefined
    } catch (err) {
      if (!isAbort(err)) this.problem = problemOf(err)
    }
  }

  async remove(w: ChangeWindow): Promise<void> {
    await send('DELETE', `/api/change-windows/${encodeURIComponent(w.id)}?version=${w.version}`)
  }
}

/** A window being written: what it would mark is asked for as it changes. */
export class Draft {
  spec = $state<WindowSpec>() as WindowSpec
  kind = $state<'once' | 'weekly'>('weekly')
  preview = $state.raw<WindowPreview>()
  /** Of the preview, and of keeping it. */
  problem = $state.raw<Problem>()
  saving = $state(false)
  /** Set when somebody else changed it while this was written. */
  conflict = $state(false)
  /** What it was made of; undefined for a new one. */
  base = $state.raw<ChangeWindow>()
  #asked = 0

  constructor(spec: WindowSpec, base?: ChangeWindow) {
    this.spec = spec
    this.base = base
    this.kind = spec.weekly && !(base && base.start) ? 'weekly' : 'once'
  }

  /** sent is the window as it would be kept. */
  get sent(): WindowSpec {
    return tidied($state.snapshot(this.spec), this.kind)
  }

  /** look asks what the window would mark. A title is not needed for that. */
  async look(signal: AbortSignal): Promise<void> {
    const mine = ++this.#asked
    const sent = this.sent
    try {
      const preview = await send<WindowPreview>('POST', '/api/change-windows/preview', { ...sent, title: sent.title || 'draft' }, signal)
      if (mine !== this.#asked) return
      this.preview = preview
      this.problem = undefined
    } catch (err) {
      if (mine === this.#asked && !isAbort(err)) this.problem = problemOf(err)
    }
  }

  /** save keeps it. It fails with a conflict when somebody was faster: their version is then the base. */
  async save(): Promise<ChangeWindow | undefined> {
    this.saving = true
    try {
      const kept = this.base
        ? await send<ChangeWindow>('PUT', `/api/change-windows/${encodeURIComponent(this.base.id)}`, { ...this.sent, version: this.base.version })
        : await send<ChangeWindow>('POST', '/api/change-windows', this.sent)
      this.conflict = false
      this.problem = undefined
      return kept
    } catch (err) {
      this.problem = problemOf(err)
      this.conflict = this.problem.status === 409 && this.base !== undefined
      return undefined
    } finally {
      this.saving = false
    }
  }
}
