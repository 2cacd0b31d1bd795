package mongo

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// shelfInMemory is a complete vocabulary that answers as the server does.
type shelfInMemory struct {
	grams map[string][]string // of each entry
	most  int                 // entries that a lookup may give
}

func newShelf(most int) *shelfInMemory {
	return &shelfInMemory{grams: map[string][]string{}, most: most}
}

func (s *shelfInMemory) learn(words []string) {
	for _, w := range words {
		if s.grams[w] == nil {
			s.grams[w] = entryGrams(w)
		}
	}
}

func (s *shelfInMemory) find(_ context.Context, l lookup) (entries []string, ok bool, err error) {
	if len(l.grams) == 0 {
		return nil, false, fmt.Errorf("a lookup without grams")
	}
	for entry, grams := range s.grams {
		if l.wants(entry) && !slices.ContainsFunc(l.grams, func(g string) bool { return !slices.Contains(grams, g) }) {
			entries = append(entries, entry)
		}
	}
	return entries, len(entries) <= s.most, nil
}

// chance makes events and predicates that are awkward for an index of words.
type chance struct{ *rand.Rand }

func newChance(seed uint64) chance { return chance{rand.New(rand.NewPCG(seed, 7))} }

func (c chance) one(list ...string) string { return list[c.IntN(len(list))] }

// text makes a value: words of all kinds, put together in all ways.
func (c chance) text() string {
	var b strings.Builder
	for range 1 + c.IntN(5) {
		b.WriteString(c.word())
		b.WriteString(c.one("", " ", ".", "-", "@", "_", "/", "é", "\x00", "\xff", "…", "=", "~", "*"))
	}
	return b.String()
}

func (c chance) word() string {
	switch c.IntN(14) {
	case 0:
		return c.one("Lovelace", "lovely", "gloves", "LOVE", "glove2024", "Straße", "STRASSE", "İstanbul", "ſharp", "\u212aelvin", "山田太郎", "山", "größe12345", "2026年度予算", "Ångström")
	case 1:
		return c.hex(8) + "-" + c.hex(4) + "-" + c.hex(4) + "-" + c.hex(4) + "-" + c.hex(12)
	case 2:
		return c.hex(1 + c.IntN(20))
	case 3:
		return fmt.Sprintf("%d.%d.%d.%d", c.IntN(4), c.IntN(256), c.IntN(3), c.IntN(256))
	case 4:
		return c.one("1.2", "..", "1..2", ".5.", "10.0.19045.3693", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24.25.26.27", "...")
	case 5:
		return fmt.Sprint(c.IntN(1_000_000))
	case 6:
		return strings.Repeat(c.one("a", "ab1", "é", "abcdefgh", "9", "字"), 1+c.IntN(90))
	case 7:
		return time.Unix(c.Int64N(1e9), c.Int64N(1e9)).UTC().Format(time.RFC3339Nano)
	case 8:
		return c.one("a", "of", "the", "user", "x1", "9z", "2026", "b2b")
	case 9:
		return c.one("😀", "a\u0301", "\U0001F468\u200d\U0001F469", "ﬁ", "Ⅷ", "²", "٣٤٥", "x٣y", "_", "tenant=x", "!", "#b", "ip!", "*", "~*")
	}
	return c.letters(1 + c.IntN(9))
}

func (c chance) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdefABCDEF"[c.IntN(22)]
	}
	return string(b)
}

func (c chance) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "aabbccLOVElove1"[c.IntN(15)]
	}
	return string(b)
}

// few makes up to n-1 texts.
func (c chance) few(n int) (list []string) {
	for range c.IntN(n) {
		list = append(list, c.text())
	}
	return list
}

// sometimes makes a text or none.
func (c chance) sometimes() string {
	if c.IntN(3) == 0 {
		return ""
	}
	return c.text()
}

func (c chance) event() (e aoc.Event, older [][]byte) {
	e = aoc.Event{
		ID: c.one(c.hex(8), c.word(), c.text()), Source: aoc.Source(c.one("unified", "intune")), TenantID: c.one("t1", "T2", c.text()),
		Timestamp: time.Unix(c.Int64N(4), c.Int64N(3)).UTC(), Service: c.sometimes(), Workload: c.one("Exchange", "Entra ID", ""),
		RecordType: c.sometimes(), Operation: c.one("Update user", "Add member to role", c.text()), Result: aoc.Result(c.one("success", "failure")),
		Actor:     aoc.Actor{ID: c.sometimes(), Name: c.sometimes(), UPN: c.sometimes(), AppID: c.sometimes(), AppName: c.sometimes()},
		ActorKind: aoc.ActorKind(c.one("person", "app", "")), ActorDisplay: c.sometimes(), ClientIP: c.one("", "1.2.3.4", c.word()),
		Origin: aoc.Origin(c.one("collected", "imported")), TargetDisplays: c.few(3), DisplaySummary: c.sometimes(), Tags: c.few(3),
	}
	e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
	e.Key = aoc.KeyOf(e.DedupeKey)
	for _, name := range c.few(3) {
		e.Targets = append(e.Targets, aoc.Target{ID: c.sometimes(), Name: name, UPN: c.sometimes()})
	}
	for _, name := range c.few(3) {
		e.Changes = append(e.Changes, aoc.Change{Property: name})
	}
	if c.IntN(3) == 0 {
		e.Review = &aoc.Review{State: aoc.ReviewState(c.one("benign", "expected", c.text()))}
	}
	if c.IntN(40) == 0 { // more than is kept
		for range 300 {
			e.Targets = append(e.Targets, aoc.Target{Name: c.text(), UPN: c.text()})
			e.Changes = append(e.Changes, aoc.Change{Property: c.text()})
		}
	}
	e.Raw = c.record(1 + c.IntN(6))
	if c.IntN(40) == 0 {
		e.Raw = c.record(1500)
	}
	for range c.IntN(3) {
		older = append(older, c.record(1+c.IntN(4)))
	}
	return e, older
}

func (c chance) record(values int) []byte {
	record := map[string]any{"n": c.IntN(1e6), "f": c.Float64()}
	for i := range values {
		record[fmt.Sprint(i)] = c.text()
	}
	raw, err := json.Marshal(record)
	if err != nil {
		panic(err)
	}
	return raw
}

// part gives a part of a text, in another case perhaps.
func (c chance) part(text string) string {
	chars := []rune(text)
	if len(chars) == 0 {
		return ""
	}
	from := c.IntN(len(chars))
	to := from + 1 + c.IntN(min(len(chars)-from, 50))
	if c.IntN(4) == 0 {
		from, to = 0, len(chars)
	}
	s := string(chars[from:to])
	return c.one(s, s, strings.ToUpper(s), strings.ToLower(s))
}

func (c chance) term(texts []string) string {
	if c.IntN(8) == 0 {
		return c.text()
	}
	return c.part(c.one(texts...))
}

// parts makes wildcards in a text.
func (c chance) parts(text string) []string {
	chars := []rune(text)
	var parts []string
	for from := 0; ; {
		to := from + c.IntN(len(chars)-from+1)
		parts = append(parts, string(chars[from:to]))
		if len(parts) == 4 || to == len(chars) {
			break
		}
		from = to + c.IntN(len(chars)-to+1)
	}
	if c.IntN(3) == 0 {
		parts = append(parts, "")
	}
	return parts
}

func (c chance) expr(e *aoc.Event, texts []string, depth int) aoc.Expr {
	switch n := c.IntN(16); {
	case depth > 0 && n < 2:
		return aoc.Or{c.expr(e, texts, depth-1), c.expr(e, texts, depth-1)}
	case depth > 0 && n < 4:
		return aoc.Not{Of: c.expr(e, texts, depth-1)}
	case depth > 0 && n < 7:
		return aoc.And{c.expr(e, texts, depth-1), c.expr(e, texts, depth-1)}
	case n < 10:
		return aoc.Text{Term: c.term(texts)}
	case n == 10:
		return aoc.TextLike{Parts: c.parts(c.one(texts...))}
	case n == 11:
		return aoc.TextLike{Parts: []string{c.term(texts), c.term(texts)}}
	case n == 12:
		return aoc.Between{Start: time.Unix(c.Int64N(4), 0), End: time.Unix(c.Int64N(4), c.Int64N(3))}
	}
	fields := append(termFields(), aoc.FieldTag, aoc.FieldReview)
	field := fields[c.IntN(len(fields))]
	values := append(store.FieldValues(e, field), c.text())
	switch c.IntN(6) {
	case 0:
		return aoc.Like{Field: field, Parts: []string{"", ""}}
	case 1:
		return aoc.Like{Field: field, Parts: []string{c.one(values...)}}
	case 2, 3:
		return aoc.Like{Field: field, Parts: c.parts(c.one(values...))}
	case 4:
		return aoc.Like{Field: field}
	}
	return aoc.Is{Field: field, Values: []string{c.one(values...), strings.ToUpper(c.one(values...))}[:1+c.IntN(2)]}
}

// known is an event with what a store keeps of it to find it by.
type known struct {
	event aoc.Event
	older [][]byte
	texts []string
	doc   *eventDoc
}

func newKnown(e aoc.Event, older [][]byte, lex *shelfInMemory) known {
	k := known{event: e, older: older, doc: &eventDoc{Key: e.Key, At: nanos(e.Timestamp), Marks: marksOf(e.Tags, e.Review)}}
	var words []string
	k.doc.Terms, words = termsOf(&e, older)
	lex.learn(words)
	store.EachText(&e, older, func(v string) bool {
		k.texts = append(k.texts, strings.Clone(v))
		return true
	})
	return k
}

// checkPlan fails where a plan says something of an event that is not so.
func checkPlan(t *testing.T, p *plan, k *known) {
	t.Helper()
	match := store.NewMatcher(p.where).Match(&k.event, k.older)
	sure, maybe, doubt := p.sure.holds(k.doc), p.maybe.holds(k.doc), p.doubt.holds(k.doc)
	fail := func(what string) {
		t.Helper()
		t.Fatalf("%s: match %v, sure %v, maybe %v, doubt %v\nquery %#v\nplan %+v\nterms %q\nmarks %q", what, match, sure, maybe, doubt, p.where, p.verdict, k.doc.Terms, k.doc.Marks)
	}
	switch {
	case match && !maybe:
		fail("a match that the filter does not let through")
	case match && !sure && !doubt:
		fail("a match that is neither sure nor doubtful")
	case sure && !match:
		fail("sure, but no match")
	case sure && doubt:
		fail("sure and doubtful")
	case p.exact() && sure != match:
		fail("an exact plan that is wrong")
	case match && !p.time.holds(k.doc):
		fail("a match out of time")
	}
	for _, lists := range [][]has{needed(p.maybe), neededLists(p.maybe)} {
		for _, l := range lists {
			if maybe && !l.holds(k.doc) {
				fail(fmt.Sprintf("without a value of the list %q that is needed", l.values))
			}
		}
	}
}

// rounds is how often something random is tried.
func rounds(n int) int {
	if os.Getenv("AOC_TEST_FULL") != "" {
		return 20 * n
	}
	return n
}

func TestPlansAreSound(t *testing.T) {
	c := newChance(1)
	stats := map[string]int{}
	for range rounds(15) {
		lex := newShelf([]int{0, 3, 1000}[c.IntN(3)])
		var events []known
		for range 12 {
			e, older := c.event()
			events = append(events, newKnown(e, older, lex))
		}
		for range 150 {
			of := &events[c.IntN(len(events))]
			x := c.expr(&of.event, of.texts, 2)
			p, err := planner{lex}.plan(t.Context(), aoc.Query{Where: x})
			if err != nil {
				t.Fatalf("%#v: %v", x, err)
			}
			for i := range events {
				checkPlan(t, p, &events[i])
			}
			stats["plans"]++
			if p.exact() {
				stats["exact"]++
			}
			if _, all := p.maybe.(always); all {
				stats["without a filter"]++
			}
		}
	}
	t.Log(stats)
	if stats["exact"] < stats["plans"]/10 || stats["without a filter"] > stats["plans"]/2 {
		t.Errorf("of %d plans, %d are exact and %d have no filter: this shows too little", stats["plans"], stats["exact"], stats["without a filter"])
	}
}

// What people look for most must not need a scan; and where a condition can tell for sure,
// only events that have something like it in a coded word, or terms cut, are to be read.
func TestPlansDecide(t *testing.T) {
	lex := newShelf(maxEntries)
	c := newChance(2)
	for range 50 {
		e, older := c.event()
		newKnown(e, older, lex)
	}
	e := aoc.Event{Raw: []byte(`{"a":"Ada.Lovelace@contoso.example","b":"3f2a91c4-7b1d-4c55-8c1e-0123456789ab","c":"203.0.113.77:443","d":"山田太郎"}`), Operation: "Update user"}
	newKnown(e, nil, lex)
	text := func(s string) aoc.Expr { return aoc.Text{Term: s} }
	like := func(f aoc.Field, parts ...string) aoc.Expr { return aoc.Like{Field: f, Parts: parts} }
	is := func(f aoc.Field, value string) aoc.Expr { return aoc.Is{Field: f, Values: []string{value}} }
	for _, q := range []struct {
		x    aoc.Expr
		sure bool // of most that match
	}{
		{text("lovelace"), true}, {text("ovel"), true}, {text("contoso"), true}, {text("3F2A91C4-7B1D-4C55-8C1E-0123456789AB"), true},
		{text("203.0.113.77"), true}, {text("203.0.113."), true}, {text("山田"), true}, {text("田"), true}, {text("91c4"), true}, {text("f2a91"), true},
		{text("ada.lovelace@contoso.example"), false}, {text("3f2a91c4-7b1d"), false},
		{is(aoc.FieldOperation, "update USER"), true}, {like(aoc.FieldOperation, "upd", ""), true}, {like(aoc.FieldOperation, "", "s", "r"), true},
		{like(aoc.FieldTag, "in", ""), true}, {is(aoc.FieldTarget, "x"), true}, {aoc.Not{Of: is(aoc.FieldReview, "benign")}, true},
		{aoc.Or{text("lovelace"), text("contoso")}, true},
	} {
		p, err := planner{lex}.plan(t.Context(), aoc.Query{Where: q.x})
		if err != nil {
			t.Fatal(err)
		}
		if _, scan := p.maybe.(always); scan {
			t.Errorf("%#v is scanned for", q.x)
		}
		if q.sure == isNever(p.sure) {
			t.Errorf("%#v: sure %+v; want some: %v", q.x, p.sure, q.sure)
		}
		for _, l := range needed(p.doubt) {
			if q.sure && len(l.values) > 6 {
				t.Errorf("%#v: events with any of %q are to be read", q.x, l.values)
			}
		}
	}
}

func FuzzFragments(f *testing.F) {
	for _, s := range [][2]string{
		{"Ada Lovelace <ada.lovelace@contoso.example>", "LOVE"}, {"3f2a91c4-7b1d-4c55-8c1e-0123456789ab", "91c4-7b1d"}, {"203.0.113.77", "0.113.7"},
		{"straße", "ß"}, {"abc1234567", "c123"}, {"1.2.3.", "2.3."}, {"a\xffb", "\xff"}, {strings.Repeat("x1", 60), "1x1x"}, {"山田太郎", "田太"}, {"glove2024", "love"},
	} {
		f.Add(s[0], s[1], uint8(0), uint8(200), true)
	}
	f.Fuzz(func(t *testing.T, text, other string, from, to uint8, cut bool) {
		if cut { // a part of the text; at any byte, as a client may send it
			a, b := min(int(from), len(text)), min(int(to), len(text))
			other = text[min(a, b):max(a, b)]
		}
		lex := newShelf(maxEntries)
		k := newKnown(aoc.Event{Raw: []byte(`""`), DisplaySummary: text, TargetDisplays: []string{text}, ID: "x"}, nil, lex)
		for _, x := range []aoc.Expr{
			aoc.Text{Term: other}, aoc.TextLike{Parts: []string{other, other[len(other)/2:]}}, aoc.Not{Of: aoc.Text{Term: other}},
			aoc.Like{Field: aoc.FieldTarget, Parts: []string{other, ""}}, aoc.Like{Field: aoc.FieldTarget, Parts: []string{"", other}},
			aoc.Like{Field: aoc.FieldTarget, Parts: []string{"", other, ""}}, aoc.Is{Field: aoc.FieldTarget, Values: []string{other}},
		} {
			p, err := planner{lex}.plan(t.Context(), aoc.Query{Where: x})
			if err != nil {
				t.Fatal(err)
			}
			checkPlan(t, p, &k)
		}
	})
}

// The terms of an event tell its text apart from any other one's, in time that does not grow
// with more than its length.
func FuzzTerms(f *testing.F) {
	f.Add("Ada", `{"a":"b"}`)
	f.Fuzz(func(t *testing.T, summary, raw string) {
		if !rawjson.Valid([]byte(raw)) {
			raw = `{}`
		}
		e := aoc.Event{DisplaySummary: summary, Raw: []byte(raw)}
		terms, words := termsOf(&e, nil)
		again, _ := termsOf(&e, nil)
		if !slices.Equal(terms, again) {
			t.Fatal("an event has other terms when it is asked for again")
		}
		if len(terms) > maxTerms+2 {
			t.Fatalf("%d terms", len(terms))
		}
		has := map[string]bool{}
		for _, term := range terms {
			if has[term] || term == "" {
				t.Fatalf("term %q twice, or empty", term)
			}
			has[term] = true
		}
		for _, w := range words {
			if !has[w] {
				t.Fatalf("the vocabulary lists %q, which is no term", w)
			}
			if kind, _ := entryKind(w); (kind == "") != isWordEntry(w) || (kind == dottedMark) != isDottedEntry(w) {
				t.Fatalf("%q is taken for an entry of kind %q", w, kind)
			}
		}
	})
}

func BenchmarkTermsOf(b *testing.B) {
	c := newChance(3)
	events := make([]aoc.Event, 64)
	bytes := 0
	for i := range events {
		events[i], _ = c.event()
		events[i].Targets, events[i].Changes = nil, nil
		events[i].Raw = c.record(20)
		bytes += len(events[i].Raw)
	}
	b.SetBytes(int64(bytes / len(events)))
	b.ReportAllocs()
	terms := 0
	for i := 0; b.Loop(); i++ {
		list, _ := termsOf(&events[i%len(events)], nil)
		terms += len(list)
	}
	b.ReportMetric(float64(terms)/float64(b.N), "terms/op")
}
