package console

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aoc"
	"aoc/internal/query"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

const (
	// proposals is the most that are made at a time, and how many of them may be values
	// where a field could be typed as well.
	proposals      = 20
	termValues     = 8
	sampled        = 500 // newest events that values are taken from where they are not counted
	completionTime = 2 * time.Second
)

// The kinds of completion.
const (
	CompleteField   = "field"
	CompleteValue   = "value"
	CompleteKeyword = "keyword"
	CompleteNone    = "none"
)

// Completion proposes what can be typed at a place of a query. Offsets are in UTF-16 code
// units, as browsers count.
type Completion struct {
	From  int        `json:"from" doc:"Items replace q[from:to]; offsets count UTF-16 code units."`
	To    int        `json:"to"`
	Kind  string     `json:"kind" enum:"field,value,keyword,none" doc:"What is being typed."`
	Field string     `json:"field" doc:"The field whose value is being typed; else empty."`
	Items []Proposal `json:"items"`
}

// Proposal is one thing that can be typed.
type Proposal struct {
	Insert string `json:"insert" doc:"What to write, quoted where needed."`
	Label  string `json:"label" doc:"What to show."`
	Count  *int64 `json:"count" nullable:"true" doc:"Events that have the value among those the other terms select; null where it is not counted."`
	Detail string `json:"detail" doc:"The field it is a value of, or what it means."`
}

// Complete proposes what to type at an offset of a filter's query. Values are those of the
// events that the rest of the query and the other filters select.
func (c *Console) Complete(ctx context.Context, f Filter, at int) (Completion, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return Completion{}, err
	}
	if len(f.Query) > query.MaxBytes {
		return Completion{}, invalid("q", "a query has at most %d bytes", query.MaxBytes)
	}
	place := query.At(f.Query, at)
	done := Completion{From: place.From, To: place.To, Kind: CompleteNone, Items: []Proposal{}}
	q, err := c.rest(ctx, f, place)
	if err != nil {
		return done, err
	}
	ctx, cancel := context.WithTimeout(ctx, completionTime)
	defer cancel()
	switch place.Kind {
	case query.PlaceTerm:
		done.Kind = CompleteField
		if done.Items = keywordsLike(place.Prefix); len(done.Items) > 0 {
			done.Kind = CompleteKeyword
		}
		done.Items = append(done.Items, fieldsLike(place.Prefix)...)
		done.Items, err = c.withValues(ctx, q, place.Prefix, done.Items)
	case query.PlaceWord:
		done.Kind = CompleteField
		done.Items, err = c.withValues(ctx, q, place.Prefix, done.Items)
	case query.PlaceValue:
		done.Kind, done.Field = CompleteValue, place.Field.Name
		done.Items, err = c.valuesLike(ctx, q, place.Field, place.Prefix)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) { // too slow to be of use while somebody types
		err = nil
	}
	return done, err
}

// rest is what the other terms select. A query that is wrong elsewhere is left out: while
// somebody types it mostly is.
func (c *Console) rest(ctx context.Context, f Filter, place query.Place) (aoc.Query, error) {
	f.Query = place.Without
	q, err := c.selection(ctx, f)
	if p, ok := errors.AsType[*InvalidParam](err); ok && p.Name == "q" {
		f.Query = ""
		q, err = c.selection(ctx, f)
	}
	return q, err
}

func fieldsLike(prefix string) []Proposal {
	var found []Proposal
	for _, f := range query.Fields() {
		if strings.HasPrefix(f.Name, strings.ToLower(prefix)) {
			found = append(found, Proposal{Insert: f.Name + ":", Label: f.Name + ":", Detail: f.Help})
		}
	}
	return found
}

// keywordsLike proposes keywords to who begins to type one; they are in upper case only.
func keywordsLike(prefix string) []Proposal {
	found := []Proposal{}
	for _, k := range [...]struct{ word, means string }{
		{"OR", "one of both sides"}, {"NOT", "what does not match; also -"}, {"AND", "both sides, as without it"},
	} {
		if prefix != "" && strings.HasPrefix(k.word, prefix) {
			found = append(found, Proposal{Insert: k.word + " ", Label: k.word, Detail: k.means})
		}
	}
	return found
}

// withValues adds terms for the values that a word, as far as it is typed, is part of.
func (c *Console) withValues(ctx context.Context, q aoc.Query, prefix string, items []Proposal) ([]Proposal, error) {
	if utf8.RuneCountInString(prefix) < 2 || strings.Contains(prefix, "*") {
		return items, nil
	}
	fields := []aoc.Field{aoc.FieldActor, aoc.FieldOperation, aoc.FieldWorkload, aoc.FieldService, aoc.FieldTag, aoc.FieldIP}
	n, err := c.store.Count(ctx, q, store.CountRequest{Facets: fields})
	if err != nil {
		return items, err
	}
	wanted := rawjson.Fold(prefix)
	var values []Proposal
	for _, field := range fields {
		for _, v := range ranked(n.Facets[field].Values, prefix, termValues) {
			values = append(values, Proposal{Insert: query.Term(field, v.Value), Label: v.Value, Count: &v.Count, Detail: query.NameOf(field)})
		}
	}
	slices.SortStableFunc(values, func(a, b Proposal) int {
		return cmp.Or(cmp.Compare(rank(a.Label, wanted), rank(b.Label, wanted)), cmp.Compare(*b.Count, *a.Count))
	})
	return append(items, values[:min(len(values), termValues)]...), nil
}

// valuesLike proposes values of a field.
func (c *Console) valuesLike(ctx context.Context, q aoc.Query, field query.FieldInfo, prefix string) ([]Proposal, error) {
	switch field.Field {
	case "":
		return phrasesLike(field.Name, prefix), nil
	case aoc.FieldTarget, aoc.FieldChanged, aoc.FieldID:
		return c.sampledLike(ctx, q, field, prefix)
	case aoc.FieldReview:
		var items []Proposal
		for _, v := range field.Values {
			if strings.HasPrefix(v, strings.ToLower(prefix)) {
				items = append(items, Proposal{Insert: v, Label: v})
			}
		}
		return append([]Proposal{}, items...), nil
	}
	n, err := c.store.Count(ctx, q, store.CountRequest{Facets: []aoc.Field{field.Field}})
	if err != nil {
		return []Proposal{}, err
	}
	items := []Proposal{}
	for _, v := range ranked(n.Facets[field.Field].Values, prefix, proposals) {
		items = append(items, Proposal{Insert: query.Quote(v.Value), Label: v.Value, Count: &v.Count})
	}
	return items, nil
}

// ranked keeps the values that contain what is typed: first those that begin with it, then
// those of which a word does, each kind in the order given.
func ranked(values []aoc.FacetValue, prefix string, n int) []aoc.FacetValue {
	wanted := rawjson.Fold(prefix)
	var ranks [notIn][]aoc.FacetValue
	for _, v := range values {
		if r := rank(v.Value, wanted); r < notIn {
			ranks[r] = append(ranks[r], v)
		}
	}
	all := slices.Concat(ranks[:]...)
	return all[:min(len(all), n)]
}

// How well a value fits what is typed, best first.
const (
	begins = iota
	wordBegins
	contains
	notIn
)

// rank tells how well a value fits a folded text.
func rank(value, wanted string) int {
	value = rawjson.Fold(value)
	switch at := strings.Index(value, wanted); {
	case at < 0:
		return notIn
	case at == 0:
		return begins
	}
	for from := 0; from < len(value); {
		i := strings.Index(value[from:], wanted)
		if i < 0 {
			break
		}
		before, size := utf8.DecodeLastRuneInString(value[:from+i])
		if !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			return wordBegins
		}
		from += i + max(size, 1)
	}
	return contains
}

// sampledLike proposes values that are not counted: those of the newest events.
func (c *Console) sampledLike(ctx context.Context, q aoc.Query, field query.FieldInfo, prefix string) ([]Proposal, error) {
	if len(prefix) >= 3 && !strings.Contains(prefix, "*") && field.Field == aoc.FieldTarget {
		q.Where = both(q.Where, aoc.Text{Term: prefix})
	}
	q.Limit = sampled
	page, err := c.store.Search(ctx, q)
	if err != nil {
		return []Proposal{}, err
	}
	counts := map[string]int64{}
	var values []aoc.FacetValue
	for _, e := range page.Items {
		for _, v := range proposable(&e, field.Field) {
			if counts[v]++; counts[v] == 1 {
				values = append(values, aoc.FacetValue{Value: v})
			}
		}
	}
	slices.SortStableFunc(values, func(a, b aoc.FacetValue) int { return int(counts[b.Value] - counts[a.Value]) })
	items := []Proposal{}
	for _, v := range ranked(values, prefix, proposals) {
		items = append(items, Proposal{Insert: query.Quote(v.Value), Label: v.Value})
	}
	return items, nil
}

// proposable gives the values of an event that people would type.
func proposable(e *aoc.Event, field aoc.Field) []string {
	switch field {
	case aoc.FieldTarget:
		values := slices.Clone(e.TargetDisplays)
		for _, t := range e.Targets {
			if t.UPN != "" && !slices.Contains(values, t.UPN) {
				values = append(values, t.UPN)
			}
		}
		return values[:min(len(values), 50)]
	case aoc.FieldChanged:
		var values []string
		for _, ch := range e.Changes {
			if ch.Property != "" && !slices.Contains(values, ch.Property) {
				values = append(values, ch.Property)
			}
		}
		return values[:min(len(values), 50)]
	}
	return []string{e.ID}
}

// phrases are what can follow is:, after: and before:.
var phrases = map[string][]Proposal{ //nolint:gochecknoglobals // read-only table
	"is": {
		{Insert: "change", Label: "change", Detail: "an administrative change"},
		{Insert: "unreviewed", Label: "unreviewed", Detail: "nobody has judged it, and no change window expects it"},
		{Insert: "reviewed", Label: "reviewed", Detail: "judged by a person or expected by a change window"},
		{Insert: "noise", Label: "noise", Detail: "done by the service itself"},
	},
	"after": {
		{Insert: "-15m", Label: "-15m", Detail: "15 minutes ago"}, {Insert: "-1h", Label: "-1h", Detail: "an hour ago"},
		{Insert: "-24h", Label: "-24h", Detail: "a day ago"}, {Insert: "-7d", Label: "-7d", Detail: "a week ago"},
		{Insert: "-30d", Label: "-30d", Detail: "30 days ago"}, {Insert: "today", Label: "today", Detail: "since midnight"},
		{Insert: "yesterday", Label: "yesterday", Detail: "since midnight a day ago"},
	},
	"before": {
		{Insert: "now", Label: "now"}, {Insert: "today", Label: "today", Detail: "until midnight"},
		{Insert: "-1h", Label: "-1h", Detail: "an hour ago"}, {Insert: "-24h", Label: "-24h", Detail: "a day ago"},
		{Insert: "-7d", Label: "-7d", Detail: "a week ago"}, {Insert: "-30d", Label: "-30d", Detail: "30 days ago"},
	},
}

func phrasesLike(name, prefix string) []Proposal {
	items := []Proposal{}
	for _, p := range phrases[name] {
		if strings.HasPrefix(p.Insert, strings.ToLower(prefix)) {
			items = append(items, p)
		}
	}
	return items
}
