// The one menu of all value handles: thousands of handles can be on a screen, one menu is enough.

import type { MenuItem } from './Menu.svelte'

/** What a handle stands for. */
export interface Handle {
  /** The field of the query language; undefined is a value that can only be searched for as text. */
  field: string | undefined
  value: string
  /** The page of the thing that the value names. */
  entity: { kind: string; id: string } | undefined
  /** What else can be done with it where it stands. */
  more?: readonly MenuItem[] | undefined
}

class ValueMenu {
  handle = $state.raw<Handle>()
  anchor = $state.raw<HTMLElement | null>(null)

  show(handle: Handle, anchor: HTMLElement): void {
    this.handle = handle
    this.anchor = anchor
  }

  close(): void {
    this.handle = undefined
  }
}

export const valueMenu = new ValueMenu()
