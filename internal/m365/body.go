package m365

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"aoc"
)

var errStalled = errors.New("no bytes came for too long")

// body is the body of an answer while it is streamed. It ends with io.EOF only where the
// answer ends: an answer that is cut off, or stops coming, fails with code upstream.
//
// The watch on stalling runs on the machine's time, not on the injected clock: it
// guards a socket, whose time no simulation moves.
type body struct {
	inner    io.ReadCloser
	ctx      context.Context // the request's
	cancel   context.CancelCauseFunc
	watch    *time.Timer
	stall    time.Duration
	op       string
	received func(n int)
}

// newBody takes over the timer that has watched for the answer's head.
func newBody(inner io.ReadCloser, ctx context.Context, cancel context.CancelCauseFunc, watch *time.Timer, stall time.Duration, received func(int)) *body {
	return &body{inner: inner, ctx: ctx, cancel: cancel, watch: watch, stall: stall, op: opRequest, received: received}
}

// Read implements [io.Reader]. Only the time inside counts as stalling; a slow consumer
// is none.
func (b *body) Read(p []byte) (int, error) {
	b.watch.Reset(b.stall)
	n, err := b.inner.Read(p)
	b.watch.Stop()
	if n > 0 {
		b.received(n)
	}
	if err == nil {
		return n, nil
	}
	// A server that sees the connection go ends its answer in good order, and that end
	// can still get here: after a cancellation io.EOF is no end either.
	if errors.Is(err, io.EOF) && b.ctx.Err() == nil {
		return n, io.EOF
	}
	return n, b.broken(err)
}

func (b *body) broken(err error) error {
	cause := context.Cause(b.ctx)
	switch {
	case errors.Is(cause, errStalled):
		err = errStalled
	case cause != nil:
		return cancelled(b.ctx, b.op)
	}
	return brokenOff(b.op, err)
}

// errBroken marks answers that broke off, which may come whole when asked for again.
var errBroken = errors.New("broken off")

func brokenOff(op string, cause error) error {
	return &aoc.Error{
		Code: aoc.CodeUpstream, Op: op, Message: "an answer of Microsoft broke off before its end",
		Hint: hintWait, Cause: fmt.Errorf("%w: %w", errBroken, cause),
	}
}

// Close implements [io.Closer].
func (b *body) Close() error {
	b.watch.Stop()
	b.cancel(nil)
	return b.inner.Close()
}
