package storetest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"aoc"
)

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
	someProperties = []string{"AccountEnabled", "Role.DisplayName", "Größe", "a, b", "Name", "name", "Included Updated Properties"}
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
	e := aoc.Event{
		ID: id, Source: aoc.SourceUnified, TenantID: g.pick(g.tenants), Timestamp: g.time(),
		Origin: aoc.OriginCollected, Service: g.pick(someServices), Workload: g.pick([]string{"Exchange", "Entra ID", ""}), RecordType: "ExchangeAdmin",
		Operation: op, Result: []aoc.Result{aoc.ResultSuccess, aoc.ResultFailure, aoc.ResultUnknown}[g.rng.IntN(3)],
		Actor: aoc.Actor{ID: "", Name: actor, UPN: upn}, ActorKind: aoc.ActorPerson, ActorDisplay: actor,
		ClientIP: ip, Raw: raw, Targets: []aoc.Target{}, TargetDisplays: []string{}, Changes: []aoc.Change{},
		DisplaySummary: actor + " did " + op + " on " + target,
	}
	for n := g.rng.IntN(4); len(e.Targets) < n; target = g.pick(someWords) {
		e.Targets = append(e.Targets, aoc.Target{ID: g.guid(), Name: target, Type: "File", UPN: g.pick([]string{"", "kim@contoso.example"})})
		e.TargetDisplays = append(e.TargetDisplays, target)
	}
	for n := g.rng.IntN(4); len(e.Changes) < n; {
		e.Changes = append(e.Changes, aoc.Change{Property: g.pick(someProperties), After: &target})
	}
	if g.rng.IntN(40) == 0 {
		e.Changes = append(e.Changes, aoc.Change{Property: strings.Repeat("a long name ", 400)})
	}
	return g.finish(e)
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
