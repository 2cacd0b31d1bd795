import { describe, expect, it, test } from 'vitest'
import { type Block, blocks, citations, doubted, type Inline, inlines, unescaped } from './markdown'

const [A, B] = ['mfzwk3tfmrzw64tjojuw4zzaef', 'aaaaaaaaaaaaaaaaaaaaaaaa22']

/** short writes what was taken apart as one line. */
function short(of: readonly Block[] | readonly Inline[]): string {
  return of
    .map((b) => {
      switch (b.kind) {
        case 'text': return b.text
        case 'break': return '<br>'
        case 'cite': return `<cite ${b.key.slice(0, 2)}>`
        case 'code': return `<code>${b.text}</code>`
        case 'list': return `<${b.ordered ? `ol ${b.start}` : 'ul'}>${b.items.map((i) => `<li>${short(i)}</li>`).join('')}</>`
        case 'table': return `<table>${[b.head, ...b.rows].map((r) => `<tr>${r.map((c) => `<td>${short(c)}</td>`).join('')}</tr>`).join('')}</>`
        case 'paragraph': return `<p>${short(b.of)}</p>`
        default: return `<${b.kind}>${short(b.of)}</>`
      }
    })
    .join('')
}

test.each<[string, string, string]>([
  ['paragraphs', 'one\ntwo\n\nthree', '<p>one two</p><p>three</p>'],
  ['line ends that are meant', 'a  \nb\\\nc', '<p>a  <br>b<br>c</p>'],
  ['bold and emphasis', '**a** *b* __c__ _d_ **x *y* z**', '<p><strong>a</> <em>b</> <strong>c</> <em>d</> <strong>x <em>y</> z</></p>'],
  ['names with underscores', 'svc_backup_01 and _x', '<p>svc_backup_01 and _x</p>'],
  ['stars that are no marks', '2 * 3 * 4 and ** and *open', '<p>2 * 3 * 4 and ** and *open</p>'],
  ['code', '`a *b* [x]` ``c ` d`` `open', '<p><code>a *b* [x]</code> <code>c ` d</code> `open</p>'],
  ['what is escaped', '\\*a\\* \\[b\\] \\<c\\> \\q', '<p>*a* [b] <c> \\q</p>'],
  ['a heading', '## What *happened* ##\nx', '<heading>What <em>happened</></><p>x</p>'],
  ['a list', '- a\n- b\n  c\n\n- d\n\nafter', '<ul><li><p>a</p></li><li><p>b c</p></li><li><p>d</p></li></><p>after</p>'],
  ['a list of numbers', '3. a\n4. b', '<ol 3><li><p>a</p></li><li><p>b</p></li></>'],
  ['lists in lists', '- a\n  - b\n  - c\n- d', '<ul><li><p>a</p><ul><li><p>b</p></li><li><p>c</p></li></></li><li><p>d</p></li></>'],
  ['a table', `x\n| a | *b* |\n| --- | :-: |\n| 1 \\| 2 | [${A}] | 9 |\n| |\ny`, '<p>x</p><table><tr><td>a</td><td><em>b</></td></tr><tr><td>1 | 2</td><td><cite mf></td></tr><tr><td></td><td></td></tr></><p>y</p>'],
  ['a block of code', '```json\n<b> *x*\n```\nafter', '<code><b> *x*</code><p>after</p>'],
  ['a block of code that does not end', '```\nx', '<code>x</code>'],
  ['citations', `x [${A}] [${A}, ${B}].`, '<p>x <cite mf> <cite mf><cite aa>.</p>'],
  ['links to events', `[this one](/events/${A}) [${B}](/events/${B})`, '<p><link>this one</> <cite aa></p>'],
  ['citations in bold', `**a [${A}]**`, '<p><strong>a <cite mf></></p>'],
])('%s', (_, text, want) => expect(short(blocks(text))).toBe(want))

describe('what an answer must not bring', () => {
  test.each([
    '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg/onload=alert(1)>', '</p><iframe srcdoc="x">', '&lt;b&gt; &#60;',
    '![pixel](http://evil.example/p.png)', '[x](javascript:alert(1))', '[x](http://evil.example/)', '[x](//evil.example)', '<http://evil.example>',
    'http://evil.example/?q=1', '[x][1]', '[1]: http://evil.example', '[x](/events/../../api/me)', '[x](/api/me)', `[x](/events/${A}?then=//evil.example)`, `[x](/events/${A}/..)`,
    '| a | b |', '> quoted', '[x](data:text/html,x)', '{@html 1} {{1}} ${1}', '[short]', `[${A.toUpperCase()}]`, `[${A}a]`, '__proto__x',
  ])('is text: %s', (text) => {
    const [first, ...more] = blocks(text)
    expect(more).toEqual([])
    expect(first).toEqual({ kind: 'paragraph', of: [{ kind: 'text', text }] })
  })
  it('keeps hidden characters, for the screen to name', () => {
    expect(inlines('a\u202eb\u200b')).toEqual([{ kind: 'text', text: 'a\u202eb\u200b' }])
  })
  it('takes no longer the more marks there are', () => {
    const began = performance.now()
    for (const piece of ['*', '**a', '_', '`', '``a`', '[', '\\', '- ', '  - a\n', `[${A}`, '[a](', '*a_', '> ', '1. ', '~~~\n', '***a***', '\n\n', 'a `b'])
      expect(blocks(piece.repeat(100_000 / piece.length)).length).toBeGreaterThan(-1)
    expect(performance.now() - began).toBeLessThan(5000)
  })
  it('goes only so deep', () => {
    const deep = Array.from({ length: 60 }, (_, i) => ' '.repeat(i * 2) + '- x').join('\n')
    expect(short(blocks(deep)).match(/<ul>/g)?.length).toBe(6)
  })
})

describe('citations', () => {
  it('are counted once, in order', () => {
    expect(citations(blocks(`- b [${B}]\n- a **[${A}]** [${B}]`))).toEqual([B, A])
  })
})

describe('unescaped', () => {
  it('shows what was escaped as it is meant, and leaves the rest', () => {
    expect(unescaped('ada\\@contoso.example \\<b\\> operation:*x* C:\\Users')).toBe('ada@contoso.example <b> operation:*x* C:\\Users')
  })
})

describe('doubted', () => {
  it('marks statements where they stand', () => {
    expect(short(blocks(doubted(`Ada left. Bob **came** [${A}].\n\n- It rained.`, [`Bob **came** [${A}].`, '- It rained.']))))
      .toBe('<p>Ada left. <doubt>Bob <strong>came</> <cite mf>.</></p><ul><li><p><doubt>It rained.</></p></li></>')
  })
  it('marks the cells of a row', () => {
    expect(short(blocks(doubted('| a | b |\n| --- | --- |\n| c | d |', ['| c | d |'])))).toBe('<table><tr><td>a</td><td>b</td></tr><tr><td><doubt>c</></td><td><doubt>d</></td></tr></>')
  })
  it('leaves a text alone that does not say it', () => {
    expect(doubted('a b', ['c', '', 'a\nb'])).toBe('a b')
  })
  it('takes no marks from the text itself', () => {
    expect(short(blocks(doubted('\ue0d0a\ue0d1 b', ['b'])))).toBe('<p>a <doubt>b</></p>')
  })
  it('does not let bold end outside of it', () => {
    expect(short(blocks(doubted('**a b** c', ['b** c'])))).toBe('<p>**a <doubt>b** c</></p>')
  })
})
