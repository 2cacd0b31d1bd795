import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { toasts } from '../../shell/toasts.svelte'
import { Inbox, type Asked } from './inbox.svelte'
import { Marks } from './marks.svelte'
import { eventID, groupID } from './rows'

const asked: Asked = { mode: 'queue', q: '', olderThanDays: 0, noise: false, zone: 'UTC', sort: 'most' }

interface Sent {
  method: string
  path: string
  body: Record<string, unknown>
}

/** A service with changes by actor; marking takes them out of the queue, undoing puts them back. */
class Service {
  sent: Sent[] = []
  waiting = new Map([['ada', ['a1', 'a2', 'a3']], ['bob', ['b1', 'b2']]])
  batches = new Map<string, Map<string, string[]>>()
  fail = false
  kept = 0

  answer(method: string, url: URL, body: Record<string, unknown>): unknown {
    if (url.pathname === '/api/review/queue') {
      const groups = [...this.waiting].filter(([, keys]) => keys.length > 0)
        .map(([actor, keys]) => ({ actor, operation: 'Update user', count: keys.length, first: '', last: '', q: `actor:${actor}` }))
      return { total: groups.reduce((n, g) => n + g.count, 0), complete: true, groups }
    }
    if (url.pathname === '/api/events' && method === 'GET') {
      const actor = /actor:(\w+)/.exec(url.searchParams.get('q') ?? '')?.[1] ?? ''
      return { items: (this.waiting.get(actor) ?? []).map((key) => ({ key, display_summary: key })), next_cursor: null, page_size: 50, complete: true, last_seq: 77 }
    }
    if (url.pathname === '/api/events/review') return this.#mark(body)
    if (url.pathname.endsWith('/undo')) {
      const batch = url.pathname.split('/').at(-2) ?? ''
      this.waiting = this.batches.get(batch) ?? this.waiting
      return { undone: 3 - this.kept, kept: this.kept, batch: 'u' }
    }
    throw new Error(`no such path: ${url.pathname}`)
  }

  #mark(body: Record<string, unknown>): unknown {
    const before = new Map(this.waiting)
    const q = (body['select'] as { q: string } | undefined)?.q ?? ''
    const keys = (body['keys'] as string[] | undefined) ?? []
    let n = 0
    for (const [actor, waiting] of this.waiting) {
      const left = q.includes(`actor:${actor}`) ? [] : waiting.filter((k) => !keys.includes(k))
      n += waiting.length - left.length
      this.waiting.set(actor, left)
    }
    const batch = `batch${this.batches.size + 1}`
    this.batches.set(batch, before)
    return { batch, matched: n, changed: n }
  }
}

let service: Service
let inbox: Inbox
let marks: Marks

beforeEach(async () => {
  service = new Service()
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const url = new URL(path, 'http://aoc.example')
    const body = init.body ? (JSON.parse(init.body as string) as Record<string, unknown>) : {}
    if (init.method !== 'GET') service.sent.push({ method: init.method ?? '', path: url.pathname, body })
    if (service.fail && init.method === 'PATCH') return Promise.resolve(new Response(JSON.stringify({ detail: 'the store is away' }), { status: 503 }))
    return Promise.resolve(new Response(JSON.stringify(service.answer(init.method ?? '', url, body))))
  })
  for (const t of toasts.items) toasts.dismiss(t.id)
  marks = new Marks(() => undefined)
  inbox = new Inbox(marks)
  await inbox.show(asked)
})

afterEach(() => {
  for (const t of toasts.items) toasts.dismiss(t.id)
  vi.unstubAllGlobals()
})

const ids = (): string[] => inbox.rows.map((r) => r.id)
const ada = groupID({ actor: 'ada', operation: 'Update user' })
const bob = groupID({ actor: 'bob', operation: 'Update user' })

describe('marking', () => {
  test('a group goes at once, as one batch of what was seen, and the next row is where one is', async () => {
    const done = inbox.mark({ state: 'expected', note: 'agreed', ticket: '' })
    expect(ids()).toEqual([bob])
    expect(inbox.current?.id).toBe(bob)
    await done
    expect(service.sent).toEqual([{ method: 'PATCH', path: '/api/events/review', body: {
      select: { q: 'actor:ada', noise: 'hide', tz: 'UTC', up_to_seq: 77 }, state: 'expected', note: 'agreed', ticket: '', only_unreviewed: true,
    } }])
    expect(toasts.items.at(-1)).toMatchObject({ text: '3 changes marked expected', action: { label: 'Undo (z)' } })
  })

  test('what the service does not take comes back', async () => {
    service.fail = true
    await inbox.mark({ state: 'unexpected', note: '', ticket: '' })
    expect(ids()).toEqual([ada, bob])
    expect(toasts.items.at(-1)).toMatchObject({ kind: 'error', text: 'The store is away' })
    expect(marks.acts).toEqual([])
  })

  test('an event is marked by its key, and the group sinks', async () => {
    await inbox.open(inbox.groups[0] ?? expect.fail())
    inbox.move(2)
    expect(inbox.current?.id).toBe(eventID('a2'))
    await inbox.mark({ state: 'investigating', note: '', ticket: '' })
    expect(service.sent[0]?.body).toMatchObject({ keys: ['a2'], state: 'investigating' })
    expect(inbox.current?.id).toBe(eventID('a3'))
    expect(inbox.groups[0]?.count).toBe(2)
  })
})

describe('undoing', () => {
  test('takes back the last act first, even one that is still under way', async () => {
    const first = inbox.mark({ state: 'expected', note: '', ticket: '' })
    const second = inbox.mark({ state: 'unexpected', note: '', ticket: '' })
    const undone = marks.undo()
    await Promise.all([first, second, undone])
    expect(service.sent.map((s) => s.path)).toEqual(['/api/events/review', '/api/events/review', '/api/edits/batch2/undo'])
    await inbox.reload()
    expect(ids()).toEqual([bob])
  })

  test('says what was kept, and that there is nothing more', async () => {
    service.kept = 1
    await inbox.mark({ state: 'expected', note: '', ticket: '' })
    await marks.undo()
    expect(toasts.items.map((t) => t.text)).toEqual(['Undone: 2 changes are as they were'])
    expect(toasts.items[0]?.hint).toBe('1 change kept, because somebody changed it since.')
    await marks.undo()
    expect(toasts.items.at(-1)?.text).toBe('Nothing to undo')
  })
})

test('an event that is judged in the drawer leaves the queue', async () => {
  await inbox.open(inbox.groups[1] ?? expect.fail())
  const row = inbox.rows.find((r) => r.id === eventID('b1'))
  if (row?.kind !== 'event') expect.fail()
  inbox.edited({ ...row.event, review: { state: 'expected', by: 'eve', at: '' } })
  expect(ids()).toEqual([ada, bob, eventID('b2')])
})

test('reloading keeps the place and what is open', async () => {
  await inbox.open(inbox.groups[1] ?? expect.fail())
  inbox.cursor = eventID('b2')
  service.waiting.set('ada', [])
  await inbox.reload()
  expect(ids()).toEqual([bob, eventID('b1'), eventID('b2')])
  expect(inbox.current?.id).toBe(eventID('b2'))
})
