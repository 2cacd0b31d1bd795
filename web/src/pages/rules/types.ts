// The shapes of rules by the names this page uses.

import type { components } from '../../api/schema'

type Schemas = components['schemas']

export type Rule = Schemas['Rule']
export type RuleSpec = Schemas['RuleSpec']
export type RuleReport = Schemas['RuleReport']
export type Exclusion = Schemas['Exclusion']
export type Condition = Schemas['Condition']
export type LoadReport = Schemas['LoadReport']
export type LoadedRule = Schemas['LoadedRule']

/** What a rule would have raised of what is stored. */
export interface BackTest {
  events: number
  alerts: number
  read: number
  complete: boolean
  days: { day: string; count: number }[]
  values: { field: string; values: { value: string; count: number }[] }[]
  suggested?: { field: string; value: string; events: number }
  samples: Sample[]
}

/** An event that matched, and what a rule found in it. */
export interface Sample {
  key: string
  timestamp: string
  summary: string
  hits: { field: string; value: string }[]
}

/** One line of the answer of a trial. */
export interface Tried {
  read: number
  matched: number
  result?: BackTest
  error?: string
}

/** A rule on its way over what is stored, raising alerts. */
export type Run = components['schemas']['PastRun']
