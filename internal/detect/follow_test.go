package detect

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// stepClock goes on by a second with every look at it.
type stepClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *stepClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Second)
	return c.now
}

func (c *stepClock) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

// dying is a store that fails after some writes, before or after they are made.
type dying struct {
	*sqlite.Store
	left int
	late bool
}

var errDead = errors.New("the process has died")

func (d *dying) PutItem(ctx context.Context, it store.Item) (store.Item, error) {
	if d.left--; d.left == 0 && !d.late {
		return store.Item{}, errDead
	}
	if d.left < 0 {
		return store.Item{}, errDead
	}
	put, err := d.Store.PutItem(ctx, it)
	if d.left == 0 {
		return store.Item{}, errDead
	}
	return put, err
}

const followed = `title: An inbox rule
id: 11111111-0000-4000-8000-000000000001
logsource:
    product: m365
    service: exchange
detection:
    selection:
        Operation: New-InboxRule
    condition: selection
level: high
tags:
    - attack.t1114.003
---
title: Many rules
id: 11111111-0000-4000-8000-000000000002
correlation:
    type: event_count
    rules:
        - any_rule
    group-by:
        - UserId
    timespan: 1h
    condition:
        gte: 4
level: critical
---
title: Any rule
name: any_rule
logsource:
    product: m365
    service: exchange
detection:
    selection:
        Operation|endswith: InboxRule
    condition: selection
`

func keptRules(t testing.TB) []*Kept {
	t.Helper()
	return []*Kept{{ID: "inbox", Version: 3, Enabled: true, Rules: parse(t, followed)}}
}

// inboxEvents are changes of inbox rules by a few people at random times, out of order.
func inboxEvents(t testing.TB, n int, seed uint64) []aoc.Event {
	r := rand.New(rand.NewPCG(seed, 1))
	var events []aoc.Event
	for i := range n {
		at := time.Date(2026, 3, 2, 8, r.IntN(600), r.IntN(60), 0, time.UTC)
		raw := fmt.Sprintf(`{"CreationTime":%q,"Id":"%08d-aaaa-4bbb-8ccc-222222222222","Operation":%q,"OrganizationId":"11111111-2222-4333-8444-555555555555","RecordType":1,
			"UserKey":"k","UserType":2,"Version":1,"Workload":"Exchange","ObjectId":"x","UserId":"user%d@contoso.example"}`,
			at.Format("2006-01-02T15:04:05"), i, []string{"New-InboxRule", "Set-InboxRule", "Remove-InboxRule", "Set-Mailbox"}[r.IntN(4)], r.IntN(4))
		events = append(events, *event(t, aoc.KindUnified, raw))
	}
	return events
}

// house is a store with a log, and what follows it.
type house struct {
	t     *testing.T
	store *sqlite.Store
	clock *stepClock
}

func newHouse(t *testing.T, events []aoc.Event) *house {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	h := &house{t, s, &stepClock{now: time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)}}
	f := h.follower(s)
	if err := f.restore(t.Context()); err != nil { // from now on: before the events
		t.Fatal(err)
	}
	for batch := range slices.Chunk(events, 50) {
		if _, err := s.Append(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *house) follower(s interface {
	store.Log
	store.Items
	store.Searcher
	store.Finder
}) *Follower {
	return NewFollower(FollowerConfig{
		Store: s, Rules: func(context.Context) ([]*Kept, error) { return keptRules(h.t), nil }, Clock: h.clock, Batch: 7,
	})
}

// follow judges all there is, or until the store fails.
func (h *house) follow(f *Follower) error {
	if err := f.restore(h.t.Context()); err != nil {
		return err
	}
	for {
		n, err := f.Step(h.t.Context())
		if err != nil || n == 0 {
			return err
		}
	}
}

// alerts gives all alerts, but for when they were raised.
func (h *house) alerts() []aoc.Alert {
	h.t.Helper()
	its, err := h.store.ListItems(h.t.Context(), store.ItemFilter{Kind: KindAlert})
	if err != nil {
		h.t.Fatal(err)
	}
	var all []aoc.Alert
	for i := range its {
		a, err := AlertOf(&its[i])
		if err != nil {
			h.t.Fatal(err)
		}
		a.RaisedAt = time.Time{}
		all = append(all, *a)
	}
	slices.SortFunc(all, func(a, b aoc.Alert) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// TestAlertsAreRaisedOnce: whenever a process dies, between any two writes, the alerts in the
// end are those of one that never did.
func TestAlertsAreRaisedOnce(t *testing.T) {
	events := inboxEvents(t, 150, 1)
	calm := newHouse(t, events)
	if err := calm.follow(calm.follower(calm.store)); err != nil {
		t.Fatal(err)
	}
	want := calm.alerts()
	var single, many int
	for _, a := range want {
		if a.Title == "Many rules" {
			many++
		} else {
			single++
		}
	}
	if single != 4 || many == 0 {
		t.Fatalf("%d alerts of single events, %d of many", single, many)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 6 {
		h := newHouse(t, events)
		for deaths := 0; ; deaths++ {
			d := &dying{Store: h.store, left: 1 + r.IntN(30), late: r.IntN(2) == 0}
			if deaths > 200 {
				d.left = 1 << 30
			}
			err := h.follow(h.follower(d))
			if err == nil {
				break
			}
			if !errors.Is(err, errDead) {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, h.alerts()); diff != "" {
			t.Fatalf("round %d (-want +got):\n%s", round, diff)
		}
	}
}

// TestPeopleChangeAlerts while more events come to them: neither loses what the other wrote.
func TestPeopleChangeAlerts(t *testing.T) {
	events := inboxEvents(t, 60, 2)
	h := newHouse(t, events[:20])
	f := h.follower(h.store)
	if err := h.follow(f); err != nil {
		t.Fatal(err)
	}
	its, err := h.store.ListItems(t.Context(), store.ItemFilter{Kind: KindAlert})
	if err != nil || len(its) == 0 {
		t.Fatal(len(its), err)
	}
	for i := range its {
		a, err := AlertOf(&its[i])
		if err != nil {
			t.Fatal(err)
		}
		a.State, a.Assignee, a.Reason = aoc.AlertClosed, "ada", "expected"
		it, err := AlertItem(a, its[i].Version)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.store.PutItem(t.Context(), it); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.store.Append(t.Context(), events[20:]); err != nil {
		t.Fatal(err)
	}
	if err := h.follow(f); err != nil {
		t.Fatal(err)
	}
	counted := int64(0)
	for _, a := range h.alerts() {
		if a.Title == "An inbox rule" {
			counted += a.Count
		}
		if slices.ContainsFunc(its, func(it store.Item) bool { return it.ID == a.ID }) && (a.State != aoc.AlertClosed || a.Assignee != "ada") {
			t.Errorf("%+v", a)
		}
	}
	made := 0
	for i := range events {
		if events[i].Operation == "New-InboxRule" {
			made++
		}
	}
	if counted != int64(made) {
		t.Errorf("alerts count %d of %d events", counted, made)
	}
}

// TestOwnEventsRaiseNothing, whatever rules look for.
func TestOwnEventsRaiseNothing(t *testing.T) {
	d := NewDetector(parse(t, rule("everything", "product: aoc", "aoc.operation|exists: true")), nil, Env{})
	e := event(t, aoc.KindUnified, unifiedRecord)
	if got := judge(d, e); len(got) != 1 {
		t.Fatalf("%v", got)
	}
	e.Source = aoc.SourceAOC
	if got := judge(d, e); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestLargeStateIsKept: what correlations have seen may be more than an item holds. Processes
// die between its parts, and the alerts are the same; nothing of theirs is left behind.
func TestLargeStateIsKept(t *testing.T) {
	was, of := inlineState, partSize
	inlineState, partSize = 500, 300
	defer func() { inlineState, partSize = was, of }()
	events := inboxEvents(t, 60, 1)
	whole := newHouse(t, events)
	if err := whole.follow(whole.follower(whole.store)); err != nil {
		t.Fatal(err)
	}
	want := whole.alerts()
	h := newHouse(t, events)
	parts := 0
	for life := 1; ; life++ {
		f := h.follower(&dying{Store: h.store, left: 3 + life, late: life%2 == 0})
		err := f.restore(t.Context())
		for n := 1; err == nil && n > 0; {
			if n, err = f.Step(t.Context()); err == nil {
				err = f.save(t.Context(), true)
			}
			if kept, listing := h.store.ListItems(t.Context(), store.ItemFilter{Kind: kindPart}); listing == nil {
				parts = max(parts, len(kept))
			}
		}
		if err == nil {
			break
		}
	}
	if got := h.alerts(); !equalAlerts(got, want) {
		t.Errorf("%d alerts, want %d", len(got), len(want))
	}
	ofs, err := h.store.CountItems(t.Context(), store.ItemFilter{Kind: kindPart}, labelOf)
	if err != nil || len(ofs) > 1 || parts < 2 {
		t.Errorf("parts of %d states are left, %d at most, %v", len(ofs), parts, err)
	}
}

// TestNewsOfAlerts: whenever a process dies, each new alert is announced before it is there, and
// once; imports and the past are news to nobody.
func TestNewsOfAlerts(t *testing.T) {
	events := inboxEvents(t, 120, 3)
	for i := range events {
		events[i].Origin = []aoc.Origin{aoc.OriginCollected, aoc.OriginImported}[i%2]
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 4 {
		h := newHouse(t, events)
		for deaths := 0; ; deaths++ {
			d := &dying{Store: h.store, left: 1 + r.IntN(30), late: r.IntN(2) == 0}
			if deaths > 200 {
				d.left = 1 << 30
			}
			err := h.follow(h.follower(d))
			h.announced(t, false)
			if err == nil {
				break
			}
		}
		h.announced(t, true)
	}
	for _, a := range []aoc.Alert{{Origin: aoc.OriginCollected, Past: true}, {Origin: aoc.OriginBackfilled}, {Origin: aoc.OriginImported}} {
		if IsNews(&a) {
			t.Errorf("%+v is news", a)
		}
	}
}

// announced compares alerts with their news. In the end there are none without the alert.
func (h *house) announced(t *testing.T, ended bool) {
	t.Helper()
	news, err := h.store.ListItems(t.Context(), store.ItemFilter{Kind: KindNews})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for i := range news {
		told[news[i].ID] = true
	}
	wanted := 0
	for _, a := range h.alerts() {
		if told[a.ID] != IsNews(&a) {
			t.Fatalf("alert %s of origin %s: announced %t", a.ID, a.Origin, told[a.ID])
		}
		if IsNews(&a) {
			wanted++
		}
	}
	if ended && (len(news) != wanted || wanted == 0) {
		t.Fatalf("%d news of %d alerts", len(news), wanted)
	}
}
