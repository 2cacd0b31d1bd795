// What happened to an event, in words.

import type { AuditEvent, Review } from '../../api/types'
import { clip, plural } from '../../lib/text'
import { duration } from '../../lib/time'
import type { EditRecord } from './types'

const SOURCES: Record<string, string> = {
  directory: 'Entra directory audits', intune: 'Intune audits', unified: 'Unified audit log', signin: 'Entra sign-ins', risk: 'Entra risk detections', aoc: 'AOC itself',
}

/** sourceName is what people call a source. */
export function sourceName(source: string): string {
  return SOURCES[source] ?? source
}

/** What arrives within this time is not late. */
const PROMPT = 5 * 60_000

/** arrival tells how an event came to the store, and how long it took. */
export function arrival(e: Pick<AuditEvent, 'origin' | 'timestamp' | 'received_at' | 'time_flag'>): string {
  const took = Date.parse(e.received_at) - Date.parse(e.timestamp)
  const later = Number.isNaN(took) || took < 0 ? '' : `${duration(took)} later`
  switch (e.origin) {
    case 'collected':
      return later === '' ? 'collected' : took <= PROMPT ? `collected ${later}` : `arrived ${later}`
    case 'backfilled':
      return 'backfilled: older than the first collection'
    case 'imported':
      return 'imported from a file'
    case 'adopted':
      return 'taken over from another store'
    case 'aoc':
      return 'written by AOC'
  }
  return e.origin
}

/** timeDoubt tells why a time is not the record's own; empty when it is. */
export function timeDoubt(flag: string | undefined): string {
  if (flag === 'missing') return 'The record tells no readable time: this is when it arrived.'
  if (flag === 'implausible') return 'The time of the record cannot be true: this is when it arrived.'
  return ''
}

const KINDS: Record<string, string> = { person: 'person', app: 'application', system: 'system' }

export function kindName(kind: string): string {
  return KINDS[kind] ?? kind
}

/** quoted is a short text in quotes. */
function quoted(text: string, max = 120): string {
  return `“${text.length > max ? clip(text, max) + '…' : text}”`
}

const isReview = (v: unknown): v is Review => typeof v === 'object' && v !== null && 'state' in v

/** editWords tells what somebody did to an event, to go after their name. */
export function editWords(r: EditRecord): string {
  switch (r.action) {
    case 'tags': {
      const [before, after] = [r.before, r.after].map((v) => (Array.isArray(v) ? v.map(String) : []))
      const added = (after ?? []).filter((t) => !before?.includes(t))
      const removed = (before ?? []).filter((t) => !after?.includes(t))
      const parts = []
      if (added.length > 0) parts.push(`added ${tags(added)}`)
      if (removed.length > 0) parts.push(`took off ${tags(removed)}`)
      return parts.join(' and ') || 'left the tags as they were'
    }
    case 'comment':
      return `commented ${quoted(commentText(r.after))}`
    case 'review': {
      if (!isReview(r.after)) return isReview(r.before) ? `took the review “${r.before.state}” away` : 'took the review away'
      const from = isReview(r.before) && r.before.state !== r.after.state ? `, was ${r.before.state}` : ''
      return `marked it ${r.after.state}${from}${r.after.note ? `: ${quoted(r.after.note)}` : ''}${r.after.ticket ? ` (${clip(r.after.ticket, 80)})` : ''}`
    }
  }
  return `changed ${r.action}`
}

function tags(list: string[]): string {
  const shown = list.slice(0, 5).map((t) => quoted(t, 60))
  if (list.length > shown.length) shown.push(plural(list.length - shown.length, 'more', 'more'))
  return `${list.length === 1 ? 'tag' : 'tags'} ${shown.join(', ')}`
}

function commentText(v: unknown): string {
  if (typeof v === 'string') return v
  return typeof v === 'object' && v !== null && 'text' in v ? String(v.text) : ''
}

/** isLink reports whether a ticket is an address that can be opened. */
export function isLink(ticket: string): boolean {
  try {
    return ['https:', 'http:'].includes(new URL(ticket).protocol)
  } catch {
    return false
  }
}
