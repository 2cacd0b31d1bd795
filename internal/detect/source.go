package detect

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"aoc"
	"aoc/internal/store"
)

// RuleSource gives the rules that a store keeps, and reads them again only when one of them
// has changed.
type RuleSource struct {
	store interface {
		store.Documents
		Edits(ctx context.Context, f store.EditFilter, limit int) ([]aoc.EditRecord, error)
	}
	log *slog.Logger

	mu    sync.Mutex
	seen  int64 // the last edit that was looked at
	known []*Kept
	read  bool
}

// NewRuleSource makes it.
func NewRuleSource(s store.Store, log *slog.Logger) *RuleSource {
	return &RuleSource{store: s, log: log}
}

const editsAtOnce = 1000

// Rules gives all rules that are some, enabled or not.
func (r *RuleSource) Rules(ctx context.Context) ([]*Kept, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	changed, err := r.changed(ctx)
	if err != nil || !changed && r.read {
		return r.known, err
	}
	docs, err := r.store.ListDocuments(ctx, KindRule)
	if err != nil {
		return nil, err
	}
	r.known = nil
	for i := range docs {
		k, _, err := Keep(&docs[i])
		if err != nil {
			r.log.DebugContext(ctx, "a stored rule judges nothing", "id", docs[i].ID, "error", err)
			continue
		}
		r.known = append(r.known, k)
	}
	r.read = true
	return r.known, nil
}

// changed reports whether rules were changed since it was last asked.
func (r *RuleSource) changed(ctx context.Context) (changed bool, err error) {
	for {
		edits, err := r.store.Edits(ctx, store.EditFilter{After: r.seen}, editsAtOnce)
		if err != nil || len(edits) == 0 {
			return changed, err
		}
		for i := range edits {
			changed = changed || strings.HasPrefix(edits[i].Subject, KindRule+"/")
		}
		r.seen = edits[len(edits)-1].Seq
	}
}
