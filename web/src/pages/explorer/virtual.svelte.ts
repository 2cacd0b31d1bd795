// The rows of a long list that are in sight: TanStack's virtualiser with Svelte's runes.

import { elementScroll, observeElementOffset, observeElementRect, type VirtualItem, Virtualizer } from '@tanstack/virtual-core'

interface Options {
  count: number
  /** The height of a row in px. */
  size: number
  element: HTMLElement | null
}

/** Virtual tells which rows of a list to draw, and where. */
export class Virtual {
  items = $state.raw<VirtualItem[]>([])
  readonly #core: Virtualizer<HTMLElement, HTMLElement>
  #options: Options = { count: 0, size: 32, element: null }

  /** options is read anew whenever what it depends on changes. Call during initialisation of a component. */
  constructor(options: () => Options) {
    this.#core = new Virtualizer<HTMLElement, HTMLElement>({ ...this.#given(), onChange: () => this.#read() })
    $effect(() => {
      const next = options()
      const resized = next.size !== this.#options.size
      this.#options = next
      this.#core.setOptions({ ...this.#given(), onChange: () => this.#read() })
      this.#core._willUpdate()
      if (resized) this.#core.measure()
      this.#read()
    })
    $effect(() => this.#core._didMount())
  }

  #given() {
    return {
      count: this.#options.count,
      getScrollElement: () => this.#options.element,
      estimateSize: () => this.#options.size,
      overscan: 4,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
    }
  }

  #read(): void {
    this.items = this.#core.getVirtualItems()
  }

  /** show scrolls just as far as a row needs to be in sight. */
  show(index: number): void {
    this.#core.scrollToIndex(index, { align: 'auto' })
  }
}
