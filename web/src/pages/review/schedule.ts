// When a change window is open and for whom, as a sentence.

import { clock, date, duration } from '../../lib/time'
import type { ChangeWindow, Day, WindowSpec } from './types'

export const DAYS: readonly { day: Day; short: string; name: string }[] = [
  { day: 'mon', short: 'Mon', name: 'Monday' },
  { day: 'tue', short: 'Tue', name: 'Tuesday' },
  { day: 'wed', short: 'Wed', name: 'Wednesday' },
  { day: 'thu', short: 'Thu', name: 'Thursday' },
  { day: 'fri', short: 'Fri', name: 'Friday' },
  { day: 'sat', short: 'Sat', name: 'Saturday' },
  { day: 'sun', short: 'Sun', name: 'Sunday' },
]

/** list writes a, b and c. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

/** dayWords writes the days of a week: weekday, day, Saturday and Sunday. */
export function dayWords(days: readonly Day[]): string {
  const set = new Set(days)
  const known = DAYS.filter((d) => set.has(d.day))
  if (known.length === 7) return 'day'
  if (known.length === 5 && !set.has('sat') && !set.has('sun')) return 'weekday'
  return list(known.map((d) => d.name))
}

const DATE = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })

/** dateWords writes 2026-11-07 as Sat 7 Nov 2026. */
export function dateWords(text: string): string {
  const at = Date.parse(text.slice(0, 10) + 'T00:00:00Z')
  return Number.isNaN(at) ? text : DATE.format(at).replace(',', '')
}

/** hourWords writes from–to, and says when that ends on the next day. */
export function hourWords(from: string, to: string): string {
  if (from === '00:00' && to === '24:00') return 'all day'
  return `${from}–${to}${to !== '24:00' && to <= from ? ' (next day)' : ''}`
}

/** whenWords says when: Every Saturday 20:00–23:00 Europe/Berlin. */
export function whenWords(w: Pick<WindowSpec, 'zone' | 'start' | 'end' | 'weekly'>): string {
  if (w.weekly) {
    const k = w.weekly
    const bounds = (k.since ? `, from ${dateWords(k.since)}` : '') + (k.until ? `${k.since ? '' : ','} until ${dateWords(k.until)}` : '')
    return `Every ${dayWords(k.days) || '…'} ${hourWords(k.from || '…', k.to || '…')} ${w.zone}${bounds}`
  }
  const [start, end] = [w.start ?? '', w.end ?? '']
  if (start === '' || end === '') return `Once, … ${w.zone}`
  const [d1, d2] = [start.slice(0, 10), end.slice(0, 10)]
  const until = d1 === d2 ? end.slice(11, 16) : ` ${dateWords(d2)} ${end.slice(11, 16)}`
  return `Once, ${dateWords(d1)} ${start.slice(11, 16)}–${until.trimStart()} ${w.zone}`
}

/** whoWords says for whom: anyone, Ada and Bob, Ada, Bob and 3 others. */
export function whoWords(actors: readonly string[]): string {
  if (actors.length === 0) return 'anyone'
  return actors.length <= 3 ? list(actors) : list([...actors.slice(0, 2), `${actors.length - 2} others`])
}

/** sentence says all of it: Every Saturday 20:00–23:00 Europe/Berlin, for Ops Team. */
export function sentence(w: WindowSpec): string {
  return `${whenWords(w)}, for ${whoWords(w.actors)}${w.q ? `, where ${w.q}` : ''}`
}

/** occurrence writes one opening, in a zone: Sat 28 Nov 2026 20:00–23:00 (3 h). */
export function occurrence(o: { start: string; end: string }, zone: string): string {
  const [start, end] = [Date.parse(o.start), Date.parse(o.end)]
  const [d1, d2] = [date(start, zone), date(end, zone)]
  const until = d1 === d2 ? clock(end, zone, false) : `${dateWords(d2)} ${clock(end, zone, false)}`
  return `${dateWords(d1)} ${clock(start, zone, false)}–${until} (${duration(end - start)})`
}

/** isPast reports whether a window will not open again. */
export function isPast(w: ChangeWindow, today: string): boolean {
  if (w.weekly) return (w.weekly.until ?? '9999') < today
  return (w.end ?? '').slice(0, 10) < today
}

/** blank is a new window, for the evening of a day. */
export function blank(zone: string, day: string): WindowSpec {
  return { title: '', zone, weekly: { days: ['sat'], from: '20:00', to: '23:00' }, actors: [], q: '', note: '', ticket: '', start: `${day}T20:00`, end: `${day}T23:00` }
}

/** tidied is what is sent: either once or weekly, and nothing that is empty. */
export function tidied(w: WindowSpec, kind: 'once' | 'weekly'): WindowSpec {
  const out: WindowSpec = { title: w.title.trim(), zone: w.zone, actors: w.actors, q: w.q.trim() }
  if (w.note?.trim()) out.note = w.note.trim()
  if (w.ticket?.trim()) out.ticket = w.ticket.trim()
  if (kind === 'once') return { ...out, start: w.start ?? '', end: w.end ?? '' }
  const k = w.weekly ?? { days: [], from: '', to: '' }
  return { ...out, weekly: { days: k.days, from: k.from, to: k.to, ...(k.since ? { since: k.since } : {}), ...(k.until ? { until: k.until } : {}) } }
}

/** isTicketLink reports whether a ticket is an address that may be followed. */
export function isTicketLink(ticket: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(ticket)
}
