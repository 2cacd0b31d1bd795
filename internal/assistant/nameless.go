package assistant

import (
	"context"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/assistant/question"
	"aoc/internal/console"
	"aoc/internal/query"
)

// exists reports whether an event fulfils a condition.
func (r *resolver) exists(ctx context.Context, x aoc.Expr) (bool, error) {
	f, ok := with(r.filter, query.Format(x))
	if !ok {
		return false, nil
	}
	page, err := r.console.Search(ctx, console.SearchParams{Filter: f, PageSize: 1})
	return len(page.Items) > 0, err
}

// named reports whether something in the events has exactly this name.
func (r *resolver) named(ctx context.Context, text string) bool {
	found, err := r.exists(ctx, condition(question.Any, []string{text}))
	return err == nil && found
}

// maxOperations is the most operations whose names are held against a question.
const maxOperations = 500

// operations gives the names of the most frequent operations there are.
func (r *resolver) operations(ctx context.Context) []string {
	sum, err := r.console.Summary(ctx, r.filter, console.SummaryParams{Facets: []aoc.Field{aoc.FieldOperation}, Values: maxOperations})
	if err != nil {
		return nil // the question is read without them
	}
	var list []string
	for _, f := range sum.Facets {
		for _, v := range f.Values {
			list = append(list, v.Value)
		}
	}
	return list
}

// site finds a site by the name in its address.
func (r *resolver) site(ctx context.Context, text string) (aoc.Expr, bool, error) {
	name := strings.ReplaceAll(text, " ", "")
	x := aoc.Or{
		aoc.Like{Field: aoc.FieldTarget, Parts: []string{"", "/sites/" + name + "/", ""}},
		aoc.Like{Field: aoc.FieldTarget, Parts: []string{"", "/sites/" + name}},
	}
	found, err := r.exists(ctx, x)
	return x, found, err
}

// otherwise reads a text that is nobody's name: an operation, a person that something else
// tells of, or a text to be found anywhere. A nil condition when it is nothing.
func (r *resolver) otherwise(ctx context.Context, n question.Name, text string) (aoc.Expr, string, error) {
	operation := aoc.Is{Field: aoc.FieldOperation, Values: []string{text}}
	if len(text) > 3 && n.Role != question.Actor && n.Thing == question.Unsaid {
		if found, err := r.exists(ctx, operation); err != nil || found {
			return operation, "the operation " + text, err
		}
	}
	if !n.Quoted && !strings.ContainsAny(text, "@") && (n.Owned || n.Thing == question.Person || !n.Sure) {
		people, err := r.described(ctx, text)
		if err != nil {
			return nil, "", err
		}
		if len(people) > 0 {
			note := Note{Words: n.Words}
			if n.Owned {
				x, note, err := r.owned(ctx, people, note)
				return x, note.Meaning, err
			}
			var values []string
			for _, d := range people {
				values = append(values, d.values()...)
			}
			return condition(n.Role, values), "whose title or department says so: " + listed(people), nil
		}
	}
	anywhere := aoc.Text{Term: text}
	found, err := r.exists(ctx, anywhere)
	switch {
	case err != nil:
		return nil, "", err
	case n.Role == question.Actor && n.Sure:
		return aoc.Is{Field: aoc.FieldActor, Values: []string{text}}, "nobody who did anything in these events is known by this name", nil
	case found && (n.Sure || n.Quoted):
		return anywhere, "events that contain this text", nil
	case n.Sure:
		return anywhere, "nothing in these events is known by this name", nil
	}
	return nil, "", nil
}

// described finds people by what events tell of their job: "the new intern".
func (r *resolver) described(ctx context.Context, text string) ([]identity, error) {
	word := longest(text)
	if len([]rune(word)) < 4 {
		return nil, nil
	}
	where := aoc.And{
		aoc.Is{Field: aoc.FieldOperation, Values: []string{"Add user", "Update user"}},
		aoc.Is{Field: aoc.FieldActorKind, Values: []string{string(aoc.ActorPerson), string(aoc.ActorApp)}},
		aoc.Text{Term: word},
	}
	f, ok := with(r.filter, query.Format(where))
	if !ok {
		return nil, nil
	}
	page, err := r.console.Search(ctx, console.SearchParams{Filter: f, PageSize: namePage})
	if err != nil {
		return nil, err
	}
	var people []identity
	for i := range page.Items {
		e := &page.Items[i]
		if !tells(e, word) {
			continue
		}
		for _, d := range objectsOf(e)[1:] {
			if d.thing == question.Person {
				people = absorb(people, d)
			}
		}
	}
	return people[:min(len(people), maxMeant)], nil
}

// tells reports whether an event gives somebody a title, department or the like with a word.
func tells(e *aoc.Event, word string) bool {
	return slices.ContainsFunc(e.Changes, func(c aoc.Change) bool {
		low := strings.ToLower(c.Property)
		return c.After != nil && (strings.Contains(low, "title") || strings.Contains(low, "department") || strings.Contains(low, "employeetype") || strings.Contains(low, "companyname")) &&
			slices.Contains(wordsOf(*c.After), folded(word))
	})
}

// owned finds the devices of people: those that events of devices name together with them.
func (r *resolver) owned(ctx context.Context, people []identity, note Note) (aoc.Expr, Note, error) {
	var devices []identity
	for _, p := range people {
		var about aoc.Or
		for _, v := range slices.Concat(p.upns, p.ids) {
			about = append(about, aoc.Text{Term: v})
		}
		if len(about) == 0 {
			continue
		}
		where := aoc.And{about, aoc.Or{
			aoc.Like{Field: aoc.FieldOperation, Parts: []string{"", "device", ""}}, aoc.Is{Field: aoc.FieldSource, Values: []string{string(aoc.SourceIntune)}},
		}}
		f, ok := with(r.filter, query.Format(where))
		if !ok {
			continue
		}
		page, err := r.console.Search(ctx, console.SearchParams{Filter: f, PageSize: namePage})
		if err != nil {
			return nil, note, err
		}
		for i := range page.Items {
			e := &page.Items[i]
			if !owns(e, p) {
				continue
			}
			for _, d := range objectsOf(e)[1:] {
				if d.thing == question.Device {
					devices = absorb(devices, d)
				}
			}
		}
	}
	if len(devices) == 0 {
		note.Meaning = "no device of " + listed(people) + " is known from these events"
		return aoc.Or{}, note, nil
	}
	var values []string
	for _, d := range devices {
		values = append(values, d.values()...)
	}
	x := aoc.Is{Field: aoc.FieldTarget, Values: values}
	note.Meaning, note.Query = "devices of "+listed(people)+": "+listed(devices), query.Format(x)
	return x, note, nil
}

// owns reports whether an event of a device is about one of somebody's: it names them as a
// target or in a property, not only as who did it.
func owns(e *aoc.Event, p identity) bool {
	mine := func(v string) bool {
		return v != "" && slices.ContainsFunc(slices.Concat(p.upns, p.ids), func(x string) bool { return strings.EqualFold(x, v) })
	}
	if slices.ContainsFunc(e.Targets, func(t aoc.Target) bool { return mine(t.UPN) || mine(t.ID) }) {
		return true
	}
	return slices.ContainsFunc(e.Changes, func(c aoc.Change) bool { return c.After != nil && mine(*c.After) || c.Before != nil && mine(*c.Before) })
}
