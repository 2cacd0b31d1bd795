package ingest

import (
	"context"
	"log/slog"

	"aoc"
	"aoc/internal/store"
)

const (
	// rewriteStep is how many events one step of rewriting passes: a fraction of a second.
	rewriteStep           = 4096
	renormaliseCheckpoint = "maintenance/renormalise"
	dedupeCheckpoint      = "maintenance/dedupe"
)

// RewriteConfig is what [Renormalise] and [Dedupe] work with.
type RewriteConfig struct {
	Store  store.Store
	Names  Names // nil is fine
	Clock  aoc.Clock
	Logger *slog.Logger
	// Limit is the most events that are passed; 0 means all that are left.
	Limit int64
	// Progress hears the sums so far, after every step; nil is fine.
	Progress func(RewriteReport)
}

// RewriteReport tells what rewriting has done.
type RewriteReport struct {
	Seen    int64 `json:"seen"`
	Changed int64 `json:"changed"`
	Joined  int64 `json:"joined"`
	Skipped int64 `json:"skipped"` // could no longer be decoded; left as they were
	Total   int64 `json:"total"`   // events in the store
	// Done is false when the limit ended the work; calling again goes on from there.
	Done bool `json:"done"`
}

// Renormalise derives stored events anew from their records, as after an update that
// understands them better or when names have become known. Keys, ids, tags and comments
// stay. It goes on where an earlier call stopped, and begins anew after the end.
func Renormalise(ctx context.Context, cfg RewriteConfig) (RewriteReport, error) {
	return rewrite(ctx, cfg, renormaliseCheckpoint, func(stored, derived aoc.Event) aoc.Event {
		derived.Key, derived.DedupeKey, derived.ID, derived.TenantID = stored.Key, stored.DedupeKey, stored.ID, stored.TenantID
		return derived
	})
}

// Dedupe gives stored events the keys that the rule of this version gives their records,
// and joins those whose keys have become equal. Nothing else of them changes.
func Dedupe(ctx context.Context, cfg RewriteConfig) (RewriteReport, error) {
	return rewrite(ctx, cfg, dedupeCheckpoint, func(stored, derived aoc.Event) aoc.Event {
		stored.Key, stored.DedupeKey, stored.ID, stored.TenantID = derived.Key, derived.DedupeKey, derived.ID, derived.TenantID
		return stored
	})
}

func rewrite(ctx context.Context, cfg RewriteConfig, checkpoint string, take func(stored, derived aoc.Event) aoc.Event) (RewriteReport, error) {
	if cfg.Store == nil || cfg.Clock == nil {
		return RewriteReport{}, aoc.Errorf(aoc.CodeInvalid, "ingest.rewrite", "rewriting needs a store and a clock")
	}
	base := Config{Clock: cfg.Clock, Logger: cfg.Logger}.withDefaults()
	book := &nameBook{names: cfg.Names, clock: cfg.Clock, log: base.Logger}
	position, err := cfg.Store.Checkpoint(ctx, checkpoint)
	if err != nil {
		return RewriteReport{}, err
	}
	var report RewriteReport
	for {
		step := int64(rewriteStep)
		if cfg.Limit > 0 {
			step = min(step, cfg.Limit-report.Seen)
		}
		derive := func(stored aoc.Event) (aoc.Event, error) {
			derived, err := book.derive(ctx, stored)
			if err != nil {
				return aoc.Event{}, err
			}
			return take(stored, derived), nil
		}
		done, err := cfg.Store.Rewrite(ctx, position, int(step), derive)
		if err != nil {
			return report, err
		}
		position = done.Next
		if err := cfg.Store.SetCheckpoint(ctx, checkpoint, position); err != nil {
			return report, err
		}
		report.Seen += done.Seen
		report.Changed += done.Changed
		report.Joined += done.Joined
		report.Skipped += done.Skipped
		report.Total = done.Total
		report.Done = position == ""
		if cfg.Progress != nil {
			cfg.Progress(report)
		}
		if report.Done || cfg.Limit > 0 && report.Seen >= cfg.Limit {
			return report, nil
		}
	}
}

// derive normalises the record of a stored event again, fetching names it lacks.
func (b *nameBook) derive(ctx context.Context, stored aoc.Event) (aoc.Event, error) {
	record := aoc.Record{
		Kind: kindOf(stored), TenantID: stored.TenantID, Raw: stored.Raw, Origin: stored.Origin, ReceivedAt: stored.ReceivedAt,
	}
	derived, missed, err := b.normalise(record)
	if err == nil && len(b.fetch(ctx, []misses{missed})) > 0 {
		derived, _, err = b.normalise(record)
	}
	return derived, err
}

// kindOf tells the kind of a stored event's record. The two kinds of Intune records are
// told apart by their shape when they are normalised.
func kindOf(e aoc.Event) aoc.RecordKind {
	switch e.Source {
	case aoc.SourceDirectory:
		return aoc.KindDirectoryAudit
	case aoc.SourceSignIn:
		return aoc.KindSignIn
	case aoc.SourceRisk:
		return aoc.KindRiskDetection
	case aoc.SourceIntune:
		return aoc.KindIntuneAudit
	case aoc.SourceAOC:
		return aoc.KindAOC
	}
	return aoc.KindUnified
}
