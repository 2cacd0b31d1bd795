package fleet

import (
	"context"
	"encoding/json"
	"time"

	"aoc"
)

const (
	// buryEvery is how often reports of processes that have gone are looked for.
	buryEvery = 30 * time.Second
	// maxHeard bounds the reports of others that are kept in mind.
	maxHeard = 1000
	// keepAll makes writing a report drop none.
	keepAll = 1 << 20
)

// heard is what was last read of a report that is not over, by this process's own clock.
type heard struct {
	process string
	beat    int64
	since   time.Time // it has not moved
}

// Report gives a report of a kind that some process of the fleet has written. It is lost when
// the report has not moved for a while although the work is not over. Code not_found.
func (f *Fleet) Report(ctx context.Context, kind, id string) (Sheet, error) {
	text, err := f.store.Report(ctx, kind, id)
	if err != nil {
		return Sheet{}, err
	}
	s, err := decode(text)
	if err != nil {
		return Sheet{}, err
	}
	f.judge(kind, &s)
	return s, nil
}

// Reports gives all reports of a kind, newest first.
func (f *Fleet) Reports(ctx context.Context, kind string) ([]Sheet, error) {
	texts, err := f.store.ListReports(ctx, kind)
	if err != nil {
		return nil, err
	}
	sheets := make([]Sheet, 0, len(texts))
	for _, text := range texts {
		s, err := decode(text)
		if err != nil {
			return nil, err
		}
		f.judge(kind, &s)
		sheets = append(sheets, s)
	}
	return sheets, nil
}

func decode(text json.RawMessage) (Sheet, error) {
	var s Sheet
	err := json.Unmarshal(text, &s)
	return s, aoc.Wrap(err, aoc.CodeInternal, "fleet.report", "a report cannot be read")
}

// judge finds out whether the process of a report still lives.
func (f *Fleet) judge(kind string, s *Sheet) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := kind + "/" + s.ID
	switch {
	case s.Over:
		delete(f.heard, key)
		return
	case s.Process == f.process:
		return
	case !f.shared: // its process had the store before this one
		s.Over, s.Lost, s.found = true, true, true
		return
	}
	now := f.clock.Now()
	h, ok := f.heard[key]
	if !ok || h.beat != s.Beat || h.process != s.Process {
		if len(f.heard) >= maxHeard {
			clear(f.heard)
		}
		f.heard[key] = heard{process: s.Process, beat: s.Beat, since: now}
		return
	}
	// While the store was away nobody could write.
	if !f.reach.failing.IsZero() || f.reach.up.After(h.since) {
		h.since = now
		f.heard[key] = h
	}
	if now.Sub(h.since) > silence {
		s.Over, s.Lost, s.found = true, true, true
	}
}

// Bury writes to reports of the given kinds whose process has gone that they are lost, again
// and again until ctx ends: whoever asks once, much later, shall not read that it goes on. A
// process that was only slow writes its own report again.
func (f *Fleet) Bury(ctx context.Context, kinds ...string) error {
	for {
		for _, kind := range kinds {
			if err := f.bury(ctx, kind); err != nil {
				return err
			}
		}
		if err := f.clock.Sleep(ctx, buryEvery); err != nil {
			return nil //nolint:nilerr // ctx has ended
		}
	}
}

func (f *Fleet) bury(ctx context.Context, kind string) error {
	sheets, err := f.Reports(ctx, kind)
	if err != nil {
		return err
	}
	for _, s := range sheets {
		if !s.found {
			continue
		}
		if err := f.buryOne(ctx, kind, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// buryOne looks once more: its process may have written since.
func (f *Fleet) buryOne(ctx context.Context, kind, id string) error {
	s, err := f.Report(ctx, kind, id)
	if aoc.CodeOf(err) == aoc.CodeNotFound || (err == nil && !s.found) {
		return nil
	}
	if err != nil {
		return err
	}
	f.log.InfoContext(ctx, "a process has gone before its work was over", "process", s.Process, "kind", kind, "id", id)
	s.Beat++
	return f.put(ctx, kind, s, keepAll)
}
