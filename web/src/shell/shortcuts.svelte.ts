// Keys. Pages register theirs while they are shown; the help dialog lists what is registered.

import { untrack } from 'svelte'

export interface Shortcut {
  /** As KeyboardEvent.key has it: "/", "j", "Enter", "Escape"; "Shift+Enter"; "g r" for one after the other. */
  key: string
  /** What it does, for the help dialog. */
  does: string
  /** The heading in the help dialog. */
  group: string
  /** Return false to let the key pass on. */
  run: (e: KeyboardEvent) => void | boolean
  /** Also while typing in a field. */
  always?: boolean
}

/** How long the second key of two may take, in ms. */
const SECOND = 1200

class Shortcuts {
  #before = ''
  #at = 0
  list = $state.raw<readonly Shortcut[]>([])

  /** add registers keys and returns what unregisters them: `$effect(() => shortcuts.add([...]))`. Later ones win. */
  add(items: Shortcut[]): () => void {
    // An effect that registers keys must not run again because others do.
    untrack(() => (this.list = [...this.list, ...items]))
    return () => {
      untrack(() => (this.list = this.list.filter((s) => !items.includes(s))))
    }
  }

  handle(e: KeyboardEvent): void {
    if (e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return
    const typing = isTyping(e.target)
    const overlay = document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null
    const name = e.shiftKey && e.key.length > 1 ? 'Shift+' + e.key : e.key
    const two = e.timeStamp - this.#at < SECOND ? `${this.#before} ${name}` : name
    const pressed = this.list.some((s) => s.key === two) ? two : name
    this.#before = typing ? '' : name
    this.#at = e.timeStamp
    for (const s of this.list.toReversed()) {
      if (s.key !== pressed || ((typing || overlay) && !s.always)) continue
      // Enter and space belong to the control that has the focus.
      if ((e.key === 'Enter' || e.key === ' ') && e.target instanceof Element && e.target.closest('button, a[href], summary, [role="button"]')) return
      if (s.run(e) === false) continue
      e.preventDefault()
      return
    }
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
}

export const shortcuts = new Shortcuts()
