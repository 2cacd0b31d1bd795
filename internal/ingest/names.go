package ingest

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"aoc"
	"aoc/internal/normalise"
)

// Names tells the names of directory objects that records mention by id only. Collection
// goes on without them when they cannot be had.
type Names interface {
	normalise.Names
	// Fetch asks the directory for objects of a tenant that Lookup did not know, by id in
	// lower case, so that Lookup knows them afterwards as far as they exist.
	Fetch(ctx context.Context, tenantID string, ids []string) error
}

const (
	namesTimeout = 30 * time.Second // how long a batch waits for names
	namesPause   = 2 * time.Minute  // how long names are not asked for after a failure
)

// nameBook is how the pipeline uses names: it notes which are missing, fetches them for a
// whole batch, and leaves the directory alone for a while when it fails.
type nameBook struct {
	names Names // nil: off
	clock aoc.Clock
	log   *slog.Logger

	mu      sync.Mutex
	resting time.Time
}

// object names a directory object.
type object struct{ tenantID, id string }

// misses are the objects one record mentions whose names are not known.
type misses []object

// noting is a [normalise.Names] for one record that notes what it could not tell.
type noting struct {
	names  Names
	missed misses
}

func (n *noting) Lookup(tenantID, id string, at time.Time) (string, bool) {
	name, ok := n.names.Lookup(tenantID, id, at)
	if !ok {
		n.missed = append(n.missed, object{tenantID, id})
	}
	return name, ok
}

// normalise turns a record into an event with the names known now.
func (b *nameBook) normalise(r aoc.Record) (aoc.Event, misses, error) {
	if b.names == nil {
		ev, err := normalise.Normalise(r, nil)
		return ev, nil, err
	}
	n := &noting{names: b.names}
	ev, err := normalise.Normalise(r, n)
	return ev, n.missed, err
}

// fetch asks for the names that a batch misses and tells, by index, which of its records
// are worth normalising once more.
func (b *nameBook) fetch(ctx context.Context, missing []misses) (again []int) {
	if b.names == nil || !b.awake() {
		return nil
	}
	wanted := map[string]map[string]bool{}
	for i, ms := range missing {
		if len(ms) > 0 {
			again = append(again, i)
		}
		for _, m := range ms {
			if wanted[m.tenantID] == nil {
				wanted[m.tenantID] = map[string]bool{}
			}
			wanted[m.tenantID][m.id] = true
		}
	}
	if len(again) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, namesTimeout)
	defer cancel()
	for tenant, set := range wanted {
		ids := make([]string, 0, len(set))
		for id := range set {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		if err := b.names.Fetch(ctx, tenant, ids); err != nil {
			b.rest(err)
			break
		}
	}
	return again // some may have become known all the same
}

// awake reports whether names may be asked for.
func (b *nameBook) awake() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.clock.Now().Before(b.resting)
}

func (b *nameBook) rest(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.resting = b.clock.Now().Add(namesPause)
	b.log.Warn("names could not be looked up; collection goes on without them", "code", string(aoc.CodeOf(err)), "error", err)
}
