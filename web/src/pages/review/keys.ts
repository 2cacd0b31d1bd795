// The keys of the inbox.

import type { ReviewState } from '../../api/types'
import type { Shortcut } from '../../shell/shortcuts.svelte'
import type { Row } from './rows'

/** What keys do. */
export interface Actions {
  current: () => Row | undefined
  /** Whether an event is open beside the list. */
  reading: () => boolean
  go: (by: number) => void
  /** Opens a group or an event. */
  act: () => void
  collapse: () => void
  choose: (row: Row) => void
  mark: (state: ReviewState | '') => void
  note: () => void
  undo: () => void
  filter: () => void
  /** Closes the event, or clears the selection; false when there is neither. */
  leave: () => boolean
}

const GROUP = 'Review'

/** keys are the shortcuts of the inbox; putBack is whether verdicts can be taken away where one is. */
export function keys(a: Actions, putBack: boolean): Shortcut[] {
  const expand = (): void => {
    const row = a.current()
    if (row?.kind === 'group' && row.opened) a.go(1)
    else if (row) a.act()
  }
  const choose = (): void => {
    const row = a.current()
    if (row) a.choose(row)
  }
  return [
    { key: 'j', does: 'Next', group: GROUP, run: () => a.go(1) },
    { key: 'k', does: 'Previous', group: GROUP, run: () => a.go(-1) },
    { key: 'Enter', does: 'Open a group or an event', group: GROUP, run: a.act },
    { key: 'l', does: 'Expand a group, open an event', group: GROUP, run: expand },
    { key: 'h', does: 'Collapse the group', group: GROUP, run: a.collapse },
    { key: 'ArrowRight', does: 'As l', group: GROUP, run: () => (a.current()?.kind === 'group' ? expand() : false) },
    { key: 'ArrowLeft', does: 'As h', group: GROUP, run: a.collapse },
    { key: ' ', does: 'Select', group: GROUP, run: choose },
    {
      key: 'x', does: 'Select, and go on', group: GROUP,
      // With an event open the key is the drawer's.
      run: () => {
        if (a.reading()) return false
        choose()
        return a.go(1)
      },
    },
    { key: '1', does: 'Expected', group: GROUP, run: () => a.mark('expected') },
    { key: '2', does: 'Unexpected', group: GROUP, run: () => a.mark('unexpected') },
    { key: '3', does: 'Investigating', group: GROUP, run: () => a.mark('investigating') },
    ...(putBack ? [{ key: '0', does: 'Unreviewed again', group: GROUP, run: () => a.mark('') }] : []),
    { key: 'n', does: 'Note and ticket for the next marks', group: GROUP, run: a.note },
    { key: 'z', does: 'Undo (also Ctrl+Z)', group: GROUP, run: a.undo },
    { key: '/', does: 'Filter', group: GROUP, run: a.filter },
    { key: 'Escape', does: 'Close the event, clear the selection', group: GROUP, run: () => a.leave() },
  ]
}

/** windowKeys are the shortcuts of the change windows; close tells whether a form was open. */
export function windowKeys(a: { make: () => void; close: () => boolean }): Shortcut[] {
  return [
    { key: 'n', does: 'New change window', group: GROUP, run: a.make },
    { key: 'Escape', does: 'Close the form', group: GROUP, run: () => a.close() },
  ]
}

/** isUndo reports whether a key is Ctrl+Z or ⌘Z that no text field wants. */
export function isUndo(e: KeyboardEvent): boolean {
  if (e.key.toLowerCase() !== 'z' || !(e.ctrlKey || e.metaKey) || e.shiftKey || e.altKey) return false
  const t = e.target
  return !(t instanceof HTMLTextAreaElement || t instanceof HTMLSelectElement || (t instanceof HTMLInputElement && t.type !== 'checkbox'))
}
