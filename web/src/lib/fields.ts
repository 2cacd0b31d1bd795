// The fields that rules use of AOC's own events: their names, and what they are in the query language.

interface OwnField {
  /** As rules have it. */
  name: string
  /** As people read it. */
  label: string
  /** The field of the query language, where there is one. */
  query?: string
  /** The field whose values are counted, where they are. */
  facet?: string
  help: string
}

/** In the order in which people are shown them. */
export const OWN_FIELDS: readonly OwnField[] = [
  { name: 'operation', label: 'Operation', query: 'operation', facet: 'operation', help: 'what was done' },
  { name: 'actor', label: 'Actor', query: 'actor', facet: 'actor', help: 'who did it: name, sign-in name or id' },
  { name: 'target', label: 'Target', query: 'target', help: 'what it was done to' },
  { name: 'result', label: 'Result', query: 'result', facet: 'result', help: 'how it ended' },
  { name: 'ip', label: 'Address', query: 'ip', facet: 'ip', help: 'where it came from' },
  { name: 'service', label: 'Service', query: 'service', facet: 'service', help: "the source's own category" },
  { name: 'workload', label: 'Workload', query: 'workload', facet: 'workload', help: 'the product' },
  { name: 'source', label: 'Source', query: 'source', facet: 'source', help: 'the log it comes from' },
  { name: 'actor_kind', label: 'Kind of actor', query: 'kind', facet: 'actor_kind', help: 'person, app or system' },
  { name: 'changed', label: 'Changed', query: 'changed', help: 'the name of a property that changed' },
  { name: 'before', label: 'Before', help: 'a value that a change took away' },
  { name: 'after', label: 'After', help: 'a value that a change brought' },
  { name: 'target_type', label: 'Kind of target', help: 'user, group, application …' },
  { name: 'record_type', label: 'Kind of record', query: 'type', facet: 'record_type', help: 'as its source calls it' },
  { name: 'reason', label: 'Reason', help: 'why it failed' },
  { name: 'summary', label: 'Summary', help: 'the sentence of the event' },
  { name: 'entity', label: 'Who', query: 'actor', help: 'the actor by one name: sign-in name, else id' },
  { name: 'tenant', label: 'Tenant', query: 'tenant', facet: 'tenant', help: 'the id of the tenant' },
  { name: 'origin', label: 'Origin', query: 'origin', facet: 'origin', help: 'how it reached the store' },
  { name: 'correlation', label: 'Correlation', help: 'what one act has in common' },
]

const PREFIX = 'aoc.'

function own(field: string): OwnField | undefined {
  const name = field.toLowerCase()
  return OWN_FIELDS.find((f) => f.name === (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name))
}

/** labelOf is a field as people read it; one of a record stays as it is. */
export function labelOf(field: string): string {
  return own(field)?.label ?? field
}

/** queryField is the field of the query language that holds what a rule's field does. */
export function queryField(field: string): string | undefined {
  return own(field)?.query
}

/** facetField is the field whose values are counted and can be proposed. */
export function facetField(field: string): string | undefined {
  return own(field)?.facet
}
