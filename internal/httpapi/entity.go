package httpapi

import (
	"context"

	"aoc"
	"aoc/internal/console"
)

func (s *server) entityRoutes() {
	register(s, get("get-entity", "/api/entities/{kind}/{id}", tagEvents, "A user, app, device, group, address or other object",
		"What it did and what was done to it. An object id or principal name stands for all of the object's other ones, "+
			"a name for nothing but itself, since several can have it. One that no event names has a total of 0."), s.entity)
}

type entityInput struct {
	Kind  string `path:"kind" enum:"user,app,device,group,address,object"`
	ID    string `path:"id" maxLength:"1024" doc:"Object id, user principal name, app id, name or address." example:"ada@contoso.example"`
	Start moment `query:"start" doc:"Events at or after this time."`
	End   moment `query:"end" doc:"Events before this time."`
}

// entity is an entity with its changes as the API shows events.
type entity struct {
	console.Entity
	ChangesBy []event `json:"changes_by" doc:"Administrative changes that it made, newest first; at most 20."`
	ChangesTo []event `json:"changes_to" doc:"Administrative changes made to it, newest first; at most 20."`
}

func (s *server) entity(ctx context.Context, in *entityInput) (*body[entity], error) {
	e, err := s.console.Entity(ctx, in.Kind, in.ID, aoc.Window{Start: in.Start.Time, End: in.End.Time})
	if err != nil {
		return nil, err
	}
	return &body[entity]{entity{Entity: e, ChangesBy: viewsOf(e.ChangesBy), ChangesTo: viewsOf(e.ChangesTo)}}, nil
}
