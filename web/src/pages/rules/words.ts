// What rules are called on the screen, and which of them are shown.

import type { Rule, RuleReport } from './types'

export type Fire = RuleReport['state']

export const FIRES: Record<Fire, { name: string; tone: 'success' | 'partial' | 'failure' | 'unknown'; means: string }> = {
  can_fire: { name: 'Can fire', tone: 'success', means: 'its records are collected' },
  source_off: { name: 'Source is off', tone: 'unknown', means: 'what it judges is not collected' },
  unmapped: { name: 'Unknown names', tone: 'partial', means: 'it names fields that its records do not have, or placeholders without values' },
  invalid: { name: 'No rule', tone: 'failure', means: 'it cannot be judged by' },
}

/** lacks says what a rule would need to fire; empty for one that can. */
export function lacks(r: RuleReport): string {
  const needs = (r.sources ?? []).length > 0 ? `needs ${(r.sources ?? []).join(', ')}` : ''
  switch (r.state) {
    case 'source_off':
      return needs
    case 'unmapped':
      return [...(r.fields ?? []), ...(r.placeholders ?? []).map((p) => `%${p}%`)].join(', ')
    case 'invalid':
      return (r.problems ?? []).join('; ')
    default: // one of several rules of a file is enough
      return needs === '' ? '' : `a part ${needs}`
  }
}

/** What of the rules is shown. */
export interface Narrowed {
  text: string
  /** on, off, or empty for both. */
  state: string
  fire: string
  level: string
  /** A pack; NO_PACK for rules that people made. */
  pack: string
}

export const NO_PACK = '~own'

export function readNarrowed(p: URLSearchParams): Narrowed {
  const one = (name: string): string => p.get(name) ?? ''
  return { text: one('q'), state: one('state'), fire: one('fire'), level: one('level'), pack: one('pack') }
}

/** narrowed gives the rules that all of it holds for; every word must be in a name, description, author, tag or pack. */
export function narrowed(rules: readonly Rule[], n: Narrowed): Rule[] {
  const words = n.text.toLowerCase().split(/\s+/).filter((w) => w !== '')
  return rules.filter((r) => {
    if (n.state !== '' && (r.enabled ?? false) !== (n.state === 'on')) return false
    if (n.fire !== '' && r.report.state !== n.fire) return false
    if (n.level !== '' && r.level !== n.level) return false
    if (n.pack !== '' && (r.pack ?? '') !== (n.pack === NO_PACK ? '' : n.pack)) return false
    if (words.length === 0) return true
    const all = [r.name, r.title, r.description, r.author, r.pack, r.id, ...r.tags].join('\n').toLowerCase()
    return words.every((w) => all.includes(w))
  })
}

/** isLink reports whether a reference can be followed. */
export function isLink(text: string): boolean {
  return /^https?:\/\/[^\s"'<>]+$/i.test(text)
}

/** lineOf is the line that an error about a Sigma file names; undefined for none. */
export function lineOf(message: string): number | undefined {
  const m = /\bline (\d{1,6})\b/i.exec(message)
  return m ? Number(m[1]) : undefined
}

/** How long events of a group are one alert, in minutes. */
export const WINDOWS: readonly { minutes: number; name: string }[] = [
  { minutes: 60, name: 'An hour' },
  { minutes: 360, name: '6 hours' },
  { minutes: 0, name: 'A day' },
  { minutes: 10_080, name: 'A week' },
  { minutes: 43_200, name: '30 days' },
]

/** windowName writes a length in minutes. */
export function windowName(minutes: number): string {
  return WINDOWS.find((w) => w.minutes === minutes)?.name ?? `${minutes} minutes`
}
