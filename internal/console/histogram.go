package console

import (
	"context"
	"time"

	"aoc"
	"aoc/internal/store"
)

const (
	// chosenBars is the most bars of a histogram whose width was not asked for.
	chosenBars = 120
	// maxBars is the most bars that can be asked for.
	maxBars = 5000
)

const day = 24 * time.Hour

// barWidths are the widths to choose from. Each is a multiple of 15 minutes or a divisor
// of it, as stores need.
func barWidths() []time.Duration {
	return []time.Duration{
		time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
		day, 7 * day, 28 * day, 91 * day, 364 * day,
	}
}

// Histogram is how many events happened when. Empty bars are left out.
type Histogram struct {
	// WidthSeconds is the width of a bar. Bars begin at multiples of it since 1970.
	WidthSeconds int64 `json:"width_seconds"`
	// Start and End are the span that was asked for or, where it was open, that of what
	// is stored.
	Start   time.Time    `json:"start,omitzero"`
	End     time.Time    `json:"end,omitzero"`
	Buckets []aoc.Bucket `json:"buckets"`
	Total   int64        `json:"total"`
	// Complete is false when not all could be counted; the bars then hold for events at
	// or after CompleteUntil.
	Complete      bool      `json:"complete"`
	CompleteUntil time.Time `json:"complete_until,omitzero"`
}

// Histogram counts the events that pass a filter over time. A zero width is chosen so
// that there are at most 120 bars.
func (c *Console) Histogram(ctx context.Context, f Filter, width time.Duration) (Histogram, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return Histogram{}, err
	}
	q, err := c.selection(ctx, f)
	if err != nil {
		return Histogram{}, err
	}
	span, width, err := c.bars(ctx, q, width)
	if err != nil {
		return Histogram{}, err
	}
	if err := c.counts(ctx, f); err != nil {
		return Histogram{}, err
	}
	n, err := c.store.Count(ctx, q, store.CountRequest{Width: width})
	if err != nil {
		return Histogram{}, blame("width", err)
	}
	return histogramOf(n, span, width), nil
}

func histogramOf(n store.Counts, span aoc.Window, width time.Duration) Histogram {
	return Histogram{
		WidthSeconds: int64(width / time.Second), Start: span.Start, End: span.End,
		Buckets: append([]aoc.Bucket{}, n.Buckets...), Total: n.Total,
		Complete: n.Complete, CompleteUntil: n.CompleteUntil,
	}
}

// bars gives the span of a histogram and the width of its bars, chosen when zero.
func (c *Console) bars(ctx context.Context, q aoc.Query, width time.Duration) (aoc.Window, time.Duration, error) {
	span, err := c.span(ctx, q)
	if err != nil {
		return span, 0, err
	}
	if width == 0 {
		return span, chooseWidth(span), nil
	}
	return span, width, checkWidth(width, span)
}

// span is what a query covers, with the oldest and newest event for open ends.
func (c *Console) span(ctx context.Context, q aoc.Query) (aoc.Window, error) {
	w := aoc.Window{Start: q.Start, End: q.End}
	if !w.Start.IsZero() && !w.End.IsZero() {
		return w, nil
	}
	stats, err := c.store.Stats(ctx)
	if err != nil {
		return w, err
	}
	if w.Start.IsZero() {
		w.Start = stats.Oldest
	}
	if w.End.IsZero() && !stats.Newest.IsZero() {
		w.End = stats.Newest.Add(1)
	}
	if w.End.Before(w.Start) {
		w.End = w.Start
	}
	return w, nil
}

// barCount is how many bars of a width a span can touch.
func barCount(span aoc.Window, width time.Duration) int64 {
	return int64(span.Duration()/width) + 2
}

func chooseWidth(span aoc.Window) time.Duration {
	widths := barWidths()
	for _, w := range widths {
		if barCount(span, w) <= chosenBars {
			return w
		}
	}
	return widths[len(widths)-1]
}

func checkWidth(width time.Duration, span aoc.Window) error {
	const unit = 15 * time.Minute
	switch {
	case width < time.Second || (width%unit != 0 && unit%width != 0):
		return invalid("width", "width must be a multiple of 15 minutes or divide it")
	case barCount(span, width) > maxBars:
		return invalid("width", "width gives more than %d bars for this time", maxBars)
	}
	return nil
}
