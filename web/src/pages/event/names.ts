// GUIDs are shown by the names they stand for, where any stored event or the directory knows one.

import { getContext, setContext } from 'svelte'
import type { ObjectName } from './types'

/** Gives what is known of a GUID, in any letter case. */
export type NameOf = (guid: string) => ObjectName | undefined

const KEY = Symbol('names')

/** provideNames gives the components below one the names of the GUIDs they show. */
export function provideNames(nameOf: NameOf): void {
  setContext(KEY, nameOf)
}

/** namesHere is what a component above has provided. */
export function namesHere(): NameOf {
  return getContext<NameOf | undefined>(KEY) ?? (() => undefined)
}

/** A piece of a text: as it is, or a GUID that has a name. */
export interface NamedPiece {
  text: string
  name?: ObjectName
}

const GUID = /(?<![0-9a-fA-F-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-fA-F-])/g

/** The most names in one text, and how much of a text is looked through. */
const MAX_NAMES = 200
const MAX_TEXT = 1 << 18

/** namedPieces splits a text at the GUIDs that have names. */
export function namedPieces(text: string, nameOf: NameOf): NamedPiece[] {
  const out: NamedPiece[] = []
  let from = 0
  if (text.length <= MAX_TEXT)
    for (const m of text.matchAll(GUID)) {
      const name = nameOf(m[0])
      if (!name) continue
      if (m.index > from) out.push({ text: text.slice(from, m.index) })
      out.push({ text: m[0], name })
      from = m.index + m[0].length
      if (out.length > 2 * MAX_NAMES) break
    }
  if (from < text.length) out.push({ text: text.slice(from) })
  return out
}
