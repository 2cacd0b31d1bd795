// A rule that is being written.

import { problemOf, type Problem } from '../../api/client'
import { changeRule, excluding, makeRule, specOf } from './api'
import { conditionsOf, groupsOf, type Row } from './conditions'
import type { Exclusion, Rule, RuleSpec } from './types'

export class Draft {
  name = $state('')
  severity = $state<RuleSpec['severity'] | ''>('')
  enabled = $state(false)
  kind = $state<'conditions' | 'sigma'>('conditions')
  groups = $state<Row[][]>([])
  sigma = $state('')
  groupBy = $state<string[]>([])
  window = $state(0)
  exclusions = $state.raw<Exclusion[]>([])
  pack = ''
  /** What it was made of; undefined for a new one. */
  base = $state.raw<Rule>()
  problem = $state.raw<Problem>()
  saving = $state(false)
  /** Set when somebody else changed it while this was written. */
  conflict = $state(false)
  #was = $state('')

  constructor(rule?: Rule) {
    this.take(rule)
  }

  /** take begins again with what is kept. */
  take(rule?: Rule): void {
    const spec: RuleSpec = rule ? specOf(rule) : { name: '', enabled: false, conditions: [], severity: 'medium' }
    this.base = rule
    this.name = spec.name ?? ''
    this.severity = spec.severity ?? ''
    this.enabled = spec.enabled ?? false
    this.kind = spec.sigma ? 'sigma' : 'conditions'
    this.groups = groupsOf(spec.conditions ?? [])
    this.sigma = spec.sigma ?? ''
    this.groupBy = [...(spec.group_by ?? [])]
    this.window = spec.window_minutes ?? 0
    this.exclusions = [...(spec.exclusions ?? [])]
    this.pack = spec.pack ?? ''
    this.problem = undefined
    this.conflict = false
    this.#was = JSON.stringify(this.sent)
  }

  /** sent is the rule as it would be kept. */
  get sent(): RuleSpec {
    return {
      name: this.name.trim(), enabled: this.enabled,
      ...(this.severity === '' ? {} : { severity: this.severity }),
      ...(this.kind === 'sigma' ? { sigma: this.sigma } : { conditions: conditionsOf(this.groups) }),
      ...(this.groupBy.length > 0 ? { group_by: [...this.groupBy] } : {}),
      ...(this.window > 0 ? { window_minutes: this.window } : {}),
      ...(this.exclusions.length > 0 ? { exclusions: this.exclusions } : {}),
      ...(this.pack === '' ? {} : { pack: this.pack }),
    }
  }

  get changed(): boolean {
    return JSON.stringify(this.sent) !== this.#was
  }

  exclude(x: Exclusion): void {
    this.exclusions = excluding({ exclusions: this.exclusions }, x).exclusions ?? []
  }

  /** save keeps it; undefined when that did not work, and problem says why. */
  async save(): Promise<Rule | undefined> {
    this.saving = true
    this.problem = undefined
    try {
      const kept = this.base ? await changeRule(this.base.id, this.base.version, this.sent) : await makeRule(this.sent)
      this.take(kept)
      return kept
    } catch (err) {
      this.problem = problemOf(err)
      this.conflict = this.problem.status === 409 && this.base !== undefined
      return undefined
    } finally {
      this.saving = false
    }
  }
}
