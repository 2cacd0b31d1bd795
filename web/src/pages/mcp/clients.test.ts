import { describe, expect, it } from 'vitest'
import { clientsOf, TOKEN } from './clients'

describe('clientsOf', () => {
  const at = (signIn: boolean): Map<string, string> => new Map(clientsOf('https://aoc.example/', signIn).map((c) => [c.name, c.text]))

  it('names this service and a token', () => {
    const texts = at(true)
    expect(texts.get('Claude Code')).toBe(`claude mcp add --transport http aoc https://aoc.example/mcp --header "Authorization: Bearer ${TOKEN}"`)
    expect(JSON.parse(texts.get('Cursor') ?? '')).toEqual({ mcpServers: { aoc: { url: 'https://aoc.example/mcp', headers: { Authorization: `Bearer ${TOKEN}` } } } })
    expect(JSON.parse(texts.get('VS Code') ?? '')).toEqual({
      inputs: [{ type: 'promptString', id: 'aoc-token', description: 'API token of AOC', password: true }],
      servers: { aoc: { type: 'http', url: 'https://aoc.example/mcp', headers: { Authorization: 'Bearer ${input:aoc-token}' } } },
    })
  })
  it('needs no token where nobody signs in', () => {
    for (const text of at(false).values()) expect(text).not.toMatch(/Bearer|token/i)
  })
  it('starts the program where the data is', () => {
    expect(JSON.parse(at(true).get('Claude Desktop') ?? '')).toEqual({ mcpServers: { aoc: { command: 'aoc', args: ['mcp'], env: { AOC_DATA_DIR: '/var/lib/aoc' } } } })
  })
})
