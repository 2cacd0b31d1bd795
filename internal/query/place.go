package query

import "strings"

// PlaceKind is what is being typed.
type PlaceKind int

// The kinds of place.
const (
	// PlaceNone: nothing can be proposed.
	PlaceNone PlaceKind = iota
	// PlaceTerm: the beginning of a term: a field, a keyword and a word can come of it.
	PlaceTerm
	// PlaceWord: text, which cannot become the name of a field.
	PlaceWord
	// PlaceValue: a value of Field.
	PlaceValue
)

// Place is what is being typed at a place of a query.
type Place struct {
	Kind PlaceKind
	// Field is that of a value; its Field is empty for after, before and is.
	Field FieldInfo
	// Prefix is what is typed so far, without quotation marks.
	Prefix string
	// From and To bound, in UTF-16 code units, the text that a proposal replaces.
	From, To int
	// Without is the query with * in place of the whole term: all that the other terms
	// select. It is a query as good as the rest of it is.
	Without string
}

// At tells what is being typed at an offset, in UTF-16 code units, of a query that may be
// unfinished or wrong anywhere.
func At(text string, offset int) Place {
	at := byteOffset(text, offset)
	tokens := lex(text)
	// The token before the place or around it; -1 at the beginning.
	i := -1
	for i+1 < len(tokens) && tokens[i+1].kind != end && tokens[i+1].from < at {
		i++
	}
	if i < 0 {
		return between(text, at, tokens, i)
	}
	switch t := tokens[i]; {
	case at > t.to:
		return between(text, at, tokens, i)
	case t.kind == field && at < t.to:
		p := Place{Kind: PlaceTerm, Prefix: text[t.from:at], From: t.from, To: t.to}
		return p.in(text, tokens, i)
	case t.kind == field, t.kind == comma, t.kind == open, t.kind == shut, t.kind == minus:
		return between(text, at, tokens, i)
	default:
		return within(text, at, tokens, i)
	}
}

// within is a place inside the atom or keyword i, or at its end.
func within(text string, at int, tokens []token, i int) Place {
	t := tokens[i]
	p := Place{Kind: PlaceWord, Prefix: prefix(t, text[t.from:at]), From: t.from, To: t.to}
	switch {
	case t.owner >= 0:
		p = p.valueOf(tokens[t.owner])
	case text[t.from:t.to] == "-":
		p = Place{Kind: PlaceTerm, From: at, To: at}
	case isName(text[t.from:at]):
		p.Kind = PlaceTerm
	}
	return p.in(text, tokens, i)
}

// between is a place where nothing is typed yet, after token i.
func between(text string, at int, tokens []token, i int) Place {
	p := Place{Kind: PlaceTerm, From: at, To: at}
	next := tokens[i+1] // of the end, at least
	touches := next.from == at && (next.kind == atom || next.kind == field)
	if i >= 0 {
		before := tokens[i]
		awaits := before.kind == field || before.kind == comma || before.kind == open || before.kind == or
		switch {
		case before.kind == field && before.to == at:
			p = p.valueOf(before)
		case before.owner >= 0 && (before.list || before.kind == comma && before.to == at):
			p = p.valueOf(tokens[before.owner])
			if !awaits {
				p.Kind = PlaceNone
			}
		}
	}
	switch {
	case p.Kind == PlaceValue && touches:
		p.To = next.to
		return p.in(text, tokens, i+1)
	case p.Kind != PlaceTerm:
		return p.in(text, tokens, i)
	case touches:
		return p.in(text, tokens, i+1)
	case i >= 0 && tokens[i].kind == minus:
		return p.in(text, tokens, i)
	}
	p.Without = text[:at] + " * " + text[at:]
	return p.counted(text)
}

// valueOf makes a value's place of p; of none for a field there is not.
func (p Place) valueOf(t token) Place {
	info, ok := lookup(t.name)
	p.Kind, p.Field = PlaceValue, info
	if !ok {
		p.Kind = PlaceNone
	}
	return p
}

// in sets Without for a place in the term that token i is part of.
func (p Place) in(text string, tokens []token, i int) Place {
	first, last := i, i
	if owner := tokens[i].owner; owner >= 0 {
		first = owner
	}
	if tokens[first].kind == field {
		for last = first; tokens[last+1].owner == first; {
			last++
		}
	}
	for first > 0 && (tokens[first-1].kind == minus || tokens[first-1].kind == not) {
		first--
	}
	p.Without = text[:tokens[first].from] + always + text[tokens[last].to:]
	return p.counted(text)
}

// counted turns the bounds, in bytes, into code units.
func (p Place) counted(text string) Place {
	from := utf16Len(text[:p.From])
	p.From, p.To = from, from+utf16Len(text[p.From:p.To])
	return p
}

// prefix is the text of the beginning of an atom or keyword.
func prefix(t token, typed string) string {
	l := lexer{text: typed, owner: -1}
	stops := "()"
	if t.owner >= 0 {
		stops += ","
	}
	l.atom(stops)
	return strings.Join(l.tokens[0].parts, "*")
}

// isName reports whether the name of a field can begin like this.
func isName(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}
