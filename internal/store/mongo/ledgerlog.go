package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/store"
)

// ledgerKept is how many entries of the ledger's log are kept. They are no evidence; the
// ledger is. A process that slept for longer finds that the entry before its own is gone.
var ledgerKept int64 = 2000 // a variable for tests alone

// ledgerChanges are windows, units and checkpoints as they are after a change.
type ledgerChanges struct {
	Windows     []windowDoc     `bson:"windows,omitempty"`
	Units       []unitDoc       `bson:"units,omitempty"`
	Checkpoints []checkpointDoc `bson:"checkpoints,omitempty"`
	Drops       []dropped       `bson:"drops,omitempty"`
}

// fence is the newest term of a lease.
type fence struct {
	Name string `bson:"name"`
	Term int64  `bson:"term"`
}

// windowDoc is a window of the ledger. Row is all of it, as JSON; the rest is to find it by.
type windowDoc struct {
	ID    string `bson:"_id"` // feed|start
	Feed  string `bson:"feed"`
	Start int64  `bson:"start"` // ns
	End   int64  `bson:"end"`
	Row   string `bson:"row"`
	// Changed is the entry of the ledger's log that last changed it.
	Changed int64 `bson:"changed"`
}

// unitDoc is a unit of the ledger.
type unitDoc struct {
	ID      string `bson:"_id"` // feed|unit
	Feed    string `bson:"feed"`
	Unit    text   `bson:"unit"`
	Start   int64  `bson:"start"` // of its window
	State   string `bson:"state"`
	Row     string `bson:"row"`
	Changed int64  `bson:"changed"`
}

type checkpointDoc struct {
	Name     string `bson:"_id"`
	Position text   `bson:"position"`
	Changed  int64  `bson:"changed"`
}

// dropped are a feed's windows that start before a time, with their units.
type dropped struct {
	Feed   string `bson:"feed"`
	Before int64  `bson:"before"`
}

type feedDoc struct {
	ID        string `bson:"_id"`
	Tenant    string `bson:"tenant"`
	Collector string `bson:"collector"`
	Stream    string `bson:"stream"`
}

func feedID(f aoc.Feed) string { return f.TenantID + "/" + f.Collector + "/" + f.Stream }

// changeLedger commits a change of the ledger, if the fence of the context still holds.
func (s *Store) changeLedger(ctx context.Context, op string, c *ledgerChanges) error {
	if err := s.writable(op); err != nil {
		return err
	}
	f, fenced := store.FenceOf(ctx)
	err := s.ledger.change(ctx, func(last *entry) (*entry, error) {
		if fenced && termOf(last.Fences, f.Name) > f.Term {
			return nil, store.ErrFenced(op, f)
		}
		return &entry{Kind: kindLedger, Fences: last.Fences, changes: c}, nil
	})
	return s.fault(err, op)
}

func termOf(fences []fence, name string) int64 {
	for _, f := range fences {
		if f.Name == name {
			return f.Term
		}
	}
	return 0
}

// raiseFence makes writes under earlier terms of a lease fail from here on.
func (s *Store) raiseFence(ctx context.Context, f fence) error {
	return s.ledger.change(ctx, func(last *entry) (*entry, error) {
		if termOf(last.Fences, f.Name) >= f.Term {
			return nil, store.ErrFenced("mongo.try_lease", store.Fence{Name: f.Name, Term: f.Term})
		}
		fences := slices.DeleteFunc(slices.Clone(last.Fences), func(x fence) bool { return x.Name == f.Name })
		return &entry{Kind: kindLedger, Fences: append(fences, f), changes: &ledgerChanges{}}, nil
	})
}

// applyLedger writes what an entry of the ledger's log changes.
func (s *Store) applyLedger(ctx context.Context, e *entry) error {
	c, ok := e.changes.(*ledgerChanges)
	if !ok {
		return aoc.Errorf(aoc.CodeInternal, "mongo.ledger", "the log of the ledger has an entry of kind %q", e.Kind)
	}
	for _, d := range c.Drops {
		filter := bson.D{
			{Key: "feed", Value: d.Feed}, {Key: "start", Value: bson.D{{Key: "$lt", Value: d.Before}}},
			{Key: "changed", Value: bson.D{{Key: "$lt", Value: e.N}}},
		}
		for _, coll := range []collection{s.units, s.windows} {
			if _, err := coll.DeleteMany(ctx, filter); err != nil {
				return err
			}
		}
	}
	windows := make([]step, len(c.Windows))
	for i := range c.Windows {
		w := &c.Windows[i]
		windows[i] = step{w.ID, bson.D{{Key: "feed", Value: w.Feed}, {Key: "start", Value: w.Start}, {Key: "end", Value: w.End}, {Key: "row", Value: w.Row}}}
	}
	units := make([]step, len(c.Units))
	for i := range c.Units {
		u := &c.Units[i]
		units[i] = step{u.ID, bson.D{{Key: "feed", Value: u.Feed}, {Key: "unit", Value: u.Unit}, {Key: "start", Value: u.Start}, {Key: "state", Value: u.State}, {Key: "row", Value: u.Row}}}
	}
	positions := make([]step, len(c.Checkpoints))
	for i := range c.Checkpoints {
		p := &c.Checkpoints[i]
		positions[i] = step{p.Name, bson.D{{Key: "position", Value: p.Position}}}
	}
	for _, part := range []struct {
		coll  collection
		steps []step
	}{{s.windows, windows}, {s.units, units}, {s.checkpoints, positions}} {
		if err := s.advance(ctx, part.coll, "changed", e.N, true, part.steps...); err != nil {
			return err
		}
	}
	return nil
}

// noteFeed remembers that a feed has a ledger.
func (s *Store) noteFeed(ctx context.Context, f aoc.Feed) error {
	if _, known := s.knownFeeds.Load(f); known {
		return nil
	}
	_, err := s.feeds.InsertOne(ctx, feedDoc{ID: feedID(f), Tenant: f.TenantID, Collector: f.Collector, Stream: f.Stream})
	if err != nil && !mongo.IsDuplicateKeyError(err) {
		return err
	}
	s.knownFeeds.Store(f, true)
	return nil
}

// PutWindows implements [store.Windows].
func (s *Store) PutWindows(ctx context.Context, ws []aoc.LedgerWindow) error {
	const op = "mongo.put_windows"
	c := &ledgerChanges{}
	for i := range ws {
		w := &ws[i]
		row, err := json.Marshal(w)
		if err != nil {
			return err
		}
		if err := s.noteFeed(ctx, w.Feed); err != nil {
			return s.fault(err, op)
		}
		start := w.Window.Start.UnixNano()
		c.Windows = append(c.Windows, windowDoc{
			ID: fmt.Sprintf("%s|%020d", feedID(w.Feed), start), Feed: feedID(w.Feed), Start: start, End: w.Window.End.UnixNano(), Row: string(row),
		})
	}
	if len(ws) == 0 {
		return nil
	}
	return s.changeLedger(ctx, op, c)
}

// ListWindows implements [store.Windows].
func (s *Store) ListWindows(ctx context.Context, feed aoc.Feed, span aoc.Window) ([]aoc.LedgerWindow, error) {
	filter := bson.D{
		{Key: "feed", Value: feedID(feed)},
		{Key: "start", Value: bson.D{{Key: "$lt", Value: boundNanos(span.End, math.MaxInt64)}}},
		{Key: "end", Value: bson.D{{Key: "$gt", Value: boundNanos(span.Start, math.MinInt64)}}},
	}
	return listRows[aoc.LedgerWindow](ctx, s, "mongo.list_windows", s.windows, filter, options.Find().SetSort(bson.D{{Key: "start", Value: 1}}))
}

// DropWindows implements [store.Windows].
func (s *Store) DropWindows(ctx context.Context, feed aoc.Feed, before time.Time) error {
	return s.changeLedger(ctx, "mongo.drop_windows", &ledgerChanges{Drops: []dropped{{feedID(feed), boundNanos(before, math.MinInt64)}}})
}

// Feeds implements [store.Windows].
func (s *Store) Feeds(ctx context.Context) ([]aoc.Feed, error) {
	const op = "mongo.feeds"
	cursor, err := s.feeds.Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "tenant", Value: 1}, {Key: "collector", Value: 1}, {Key: "stream", Value: 1}}))
	if err != nil {
		return nil, s.fault(err, op)
	}
	var found []feedDoc
	if err := cursor.All(ctx, &found); err != nil {
		return nil, s.fault(err, op)
	}
	var feeds []aoc.Feed
	for _, d := range found {
		feeds = append(feeds, aoc.Feed{TenantID: d.Tenant, Collector: d.Collector, Stream: d.Stream})
	}
	return feeds, nil
}

// PutUnits implements [store.Units].
func (s *Store) PutUnits(ctx context.Context, us []aoc.LedgerUnit) error {
	const op = "mongo.put_units"
	c := &ledgerChanges{}
	for i := range us {
		u := &us[i]
		row, err := json.Marshal(u)
		if err != nil {
			return err
		}
		if err := s.noteFeed(ctx, u.Feed); err != nil {
			return s.fault(err, op)
		}
		c.Units = append(c.Units, unitDoc{
			ID: unitID(u.Feed, u.Unit.ID), Feed: feedID(u.Feed), Unit: text(u.Unit.ID), Start: u.WindowStart.UnixNano(), State: string(u.State), Row: string(row),
		})
	}
	if len(us) == 0 {
		return nil
	}
	return s.changeLedger(ctx, op, c)
}

func unitID(f aoc.Feed, id string) string { return feedID(f) + "|" + id }

// GetUnits implements [store.Units].
func (s *Store) GetUnits(ctx context.Context, feed aoc.Feed, ids []string) (map[string]aoc.LedgerUnit, error) {
	const op = "mongo.get_units"
	full := make([]string, len(ids))
	for i, id := range ids {
		full[i] = unitID(feed, id)
	}
	found, err := findByIDs[unitDoc](ctx, s, s.units, full, bson.D{{Key: "row", Value: 1}})
	if err != nil {
		return nil, s.fault(err, op)
	}
	known := make(map[string]aoc.LedgerUnit, len(found))
	for _, d := range found {
		var u aoc.LedgerUnit
		if err := json.Unmarshal([]byte(d.Row), &u); err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInternal, op, "a ledger row cannot be decoded")
		}
		known[u.Unit.ID] = u
	}
	return known, nil
}

// ListUnits implements [store.Units].
func (s *Store) ListUnits(ctx context.Context, feed aoc.Feed, f store.UnitFilter) ([]aoc.LedgerUnit, error) {
	filter := bson.D{{Key: "feed", Value: feedID(feed)}}
	if len(f.States) > 0 {
		filter = append(filter, bson.E{Key: "state", Value: bson.D{{Key: "$in", Value: f.States}}})
	}
	if !f.WindowStart.IsZero() {
		filter = append(filter, bson.E{Key: "start", Value: f.WindowStart.UnixNano()})
	}
	opts := options.Find().SetSort(bson.D{{Key: "start", Value: 1}, {Key: "unit", Value: 1}})
	if f.Limit > 0 {
		opts.SetLimit(int64(f.Limit))
	}
	return listRows[aoc.LedgerUnit](ctx, s, "mongo.list_units", s.units, filter, opts)
}

// listRows reads the JSON rows of documents.
func listRows[T any](ctx context.Context, s *Store, op string, coll collection, filter bson.D, opts *options.FindOptionsBuilder) ([]T, error) {
	cursor, err := coll.Find(ctx, filter, opts)
	if err != nil {
		return nil, s.fault(err, op)
	}
	var found []struct {
		Row string `bson:"row"`
	}
	if err := cursor.All(ctx, &found); err != nil {
		return nil, s.fault(err, op)
	}
	var list []T
	for _, d := range found {
		var v T
		if err := json.Unmarshal([]byte(d.Row), &v); err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInternal, op, "a ledger row cannot be decoded")
		}
		list = append(list, v)
	}
	return list, nil
}

// Checkpoint implements [store.Checkpoints].
func (s *Store) Checkpoint(ctx context.Context, name string) (string, error) {
	var d checkpointDoc
	err := s.checkpoints.FindOne(ctx, byID(name)).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return "", nil
	}
	return string(d.Position), s.fault(err, "mongo.checkpoint")
}

// SetCheckpoint implements [store.Checkpoints].
func (s *Store) SetCheckpoint(ctx context.Context, name, position string) error {
	return s.changeLedger(ctx, "mongo.set_checkpoint", &ledgerChanges{Checkpoints: []checkpointDoc{{Name: name, Position: text(position)}}})
}
