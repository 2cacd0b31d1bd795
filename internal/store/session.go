package store

import (
	"context"
	"encoding/json"
	"time"

	"aoc"
)

// Sessions keeps who is signed in, for all processes that share a store and across restarts.
// They are no evidence, and are not moved to other stores: people sign in again.
type Sessions interface {
	// NewSession stores a session. Code conflict when its id is taken, invalid.
	NewSession(ctx context.Context, s Session) error
	// Session gives a session that is not over at a time, or not_found.
	Session(ctx context.Context, id string, at time.Time) (Session, error)
	// KeepSession gives a session a later end. One that has been ended meanwhile stays so:
	// code not_found.
	KeepSession(ctx context.Context, id string, expires time.Time) error
	// ListSessions gives the sessions of a subject, or all with an empty one, that are not
	// over at a time, newest first.
	ListSessions(ctx context.Context, subject string, at time.Time) ([]Session, error)
	// EndSession removes a session, and tells whether it was there.
	EndSession(ctx context.Context, id string) (bool, error)
	// DropSessions removes those that were over before a time, and tells how many.
	DropSessions(ctx context.Context, before time.Time) (int64, error)
}

// Session is one browser that somebody has signed in with.
type Session struct {
	// ID is made from the secret that the browser has, and does not tell it.
	ID      string
	Subject string
	Began   time.Time
	Expires time.Time
	// Data is what is known of whoever has signed in.
	Data json.RawMessage
}

// CheckSession reports what is wrong with a session, code invalid.
func CheckSession(op string, s *Session) error {
	switch {
	case s.ID == "":
		return aoc.Errorf(aoc.CodeInvalid, op, "id: a session needs one")
	case s.Subject == "":
		return aoc.Errorf(aoc.CodeInvalid, op, "subject: a session is somebody's")
	case !s.Expires.After(s.Began):
		return aoc.Errorf(aoc.CodeInvalid, op, "expires: not after its beginning")
	case !json.Valid(s.Data):
		return aoc.Errorf(aoc.CodeInvalid, op, "data: not JSON")
	}
	return nil
}
