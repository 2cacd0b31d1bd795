package ingest

import (
	"context"
	"errors"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
)

// The ledger is kept as long as the events, a crash on the way notwithstanding, and
// collection goes on where it was.
func TestLedgerIsPruned(t *testing.T) {
	clk, s := newClock(), &dropless{Store: openStore(t)}
	feed := newBlobFeed(clk, "Audit.Exchange")
	keep := func(cfg *Config) { cfg.FirstFetch, cfg.KeepLedger = 48*time.Hour, 72*time.Hour }
	c := newCollector(t, s, clk, keep, feed)
	for day := range 8 {
		feed.add("blob"+string(rune('a'+day)), clk.Now().Add(-time.Hour), 2)
		s.fail = day == 5
		run, _, err := c.Start(t.Context(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		<-run.Done()
		if s.fail { // between moving the beginning and dropping what lies before it
			c = newCollector(t, s, clk, keep, feed)
			s.fail = false
			collect(t, c, Request{})
		}
		clk.advance(24 * time.Hour)
	}
	collect(t, c, Request{})

	now := clk.Now()
	ws := windowsOf(t, s, feed.spec.Feed)
	checkTiling(t, ws, feed.spec.MaxWindow)
	if first := ws[0].Window; first.End.Before(now.Add(-96*time.Hour)) || !ws[len(ws)-1].Window.End.Equal(now) {
		t.Errorf("windows of %s to %s at %s", first.Start, ws[len(ws)-1].Window.End, now)
	}
	us, err := s.ListUnits(t.Context(), feed.spec.Feed, store.UnitFilter{})
	if err != nil || len(us) == 0 {
		t.Fatal(us, err)
	}
	for _, u := range us {
		if u.WindowStart.Before(ws[0].Window.Start) {
			t.Errorf("unit %s of a window that was dropped", u.Unit.ID)
		}
	}
	if got := len(logged(t, s)); got != 16 {
		t.Errorf("%d events, want 16", got)
	}
	if cov := coverageOf(t, c, aoc.Window{}).Feeds[0]; !cov.Complete || !cov.From.Equal(ws[0].Window.Start) || !cov.Watermark.Equal(now) {
		t.Errorf("coverage: from %s, watermark %s: %s", cov.From, cov.Watermark, cov.Statement)
	}
}

// dropless is a store that fails to drop windows when told.
type dropless struct {
	store.Store
	fail bool
}

func (s *dropless) DropWindows(ctx context.Context, feed aoc.Feed, before time.Time) error {
	if s.fail {
		return errors.New("cut short")
	}
	return s.Store.DropWindows(ctx, feed, before)
}
