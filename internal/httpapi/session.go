package httpapi

import (
	"context"
	"net/http"

	"aoc/internal/auth"
)

const sessionsPath = "/api/sessions"

func (s *server) sessionRoutes() {
	register(s, get("list-sessions", sessionsPath, tagAccess, "Browsers that are signed in", "Newest first: everybody's for managers, else one's own."), s.listSessions)
	register(s, change(http.MethodDelete, "end-session", sessionsPath+"/{id}", tagAccess, "Sign a browser out", "It ends at once. Managers may end everybody's, others their own."), s.endSession)
}

type sessionsBody struct {
	Sessions []session `json:"sessions"`
}

type session struct {
	auth.Session
	Current bool `json:"current" doc:"Whether it is the one that asks."`
}

func (s *server) listSessions(ctx context.Context, in *sessionCookieInput) (*body[sessionsBody], error) {
	found, err := s.console.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]session, 0, len(found))
	for _, f := range found {
		list = append(list, session{f, in.Secret != "" && f.ID == auth.SessionID(in.Secret)})
	}
	return &body[sessionsBody]{sessionsBody{list}}, nil
}

type sessionCookieInput struct {
	Secret string `cookie:"__Host-aoc" hidden:"true"`
}

type sessionParams struct {
	ID string `path:"id" maxLength:"64" doc:"id of the session." example:"Zk3vXk0aJ0bWq1o9m8oJrQ7w2l5n4c6d8e0f1a2b3c4"`
}

func (s *server) endSession(ctx context.Context, in *sessionParams) (*struct{}, error) {
	return nil, s.console.EndSession(ctx, in.ID)
}
