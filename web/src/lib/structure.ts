// What a text of an audit record holds. Microsoft writes objects and lists as JSON in strings,
// often twice over, and a few properties in notations of its own.

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** An object or a list. */
export type Structure = Json[] | { [key: string]: Json }

export const isObject = (v: Json): v is { [key: string]: Json } => typeof v === 'object' && v !== null && !Array.isArray(v)

/** structure is the object or list that a text holds; undefined when it holds something else. */
export function structure(text: string | null): Structure | undefined {
  if (text === null || !/^\s*[[{]/.test(text)) return undefined
  try {
    const value = JSON.parse(text) as Json
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return credential(text) ?? grants(text)
  }
}

/** opened takes the object or list out of a string that holds one. */
export function opened(v: Json): Json {
  return typeof v === 'string' ? (structure(v) ?? v) : v
}

// The display name is what somebody chose: it is last and takes all of the rest, so that it
// cannot pass for another part.
const CREDENTIAL = /^\s*\[KeyIdentifier=([^,\]]*),KeyType=([^,\]]*),KeyUsage=([^,\]]*),DisplayName=([\s\S]*)\]\s*$/

/** credential reads an element of KeyDescription: a secret or certificate of an application. */
function credential(text: string): { [key: string]: Json } | undefined {
  const m = CREDENTIAL.exec(text)
  return m ? { KeyIdentifier: m[1] ?? '', KeyType: m[2] ?? '', KeyUsage: m[3] ?? '', DisplayName: m[4] ?? '' } : undefined
}

const GRANT = /\[Id: ([^,\]]*), ClientId: ([^,\]]*), PrincipalId: ([^,\]]*), ResourceId: ([^,\]]*), ConsentType: ([^,\]]*), Scope: ([^,\]]*)(?:,[^\]]*)?\],?\s*/y

/** grants reads a list of delegated permissions: [[Id: …, Scope: a b], […]]. */
function grants(text: string): Json[] | undefined {
  const inner = /^\s*\[([\s\S]*)\]\s*$/.exec(text)?.[1]
  if (inner === undefined) return undefined
  const out: Json[] = []
  GRANT.lastIndex = 0
  while (GRANT.lastIndex < inner.length) {
    const m = GRANT.exec(inner)
    if (!m) return undefined
    out.push({
      Id: m[1] ?? '', ClientId: m[2] ?? '', PrincipalId: m[3] ?? '', ResourceId: m[4] ?? '', ConsentType: m[5] ?? '',
      Scope: (m[6] ?? '').split(/\s+/).filter((s) => s !== ''),
    })
  }
  return out
}

/** both takes the two sides out of a text that tells them together, as consents do: [] => [[…]]; */
export function both(text: string): [string, string] | undefined {
  const m = /^\s*(\[[\s\S]*?\]) => (\[[\s\S]*\])\s*;?\s*$/.exec(text)
  if (m?.[1] === undefined || m[2] === undefined) return undefined
  return structure(m[1]) && structure(m[2]) ? [m[1], m[2]] : undefined
}

/** lists reads two texts as lists with the same separator; undefined when they are not clearly that. */
export function lists(before: string, after: string): [string[], string[]] | undefined {
  for (const [separator, item] of SEPARATED) {
    const [b, a] = [before, after].map((s) => s.split(separator).map((part) => part.trim()).filter((part) => part !== ''))
    if (!b || !a || Math.max(b.length, a.length) < 3 || Math.min(b.length, a.length) < 1) continue
    if (![...b, ...a].every((part) => item.test(part))) continue
    const kept = new Set(b)
    if (a.some((part) => kept.has(part))) return [b, a]
  }
  return undefined
}

// Between semicolons anything; between commas no sentences; between spaces only names of scopes.
const SEPARATED: [RegExp, RegExp][] = [
  [/;/, /^[^;]{1,300}$/],
  [/,/, /^[^\s,]{1,300}$/],
  [/\s+/, /^[A-Za-z][\w-]*(\.[\w-]+)*$/],
]
