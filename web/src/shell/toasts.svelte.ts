// Short messages about what was just done, with a way to undo it.

export interface Toast {
  id: number
  text: string
  hint: string
  kind: 'info' | 'error'
  action: { label: string; run: () => void | Promise<void> } | undefined
}

let next = 1

class Toasts {
  items = $state<Toast[]>([])
  #timers = new Map<number, ReturnType<typeof setTimeout>>()

  /** show tells something. It stays for a while, errors and what can be undone for longer. */
  show(text: string, more: { hint?: string; kind?: 'info' | 'error'; action?: Toast['action']; ms?: number } = {}): number {
    const toast: Toast = { id: next++, text, hint: more.hint ?? '', kind: more.kind ?? 'info', action: more.action }
    this.items = [...this.items.slice(-3), toast]
    this.#wait(toast.id, more.ms ?? (toast.action || toast.kind === 'error' ? 10_000 : 4_000))
    return toast.id
  }

  /** fail tells of an error; of an ended session the whole screen does. */
  fail(err: { message: string; hint?: string; status?: number }): void {
    if (err.status === 401) return
    this.show(err.message, { kind: 'error', hint: err.hint ?? '' })
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.items = this.items.filter((t) => t.id !== id)
  }

  /** hold keeps a message while somebody reads it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id))
  }

  release(id: number): void {
    this.#wait(id, 4_000)
  }

  #wait(id: number, ms: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.set(id, setTimeout(() => this.dismiss(id), ms))
  }
}

export const toasts = new Toasts()
