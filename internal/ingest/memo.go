package ingest

import (
	"context"
	"encoding/json"
	"time"

	"aoc"
	"aoc/internal/store"
)

// memo is what the runner remembers of a feed beside its ledger. Only First and Anchor
// decide anything, and both follow from the windows when the memo is lost; Settled spares
// reading windows that need no more work.
type memo struct {
	// First is when the feed was first collected; Anchor the start of the first window
	// planned then.
	First  time.Time `json:"first,omitzero"`
	Anchor time.Time `json:"anchor,omitzero"`
	// Earliest is where the ledger begins: before Anchor when older history was asked for.
	Earliest time.Time `json:"earliest,omitzero"`
	// Settled: every window that starts before it is closed, swept and has no open unit.
	Settled time.Time `json:"settled,omitzero"`

	LastSuccess time.Time `json:"last_success,omitzero"`
	LastFault   *Fault    `json:"last_fault,omitempty"`
	LastLoss    time.Time `json:"last_loss,omitzero"` // when a loss was last found
	// Failures counts the passes in a row that got nothing out of upstream; RetryAt is
	// when to try again.
	Failures int       `json:"failures,omitempty"`
	RetryAt  time.Time `json:"retry_at,omitzero"`
	// Throttled says that upstream itself asked to be left alone until RetryAt.
	Throttled bool `json:"throttled,omitempty"`

	Lag Lag `json:"lag"`
}

func (m memo) clone() memo {
	m.Lag = m.Lag.clone()
	return m
}

// complete derives what is missing from the windows of a ledger, all of them.
func (m *memo) complete(ws []aoc.LedgerWindow) {
	if len(ws) == 0 || (!m.First.IsZero() && !m.Anchor.IsZero() && !m.Earliest.IsZero()) {
		return
	}
	m.Earliest = ws[0].Window.Start
	m.First, m.Anchor = ws[0].PlannedAt, ws[0].Window.Start
	for _, w := range ws {
		if w.PlannedAt.Before(m.First) {
			m.First, m.Anchor = w.PlannedAt, w.Window.Start
		}
	}
}

func memoName(f aoc.Feed) string { return "ingest/" + f.String() }

// loadMemo reads a feed's memo; one that cannot be read counts as lost.
func loadMemo(ctx context.Context, s store.Checkpoints, f aoc.Feed) (memo, error) {
	text, err := s.Checkpoint(ctx, memoName(f))
	if err != nil {
		return memo{}, err
	}
	var m memo
	if text == "" || json.Unmarshal([]byte(text), &m) != nil || m.First.IsZero() || m.Anchor.IsZero() || m.Earliest.IsZero() {
		return memo{Lag: m.Lag.clone()}, nil
	}
	m.Lag = m.Lag.clone()
	return m, nil
}

func saveMemo(ctx context.Context, s store.Checkpoints, f aoc.Feed, m memo) error {
	text, err := json.Marshal(m)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, "ingest.remember", "the state of a feed could not be encoded")
	}
	return s.SetCheckpoint(ctx, memoName(f), string(text))
}
