import { expect, test, vi } from 'vitest'

// The sanitiser needs a document; what comes before it does not.
vi.mock('dompurify', () => ({ default: {} }))
const { html } = await import('./markdown')

test.each<[string, string, string]>([
  ['emphasis', '**a** _b_ `c`', '<p><strong>a</strong> <em>b</em> <code>c</code></p>\n'],
  ['line ends', 'a\nb', '<p>a<br>b</p>\n'],
  ['HTML is text', '<img src=x onerror=alert(1)>', '&#60;img src=x onerror=alert(1)&#62;'],
  ['HTML in a line is text', 'a <b>b</b>', '<p>a &#60;b&#62;b&#60;/b&#62;</p>\n'],
  ['images are links', '![pixel](http://evil.example/p.png)', '<p><a href="http://evil.example/p.png">pixel</a></p>\n'],
  ['headings are paragraphs', '# big', '<p><strong>big</strong></p>\n'],
  ['an image cannot close its link', '![x](http://e.example/"><script>)', '<p><a href="http://e.example/&#34;&#62;&#60;script&#62;">x</a></p>\n'],
  ['direction is told', 'a\u202eb', '<p>a[RLO]b</p>\n'],
])('%s', (_, text, want) => expect(html(text)).toBe(want))
