// What an API token may do and how long it holds, in words.

import type { Role, Token } from './types'

/** The roles there are, the one that may do least first, and what each may do. */
export const ROLES: readonly { role: Role; name: string; may: string }[] = [
  { role: 'reader', name: 'Reader', may: 'searches, reads, exports' },
  { role: 'analyst', name: 'Analyst', may: 'also tags, comments, reviews, plans change windows' },
  { role: 'member', name: 'Member', may: 'also collects and imports' },
  { role: 'manager', name: 'Manager', may: 'everything, API tokens too' },
]

/** rolesUpTo lists the roles that somebody may give to a token: none that may do more than they. */
export function rolesUpTo(role: string): typeof ROLES {
  return ROLES.slice(0, ROLES.findIndex((r) => r.role === role) + 1)
}

const DAY = 86_400_000

/** The longest that a token holds, in days. */
export const MAX_DAYS = 366

/** A token that ends within so many days is pointed out. */
const SOON_DAYS = 14

export interface State {
  word: string
  tone: 'success' | 'partial' | 'unknown'
}

/** stateOf says whether a token lets anybody in at a moment, in milliseconds since 1970. */
export function stateOf(token: Pick<Token, 'expires_at'>, now: number): State {
  const left = Date.parse(token.expires_at) - now
  if (!(left > 0)) return { word: 'Expired', tone: 'unknown' }
  if (left > SOON_DAYS * DAY) return { word: 'Active', tone: 'success' }
  const days = Math.round(left / DAY)
  return { word: left < DAY ? 'Ends within a day' : `Ends in ${days} day${days > 1 ? 's' : ''}`, tone: 'partial' }
}

/** endOf is when a token made now holds to, in milliseconds since 1970; undefined for a number of days that cannot be. */
export function endOf(days: number | undefined, now: number): number | undefined {
  return days !== undefined && Number.isInteger(days) && days >= 1 && days <= MAX_DAYS ? now + days * DAY : undefined
}

/** summary counts the tokens that let somebody in, and those that do not any more. */
export function summary(tokens: readonly Pick<Token, 'expires_at'>[], now: number): string {
  const expired = tokens.filter((t) => stateOf(t, now).word === 'Expired').length
  const parts = [`${tokens.length - expired} active`]
  if (expired > 0) parts.push(`${expired} expired`)
  return parts.join(', ')
}
