package console

import (
	"context"
	"strings"
	"sync"
	"time"

	"aoc"
)

const (
	// optionsAge is how old filter options may be where counting them takes at least
	// optionsSlow: they change slowly and count the whole store.
	optionsAge  = 15 * time.Second
	optionsSlow = 100 * time.Millisecond
	// optionsKept is how many answers are kept, one for each choice of tenants.
	optionsKept = 16
)

// optionsCache keeps filter options for a moment.
type optionsCache struct {
	mu   sync.Mutex
	kept map[string]optionsAt
}

// optionsFor names an answer: for which tenants it was asked, and what the caller may see.
func optionsFor(ctx context.Context, tenants []string) string {
	seen := "*"
	if bound := tenantsOf(ctx); bound != nil {
		seen = strings.Join(bound, "\x00")
	}
	return strings.Join(tenants, "\x00") + "\x01" + seen
}

type optionsAt struct {
	at      time.Time
	options FilterOptions
}

// get gives what is kept under a name or counts anew.
func (o *optionsCache) get(ctx context.Context, clock aoc.Clock, key string, count func() (FilterOptions, error)) (FilterOptions, error) {
	now := clock.Now()
	o.mu.Lock()
	known, ok := o.kept[key]
	o.mu.Unlock()
	if age := now.Sub(known.at); ok && age >= 0 && age < optionsAge {
		return known.options, ctx.Err()
	}
	options, err := count()
	if err != nil || clock.Now().Sub(now) < optionsSlow {
		return options, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kept == nil || len(o.kept) >= optionsKept {
		o.kept = map[string]optionsAt{}
	}
	o.kept[key] = optionsAt{now, options}
	return options, nil
}
