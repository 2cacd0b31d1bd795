package ingest

import (
	"context"
	"fmt"
	"time"

	"aoc"
	"aoc/internal/store"
)

// HealthState sums up how a feed is.
type HealthState string

// A feed is ok; degraded (it is collected, but something of it is not); failing (nothing
// is collected); waiting (for its first collection, or because Microsoft asked to be left
// alone); or off (in the ledger, but no longer configured).
const (
	HealthOK       HealthState = "ok"
	HealthDegraded HealthState = "degraded"
	HealthFailing  HealthState = "failing"
	HealthWaiting  HealthState = "waiting"
	HealthOff      HealthState = "off"
)

const (
	// backlogCounted bounds how many open units Health counts, oldest first.
	backlogCounted = 5000
	// lossesTold bounds how many lost units Health and Coverage look at.
	lossesTold = 5000
	// lossRemembered is how long a loss keeps a feed degraded after it was found.
	lossRemembered = 24 * time.Hour
)

// FeedHealth tells how one feed is.
type FeedHealth struct {
	Feed   aoc.Feed    `json:"feed"`
	Name   string      `json:"name"`
	Title  string      `json:"title"`
	Source aoc.Source  `json:"source"`
	State  HealthState `json:"state"`
	// Watermark is the time up to which everything since the first collection is closed.
	Watermark   time.Time `json:"watermark,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	// LastFault is the newest fault, be it over or not.
	LastFault *Fault `json:"last_fault,omitempty"`
	// RetryAt is when the feed is asked again after faults; zero when nothing waits.
	RetryAt time.Time `json:"retry_at,omitzero"`

	// OpenWindows and OpenUnits are what is planned but not yet stored; FailingUnits those
	// of the units that have failed at least once. At most 5000 units are counted.
	OpenWindows  int `json:"open_windows"`
	OpenUnits    int `json:"open_units"`
	FailingUnits int `json:"failing_units"`
	// DataLossAt is when upstream forgets the first of what is not stored yet.
	DataLossAt time.Time `json:"data_loss_at,omitzero"`
	// Warning says what will be lost when, and what to do: "data loss in 31 hours unless …".
	Warning string `json:"warning,omitempty"`
	Losses  []Loss `json:"losses"`

	Lag Lag `json:"lag"`
	// LagMedian and LagP95 are upper bounds, in seconds.
	LagMedian   float64  `json:"lag_median_seconds"`
	LagP95      float64  `json:"lag_p95_seconds"`
	Permissions []string `json:"permissions,omitempty"`
}

// Health tells how every feed is: those that are configured, then those the ledger knows
// from earlier.
func (c *Collector) Health(ctx context.Context) ([]FeedHealth, error) {
	hs := make([]FeedHealth, 0, len(c.feeds))
	for _, f := range c.feeds {
		h, err := c.health(ctx, f)
		if err != nil {
			return nil, err
		}
		hs = append(hs, h)
	}
	gone, err := c.unconfigured(ctx)
	if err != nil {
		return nil, err
	}
	for _, feed := range gone {
		l := &ledger{store: c.store, feed: feed}
		if err := l.load(ctx); err != nil {
			return nil, err
		}
		m := l.recall()
		hs = append(hs, FeedHealth{
			Feed: feed, Name: feed.Name(), Title: feed.Name(), State: HealthOff, Watermark: l.watermark(),
			LastSuccess: m.LastSuccess, LastFault: m.LastFault, Lag: m.Lag, Losses: []Loss{},
		})
	}
	return hs, nil
}

// unconfigured gives the feeds that the ledger knows and nothing collects any more.
func (c *Collector) unconfigured(ctx context.Context) ([]aoc.Feed, error) {
	known, err := c.store.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	configured := map[aoc.Feed]bool{}
	for _, f := range c.feeds {
		configured[f.spec.Feed] = true
	}
	var gone []aoc.Feed
	for _, feed := range known {
		if !configured[feed] {
			gone = append(gone, feed)
		}
	}
	return gone, nil
}

func (c *Collector) health(ctx context.Context, f *feed) (FeedHealth, error) {
	l := c.view(f)
	if err := l.load(ctx); err != nil {
		return FeedHealth{}, err
	}
	now, m := c.now(), l.recall()
	h := FeedHealth{
		Feed: f.spec.Feed, Name: f.spec.Feed.Name(), Title: f.title(), Source: f.spec.Source, Permissions: f.spec.Permissions,
		Watermark: l.watermark(), LastSuccess: m.LastSuccess, LastFault: m.LastFault, RetryAt: m.RetryAt,
		Lag: m.Lag, LagMedian: m.Lag.Quantile(0.5).Seconds(), LagP95: m.Lag.Quantile(0.95).Seconds(),
	}
	if !h.RetryAt.After(now) {
		h.RetryAt = time.Time{}
	}
	open, err := c.store.ListUnits(ctx, f.spec.Feed, store.UnitFilter{States: unfinished, Limit: backlogCounted})
	if err != nil {
		return h, err
	}
	if h.Losses, err = losses(ctx, c.store, f.spec.Feed, lossesTold, f.spec.LossHint); err != nil {
		return h, err
	}
	h.OpenUnits = len(open)
	for _, u := range open {
		if u.State == aoc.UnitFailed {
			h.FailingUnits++
		}
		h.atStake(f, u.Unit.Window.Start, u)
	}
	listing := false
	for _, w := range l.working() {
		if w.State == aoc.WindowClosed {
			continue
		}
		h.OpenWindows++
		if w.State == aoc.WindowPlanned {
			listing = listing || w.LastError != ""
			if f.spec.Lookback > 0 {
				h.lossAt(w.Window.Start.Add(f.spec.Lookback - f.spec.Margin))
			}
		}
	}
	h.State = state(h, m, listing, now)
	h.warn(f, now)
	return h, nil
}

// atStake takes into account when an open unit is lost: a growing one from its beginning
// on, a blob as a whole. One that was stored before is not at stake.
func (h *FeedHealth) atStake(f *feed, start time.Time, u aoc.LedgerUnit) {
	switch {
	case !u.StoredAt.IsZero() || (u.Late && u.Unit.Repeatable):
	case u.Unit.Repeatable && f.spec.Lookback > 0:
		h.lossAt(start.Add(f.spec.Lookback - f.spec.Margin))
	case !u.Unit.ExpiresAt.IsZero():
		h.lossAt(u.Unit.ExpiresAt)
	}
}

func (h *FeedHealth) lossAt(t time.Time) {
	if h.DataLossAt.IsZero() || t.Before(h.DataLossAt) {
		h.DataLossAt = t
	}
}

// state sums a feed's figures up.
func state(h FeedHealth, m memo, listing bool, now time.Time) HealthState {
	failed := m.Failures > 0 && m.LastFault != nil
	switch {
	case m.Throttled && m.RetryAt.After(now):
		return HealthWaiting
	case failed && (m.LastSuccess.IsZero() || m.Failures > 1 || permanent(m.LastFault.Code)):
		return HealthFailing
	case m.LastSuccess.IsZero() && !failed:
		return HealthWaiting
	case failed, listing, h.FailingUnits > 0, m.LastLoss.After(now.Add(-lossRemembered)):
		return HealthDegraded
	}
	return HealthOK
}

// warn puts into words what will be lost.
func (h *FeedHealth) warn(f *feed, now time.Time) {
	if h.DataLossAt.IsZero() || (h.State != HealthFailing && h.State != HealthDegraded && h.State != HealthWaiting) {
		return
	}
	remedy := "collection works again"
	if h.LastFault != nil && h.LastFault.Hint != "" {
		remedy = "this is done: " + h.LastFault.Hint
	}
	if left := h.DataLossAt.Sub(now); left > 0 {
		h.Warning = fmt.Sprintf("data loss in %s unless %s", spell(left), remedy)
	} else {
		h.Warning = fmt.Sprintf("data is being lost until %s", remedy)
	}
	if f.spec.LossHint != "" {
		h.Warning += " (" + f.spec.LossHint + ")"
	}
}
