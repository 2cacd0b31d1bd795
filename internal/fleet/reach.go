package fleet

import (
	"context"
	"time"

	"aoc"
)

const (
	// pingTime bounds one look at the store.
	pingTime = 3 * time.Second
	// pingEvery is the time between two looks of [Fleet.Monitor].
	pingEvery = 2 * time.Second
	// downLooks is how many looks in a row must fail for a store to count as down: one lost
	// packet or slow answer does not make an outage.
	downLooks = 2
)

// Pinger tells whether a store can be reached.
type Pinger interface {
	// Ping fails with code unavailable when the data cannot be reached.
	Ping(ctx context.Context) error
}

// reach is what is known of the way to the store.
type reach struct {
	failing time.Time // since when every look has failed; zero while the last one succeeded
	misses  int       // looks that failed since then
	up      time.Time // when it last came back
}

// Check looks whether the store can be reached. It answers within three seconds, also where
// the store does not answer at all. Code unavailable.
func (f *Fleet) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	asked := f.clock.Now()
	answer := make(chan error, 1)
	go func() { answer <- f.store.Ping(ctx) }() // ends with ctx, or a little later
	var err error
	select {
	case err = <-answer:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err == nil {
		f.reached()
		return nil
	}
	f.missed(asked)
	if aoc.CodeOf(err) == aoc.CodeUnavailable {
		return err
	}
	return aoc.Wrap(err, aoc.CodeUnavailable, "fleet.check", "the store does not answer")
}

func (f *Fleet) reached() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.reach.failing.IsZero() {
		f.log.Info("the store can be reached again", "after", f.clock.Now().Sub(f.reach.failing).Round(time.Second))
		f.reach = reach{up: f.clock.Now()}
	}
}

func (f *Fleet) missed(asked time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reach.misses++; f.reach.failing.IsZero() {
		f.reach.failing = asked
		f.log.Warn("the store cannot be reached")
	}
}

// Down tells for how long the store has not been reached; ok is false when it is not known to
// be down. It asks nothing: see [Fleet.Monitor].
func (f *Fleet) Down() (since time.Duration, down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reach.failing.IsZero() {
		return 0, false
	}
	return f.clock.Now().Sub(f.reach.failing), f.reach.misses >= downLooks
}

// Monitor looks after the store again and again until ctx ends, so that [Fleet.Down] knows.
func (f *Fleet) Monitor(ctx context.Context) {
	for {
		_ = f.Check(ctx) // Down tells it
		if f.clock.Sleep(ctx, pingEvery) != nil {
			return
		}
	}
}
