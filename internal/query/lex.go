package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is.
type kind int

const (
	end kind = iota
	open
	shut
	minus
	and
	or
	not
	field // a name and its colon
	comma
	atom // a word or a value
)

// token is a symbol of a query. Lexing never fails, so that a query that is being typed has
// tokens too: what is wrong is for the parser to say.
type token struct {
	kind     kind
	from, to int // bytes
	// name is that of a field.
	name string
	// parts are what stands between the wildcards of an atom, unquoted; one without wildcard.
	parts []string
	// unclosed is the place of the quotation mark that is never closed, or -1.
	unclosed int
	// owner is the index of the field token that an atom, comma or parenthesis belongs to, or
	// -1; list says that it stands between the parentheses of the field's values.
	owner int
	list  bool
}

type lexer struct {
	text   string
	pos    int
	tokens []token
	owner  int
	list   bool
}

// lex splits a text into tokens, the last of which is end.
func lex(text string) []token {
	l := lexer{text: text, owner: -1}
	for l.skipSpace(); l.more(); l.skipSpace() {
		l.symbol()
	}
	l.emit(end, 0)
	return l.tokens
}

func (l *lexer) more() bool { return l.pos < len(l.text) }

// next is the byte at hand, 0 at the end.
func (l *lexer) next() byte {
	if !l.more() {
		return 0
	}
	return l.text[l.pos]
}

func (l *lexer) skipSpace() {
	l.pos = len(l.text) - len(strings.TrimLeftFunc(l.text[l.pos:], unicode.IsSpace))
}

// emit adds a token of n bytes and passes over it.
func (l *lexer) emit(k kind, n int) {
	l.tokens = append(l.tokens, token{kind: k, from: l.pos, to: l.pos + n, unclosed: -1, owner: l.owner, list: l.list})
	l.pos += n
}

func (l *lexer) symbol() {
	switch l.next() {
	case '(':
		l.emit(open, 1)
		return
	case ')':
		l.emit(shut, 1)
		return
	case '-':
		if !ends(l.text[l.pos+1:]) {
			l.emit(minus, 1)
			return
		}
	}
	if name := fieldName(l.text[l.pos:]); name != "" {
		l.emit(field, len(name)+1)
		l.owner = len(l.tokens) - 1
		l.tokens[l.owner].name = name
		l.values()
		l.owner = -1
		return
	}
	l.atom("()")
	l.keyword()
}

// values reads what follows a field's colon without a space.
func (l *lexer) values() {
	if l.next() == '(' {
		l.list = true
		l.emit(open, 1)
		l.inList()
		l.list = false
		return
	}
	for {
		if !ends(l.text[l.pos:]) && l.next() != '(' && l.next() != ',' {
			l.atom("(),")
		}
		if l.next() != ',' {
			return
		}
		l.emit(comma, 1)
	}
}

// inList reads up to the parenthesis that ends a list of values, and that too.
func (l *lexer) inList() {
	depth := 1
	for l.skipSpace(); l.more(); l.skipSpace() {
		switch l.next() {
		case '(':
			depth++
			l.emit(open, 1)
		case ')':
			depth--
			l.list = depth > 0
			l.emit(shut, 1)
			if depth == 0 {
				return
			}
		case ',':
			l.emit(comma, 1)
		default:
			l.atom("(),")
			l.keyword()
		}
	}
}

// atom reads a word or value up to white space or one of the stops.
func (l *lexer) atom(stops string) {
	start := l.pos
	var parts []string
	var part strings.Builder
	unclosed := -1
	for l.more() {
		c, size := utf8.DecodeRuneInString(l.text[l.pos:])
		if unicode.IsSpace(c) || strings.ContainsRune(stops, c) {
			break
		}
		from := l.pos
		l.pos += size
		switch c {
		case '*':
			// Stars in a row are one.
			if part.Len() > 0 || len(parts) == 0 {
				parts = append(parts, part.String())
				part.Reset()
			}
		case '"':
			if !l.quoted(&part) {
				unclosed = from
			}
		default:
			part.WriteString(l.text[from:l.pos])
		}
	}
	l.tokens = append(l.tokens, token{
		kind: atom, from: start, to: l.pos, parts: append(parts, part.String()), unclosed: unclosed, owner: l.owner, list: l.list,
	})
}

// quoted reads to the end of what is in quotation marks, and reports whether there is one.
func (l *lexer) quoted(into *strings.Builder) bool {
	for l.more() {
		c := l.next()
		l.pos++
		if c == '"' {
			return true
		}
		if c == '\\' && (l.next() == '"' || l.next() == '\\') {
			c = l.next()
			l.pos++
		}
		into.WriteByte(c)
	}
	return false
}

// keyword makes a keyword of the atom just read if it is one.
func (l *lexer) keyword() {
	t := &l.tokens[len(l.tokens)-1]
	if k, ok := keywords[l.text[t.from:t.to]]; ok {
		t.kind = k
	}
}

var keywords = map[string]kind{"AND": and, "OR": or, "NOT": not} //nolint:gochecknoglobals // read-only table

// ends reports whether nothing, white space or a closing parenthesis is next.
func ends(text string) bool {
	if text == "" || text[0] == ')' {
		return true
	}
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsSpace(r)
}
