import { afterEach, describe, expect, it, vi } from 'vitest'

vi.mock('../shell/settings.svelte', () => ({ settings: { name: '' } }))

import { Problem } from '../api/client'
import { streamed, Telling } from '../api/stream'

describe('Telling', () => {
  it('reads events wherever the network cuts them', () => {
    const whole = 'event: step\ndata: {"n":1}\n\n: still here\r\nevent:answer\r\ndata: a\r\ndata:b\r\n\r\n'
    for (let at = 0; at <= whole.length; at++) {
      const t = new Telling()
      expect([...t.read(whole.slice(0, at)), ...t.read(whole.slice(at))]).toEqual([{ name: 'step', data: '{"n":1}' }, { name: 'answer', data: 'a\nb' }])
    }
  })
  it('gives nothing of what has not ended', () => {
    expect(new Telling().read('event: answer\ndata: {"half"')).toEqual([])
  })
})

describe('streamed', () => {
  const answers = (body: string, init: ResponseInit = {}): void => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' }, ...init })))
  }
  const asking = (heard: unknown[] = []): Promise<unknown> => streamed('/x', {}, (s) => heard.push(s), new AbortController().signal)
  afterEach(() => void vi.unstubAllGlobals())

  it('hears steps and gives the answer', async () => {
    answers('event: step\ndata: {"says":"looking"}\n\nevent: answer\ndata: {"answer":"é"}\n\n')
    const heard: unknown[] = []
    await expect(asking(heard)).resolves.toEqual({ answer: 'é' })
    expect(heard).toEqual([{ says: 'looking' }])
  })
  it('hears a first answer before the last', async () => {
    answers('event: draft\ndata: {"by":"rules"}\n\nevent: answer\ndata: {"by":"model"}\n\n')
    const heard: unknown[] = []
    await expect(streamed('/x', {}, () => undefined, new AbortController().signal, (first) => heard.push(first))).resolves.toEqual({ by: 'model' })
    expect(heard).toEqual([{ by: 'rules' }])
  })
  it('takes an answer that is not streamed', async () => {
    answers('{"answer":"a"}', { headers: { 'Content-Type': 'application/json' } })
    await expect(asking()).resolves.toEqual({ answer: 'a' })
  })
  it('is a problem with its remedy when the server says so on the way', async () => {
    answers('event: step\ndata: {}\n\nevent: error\ndata: {"detail":"the model does not answer","hint":"Is it running?"}\n\n')
    await expect(asking()).rejects.toMatchObject({ message: 'The model does not answer', hint: 'Is it running?' })
  })
  it('is a problem when the server refuses it', async () => {
    answers('{"detail":"the assistant is switched off"}', { status: 404 })
    await expect(asking()).rejects.toMatchObject({ message: 'The assistant is switched off', status: 404 })
  })
  it.each(['', 'event: step\ndata: {}\n\n', 'event: answer\ndata: {"ans'])('is a problem when it is cut off after %j', async (text) => {
    answers(text)
    await expect(asking()).rejects.toBeInstanceOf(Problem)
  })
})
