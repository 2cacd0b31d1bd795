package mongo

import (
	"bytes"
	"cmp"
	"context"
	"slices"
)

// lexicon is the vocabulary as far as a query may look at it.
type lexicon interface {
	// find gives the entries that a lookup wants; ok is false when there are too many.
	find(ctx context.Context, l lookup) (entries []string, ok bool, err error)
}

// lookup asks for entries of the vocabulary. All that it wants have all of its grams, see
// [entryGrams].
type lookup struct {
	grams []string
	wants func(entry string) bool
}

// maxMentions bounds the conditions that a text gives: the ones that say most are enough to
// find the few events that have to be read.
const maxMentions = 8

// mention is what a part of a text that is looked for leaves in the terms of an event that
// has it: one of entries, or a gram of each list of grams.
type mention struct {
	// entries are terms that tell that what was looked for is there.
	entries []string
	grams   [][]string
	// cut are the terms of events that may have it without telling.
	cut []string
	// whole says that the mention is of all that is looked for, so that entries decide.
	whole  bool
	weight int // how much it says, as a guess
}

// maybe holds for all events that have what is mentioned.
func (m *mention) maybe() cond {
	return m.each(func(grams []string) []string { return slices.Concat(m.entries, grams, m.cut) })
}

// each gives the condition that there is a value of each list that of makes of grams.
func (m *mention) each(of func(grams []string) []string) cond {
	if len(m.grams) == 0 {
		return hasAny(terms, of(nil)...)
	}
	parts := make([]cond, len(m.grams))
	for i, g := range m.grams {
		parts[i] = hasAny(terms, of(g)...)
	}
	return both(parts...)
}

// verdict gives what the mention decides.
func (m *mention) verdict() verdict {
	v := verdict{sure: never{}, maybe: m.maybe()}
	if !m.whole {
		v.doubt = v.maybe
		return v
	}
	v.sure = hasAny(terms, m.entries...)
	v.doubt = both(m.each(func(grams []string) []string { return slices.Concat(grams, m.cut) }), negated(v.sure))
	return v
}

// fragment is a part of a value that is looked for, folded. Where it is open the value may
// go on; else it begins or ends there.
type fragment struct {
	text                []byte
	openLeft, openRight bool
}

// mentions gives the mentions that say most about a fragment; none when the vocabulary
// cannot tell.
func mentions(ctx context.Context, lex lexicon, f fragment) ([]mention, error) {
	ms, left := f.exact()
	for _, look := range left {
		if len(ms) >= maxMentions {
			break
		}
		m, ok, err := look(ctx, lex)
		if err != nil {
			return nil, err
		}
		if ok {
			ms = append(ms, m)
		}
	}
	slices.SortStableFunc(ms, func(a, b mention) int { return cmp.Compare(b.weight, a.weight) })
	return ms[:min(len(ms), maxMentions)], nil
}

// looker finds a mention in the vocabulary; ok is false when it cannot tell.
type looker func(ctx context.Context, lex lexicon) (m mention, ok bool, err error)

// exact gives the mentions that need no vocabulary, and what looks up the others: the words
// and dotted runs at the ends, which may be parts of longer ones.
func (f fragment) exact() (ms []mention, left []looker) {
	var done []span // told already
	for _, at := range guidsIn(f.text) {
		if n := len(done); n > 0 && at < done[n-1].end {
			continue
		}
		done = append(done, span{at, at + guidLen})
		ms = append(ms, mention{
			entries: []string{string(f.text[at : at+guidLen])}, cut: []string{cutTerm}, whole: f.isOpen() && len(f.text) == guidLen, weight: 1000,
		})
	}
	for _, d := range dottedIn(f.text) {
		p := f.piece(d)
		if p.exact() {
			done = append(done, d)
			ms = append(ms, mention{entries: []string{wordTerm(p.text)}, cut: []string{cutTerm}, weight: 100})
		} else if len(p.text) >= minPiece {
			done = append(done, d)
			left = append(left, p.lookDotted)
		}
	}
	for r := range wordsIn(f.text) {
		if slices.ContainsFunc(done, func(s span) bool { return r.start < s.end && s.start < r.end }) {
			continue
		}
		p := f.piece(span{r.start, r.end})
		p.run = r
		switch {
		case p.exact():
			ms = append(ms, mention{entries: []string{wordTerm(r.text)}, cut: []string{cutTerm}, weight: r.chars})
		case r.chars >= minPiece || !r.ascii:
			left = append(left, p.lookWord)
		}
	}
	return ms, left
}

func (f fragment) isOpen() bool { return f.openLeft && f.openRight }

// piece is a word or dotted run of a fragment.
type piece struct {
	run
	openLeft, openRight bool // may be a part of a longer one
	whole               bool // is all of a fragment that is open at both ends
}

func (f fragment) piece(s span) piece {
	return piece{
		run:      run{text: f.text[s.start:s.end]},
		openLeft: f.openLeft && s.start == 0, openRight: f.openRight && s.end == len(f.text),
		whole: f.isOpen() && s.start == 0 && s.end == len(f.text),
	}
}

// exact reports whether the piece is all of what it is in.
func (p *piece) exact() bool { return !p.openLeft && !p.openRight }

// in reports whether the piece can be the part of an entry that it is.
func (p *piece) in(entry string) bool {
	e := []byte(entry)
	switch {
	case p.openLeft && p.openRight:
		return bytes.Contains(e, p.text)
	case p.openLeft:
		return bytes.HasSuffix(e, p.text)
	}
	return bytes.HasPrefix(e, p.text)
}

// lookDotted finds the dotted runs that the piece may be a part of.
func (p piece) lookDotted(ctx context.Context, lex lexicon) (mention, bool, error) {
	l := lookup{grams: gramsOfPart(dottedMark, p.text), wants: func(e string) bool { return isDottedEntry(e) && p.in(e) }}
	entries, ok, err := lex.find(ctx, l)
	return mention{entries: append(entries, wordTerm(p.text)), cut: []string{cutTerm, insideTerm}, whole: p.whole, weight: 10 * len(p.text)}, ok, err
}

// lookWord finds the words that the piece may be a part of.
func (p piece) lookWord(ctx context.Context, lex lexicon) (mention, bool, error) {
	m := mention{entries: []string{wordTerm(p.text)}, cut: []string{cutTerm, insideTerm}, whole: p.whole, weight: p.chars}
	if p.chars <= maxWord {
		entries, ok, err := lex.find(ctx, lookup{grams: gramsOfPart("", p.text), wants: func(e string) bool { return isWordEntry(e) && p.in(e) }})
		if err != nil || !ok {
			return m, false, err
		}
		m.entries = append(m.entries, entries...)
	}
	if p.ascii {
		m.grams = p.coded()
	}
	if p.chars <= gramLen { // then a gram is all of the piece
		for _, g := range m.grams {
			m.entries = append(m.entries, g...)
		}
		m.grams = nil
	}
	return m, true, nil
}

// maxPieceGrams bounds the lists of grams that a piece gives.
const maxPieceGrams = 4

// coded gives the grams of coded words that the ASCII piece is a part of: one of each list.
func (p *piece) coded() (lists [][]string) {
	n := len(p.text)
	if n < gramLen {
		return [][]string{p.shortGrams()}
	}
	for i := 0; i+gramLen <= n && len(lists) < maxPieceGrams-1; i += gramLen {
		lists = append(lists, []string{gramMark + string(p.text[i:i+gramLen])})
	}
	if last := gramMark + string(p.text[n-gramLen:]); lists[len(lists)-1][0] != last {
		lists = append(lists, []string{last})
	}
	return lists
}

// shortGrams gives the grams that begin with a piece of minPiece characters.
func (p *piece) shortGrams() (list []string) {
	short := gramMark + string(p.text)
	if p.openLeft { // else the word is longer, so that this is no end of it
		list = append(list, short)
	}
	if p.openRight {
		for c, kind := range asciiWord {
			if kind != 0 && (c < 'A' || c > 'Z') {
				list = append(list, short+string(rune(c)))
			}
		}
	}
	return list
}
