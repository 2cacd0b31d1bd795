package console

import (
	"context"

	"aoc"
	"aoc/internal/auth"
	"aoc/internal/trail"
)

// Session is a browser that somebody has signed in with.
type Session = auth.Session

// Sessions lists the browsers in which people are signed in, newest first: all of them for
// who may end them, and the caller's own for everybody else.
func (c *Console) Sessions(ctx context.Context) ([]Session, error) {
	subject, err := c.sessionsOf(ctx)
	if err != nil {
		return nil, err
	}
	return auth.Sessions(ctx, c.store, subject, c.clock.Now())
}

// sessionsOf is whose sessions the caller may see and end; empty for everybody's.
func (c *Console) sessionsOf(ctx context.Context) (subject string, err error) {
	if c.decide(ctx, actTokens) == nil {
		return "", nil
	}
	if err := c.authorise(ctx, actRead); err != nil {
		return "", err
	}
	return c.caller(ctx).Subject, nil
}

// EndSession signs a browser out: at once, in all processes. Code not_found, also for other
// people's where the caller may end their own alone.
func (c *Console) EndSession(ctx context.Context, id string) error {
	sessions, err := c.Sessions(ctx)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if s.ID != id {
			continue
		}
		ended, err := c.store.EndSession(ctx, id)
		if err != nil {
			return err
		}
		if ended {
			c.recordDone(ctx, trail.Entry{Operation: "End session of", Target: trail.Target{Type: "Session", ID: id, Name: s.Name}})
		}
		return nil
	}
	return aoc.Errorf(aoc.CodeNotFound, "console.session", "there is no session with this id")
}
