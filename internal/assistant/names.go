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

const (
	// namePage is how many events with a name are looked at in each round, nameRounds how
	// many rounds there are.
	namePage   = 100
	nameRounds = 6
	// maxMeant is the most objects that one name may mean.
	maxMeant = 40
	// maxValues is how many bytes the values of a name may have before its ids are left out.
	maxValues = 1200
	// maxListed is how many of them a note lists.
	maxListed = 8
)

// resolver looks names up among the events that a question may rest on, and in the directory.
type resolver struct {
	console *console.Console
	filter  console.Filter
	book    []identity // the directory's; nil until asked for
}

// resolved is what a name stands for.
type resolved struct {
	where  aoc.Expr // nil when nothing is known
	notes  []Note
	unread bool // it is no name after all
}

// resolve finds what a name means.
func (r *resolver) resolve(ctx context.Context, n question.Name) (resolved, error) {
	var or aoc.Or
	var out resolved
	for _, text := range n.Texts {
		x, note, err := r.one(ctx, n, text)
		if err != nil {
			return out, err
		}
		if x == nil {
			continue
		}
		or = append(or, x)
		out.notes = append(out.notes, note)
	}
	switch len(or) {
	case 0:
		out.unread = true
		return out, nil
	case 1:
		out.where = or[0]
	default:
		out.where = or
	}
	if n.Not {
		out.where = aoc.Not{Of: out.where}
		for i := range out.notes {
			out.notes[i].Meaning = "not " + out.notes[i].Meaning
		}
	}
	return out, nil
}

// one finds what one text means; a nil condition when it is none.
func (r *resolver) one(ctx context.Context, n question.Name, text string) (aoc.Expr, Note, error) {
	note := Note{Words: n.Words}
	if n.Thing == question.Site {
		if x, found, err := r.site(ctx, text); err != nil || found {
			note.Meaning, note.Query = "the site "+text, query.Format(x)
			return x, note, err
		}
	}
	if people, err := r.jobs(ctx, n, text); err != nil || len(people) > 0 {
		if err != nil {
			return nil, note, err
		}
		return r.ofJob(ctx, n, people, note)
	}
	meant, err := r.meant(ctx, n, text)
	if err != nil {
		return nil, note, err
	}
	if n.Owned && len(meant) > 0 {
		return r.owned(ctx, meant, note)
	}
	if len(meant) == 0 {
		x, says, err := r.otherwise(ctx, n, text)
		note.Meaning = says
		if x != nil {
			note.Query = query.Format(x)
		}
		return x, note, err
	}
	var values []string
	for _, d := range meant {
		all := d.values()
		switch {
		case len(d.names) == 0:
		case d.thing == question.Team: // its id is that of its group, which is asked about by itself
			all = d.names
		case d.thing == question.File && !strings.Contains(text, "/"): // a name can be in many places
			all = d.names
		}
		if n.Role != question.Actor {
			for _, u := range d.upns { // what Exchange calls a mailbox
				all = append(all, localPart(u))
			}
		}
		for _, v := range all {
			if !slices.ContainsFunc(values, func(x string) bool { return strings.EqualFold(x, v) }) {
				values = append(values, v)
			}
		}
	}
	if len(strings.Join(values, "")) > maxValues { // ids say nothing that the names do not, where there are names
		values = slices.DeleteFunc(values, func(v string) bool {
			return slices.ContainsFunc(meant, func(d identity) bool { return len(d.upns)+len(d.names) > 0 && slices.Contains(d.ids, v) })
		})
	}
	x := condition(n.Role, values)
	if n.Granted {
		x = granted(meant)
	}
	note.Meaning, note.Query = listed(meant), query.Format(x)
	return x, note, nil
}

// granted holds for events that say anywhere who some people are: those of rights on mailboxes
// name only the mailbox as their target.
func granted(people []identity) aoc.Expr {
	var or aoc.Or
	for _, p := range people {
		for _, upn := range p.upns {
			or = append(or, aoc.Text{Term: upn})
		}
	}
	return or
}

// condition holds for events in which one of the values plays a role.
func condition(role question.Role, values []string) aoc.Expr {
	by, to := aoc.Is{Field: aoc.FieldActor, Values: values}, aoc.Is{Field: aoc.FieldTarget, Values: values}
	switch role {
	case question.Actor:
		return by
	case question.Target:
		return to
	}
	return aoc.Or{by, to}
}

// listed names what is meant.
func listed(meant []identity) string {
	names := make([]string, 0, len(meant))
	for _, d := range meant {
		names = append(names, d.display())
	}
	if len(names) == 1 {
		return names[0]
	}
	more := ""
	if len(names) > maxListed {
		more, names = " and others", names[:maxListed]
	}
	return "any of " + strings.Join(names, ", ") + more
}

// meant finds the identities that a text fits best.
func (r *resolver) meant(ctx context.Context, n question.Name, text string) ([]identity, error) {
	want := longest(text)
	if want == "" {
		return nil, nil
	}
	all, err := r.harvest(ctx, n, []string{want})
	if err != nil {
		return nil, err
	}
	best := r.best(n, text, all)
	if len(best) == 0 || best[0].score < partFit {
		if strings.Contains(text, "@") || n.Quoted || len([]rune(want)) < 4 {
			return best, nil
		}
		all, err := r.harvest(ctx, n, halves(want))
		if err != nil {
			return nil, err
		}
		best = r.best(n, text, all)
		if len(best) > 0 && best[0].score == nearFit && !n.Sure && len([]rune(want)) < 5 {
			return nil, nil
		}
	}
	if len(best) == 0 { // some of its words: "SharePoint Finance", "Emma Rao password"
		if fields := strings.Fields(text); len(fields) > 1 && !n.Quoted {
			for _, part := range []string{strings.Join(fields[:len(fields)-1], " "), strings.Join(fields[1:], " ")} {
				if found, err := r.meant(ctx, n, part); err != nil || len(found) > 0 {
					return found, err
				}
			}
		}
	}
	return best, nil
}

// best keeps the identities that fit best, of the kind of thing that was said if there are any.
func (r *resolver) best(n question.Name, text string, all []identity) []identity {
	var fit []identity
	for _, d := range all {
		if d.score = d.fit(text); d.score == noFit || d.score < wordsFit && !n.Sure && len(text) < 5 {
			continue
		}
		if d.score < wholeFit && d.thing == question.File && n.Thing != question.File || d.thing == question.File && !n.Quoted && !strings.Contains(text, ".") {
			continue
		}
		fit = append(fit, d)
	}
	wanted := n.Thing
	if n.Owned || wanted == question.Mailbox {
		wanted = question.Person
	}
	if kind := only(fit, wanted); wanted != question.Unsaid && len(kind) > 0 {
		fit = kind
	}
	if n.Owned { // by a person, or by nobody
		fit = only(fit, question.Person)
	}
	if n.Role == question.Actor { // only people and apps do something
		fit = slices.DeleteFunc(fit, func(d identity) bool {
			return d.thing != question.Person && d.thing != question.App && d.thing != question.Unsaid
		})
	}
	top := noFit
	for _, d := range fit {
		top = max(top, d.score)
	}
	fit = slices.DeleteFunc(fit, func(d identity) bool { return d.score < top })
	if wanted == question.Unsaid && top < wholeFit {
		if people := only(fit, question.Person); len(people) > 0 {
			fit = people
		}
	}
	if strings.Contains(text, "@") { // an address is one person's, a name may be several's
		for i := range fit {
			if len(fit[i].upns) > 0 {
				fit[i].names = slices.DeleteFunc(fit[i].names, func(v string) bool { return !strings.EqualFold(v, localPart(fit[i].upns[0])) })
			}
		}
	}
	slices.SortStableFunc(fit, func(a, b identity) int { return strings.Compare(a.display(), b.display()) })
	return fit[:min(len(fit), maxMeant)]
}

func only(list []identity, thing question.Thing) []identity {
	var kept []identity
	for _, d := range list {
		if d.thing == thing {
			kept = append(kept, d)
		}
	}
	return kept
}

// longest is the longest word of a text, as events might have it.
func longest(text string) string {
	text, _, _ = strings.Cut(text, "@")
	best := ""
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" .,_-#<>()\"*:;/\\", r) }) {
		if w = strings.Trim(w, "'’"); len([]rune(w)) > len([]rune(best)) {
			best = w
		}
	}
	return best
}

// halves are the two halves of a word: where one letter is wrong, one of them is right.
func halves(word string) []string {
	rs := []rune(word)
	return []string{string(rs[:len(rs)/2]), string(rs[len(rs)/2:])}
}

// harvest finds the identities of which a name contains one of the fragments. It looks at
// events that have one, again and again without what is known, until there is nothing new.
func (r *resolver) harvest(ctx context.Context, n question.Name, fragments []string) ([]identity, error) {
	found, err := r.directory(ctx)
	if err != nil {
		return nil, err
	}
	found = slices.Clone(found)
	found = slices.DeleteFunc(found, func(d identity) bool { return !d.contains(fragments) })
	for _, field := range []aoc.Field{aoc.FieldActor, aoc.FieldTarget} {
		var like aoc.Or
		for _, f := range fragments {
			like = append(like, aoc.Like{Field: field, Parts: []string{"", f, ""}})
		}
		var known []string
		for range nameRounds {
			where := aoc.And{like}
			if len(known) > 0 {
				where = append(where, aoc.Not{Of: aoc.Is{Field: field, Values: known}})
			}
			f, ok := with(r.filter, query.Format(where))
			if !ok {
				break
			}
			page, err := r.console.Search(ctx, console.SearchParams{Filter: f, PageSize: namePage})
			if err != nil {
				return nil, err
			}
			before := len(known)
			for i := range page.Items {
				for _, d := range objectsOf(&page.Items[i]) {
					if !d.contains(fragments) {
						continue
					}
					found = absorb(found, d)
					for _, v := range d.values() {
						if len(known) < 60 && !slices.ContainsFunc(known, func(x string) bool { return strings.EqualFold(x, v) }) && len(v) < 60 {
							known = append(known, v)
						}
					}
				}
			}
			if len(page.Items) < namePage && page.NextCursor == "" || len(known) == before {
				break
			}
		}
	}
	return found, nil
}

// contains reports whether a name of it contains one of the fragments, marks on letters aside.
func (d identity) contains(fragments []string) bool {
	for _, v := range append(d.values(), d.name) {
		for _, f := range fragments {
			if strings.Contains(folded(v), folded(f)) || strings.Contains(strings.ToLower(v), strings.ToLower(f)) {
				return true
			}
		}
	}
	return false
}

// absorb adds an identity, or what is new about one that is there.
func absorb(list []identity, d identity) []identity {
	at := -1
	for i := 0; i < len(list); i++ {
		if !list[i].same(d) && !d.same(list[i]) {
			continue
		}
		if at < 0 {
			list[i].merge(d)
			at = i
			continue
		}
		list[at].merge(list[i]) // the new one shows that two are one
		list = slices.Delete(list, i, i+1)
		i--
	}
	if at < 0 {
		list = append(list, d)
	}
	return list
}

// directory gives the names of the directory.
func (r *resolver) directory(ctx context.Context) ([]identity, error) {
	if r.book != nil {
		return r.book, nil
	}
	names, err := r.console.DirectoryNames(ctx, r.filter)
	if err != nil {
		return nil, err
	}
	r.book = []identity{}
	for _, n := range names {
		d := identity{thing: thingOf(n.Kind), name: n.Name}
		d.add(n.UPN, n.Name, n.ID)
		r.book = append(r.book, d)
	}
	return r.book, nil
}

// with narrows a filter by a query; ok is false when they are too long together.
func with(f console.Filter, q string) (_ console.Filter, ok bool) {
	switch {
	case q == "":
		return f, true
	case strings.TrimSpace(f.Query) != "":
		f.Query = "(" + f.Query + ") (" + q + ")"
	default:
		f.Query = q
	}
	return f, len(f.Query) <= query.MaxBytes
}
