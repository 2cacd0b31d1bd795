package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"

	"aoc"
	"aoc/internal/store"
)

// leaseTable is who has which lease. Only the process that writes to the store can have
// one, so it is kept in memory; terms are kept in the file, because they must grow from
// one process to the next.
type leaseTable struct {
	mu   sync.Mutex
	held map[string]*lease
}

// lease implements [store.Lease].
type lease struct {
	table *leaseTable
	name  string
	term  int64
	held  context.Context //nolint:containedctx // ends with the lease, which no call's context does
	end   context.CancelFunc
}

// processName is the name of a process to which nobody gave one.
func processName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// TryLease implements [store.Leases].
func (s *Store) TryLease(ctx context.Context, name string) (l store.Lease, holder string, ok bool, err error) {
	const op = "sqlite.try_lease"
	if name == "" {
		return nil, "", false, aoc.Errorf(aoc.CodeInvalid, op, "name: a lease needs one")
	}
	s.leases.mu.Lock()
	defer s.leases.mu.Unlock()
	if s.leases.held[name] != nil {
		return nil, s.opts.Process, false, nil
	}
	term, err := s.nextTerm(ctx, op, name)
	if err != nil {
		return nil, "", false, err
	}
	taken := &lease{table: &s.leases, name: name, term: term}
	taken.held, taken.end = context.WithCancel(context.Background())
	if s.leases.held == nil {
		s.leases.held = map[string]*lease{}
	}
	s.leases.held[name] = taken
	return taken, s.opts.Process, true, nil
}

func (s *Store) nextTerm(ctx context.Context, op, name string) (term int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.writeTx(ctx, op, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO lease (name, term) VALUES (?, 1)
			ON CONFLICT (name) DO UPDATE SET term = term + 1 RETURNING term`, name).Scan(&term)
	})
	return term, err
}

// Context implements [store.Lease].
func (l *lease) Context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(store.WithFence(ctx, store.Fence{Name: l.name, Term: l.term}))
	stop := context.AfterFunc(l.held, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// Term implements [store.Lease].
func (l *lease) Term() int64 { return l.term }

// Release implements [store.Lease].
func (l *lease) Release(context.Context) error {
	l.table.mu.Lock()
	defer l.table.mu.Unlock()
	l.end()
	if l.table.held[l.name] == l {
		delete(l.table.held, l.name)
	}
	return nil
}

// writeFenced is [Store.writeTx] for what may be written under a lease: it fails with code
// conflict once a later term has begun than the context's fence names.
func (s *Store) writeFenced(ctx context.Context, op string, f func(tx *sql.Tx) error) error {
	fence, ok := store.FenceOf(ctx)
	if !ok {
		return s.writeTx(ctx, op, f)
	}
	return s.writeTx(ctx, op, func(tx *sql.Tx) error {
		var term int64
		err := tx.QueryRowContext(ctx, "SELECT term FROM lease WHERE name = ?", fence.Name).Scan(&term)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if term > fence.Term {
			return store.ErrFenced(op, fence)
		}
		return f(tx)
	})
}
