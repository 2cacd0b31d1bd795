package forward

import (
	"context"
	"encoding/json"
	"time"

	"aoc"
	"aoc/internal/sink"
)

// CheckpointName is the name of a sink's checkpoint, and of the lease for feeding it.
func CheckpointName(id string) string { return "sink/" + id }

// position is where a sink stands, as its checkpoint keeps it.
type position struct {
	// Seq is the last entry of the log that needs not be sent any more.
	Seq int64 `json:"seq"`
	// Turn is the one of [sink.Start] that Seq was counted from.
	Turn int64 `json:"turn"`
	// Since leaves out events of a time before it, up to the entry Until.
	Since time.Time `json:"since,omitzero"`
	Until int64     `json:"until,omitempty"`

	Sent     int64     `json:"sent"`
	Rejected int64     `json:"rejected"`
	SentAt   time.Time `json:"sent_at,omitzero"`
}

// passes reports whether an event is not too old for where the sink began.
func (p *position) passes(e *aoc.Event) bool {
	return p.Since.IsZero() || e.Seq > p.Until || !e.Timestamp.Before(p.Since)
}

// load reads a sink's position; found is false for one that has never begun.
func (f *Forwarder) load(ctx context.Context, id string) (p position, found bool, err error) {
	text, err := f.cfg.Store.Checkpoint(ctx, CheckpointName(id))
	if err != nil || text == "" {
		return p, false, err
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		e := aoc.Errorf(aoc.CodeInternal, "forward.load", "the checkpoint of sink %q cannot be read", id)
		e.Hint, e.Cause = "Make the sink start again from where you want it to.", err
		return p, false, e
	}
	return p, true, nil
}

func (f *Forwarder) save(ctx context.Context, id string, p position) error {
	text, err := json.Marshal(p)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, "forward.save", "a position cannot be written")
	}
	return f.cfg.Store.SetCheckpoint(ctx, CheckpointName(id), string(text))
}

// begin gives the position of a sink: where it was, or, if it is new or was told to begin
// again, where it is to begin. That is written at once, so that "now" stays what it was.
func (f *Forwarder) begin(ctx context.Context, cfg *sink.Config) (position, error) {
	p, found, err := f.load(ctx, cfg.ID)
	if err != nil || found && cfg.Start.Turn <= p.Turn {
		return p, err
	}
	last, err := f.cfg.Store.LastSeq(ctx)
	if err != nil {
		return p, err
	}
	p = position{Turn: cfg.Start.Turn, Sent: p.Sent, Rejected: p.Rejected, SentAt: p.SentAt}
	switch cfg.Start.From {
	case sink.FromBeginning:
	case sink.FromTime:
		p.Since, p.Until = cfg.Start.At, last
	default:
		p.Seq = last
	}
	return p, f.save(ctx, cfg.ID, p)
}

// Register fixes where a new sink begins, at the moment it is set up and not when a follower
// first looks at it. It changes nothing for a sink that has begun.
func (f *Forwarder) Register(ctx context.Context, cfg sink.Config) error {
	_, found, err := f.load(ctx, cfg.ID)
	if err == nil && !found {
		_, err = f.begin(ctx, &cfg)
	}
	return err
}

// Forget drops what is kept of a sink that has been removed, dead letters included.
func (f *Forwarder) Forget(ctx context.Context, id string) error {
	if _, err := f.DropDeadLetters(ctx, DeadLetterFilter{Sinks: []string{id}}); err != nil {
		return err
	}
	return f.cfg.Store.SetCheckpoint(ctx, CheckpointName(id), "")
}
