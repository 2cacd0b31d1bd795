package console

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/forward"
	"aoc/internal/sink"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// SinkSpec is what people set of a sink.
type SinkSpec struct {
	Name    string `json:"name" maxLength:"200" example:"SOC"`
	Kind    string `json:"kind" doc:"One of /api/sinks/kinds." example:"webhook"`
	Enabled bool   `json:"enabled" required:"false"`
	Filter  string `json:"filter" required:"false" maxLength:"10000" doc:"A query; only what it finds is sent. Empty: everything." example:"result:failure"`
	// Tenants are those whose events are sent; none means all.
	Tenants   []string          `json:"tenants,omitempty" maxItems:"500" doc:"Tenants by their ids; none: all."`
	Origins   []aoc.Origin      `json:"origins,omitempty" doc:"collected, backfilled, imported, adopted; none: collected."`
	OwnEvents bool              `json:"own_events" required:"false" doc:"Whether AOC's own audit trail is sent, too."`
	Start     SinkStart         `json:"start" required:"false"`
	Settings  map[string]string `json:"settings" required:"false" doc:"Those of its kind. A secret is given by its name: the operator sets AOC_SECRET_NAME."`
}

// SinkStart says where in the log a sink begins.
type SinkStart struct {
	From sink.From `json:"from" enum:"now,beginning,time" default:"now"`
	At   time.Time `json:"at,omitzero" doc:"For time: events of then or later, and whatever arrives from now on."`
}

// Sink is a sink with how it is.
type Sink struct {
	Made
	SinkSpec
	// Fixed is true for one that the settings of the process make: it is not changed here.
	Fixed  bool           `json:"fixed" doc:"Set by SIEM_ENABLED and SIEM_WEBHOOK_URL, not here."`
	Status forward.Status `json:"status"`
}

// config is a sink as it is kept.
func (s SinkSpec) config(id string, turn int64) sink.Config {
	return sink.Config{
		ID: id, Kind: s.Kind, Name: s.Name, Enabled: s.Enabled, Filter: s.Filter, Tenants: s.Tenants, Origins: s.Origins, OwnEvents: s.OwnEvents,
		Start: sink.Start{From: s.Start.From, At: s.Start.At, Turn: turn}, Settings: s.Settings,
	}
}

// specOf is a kept sink as people set it.
func specOf(c *sink.Config) SinkSpec {
	return SinkSpec{
		Name: c.Name, Kind: c.Kind, Enabled: c.Enabled, Filter: c.Filter, Tenants: c.Tenants, Origins: c.Origins, OwnEvents: c.OwnEvents,
		Start: SinkStart{From: c.Start.From, At: c.Start.At}, Settings: c.Settings,
	}
}

// forwarding gives what feeds the sinks. Code unavailable where nothing does.
func (c *Console) forwarding(ctx context.Context, a action) (*forward.Forwarder, error) {
	if err := c.authorise(ctx, a); err != nil {
		return nil, err
	}
	if c.forwarder == nil {
		return nil, aoc.Errorf(aoc.CodeUnavailable, "console.sinks", "this process takes no events to sinks")
	}
	return c.forwarder, nil
}

// SinkKinds are the kinds of sink.
type SinkKinds struct {
	Kinds   []sink.Spec `json:"kinds"`
	Secrets []string    `json:"secrets" doc:"Names of the secrets that the operator gave the process; their values are never told."`
}

// SinkKinds tells which kinds of sink there are, and what each has to be told.
func (c *Console) SinkKinds(ctx context.Context) (SinkKinds, error) {
	f, err := c.forwarding(ctx, actSinks)
	if err != nil {
		return SinkKinds{}, err
	}
	kinds := SinkKinds{Secrets: append([]string{}, c.secretNames...)}
	for _, k := range f.Kinds() {
		kinds.Kinds = append(kinds.Kinds, k.Spec)
	}
	return kinds, nil
}

// Sinks gives all sinks with how they are, by name.
func (c *Console) Sinks(ctx context.Context) ([]Sink, error) {
	f, err := c.forwarding(ctx, actSinks)
	if err != nil {
		return nil, err
	}
	docs, err := c.store.ListDocuments(ctx, forward.KindSink)
	if err != nil {
		return nil, err
	}
	made := map[string]Made{}
	for _, d := range docs {
		made[d.ID] = madeOf(d)
	}
	sinks := []Sink{}
	err = f.Each(ctx, func(cfg sink.Config, s forward.Status) {
		of, kept := made[cfg.ID]
		if !kept {
			of.ID, cfg.Settings = cfg.ID, nil // the operator's address is theirs
		}
		sinks = append(sinks, Sink{Made: of, SinkSpec: specOf(&cfg), Fixed: !kept, Status: s})
	})
	slices.SortFunc(sinks, func(a, b Sink) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return sinks, err
}

// checkSink checks a sink that somebody wants to keep or try.
func checkSink(f *forward.Forwarder, s SinkSpec, id string) (SinkSpec, error) {
	var err error
	if s.Name, err = someLine("name", s.Name, maxName); err != nil {
		return s, err
	}
	s.Start.From = cmp.Or(s.Start.From, sink.FromNow)
	if s.Start.From != sink.FromTime {
		s.Start.At = time.Time{}
	}
	if len(s.Tenants) == 0 {
		s.Tenants = nil
	}
	for i, tenant := range s.Tenants {
		if s.Tenants[i] = strings.ToLower(tenant); !wholeGUID(tenant) {
			return s, invalid("tenants", "a tenant is named by its id, a GUID")
		}
	}
	if err := f.Check(s.config(id, 0)); err != nil {
		return s, blame("settings", err)
	}
	return s, nil
}

// MakeSink keeps a new sink, which begins at once. Codes invalid; conflict when there are too
// many.
func (c *Console) MakeSink(ctx context.Context, s SinkSpec) (Sink, error) {
	f, err := c.forwarding(ctx, actSinks)
	if err != nil {
		return Sink{}, err
	}
	id := newID()
	if s, err = checkSink(f, s, id); err != nil {
		return Sink{}, err
	}
	known, err := c.store.ListDocuments(ctx, forward.KindSink)
	if err != nil {
		return Sink{}, err
	}
	if len(known) >= maxSinks {
		return Sink{}, aoc.Errorf(aoc.CodeConflict, "console.sink", "there are %d sinks already, which is the most that can be fed", len(known))
	}
	return c.putSink(ctx, f, id, 0, s, 0)
}

// maxSinks bounds what is read from the log at the same time.
const maxSinks = 50

func (c *Console) putSink(ctx context.Context, f *forward.Forwarder, id string, version int64, s SinkSpec, turn int64) (Sink, error) {
	cfg := s.config(id, turn)
	if err := f.Register(ctx, cfg); err != nil {
		return Sink{}, err
	}
	made, err := c.putDocument(ctx, forward.KindSink, id, version, cfg)
	if err != nil {
		return Sink{}, err
	}
	f.Reload()
	status, err := f.StatusOf(ctx, cfg)
	return Sink{Made: made, SinkSpec: s, Status: status}, err
}

// sinkDocument finds a sink that people have made.
func (c *Console) sinkDocument(ctx context.Context, id string) (before sink.Config, err error) {
	docs, err := c.store.ListDocuments(ctx, forward.KindSink)
	if err != nil {
		return before, err
	}
	for _, d := range docs {
		if d.ID == id {
			return before, aoc.Wrap(json.Unmarshal(d.Body, &before), aoc.CodeInternal, "console.sink", "the stored sink cannot be read")
		}
	}
	return before, aoc.Errorf(aoc.CodeNotFound, "console.sink", "there is no sink with this id")
}

// ChangeSink replaces a sink whose version the caller saw. It goes on where it is, unless it
// is to begin again where the spec says. Codes invalid, not_found, conflict.
func (c *Console) ChangeSink(ctx context.Context, id string, version int64, s SinkSpec, again bool) (Sink, error) {
	f, err := c.forwarding(ctx, actSinks)
	if err != nil {
		return Sink{}, err
	}
	if s, err = checkSink(f, s, id); err != nil {
		return Sink{}, err
	}
	before, err := c.sinkDocument(ctx, id)
	if err != nil {
		return Sink{}, err
	}
	turn := before.Start.Turn
	if again {
		turn++
	} else {
		s.Start = specOf(&before).Start
	}
	if err := c.checkVersion(ctx, forward.KindSink, id, version); err != nil {
		return Sink{}, err
	}
	return c.putSink(ctx, f, id, version, s, turn)
}

// DropSink deletes a sink whose version the caller saw, with where it is and its dead letters.
// Codes not_found, conflict.
func (c *Console) DropSink(ctx context.Context, id string, version int64) error {
	f, err := c.forwarding(ctx, actSinks)
	if err != nil {
		return err
	}
	if err := c.dropDocument(ctx, forward.KindSink, id, version); err != nil {
		return err
	}
	f.Reload()
	return f.Forget(ctx, id)
}

// TestSink sends one event to a receiver, marked as a test, and tells how it went: nil when
// the receiver took it. Codes invalid, and those of [sink.Sink].
func (c *Console) TestSink(ctx context.Context, s SinkSpec) error {
	f, err := c.forwarding(ctx, actSinks)
	if err != nil {
		return err
	}
	id := "test-" + newID()
	s.Name = cmp.Or(s.Name, "test")
	if s, err = checkSink(f, s, id); err != nil {
		return err
	}
	if err := c.record(ctx, trail.Entry{Operation: "Test sink", Target: trail.Target{Type: forward.KindSink, Name: s.Name}}); err != nil {
		return err
	}
	return f.Try(ctx, s.config(id, 0), testEvent(id, c.clock.Now().UTC()))
}

// testEvent is an event that says that it is none.
func testEvent(id string, now time.Time) aoc.Event {
	e := aoc.Event{
		ID: id, DedupeKey: "aoc/" + id, Source: aoc.SourceAOC, Origin: aoc.OriginAOC, Service: "AOC", Workload: "AOC", Operation: "Test sink", Result: aoc.ResultSuccess,
		Timestamp: now, ReceivedAt: now, DisplaySummary: "A test of the way to this receiver; nothing has happened.", Raw: json.RawMessage(`{"test":true}`),
	}
	e.Key = aoc.KeyOf(e.DedupeKey)
	return e
}

// HurrySink makes a sink that waits after a failure try again at once. Code not_found.
func (c *Console) HurrySink(ctx context.Context, id string) error {
	f, err := c.forwarding(ctx, actSinks)
	if err != nil {
		return err
	}
	all, err := f.Status(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(s forward.Status) bool { return s.ID == id }) {
		return aoc.Errorf(aoc.CodeNotFound, "console.sink", "there is no sink with this id")
	}
	f.Hurry(id)
	return nil
}

// DeadLetterPage is a page of events that receivers refused, the last refused first.
type DeadLetterPage struct {
	Items      []forward.DeadLetter `json:"items"`
	NextCursor string               `json:"next_cursor,omitempty" doc:"Continues after this page; missing on the last one."`
	// Sinks counts all there are, by sink.
	Sinks map[string]int64 `json:"sinks"`
}

const lettersAPage = 100

// DeadLetters gives a page of dead letters, of one sink or of all. Code invalid for a cursor
// that is none.
func (c *Console) DeadLetters(ctx context.Context, id, cursor string) (DeadLetterPage, error) {
	page := DeadLetterPage{}
	f, err := c.forwarding(ctx, actSinks)
	if err != nil {
		return page, err
	}
	filter := forward.DeadLetterFilter{Limit: lettersAPage + 1}
	if id != "" {
		filter.Sinks = []string{id}
	}
	if cursor != "" {
		p, err := store.DecodeCursor(cursor)
		if err != nil {
			return page, blame("cursor", err)
		}
		filter.After = &store.ItemPlace{At: p.Time, ID: p.Key}
	}
	if page.Items, err = f.DeadLetters(ctx, filter); err != nil {
		return page, err
	}
	if len(page.Items) > lettersAPage {
		last := page.Items[lettersAPage-1]
		page.Items, page.NextCursor = page.Items[:lettersAPage], store.EncodeCursor(store.Position{Time: last.At, Key: last.ID})
	}
	page.Sinks, err = f.CountDeadLetters(ctx, forward.DeadLetterFilter{}, forward.LabelSink)
	return page, err
}

// LetterSelection says which dead letters are meant: some by their ids, or all of a sink.
type LetterSelection struct {
	IDs  []string `json:"ids,omitempty" maxItems:"500"`
	Sink string   `json:"sink,omitempty" maxLength:"64" doc:"All of this sink, in place of ids."`
}

func (s LetterSelection) filter() (forward.DeadLetterFilter, error) {
	switch {
	case (len(s.IDs) > 0) == (s.Sink != ""):
		return forward.DeadLetterFilter{}, invalid("ids", "name dead letters, or the sink whose dead letters are meant")
	case s.Sink != "":
		return forward.DeadLetterFilter{Sinks: []string{s.Sink}}, nil
	}
	return forward.DeadLetterFilter{IDs: s.IDs}, nil
}

// Resend sends dead letters again, within seconds, and tells how many. Code invalid.
func (c *Console) Resend(ctx context.Context, s LetterSelection) (int64, error) {
	return c.letters(ctx, s, "Resend dead letters", (*forward.Forwarder).Resend)
}

// DropDeadLetters gives dead letters up for good, and tells how many. Code invalid.
func (c *Console) DropDeadLetters(ctx context.Context, s LetterSelection) (int64, error) {
	return c.letters(ctx, s, "Delete dead letters", (*forward.Forwarder).DropDeadLetters)
}

func (c *Console) letters(ctx context.Context, s LetterSelection, what string, do func(*forward.Forwarder, context.Context, forward.DeadLetterFilter) (int64, error)) (int64, error) {
	f, err := c.forwarding(ctx, actSinks)
	if err != nil {
		return 0, err
	}
	filter, err := s.filter()
	if err != nil {
		return 0, err
	}
	n, err := do(f, ctx, filter)
	if n > 0 {
		c.recordDone(ctx, trail.Entry{Operation: what, Target: trail.Target{Type: forward.KindSink, ID: s.Sink}, Count: n})
	}
	return n, err
}
