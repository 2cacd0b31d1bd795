package fleet

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"aoc"
	"aoc/internal/store"
)

// Board is where the processes that share a store let each other know how the workers of a
// [Crew] are.
type Board[S comparable] struct {
	Store store.Reports
	Clock aoc.Clock
	// Kind is that of the reports.
	Kind string
	// Shared says that there are other processes. Without, nothing is written or read.
	Shared bool
	// Urgent says which changes others hear of at once, not within seconds.
	Urgent func(before, after S) bool
}

const (
	newsEvery = 5 * time.Second
	newsKept  = 1000
)

// Read gives what another process posted last of the worker with an id.
func (b *Board[S]) Read(ctx context.Context, id string) (s S, ok bool) {
	if !b.Shared {
		return s, false
	}
	body, err := b.Store.Report(ctx, b.Kind, id)
	return s, err == nil && json.Unmarshal(body, &s) == nil
}

// News is how a worker is: its process knows it at once, others when it is posted. It is
// safe for concurrent use, but for Post, which is the worker's.
type News[S comparable] struct {
	board *Board[S]
	id    string

	mu  sync.Mutex
	now S

	posted   S
	postedAt time.Time
}

// NewNews begins the news of the worker with an id.
func NewNews[S comparable](b *Board[S], id string, s S) *News[S] {
	return &News[S]{board: b, id: id, now: s}
}

// Tell changes how the worker is.
func (n *News[S]) Tell(change func(s *S)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change(&n.now)
}

// Now tells how the worker is.
func (n *News[S]) Now() S {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

// Post lets other processes know, if there is something new. That it fails is no harm: it is
// tried again the next time.
func (n *News[S]) Post(ctx context.Context) {
	if !n.board.Shared {
		return
	}
	now, clock := n.Now(), n.board.Clock
	if now == n.posted || !n.board.Urgent(n.posted, now) && clock.Now().Before(n.postedAt.Add(newsEvery)) {
		return
	}
	body, err := json.Marshal(now)
	if err == nil {
		err = n.board.Store.PutReport(ctx, n.board.Kind, n.id, body, newsKept)
	}
	if err == nil {
		n.posted, n.postedAt = now, clock.Now()
	}
}
