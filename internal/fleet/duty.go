package fleet

import (
	"context"

	"aoc"
)

// Duty does a piece of work that goes on for ever in one process of the fleet at a time: in
// this one as soon as no other has it, and again when it is free again. work must return
// when its context ends; an error of it is logged, and the work is free to be taken. Duty
// returns when ctx ends.
func (f *Fleet) Duty(ctx context.Context, name string, work func(ctx context.Context) error) {
	for ctx.Err() == nil {
		if err := f.turn(ctx, name, work); err != nil && ctx.Err() == nil {
			f.log.WarnContext(ctx, "a duty of this process was interrupted; it is taken up again", "duty", name, "code", string(aoc.CodeOf(err)), "error", err)
		}
		_ = f.clock.Sleep(ctx, Standby) // ended: so does the loop
	}
}

// turn does the work while this process has the lease, if it is free.
func (f *Fleet) turn(ctx context.Context, name string, work func(ctx context.Context) error) error {
	l, _, ok, err := f.TryLease(ctx, name)
	if err != nil || !ok {
		return err
	}
	if f.shared {
		f.log.InfoContext(ctx, "this process has taken a duty", "duty", name, "term", l.Term())
	}
	held, cancel := l.Context(ctx)
	defer cancel()
	err = work(held)
	if e := Release(ctx, l); err == nil {
		err = e
	}
	return err
}

// Keep holds a lease as long as ctx lasts, whenever it is free. What depends on it asks
// [Fleet.Holds].
func (f *Fleet) Keep(ctx context.Context, name string) {
	f.Duty(ctx, name, func(ctx context.Context) error {
		<-ctx.Done()
		return nil
	})
}
