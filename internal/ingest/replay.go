package ingest

import (
	"context"
	"log/slog"

	"aoc"
	"aoc/internal/store"
)

// replayBatch is how many quarantined records are put through at once.
const replayBatch = 200

// ReplayConfig is what [Replay] works with.
type ReplayConfig struct {
	Store  store.Store
	Names  Names // nil is fine
	Clock  aoc.Clock
	Logger *slog.Logger
	// Recognise finds the records in quarantined bytes of unknown kind, none when they are
	// still not understood; nil: such bytes stay where they are.
	Recognise func(raw []byte) []aoc.Record
	Progress  func(aoc.Counts) // hears the counts so far, after every batch; nil is fine
}

// Replay puts quarantined records through again, as after an update that understands them.
// Those that become events leave the quarantine, with the origin and the time of arrival
// they had; the rest stays and is counted as quarantined. Stopping half-way loses nothing.
func Replay(ctx context.Context, cfg ReplayConfig) (aoc.Counts, error) {
	if cfg.Store == nil || cfg.Clock == nil {
		return aoc.Counts{}, aoc.Errorf(aoc.CodeInvalid, "ingest.replay", "a replay needs a store and a clock")
	}
	base := Config{Clock: cfg.Clock, Logger: cfg.Logger}.withDefaults()
	p := newPipeline(base, cfg.Store, &nameBook{names: cfg.Names, clock: cfg.Clock, log: base.Logger})
	var counts aoc.Counts
	for after := ""; ; {
		qs, err := cfg.Store.ListQuarantine(ctx, after, replayBatch)
		if err != nil || len(qs) == 0 {
			return counts, err
		}
		after = qs[len(qs)-1].ID
		c, err := p.replay(ctx, qs, cfg.Recognise)
		counts.Add(c)
		if err != nil {
			return counts, err
		}
		if cfg.Progress != nil {
			cfg.Progress(counts)
		}
	}
}

// replay puts one batch through: the events first, then they leave the quarantine.
func (p *pipeline) replay(ctx context.Context, qs []aoc.Quarantined, recognise func([]byte) []aoc.Record) (aoc.Counts, error) {
	var records []aoc.Record
	var owners []int // the place in qs of what a record comes from
	for i, q := range qs {
		for _, r := range recordsOf(q, recognise) {
			records, owners = append(records, r), append(owners, i)
		}
	}
	derived, errs := p.normalise(ctx, records)
	stays := make([]bool, len(qs))
	var events []aoc.Event
	var from []int
	for i := range derived {
		if errs[i] != nil {
			stays[owners[i]] = true
			continue
		}
		derived[i].Origin, derived[i].ReceivedAt = records[i].Origin, records[i].ReceivedAt
		events, from = append(events, derived[i]), append(from, owners[i])
	}
	outcomes, refused := make([]store.Outcome, len(events)), map[int]error{}
	if err := p.append(ctx, events, outcomes, 0, refused); err != nil {
		return aoc.Counts{}, err
	}
	c := aoc.Counts{Read: int64(len(records)), Quarantined: int64(len(records) - len(events))}
	for i, o := range outcomes {
		if refused[i] != nil {
			c.Quarantined++
			stays[from[i]] = true
		} else {
			count(&c, o)
		}
	}
	var through []string
	for i, q := range qs {
		if !stays[i] {
			through = append(through, q.ID)
		}
	}
	if len(through) == 0 {
		return c, nil
	}
	return c, p.store.DropQuarantine(ctx, through)
}

// recordsOf gives the records that quarantined bytes hold, at least one.
func recordsOf(q aoc.Quarantined, recognise func([]byte) []aoc.Record) []aoc.Record {
	found := []aoc.Record{{Kind: q.Kind, Raw: q.Raw}}
	if q.Kind == "" && recognise != nil {
		if rs := recognise(q.Raw); len(rs) > 0 {
			found = rs
		}
	}
	for i := range found {
		r := &found[i]
		r.Origin, r.ReceivedAt, r.Transport = q.Origin, q.ReceivedAt, q.Transport
		if r.TenantID == "" {
			r.TenantID = q.TenantID
		}
	}
	return found
}
