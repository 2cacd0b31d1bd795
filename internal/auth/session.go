package auth

import (
	"context"
	"encoding/json"
	"time"

	"aoc/internal/store"
)

// Session is a browser that somebody has signed in with, as people see it.
type Session struct {
	ID      string    `json:"id"`
	Subject string    `json:"-"`
	Name    string    `json:"name"`
	Address string    `json:"address" doc:"Where it was begun from."`
	Began   time.Time `json:"began_at"`
	Expires time.Time `json:"expires_at" doc:"When it ends unless it is used."`
}

// Sessions lists the sessions of a subject, or all with an empty one, newest first.
func Sessions(ctx context.Context, s store.Sessions, subject string, now time.Time) ([]Session, error) {
	kept, err := s.ListSessions(ctx, subject, now)
	if err != nil {
		return nil, err
	}
	sessions := make([]Session, 0, len(kept))
	for _, k := range kept {
		var data sessionData
		if json.Unmarshal(k.Data, &data) != nil {
			continue // of another version of the program: nobody is let in by it
		}
		sessions = append(sessions, Session{k.ID, k.Subject, data.Name, data.Address, k.Began, k.Expires})
	}
	return sessions, nil
}
