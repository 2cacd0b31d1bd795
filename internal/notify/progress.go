package notify

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"aoc"
)

// CheckpointName is the name of a notifier's checkpoint, and of the lease for its work.
func CheckpointName(id string) string { return "notifier/" + id }

// progress is what is kept of a notifier, so that caps and marks survive a restart.
type progress struct {
	// Sent are the times of the messages of the last hour, oldest first.
	Sent []time.Time `json:"sent"`
	// Told are the alerts of the last message, which are to be marked as told: written at
	// once, so that a crash while they are marked does not tell them again.
	Told []string `json:"told,omitempty"`

	Messages int64     `json:"messages"`
	Alerts   int64     `json:"alerts"`
	SentAt   time.Time `json:"sent_at,omitzero"`
}

// capTime is the time that the rate cap is about.
const capTime = time.Hour

// free tells how many messages may be sent now, and, if none, when the next one may.
func (p *progress) free(most int, now time.Time) (n int, next time.Time) {
	p.Sent = slices.DeleteFunc(p.Sent, func(t time.Time) bool { return now.Sub(t) >= capTime })
	if n = most - len(p.Sent); n > 0 {
		return n, time.Time{}
	}
	return 0, p.Sent[len(p.Sent)-most].Add(capTime)
}

func (d *Dispatcher) load(ctx context.Context, id string) (p progress, err error) {
	text, err := d.cfg.Store.Checkpoint(ctx, CheckpointName(id))
	if err != nil || text == "" {
		return p, err
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, aoc.Wrap(err, aoc.CodeInternal, "notify.load", "the checkpoint of a notifier cannot be read")
	}
	return p, nil
}

func (d *Dispatcher) save(ctx context.Context, id string, p *progress) error {
	text, err := json.Marshal(p)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, "notify.save", "the checkpoint of a notifier cannot be written")
	}
	return d.cfg.Store.SetCheckpoint(ctx, CheckpointName(id), string(text))
}
