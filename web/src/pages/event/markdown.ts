// Markdown of comments: what people write, never what would run, load or look like the screen
// around it. Fetched only when there is a comment to show.

import DOMPurify from 'dompurify'
import { Marked } from 'marked'
import { visible } from '../../lib/text'

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    // HTML is shown as it was typed.
    html: ({ text }) => escaped(text),
    // A heading of a comment is none of the page's.
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>\n`
    },
    // No images: asking for one would tell its server who reads what.
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
})

/** html is Markdown as HTML, not yet fit to be shown. */
export function html(text: string): string {
  // Characters that turn the direction of what is around them are named.
  const shown = text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, visible)
  return marked.parse(shown, { async: false })
}

const TAGS = ['p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a', 'hr', 'table', 'thead', 'tbody', 'tr', 'th', 'td']

/** render is Markdown as elements that can be shown. */
export function render(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html(text), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ['href', 'start'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:|\/(?![/\\]))/i,
    RETURN_DOM_FRAGMENT: true,
  })
  for (const link of fragment.querySelectorAll('a')) {
    if (!link.hasAttribute('href')) continue
    link.target = '_blank'
    link.rel = 'noopener noreferrer nofollow'
    link.title = visible(link.getAttribute('href') ?? '') // where it leads, whatever its text says
  }
  return fragment
}
