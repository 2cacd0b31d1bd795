// What one person chose on this computer: their name, the time zone, the theme.

import { isZone, systemZone } from '../lib/time'

function read(key: string): string {
  try {
    return localStorage.getItem('aoc.' + key) ?? ''
  } catch {
    return ''
  }
}

function write(key: string, value: string): void {
  try {
    if (value === '') localStorage.removeItem('aoc.' + key)
    else localStorage.setItem('aoc.' + key, value)
  } catch {
    // Storage is blocked: the choice holds until the page is left.
  }
}

export type Theme = 'system' | 'light' | 'dark'

const THEMES: readonly string[] = ['light', 'dark']

class Settings {
  #name = $state(read('name'))
  #zone = $state(read('zone'))
  #theme = $state<Theme>(THEMES.includes(read('theme')) ? (read('theme') as Theme) : 'system')

  /** The name that edits are recorded under; empty is "anonymous". */
  get name(): string {
    return this.#name
  }

  set name(value: string) {
    this.#name = value.trim().slice(0, 100)
    write('name', this.#name)
  }

  /** The zone that times are shown in: an IANA name. */
  get zone(): string {
    return this.#zone !== '' && isZone(this.#zone) ? this.#zone : systemZone()
  }

  /** Whether times are shown in UTC rather than in local time. */
  get utc(): boolean {
    return this.#zone.toUpperCase() === 'UTC'
  }

  /** setZone chooses the zone; "" is this computer's. */
  setZone(zone: string): void {
    this.#zone = zone
    write('zone', zone)
  }

  get theme(): Theme {
    return this.#theme
  }

  set theme(theme: Theme) {
    this.#theme = theme
    write('theme', theme === 'system' ? '' : theme)
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }
}

export const settings = new Settings()
