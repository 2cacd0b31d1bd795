package ingest

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"aoc"
	"aoc/internal/store"
)

// entry is a chunk of one unit's events that is ready to be stored.
type entry struct {
	task        *task
	events      []aoc.Event
	records     []aoc.Record // those the events came from, one for one
	quarantined []aoc.Quarantined
	bytes       int
	last        bool
	mark        func(aoc.Counts) []aoc.LedgerUnit // of the last entry, may be nil
}

// task follows one unit through the committer, which alone writes to it until done is closed.
type task struct {
	stored func([]aoc.Event, []store.Outcome, aoc.Counts)
	counts aoc.Counts
	err    error
	done   chan struct{} // closed when the last entry is durable or the store has failed
}

func (t *task) end(err error) {
	select {
	case <-t.done:
	default:
		t.err = err
		close(t.done)
	}
}

// start runs the committer until stop is called, which waits for it. No job may be
// running by then.
func (p *pipeline) start(ctx context.Context) (stop func()) {
	p.entries = make(chan *entry, chunksPerBatch)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		p.commitAll(ctx)
	}()
	return func() {
		close(p.entries)
		<-gone
	}
}

// hugeChunk is the size of a chunk, of hardly more than one record then, whose reading has
// left so much garbage that it is collected at once: the runtime would let the heap double
// first (275 MiB instead of 240 for a record of 32 MB, by TestMemory of test/e2e).
const hugeChunk = 8 << 20

// submit hands an entry to the committer, once it has room.
func (p *pipeline) submit(ctx context.Context, e *entry) error {
	if e.bytes >= hugeChunk {
		runtime.GC()
	}
	if err := p.room.Acquire(ctx, p.weight(e)); err != nil {
		return err
	}
	select {
	case p.entries <- e:
		return nil
	case <-e.task.done:
		p.room.Release(p.weight(e))
		return e.task.err
	case <-ctx.Done():
		p.room.Release(p.weight(e))
		return ctx.Err()
	}
}

// weight is what an entry takes of the room; one that is larger than all of it takes all.
func (p *pipeline) weight(e *entry) int64 { return int64(min(e.bytes, 2*p.batchBytes)) }

// commitAll takes what is ready, as much as fits into one batch, and makes it durable.
func (p *pipeline) commitAll(ctx context.Context) {
	for first := range p.entries {
		batch, events, size := []*entry{first}, len(first.events), first.bytes
	gather:
		for events < p.batchEvents && size < p.batchBytes {
			select {
			case e, ok := <-p.entries:
				if !ok {
					break gather
				}
				batch, events, size = append(batch, e), events+len(e.events), size+e.bytes
			default:
				break gather
			}
		}
		weight := int64(0)
		for _, e := range batch {
			weight += p.weight(e)
		}
		// What follows a batch that failed must not be marked: the unit is not whole.
		batch = slices.DeleteFunc(batch, func(e *entry) bool { return e.task.err != nil })
		if err := p.commit(ctx, batch); err != nil {
			for _, e := range batch {
				e.task.end(err)
			}
		}
		p.room.Release(weight)
	}
}

// commit stores a batch in the order that a crash cannot harm: the events, what is
// quarantined of them, then the marks of the units that are complete with it.
func (p *pipeline) commit(ctx context.Context, batch []*entry) error {
	var events []aoc.Event
	for _, e := range batch {
		events = append(events, e.events...)
	}
	outcomes := make([]store.Outcome, len(events))
	refused := map[int]error{}
	if err := p.append(ctx, events, outcomes, 0, refused); err != nil {
		return err
	}
	counts := make([]aoc.Counts, len(batch))
	var bad []aoc.Quarantined
	at := 0
	for n, e := range batch {
		c := aoc.Counts{Read: int64(len(e.events) + len(e.quarantined)), Quarantined: int64(len(e.quarantined))}
		bad = append(bad, e.quarantined...)
		for i := range e.events {
			if err := refused[at+i]; err != nil {
				c.Quarantined++
				bad = append(bad, quarantined(e.records[i], aoc.MessageOf(err)))
			} else {
				count(&c, outcomes[at+i])
			}
		}
		counts[n] = c
		at += len(e.events)
	}
	if len(bad) > 0 {
		if err := p.store.PutQuarantine(ctx, bad); err != nil {
			return err
		}
	}
	return p.account(ctx, batch, outcomes, counts)
}

// count adds what became of one event.
func count(c *aoc.Counts, o store.Outcome) {
	switch o {
	case store.New:
		c.New++
	case store.Revision:
		c.Revision++
	default:
		c.Duplicate++
	}
}

// account tells the units what became of their events and marks those that are complete.
func (p *pipeline) account(ctx context.Context, batch []*entry, outcomes []store.Outcome, counts []aoc.Counts) error {
	var marks []aoc.LedgerUnit
	at := 0
	for n, e := range batch {
		t := e.task
		t.counts.Add(counts[n])
		if t.stored != nil {
			t.stored(e.events, outcomes[at:at+len(e.events)], counts[n])
		}
		at += len(e.events)
		if e.last && e.mark != nil {
			marks = append(marks, e.mark(t.counts)...)
		}
	}
	if len(marks) > 0 {
		if err := p.store.PutUnits(ctx, marks); err != nil {
			return err
		}
	}
	for _, e := range batch {
		if e.last {
			e.task.end(nil)
		}
	}
	return nil
}

// notStored is the outcome of an event the store refused.
const notStored store.Outcome = -1

// append appends events. When the store calls them invalid it narrows that down by halves
// to the events it means, which are quarantined: one must not hold up the others.
func (p *pipeline) append(ctx context.Context, events []aoc.Event, outcomes []store.Outcome, offset int, refused map[int]error) error {
	if len(events) == 0 {
		return nil
	}
	got, err := p.store.Append(ctx, events)
	if err == nil {
		if len(got) != len(events) {
			return aoc.Wrap(errors.New("the number of outcomes is wrong"), aoc.CodeInternal, "ingest.append", "the store answered wrongly")
		}
		copy(outcomes[offset:], got)
		return nil
	}
	if aoc.CodeOf(err) != aoc.CodeInvalid {
		return err
	}
	if len(events) == 1 {
		outcomes[offset], refused[offset] = notStored, err
		p.log.Warn("the store refused an event", "dedupe_key", events[0].DedupeKey, "error", err)
		return nil
	}
	half := len(events) / 2
	if err := p.append(ctx, events[:half], outcomes, offset, refused); err != nil {
		return err
	}
	return p.append(ctx, events[half:], outcomes, offset+half, refused)
}
