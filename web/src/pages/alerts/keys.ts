// The keys of the inbox.

import type { Shortcut } from '../../shell/shortcuts.svelte'

/** What keys do. */
export interface Actions {
  go: (by: number) => void
  open: () => void
  choose: () => void
  acknowledge: () => void
  close: () => void
  comment: () => void
  /** Closes the alert, or clears the selection; false when there is neither. */
  leave: () => boolean
}

const GROUP = 'Alerts'

/** keys are the shortcuts of the inbox; edits is whether one may change alerts. */
export function keys(a: Actions, edits: boolean): Shortcut[] {
  return [
    { key: 'j', does: 'Next', group: GROUP, run: () => a.go(1) },
    { key: 'k', does: 'Previous', group: GROUP, run: () => a.go(-1) },
    { key: 'Enter', does: 'Open', group: GROUP, run: a.open },
    ...(edits
      ? [
          { key: ' ', does: 'Select', group: GROUP, run: a.choose },
          { key: 'a', does: 'Acknowledge', group: GROUP, run: a.acknowledge },
          { key: 'x', does: 'Close with a reason', group: GROUP, run: a.close },
          { key: 'c', does: 'Comment', group: GROUP, run: a.comment },
        ]
      : []),
    { key: 'Escape', does: 'Close the drawer, clear the selection', group: GROUP, run: () => a.leave() },
  ]
}
