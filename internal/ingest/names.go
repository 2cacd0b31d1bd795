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

// miss is an object that a record mentions at a time and whose name is not known.
type miss struct {
	tenantID, id string
	at           time.Time
}

// misses are those of one record.
type misses []miss

// noting is a [normalise.Names] for one record that notes what it could not tell.
type noting struct {
	names  Names
	missed misses
}

func (n *noting) Lookup(tenantID, id string, at time.Time) (string, bool) {
	name, ok := n.names.Lookup(tenantID, id, at)
	if !ok {
		n.missed = append(n.missed, miss{tenantID, id, at})
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
// are worth normalising once more: those that mention something whose name is known now.
func (b *nameBook) fetch(ctx context.Context, missing []misses) (again []int) {
	if b.names == nil || !b.awake() {
		return nil
	}
	wanted := map[string]map[string]bool{}
	for _, ms := range missing {
		for _, m := range ms {
			if wanted[m.tenantID] == nil {
				wanted[m.tenantID] = map[string]bool{}
			}
			wanted[m.tenantID][m.id] = true
		}
	}
	if len(wanted) == 0 {
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
	for i, ms := range missing {
		if slices.ContainsFunc(ms, b.knows) {
			again = append(again, i)
		}
	}
	return again
}

func (b *nameBook) knows(m miss) bool {
	_, ok := b.names.Lookup(m.tenantID, m.id, m.at)
	return ok
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
