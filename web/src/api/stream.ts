// Answers that take a while: what is done on the way is told as it begins, by server-sent events.

import { ask, isAbort, Problem, problemIn, type Trouble } from './client'

/** A server-sent event: its name, and its data as text. */
export interface Told {
  name: string
  data: string
}

/** Telling takes server-sent events out of text as it comes in. */
export class Telling {
  #rest = ''
  #name = ''
  #data: string[] = []

  /** read gives the events that end within this piece of text. */
  read(text: string): Told[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    const out: Told[] = []
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) out.push({ name: this.#name || 'message', data: this.#data.join('\n') })
        this.#name = ''
        this.#data = []
        continue
      }
      const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
      if (field === 'event') this.#name = value
      else if (field === 'data') this.#data.push(value)
    }
    return out
  }
}

const cutOff = (status: number): Problem => new Problem('The answer of the server was cut off', { status, hint: 'Try again.' })

/** streamed asks for something that takes a while, hears each step as it begins and a first answer
 * where there is one, and gives the answer. It rejects with a Problem, or an AbortError when the signal is aborted. */
export async function streamed<Step, Answer>(path: string, body: unknown, step: (step: Step) => void, signal: AbortSignal, draft?: (first: Answer) => void): Promise<Answer> {
  const response = await ask('POST', path, body, signal, 'text/event-stream')
  if (!response.body) throw cutOff(response.status)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    if (!(response.headers.get('Content-Type') ?? '').startsWith('text/event-stream')) return JSON.parse(await whole(reader)) as Answer
    const telling = new Telling()
    for (;;) {
      const { value, done } = await reader.read()
      if (done) throw cutOff(response.status)
      for (const { name, data } of telling.read(value)) {
        if (name === 'step') step(JSON.parse(data) as Step)
        else if (name === 'draft') draft?.(JSON.parse(data) as Answer)
        else if (name === 'error') throw problemIn(JSON.parse(data) as Trouble, 0)
        else if (name === 'answer') return JSON.parse(data) as Answer
      }
    }
  } catch (err) {
    if (isAbort(err) || err instanceof Problem) throw err
    throw cutOff(response.status)
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

async function whole(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return text
    text += value
  }
}
