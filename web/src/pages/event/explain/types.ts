// What an explanation of an event is made of.

import type { operations } from '../../../api/schema'

export type { Step } from '../../ask/types'

/** What POST /api/events/{id}/explain answers. */
export type Explanation = operations['explain-event']['responses'][200]['content']['application/json']
