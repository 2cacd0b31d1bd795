package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aoc"
)

// longestHours is the most hours a request may go back: 30 days.
const longestHours = 720

// Request says what to collect.
type Request struct {
	// Hours lists this span before now again, whatever was collected of it, and plans
	// history that was never collected. 0 collects what is due.
	Hours int `json:"hours,omitempty"`
	// Collectors keeps the feeds to these: names of collectors (directoryaudit), feeds
	// (managementactivity/Audit.Exchange) or sources (directory, intune, unified, signin, risk).
	// Empty means all.
	Collectors []string `json:"collectors,omitempty"`
}

// order is a request worked out against what is configured.
type order struct {
	hours    int
	insist   bool // a person asked
	feeds    []*feed
	warnings []string
}

// order works a request out.
func (c *Collector) order(req Request, insist bool) (order, error) {
	const op = "ingest.start"
	o := order{hours: req.Hours, insist: insist}
	if req.Hours < 0 {
		return o, aoc.Errorf(aoc.CodeInvalid, op, "hours must not be negative: %d", req.Hours)
	}
	if req.Hours > longestHours {
		o.hours = longestHours
		o.warnings = append(o.warnings, fmt.Sprintf("%d hours were asked for; %d (30 days) is the most a collection goes back", req.Hours, longestHours))
	}
	feeds, err := c.choose(req.Collectors)
	if err != nil {
		return o, err
	}
	o.feeds = feeds
	for _, f := range feeds {
		if w := clamped(f, o.hours); w != "" {
			o.warnings = append(o.warnings, w)
		}
	}
	return o, nil
}

// clamped says that a feed cannot go back as far as was asked; empty when it can.
func clamped(f *feed, hours int) string {
	if asked := time.Duration(hours) * time.Hour; f.spec.Lookback <= 0 || asked <= f.spec.Lookback {
		return ""
	}
	return fmt.Sprintf("%s: %d hours were asked for, but Microsoft answers for the last %s only",
		f.title(), hours, spell(f.spec.Lookback))
}

// back is how far back a feed goes for an order.
func (o order) back(f *feed) time.Duration {
	back := time.Duration(o.hours) * time.Hour
	if f.spec.Lookback > 0 {
		back = min(back, f.spec.Lookback)
	}
	return back
}

// choose gives the feeds that names stand for, all without names.
func (c *Collector) choose(names []string) ([]*feed, error) {
	if len(names) == 0 {
		return c.feeds, nil
	}
	var chosen []*feed
	for _, f := range c.feeds {
		if slices.ContainsFunc(names, f.called) {
			chosen = append(chosen, f)
		}
	}
	for _, name := range names {
		if slices.ContainsFunc(c.feeds, func(f *feed) bool { return f.called(name) }) {
			continue
		}
		return nil, &aoc.Error{
			Code: aoc.CodeInvalid, Op: "ingest.start", Message: fmt.Sprintf("no collector is called %q here", name),
			Hint: "The collectors that are set up: " + strings.Join(c.collectors(), ", "),
		}
	}
	return chosen, nil
}

// collectors names what is set up, each collector once.
func (c *Collector) collectors() []string {
	var names []string
	for _, f := range c.feeds {
		if !slices.Contains(names, f.spec.Feed.Collector) {
			names = append(names, f.spec.Feed.Collector)
		}
	}
	if len(names) == 0 {
		return []string{"none"}
	}
	return names
}

// covers reports whether an order does all that another one asks for.
func (o order) covers(other order) bool {
	if other.hours > o.hours || (other.insist && !o.insist) {
		return false
	}
	for _, f := range other.feeds {
		if !slices.Contains(o.feeds, f) {
			return false
		}
	}
	return true
}

// merge widens an order so that it covers another one as well.
func (o order) merge(other order, all []*feed) order {
	o.hours = max(o.hours, other.hours)
	o.insist = o.insist || other.insist
	var feeds []*feed
	for _, f := range all {
		if slices.Contains(o.feeds, f) || slices.Contains(other.feeds, f) {
			feeds = append(feeds, f)
		}
	}
	o.feeds = feeds
	for _, w := range other.warnings {
		if !slices.Contains(o.warnings, w) {
			o.warnings = append(o.warnings, w)
		}
	}
	return o
}
