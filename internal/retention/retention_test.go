package retention_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
	"aoc/internal/retention"
)

// due stands for a store with a number of events that are due; it is not a store.
type due struct {
	left   int64
	cuts   []time.Time
	broken int // calls that fail
}

func (d *due) Expire(_ context.Context, before time.Time, limit int) (int64, error) {
	d.cuts = append(d.cuts, before)
	if d.broken > 0 {
		d.broken--
		return 0, errors.New("disk")
	}
	n := min(d.left, int64(limit))
	d.left -= n
	return n, nil
}

func config(d *due) retention.Config {
	return retention.Config{Store: d, Clock: aoc.SystemClock{}, Logger: slog.New(slog.DiscardHandler), Days: 90}
}

func TestSweepExpiresAllThatIsDueInSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &due{left: 7001}
		gone, err := retention.Sweep(t.Context(), config(d))
		if err != nil || gone != 7001 || d.left != 0 {
			t.Errorf("expired %d, %d left, %v; want 7001, none", gone, d.left, err)
		}
		if len(d.cuts) < 4 {
			t.Errorf("%d steps; want several small ones", len(d.cuts))
		}
		if want := time.Now().UTC().AddDate(0, 0, -90); d.cuts[0].Sub(want).Abs() > time.Minute {
			t.Errorf("cut at %s; want %s", d.cuts[0], want)
		}
	})
}

func TestRunGoesOnAfterAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &due{left: 10, broken: 1}
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Minute)
		defer cancel()
		if err := retention.Run(ctx, config(d)); err != nil {
			t.Fatal(err)
		}
		if d.left != 0 {
			t.Errorf("%d events left after the second look; want none", d.left)
		}
	})
}
