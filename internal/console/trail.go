package console

import (
	"context"
	"strings"
	"time"

	"aoc"
	"aoc/internal/auth"
	"aoc/internal/detect"
	"aoc/internal/forward"
	"aoc/internal/notify"
	"aoc/internal/trail"
)

// opSearch is what questions are written down as, whether they list or count.
const opSearch = "Search events"

// note writes down what the caller does, soon: reading is written down for each question.
// What cannot be written down is not done.
func (c *Console) note(ctx context.Context, e trail.Entry) error {
	if c.trail == nil {
		return nil
	}
	e.Who = c.caller(ctx)
	return c.trail.Note(e)
}

// counts writes down that the caller counts what a filter selects.
func (c *Console) counts(ctx context.Context, f Filter) error {
	return c.note(ctx, trail.Entry{Operation: opSearch, Query: f.text(), Repeated: true})
}

// record writes down what the caller does before it is answered.
func (c *Console) record(ctx context.Context, e trail.Entry) error {
	if c.trail == nil {
		return nil
	}
	e.Who = c.caller(ctx)
	return c.trail.Write(ctx, e)
}

// recordDone writes down what has been done already, which stays done: an error is logged,
// and the entry waits.
func (c *Console) recordDone(ctx context.Context, e trail.Entry) {
	if c.trail == nil {
		return
	}
	e.Who = c.caller(ctx)
	if err := c.trail.Done(context.WithoutCancel(ctx), e); err != nil {
		c.log.WarnContext(ctx, "what was done is not in the audit trail yet", "operation", e.Operation, "error", err)
	}
}

// refused writes down that the caller was not let do something.
func (c *Console) refused(ctx context.Context, a action, reason error) error {
	err := c.note(ctx, trail.Entry{
		Operation: "Exercise right", Target: trail.Target{Type: "right", Name: string(a)}, Failed: true, Reason: aoc.MessageOf(reason), Count: 1, Merged: true,
	})
	if err != nil {
		c.log.WarnContext(ctx, "a refusal is not in the audit trail", "error", err)
	}
	return reason
}

// Entered writes down that somebody has signed in, or was not let in. Code unavailable: who
// cannot be written down is not let in.
func (c *Console) Entered(ctx context.Context, who aoc.Caller, fault error) error {
	e := trail.Entry{Operation: "Sign in", Who: who}
	if fault == nil {
		return c.record(WithCaller(ctx, who), e)
	}
	e.Failed, e.Reason, e.Count, e.Merged = true, aoc.MessageOf(fault), 1, true
	return c.note(WithCaller(ctx, who), e)
}

// Left writes down that the caller has signed out.
func (c *Console) Left(ctx context.Context) { c.recordDone(ctx, trail.Entry{Operation: "Sign out"}) }

// Unknown writes down that somebody at an address was not recognised.
func (c *Console) Unknown(ctx context.Context, address string, fault error) {
	if err := c.Entered(ctx, aoc.Caller{Address: address}, fault); err != nil {
		c.log.WarnContext(ctx, "a refusal is not in the audit trail", "error", err)
	}
}

// things are the kinds of documents, in words.
var things = map[string]string{ //nolint:gochecknoglobals // read-only table
	kindSearch: "saved search", kindWindow: "change window", detect.KindRule: "rule", auth.KindToken: "API token", forward.KindSink: "sink", notify.KindNotifier: "notifier",
}

// text says a filter in words of the query language, for people to read.
func (f Filter) text() string {
	var words []string
	for _, l := range f.lists() {
		if values := present(l.values); len(values) > 0 {
			words = append(words, string(l.field)+":"+strings.Join(values, ","))
		}
	}
	words = append(words, present(f.Search)...)
	if q := strings.TrimSpace(f.Query); q != "" {
		words = append(words, q)
	}
	for _, bound := range []struct {
		word string
		at   time.Time
	}{{"after:", f.Start}, {"before:", f.End}} {
		if !bound.at.IsZero() {
			words = append(words, bound.word+bound.at.UTC().Format(time.RFC3339))
		}
	}
	return strings.Join(words, " ")
}

// namesOwn reports whether a condition asks for AOC's own events, or for an event by id.
func namesOwn(x aoc.Expr) bool { return mentions(x, aoc.FieldSource) || mentions(x, aoc.FieldID) }
