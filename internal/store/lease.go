package store

import (
	"context"
	"encoding/json"

	"aoc"
)

// Leases divides named pieces of work among the processes that share a store. A lease only
// spares work: it does not keep two processes from doing the same thing at once, for one of
// them may have slept through the loss of its lease. What must not be done by a process
// that has lost its lease is done with a [Fence].
type Leases interface {
	// TryLease takes a piece of work for this process. ok is false while another process
	// has it and shows that it lives; who that is stands in holder. A process that has the
	// lease already does not get it again before it is released.
	TryLease(ctx context.Context, name string) (l Lease, holder string, ok bool, err error)
}

// Lease is the right to do a piece of work, until it is released or lost.
type Lease interface {
	// Context gives a context that ends when the lease is lost, and carries its [Fence]: what
	// is written with it to windows, units and checkpoints fails with code conflict once
	// another process has taken the work, whatever this process believes.
	Context(ctx context.Context) (context.Context, context.CancelFunc)
	// Term grows with every process that takes the work: equal terms mean that nobody else
	// had it between.
	Term() int64
	// Release gives the work back, so that another process need not wait until the lease
	// has run out. It can be called more than once.
	Release(ctx context.Context) error
}

// Fence says under which lease something is written.
type Fence struct {
	Name string
	Term int64
}

type fenceKey struct{}

// WithFence gives a context whose writes hold only while no later term of the fence's lease
// has begun.
func WithFence(ctx context.Context, f Fence) context.Context {
	return context.WithValue(ctx, fenceKey{}, f)
}

// FenceOf gives the fence of a context; ok is false where it has none.
func FenceOf(ctx context.Context) (f Fence, ok bool) {
	f, ok = ctx.Value(fenceKey{}).(Fence)
	return f, ok
}

// ErrFenced makes the error of a write whose fence no longer holds.
func ErrFenced(op string, f Fence) error {
	e := aoc.Errorf(aoc.CodeConflict, op, "another process has taken over %q", f.Name)
	e.Hint = "Nothing was written. The process that has the work goes on with it."
	return e
}

// Reports keeps what pieces of work that take long tell of themselves, so that every process
// that shares a store can answer for them. They are no evidence: old ones are dropped.
type Reports interface {
	// PutReport writes a report, and drops the oldest of its kind beyond keep, by when they
	// were first written. kind and id are not empty and have no slash.
	PutReport(ctx context.Context, kind, id string, body json.RawMessage, keep int) error
	// Report gives a report, or not_found.
	Report(ctx context.Context, kind, id string) (json.RawMessage, error)
	// ListReports gives the reports of a kind, by when they were first written, newest first.
	ListReports(ctx context.Context, kind string) ([]json.RawMessage, error)
}
