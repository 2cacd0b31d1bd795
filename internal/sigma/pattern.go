package sigma

import (
	"strings"
	"unicode/utf8"

	"aoc/internal/rawjson"
)

// Wild is what a piece of a pattern stands for.
type Wild uint8

// The kinds of pieces.
const (
	Literal Wild = iota // the text itself
	One                 // ? — any one character
	Any                 // * — any characters, or none
)

// Piece is a part of a pattern.
type Piece struct {
	Wild Wild
	Text string // of a literal
}

// parsePattern reads a Sigma string. A backslash takes the meaning from a following *, ? or
// backslash; before anything else it is itself.
func parsePattern(s string) []Piece {
	var pieces []Piece
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			pieces = append(pieces, Piece{Text: literal.String()})
			literal.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == '*' || s[i+1] == '?'):
			i++
			literal.WriteByte(s[i])
		case c == '*':
			flush()
			if n := len(pieces); n == 0 || pieces[n-1].Wild != Any {
				pieces = append(pieces, Piece{Wild: Any})
			}
		case c == '?':
			flush()
			pieces = append(pieces, Piece{Wild: One})
		default:
			literal.WriteByte(c)
		}
	}
	flush()
	return pieces
}

// formatPattern writes pieces as a Sigma string that [parsePattern] reads as the same.
func formatPattern(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		switch p.Wild {
		case Any:
			b.WriteByte('*')
		case One:
			b.WriteByte('?')
		case Literal:
			b.WriteString(Escape(p.Text))
		}
	}
	return b.String()
}

// Escape writes a text as a Sigma string that means exactly this text.
func Escape(text string) string {
	if !strings.ContainsAny(text, `\*?`) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c == '\\' || c == '*' || c == '?' {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// literalOf gives the text of a pattern without wildcards.
func literalOf(pieces []Piece) (string, bool) {
	switch {
	case len(pieces) == 0:
		return "", true
	case len(pieces) == 1 && pieces[0].Wild == Literal:
		return pieces[0].Text, true
	}
	return "", false
}

// shape is how a pattern is compared.
type shape uint8

const (
	shapeExact shape = iota
	shapePrefix
	shapeSuffix
	shapeContains
	shapeAll // any text
	shapeGeneral
)

// matcher compares texts with one pattern.
type matcher struct {
	shape    shape
	text     string    // of all shapes but shapeAll and shapeGeneral
	segments []segment // of shapeGeneral: what stands between the *
	opens    bool      // the pattern begins with *
	closes   bool      // the pattern ends with *
}

// segment is literals and ? in order, with a * on either side of it.
type segment []Piece

// newMatcher makes a matcher. Unless cased, it takes folded texts.
func newMatcher(pieces []Piece, cased bool) matcher {
	folded := make([]Piece, 0, len(pieces))
	for _, p := range pieces {
		if !cased {
			p.Text = rawjson.Fold(p.Text)
		}
		if n := len(folded); n > 0 && p.Wild == folded[n-1].Wild && p.Wild != One {
			folded[n-1].Text += p.Text
			continue
		}
		folded = append(folded, p)
	}
	if text, ok := literalOf(folded); ok {
		return matcher{shape: shapeExact, text: text}
	}
	m := matcher{shape: shapeGeneral, opens: folded[0].Wild == Any, closes: folded[len(folded)-1].Wild == Any}
	for len(folded) > 0 {
		n := 0
		for n < len(folded) && folded[n].Wild != Any {
			n++
		}
		if n > 0 {
			m.segments = append(m.segments, folded[:n:n])
		}
		folded = folded[min(n+1, len(folded)):]
	}
	switch {
	case len(m.segments) == 0:
		return matcher{shape: shapeAll}
	case len(m.segments) > 1 || len(m.segments[0]) > 1 || m.segments[0][0].Wild != Literal:
		return m
	case m.opens && m.closes:
		m.shape = shapeContains
	case m.opens:
		m.shape = shapeSuffix
	case m.closes:
		m.shape = shapePrefix
	}
	m.text = m.segments[0][0].Text
	return m
}

// matches reports whether the pattern holds for all of text.
func (m *matcher) matches(text string) bool {
	switch m.shape {
	case shapeExact:
		return text == m.text
	case shapePrefix:
		return strings.HasPrefix(text, m.text)
	case shapeSuffix:
		return strings.HasSuffix(text, m.text)
	case shapeContains:
		return strings.Contains(text, m.text)
	case shapeAll:
		return true
	}
	return m.general(text)
}

// general compares segment by segment. The first and the last are held to their ends, those
// between are taken as early as possible, which leaves most to the rest.
func (m *matcher) general(text string) bool {
	segments := m.segments
	if !m.opens {
		n, ok := segments[0].at(text)
		if !ok {
			return false
		}
		text, segments = text[n:], segments[1:]
		if len(segments) == 0 {
			return m.closes || text == ""
		}
	}
	var last segment
	if !m.closes {
		last, segments = segments[len(segments)-1], segments[:len(segments)-1]
	}
	for _, s := range segments {
		end, ok := s.find(text)
		if !ok {
			return false
		}
		text = text[end:]
	}
	return last == nil || last.ends(text)
}

// at reports whether text begins with the segment, and how long that is.
func (s segment) at(text string) (int, bool) {
	n := 0
	for _, p := range s {
		if p.Wild == Literal {
			if !strings.HasPrefix(text[n:], p.Text) {
				return 0, false
			}
			n += len(p.Text)
			continue
		}
		if n == len(text) {
			return 0, false
		}
		_, width := utf8.DecodeRuneInString(text[n:])
		n += width
	}
	return n, true
}

// find gives the end of the first place where the segment is.
func (s segment) find(text string) (end int, ok bool) {
	for i := 0; i <= len(text); {
		if s[0].Wild == Literal {
			j := strings.Index(text[i:], s[0].Text)
			if j < 0 {
				return 0, false
			}
			i += j
		}
		if n, ok := s.at(text[i:]); ok {
			return i + n, true
		}
		_, width := utf8.DecodeRuneInString(text[i:])
		i += max(width, 1)
	}
	return 0, false
}

// ends reports whether text ends with the segment.
func (s segment) ends(text string) bool {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].Wild == Literal {
			if !strings.HasSuffix(text, s[i].Text) {
				return false
			}
			text = text[:len(text)-len(s[i].Text)]
			continue
		}
		if text == "" {
			return false
		}
		_, width := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-width]
	}
	return true
}

// literals gives the texts that whatever matches has in it.
func (m *matcher) literals() []string {
	if m.shape != shapeGeneral {
		return []string{m.text}
	}
	var texts []string
	for _, s := range m.segments {
		for _, p := range s {
			if p.Wild == Literal {
				texts = append(texts, p.Text)
			}
		}
	}
	return texts
}
