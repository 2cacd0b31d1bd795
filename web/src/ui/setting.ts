// Settings that the server describes: what a form has to ask for a kind of receiver.
import type { components } from '../api/schema'

export type Setting = components['schemas']['Setting']

/** withDefaults gives a value for each setting: what is set, or else the default. */
export function withDefaults(settings: readonly Setting[], set: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(settings.map((s) => [s.name, set?.[s.name] ?? s.default ?? '']))
}

/** given leaves out what is empty and what other kinds had set. */
export function given(settings: readonly Setting[], values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(settings.map((s) => [s.name, (values[s.name] ?? '').trim()] as const).filter(([, value]) => value !== ''))
}

/** missing names the settings that are needed and empty. */
export function missing(settings: readonly Setting[], values: Record<string, string>): string[] {
  return settings.filter((s) => s.required && (values[s.name] ?? '').trim() === '').map((s) => s.title)
}

/** faulty tells whether a message of the server names a setting. */
export function faulty(name: string, message: string): boolean {
  return message.includes(`settings.${name}:`)
}
