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
	Store    store.Store
	Names    Names // nil is fine
	Clock    aoc.Clock
	Logger   *slog.Logger
	Progress func(aoc.Counts) // hears the counts so far, after every batch; nil is fine
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
		c, err := p.replay(ctx, qs)
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
func (p *pipeline) replay(ctx context.Context, qs []aoc.Quarantined) (aoc.Counts, error) {
	records := make([]aoc.Record, len(qs))
	for i, q := range qs {
		records[i] = aoc.Record{
			Kind: q.Kind, TenantID: q.TenantID, Raw: q.Raw, Origin: q.Origin, ReceivedAt: q.ReceivedAt, Transport: q.Transport,
		}
	}
	derived, errs := p.normalise(ctx, records)
	var events []aoc.Event
	var ids []string
	for i := range derived {
		if errs[i] != nil {
			continue
		}
		derived[i].Origin, derived[i].ReceivedAt = records[i].Origin, records[i].ReceivedAt
		events, ids = append(events, derived[i]), append(ids, qs[i].ID)
	}
	outcomes, refused := make([]store.Outcome, len(events)), map[int]error{}
	if err := p.append(ctx, events, outcomes, 0, refused); err != nil {
		return aoc.Counts{}, err
	}
	c := aoc.Counts{Read: int64(len(qs)), Quarantined: int64(len(qs) - len(events))}
	var through []string
	for i, o := range outcomes {
		switch {
		case refused[i] != nil:
			c.Quarantined++
			continue
		case o == store.New:
			c.New++
		case o == store.Revision:
			c.Revision++
		default:
			c.Duplicate++
		}
		through = append(through, ids[i])
	}
	if len(through) == 0 {
		return c, nil
	}
	return c, p.store.DropQuarantine(ctx, through)
}
