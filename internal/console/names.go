package console

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"aoc"
	"aoc/internal/normalise"
)

const (
	// maxNamed is the most ids of an event that are looked up.
	maxNamed = 60
	// namesAge is how old an answer may be, namesTime how long looking in events may take.
	namesAge  = time.Minute
	namesTime = 2 * time.Second
	// namesFrom is how many of the newest events with an id are asked for its name.
	namesFrom = 20
	// namesKept is how many answers are kept.
	namesKept = 20_000
)

// The kinds of object, as entity pages know them.
const (
	KindUser    = "user"
	KindApp     = "app"
	KindDevice  = "device"
	KindGroup   = "group"
	KindAddress = "address"
	KindObject  = "object" // any other
)

// ObjectName is what is known of an object by its id.
type ObjectName struct {
	Name string `json:"name" example:"Ada Lovelace"`
	Kind string `json:"kind" enum:"user,app,device,group,object"`
	UPN  string `json:"upn,omitempty" example:"ada@contoso.example"`
}

var guidPattern = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

// Names gives what is known of the GUIDs in an event, by GUID in lower case; those nobody
// knows are left out. The directory is asked first, then what every tenant has alike, then
// the newest events that know both the id and a name.
func (c *Console) Names(ctx context.Context, keyOrID string) (map[string]ObjectName, error) {
	e, err := c.event(ctx, keyOrID)
	if err != nil {
		return nil, err
	}
	known := map[string]ObjectName{}
	var unknown []string
	learn(known, &e)
	book, err := c.directoryOf(ctx, e.TenantID)
	if err != nil {
		return nil, err
	}
	for _, id := range guidsOf(&e) {
		if n, ok := book.at(id, e.Timestamp); ok {
			known[id] = n
		} else if n, ok := wellKnown(id); ok {
			known[id] = n
		} else if known[id].Name == "" {
			unknown = append(unknown, id)
		}
	}
	err = c.namesFromEvents(ctx, e.TenantID, unknown, known)
	return wanted(known, guidsOf(&e)), err
}

// wellKnown gives the name of what every tenant has.
func wellKnown(id string) (ObjectName, bool) {
	name, app := normalise.WellKnown(id)
	if app {
		return ObjectName{Name: name, Kind: KindApp}, true
	}
	return ObjectName{Name: name, Kind: KindObject}, name != ""
}

// wanted keeps the names of some ids.
func wanted(known map[string]ObjectName, ids []string) map[string]ObjectName {
	kept := map[string]ObjectName{}
	for _, id := range ids {
		if known[id].Name != "" {
			kept[id] = known[id]
		}
	}
	return kept
}

// guidsOf gives the GUIDs in an event that may be objects, each once, at most maxNamed.
func guidsOf(e *aoc.Event) []string {
	not := []string{strings.ToLower(e.ID), strings.ToLower(e.TenantID), strings.ToLower(e.CorrelationID), "00000000-0000-0000-0000-000000000000"}
	seen := map[string]bool{}
	var ids []string
	add := func(text string) {
		for _, id := range guidPattern.FindAllString(text, 4*maxNamed) {
			id = strings.ToLower(id)
			if len(ids) < maxNamed && !seen[id] && !slices.Contains(not, id) {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	add(strings.Join([]string{e.Actor.ID, e.Actor.AppID, e.ActorDisplay, e.Actor.Name}, " "))
	for _, t := range e.Targets {
		add(t.ID + " " + t.Name)
	}
	for _, ch := range e.Changes {
		for _, side := range [...]*string{ch.Before, ch.After} {
			if side != nil {
				add(*side)
			}
		}
	}
	for _, at := range guidPattern.FindAllIndex(e.Raw, 20*maxNamed) {
		add(string(e.Raw[at[0]:at[1]]))
	}
	return ids
}

// learn adds the names that an event knows.
func learn(known map[string]ObjectName, e *aoc.Event) {
	add := func(id, name, upn, kind string) {
		id = strings.ToLower(id)
		if name == "" {
			name = upn
		}
		if _, ok := known[id]; ok || id == "" || name == "" || strings.EqualFold(name, id) || guidPattern.FindString(name) == name {
			return
		}
		known[id] = ObjectName{Name: name, Kind: kind, UPN: upn}
	}
	kind := KindUser
	if e.ActorKind != aoc.ActorPerson {
		kind = KindApp
	}
	name := e.Actor.Name
	if name == "" && e.Actor.UPN == "" && kind == KindApp {
		name = e.Actor.AppName
	}
	add(e.Actor.ID, name, e.Actor.UPN, kind)
	add(e.Actor.AppID, e.Actor.AppName, "", KindApp)
	for _, t := range e.Targets {
		add(t.ID, t.Name, t.UPN, kindOfType(t.Type))
	}
}

// kindOfType is the kind of object that a target's type means.
func kindOfType(kind string) string {
	switch strings.ToLower(kind) {
	case "user", "mailbox":
		return KindUser
	case "application", "serviceprincipal", "service principal", "app":
		return KindApp
	case "device":
		return KindDevice
	case "group", "team":
		return KindGroup
	}
	return KindObject
}

// namesFromEvents looks for names in the newest events of ids, and remembers for a moment
// also those that nobody knows.
func (c *Console) namesFromEvents(ctx context.Context, tenant string, ids []string, known map[string]ObjectName) error {
	look, cancel := context.WithTimeout(ctx, namesTime)
	defer cancel()
	_, scoped := scopeOf(ctx) // what is kept is for all
	for _, id := range ids {
		if n, ok := c.objectNames.get(c.clock.Now(), tenant, id); ok && !scoped {
			known[id] = n
			continue
		}
		page, err := c.store.Search(look, aoc.Query{
			Limit: namesFrom,
			Where: aoc.And{
				aoc.Is{Field: aoc.FieldTenant, Values: []string{tenant}},
				aoc.Or{aoc.Is{Field: aoc.FieldActor, Values: []string{id}}, aoc.Is{Field: aoc.FieldTarget, Values: []string{id}}},
			},
		})
		switch {
		case look.Err() != nil: // what is known is answered
			return ctx.Err()
		case err != nil:
			return err
		}
		for i := range page.Items {
			learn(known, &page.Items[i])
		}
		if !scoped {
			c.objectNames.put(c.clock.Now(), tenant, id, known[id])
		}
	}
	return nil
}

// nameCache keeps names for a moment: an event is looked at again and again, and its
// neighbours name the same objects.
type nameCache struct {
	mu    sync.Mutex
	names map[[2]string]nameAt
	books map[string]bookAt
}

type nameAt struct {
	at   time.Time
	name ObjectName
}

type bookAt struct {
	at   time.Time
	book nameBook
}

func (n *nameCache) get(now time.Time, tenant, id string) (ObjectName, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	kept, ok := n.names[[2]string{tenant, id}]
	return kept.name, ok && now.Sub(kept.at) < namesAge
}

func (n *nameCache) put(now time.Time, tenant, id string, name ObjectName) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.names == nil || len(n.names) >= namesKept {
		n.names = map[[2]string]nameAt{}
	}
	n.names[[2]string{tenant, id}] = nameAt{now, name}
}

// nameBook is the directory's names by id, oldest first.
type nameBook map[string][]aoc.DirectoryName

// at gives the name that an object had at a time, or the first that is known of it.
func (b nameBook) at(id string, at time.Time) (ObjectName, bool) {
	var found aoc.DirectoryName
	for _, n := range b[id] {
		if n.Name != "" && (found.Name == "" || !n.Since.After(at)) {
			found = n
		}
	}
	return ObjectName{Name: found.Name, Kind: kindOfType(found.Kind), UPN: found.UPN}, found.Name != ""
}

// directoryOf gives the directory's names of a tenant.
func (c *Console) directoryOf(ctx context.Context, tenant string) (nameBook, error) {
	if !CallerOf(ctx).Sees(tenant) {
		return nil, nil // what is kept is for all callers
	}
	now := c.clock.Now()
	c.objectNames.mu.Lock()
	kept, ok := c.objectNames.books[tenant]
	c.objectNames.mu.Unlock()
	if ok && now.Sub(kept.at) < namesAge {
		return kept.book, nil
	}
	names, err := c.store.LoadNames(ctx, tenant)
	if err != nil {
		return nil, err
	}
	book := nameBook{}
	for _, n := range names {
		book[strings.ToLower(n.ID)] = append(book[strings.ToLower(n.ID)], n)
	}
	c.objectNames.mu.Lock()
	defer c.objectNames.mu.Unlock()
	if c.objectNames.books == nil || len(c.objectNames.books) > 50 {
		c.objectNames.books = map[string]bookAt{}
	}
	c.objectNames.books[tenant] = bookAt{now, book}
	return book, nil
}
