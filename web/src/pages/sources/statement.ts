// The statement of completeness as a file.

import type { Coverage } from './types'
import { gapWords } from './words'

/** cell writes a cell of a CSV file that a spreadsheet will not take for a formula. */
export function cell(value: string | number): string {
  const text = String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r\n]/.test(text) ? "'" + text : text
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

const HEAD = ['kind', 'tenant', 'feed', 'title', 'from', 'to', 'complete', 'units_listed', 'units_stored', 'units_expired', 'records_new', 'records_duplicate', 'records_quarantined', 'statement', 'remedy']

/** statementCSV writes a line for the whole, for each feed, and for each of its gaps and losses. */
export function statementCSV(c: Coverage): string {
  const lines: (string | number)[][] = [HEAD]
  lines.push(['all', '', '', 'All feeds', c.span.start ?? '', c.span.end ?? c.generated_at, yes(c.complete), '', '', '', '', '', '', c.statement, ''])
  for (const f of c.feeds) {
    const who = [f.feed.tenant_id, f.name, f.title]
    const t = f.totals
    lines.push([
      'feed', ...who, f.from ?? '', f.watermark ?? '', yes(f.complete), t.units_listed, t.units_stored, t.units_expired,
      t.counts.new, t.counts.duplicate, t.counts.quarantined, f.statement, '',
    ])
    for (const g of f.gaps) {
      lines.push(['gap', ...who, g.window.start ?? '', g.window.end ?? '', yes(false), '', '', '', '', '', '', gapWords(g), g.last_error ?? ''])
    }
    for (const l of f.losses) {
      lines.push(['loss', ...who, l.window.start ?? '', l.window.end ?? '', yes(false), '', '', l.units, '', '', '', l.reason, l.hint ?? ''])
    }
  }
  return lines.map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n'
}

function yes(b: boolean): string {
  return b ? 'yes' : 'no'
}

/** statementJSON is the whole answer of the service, readable. */
export function statementJSON(c: Coverage): string {
  return JSON.stringify(c, null, 2) + '\n'
}

/** save hands a text to the person as a file. */
export function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Not at once: some browsers read it later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
