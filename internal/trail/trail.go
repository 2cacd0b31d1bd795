// Package trail is AOC's audit of itself: what people and programs do in AOC becomes events
// of the source aoc in the same log, searchable and chained like all others. Reading is
// written down for each question, not for each event that answers it.
package trail

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"aoc"
	"aoc/internal/normalise"
	"aoc/internal/store"
)

// Entry is something that somebody did, or was not let do.
type Entry struct {
	// Operation says what, in words that begin with a verb: "Export events".
	Operation string
	// Who did it; the zero Caller is somebody whom nobody knows.
	Who    aoc.Caller
	Failed bool
	Reason string // why it failed
	// Target is what it was done to; may be zero.
	Target Target
	// Query is what was asked for, in words of the query language.
	Query string
	// Client is the program that asks, as it calls itself.
	Client string
	// Count is how many events or requests it was about; 0 says nothing.
	Count int64
	// Held lets the entry wait a moment: a later one of the same caller, operation and target
	// takes its place if its query is the same or is typed on.
	Held bool
	// Repeated leaves the entry out if the same one of the same caller was written down a few
	// minutes ago: pages count again and again what they show.
	Repeated bool
	// Merged lets it wait, too, and adds the Count of later ones with the same reason to it,
	// as when somebody tries again and again.
	Merged bool
}

// Target is what something was done to.
type Target struct {
	Type string `json:"type,omitempty"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Config is what a Trail is made of.
type Config struct {
	Log    store.Log
	Clock  aoc.Clock    // nil: the machine's
	Logger *slog.Logger // nil: silent
	// TenantID is the tenant that AOC's own events are of.
	TenantID string
}

// Trail writes entries down. It is safe for concurrent use; Run must be called.
type Trail struct {
	cfg  Config
	room int // entries that may wait

	mu      sync.Mutex
	pending []aoc.Event
	held    map[string]heldEntry // by caller, operation and target, or reason
	told    map[string]time.Time // when what may be repeated was last told, by the same and query
	// strangers came with entries of their own since minute.
	strangers int
	minute    time.Time
	writing   sync.Mutex
}

type heldEntry struct {
	entry     Entry
	since, at time.Time // of the first one, and of the one that is held
}

const (
	// writeEvery is how long entries about reading may wait before they are stored.
	writeEvery = time.Second
	// holdFor is how long a held entry waits for the one that takes its place.
	holdFor = 3 * time.Second
	// holdMost is the longest that one entry may take the place of others.
	holdMost = time.Minute
	// typedOn is the most characters that a query may grow or shrink by and still be the one
	// that was typed a moment ago.
	typedOn = 16
	// repeatAfter is when an entry that may be repeated is written down again.
	repeatAfter = 10 * time.Minute
	// maxTold bounds how many of those are remembered.
	maxTold = 10_000
	// maxStrangers is how many entries a minute tell of strangers by their addresses; more are
	// merged into one, so that a flood from everywhere does not fill the store.
	maxStrangers = 100
	// maxPending is the most entries that wait; beyond, what has to be written down is refused.
	maxPending = 10_000
)

// NoTenant is the tenant of AOC's own events where no other is configured.
const NoTenant = "00000000-0000-0000-0000-000000000000"

// New makes a trail.
func New(cfg Config) *Trail {
	if cfg.Clock == nil {
		cfg.Clock = aoc.SystemClock{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.TenantID = cmp.Or(cfg.TenantID, NoTenant)
	return &Trail{cfg: cfg, room: maxPending, held: map[string]heldEntry{}, told: map[string]time.Time{}}
}

// record is the form of an entry in the log. Package normalise reads it.
type record struct {
	ID        string    `json:"id"`
	Time      time.Time `json:"time"`
	TenantID  string    `json:"tenant_id"`
	Operation string    `json:"operation"`
	Result    string    `json:"result"`
	Reason    string    `json:"reason,omitempty"`
	Who       who       `json:"who"`
	ClientIP  string    `json:"client_ip,omitempty"`
	Target    *Target   `json:"target,omitempty"`
	Query     string    `json:"query,omitempty"`
	Client    string    `json:"client,omitempty"`
	Count     int64     `json:"count,omitempty"`
}

type who struct {
	Name    string   `json:"name,omitempty"`
	Subject string   `json:"subject,omitempty"`
	Via     aoc.Via  `json:"via,omitempty"`
	Role    aoc.Role `json:"role,omitempty"`
	Tenants []string `json:"tenants,omitempty"`
}

// Write stores an entry before it returns: for what must not happen without being written
// down. One that cannot be stored is not kept: what it tells did not happen. Code unavailable.
func (t *Trail) Write(ctx context.Context, e Entry) error {
	event, err := t.event(e, t.cfg.Clock.Now().UTC())
	if err != nil {
		return err
	}
	return t.flush(ctx, event)
}

// Done stores an entry about what has been done already. One that cannot be stored now waits,
// and the error says why.
func (t *Trail) Done(ctx context.Context, e Entry) error {
	if err := t.add(e, t.cfg.Clock.Now()); err != nil {
		return err
	}
	return t.flush(ctx)
}

// Note stores an entry soon. Code unavailable when so many wait that it would be lost.
func (t *Trail) Note(e Entry) error {
	now := t.cfg.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.held)+len(t.pending) >= t.room {
		return tooMany()
	}
	switch {
	case e.Merged:
		t.merge(e, now)
		return nil
	case e.Repeated && t.toldLately(e, now):
		return nil
	case e.Held:
		return t.hold(e, now)
	}
	return t.wait(e, now)
}

// key is what entries have in common that are about the same.
func (e *Entry) key(more ...string) string {
	return strings.Join(append([]string{string(e.Who.Via), e.Who.Subject, e.Who.Name, e.Operation, e.Target.Type, e.Target.ID}, more...), "\x00")
}

// merge counts an entry to those that wait and have the same reason.
func (t *Trail) merge(e Entry, now time.Time) {
	key := e.key(e.Who.Address, e.Reason)
	if _, ok := t.held[key]; !ok && e.Who.Subject == "" && t.crowded(now) {
		e.Who = aoc.Caller{} // whoever they all are
		key = e.key(e.Reason)
	}
	if before, ok := t.held[key]; ok {
		e.Count, now = e.Count+before.entry.Count, before.at
	}
	t.held[key] = heldEntry{e, now, now}
}

// crowded counts one more stranger, and reports whether there are too many this minute.
func (t *Trail) crowded(now time.Time) bool {
	if now.Sub(t.minute) >= time.Minute {
		t.minute, t.strangers = now, 0
	}
	t.strangers++
	return t.strangers > maxStrangers
}

// hold lets an entry take the place of the one that waits, or lets that one go on.
func (t *Trail) hold(e Entry, now time.Time) error {
	key := e.key()
	since := now
	if before, ok := t.held[key]; ok {
		if now.Sub(before.at) < holdFor && now.Sub(before.since) < holdMost && isTypedOn(before.entry.Query, e.Query) {
			since = before.since
		} else if err := t.wait(before.entry, before.at); err != nil {
			return err
		}
	}
	t.held[key] = heldEntry{e, since, now}
	t.remember(e, now)
	return nil
}

// isTypedOn reports whether a query is another one to which something short was added, or
// of which it was taken away, at one place; or the same one.
func isTypedOn(before, after string) bool {
	if before == after {
		return true
	}
	if len(before) > len(after) {
		before, after = after, before
	}
	if before == "" || len(after)-len(before) > typedOn {
		return false
	}
	same := 0
	for same < len(before) && before[same] == after[same] {
		same++
	}
	return strings.HasSuffix(after, before[same:])
}

// toldLately reports whether an entry was written down a few minutes ago, or waits.
func (t *Trail) toldLately(e Entry, now time.Time) bool {
	if at, ok := t.told[e.key(e.Query)]; ok && now.Sub(at) < repeatAfter {
		return true
	}
	t.remember(e, now)
	return false
}

// remember keeps in mind that an entry was written down. Where too much is kept in mind all
// is forgotten: entries are then written down once more.
func (t *Trail) remember(e Entry, now time.Time) {
	if len(t.told) >= maxTold {
		clear(t.told)
	}
	t.told[e.key(e.Query)] = now
}

func tooMany() error {
	e := aoc.Errorf(aoc.CodeUnavailable, "trail.note", "what is done here cannot be written down, because the store does not take it")
	e.Hint = "Try again when the store is well: /health tells."
	return e
}

// add makes an event of an entry, which waits to be stored.
func (t *Trail) add(e Entry, at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.wait(e, at)
}

// wait is add for who has the lock.
func (t *Trail) wait(e Entry, at time.Time) error {
	if len(t.pending) >= t.room {
		return tooMany()
	}
	event, err := t.event(e, at.UTC())
	if err != nil {
		return err
	}
	t.pending = append(t.pending, event)
	return nil
}

func (t *Trail) event(e Entry, at time.Time) (aoc.Event, error) {
	r := record{
		ID: rand.Text(), Time: at, TenantID: t.cfg.TenantID, Operation: e.Operation, Result: "success", Reason: e.Reason,
		Who: who{e.Who.Name, e.Who.Subject, e.Who.Via, e.Who.Role, e.Who.Tenants}, ClientIP: e.Who.Address, Query: e.Query, Client: e.Client, Count: e.Count,
	}
	if e.Failed {
		r.Result = "failure"
	}
	if e.Target != (Target{}) {
		r.Target = &e.Target
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return aoc.Event{}, aoc.Wrap(err, aoc.CodeInternal, "trail.event", "an entry of the audit trail cannot be written")
	}
	return normalise.Normalise(aoc.Record{Kind: aoc.KindAOC, TenantID: t.cfg.TenantID, Raw: raw, Origin: aoc.OriginCollected, ReceivedAt: at}, nil)
}

// flush stores what waits, and some events behind it. What cannot be stored waits on; those
// events do not.
func (t *Trail) flush(ctx context.Context, now ...aoc.Event) error {
	t.writing.Lock()
	defer t.writing.Unlock()
	t.mu.Lock()
	waiting := t.pending
	t.pending = nil
	t.mu.Unlock()
	if len(waiting)+len(now) == 0 {
		return nil
	}
	if _, err := t.cfg.Log.Append(ctx, slices.Concat(waiting, now)); err != nil {
		t.mu.Lock()
		t.pending = append(waiting, t.pending...)
		t.mu.Unlock()
		return err
	}
	return nil
}

// release lets entries that were held long enough go on, or all of them.
func (t *Trail) release(all bool) {
	now := t.cfg.Clock.Now()
	t.mu.Lock()
	var due []heldEntry
	for key, h := range t.held {
		if all || now.Sub(h.at) >= holdFor {
			due = append(due, h)
			delete(t.held, key)
		}
	}
	t.mu.Unlock()
	for _, h := range due {
		if err := t.add(h.entry, h.at); err != nil {
			t.cfg.Logger.Error("an entry of the audit trail is lost", "operation", h.entry.Operation, "error", err)
		}
	}
}

// Run stores what waits, every second, until ctx ends.
func (t *Trail) Run(ctx context.Context) {
	for t.cfg.Clock.Sleep(ctx, writeEvery) == nil {
		t.release(false)
		if err := t.flush(ctx); err != nil && ctx.Err() == nil {
			t.cfg.Logger.Warn("the audit trail cannot be stored; trying again", "error", err)
		}
	}
}

// Close stores all that waits.
func (t *Trail) Close(ctx context.Context) error {
	t.release(true)
	return t.flush(ctx)
}
