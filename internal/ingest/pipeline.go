package ingest

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"

	"aoc"
	"aoc/internal/store"
)

// pipeline turns the records of units into stored events. Units are read side by side,
// each in order and in chunks; one committer appends for all of them what is ready, so
// that many chunks and small units share one durable write. What is in flight is bounded
// by two batches and two chunks a worker, never by a unit's size.
type pipeline struct {
	store       pipelineStore
	names       *nameBook
	clock       aoc.Clock
	log         *slog.Logger
	batchEvents int
	batchBytes  int
	entries     chan *entry
	room        *semaphore.Weighted // bytes that may wait for the committer or be with it
}

// chunksPerBatch is how many chunks of units fill a batch of the committer.
const chunksPerBatch = 16

// newPipeline makes a pipeline of a complete configuration.
func newPipeline(cfg Config, st pipelineStore, names *nameBook) *pipeline {
	return &pipeline{
		store: st, names: names, clock: cfg.Clock, log: cfg.Logger,
		batchEvents: cfg.BatchEvents, batchBytes: cfg.BatchBytes,
		room: semaphore.NewWeighted(2 * int64(cfg.BatchBytes)),
	}
}

type pipelineStore interface {
	store.Log
	store.Quarantine
	store.Units
}

// job is one unit on its way through the pipeline.
type job struct {
	tenant  string // of records that name none
	records iter.Seq2[aoc.Record, error]
	// origin tells an event's origin; of a record that cannot be decoded, with nil.
	origin func(*aoc.Event) aoc.Origin
	// stored hears what became of the events of each batch; nil is fine.
	stored func([]aoc.Event, []store.Outcome, aoc.Counts)
	// finish hears once how reading ended and gives what makes the unit's mark from the
	// counts of all its records; the mark is written after the last of its events.
	finish func(readErr error) func(aoc.Counts) []aoc.LedgerUnit
}

// run puts a job through and waits until all of it is durable. Its error is the store's or
// the context's; how reading ended is told to finish.
func (p *pipeline) run(ctx context.Context, j job) (aoc.Counts, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t := &task{stored: j.stored, done: make(chan struct{})}

	chunks := make(chan []aoc.Record)
	var readErr error
	go func() {
		defer close(chunks)
		readErr = p.read(ctx, j, chunks)
	}()
	defer func() {
		cancel()
		for range chunks { // until the reader is gone
		}
	}()

	// One entry is held back, so that the last chunk and the mark go together.
	held := &entry{task: t}
	for records := range chunks {
		if len(held.events)+len(held.quarantined) > 0 {
			if err := p.submit(ctx, held); err != nil {
				return aoc.Counts{}, err
			}
		}
		held = p.digest(ctx, j, records)
		held.task = t
	}
	if err := ctx.Err(); err != nil {
		return aoc.Counts{}, err // cut short: neither read to the end nor failed
	}
	held.last = true
	held.mark = j.finish(readErr)
	if err := p.submit(ctx, held); err != nil {
		return aoc.Counts{}, err
	}
	<-t.done
	return t.counts, t.err
}

// read cuts a unit's records into chunks.
func (p *pipeline) read(ctx context.Context, j job, chunks chan<- []aoc.Record) error {
	var batch []aoc.Record
	size := 0
	flush := func() bool {
		if len(batch) == 0 {
			return true
		}
		select {
		case chunks <- batch:
			batch, size = nil, 0
			return true
		case <-ctx.Done():
			return false
		}
	}
	for r, err := range j.records {
		if err != nil {
			if !flush() {
				return ctx.Err()
			}
			return err
		}
		r.Raw = bytes.Clone(r.Raw) // a source may read the next record into the same buffer
		if r.TenantID == "" {
			r.TenantID = j.tenant
		}
		r.ReceivedAt = p.clock.Now().UTC().Round(0)
		batch = append(batch, r)
		if size += len(r.Raw); len(batch) >= p.batchEvents/chunksPerBatch || size >= p.batchBytes/chunksPerBatch {
			if !flush() {
				return ctx.Err()
			}
		}
	}
	if !flush() {
		return ctx.Err()
	}
	return ctx.Err()
}

// digest normalises a chunk: what can be decoded becomes events, the rest is quarantined.
func (p *pipeline) digest(ctx context.Context, j job, records []aoc.Record) *entry {
	events, errs := p.normalise(ctx, records)
	e := &entry{events: make([]aoc.Event, 0, len(records)), records: make([]aoc.Record, 0, len(records))}
	for i, r := range records {
		e.bytes += len(r.Raw)
		if errs[i] != nil {
			r.Origin = j.origin(nil)
			e.quarantined = append(e.quarantined, quarantined(r, aoc.MessageOf(errs[i])))
			continue
		}
		ev := events[i]
		ev.ReceivedAt = r.ReceivedAt
		ev.Origin = j.origin(&ev)
		r.Origin = ev.Origin
		e.events = append(e.events, ev)
		e.records = append(e.records, r)
	}
	return e
}

// normalise turns records into events, several at a time. Names that were missing are
// fetched for the whole chunk, and the events that miss them derived once more.
func (p *pipeline) normalise(ctx context.Context, records []aoc.Record) ([]aoc.Event, []error) {
	events, errs := make([]aoc.Event, len(records)), make([]error, len(records))
	missing := make([]misses, len(records))
	spread(len(records), func(i int) {
		events[i], missing[i], errs[i] = p.derive(records[i])
	})
	again := p.names.fetch(ctx, missing)
	spread(len(again), func(n int) {
		i := again[n]
		if ev, _, err := p.derive(records[i]); err == nil {
			events[i] = ev
		}
	})
	return events, errs
}

// derive normalises one record. A normaliser that panics has met a record nobody thought
// of: it is quarantined like every other that cannot be decoded.
func (p *pipeline) derive(r aoc.Record) (ev aoc.Event, m misses, err error) {
	if r.Problem != "" {
		return ev, nil, aoc.Errorf(aoc.CodeInvalid, "ingest.derive", "%s", r.Problem)
	}
	defer func() {
		if v := recover(); v != nil {
			err = aoc.Wrap(fmt.Errorf("panic: %v", v), aoc.CodeInternal, "ingest.derive", "the record could not be normalised")
			p.log.Error("normalising a record panicked", "kind", r.Kind, "transport", r.Transport, "panic", v)
		}
	}()
	return p.names.normalise(r)
}

// spread calls f for 0 … n-1, on all processors when that is worth it.
func spread(n int, f func(i int)) {
	const worth = 32
	workers := min(runtime.GOMAXPROCS(0), n/worth)
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w * n / workers; i < (w+1)*n/workers; i++ {
				f(i)
			}
		})
	}
	wg.Wait()
}
