package forward

import (
	"context"
	"sync"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/sink"
	"aoc/internal/store"
)

// follower feeds one sink, as it was configured when the follower was made.
type follower struct {
	f     *Forwarder
	cfg   sink.Config
	hurry chan struct{}
	news  *fleet.News[Status]

	// What one spell of work has in hand; work alone uses it.
	sink    sink.Sink
	limits  sink.Limits
	matcher *store.Matcher
	at      position
	saved   time.Time   // when at was written last
	dirty   bool        // at has changed since
	pending []aoc.Event // wanted, not sent yet, in log order
	bytes   int         // of pending's records
	read    int64       // Seq up to which the log has been read
	since   time.Time   // when the first of pending was read
	part    int         // the most events to send at once; grows again after a success
	fails   int         // in a row
	alone   int         // failures in a row of the first record by itself
	refused int         // records in a row that were refused, and none taken
	looked  time.Time   // when dead letters to send again were looked for last

	mu      sync.Mutex
	letters bool // somebody of this process has asked for dead letters to be sent again
}

func newFollower(f *Forwarder, cfg sink.Config) *follower {
	return &follower{
		f: f, cfg: cfg, hurry: make(chan struct{}, 1),
		news: fleet.NewNews(f.board(), cfg.ID, Status{ID: cfg.ID, State: StateWaiting}),
	}
}

// work feeds the sink while this process has the duty.
func (w *follower) work(ctx context.Context) error {
	if err := w.open(ctx); err != nil {
		return w.endured(ctx, err)
	}
	defer w.close(ctx)
	w.news.Tell(func(s *Status) { s.State, s.Since = StateRunning, w.now() })
	for ctx.Err() == nil {
		if err := w.step(ctx); err != nil {
			return err // the store: the duty is taken up again
		}
	}
	return nil
}

// endured tells why the sink cannot be fed, and waits a while before that is tried again.
func (w *follower) endured(ctx context.Context, err error) error {
	if ctx.Err() != nil || aoc.CodeOf(err) != aoc.CodeInvalid {
		return err
	}
	w.failed(ctx, err)
	w.news.Tell(func(s *Status) { s.State = StateMisconfigured })
	w.news.Post(ctx)
	w.f.pause(ctx, w.f.cfg.Tuning.LastRetry, w.hurry)
	return nil
}

// open begins from the checkpoint.
func (w *follower) open(ctx context.Context) (err error) {
	if w.matcher, err = w.f.filter(&w.cfg); err != nil {
		return err
	}
	if w.at, err = w.f.begin(ctx, &w.cfg); err != nil {
		return err
	}
	s, kind, err := sink.New(w.f.cfg.Kinds, w.cfg, w.f.cfg.Deps)
	if err != nil {
		return err
	}
	w.sink, w.limits = s, kind.Spec.Batch
	w.read, w.pending, w.bytes, w.part = w.at.Seq, nil, 0, w.limits.Events
	w.fails, w.alone, w.refused, w.dirty, w.saved, w.looked = 0, 0, 0, false, w.now(), time.Time{}
	return nil
}

// closeTime bounds what is done once the work is over.
const closeTime = 10 * time.Second

// close writes the position once more, which fails where another process has the duty now.
func (w *follower) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	if err := w.sink.Close(); err != nil {
		w.f.cfg.Logger.DebugContext(ctx, "a sink did not close in order", "sink", w.cfg.ID, "error", err)
	}
	if w.dirty {
		if err := w.f.save(ctx, w.cfg.ID, w.at); err != nil {
			w.f.cfg.Logger.InfoContext(ctx, "the last position of a sink could not be written; a little is sent again", "sink", w.cfg.ID, "code", string(aoc.CodeOf(err)), "error", err)
		}
	}
	w.news.Tell(func(s *Status) { s.State = StateWaiting })
}

func (w *follower) now() time.Time { return w.f.cfg.Clock.Now() }

// step reads, sends what is due, and waits if there is nothing to do. Its errors are the
// store's.
func (w *follower) step(ctx context.Context) error {
	caughtUp, err := w.fill(ctx)
	if err != nil {
		return err
	}
	if err := w.resend(ctx); err != nil {
		return err
	}
	w.news.Post(ctx)
	full := len(w.pending) >= w.limits.Events || w.bytes >= w.limits.Bytes
	switch due := w.since.Add(w.f.cfg.Tuning.Linger); {
	case len(w.pending) == 0 && caughtUp:
		if err := w.keep(ctx, false); err != nil {
			return err
		}
		w.f.pause(ctx, w.f.cfg.Tuning.Poll, w.hurry)
		return nil
	case len(w.pending) == 0:
		return w.keep(ctx, false)
	case caughtUp && !full && w.now().Before(due):
		w.f.pause(ctx, min(w.f.cfg.Tuning.Poll, due.Sub(w.now())), w.hurry)
		return nil
	}
	return w.deliver(ctx)
}

// fill reads the log until there is a batch to send, and reports whether it has been read to
// its end. A call reads a bounded part of the log where nothing is wanted.
func (w *follower) fill(ctx context.Context) (caughtUp bool, err error) {
	const most = 16 // reads
	for range most {
		if len(w.pending) >= w.limits.Events || w.bytes >= w.limits.Bytes {
			return false, nil
		}
		events, err := w.f.cfg.Store.ReadLog(ctx, w.read, w.f.cfg.Tuning.Read)
		if err != nil {
			return false, err
		}
		for i := range events {
			w.take(&events[i])
		}
		if len(events) < w.f.cfg.Tuning.Read {
			return true, nil
		}
	}
	return false, nil
}

// take adds an event to what is to be sent, if it is wanted.
func (w *follower) take(e *aoc.Event) {
	w.read = e.Seq
	if w.cfg.Wants(e) && w.at.passes(e) && w.matcher.Match(e, nil) {
		if len(w.pending) == 0 {
			w.since = w.now()
		}
		w.pending = append(w.pending, *e)
		w.bytes += len(e.Raw)
	}
	w.settle()
}

// settle moves the position to before the first event that is not sent.
func (w *follower) settle() {
	seq := w.read
	if len(w.pending) > 0 {
		seq = w.pending[0].Seq - 1
	}
	if seq > w.at.Seq {
		w.at.Seq, w.dirty = seq, true
	}
}

// keep writes the position, if it has changed and that is due.
func (w *follower) keep(ctx context.Context, now bool) error {
	if !w.dirty || !now && w.now().Before(w.saved.Add(w.f.cfg.Tuning.Save)) {
		return nil
	}
	if err := w.f.save(ctx, w.cfg.ID, w.at); err != nil {
		return err
	}
	w.saved, w.dirty = w.now(), false
	return nil
}

// batch is the next events to send: the first of pending, within limits.
func (w *follower) batch() []aoc.Event {
	n, bytes := 0, 0
	for n < len(w.pending) && n < min(w.part, w.limits.Events) {
		if bytes += len(w.pending[n].Raw); n > 0 && bytes > w.limits.Bytes {
			break
		}
		n++
	}
	return w.pending[:n]
}

// drop forgets the first n of pending, which are sent or refused.
func (w *follower) drop(n int) {
	for i := range n {
		w.bytes -= len(w.pending[i].Raw)
	}
	w.pending = append([]aoc.Event(nil), w.pending[n:]...)
	w.settle()
}
