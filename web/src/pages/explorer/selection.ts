// What is asked of the server: the part of a view that decides which events there are.

import type { Param } from '../../api/client'
import { iso } from '../../lib/time'
import { boundsOf, type Range, type View } from '../../lib/view'

/** A question to the server. Everything on the screen that counts or lists is of one selection. */
export interface Selection {
  /** The same for the same question, whenever it is asked. */
  id: string
  q: string
  range: Range
  noise: boolean
  /** The bounds in ms, as they were when it was asked; open where undefined. */
  start: number | undefined
  end: number | undefined
  /** When it was asked, in ms. */
  now: number
  params: Record<string, Param>
}

/** selectionOf makes a question of a view, now. */
export function selectionOf(view: View, zone: string, now: number): Selection {
  const { start, end } = boundsOf(view.range, now)
  const q = view.q.trim()
  return {
    id: JSON.stringify([q, view.range, view.noise, zone]),
    q,
    range: view.range,
    noise: view.noise,
    start,
    end,
    now,
    params: {
      q,
      start: start === undefined ? undefined : iso(start),
      end: end === undefined ? undefined : iso(end),
      noise: view.noise ? 'show' : 'hide',
      tz: zone,
    },
  }
}
