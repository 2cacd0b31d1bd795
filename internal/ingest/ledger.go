package ingest

import (
	"context"
	"slices"
	"sync"
	"time"

	"aoc"
	"aoc/internal/store"
)

// ledgerStore is the part of the store a feed's ledger is kept in.
type ledgerStore interface {
	store.Windows
	store.Units
	store.Checkpoints
}

// ledger is one feed's coverage ledger: the store holds it; the windows that still need
// work, and the newest one, are in memory as well. One pass at a time changes it; mu lets
// others look on.
type ledger struct {
	store ledgerStore
	feed  aoc.Feed

	mu      sync.Mutex
	loaded  bool
	windows []aoc.LedgerWindow // ascending by start
	memo    memo
}

// load reads what needs work, once; forget makes it read again.
func (l *ledger) load(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded {
		return nil
	}
	m, err := loadMemo(ctx, l.store, l.feed)
	if err != nil {
		return err
	}
	// Without a memo everything is read: what is known must follow from the ledger itself.
	ws, err := l.store.ListWindows(ctx, l.feed, aoc.Window{Start: m.Settled})
	if err != nil {
		return err
	}
	m.complete(ws)
	l.windows, l.memo, l.loaded = ws, m, true
	l.trim()
	return nil
}

// forget drops what is in memory after a write that may or may not have happened.
func (l *ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loaded, l.windows = false, nil
}

// put writes windows to the store, then to memory.
func (l *ledger) put(ctx context.Context, ws ...aoc.LedgerWindow) error {
	if err := l.store.PutWindows(ctx, ws); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range ws {
		i, found := slices.BinarySearchFunc(l.windows, w.Window.Start, func(w aoc.LedgerWindow, t time.Time) int {
			return w.Window.Start.Compare(t)
		})
		if found {
			l.windows[i] = w
		} else {
			l.windows = slices.Insert(l.windows, i, w)
		}
	}
	return nil
}

// window gives the window with a start, from memory or from the store.
func (l *ledger) window(ctx context.Context, start time.Time) (w aoc.LedgerWindow, ok bool, err error) {
	l.mu.Lock()
	for _, w := range l.windows {
		if w.Window.Start.Equal(start) {
			l.mu.Unlock()
			return w, true, nil
		}
	}
	l.mu.Unlock()
	ws, err := l.store.ListWindows(ctx, l.feed, aoc.Window{Start: start, End: start.Add(1)})
	if err != nil {
		return aoc.LedgerWindow{}, false, err
	}
	for _, w := range ws {
		if w.Window.Start.Equal(start) {
			return w, true, nil
		}
	}
	return aoc.LedgerWindow{}, false, nil
}

// working gives a copy of the windows that need work, and the newest one.
func (l *ledger) working() []aoc.LedgerWindow {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.windows)
}

// settled reports whether a window needs no more work.
func settled(w aoc.LedgerWindow) bool {
	return w.State == aoc.WindowClosed && w.NextSweepAt.IsZero() && w.UnitsListed <= w.UnitsStored+w.UnitsExpired
}

// trim drops settled windows from memory and moves the memo's mark up to the first one
// that is left. The newest window always stays: the plan goes on at its end. The caller
// holds mu.
func (l *ledger) trim() {
	if len(l.windows) == 0 {
		return
	}
	newest := l.windows[len(l.windows)-1]
	l.windows = slices.DeleteFunc(l.windows, func(w aoc.LedgerWindow) bool {
		return settled(w) && w.Window.Start != newest.Window.Start
	})
	l.memo.Settled = l.windows[0].Window.Start
}

// end is where the ledger ends; zero while it is empty.
func (l *ledger) end() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.windows) == 0 {
		return time.Time{}
	}
	return l.windows[len(l.windows)-1].Window.End
}

// watermark is the time up to which every window since the first collection is closed;
// zero while there is none. History that was asked for later lies before it and does not
// move it back.
func (l *ledger) watermark() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, w := range l.windows {
		if w.Window.Start.Before(l.memo.Anchor) {
			continue
		}
		if w.State != aoc.WindowClosed {
			return w.Window.Start
		}
		if i == len(l.windows)-1 {
			return w.Window.End
		}
	}
	return time.Time{}
}

// recall gives a copy of the memo; remember changes it in memory; save writes it.
func (l *ledger) recall() memo {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.memo.clone()
}

func (l *ledger) remember(change func(*memo)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.memo)
}

func (l *ledger) save(ctx context.Context) error {
	l.mu.Lock()
	l.trim()
	m := l.memo.clone()
	l.mu.Unlock()
	return saveMemo(ctx, l.store, l.feed, m)
}

// unfinished are the states of units that are still to be read.
var unfinished = []aoc.UnitState{aoc.UnitListed, aoc.UnitFailed} //nolint:gochecknoglobals // read-only table
