// The colours of a query while it is typed: fields, signs, keywords, and the place of a mistake.

import type { Place } from '../api/client'
import { parse } from '../lib/query'

/** A stretch of a query that looks the same. */
export interface Stroke {
  text: string
  kind: 'plain' | 'field' | 'not' | 'keyword'
  wrong: boolean
}

/** paint splits a query into strokes. Nothing is lost or added: it is drawn exactly under what is typed. */
export function paint(q: string, place: Place | undefined): Stroke[] {
  const kinds: { at: number; to: number; kind: Stroke['kind'] }[] = []
  outline(q, 0, kinds)
  const cuts = new Set([0, q.length])
  for (const k of kinds) cuts.add(k.at).add(k.to)
  const wrong = place && mistake(q, place)
  if (wrong) cuts.add(wrong[0]).add(wrong[1])
  const places = [...cuts].filter((n) => n >= 0 && n <= q.length).sort((a, b) => a - b)
  const out: Stroke[] = []
  for (const [i, from] of places.entries()) {
    const to = places[i + 1]
    if (to === undefined) break
    out.push({
      text: q.slice(from, to),
      kind: kinds.find((k) => k.at <= from && to <= k.to)?.kind ?? 'plain',
      wrong: wrong !== undefined && wrong[0] <= from && to <= wrong[1],
    })
  }
  return out
}

/** mistake is the stretch to underline: at least one character, the last one when the text ends too early. */
function mistake(q: string, place: Place): [number, number] | undefined {
  if (q === '') return undefined
  const at = Math.min(Math.max(place.at, 0), q.length - 1)
  return [at, Math.min(Math.max(place.to, at + 1), q.length)]
}

function outline(q: string, base: number, out: { at: number; to: number; kind: Stroke['kind'] }[]): void {
  for (const t of parse(q)) {
    const text = q.slice(t.from, t.to)
    const sign = /^(?:-|NOT\s+)+/.exec(text)?.[0].length ?? 0
    if (t.kind === 'or' || t.kind === 'and') {
      out.push({ at: base + t.from, to: base + t.to, kind: 'keyword' })
      continue
    }
    if (t.not && sign > 0) out.push({ at: base + t.from, to: base + t.from + sign, kind: 'not' })
    const from = t.from + (t.not ? sign : 0)
    if (t.kind === 'field') out.push({ at: base + from, to: base + q.indexOf(':', from) + 1, kind: 'field' })
    if (t.kind === 'group' && t.to - from > 1) {
      const close = q.charAt(t.to - 1) === ')' ? 1 : 0
      outline(q.slice(from + 1, t.to - close), base + from + 1, out)
    }
  }
}
