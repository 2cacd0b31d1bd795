package forward

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"aoc"
	"aoc/internal/sink"
)

// deliver sends the next batch, and moves the position or waits. Its errors are the store's.
func (w *follower) deliver(ctx context.Context) error {
	batch := w.batch()
	rejected, err := w.send(ctx, batch)
	if err != nil {
		return w.failure(ctx, batch, err)
	}
	if err := w.bury(ctx, batch, rejected); err != nil {
		return err
	}
	w.success(len(batch), len(rejected))
	w.drop(len(batch))
	return w.keep(ctx, len(rejected) > 0)
}

// mostRefused is how many records in a row a receiver may refuse, and take none, before that
// is a fault of its own or of the settings, and not of the records: everything waits then.
const mostRefused = 1000

// send hands a batch to the sink, once.
func (w *follower) send(ctx context.Context, batch []aoc.Event) ([]sink.Rejection, error) {
	ctx, cancel := context.WithTimeout(ctx, w.f.cfg.Tuning.SendTime)
	defer cancel()
	began := w.now()
	rejected, err := w.sink.Send(ctx, batch)
	w.f.cfg.Observer.Took(w.cfg.ID, w.cfg.Kind, w.now().Sub(began))
	if err != nil {
		return nil, err
	}
	if len(rejected) < len(batch) {
		w.refused = 0
		return rejected, nil
	}
	if w.refused >= mostRefused {
		e := aoc.Errorf(aoc.CodeInvalid, "forward.send", "the receiver has refused %d events in a row: %s", w.refused, rejected[0].Reason)
		e.Hint = "It seems to refuse everything: look at the settings of the sink and of the receiver. Nothing more is given up meanwhile. Dead letters can be sent again."
		return nil, e
	}
	w.refused += len(rejected)
	return rejected, nil
}

// success notes that a batch is done with.
func (w *follower) success(events, rejected int) {
	w.fails, w.alone = 0, 0
	w.part = min(w.limits.Events, w.part*2)
	w.at.Sent += int64(events - rejected)
	w.at.Rejected += int64(rejected)
	w.dirty = true
	if events > rejected {
		w.at.SentAt = w.now()
	}
	w.f.cfg.Observer.Sent(w.cfg.ID, w.cfg.Kind, events-rejected)
	w.f.cfg.Observer.Rejected(w.cfg.ID, w.cfg.Kind, rejected)
	w.news.Tell(func(s *Status) {
		s.State, s.Failures, s.Error, s.Hint, s.Code, s.RetryAt = StateRunning, 0, "", "", "", time.Time{}
	})
}

// failure decides what to do about a batch that could not be sent: wait, send less at once,
// or find out whether the receiver chokes on the first record.
func (w *follower) failure(ctx context.Context, batch []aoc.Event, err error) error {
	if ctx.Err() != nil {
		return nil // the work is over; this is no fault of the receiver
	}
	w.fails++
	w.failed(ctx, err)
	w.refreshPart(len(batch), err)
	if len(batch) == 1 && w.alone >= w.f.cfg.Tuning.RecordTries && suspicious(err) {
		poison, err := w.isPoison(ctx, err)
		if err != nil || poison {
			return err
		}
	}
	wait := w.backoff(err)
	w.news.Tell(func(s *Status) { s.State, s.RetryAt = StateRetrying, w.now().Add(wait) })
	w.news.Post(ctx)
	if err := w.keep(ctx, true); err != nil {
		return err
	}
	w.f.pause(ctx, wait, w.hurry)
	return nil
}

// refreshPart halves what is sent at once, when a batch has failed for long enough.
func (w *follower) refreshPart(size int, err error) {
	if !suspicious(err) {
		return
	}
	if size == 1 {
		w.alone++
	} else if w.fails%w.f.cfg.Tuning.BatchTries == 0 {
		w.part = max(1, size/2)
	}
}

// suspicious reports whether a failure can be due to what was sent.
func suspicious(err error) bool {
	switch aoc.CodeOf(err) {
	case aoc.CodeThrottled, aoc.CodeUnauthenticated, aoc.CodeForbidden:
		return false
	}
	return true
}

// probes is how many records behind one that fails are tried at most.
const probes = 8

// isPoison finds out whether the receiver chokes on the first record alone: it takes one of
// those behind it, and fails on the first once more. That is then a dead letter. While it
// takes none, it is the receiver that is away.
func (w *follower) isPoison(ctx context.Context, last error) (bool, error) {
	suspect := w.pending[0]
	taken := false
	for i := 1; i < len(w.pending) && i <= probes && !taken; i++ {
		rejected, err := w.send(ctx, w.pending[i:i+1])
		taken = err == nil && len(rejected) == 0
	}
	if !taken || ctx.Err() != nil {
		return false, nil
	}
	rejected, err := w.send(ctx, []aoc.Event{suspect})
	switch {
	case ctx.Err() != nil:
		return false, nil
	case err != nil && !suspicious(err):
		return false, nil
	case err != nil:
		reason := fmt.Sprintf("the receiver fails on this event alone (%d times), and takes others: %s", w.alone+1, aoc.MessageOf(err))
		rejected = []sink.Rejection{{Index: 0, Reason: sink.Clean(reason)}}
	}
	if err := w.bury(ctx, w.pending[:1], rejected); err != nil {
		return false, err
	}
	w.f.cfg.Logger.WarnContext(ctx, "a receiver chokes on one event, which is kept as a dead letter", "sink", w.cfg.ID, "key", suspect.Key, "code", string(aoc.CodeOf(last)))
	w.success(1, len(rejected))
	w.part = 1 // carefully, as there may be more like it
	w.drop(1)
	return true, w.keep(ctx, true)
}

// longestAsked bounds what a receiver may ask to wait.
const longestAsked = 2 * time.Hour

// backoff is how long to wait after a failure: as long as the receiver asks, else doubling; a
// quarter more or less, so that sinks that failed together do not come back together.
func (w *follower) backoff(err error) time.Duration {
	t := &w.f.cfg.Tuning
	wait := t.LastRetry
	if w.fails <= 16 {
		wait = min(wait, t.FirstRetry<<(w.fails-1))
	}
	wait = wait*3/4 + rand.N(wait/2+1)
	if e, ok := errors.AsType[*aoc.Error](err); ok && e.RetryAfter > 0 {
		return max(min(e.RetryAfter, longestAsked), t.FirstRetry/4)
	}
	return wait
}

// failed tells of a failure.
func (w *follower) failed(ctx context.Context, err error) {
	code := aoc.CodeOf(err)
	w.f.cfg.Observer.Failed(w.cfg.ID, w.cfg.Kind, code)
	w.f.cfg.Logger.WarnContext(ctx, "a sink could not be fed; it is tried again", "sink", w.cfg.ID, "failures", w.fails, "code", string(code), "error", err)
	w.news.Tell(func(s *Status) {
		s.Failures, s.Code, s.Error, s.Hint, s.ErrorAt = w.fails, code, aoc.MessageOf(err), aoc.HintOf(err), w.now()
	})
}
