import { afterEach, describe, expect, it, vi } from 'vitest'

vi.mock('../shell/settings.svelte', () => ({ settings: { name: '' } }))

import { lines, Problem } from '../api/client'

function answers(...chunks: Uint8Array[]): void {
  const body = new ReadableStream<Uint8Array>({
    start(c) {
      for (const chunk of chunks) c.enqueue(chunk)
      c.close()
    },
  })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body)))
}
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('lines', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('come one by one, wherever the network cuts them', async () => {
    const whole = utf8('{"n":"é"}\n{"n":"b"}\n')
    answers(whole.slice(0, 7), whole.slice(7, 12), whole.slice(12))
    const seen: string[] = []
    await lines<{ n: string }>('/x', {}, (l) => seen.push(l.n))
    expect(seen).toEqual(['é', 'b'])
  })
  it('may end without a line end', async () => {
    answers(utf8('{"n":1}'))
    const seen: number[] = []
    await lines<{ n: number }>('/x', {}, (l) => seen.push(l.n))
    expect(seen).toEqual([1])
  })
  it('are a problem when one is cut off', async () => {
    answers(utf8('{"n":1}\n{"n":'))
    await expect(lines('/x', {}, () => undefined)).rejects.toBeInstanceOf(Problem)
  })
})
