package console

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/notify"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// Notifier is a kept notifier with how it is.
type Notifier struct {
	Made
	notify.NotifierSpec
	Status notify.NotifierStatus `json:"status"`
}

// NotifierKinds are the kinds of notifier, with the names of the secrets that they can be given.
type NotifierKinds struct {
	Kinds   []notify.KindSpec `json:"kinds"`
	Secrets []string          `json:"secrets" doc:"Names of the secrets that the operator gave the process; their values are never told."`
}

// NotifierKinds tells what can be set up.
func (c *Console) NotifierKinds(ctx context.Context) (NotifierKinds, error) {
	if err := c.authoriseNotifiers(ctx); err != nil {
		return NotifierKinds{}, err
	}
	return NotifierKinds{Kinds: c.notifiers.Kinds(), Secrets: append([]string{}, c.secretNames...)}, nil
}

// authoriseNotifiers decides whether the caller may deal with notifiers. Codes as those of
// authorise; unavailable where this process has none.
func (c *Console) authoriseNotifiers(ctx context.Context) error {
	if err := c.authorise(ctx, actNotifiers); err != nil {
		return err
	}
	if c.notifiers == nil {
		return aoc.Errorf(aoc.CodeUnavailable, "console.notifier", "this process tells nobody of alerts")
	}
	return nil
}

// Notifiers gives all notifiers with how they are, by name.
func (c *Console) Notifiers(ctx context.Context) ([]Notifier, error) {
	if err := c.authoriseNotifiers(ctx); err != nil {
		return nil, err
	}
	docs, err := c.store.ListDocuments(ctx, notify.KindNotifier)
	if err != nil {
		return nil, err
	}
	all, kept := []Notifier{}, []notify.Notifier{}
	for i := range docs {
		n, err := notify.NotifierOf(&docs[i])
		if err != nil {
			return nil, err
		}
		kept, all = append(kept, n), append(all, shownNotifier(madeOf(docs[i]), n.NotifierSpec))
	}
	states, err := c.notifiers.StatusOf(ctx, kept)
	if err != nil {
		return nil, err
	}
	for i := range states {
		all[i].Status = states[i].NotifierStatus
	}
	slices.SortFunc(all, func(a, b Notifier) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return all, nil
}

// shownNotifier is a notifier without anything that is null.
func shownNotifier(made Made, s notify.NotifierSpec) Notifier {
	if s.Settings == nil {
		s.Settings = map[string]string{}
	}
	n := Notifier{Made: made, NotifierSpec: s}
	n.Status.State = notify.StateWaiting
	if !s.Enabled {
		n.Status.State = notify.StateDisabled
	}
	return n
}

// checkNotifier tidies a notifier that somebody wants to keep, and reports what is wrong.
func (c *Console) checkNotifier(s notify.NotifierSpec) (notify.NotifierSpec, error) {
	var err error
	if s.Name, err = someLine("name", s.Name, maxName); err != nil {
		return s, err
	}
	s.Rules, s.Tenants = present(s.Rules), present(s.Tenants)
	if err := c.notifiers.Check(s); err != nil {
		return s, blame(notifierParam(err), err)
	}
	return s, nil
}

// notifierParam is the parameter that a message begins with.
func notifierParam(err error) string {
	name, _, _ := strings.Cut(aoc.MessageOf(err), ":")
	name, _, _ = strings.Cut(name, ".")
	return name
}

// MakeNotifier keeps a new notifier: it tells of alerts that are raised from now on. Codes
// invalid; conflict when there are too many.
func (c *Console) MakeNotifier(ctx context.Context, s notify.NotifierSpec) (Notifier, error) {
	if err := c.authoriseNotifiers(ctx); err != nil {
		return Notifier{}, err
	}
	s, err := c.checkNotifier(s)
	if err != nil {
		return Notifier{}, err
	}
	made, err := c.newDocument(ctx, notify.KindNotifier, s)
	c.notifiers.Reload()
	return shownNotifier(made, s), err
}

// ChangeNotifier replaces a notifier whose version the caller saw. Codes invalid, not_found,
// conflict.
func (c *Console) ChangeNotifier(ctx context.Context, id string, version int64, s notify.NotifierSpec) (Notifier, error) {
	if err := c.authoriseNotifiers(ctx); err != nil {
		return Notifier{}, err
	}
	s, err := c.checkNotifier(s)
	if err != nil {
		return Notifier{}, err
	}
	made, err := c.changeDocument(ctx, notify.KindNotifier, id, version, s)
	c.notifiers.Reload()
	return shownNotifier(made, s), err
}

// DropNotifier deletes a notifier whose version the caller saw, and what waits for it. Codes
// not_found, conflict.
func (c *Console) DropNotifier(ctx context.Context, id string, version int64) error {
	if err := c.authoriseNotifiers(ctx); err != nil {
		return err
	}
	if err := c.dropDocument(ctx, notify.KindNotifier, id, version); err != nil {
		return err
	}
	c.notifiers.Reload()
	if err := c.notifiers.Forget(ctx, id); err != nil { // looked for again every hour
		c.log.WarnContext(ctx, "what waits for a notifier that is gone is dropped later", "notifier", id, "error", err)
	}
	return nil
}

// NotifierTest tells how a test went.
type NotifierTest struct {
	Delivered bool     `json:"delivered" doc:"The receiver has taken the message, though perhaps not for everybody: then there is an error as well."`
	Code      aoc.Code `json:"code,omitempty"`
	Error     string   `json:"error,omitempty"`
	Hint      string   `json:"hint,omitempty"`
}

// TestNotifier sends a message that is clearly a test, by the notifier with an id as it is
// kept, or as s says it is to be. Codes invalid, not_found; that the receiver did not take it
// is no error.
func (c *Console) TestNotifier(ctx context.Context, id string, s *notify.NotifierSpec) (NotifierTest, error) {
	if err := c.authoriseNotifiers(ctx); err != nil {
		return NotifierTest{}, err
	}
	if s == nil {
		kept, err := c.keptNotifier(ctx, id)
		if err != nil {
			return NotifierTest{}, err
		}
		s = &kept
	}
	if _, err := c.checkNotifier(*s); err != nil {
		return NotifierTest{}, err
	}
	if err := c.record(ctx, trail.Entry{Operation: "Test notifier", Target: trail.Target{Type: notify.KindNotifier, ID: id, Name: s.Name}}); err != nil {
		return NotifierTest{}, err
	}
	err := c.notifiers.Try(ctx, *s)
	if err == nil {
		return NotifierTest{Delivered: true}, nil
	}
	c.log.WarnContext(ctx, "the test of a notifier failed", "notifier", id, "code", string(aoc.CodeOf(err)), "error", err)
	return NotifierTest{Delivered: notify.IsPartial(err), Code: aoc.CodeOf(err), Error: aoc.MessageOf(err), Hint: aoc.HintOf(err)}, nil
}

func (c *Console) keptNotifier(ctx context.Context, id string) (notify.NotifierSpec, error) {
	docs, err := c.store.ListDocuments(ctx, notify.KindNotifier)
	if err != nil {
		return notify.NotifierSpec{}, err
	}
	i := slices.IndexFunc(docs, func(d store.Document) bool { return d.ID == id })
	if i < 0 {
		return notify.NotifierSpec{}, aoc.Errorf(aoc.CodeNotFound, "console.notifier", "there is no notifier with this id")
	}
	n, err := notify.NotifierOf(&docs[i])
	return n.NotifierSpec, err
}
