package ingest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"aoc"
)

const (
	// hintKind is the kind of the reports by which hints reach other processes.
	hintKind = "hint"
	// maxHints bounds how many names can be hastened at a time.
	maxHints = 32
	// relayPause gathers hints before they are written.
	relayPause = 2 * time.Second
)

// Hasten asks for a feed to be collected soon, by a name as in [Request]. Hints of the same
// feed count once; names nobody knows are ignored. It is followed by [Collector.Periodic] of
// this process or, see [Config], of another one.
func (c *Collector) Hasten(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cfg.Relay {
		if len(c.relay) < maxHints {
			c.relay[strings.ToLower(name)] = struct{}{}
		}
	} else {
		for _, f := range c.feeds {
			if f.called(name) {
				c.hints[f] = struct{}{}
			}
		}
	}
	if len(c.hints)+len(c.relay) > 0 {
		c.signal()
	}
}

// signal says that there are hints. The caller holds mu.
func (c *Collector) signal() {
	select {
	case c.hinted <- struct{}{}:
	default: // it is said already
	}
}

// pause waits for d; true when it was cut short by a hint.
func (c *Collector) pause(ctx context.Context, d time.Duration) (hinted bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-c.hinted:
			hinted = true
			cancel()
		case <-c.stopping:
			cancel()
		case <-ctx.Done():
		}
	})
	_ = c.clock.Sleep(ctx, d) // woken or done: both go on
	cancel()
	wg.Wait()
	return hinted
}

// followHints collects the hastened feeds, after a moment for more hints to come in. It is
// false when collection has ended.
func (c *Collector) followHints(ctx context.Context) bool {
	if c.rest(ctx, hintPause) != nil {
		return false
	}
	c.mu.Lock()
	o := order{}
	for _, f := range c.feeds {
		if _, ok := c.hints[f]; ok {
			o.feeds = append(o.feeds, f)
		}
	}
	clear(c.hints)
	select {
	case <-c.hinted: // of a hint that came in meanwhile
	default:
	}
	c.mu.Unlock()
	if len(o.feeds) == 0 {
		return true
	}
	run, _, err := c.launch(ctx, o)
	if err != nil {
		return false
	}
	_ = run.Wait(ctx) // as in Periodic
	return ctx.Err() == nil
}

// hint is one as it is written for other processes.
type hint struct {
	Name  string `json:"name"`
	Nonce string `json:"nonce"` // another one each time
}

// RelayHints leaves hints to the processes that collect by themselves, until ctx or the
// collector ends.
func (c *Collector) RelayHints(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-c.stopping:
			return
		case <-c.hinted:
		}
		if c.rest(ctx, relayPause) != nil {
			return
		}
		c.mu.Lock()
		names := c.relay
		c.relay = map[string]struct{}{}
		c.mu.Unlock()
		for name := range names {
			if err := c.writeHint(ctx, name); err != nil {
				c.log.WarnContext(ctx, "a hint could not be left to the processes that collect; trying again", "code", string(aoc.CodeOf(err)), "error", err)
				c.Hasten(name)
			}
		}
	}
}

func (c *Collector) writeHint(ctx context.Context, name string) error {
	text, err := json.Marshal(hint{Name: name, Nonce: rand.Text()})
	if err != nil {
		return err
	}
	return c.store.PutReport(ctx, hintKind, strings.ReplaceAll(name, "/", "."), text, maxHints)
}

// hintReader finds the hints that other processes have left.
type hintReader struct {
	seen map[string]string // nonces by name; nil before the first look
}

// read finds what was hinted at since it last looked, and hastens it where it falls to this
// process: to the one that did the last run. When that one is gone another does a run of all
// that is due, which is more than any hint asks for.
func (h *hintReader) read(ctx context.Context, c *Collector, mine bool) {
	texts, err := c.store.ListReports(ctx, hintKind)
	if err != nil {
		return // the schedule, which is read each time, too, tells of the fault
	}
	first := h.seen == nil
	if first {
		h.seen = map[string]string{}
	}
	for _, text := range texts {
		var t hint
		if json.Unmarshal(text, &t) != nil || h.seen[t.Name] == t.Nonce {
			continue
		}
		h.seen[t.Name] = t.Nonce
		if mine && !first {
			c.Hasten(t.Name)
		}
	}
}
