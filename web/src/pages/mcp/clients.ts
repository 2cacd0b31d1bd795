// What clients of the Model Context Protocol are set up with.

/** A client, where its settings are, and what to put there. */
export interface Client {
  name: string
  /** What to do with the text. */
  how: string
  /** The settings, or the command, as it is to be copied. */
  text: string
}

/** What stands for an API token, and for the folder with the data, until somebody puts theirs. */
export const TOKEN = 'aoc_YOUR_TOKEN'
const FOLDER = '/var/lib/aoc'

/** A list of one thing stands on one line. */
const json = (value: unknown): string => JSON.stringify(value, null, 2).replace(/\[\n\s+("[^"\n]*")\n\s+\]/g, '[$1]')

/** clientsOf are the clients that reach this service at an address; signIn: whether they have to bring a token. */
export function clientsOf(address: string, signIn: boolean): Client[] {
  const url = address.replace(/\/+$/, '') + '/mcp'
  const headers = (token: string): object => (signIn ? { headers: { Authorization: `Bearer ${token}` } } : {})
  return [
    {
      name: 'Claude Code', how: 'Run this once, in a terminal.',
      text: `claude mcp add --transport http aoc ${url}${signIn ? ` --header "Authorization: Bearer ${TOKEN}"` : ''}`,
    },
    { name: 'Cursor', how: 'Put this into ~/.cursor/mcp.json, or .cursor/mcp.json of a project.', text: json({ mcpServers: { aoc: { url, ...headers(TOKEN) } } }) },
    {
      name: 'VS Code', how: signIn ? 'Put this into .vscode/mcp.json. VS Code asks for the token once and keeps it.' : 'Put this into .vscode/mcp.json.',
      text: json({
        ...(signIn ? { inputs: [{ type: 'promptString', id: 'aoc-token', description: 'API token of AOC', password: true }] } : {}),
        servers: { aoc: { type: 'http', url, ...headers('${input:aoc-token}') } },
      }),
    },
    {
      name: 'Claude Desktop', how: 'On the machine that has the data. Put this into claude_desktop_config.json, with the folder that AOC keeps its data in, and the whole path of aoc where the client does not find it.',
      text: json({ mcpServers: { aoc: { command: 'aoc', args: ['mcp'], env: { AOC_DATA_DIR: FOLDER } } } }),
    },
  ]
}

/** TOOLS are what clients can call, and what each gives. */
export const TOOLS: readonly (readonly [string, string])[] = [
  ['search_events', 'events by the query language, newest first, page by page'],
  ['get_event', 'one event whole, with its record'],
  ['get_summary', 'how many events, by whom, of which kind, with which result'],
  ['get_timeline', 'what a user, app, device, group or address did, and what was done to it'],
  ['get_related_events', 'what happened around an event and belongs to it'],
  ['get_object_changes', 'what changed of an object, with values before and after'],
  ['get_coverage', 'what is proved to be collected, and what is missing'],
  ['list_alerts', 'what rules found'],
  ['ask', 'an answer to a question in words, with the events it rests on'],
]
