package fleet

import (
	"context"
	"reflect"
	"sync"
	"time"

	"aoc"
)

// Duties does a piece of work in one process at a time, for ever; see [Fleet.Duty].
type Duties interface {
	Duty(ctx context.Context, name string, work func(ctx context.Context) error)
}

// Crew has a worker for each of some things that people set, such as receivers. Each worker
// does its work as a duty, and is replaced when its setting changes. It is safe for
// concurrent use.
type Crew[C, W any] struct {
	// Duties are those of the process.
	Duties Duties
	// Name is the duty of the worker with an id.
	Name func(id string) string
	// Hire makes a worker for a setting, Work is what it does until ctx ends.
	Hire func(setting C) W
	Work func(w W, ctx context.Context) error

	mu   sync.Mutex
	team map[string]*member[C, W] // by id; those that this process has set up
}

// member is a worker with the setting that it was made for.
type member[C, W any] struct {
	setting C
	worker  W
	stop    context.CancelFunc
	done    chan struct{}
}

// Run arranges the crew as wanted gives the settings, again and again, until ctx ends, and
// returns when all workers have stopped. rest waits until it is time to look again; unread
// hears why settings cannot be read: those that are known go on then.
func (c *Crew[C, W]) Run(ctx context.Context, wanted func(ctx context.Context) (map[string]C, error), rest func(ctx context.Context), unread func(error)) {
	var wg sync.WaitGroup
	defer wg.Wait()
	defer c.arrange(ctx, nil, &wg)
	for ctx.Err() == nil {
		settings, err := wanted(ctx)
		switch {
		case err == nil:
			c.arrange(ctx, settings, &wg)
		case ctx.Err() == nil:
			unread(err)
		}
		rest(ctx)
	}
}

// arrange stops the workers whose settings have changed or gone, and sets up new ones.
func (c *Crew[C, W]) arrange(ctx context.Context, wanted map[string]C, wg *sync.WaitGroup) {
	c.dismiss(wanted)
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, setting := range wanted {
		if c.team[id] != nil || ctx.Err() != nil {
			continue
		}
		work, stop := context.WithCancel(ctx)
		m := &member[C, W]{setting: setting, worker: c.Hire(setting), stop: stop, done: make(chan struct{})}
		if c.team == nil {
			c.team = map[string]*member[C, W]{}
		}
		c.team[id] = m
		wg.Go(func() {
			defer close(m.done)
			defer stop()
			c.Duties.Duty(work, c.Name(id), func(ctx context.Context) error { return c.Work(m.worker, ctx) })
		})
	}
}

// dismiss ends the workers that are not wanted as they are, and waits for them: there is one
// at a time.
func (c *Crew[C, W]) dismiss(wanted map[string]C) {
	c.mu.Lock()
	var ending []*member[C, W]
	for id, m := range c.team {
		if setting, ok := wanted[id]; !ok || !reflect.DeepEqual(setting, m.setting) {
			m.stop()
			ending = append(ending, m)
			delete(c.team, id)
		}
	}
	c.mu.Unlock()
	for _, m := range ending {
		<-m.done
	}
}

// Worker gives the worker with an id, if this process has set it up.
func (c *Crew[C, W]) Worker(id string) (worker W, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.team[id]; m != nil {
		return m.worker, true
	}
	return worker, false
}

// Workers gives all workers that this process has set up.
func (c *Crew[C, W]) Workers() []W {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []W
	for _, m := range c.team {
		all = append(all, m.worker)
	}
	return all
}

// Pause waits for a time, a nudge, or the end of ctx.
func Pause(ctx context.Context, clock aoc.Clock, d time.Duration, nudged <-chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-nudged:
			cancel()
		case <-ctx.Done():
		}
	})
	_ = clock.Sleep(ctx, d) // ended: so does the pause
	cancel()
	wg.Wait()
}

// Nudge ends a pause, or the next one. The channel has room for one.
func Nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
