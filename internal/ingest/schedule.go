package ingest

import (
	"context"
	"encoding/json"
	"time"

	"aoc"
	"aoc/internal/fleet"
)

// scheduleName is the checkpoint that says when the last periodic run ended.
const scheduleName = "ingest/schedule"

// turn is what that checkpoint says.
type turn struct {
	Run     string    `json:"run"`
	Process string    `json:"process"`
	Ended   time.Time `json:"ended_at"`
	// Again is how long after that the next run is due, in seconds.
	Again float64 `json:"again_seconds"`
}

// schedule is when the next periodic run is due, of all processes that share the store. Each
// goes by its own clock from when it hears that a run has ended; only where it was not there
// to hear it, it goes by the time that was written. It is used by one goroutine, but for
// done, which is called while that one waits for the run.
type schedule struct {
	collector *Collector
	every     time.Duration
	due       time.Time // by this process's clock
	seen      string    // the checkpoint as it was last read
	looked    bool      // it was read before
	by        string    // the process that did the last run
	hints     hintReader
}

// wait tells how long it is until a run is due or there may be news of other processes; 0
// or less when one is due.
func (s *schedule) wait(ctx context.Context) time.Duration {
	c := s.collector
	if !c.fleet.Shared() {
		return s.due.Sub(c.clock.Now())
	}
	text, err := c.store.Checkpoint(ctx, scheduleName)
	if err != nil {
		if ctx.Err() == nil {
			c.log.WarnContext(ctx, "when collection is due cannot be asked for; trying again", "code", string(aoc.CodeOf(err)), "error", err)
		}
		return fleet.Standby
	}
	s.hear(text)
	s.hints.read(ctx, c, s.by == c.fleet.Process())
	wait := s.due.Sub(c.clock.Now())
	if wait <= 0 {
		return wait
	}
	return min(wait, fleet.Standby)
}

// hear takes in what the checkpoint says. Who did the last run goes first with the next one:
// what it has in memory of the ledger holds.
func (s *schedule) hear(text string) {
	first := !s.looked
	s.looked = true
	if text == s.seen {
		return
	}
	s.seen = text
	var t turn
	if json.Unmarshal([]byte(text), &t) != nil {
		return // of another version of the program; a run too many does no harm
	}
	s.by = t.Process
	now := s.collector.clock.Now()
	since := now
	if age := now.Sub(t.Ended); first && age > 0 {
		since = now.Add(-age)
	}
	again := min(time.Duration(t.Again*float64(time.Second)), s.every+s.every/10)
	s.due = since.Add(again + 2*fleet.Standby)
}

// done notes at the end of a run, under its lease, when the next one is due, for this process
// and for the others.
func (s *schedule) done(ctx context.Context, run *Run) {
	c := s.collector
	now := c.clock.Now()
	again := max(shortestWait, min(jitter(s.every), c.retryIn(c.now(), run)))
	s.due = now.Add(again)
	if !c.fleet.Shared() {
		return
	}
	if !run.clean() { // another process may have better luck
		s.due = s.due.Add(3 * fleet.Standby)
	}
	text, err := json.Marshal(turn{Run: run.ID(), Process: run.process, Ended: now.UTC().Round(0), Again: again.Seconds()})
	if err == nil {
		err = c.store.SetCheckpoint(ctx, scheduleName, string(text))
	}
	if err != nil {
		c.log.WarnContext(ctx, "other processes could not be told that a collection has ended", "code", string(aoc.CodeOf(err)), "error", err)
		return
	}
	s.seen, s.by = string(text), run.process
}

// ended makes sure that a run which did not get to its end is not repeated at once.
func (s *schedule) ended() {
	if now := s.collector.clock.Now(); !s.due.After(now) {
		s.due = now.Add(shortestWait)
	}
}
