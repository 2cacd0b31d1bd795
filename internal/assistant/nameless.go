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
	if mayBeJob(n, text) {
		people, err := r.described(ctx, text)
		if err != nil {
			return nil, "", err
		}
		if len(people) > 0 {
			x, note, err := r.ofJob(ctx, n, people, Note{Words: n.Words})
			return x, note.Meaning, err
		}
	}
	if n.Owned {
		return aoc.Or{}, "nobody of this name, title or department is known from these events", nil
	}
	anywhere := aoc.Text{Term: text}
	found, err := r.exists(ctx, anywhere)
	switch {
	case err != nil:
		return nil, "", err
	case n.Not && (!found || n.Role == question.Actor) && !n.Quoted: // everything would do
		return nil, "", nil
	case n.Role == question.Actor && n.Sure:
		return aoc.Is{Field: aoc.FieldActor, Values: []string{text}}, "nobody who did anything in these events is known by this name", nil
	case found && (n.Sure || n.Quoted):
		return anywhere, "events that contain this text", nil
	case n.Sure:
		return anywhere, "nothing in these events is known by this name", nil
	}
	return nil, "", nil
}

// mayBeJob reports whether a text may say what somebody is, instead of who.
func mayBeJob(n question.Name, text string) bool {
	return !n.Quoted && !strings.ContainsAny(text, "@._") && (n.Thing == question.Unsaid || n.Thing == question.Person || n.Owned)
}

// jobs finds people by their job, where the text is in small letters and nobody's name.
func (r *resolver) jobs(ctx context.Context, n question.Name, text string) ([]identity, error) {
	if !mayBeJob(n, text) || text != strings.ToLower(text) {
		return nil, nil
	}
	people, err := r.described(ctx, text)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	all, err := r.harvest(ctx, n, []string{longest(text)})
	if err != nil {
		return nil, err
	}
	if best := r.best(n, text, all); len(best) > 0 && best[0].score >= wordsFit {
		return nil, nil
	}
	return people, nil
}

// ofJob is the condition of people who were found by their job, or of their devices.
func (r *resolver) ofJob(ctx context.Context, n question.Name, people []identity, note Note) (aoc.Expr, Note, error) {
	if n.Owned {
		return r.owned(ctx, people, note)
	}
	var values []string
	for _, d := range people {
		values = append(values, d.values()...)
	}
	x := condition(n.Role, values)
	note.Meaning, note.Query = "whose title or department says so: "+listed(people), query.Format(x)
	return x, note, nil
}

// described finds people by what events tell of their job: "the new intern", "the sales
// manager". Each word must be told of them.
func (r *resolver) described(ctx context.Context, text string) (people []identity, err error) {
	for i, word := range strings.Fields(text) {
		told, err := r.titled(ctx, strings.Trim(word, "'’.,"))
		if err != nil {
			return nil, err
		}
		if i == 0 {
			people = told
			continue
		}
		people = slices.DeleteFunc(people, func(p identity) bool {
			return !slices.ContainsFunc(told, func(o identity) bool { return o.same(p) })
		})
	}
	return people[:min(len(people), maxMeant)], nil
}

// titled finds people by one word of a title, department or the like; also if it is in the
// plural.
func (r *resolver) titled(ctx context.Context, word string) ([]identity, error) {
	if len([]rune(word)) < 3 {
		return nil, nil
	}
	words := []string{word}
	if one, several := strings.CutSuffix(word, "s"); several && len(one) > 2 {
		words = append(words, one)
	}
	var text aoc.Or
	for _, w := range words {
		text = append(text, aoc.Text{Term: w})
	}
	where := aoc.And{
		aoc.Is{Field: aoc.FieldOperation, Values: []string{"Add user", "Update user"}},
		aoc.Is{Field: aoc.FieldActorKind, Values: []string{string(aoc.ActorPerson), string(aoc.ActorApp)}},
		aoc.Is{Field: aoc.FieldChanged, Values: []string{"JobTitle", "Title", "Department", "CompanyName", "EmployeeType"}},
		text,
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
		if !slices.ContainsFunc(words, func(w string) bool { return tells(e, w) }) {
			continue
		}
		for _, d := range objectsOf(e)[1:] {
			if d.thing == question.Person {
				people = absorb(people, d)
			}
		}
	}
	return people, nil
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
