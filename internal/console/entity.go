package console

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/query"
	"aoc/internal/store"
	"aoc/internal/trail"
)

const (
	entitySample     = 50 // newest events that aliases are taken from
	entityAliases    = 10
	entityOperations = 10
	entityChanges    = 20
)

// Entity is what is known of a user, app, device, group, address or other object.
type Entity struct {
	Kind string `json:"kind" enum:"user,app,device,group,address,object"`
	ID   string `json:"id" doc:"As it was asked for."`
	Name string `json:"name" doc:"As it is known to people; the id where it is not."`
	// Aliases are what stands for it in events: the id, and what is its own alone.
	Aliases []string  `json:"aliases" doc:"Ids and names in events that mean it, the one asked for among them."`
	First   time.Time `json:"first,omitzero" doc:"Its oldest event; absent when there is none."`
	Last    time.Time `json:"last,omitzero"`
	Total   int64     `json:"total"`
	By      Activity  `json:"by" doc:"What it did; for an address, what came from it."`
	To      Activity  `json:"to" doc:"What was done to it."`
	// ChangesBy and ChangesTo are administrative changes, newest first.
	ChangesBy []aoc.Event `json:"changes_by"`
	ChangesTo []aoc.Event `json:"changes_to"`
}

// Activity is events of one kind over time.
type Activity struct {
	Total      int64            `json:"total"`
	Query      string           `json:"q" doc:"Finds them in the explorer."`
	Operations []aoc.FacetValue `json:"operations" doc:"The most frequent ones."`
	Histogram  Histogram        `json:"histogram"`
}

// Kinds lists the kinds of entity.
func Kinds() []string {
	return []string{KindUser, KindApp, KindDevice, KindGroup, KindAddress, KindObject}
}

// Entity tells what is known of an object: by object id, user principal name, app id, name
// or address. An id or principal name stands for all of the object's other ones; a name,
// which several can have, for nothing but itself. An unknown one has no events.
func (c *Console) Entity(ctx context.Context, kind, id string, span aoc.Window) (Entity, error) {
	e := Entity{Kind: kind, ID: id, Name: id, Aliases: []string{id}, ChangesBy: []aoc.Event{}, ChangesTo: []aoc.Event{}}
	if err := c.authorise(ctx, actRead); err != nil {
		return e, err
	}
	if !slices.Contains(Kinds(), kind) {
		return e, invalid("kind", "%q is not one of %s", kind, strings.Join(Kinds(), ", "))
	}
	if err := checkSpan(span.Start, span.End); err != nil {
		return e, err
	}
	if err := c.note(ctx, trail.Entry{Operation: "Read activity of", Target: trail.Target{Type: kind, ID: id}, Repeated: true}); err != nil {
		return e, err
	}
	if kind != KindAddress {
		if err := c.resolve(ctx, &e); err != nil {
			return e, err
		}
	}
	return e, c.describe(ctx, &e, span)
}

// resolve finds the other ways in which events name an object, and what people call it.
func (c *Console) resolve(ctx context.Context, e *Entity) error {
	named := false
	tenants := map[string]bool{}
	for round, n := 0, 0; round < 2 && n < len(e.Aliases); round++ {
		n = len(e.Aliases)
		page, err := c.store.Search(ctx, aoc.Query{Limit: entitySample, Where: aoc.Or{
			aoc.Is{Field: aoc.FieldActor, Values: e.Aliases}, aoc.Is{Field: aoc.FieldTarget, Values: e.Aliases},
		}})
		if err != nil {
			return err
		}
		if len(page.Items) == 0 && e.Kind == KindApp && round == 0 { // an app id: no field of the event holds it
			if page, err = c.store.Search(ctx, aoc.Query{Limit: entitySample, Where: aoc.Text{Term: e.ID}}); err != nil {
				return err
			}
		}
		for i := range page.Items {
			tenants[page.Items[i].TenantID] = true
			for _, o := range objectsOf(&page.Items[i]) {
				named = e.learn(o, named)
			}
		}
	}
	if named {
		return nil
	}
	return c.nameOf(ctx, e, slices.Sorted(maps.Keys(tenants)))
}

// nameOf takes the name of an entity from where events do not tell it: what every tenant
// has alike, and the directory.
func (c *Console) nameOf(ctx context.Context, e *Entity, tenants []string) error {
	if n, ok := wellKnown(e.ID); ok {
		e.Name = n.Name
	}
	for _, tenant := range tenants {
		book, err := c.directoryOf(ctx, tenant)
		if err != nil {
			return err
		}
		for _, alias := range e.Aliases {
			if n, ok := book.at(strings.ToLower(alias), c.clock.Now()); ok {
				e.Name = n.Name
				return nil
			}
		}
	}
	return nil
}

// object is one way in which an event names an object.
type object struct{ id, upn, appID, name string }

// objectsOf gives the objects that an event names.
func objectsOf(e *aoc.Event) []object {
	actor := object{id: e.Actor.ID, upn: e.Actor.UPN, name: e.Actor.Name}
	if e.ActorKind == aoc.ActorApp {
		actor.appID, actor.name = e.Actor.AppID, firstOf(e.Actor.Name, e.Actor.AppName)
	}
	objects := []object{actor}
	for _, t := range e.Targets {
		o := object{id: t.ID, upn: t.UPN, name: t.Name}
		if kindOfType(t.Type) != KindUser && t.Type != "" { // the principal name is its owner's
			o.upn = ""
		}
		objects = append(objects, o)
	}
	return objects
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// learn takes over what an event tells of the entity, if the object is it. It is when they
// share an id or principal name; a name alone could be somebody else's.
func (e *Entity) learn(o object, named bool) bool {
	own := present([]string{o.id, o.upn, o.appID})
	if !slices.ContainsFunc(own, e.isAlias) {
		return named
	}
	for _, alias := range present([]string{o.id, o.upn}) {
		if !e.isAlias(alias) && len(e.Aliases) < entityAliases {
			e.Aliases = append(e.Aliases, alias)
		}
	}
	if name := firstOf(o.name, o.upn); !named && name != "" && !guidPattern.MatchString(name) {
		e.Name, named = name, o.name != "" && !strings.Contains(o.name, "@")
	}
	return named
}

func (e *Entity) isAlias(text string) bool {
	return slices.ContainsFunc(e.Aliases, func(a string) bool { return strings.EqualFold(a, text) })
}

// describe counts what the entity did and what was done to it.
func (c *Console) describe(ctx context.Context, e *Entity, span aoc.Window) error {
	by, to := aoc.Expr(aoc.Is{Field: aoc.FieldActor, Values: e.Aliases}), aoc.Expr(aoc.Is{Field: aoc.FieldTarget, Values: e.Aliases})
	if e.Kind == KindAddress {
		by, to = aoc.Is{Field: aoc.FieldIP, Values: e.Aliases}, aoc.Or{}
	}
	q := aoc.Query{Start: storable(span.Start), End: storable(span.End), Where: aoc.Or{by, to}}
	n, err := c.store.Count(ctx, q, store.CountRequest{})
	if err != nil {
		return err
	}
	e.Total, e.First, e.Last = n.Total, n.First, n.Last
	if e.By, e.ChangesBy, err = c.activity(ctx, q, by); err != nil {
		return err
	}
	e.To, e.ChangesTo, err = c.activity(ctx, q, to)
	return err
}

// activity counts events of a predicate and gives the newest administrative changes among
// them.
func (c *Console) activity(ctx context.Context, q aoc.Query, where aoc.Expr) (Activity, []aoc.Event, error) {
	a := Activity{Query: query.Format(where), Operations: []aoc.FacetValue{}}
	q.Where = where
	span, width, err := c.bars(ctx, q, 0)
	if err != nil {
		return a, nil, err
	}
	if never(where) {
		a.Query, a.Histogram = "", histogramOf(store.Counts{Complete: true}, span, width)
		return a, []aoc.Event{}, nil
	}
	n, err := c.store.Count(ctx, q, store.CountRequest{Facets: []aoc.Field{aoc.FieldOperation}, Values: entityOperations, Width: width})
	if err != nil {
		return a, nil, err
	}
	a.Total, a.Histogram = n.Total, histogramOf(n, span, width)
	a.Operations = append(a.Operations, n.Facets[aoc.FieldOperation].Values...)
	q.Where, q.Limit = aoc.And{where, AdminChanges()}, entityChanges
	page, err := c.store.Search(ctx, q)
	if err != nil {
		return a, nil, err
	}
	changes := append([]aoc.Event{}, page.Items...)
	return a, changes, c.reviewed(ctx, changes)
}
