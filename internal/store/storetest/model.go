package storetest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// model is what a store should hold, kept in the plainest way.
type model struct {
	events map[string]*modelEvent
	seq    int64
}

type modelEvent struct {
	event aoc.Event
	older [][]byte
}

func newModel() *model { return &model{events: map[string]*modelEvent{}} }

// append does what Log.Append promises.
func (m *model) append(events []aoc.Event) []store.Outcome {
	outcomes := make([]store.Outcome, len(events))
	for i, e := range events {
		had := m.events[e.Key]
		if had == nil {
			m.seq++
			e.Seq, e.Tags, e.Comments = m.seq, []string{}, []aoc.Comment{}
			m.events[e.Key] = &modelEvent{event: e}
			continue
		}
		if had.has(e.Raw) {
			outcomes[i] = store.Duplicate
			continue
		}
		outcomes[i] = store.Revision
		m.seq++
		had.older = append(had.older, had.event.Raw)
		e.Seq, e.Revisions, e.ReceivedAt = m.seq, len(had.older), had.event.ReceivedAt
		e.Tags, e.Comments, e.Review = had.event.Tags, had.event.Comments, had.event.Review
		had.event = e
	}
	return outcomes
}

func (e *modelEvent) has(raw []byte) bool {
	want, err := rawjson.Canonical(raw)
	if err != nil {
		panic(err)
	}
	for _, v := range append(slices.Clone(e.older), e.event.Raw) {
		if got, err := rawjson.Canonical(v); err == nil && bytes.Equal(got, want) {
			return true
		}
	}
	return false
}

// search gives every matching event, newest first.
func (m *model) search(q aoc.Query) []aoc.Event {
	matcher := store.NewMatcher(q.Where)
	hits := []aoc.Event{}
	for _, e := range m.events {
		t := e.event.Timestamp
		if !q.Start.IsZero() && t.Before(q.Start) || !q.End.IsZero() && !t.Before(q.End) {
			continue
		}
		if matcher.Match(&e.event, e.older) {
			hits = append(hits, e.event)
		}
	}
	slices.SortFunc(hits, func(a, b aoc.Event) int {
		return cmp.Or(b.Timestamp.Compare(a.Timestamp), cmp.Compare(b.Key, a.Key))
	})
	return hits
}

// generator makes events whose text is awkward for an index: rare and common words,
// GUIDs, addresses, wildcards, quotes, other scripts, JSON in strings.
type generator struct {
	rng     *rand.Rand
	n       int
	tenants []string
	base    time.Time
	spread  time.Duration
}

func newGenerator(seed uint64) *generator {
	return &generator{
		rng:     rand.New(rand.NewPCG(seed, seed^0x5eed)),
		tenants: []string{"11111111-aaaa-4bbb-8ccc-000000000001", "22222222-aaaa-4bbb-8ccc-000000000002"},
		base:    time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		spread:  40 * 24 * time.Hour,
	}
}

var (
	someActors = []string{
		"Ada Lovelace", "Bob Ray", "Zoë Ångström", "ИВАН Петров", "山田太郎", "O'Brien, \"Kit\"", "100%_real*", "<b>x</b>",
		"=cmd|' /C calc'!A0", "straße", "Exchange (system)", "",
	}
	someOperations = []string{"Add member to role", "Update user", "FileDownloaded", "New-InboxRule", "UserLoggedIn", "Set-Mailbox", "Consent to application"}
	someServices   = []string{"Exchange", "SharePoint", "AzureActiveDirectory", "RoleManagement", "UserManagement"}
	someWords      = []string{
		"budget.xlsx", "Quarterly Report (final)", "Ωmega", "k", "KELVIN K sign", "ſharp", "a_b%c*d", `back\slash`, `quo"te`, "tab\tnew\nline",
		"finance/2026", "naïve café", "İstanbul", "mailto:x@evil.example", "😀 party", "", "0", "-17.5", "\x01control",
	}
)

func (g *generator) pick(list []string) string { return list[g.rng.IntN(len(list))] }

func (g *generator) guid() string {
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", g.rng.Uint32(), g.rng.Uint32()&0xffff, g.rng.Uint32()&0xffff, g.rng.Uint32()&0xffff, g.rng.Uint64()&0xffffffffffff)
}

func (g *generator) time() time.Time {
	t := g.base.Add(time.Duration(g.rng.Int64N(int64(g.spread))))
	switch g.rng.IntN(4) {
	case 0:
		return t.Truncate(time.Second)
	case 1:
		return t.Truncate(time.Hour) // many events of the same instant
	}
	return t
}

// event makes a new event.
func (g *generator) event() aoc.Event {
	g.n++
	id := g.guid()
	actor, op := g.pick(someActors), g.pick(someOperations)
	ip := fmt.Sprintf("203.0.%d.%d", g.rng.IntN(4), g.rng.IntN(250))
	target := g.pick(someWords)
	upn := strings.ToLower(strings.ReplaceAll(actor, " ", ".")) + "@contoso.example"
	record := map[string]any{
		"Id": id, "Operation": op, "UserId": upn, "ClientIP": ip, "ObjectId": target,
		"Session": g.guid(), "Number": g.rng.IntN(100000), "Float": float64(g.rng.IntN(1000)) / 8, "Flag": true, "None": nil,
		"Text":   g.pick(someWords) + " " + g.pick(someWords),
		"Nested": []any{map[string]any{"Deep": g.pick(someWords)}, fmt.Sprintf(`{"json":"in %s"}`, "string")},
	}
	if g.rng.IntN(20) == 0 {
		record["Once"] = fmt.Sprintf("singular-%d-token", g.n)
	}
	raw, err := json.Marshal(record)
	if err != nil {
		panic(err)
	}
	return g.finish(aoc.Event{
		ID: id, Source: aoc.SourceUnified, TenantID: g.pick(g.tenants), Timestamp: g.time(),
		Origin: aoc.OriginCollected, Service: g.pick(someServices), Workload: "Exchange", RecordType: "ExchangeAdmin",
		Operation: op, Result: []aoc.Result{aoc.ResultSuccess, aoc.ResultFailure, aoc.ResultUnknown}[g.rng.IntN(3)],
		Actor: aoc.Actor{ID: "", Name: actor, UPN: upn}, ActorKind: aoc.ActorPerson, ActorDisplay: actor,
		ClientIP: ip, Raw: raw,
		Targets: []aoc.Target{{Name: target, Type: "File"}}, TargetDisplays: []string{target},
		Changes:        []aoc.Change{{Property: "Name", After: &target}},
		DisplaySummary: actor + " did " + op + " on " + target,
	})
}

func (g *generator) finish(e aoc.Event) aoc.Event {
	e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
	e.Key = aoc.KeyOf(e.DedupeKey)
	e.ReceivedAt = e.Timestamp.Add(time.Duration(g.rng.Int64N(int64(time.Hour)))).Truncate(time.Microsecond)
	return e
}

// events makes n new events.
func (g *generator) events(n int) []aoc.Event {
	es := make([]aoc.Event, n)
	for i := range es {
		es[i] = g.event()
	}
	return es
}

// reordered gives the same record with its keys in another order and other escapes.
func (g *generator) reordered(e aoc.Event) aoc.Event {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(e.Raw, &m); err != nil {
		panic(err)
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	g.rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	var b strings.Builder
	b.WriteString("{ ")
	for i, k := range keys {
		if i > 0 {
			b.WriteString(" ,\n")
		}
		fmt.Fprintf(&b, "%q: %s", k, strings.ReplaceAll(string(m[k]), "/", `\/`))
	}
	b.WriteString("}")
	e.Raw = []byte(b.String())
	return e
}

// revised gives another content for the same event.
func (g *generator) revised(e aoc.Event) aoc.Event {
	var m map[string]any
	if err := json.Unmarshal(e.Raw, &m); err != nil {
		panic(err)
	}
	m["Revised"] = fmt.Sprintf("edition %d %s", g.rng.IntN(1e6), g.pick(someWords))
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	e.Raw = raw
	e.Seq, e.Revisions, e.Tags, e.Comments, e.Review = 0, 0, nil, nil, nil
	if g.rng.IntN(3) == 0 {
		e.Timestamp = g.time() // upstream corrected the time
	}
	e.ReceivedAt = e.ReceivedAt.Add(time.Minute)
	return e
}

// term makes a search term: a piece of what is in the events, or something that is not.
func (g *generator) term(m *model, keys []string) string {
	if len(keys) == 0 || g.rng.IntN(6) == 0 {
		return []string{"no such text", "zzzz", "%", "_", "*", `"`, "\\", "203.0.", "k", "contoso.EXAMPLE", "STRASSE", "ъ", "山田"}[g.rng.IntN(13)]
	}
	e := m.events[keys[g.rng.IntN(len(keys))]]
	var values []string
	store.EachText(&e.event, e.older, func(v string) bool {
		values = append(values, strings.Clone(v))
		return true
	})
	value := []rune(values[g.rng.IntN(len(values))])
	from := g.rng.IntN(len(value))
	to := from + 1 + g.rng.IntN(min(len(value)-from, 24))
	term := string(value[from:to])
	switch g.rng.IntN(3) {
	case 0:
		return strings.ToUpper(term)
	case 1:
		return strings.ToLower(term)
	}
	return term
}

// expr makes a predicate.
func (g *generator) expr(m *model, keys []string, depth int) aoc.Expr {
	switch n := g.rng.IntN(10); {
	case depth > 0 && n == 0:
		return aoc.Or{g.expr(m, keys, depth-1), g.expr(m, keys, depth-1)}
	case depth > 0 && n == 1:
		return aoc.Not{Of: g.expr(m, keys, depth-1)}
	case depth > 0 && n <= 3:
		return aoc.And{g.expr(m, keys, depth-1), g.expr(m, keys, depth-1)}
	case n <= 7:
		return aoc.Text{Term: g.term(m, keys)}
	}
	return g.is()
}

func (g *generator) is() aoc.Expr {
	switch g.rng.IntN(7) {
	case 0:
		return aoc.Is{Field: aoc.FieldOperation, Values: []string{strings.ToUpper(g.pick(someOperations)), g.pick(someOperations)}}
	case 1:
		return aoc.Is{Field: aoc.FieldService, Values: []string{g.pick(someServices)}}
	case 2:
		return aoc.Is{Field: aoc.FieldResult, Values: []string{"failure"}}
	case 3:
		actor := g.pick(someActors)
		return aoc.Is{Field: aoc.FieldActor, Values: []string{actor, strings.ToLower(strings.ReplaceAll(actor, " ", ".")) + "@contoso.example"}}
	case 4:
		return aoc.Is{Field: aoc.FieldTenant, Values: []string{g.pick(g.tenants)}}
	case 5:
		return aoc.Is{Field: aoc.FieldTag, Values: []string{"Reviewed", "odd"}}
	}
	return aoc.Is{Field: aoc.FieldIP, Values: []string{fmt.Sprintf("203.0.%d.%d", g.rng.IntN(4), g.rng.IntN(250))}}
}

// query makes a query with or without bounds of time.
func (g *generator) query(m *model) aoc.Query {
	keys := make([]string, 0, len(m.events))
	for k := range m.events {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	q := aoc.Query{Where: g.expr(m, keys, 2)}
	if g.rng.IntN(3) == 0 {
		q.Start = g.time()
	}
	if g.rng.IntN(3) == 0 {
		q.End = g.time()
	}
	return q
}
