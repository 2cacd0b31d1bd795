// Files dropped on the window: sent, read by the server, and told what became of them.

import { get, isAbort, nameHeader, problem as readProblem, Problem, problemOf, search, send, unreachable } from '../api/client'
import type { ImportRun } from '../api/types'

/** One file on its way into the store. */
export interface Import {
  id: number
  name: string
  size: number
  state: 'sending' | 'reading' | 'done' | 'failed' | 'tenant'
  /** The bytes that were sent. */
  sent: number
  run: ImportRun | undefined
  problem: Problem | undefined
}

let next = 1
const POLL = 400

class Imports {
  list = $state.raw<readonly Import[]>([])
  #files = new Map<number, File>()
  #aborts = new Map<number, AbortController>()
  #queue: Promise<void> = Promise.resolve()

  /** add sends files, one after the other. */
  add(files: Iterable<File> | null | undefined): void {
    for (const file of files ?? []) {
      const id = next++
      this.#files.set(id, file)
      this.list = [...this.list, { id, name: file.name, size: file.size, state: 'sending', sent: 0, run: undefined, problem: undefined }]
      this.#enqueue(id, '')
    }
  }

  /** withTenant sends a file again whose records do not say whose they are. */
  withTenant(id: number, tenant: string): void {
    this.#change(id, { state: 'sending', sent: 0, problem: undefined })
    this.#enqueue(id, tenant)
  }

  /** dismiss takes a file off the list; one that is on its way is cancelled. */
  dismiss(id: number): void {
    const item = this.list.find((i) => i.id === id)
    this.#aborts.get(id)?.abort()
    if (item?.state === 'reading' && item.run) void send('DELETE', `/api/imports/${encodeURIComponent(item.run.id)}`).catch(() => undefined)
    this.#aborts.delete(id)
    this.#files.delete(id)
    this.list = this.list.filter((i) => i.id !== id)
  }

  #enqueue(id: number, tenant: string): void {
    const abort = new AbortController()
    this.#aborts.set(id, abort)
    this.#queue = this.#queue.then(() => this.#import(id, tenant, abort.signal))
  }

  #change(id: number, to: Partial<Import>): void {
    this.list = this.list.map((i) => (i.id === id ? { ...i, ...to } : i))
  }

  async #import(id: number, tenant: string, signal: AbortSignal): Promise<void> {
    const file = this.#files.get(id)
    if (!file || signal.aborted) return
    try {
      let run = await upload(file, tenant, signal, (sent) => this.#change(id, { sent }))
      this.#change(id, { state: 'reading', run, sent: file.size })
      while (run.state === 'running') {
        await pause(POLL, signal)
        run = await get<ImportRun>(`/api/imports/${encodeURIComponent(run.id)}`, {}, signal)
        this.#change(id, { run })
      }
      if (run.state === 'failed') throw new Problem(run.error ?? 'The file could not be read', { hint: run.hint ?? '' })
      this.#change(id, { state: 'done' })
      this.#files.delete(id)
      window.dispatchEvent(new CustomEvent('aoc:imported'))
    } catch (err) {
      if (isAbort(err)) return
      const problem = problemOf(err)
      this.#change(id, { state: problem.field === 'tenant' ? 'tenant' : 'failed', problem })
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new DOMException('given up', 'AbortError'))
    })
  })
}

/** upload sends a file; fetch would not tell how far it is. */
function upload(file: File, tenant: string, signal: AbortSignal, progress: (sent: number) => void): Promise<ImportRun> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/api/imports' + search({ name: file.name, tenant }))
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    for (const [name, value] of Object.entries(nameHeader())) request.setRequestHeader(name, value)
    request.upload.onprogress = (e) => progress(e.loaded)
    request.onerror = () => reject(unreachable())
    request.onabort = () => reject(new DOMException('given up', 'AbortError'))
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as ImportRun)
      else void readProblem(new Response(request.responseText, { status: Math.max(request.status, 400) })).then(reject)
    }
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

export const imports = new Imports()
