package console

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/trail"
)

const (
	// newsItems is the most events that news hold.
	newsItems = 50
	// logChunk is how many entries of the log are read at a time.
	logChunk = 500
	// maxCatchUp is how far behind a follower may begin, in entries of the log.
	maxCatchUp = 20_000
	// recheckEvery is how often rights and the predicate are looked at again: change windows
	// change, and relative times move on.
	recheckEvery = time.Minute
)

// News are events that arrived and pass a follower's filter.
type News struct {
	// Count is how many there are, Items the newest of them, newest first, at most 50.
	Count int64
	Items []aoc.Event
	// LastSeq is the place in the log up to which it is told: where to go on.
	LastSeq int64
	// Reset says that too much has arrived since the place to begin after: what is shown
	// should be loaded anew.
	Reset bool
}

// Follower hears of events as they arrive. It is used by one goroutine; Close must be
// called.
type Follower struct {
	console *Console
	filter  Filter
	checked time.Time // of Next's own watch, not of events

	mu      sync.Mutex
	matcher *store.Matcher
	bounds  aoc.Window
	texts   bool
	known   int64 // place in the log up to which nothing is to be told
	pending News
	signal  chan struct{} // has room for one
	ended   bool
}

// followers are all who follow the log, and the one goroutine that reads it for them.
type followers struct {
	every time.Duration

	mu     sync.Mutex
	all    map[*Follower]bool
	pos    int64 // read up to here, while there are followers
	stop   context.CancelFunc
	tails  sync.WaitGroup
	closed bool
}

// Follow begins to tell of events that arrive after a place in the log, or from now on
// when that is 0. Code unavailable when the console is closing.
func (c *Console) Follow(ctx context.Context, f Filter, after int64) (*Follower, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return nil, err
	}
	if _, ok := scopeOf(ctx); ok { // the log is read for all followers at once
		return nil, aoc.Errorf(aoc.CodeInvalid, "console.follow", "events cannot be followed within a scope")
	}
	if err := c.note(ctx, trail.Entry{Operation: "Follow events", Query: f.text(), Held: true}); err != nil {
		return nil, err
	}
	follower := &Follower{console: c, filter: f, known: after, signal: make(chan struct{}, 1)}
	if err := follower.prepare(ctx); err != nil {
		return nil, err
	}
	from, err := c.join(ctx, follower)
	if err != nil {
		return nil, err
	}
	switch {
	case after > from:
		err = follower.checkKnown(ctx)
	case after > 0 && after < from:
		err = follower.catchUp(ctx, after, from)
	}
	if err != nil {
		follower.Close()
		return nil, err
	}
	return follower, nil
}

// checkKnown looks at a place to begin after that lies beyond what was read of the log here.
// It is in the log when a search has told of it since, or another process. One that is not
// is of another store.
func (f *Follower) checkKnown(ctx context.Context) error {
	last, err := f.console.store.LastSeq(ctx)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known <= last {
		f.pending.LastSeq = max(f.pending.LastSeq, f.known)
		return nil
	}
	f.known, f.pending.Reset = 0, true
	f.wake()
	return nil
}

// join adds a follower, and starts the reading of the log for the first one. It tells from
// where on the follower hears of everything.
func (c *Console) join(ctx context.Context, f *Follower) (int64, error) {
	fs := &c.followers
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.closed {
		return 0, aoc.Errorf(aoc.CodeUnavailable, "console.follow", "the service is stopping")
	}
	if len(fs.all) == 0 {
		last, err := c.store.LastSeq(ctx)
		if err != nil {
			return 0, err
		}
		run, stop := context.WithCancel(system(context.WithoutCancel(ctx)))
		fs.pos, fs.all, fs.stop = last, map[*Follower]bool{}, stop
		fs.tails.Go(func() { c.tail(run) })
	}
	fs.all[f] = true
	f.pending.LastSeq = fs.pos
	return fs.pos, nil
}

// Close ends the follower; the last one ends the reading.
func (f *Follower) Close() {
	fs := &f.console.followers
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if !fs.all[f] {
		return
	}
	delete(fs.all, f)
	if len(fs.all) == 0 {
		fs.stop()
	}
}

// close ends all followers, and lets nobody follow any more.
func (fs *followers) close() {
	fs.mu.Lock()
	fs.closed = true
	for f := range fs.all {
		f.mu.Lock()
		f.ended = true
		f.mu.Unlock()
		f.wake()
	}
	if fs.stop != nil {
		fs.stop()
	}
	fs.mu.Unlock()
	fs.tails.Wait()
}

// tail reads the log and hands what is new to all followers, until ctx ends.
func (c *Console) tail(ctx context.Context) {
	tick := time.NewTicker(c.followers.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.readNews(ctx); err != nil && ctx.Err() == nil {
			c.log.WarnContext(ctx, "the log cannot be followed; trying again", "error", err)
		}
	}
}

// readNews reads what the log has beyond the followers' position.
func (c *Console) readNews(ctx context.Context) error {
	fs := &c.followers
	last, err := c.store.LastSeq(ctx)
	if err != nil {
		return err
	}
	for {
		fs.mu.Lock()
		pos := fs.pos
		fs.mu.Unlock()
		if pos >= last {
			return nil
		}
		events, err := c.store.ReadLog(ctx, pos, logChunk)
		if err != nil {
			return err
		}
		shown := slices.Clone(events)
		if err := c.reviewed(ctx, shown); err != nil {
			return err
		}
		if pos = last; len(events) == logChunk { // else expired entries are all there is up to last
			pos = events[len(events)-1].Seq
		} else if len(events) > 0 {
			pos = max(last, events[len(events)-1].Seq)
		}
		fs.mu.Lock()
		if ctx.Err() != nil { // the followers that there may be now have a reading of their own
			fs.mu.Unlock()
			return ctx.Err()
		}
		for f := range fs.all {
			f.hear(ctx, events, shown, pos)
		}
		fs.pos = pos
		fs.mu.Unlock()
	}
}

// prepare makes the predicate ready.
func (f *Follower) prepare(ctx context.Context) error {
	q, err := f.console.selection(ctx, f.filter)
	if err != nil {
		return err
	}
	q = seenBy(ctx, q) // the log is read for all followers together
	f.mu.Lock()
	defer f.mu.Unlock()
	f.matcher, f.bounds, f.texts = store.NewMatcher(q.Where), aoc.Window{Start: q.Start, End: q.End}, looksAtText(q.Where)
	f.checked = time.Now()
	return nil
}

// hear takes what is relevant out of new events, ascending in the log, up to pos; shown are
// the same with the reviews that follow from change windows. It never waits for whoever
// reads: news that are not taken add up.
func (f *Follower) hear(ctx context.Context, events, shown []aoc.Event, pos int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	heard := false
	for i := range events {
		if events[i].Seq > f.known && f.passes(ctx, &events[i]) {
			heard = true
			f.pending.Count++
			f.pending.Items = append(f.pending.Items, shown[i])
		}
	}
	if extra := len(f.pending.Items) - newsItems; extra > 0 {
		f.pending.Items = append([]aoc.Event{}, f.pending.Items[extra:]...)
	}
	f.pending.LastSeq = max(pos, f.known)
	if heard {
		f.wake()
	}
}

// passes decides as a search does. The earlier versions of a revised record count, too.
func (f *Follower) passes(ctx context.Context, e *aoc.Event) bool {
	if (!f.bounds.Start.IsZero() && e.Timestamp.Before(f.bounds.Start)) || (!f.bounds.End.IsZero() && !e.Timestamp.Before(f.bounds.End)) {
		return false
	}
	var older [][]byte
	if e.Revisions > 0 && f.texts {
		older, _ = f.console.olderRaw(ctx, e.Key) // without them, fewer events pass
	}
	return f.matcher.Match(e, older)
}

func (f *Follower) wake() {
	select {
	case f.signal <- struct{}{}:
	default: // it is to wake up already
	}
}

// catchUp tells of what arrived from a place in the log up to where the follower joined.
func (f *Follower) catchUp(ctx context.Context, after, to int64) error {
	if to-after > maxCatchUp {
		f.mu.Lock()
		f.pending.Reset = true
		f.mu.Unlock()
		f.wake()
		return nil
	}
	missed := &Follower{console: f.console, filter: f.filter, signal: make(chan struct{}, 1)}
	if err := missed.prepare(ctx); err != nil {
		return err
	}
	for after < to {
		events, err := f.console.store.ReadLog(ctx, after, logChunk)
		if err != nil {
			return err
		}
		for len(events) > 0 && events[len(events)-1].Seq > to {
			events = events[:len(events)-1]
		}
		if len(events) == 0 {
			break
		}
		shown := slices.Clone(events)
		if err := f.console.reviewed(ctx, shown); err != nil {
			return err
		}
		after = events[len(events)-1].Seq
		missed.hear(ctx, events, shown, after)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending.Count += missed.pending.Count
	f.pending.Items = append(missed.pending.Items, f.pending.Items...)
	if extra := len(f.pending.Items) - newsItems; extra > 0 {
		f.pending.Items = f.pending.Items[extra:]
	}
	if f.pending.Count > 0 {
		f.wake()
	}
	return nil
}

// Next waits for news, at most for a while: news without count or reset then say that there
// is nothing. The error is ctx's, or unavailable when the console is closing, or what
// authorisation says, which is asked again every minute.
func (f *Follower) Next(ctx context.Context, wait time.Duration) (News, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return News{}, ctx.Err()
	case <-f.signal:
	case <-timer.C:
	}
	if err := f.recheck(ctx); err != nil {
		return News{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return News{}, aoc.Errorf(aoc.CodeUnavailable, "console.follow", "the service is stopping")
	}
	news := f.pending
	f.pending = News{LastSeq: news.LastSeq}
	slices.SortFunc(news.Items, func(a, b aoc.Event) int { return cmp.Or(b.Timestamp.Compare(a.Timestamp), cmp.Compare(b.Key, a.Key)) })
	return news, nil
}

func (f *Follower) recheck(ctx context.Context) error {
	if time.Since(f.checked) < recheckEvery {
		return nil
	}
	if err := f.console.authorise(ctx, actRead); err != nil {
		return err
	}
	return f.prepare(ctx)
}
