package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"aoc"
)

const (
	// tellEvery is how often news of work under way are written at most.
	tellEvery = time.Second
	// beatEvery is how often a report is written when there is no news: that it moves shows
	// that its process lives.
	beatEvery = 5 * time.Second
	// tellTime bounds one writing.
	tellTime = 5 * time.Second
	// silence is how long a report may stand still before its process counts as gone.
	silence = 20 * time.Second
)

// Sheet is a report as it is kept, with what others judge it by.
type Sheet struct {
	ID string `json:"id"`
	// Process does the work that is reported.
	Process string `json:"process"`
	// Beat grows with every writing.
	Beat int64 `json:"beat"`
	// Over: nothing of it will change any more.
	Over bool `json:"over"`
	// Lost: its process has gone before the work was over.
	Lost bool            `json:"lost,omitempty"`
	Body json.RawMessage `json:"body"`

	found bool // lost by this process's own judgement, which is not written yet
}

// Publication keeps the report of one piece of work in the store.
type Publication struct {
	fleet    *Fleet
	kind, id string
	keep     int
	body     func() any

	stop context.CancelFunc
	done chan struct{}
	told chan struct{} // closed when something is written
	tell func()        // closes it

	mu   sync.Mutex // of writing
	beat int64
}

// Publish begins to report on a piece of work, of which body tells at any time, as something
// that can be written as JSON. Where nobody else shares the store only the end is written.
// [Publication.End] must be called.
func (f *Fleet) Publish(ctx context.Context, kind, id string, keep int, body func() any) *Publication {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	p := &Publication{fleet: f, kind: kind, id: id, keep: keep, body: body, stop: stop, done: make(chan struct{}), told: make(chan struct{})}
	p.tell = sync.OnceFunc(func() { close(p.told) })
	if !f.shared {
		close(p.done)
		p.tell() // there is nobody else to ask
		return p
	}
	go func() {
		defer close(p.done)
		p.follow(ctx)
	}()
	return p
}

// Told waits until every process can read the report: who is given an id may ask another
// process about it. It does not wait for long.
func (p *Publication) Told(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	select {
	case <-p.told:
	case <-ctx.Done():
	}
}

// follow writes what is new, until ctx ends.
func (p *Publication) follow(ctx context.Context) {
	var last []byte
	var at time.Time
	for ctx.Err() == nil {
		text, err := json.Marshal(p.body())
		if now := p.fleet.clock.Now(); err == nil && (!bytes.Equal(text, last) || now.Sub(at) >= beatEvery) {
			if p.write(ctx, text, false) == nil {
				last, at = text, now
			}
		}
		_ = p.fleet.clock.Sleep(ctx, tellEvery) // ended: so does the loop
	}
}

// End writes how the work ended. A store that cannot be reached holds it up for seconds at
// most.
func (p *Publication) End(ctx context.Context) {
	p.stop()
	<-p.done
	text, err := json.Marshal(p.body())
	if err == nil {
		err = p.write(context.WithoutCancel(ctx), text, true)
	}
	if err != nil {
		p.fleet.log.WarnContext(ctx, "the end of a piece of work could not be reported", "kind", p.kind, "id", p.id, "code", string(aoc.CodeOf(err)), "error", err)
	}
}

func (p *Publication) write(ctx context.Context, body []byte, over bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.beat++
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	err := p.fleet.put(ctx, p.kind, Sheet{ID: p.id, Process: p.fleet.process, Beat: p.beat, Over: over, Body: body}, p.keep)
	if err == nil {
		p.tell()
	}
	return err
}

func (f *Fleet) put(ctx context.Context, kind string, s Sheet, keep int) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return f.store.PutReport(ctx, kind, s.ID, text, keep)
}
