// The one way to the server. Every answer is JSON; every error becomes a Problem.

import { sentence } from '../lib/text'
import { settings } from '../shell/settings.svelte'

/** A place in a query that the server cannot make sense of, in UTF-16 units. */
export interface Place {
  at: number
  to: number
}

/** Problem is an error with a sentence for people and, where there is one, what to do about it. */
export class Problem extends Error {
  /** HTTP status; 0 when the server could not be reached. */
  readonly status: number
  readonly hint: string
  readonly requestID: string
  /** Where in q the mistake is, for status 422 about q. */
  readonly place: Place | undefined
  /** The parameter or field that is at fault, if one is. */
  readonly field: string
  /** The events that an id stands for, for status 409 about an id. */
  readonly candidates: readonly unknown[]

  constructor(message: string, more: { status?: number; hint?: string; requestID?: string; place?: Place; field?: string; candidates?: readonly unknown[] } = {}) {
    super(message)
    this.name = 'Problem'
    this.status = more.status ?? 0
    this.hint = more.hint ?? ''
    this.requestID = more.requestID ?? ''
    this.place = more.place
    this.field = more.field ?? ''
    this.candidates = more.candidates ?? []
  }
}

/** isAbort reports whether an error only says that a request was given up. */
export function isAbort(err: unknown): boolean {
  return err instanceof DOMException && err.name === 'AbortError'
}

/** problemOf makes a Problem of anything that was thrown. */
export function problemOf(err: unknown): Problem {
  if (err instanceof Problem) return err
  return new Problem('Something went wrong on this page', { hint: err instanceof Error ? err.message : String(err) })
}

/** A value of a query parameter; lists repeat the parameter, undefined and "" leave it out. */
export type Param = string | number | boolean | undefined | readonly string[]

/** search writes query parameters, the "?" included when there are any. */
export function search(params: Record<string, Param>): string {
  const out = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === '') continue
    for (const v of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) out.append(name, v)
  }
  const text = out.toString()
  return text === '' ? '' : '?' + text
}

/** get asks for something. It rejects with a Problem, or an AbortError when the signal is aborted. */
export function get<T>(path: string, params: Record<string, Param> = {}, signal?: AbortSignal): Promise<T> {
  return request<T>('GET', path + search(params), undefined, signal)
}

/** send changes something. */
export function send<T = unknown>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return request<T>(method, path, body, signal)
}

/** lines changes or asks for something whose answer comes line by line, each JSON, and gives each
 * as it comes. It rejects with a Problem, also when the answer was cut off within a line. */
export async function lines<T>(path: string, body: unknown, each: (line: T) => void, signal?: AbortSignal): Promise<void> {
  const response = await ask('POST', path, body, signal)
  if (!response.body) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      const parts = (rest + (value ?? '')).split('\n')
      rest = done ? '' : (parts.pop() ?? '')
      for (const part of parts) if (part.trim() !== '') each(JSON.parse(part) as T)
      if (done) return
    }
  } catch (err) {
    void reader.cancel().catch(() => undefined)
    if (isAbort(err) || err instanceof Problem) throw err
    throw new Problem('The answer of the server was cut off', { status: response.status, hint: 'Try again.' })
  }
}

/** edit changes something that can be undone, and gives the batch for POST /api/edits/{batch}/undo:
 * "" when nothing had to be changed. */
export async function edit<T>(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<{ value: T; batch: string }> {
  const response = await ask(method, path, body, undefined)
  return { value: await read<T>(response), batch: response.headers.get('X-AOC-Batch') ?? '' }
}

async function request<T>(method: string, path: string, body: unknown, signal: AbortSignal | undefined): Promise<T> {
  return read<T>(await ask(method, path, body, signal))
}

/** ask sends a request and gives the answer as it begins; accept is the type that is wanted. */
export async function ask(method: string, path: string, body: unknown, signal: AbortSignal | undefined, accept = 'application/json'): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept, ...nameHeader() }
  const init: RequestInit = { method, headers, signal: signal ?? null, credentials: 'same-origin' }
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json'
    init.body = JSON.stringify(body)
  }
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (err) {
    if (isAbort(err)) throw err
    throw unreachable()
  }
  if (response.status === 401) signedOut()
  if (!response.ok) throw await problem(response)
  return response
}

let signedOut = (): void => undefined

/** onSignedOut says what to do when the server does not know any more who asks. */
export function onSignedOut(then: () => void): void {
  signedOut = then
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  try {
    return (await response.json()) as T
  } catch (err) {
    if (isAbort(err)) throw err
    throw new Problem('The answer of the server was cut off', { status: response.status, hint: 'Try again.' })
  }
}

/** nameHeader tells the server who is at the keyboard, for the record of edits. */
export function nameHeader(): Record<string, string> {
  return settings.name === '' ? {} : { 'X-AOC-Name': encodeURIComponent(settings.name) }
}

/** unreachable is what is thrown when nothing answers. */
export function unreachable(): Problem {
  return new Problem('AOC does not answer', { hint: 'Is the service running, and this computer connected?' })
}

interface Fault {
  loc?: (string | number)[]
  msg?: string
  ctx?: { at?: number; to?: number; hint?: string }
}

/** The body of every error. */
export interface Trouble {
  detail?: string | Fault[]
  hint?: string
  request_id?: string
  candidates?: unknown[]
}

/** problem reads the error that an answer tells of. */
export async function problem(response: Response): Promise<Problem> {
  try {
    return problemIn((await response.json()) as Trouble, response.status)
  } catch {
    return new Problem(`The server answered ${response.status}`, { status: response.status })
  }
}

/** problemIn makes a Problem of the body of an error. */
export function problemIn(body: Trouble, status: number): Problem {
  const requestID = body.request_id ?? ''
  if (typeof body.detail === 'string') return new Problem(sentence(body.detail), { status, hint: body.hint ?? '', requestID, candidates: body.candidates ?? [] })
  const fault = body.detail?.[0]
  const { at, to, hint } = fault?.ctx ?? {}
  const field = String(fault?.loc?.at(-1) ?? '')
  const text = fault?.msg ?? `The server answered ${status}`
  // What is said about a place in a query begins with what stands there.
  return new Problem(at === undefined ? sentence(text) : text, {
    status, requestID, field, hint: hint ?? body.hint ?? '', ...(at === undefined ? {} : { place: { at, to: to ?? at } }),
  })
}

