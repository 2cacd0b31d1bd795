package notify

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/store"
)

// follower sends what waits for one notifier, as it was set when the follower was made.
type follower struct {
	d        *Dispatcher
	notifier Notifier
	hurry    chan struct{}
	news     *fleet.News[NotifierStatus]

	// What one spell of work has in hand; work alone uses it.
	channel  Channel
	texts    *texts
	progress progress
	fails    int                // in a row
	refused  map[string]refusal // by alert: what the receiver did not take
}

// refusal says that a receiver did not take a message about an alert.
type refusal struct {
	times int
	until time.Time // when it is tried again
}

func newFollower(d *Dispatcher, n Notifier) *follower {
	return &follower{
		d: d, notifier: n, hurry: make(chan struct{}, 1),
		news: fleet.NewNews(d.board(), n.ID, NotifierStatus{State: StateWaiting}),
	}
}

func (w *follower) now() time.Time { return w.d.cfg.Clock.Now() }

// work tells people while this process has the duty. Its errors are the store's.
func (w *follower) work(ctx context.Context) error {
	if err := w.open(ctx); err != nil {
		return w.endured(ctx, err)
	}
	defer w.news.Tell(func(s *NotifierStatus) { s.State = StateWaiting })
	w.news.Tell(func(s *NotifierStatus) { s.State = StateRunning })
	for ctx.Err() == nil {
		w.news.Post(ctx)
		if err := w.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// open begins where the last spell of work ended.
func (w *follower) open(ctx context.Context) (err error) {
	if err = w.notifier.check(); err != nil {
		return err
	}
	if w.texts, err = newTexts(&w.notifier.NotifierSpec); err != nil {
		return err
	}
	if w.channel, err = w.d.Open(&w.notifier.NotifierSpec); err != nil {
		return err
	}
	if w.progress, err = w.d.load(ctx, w.notifier.ID); err != nil {
		return err
	}
	w.fails, w.refused = 0, map[string]refusal{}
	return w.finish(ctx)
}

// endured tells why a notifier cannot work, and waits a while before that is tried again.
func (w *follower) endured(ctx context.Context, err error) error {
	if ctx.Err() != nil || aoc.CodeOf(err) != aoc.CodeInvalid {
		return err
	}
	w.failed(ctx, err)
	wait := w.d.cfg.Tuning.LastRetry
	w.news.Tell(func(s *NotifierStatus) { s.State, s.RetryAt = StateMisconfigured, w.now().Add(wait) })
	w.news.Post(ctx)
	w.d.pause(ctx, wait, w.hurry)
	return nil
}

// mostInOne is how many alerts one message tells of at most.
const mostInOne = 10_000

// step sends what is due, or waits.
func (w *follower) step(ctx context.Context) error {
	free, next := w.progress.free(w.notifier.most(), w.now())
	if free == 0 {
		w.news.Tell(func(s *NotifierStatus) { s.State, s.RetryAt = StateCapped, next })
		w.rest(ctx, next)
		return nil
	}
	w.news.Tell(func(s *NotifierStatus) {
		if s.State == StateCapped {
			s.State, s.RetryAt = StateRunning, time.Time{}
		}
	})
	its, err := w.d.waiting(ctx, w.notifier.ID, mostInOne)
	if err != nil {
		return err
	}
	its, next = w.due(its)
	if len(its) == 0 {
		w.rest(ctx, next)
		return nil
	}
	for _, group := range groups(its, free, w.notifier.Digest > 0) {
		sent, err := w.deliver(ctx, group)
		if err != nil || !sent {
			return err
		}
	}
	return nil
}

// rest waits until a time, or for a while where there is none, unless it is woken.
func (w *follower) rest(ctx context.Context, until time.Time) {
	w.news.Post(ctx)
	wait := w.d.cfg.Tuning.Look
	if !until.IsZero() {
		wait = min(max(until.Sub(w.now()), time.Millisecond), time.Minute) // woken: looks again
	}
	w.d.pause(ctx, wait, w.hurry)
}

// due gives what is to be told now: not what the receiver has refused a moment ago, and
// nothing while a digest gathers. Without any it tells when there is; zero: nobody knows.
func (w *follower) due(its []store.Item) (now []store.Item, next time.Time) {
	soonest := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	if gather := time.Duration(w.notifier.Digest) * time.Minute; gather > 0 && len(its) > 0 {
		if at := its[0].At.Add(gather); w.now().Before(at) {
			return nil, at
		}
	}
	for i := range its {
		if r := w.refused[alertIn(&its[i])]; w.now().Before(r.until) {
			soonest(r.until)
			continue
		}
		now = append(now, its[i])
	}
	return now, next
}

// groups divides what is to be told into messages: one for each alert as far as so many may be
// sent, and the last one for all the rest.
func groups(its []store.Item, free int, digest bool) [][]store.Item {
	var all [][]store.Item
	for !digest && len(its) > 0 && (free > 1 || len(its) == 1) {
		all, its, free = append(all, its[:1]), its[1:], free-1
	}
	if len(its) > 0 {
		all = append(all, its)
	}
	return all
}

// deliver sends a message that tells of some alerts, but of those that are closed or snoozed
// by now, and marks them once the receiver has taken it. sent is false when it did not.
func (w *follower) deliver(ctx context.Context, group []store.Item) (sent bool, err error) {
	var alerts []*aoc.Alert
	var ids, over []string
	for i := range group {
		id := alertIn(&group[i])
		a, err := w.d.alert(ctx, id)
		if err != nil {
			return false, err
		}
		if a == nil || a.State == aoc.AlertClosed || a.SnoozedUntil.After(w.now()) {
			over = append(over, id)
			continue
		}
		alerts, ids = append(alerts, a), append(ids, id)
	}
	if err := w.d.mark(ctx, w.notifier.ID, over, stateOver); err != nil || len(alerts) == 0 {
		return true, err
	}
	m := w.d.compose(ctx, w.texts, alerts)
	if w.anyRefused(ids) {
		m = plain(m)
	}
	err = w.send(ctx, m)
	if err != nil && !IsPartial(err) {
		w.failure(ctx, ids, err)
		return false, nil
	}
	return true, w.success(ctx, ids, err)
}

func (w *follower) anyRefused(ids []string) bool {
	for _, id := range ids {
		if w.refused[id].times > 0 {
			return true
		}
	}
	return false
}

func (w *follower) send(ctx context.Context, m *Message) error {
	ctx, cancel := context.WithTimeout(ctx, w.d.cfg.Tuning.SendTime)
	defer cancel()
	return w.channel.Send(ctx, m)
}

// success notes that a message was taken: first all at once, then alert by alert. partly says
// why not for everybody; nil if it was.
func (w *follower) success(ctx context.Context, ids []string, partly error) error {
	now := w.now()
	p := &w.progress
	p.Sent, p.Told = append(p.Sent, now), ids
	p.Messages, p.Alerts, p.SentAt = p.Messages+1, p.Alerts+int64(len(ids)), now
	w.fails = 0
	w.d.cfg.Observer.Sent(w.notifier.ID, w.notifier.Kind, len(ids))
	w.news.Tell(func(s *NotifierStatus) {
		s.State, s.Failures, s.Error, s.Hint, s.Code, s.RetryAt = StateRunning, 0, "", "", "", time.Time{}
	})
	if partly != nil {
		w.failed(ctx, partly)
	}
	if err := w.d.save(ctx, w.notifier.ID, p); err != nil {
		return err
	}
	return w.finish(ctx)
}

// finish marks what the last message told.
func (w *follower) finish(ctx context.Context) error {
	if len(w.progress.Told) == 0 {
		return nil
	}
	if err := w.d.mark(ctx, w.notifier.ID, w.progress.Told, stateTold); err != nil {
		return err
	}
	for _, id := range w.progress.Told {
		delete(w.refused, id)
	}
	w.progress.Told = nil
	return w.d.save(ctx, w.notifier.ID, &w.progress)
}

// failure notes that a message was not taken, and waits. What the receiver refuses is set
// aside, and tried again without what comes from events, so that others go on.
func (w *follower) failure(ctx context.Context, ids []string, err error) {
	if ctx.Err() != nil {
		return // the work is over; this is no fault of the receiver
	}
	w.fails++
	w.failed(ctx, err)
	wait := w.backoff(err, w.fails)
	if _, ok := errors.AsType[*Refusal](err); ok {
		for _, id := range ids {
			r := refusal{times: w.refused[id].times + 1}
			r.until = w.now().Add(w.backoff(err, r.times))
			w.refused[id] = r
		}
		wait = min(wait, refusedWait)
	}
	state := StateRetrying
	switch aoc.CodeOf(err) {
	case aoc.CodeInvalid, aoc.CodeUnauthenticated, aoc.CodeForbidden:
		state = StateMisconfigured
	}
	at := w.now().Add(wait)
	w.news.Tell(func(s *NotifierStatus) { s.State, s.RetryAt = state, at })
	w.news.Post(ctx)
	w.sleep(ctx, wait)
}

// refusedWait is how long others wait at most after the receiver has refused a message.
const refusedWait = 10 * time.Second

// sleep waits, whatever news come.
func (w *follower) sleep(ctx context.Context, t time.Duration) { _ = w.d.cfg.Clock.Sleep(ctx, t) }

// longestAsked bounds what a receiver may ask to wait.
const longestAsked = 2 * time.Hour

// backoff is how long to wait after so many failures: as long as the receiver asks, else
// doubling; a quarter more or less, so that notifiers that failed together do not come back
// together.
func (w *follower) backoff(err error, fails int) time.Duration {
	t := &w.d.cfg.Tuning
	wait := t.LastRetry
	if fails <= 16 {
		wait = min(wait, t.FirstRetry<<(fails-1))
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
	w.d.cfg.Observer.Failed(w.notifier.ID, w.notifier.Kind, code)
	w.d.cfg.Logger.WarnContext(ctx, "a notifier could not tell of alerts; it is tried again", "notifier", w.notifier.ID, "failures", w.fails, "code", string(code), "error", err)
	w.news.Tell(func(s *NotifierStatus) {
		s.Failures, s.Code, s.Error, s.Hint, s.ErrorAt = w.fails, code, aoc.MessageOf(err), aoc.HintOf(err), w.now()
	})
}
