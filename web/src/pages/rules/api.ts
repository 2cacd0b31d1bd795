// What the server does about rules.

import { get, lines, Problem, problemOf, search, send } from '../../api/client'
import type { Exclusion, LoadReport, Rule, RuleSpec, Run, Tried } from './types'

const pathOf = (id: string): string => `/api/rules/${encodeURIComponent(id)}`

export async function allRules(signal?: AbortSignal): Promise<Rule[]> {
  return (await get<{ items: Rule[] }>('/api/rules', {}, signal)).items
}

export function ruleBy(id: string, signal?: AbortSignal): Promise<Rule> {
  return get<Rule>(pathOf(id), {}, signal)
}

/** specOf is what people say of a rule, without what the server makes of it. */
export function specOf(r: Rule): RuleSpec {
  return {
    name: r.name ?? '', enabled: r.enabled ?? false,
    ...(r.severity ? { severity: r.severity } : {}),
    ...(r.sigma ? { sigma: r.sigma } : { conditions: r.conditions ?? [] }),
    ...(r.group_by ? { group_by: r.group_by } : {}),
    ...(r.window_minutes ? { window_minutes: r.window_minutes } : {}),
    ...(r.exclusions ? { exclusions: r.exclusions } : {}),
    ...(r.pack ? { pack: r.pack } : {}),
    ...(r.pack_license ? { pack_license: r.pack_license } : {}),
  }
}

export function makeRule(spec: RuleSpec): Promise<Rule> {
  return send<Rule>('POST', '/api/rules', spec)
}

/** changeRule replaces a rule whose version was seen. */
export function changeRule(id: string, version: number, spec: RuleSpec): Promise<Rule> {
  return send<Rule>('PUT', pathOf(id), { ...spec, version })
}

export function dropRule(r: Rule): Promise<void> {
  return send('DELETE', pathOf(r.id) + search({ version: r.version }))
}

/** loadRules keeps files of rules; starter stands for AOC's own. */
export function loadRules(what: { files?: { path: string; content: string }[]; pack?: string; license?: string; starter?: boolean; enable?: boolean }): Promise<LoadReport> {
  return send<LoadReport>('POST', '/api/rules/load', what)
}

/** edited changes a rule as it is now; when somebody is faster, once more what they made of it. */
export async function edited(id: string, edit: (spec: RuleSpec) => RuleSpec): Promise<Rule> {
  for (let again = true; ; again = false) {
    const rule = await ruleBy(id)
    try {
      return await changeRule(id, rule.version, edit(specOf(rule)))
    } catch (err) {
      if (!again || problemOf(err).status !== 409) throw err
    }
  }
}

/** excluding adds an exclusion to a rule, unless it has it. */
export function excluding(spec: RuleSpec, x: Exclusion): RuleSpec {
  const known = spec.exclusions ?? []
  return known.some((k) => k.field === x.field && k.value === x.value) ? spec : { ...spec, exclusions: [...known, x] }
}

/** exclude adds an exclusion to a rule as it is now. A rule that could not fire any more with it stays as it
 * was, and a Problem says so. */
export async function exclude(id: string, x: Exclusion): Promise<Rule> {
  const before = await ruleBy(id)
  const after = await edited(id, (spec) => excluding(spec, x))
  if (before.report.state !== 'can_fire' || after.report.state === 'can_fire') return after
  await edited(id, (spec) => including(spec, x))
  throw new Problem('The rule cannot leave this out: its records have no such field', { hint: 'Choose a value of one of the events instead.' })
}

/** including takes an exclusion away. */
export function including(spec: RuleSpec, x: Exclusion): RuleSpec {
  return { ...spec, exclusions: (spec.exclusions ?? []).filter((k) => k.field !== x.field || k.value !== x.value) }
}

/** tryRule tells what a rule would have raised, line by line, until signal ends it. */
export async function tryRule(spec: RuleSpec, span: { start?: string; end?: string }, each: (line: Tried) => void, signal: AbortSignal): Promise<void> {
  await lines<Tried>('/api/rules/try' + search({ start: span.start, end: span.end }), spec, each, signal)
}

/** runOf gives the run of a rule over what is stored; undefined when none was asked for. */
export async function runOf(id: string, signal?: AbortSignal): Promise<Run | undefined> {
  const run = await get<Run>(pathOf(id) + '/run', {}, signal)
  return run.state === 'none' ? undefined : run
}

/** startRun lets a rule raise alerts of what is stored, from a moment on. */
export function startRun(id: string, start: string): Promise<Run> {
  return send<Run>('POST', pathOf(id) + '/run', { start })
}

export function cancelRun(id: string): Promise<void> {
  return send('DELETE', pathOf(id) + '/run')
}
