// What the panel to ask questions knows of the API.

import type { components, operations } from '../../api/schema'
import type { AuditEvent } from '../../api/types'
import type { Range } from '../../lib/view'

type Schemas = components['schemas']

export type Step = Schemas['Step']
export type Claim = Schemas['Claim']
export type Count = Schemas['Count']
export type Note = Schemas['Note']

type Whole = operations['ask']['responses'][200]['content']['application/json']

/** What POST /api/ask answers. */
export interface Answer extends Omit<Whole, 'events'> {
  events: AuditEvent[] | null
}

/** What an answer is to keep to, of what the list shows. */
export interface Within {
  /** A query; empty is everything. */
  q: string
  /** undefined is all time. */
  range: Range | undefined
}
