// Times as people read and write them. A moment is in milliseconds since 1970, UTC.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** systemZone is the zone of this computer by its IANA name. */
export function systemZone(): string {
  zoneHere ??= Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
  return zoneHere
}

/** Asking costs milliseconds, and every time that is shown depends on it. */
let zoneHere: string | undefined

/** isZone reports whether the browser knows a zone by this name. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name !== ''
  } catch {
    return false
  }
}

/** The parts of a moment in a zone, as numbers. */
export interface Parts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string): Intl.DateTimeFormat {
  let f = formats.get(zone)
  if (!f) {
    f = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', era: 'narrow',
      year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    })
    formats.set(zone, f)
  }
  return f
}

/** partsIn takes a moment apart in a zone. */
export function partsIn(at: number, zone: string): Parts {
  if (zone === 'UTC') {
    const d = new Date(at)
    return {
      year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(),
      hour: d.getUTCHours(), minute: d.getUTCMinutes(), second: d.getUTCSeconds(),
    }
  }
  const out: Parts = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 }
  for (const { type, value } of format(zone).formatToParts(at)) if (type in out) out[type as keyof Parts] = Number(value)
  return out
}

const two = (n: number): string => String(n).padStart(2, '0')

/** date writes 2026-11-01. */
export function date(at: number, zone: string): string {
  const p = partsIn(at, zone)
  return `${String(p.year).padStart(4, '0')}-${two(p.month)}-${two(p.day)}`
}

/** clock writes 10:42:07, or 10:42 without seconds. */
export function clock(at: number, zone: string, seconds = true): string {
  const p = partsIn(at, zone)
  return `${two(p.hour)}:${two(p.minute)}${seconds ? ':' + two(p.second) : ''}`
}

/** dateTime writes 2026-11-01 10:42:07. */
export function dateTime(at: number, zone: string, seconds = true): string {
  return `${date(at, zone)} ${clock(at, zone, seconds)}`
}

/** offsetOf is how far a zone is ahead of UTC at a moment, in milliseconds. */
export function offsetOf(at: number, zone: string): number {
  if (zone === 'UTC') return 0
  const p = partsIn(at, zone)
  return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - Math.floor(at / 1000) * 1000
}

/** zoneLabel names a zone at a moment: UTC, UTC+02:00. */
export function zoneLabel(at: number, zone: string): string {
  const minutes = Math.round(offsetOf(at, zone) / MINUTE)
  if (minutes === 0) return 'UTC'
  const abs = Math.abs(minutes)
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(abs / 60))}:${two(abs % 60)}`
}

/** moment is the moment at which clocks in a zone show these parts. In the hour that a clock skips it is the one after. */
export function moment(p: Parts, zone: string): number {
  const wall = Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second)
  const guess = wall - offsetOf(wall, zone)
  const better = wall - offsetOf(guess, zone)
  return better
}

const UNITS: [number, string][] = [[365 * DAY, 'year'], [30 * DAY, 'month'], [DAY, 'day'], [HOUR, 'hour'], [MINUTE, 'minute'], [1000, 'second']]

/** relative writes how long ago a moment is: 3 hours ago, in 2 days, just now. */
export function relative(at: number, now: number): string {
  const ago = now - at
  for (const [size, name] of UNITS) {
    const n = Math.floor(Math.abs(ago) / size)
    if (n >= 1) return ago > 0 ? `${n} ${name}${n > 1 ? 's' : ''} ago` : `in ${n} ${name}${n > 1 ? 's' : ''}`
  }
  return 'just now'
}

/** duration writes a length of time: 45 s, 12 min, 3 h, 2 d 4 h. */
export function duration(ms: number): string {
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`
  if (ms < 2 * DAY) {
    const h = Math.floor(ms / HOUR)
    const m = Math.round((ms % HOUR) / MINUTE)
    return m > 0 && h < 10 ? `${h} h ${m} min` : `${h} h`
  }
  const d = Math.floor(ms / DAY)
  const h = Math.round((ms % DAY) / HOUR)
  return h > 0 && d < 7 ? `${d} d ${h} h` : `${d} d`
}

const RELATIVE = /^-?(\d{1,5})\s*(m|min|h|d|w)$/i

/** parseRange reads a length such as 15m, 24h, 7d or 2w, in milliseconds; undefined when it is none. */
export function parseRange(text: string): number | undefined {
  const m = RELATIVE.exec(text.trim())
  if (!m) return undefined
  const n = Number(m[1])
  const unit = (m[2] ?? '').toLowerCase()
  const ms = n * (unit.startsWith('m') ? MINUTE : unit === 'h' ? HOUR : unit === 'd' ? DAY : 7 * DAY)
  return ms > 0 ? ms : undefined
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
// A time may be followed by the rest of a line of a log, but not by more digits or a broken time.
const END = String.raw`(?![\d:.T]|\s*\d{1,2}:)`
const ISO = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T _]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?(?:\s?(Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}\b))?` + END, 'i')
// Apache and nginx: 10/Oct/2026:13:55:36 +0200; syslog: Oct 10 13:55:36; RFC 1123: Sat, 10 Oct 2026 13:55:36 GMT.
const APACHE = new RegExp(String.raw`^(\d{1,2})\/([a-z]{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\s*([+-]\d{4}))?` + END, 'i')
const SYSLOG = new RegExp(String.raw`^([a-z]{3})\s+(\d{1,2})(?:,?\s+(\d{4}))?,?\s+(\d{1,2}):(\d{2}):(\d{2})` + END, 'i')
const MAIL = new RegExp(String.raw`^(?:[a-z]{3},\s*)?(\d{1,2})\s+([a-z]{3})[a-z]*\s+(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?:\s*(GMT\b|UTC\b|Z\b|[+-]\d{4}))?` + END, 'i')
/** Where a time with date and clock begins inside a line. */
const INSIDE = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}|\d{1,2}\/[a-z]{3}\/\d{4}:\d{2}:\d{2}/i

/** parseTime reads a time that a person pasted: ISO with or without zone, a log line's, epoch seconds or milliseconds.
 * The rest of a log's line may stand around it. Without a zone it is in the given one. A date stands for its beginning. Undefined when it is no time. */
export function parseTime(text: string, zone: string, now: number): number | undefined {
  const s = text.trim().replace(/^[["'(]+|[\]"')]+$/g, '')
  if (/^now$/i.test(s)) return now
  if (/^\d{9,10}(\.\d+)?$/.test(s)) return Math.round(Number(s) * 1000)
  if (/^\d{12,13}$/.test(s)) return Number(s)
  if (s.startsWith('-')) {
    const ago = parseRange(s)
    return ago === undefined ? undefined : now - ago
  }
  let m = ISO.exec(s)
  if (m) return build(m[1], m[2], m[3], m[4], m[5], m[6], m[7], zone)
  m = APACHE.exec(s)
  if (m) return build(m[3], month(m[2]), m[1], m[4], m[5], m[6], m[7], zone)
  m = MAIL.exec(s)
  if (m) return build(m[3], month(m[2]), m[1], m[4], m[5], m[6], m[7], zone)
  m = SYSLOG.exec(s)
  if (!m) {
    const inside = INSIDE.exec(s)
    return inside && inside.index > 0 ? parseTime(s.slice(inside.index), zone, now) : undefined
  }
  const year = m[3] ?? String(partsIn(now, zone).year)
  const at = build(year, month(m[1]), m[2], m[4], m[5], m[6], undefined, zone)
  // Syslog tells no year: one that would lie in the future was last year's.
  return at !== undefined && !m[3] && at > now + DAY ? build(String(Number(year) - 1), month(m[1]), m[2], m[4], m[5], m[6], undefined, zone) : at
}

function month(name: string | undefined): string {
  return String(MONTHS.indexOf((name ?? '').toLowerCase()) + 1)
}

type Part = string | undefined

function build(y: Part, mo: Part, d: Part, h: Part, mi: Part, s: Part, offset: Part, zone: string): number | undefined {
  const p: Parts = { year: Number(y), month: Number(mo), day: Number(d), hour: Number(h ?? 0), minute: Number(mi ?? 0), second: Number(s ?? 0) }
  if (p.month < 1 || p.month > 12 || p.day < 1 || p.hour > 23 || p.minute > 59 || p.second > 60) return undefined
  if (p.day > new Date(Date.UTC(p.year, p.month, 0)).getUTCDate()) return undefined
  if (!offset) return moment(p, zone)
  const wall = Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second)
  const o = /^([+-])(\d{2}):?(\d{2})$/.exec(offset)
  if (!o) return wall
  return wall - (o[1] === '-' ? -1 : 1) * (Number(o[2]) * HOUR + Number(o[3]) * MINUTE)
}

/** iso writes a moment as the API and URLs take it: 2026-11-01T10:42:07Z, with milliseconds only where there are any. */
export function iso(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}
