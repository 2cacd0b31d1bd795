package fleet

import (
	"cmp"
	"context"
	"slices"
	"time"

	"aoc/internal/store"
)

// Holding says who has a piece of work, as far as this process knows: it has asked for the
// work itself.
type Holding struct {
	Name string
	// Holder is the process that has it; empty when it was free.
	Holder string
	Mine   bool
	// At is when this process last learned of it.
	At time.Time
}

var _ store.Leases = (*Fleet)(nil)

// TryLease implements [store.Leases] and keeps in mind who has what.
func (f *Fleet) TryLease(ctx context.Context, name string) (store.Lease, string, bool, error) {
	l, holder, ok, err := f.store.TryLease(ctx, name)
	if err != nil {
		return nil, "", false, err
	}
	if !ok {
		f.note(name, holder, false)
		return nil, holder, false, nil
	}
	f.note(name, f.process, true)
	return &noted{Lease: l, fleet: f, name: name}, f.process, true, nil
}

// noted is a lease whose end is kept in mind.
type noted struct {
	store.Lease
	fleet *Fleet
	name  string
}

// Release implements [store.Lease].
func (n *noted) Release(ctx context.Context) error {
	n.fleet.note(n.name, "", false)
	return n.Lease.Release(ctx)
}

func (f *Fleet) note(name, holder string, mine bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.holdings[name] = Holding{Name: name, Holder: holder, Mine: mine, At: f.clock.Now()}
}

// Holdings tells who has what, by name.
func (f *Fleet) Holdings() []Holding {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]Holding, 0, len(f.holdings))
	for _, h := range f.holdings {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b Holding) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Holds reports whether this process has a piece of work.
func (f *Fleet) Holds(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.holdings[name].Mine
}

// releaseTime bounds giving a lease back: what cannot be given back runs out.
const releaseTime = 5 * time.Second

// Release gives a lease back also when the work's context has ended.
func Release(ctx context.Context, l store.Lease) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
	defer cancel()
	return l.Release(ctx)
}
