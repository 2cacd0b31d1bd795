package question

import (
	"regexp"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/query"
)

// weak are words that say an action only where something that it can be done to is named.
var weak = []string{"get", "give", "make", "see", "put", "place", "issue", "new", "pull", "take", "run", "start", "match", "request", "obtain", "receive", "leave", "lose", "clear", "touch", "hit", "raise", "fire", "gain", "manage", "bin", "perform", "trigger", "look at", "got", "gets", "execute", "conduct", "drop", "check out", "introduce", "grant", "give", "generate"} //nolint:gochecknoglobals // read-only

func (r *reader) weak(m match) bool {
	return m.kind == isAction && !m.strong && m.j-m.i == 1 && r.toks[m.i].is(weak...)
}

// compose makes conditions of what was found.
func (r *reader) compose() {
	r.fields()
	objects := r.topics()
	acts := r.actions()
	r.roles(objects)
	r.topicWhere(objects, acts)
	for i := range r.names {
		n := r.names[i]
		if n.joined && i > 0 && len(r.out.Names) > 0 {
			last := &r.out.Names[len(r.out.Names)-1]
			last.Texts = append(last.Texts, n.Texts...)
			last.Words += ", " + n.Words
			continue
		}
		r.out.Names = append(r.out.Names, n.Name)
	}
	if len(r.where) == 1 {
		r.out.Where = r.where[0]
	} else if len(r.where) > 1 {
		r.out.Where = r.where
	}
}

// fields adds the conditions of single fields: results, kinds of actor, products, reviews.
func (r *reader) fields() {
	type slot struct {
		kind int
		not  bool
	}
	lists := map[slot]aoc.Or{}
	var order []slot
	for _, m := range r.found {
		var x aoc.Expr
		var says string
		if m.kind == isObject && m.object.name == "teams" && r.about("sign-ins") && r.says(m.i-1, "to", "into", "in", "for") {
			m.kind, m.value = isWorkload, "Teams"
		}
		switch m.kind {
		case isResult:
			x, says = isField(aoc.FieldResult, m.value), "result "+m.value
		case isActorKind:
			x, says = isField(aoc.FieldActorKind, m.value), map[string]string{"person": "done by people", "app,system": "done by apps or by the service itself"}[m.value]
		case isWorkload:
			x, says = isField(aoc.FieldWorkload, m.value), m.value
			if r.about("sign-ins") && m.value != "Entra ID" { // which are Entra's, of all products
				name := m.value
				if m.j > m.i+1 {
					name = r.words(m.i, m.j)
				}
				x, says = aoc.Like{Field: aoc.FieldTarget, Parts: []string{"", name, ""}}, "the application "+name
			}
		case isReview:
			x, says = reviewCondition(m.value)
		case isExtra:
			x, says = condition(m.where), m.says
		case isOperation, isPlace:
			x, says = m.expr, m.says
		default:
			continue
		}
		if m.kind == isOperation {
			r.out.Topics = append(r.out.Topics, says)
		}
		if m.not {
			says = "not " + says
		}
		if m.kind != isOperation {
			r.out.Limits = append(r.out.Limits, says)
		}
		r.note(m.i, m.j, says, negate(x, m.not))
		s := slot{m.kind, m.not}
		if _, ok := lists[s]; !ok {
			order = append(order, s)
		}
		lists[s] = append(lists[s], x)
	}
	for _, s := range order {
		var x aoc.Expr = lists[s]
		if len(lists[s]) == 1 {
			x = lists[s][0]
		}
		r.where = append(r.where, negate(x, s.not))
	}
}

func negate(x aoc.Expr, not bool) aoc.Expr {
	if not {
		return aoc.Not{Of: x}
	}
	return x
}

func reviewCondition(value string) (aoc.Expr, string) {
	any := aoc.Like{Field: aoc.FieldReview, Parts: []string{"", ""}}
	switch value {
	case "none":
		return aoc.Not{Of: any}, "not reviewed"
	case "any":
		return any, "reviewed"
	}
	return isField(aoc.FieldReview, value), "reviewed as " + value
}

// actions gives what was done, without words that say so only by the way.
func (r *reader) actions() []match {
	var acts []match
	for _, m := range r.found {
		if m.kind == isAction {
			acts = append(acts, m)
		}
	}
	if slices.ContainsFunc(acts, func(m match) bool { return m.act == "recycle" }) { // "put in the recycle bin"
		acts = slices.DeleteFunc(acts, func(m match) bool { return m.strong || m.act == move || m.act == send || r.weak(m) })
	}
	if slices.ContainsFunc(acts, func(m match) bool { return !r.weak(m) && m.act != change }) {
		acts = slices.DeleteFunc(acts, r.weak)
	}
	return acts
}

// roles adds the roles of the directory that are named, which make a topic of their own.
func (r *reader) roles(objects []match) {
	var names []string
	var first match
	not := false
	for _, m := range r.found {
		if m.kind == isRole {
			if len(names) == 0 {
				first = m
			}
			names, not = append(names, m.value), not || m.not
		}
	}
	if len(names) == 0 {
		return
	}
	x := aoc.Expr(aoc.Is{Field: aoc.FieldTarget, Values: names})
	r.where = append(r.where, negate(x, not))
	r.note(first.i, first.j, "the role "+strings.Join(names, " or "), x)
	if !slices.ContainsFunc(objects, func(m match) bool { return strings.HasPrefix(m.object.name, "role") }) {
		x := condition(objectNamed("role assignments").any)
		for _, a := range r.actions() {
			if c := objectNamed("role assignments").acts[a.act]; c != "" && !(a.act == create && slices.ContainsFunc(r.found, func(m match) bool { return m.kind == isAction && m.act == activate })) {
				x = condition(c)
				break
			}
		}
		r.where = append(r.where, x)
		r.out.Topics = append(r.out.Topics, "role assignments")
	}
}

// topicWhere adds the condition of the objects and what was done to them.
func (r *reader) topicWhere(objects, acts []match) {
	if len(objects) == 0 {
		if !slices.ContainsFunc(r.found, func(m match) bool { return m.kind == isRole }) {
			r.noObject(acts)
		}
		return
	}
	var whole, not aoc.Or
	for _, o := range objects {
		x, says := r.done(o, acts)
		r.note(o.i, o.j, says, x)
		if o.not && !slices.ContainsFunc(r.names, func(n placed) bool { return n.i > o.j && n.Not }) {
			not = append(not, x)
			continue
		}
		r.out.Topics = append(r.out.Topics, says)
		whole = append(whole, x)
	}
	switch len(whole) {
	case 0:
	case 1:
		r.where = append(r.where, whole[0])
	default:
		r.where = append(r.where, whole)
	}
	for _, x := range not {
		r.where = append(r.where, aoc.Not{Of: x})
	}
}

// done gives the condition of what was done to an object, and its words.
func (r *reader) done(o match, acts []match) (aoc.Expr, string) {
	var list, out []string
	says := o.object.name
	for _, a := range acts {
		if a.i >= o.i && a.j <= o.j {
			continue
		}
		c := o.object.acts[a.act]
		if a.not && c != "" && len(acts) > 1 {
			out = append(out, c)
			says += " not " + string(a.act)
			continue
		}
		if c == "" || a.act == change && o.object.acts[change] == "" {
			if !r.weak(a) && a.act != assign && a.act != run {
				list = append(list, o.object.any)
			}
			continue
		}
		list = append(list, c)
		if !strings.Contains(says, ":") {
			says += ":"
		}
		says += " " + string(a.act)
	}
	for k := o.i; k < o.j; k++ { // "promoted to admin"
		switch {
		case len(list) == 0 && r.toks[k].is("promote", "become", "elevate") && o.object.acts[create] != "":
			list = append(list, o.object.acts[create])
		case len(list) == 0 && r.toks[k].is("demote") && o.object.acts[remove] != "":
			list = append(list, o.object.acts[remove])
		}
	}
	// Within the phrase: "password reset".
	for k := o.i; k < o.j && len(list) == 0; k++ {
		for a, forms := range actionPhrases {
			for _, f := range strings.Split(forms, "|") {
				if c := o.object.acts[a]; c != "" && r.toks[k].is(f) && a != view && a != assign {
					list = append(list, c)
				}
			}
		}
	}
	if len(list) == 0 {
		list = []string{o.object.any}
	}
	if len(out) > 0 {
		return aoc.And{anyOf(list), aoc.Not{Of: anyOf(out)}}, says
	}
	return anyOf(list), says
}

// noObject adds the condition of a question that names no kind of thing.
func (r *reader) noObject(acts []match) {
	var list []string
	changed := slices.ContainsFunc(r.found, func(m match) bool { return m.kind == isChanges })
	var from, to int
	for _, a := range acts {
		c := without[a.act]
		if x := objectNamed("files").acts[a.act]; x != "" && r.namesFile() {
			list = append(list, x)
			from, to = a.i, a.j
			continue
		}
		if x := withoutInto[a.act]; x != "" && r.intoName() {
			c = x
		}
		switch {
		case r.weak(a):
		case a.act == change || a.act == update:
			changed = true
		case c != "":
			if len(list) == 0 {
				from = a.i
			}
			to = a.j
			list = append(list, c)
		}
	}
	if r.extra() || r.ofKind(isOperation) {
		return
	}
	if len(list) > 0 {
		x := anyOf(list)
		r.where = append(r.where, x)
		r.note(from, to, "operations that do so, whatever they do it to", x)
		r.out.Topics = append(r.out.Topics, r.words(from, to))
		return
	}
	if changed && slices.ContainsFunc(r.found, func(m match) bool { return m.kind == isWorkload && m.value == "Teams" }) {
		x := condition("(" + objectNamed("teams").acts[change] + ") OR " + query.Term(aoc.FieldRecordType, "MicrosoftTeamsAdmin"))
		r.where = append(r.where, x)
		r.out.Topics = append(r.out.Topics, "changes of teams")
		return
	}
	if changed {
		r.out.Changes = true
	}
}

var fileForm = regexp.MustCompile(`(?i)\.(docx?|docm|xlsx?|xlsm|pptx?|pdf|zip|7z|rar|csv|txt|rtf|msg|eml|pst|png|jpe?g|gif|svg|vsdx?|one|json|xml|html?|mp[34]|mov|exe|ps1|bat|log|md)$`)

// namesFile reports whether a name is that of a file.
func (r *reader) namesFile() bool {
	return slices.ContainsFunc(r.names, func(n placed) bool { return isFile(n.Texts[0]) })
}

func isFile(name string) bool { return !strings.Contains(name, "@") && fileForm.MatchString(name) }

// rest lists the words that were not understood.
func (r *reader) rest() {
	if r.out.Changes {
		r.out.Topics = append(r.out.Topics, "administrative changes")
	}
	for i := range r.toks {
		t := &r.toks[i]
		if t.said("themselves", "himself", "herself", "themself", "oneself") && !r.about("self-service password resets") && !r.says(i+1, "or", "and") && !r.says(i-1, "by") {
			r.out.Self = t.text
		}
		if t.said("outside") && r.says(i+1, "of") && r.negated(i+2) {
			continue
		}
		if !t.used && (t.form == word && !isGrammar(t.low) && !slices.ContainsFunc(t.lemmas, isGrammar) || t.form == number && len(t.low) > 1) {
			r.out.Unread = append(r.out.Unread, t.text)
		}
	}
}

// intoName reports whether something was put into or taken out of what a name stands for.
func (r *reader) intoName() bool {
	return slices.ContainsFunc(r.names, func(n placed) bool {
		k := n.i - 1
		for r.says(k, "the", "our") {
			k--
		}
		return n.Role == Target && r.says(k, "to", "into", "from")
	})
}
