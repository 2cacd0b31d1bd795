// Where the person is. The address holds everything that a copied link must hold; places in a
// page (how far it is scrolled) belong to the entry of the history and survive Back and reload.

import { tidy } from '../lib/url'

/** The pages, and what their path names. */
export type Route =
  | { page: 'explorer' }
  | { page: 'event'; id: string }
  | { page: 'entity'; kind: string; id: string }
  | { page: 'review' }
  | { page: 'sources' }
  | { page: 'alerts' }
  | { page: 'rules'; id: string }
  | { page: 'tokens' }
  | { page: 'sinks' }
  | { page: 'notifiers' }
  | { page: 'sessions' }
  | { page: 'mcp' }
  | { page: 'unknown' }

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** match tells which page a path stands for. */
export function match(path: string): Route {
  const [, first = '', second, ...rest] = path.split('/')
  if (first === '' && second === undefined) return { page: 'explorer' }
  if (first === 'review' && !second) return { page: 'review' }
  if (first === 'sources' && !second) return { page: 'sources' }
  if (first === 'alerts' && !second) return { page: 'alerts' }
  if (first === 'rules') return { page: 'rules', id: second ? decode([second, ...rest].join('/')) : '' }
  if (first === 'tokens' && !second) return { page: 'tokens' }
  if (first === 'sinks' && !second) return { page: 'sinks' }
  if (first === 'notifiers' && !second) return { page: 'notifiers' }
  if (first === 'sessions' && !second) return { page: 'sessions' }
  if (first === 'mcp-setup' && !second) return { page: 'mcp' }
  if (first === 'events' && second) return { page: 'event', id: decode([second, ...rest].join('/')) }
  if (first === 'entities' && second && rest.length > 0) return { page: 'entity', kind: decode(second), id: decode(rest.join('/')) }
  return { page: 'unknown' }
}

const STORE = 'aoc.places'
const MAX_PLACES = 60

class Router {
  #url = $state.raw(new URL(location.href))
  #entry = ''
  #places = new Map<string, Record<string, unknown>>()
  readonly route: Route = $derived(match(this.#url.pathname))

  constructor() {
    try {
      this.#places = new Map(JSON.parse(sessionStorage.getItem(STORE) ?? '[]') as [string, Record<string, unknown>][])
    } catch {
      // Nothing kept: pages open at their top.
    }
    this.#arrive()
    addEventListener('popstate', () => {
      this.#arrive()
      this.#url = new URL(location.href)
    })
    addEventListener('pagehide', () => {
      try {
        sessionStorage.setItem(STORE, JSON.stringify([...this.#places].slice(-MAX_PLACES)))
      } catch {
        // Storage is full or blocked.
      }
    })
    history.scrollRestoration = 'manual'
  }

  #arrive(): void {
    const state = history.state as { entry?: string } | null
    this.#entry = state?.entry ?? fresh()
    if (!state?.entry) history.replaceState({ entry: this.#entry }, '')
  }

  /** The address, reactive. Treat as read-only. */
  get url(): URL {
    return this.#url
  }

  /** The query parameters of the address, reactive. */
  get params(): URLSearchParams {
    return this.#url.searchParams
  }

  /** The entry of the history that is shown; changes with every new page, not with replaced addresses. */
  get entry(): string {
    return this.#entry
  }

  /** go shows another address. replace keeps the entry of the history, for changes that Back should not step through. */
  go(to: string | URL, options: { replace?: boolean } = {}): void {
    const url = new URL(to, location.href)
    if (url.origin !== location.origin) {
      location.assign(url)
      return
    }
    if (url.href === location.href) return
    if (options.replace) history.replaceState({ entry: this.#entry }, '', url)
    else {
      this.#entry = fresh()
      history.pushState({ entry: this.#entry }, '', url)
    }
    this.#url = url
  }

  /** set changes query parameters of the page that is shown; undefined or "" takes one away. */
  set(changes: Record<string, string | undefined>, options: { replace?: boolean } = {}): void {
    const url = new URL(location.href)
    for (const [name, value] of Object.entries(changes)) {
      if (value) url.searchParams.set(name, value)
      else url.searchParams.delete(name)
    }
    this.go(tidy(url), options)
  }

  /** remember keeps something about the page under this entry of the history. */
  remember(name: string, value: unknown): void {
    const place = this.#places.get(this.#entry) ?? {}
    this.#places.delete(this.#entry)
    this.#places.set(this.#entry, { ...place, [name]: value })
  }

  /** recall gives back what was remembered under this entry. */
  recall<T>(name: string): T | undefined {
    return this.#places.get(this.#entry)?.[name] as T | undefined
  }
}

function fresh(): string {
  return Math.random().toString(36).slice(2, 10)
}

export const router = new Router()

/** followLinks lets plain clicks on links to this origin's pages be answered by the router. */
export function followLinks(e: MouseEvent): void {
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
  const link = e.target instanceof Element ? e.target.closest('a[href]') : null
  if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.hasAttribute('download')) return
  const url = new URL(link.href)
  if (url.origin !== location.origin || match(url.pathname).page === 'unknown') return
  e.preventDefault()
  router.go(url)
}
