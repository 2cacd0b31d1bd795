package question

import (
	"slices"
	"strings"
)

// topics gives the objects that the question is about, without those that only say what kind
// of thing a name is or who did something.
func (r *reader) topics() []match {
	var all []match
	for _, m := range r.found {
		if m.kind == isObject && !r.only(m) {
			all = append(all, m)
		}
	}
	// What something is put into or taken out of.
	for i, m := range all {
		others := slices.ContainsFunc(all, func(o match) bool {
			return o.i != m.i && o.object.name != "accounts" && o.object.name != "guests" && o.object.name != m.object.name && !o.object.generic
		})
		if m.object.becomes != "" && !others && (r.hasAction(create, remove, assign, invite) && r.into(m.i) || r.wordIn("join leave member") >= 0 || m.j < len(r.toks) && r.toks[m.j].is("addition", "removal")) {
			all[i].object = objectNamed(m.object.becomes)
			if slices.ContainsFunc(all, func(o match) bool { return o.object.name == "guests" }) {
				r.where = append(r.where, condition(`target:*"#ext#"*`))
				all = slices.DeleteFunc(all, func(o match) bool { return o.object.name == "guests" })
			}
			break
		}
	}
	// "What did apps do": who did it, not what it was done to.
	all = slices.DeleteFunc(all, func(m match) bool {
		app := m.object.thing == App && r.says(m.i-1, "did", "do", "does", "have") && m.plural
		if app {
			x := condition("kind:app")
			r.where = append(r.where, x)
			r.note(m.i, m.j, "done by apps", x)
			r.out.Limits = append(r.out.Limits, "done by apps")
		}
		return app
	})
	// "Mailbox access" is what somebody has, or, where nothing is done to it, what was read.
	for i, m := range all {
		if m.object.name == "mailbox permissions" && m.j-m.i == 2 && r.toks[m.i].is("mailbox") && r.toks[m.i+1].is("access") && !slices.ContainsFunc(r.found, func(m match) bool { return m.kind == isAction }) && !r.says(m.j, "rights", "right", "list", "to", "for", "on") {
			all[i].object = objectNamed("reading of mail")
		}
	}
	// What is narrower says more: "their own password via SSPR", "sign-in from a new country".
	all = slices.DeleteFunc(all, func(m match) bool {
		return slices.ContainsFunc(all, func(o match) bool {
			return slices.Contains(narrower[m.object.name], o.object.name) && o.not == m.not && !r.listedWith(m, []match{o})
		})
	})
	// Of two things in a row the second is meant, and the first says of which kind it is.
	for i := 0; i+1 < len(all); i++ {
		if all[i].j != all[i+1].i || all[i].paired || all[i+1].paired || all[i+1].object.generic && !all[i].object.generic {
			continue
		}
		switch {
		case all[i].object == all[i+1].object:
		case all[i].object.name == "guests":
			r.where = append(r.where, condition(`actor:*"#ext#"* OR target:*"#ext#"*`))
		case all[i].object.name == "service principals" || all[i].object.name == "app registrations":
			if all[i+1].object.name == "sign-ins" {
				r.where = append(r.where, condition("kind:app"))
			}
		}
		all = slices.Delete(all, i, i+1)
		i--
	}
	// Sharing of a kind is meant where the kind is said.
	if slices.ContainsFunc(all, func(m match) bool {
		return m.object.name != "sharing" && strings.HasPrefix(m.object.name, "sharing")
	}) {
		all = slices.DeleteFunc(all, func(m match) bool { return m.object.name == "sharing" && !r.listedWith(m, all) })
	}
	specific := slices.ContainsFunc(all, func(m match) bool { return !m.object.generic })
	if specific || r.extra() || r.ofKind(isOperation) {
		all = slices.DeleteFunc(all, func(m match) bool { return m.object.generic && !r.listedWith(m, all) })
	} else if len(all) > 1 {
		keep := r.main(all)
		all = slices.DeleteFunc(all, func(m match) bool { return m.i != keep.i && !r.listedWith(m, []match{keep}) })
	}
	return all
}

// narrower are the objects that are a part of another.
var narrower = map[string][]string{ //nolint:gochecknoglobals // read-only table
	"passwords":                   {"self-service password resets"},
	"sign-ins":                    {"impossible travel", "malicious addresses", "unfamiliar sign-ins", "sign-ins from new countries", "anomalous tokens", "risk detections"},
	"alerts of Microsoft":         {"impossible travel", "malicious addresses", "unfamiliar sign-ins", "sign-ins from new countries", "suspicious inbox rules", "anomalous tokens", "risk detections"},
	"team memberships":            {"owners of teams", "roles of team members"},
	"group memberships":           {"owners of groups"},
	"sharing with people outside": {"sharing invitations"},
	"inbox rules":                 {"suspicious inbox rules"},
	"risk detections":             {"impossible travel", "malicious addresses", "unfamiliar sign-ins", "sign-ins from new countries", "suspicious inbox rules", "anomalous tokens"},
	"mailbox settings":            {"client access to mailboxes", "mailbox permissions", "mail forwarding", "inbox rules", "hidden from address lists"},
	"role assignments":            {"role activations", "owners of teams", "owners of groups", "owners of apps", "roles of team members"},
}

func (r *reader) extra() bool { return r.ofKind(isExtra) }

// ofKind reports whether something of a kind was said.
func (r *reader) ofKind(kind int) bool {
	return slices.ContainsFunc(r.found, func(m match) bool { return m.kind == kind })
}

// only reports whether a generic kind of thing is said only to tell what a name is, or who
// did something.
func (r *reader) only(m match) bool {
	if !m.object.generic {
		return false
	}
	strong := slices.ContainsFunc(r.found, func(a match) bool {
		return a.kind == isAction && a.act != change && (!r.weak(a) || a.j == m.i && r.says(a.i, "new"))
	}) || r.toks[m.i].is("new") && m.j > m.i+1
	changed := r.hasAction(change, update)
	for _, n := range r.names {
		if n.Owned && m.object.thing == Device && !strong {
			return true
		}
		if n.j == m.i && m.j < len(r.toks) && r.toks[m.j].is(doings...) && !r.toks[n.j-1].owner {
			continue // "jana castro group changes"
		}
		beside := n.j == m.i || m.j == n.i || r.says(m.j, "called", "named") && m.j+1 == n.i
		if !beside || m.j == n.i && m.plural && slices.ContainsFunc(r.found, func(a match) bool { return a.kind == isAction && a.i == n.j }) {
			continue // "files Ada touched"
		}
		if m.object.name == "sites" && slices.ContainsFunc(r.found, func(o match) bool {
			return o.kind == isObject && o.object.name != "sites" || o.kind == isAction && slices.Contains([]action{upload, download, view, share, rename, move}, o.act)
		}) {
			return true // where it was done
		}
		if n.Owned || n.Role == Actor && !r.toks[n.j-1].owner || !strong && !(changed && m.object.thing != Person && m.object.thing != Policy && m.object.thing != App && m.object.thing != Group && m.object.thing != Site && m.object.thing != Team) {
			if changed && n.Role != Actor {
				r.out.Changes = true
			}
			return true
		}
	}
	if m.object.name == "accounts" && (r.agent(m) || r.filler(m)) {
		return true
	}
	strong = strong || m.object.becomes != "" && r.wordIn("join leave member") >= 0
	return m.object.alone && !strong && !changed
}

// agent reports whether "users" and the like are who did something.
func (r *reader) agent(m match) bool {
	return r.says(m.i-1, "did", "do", "have", "has") && !r.says(m.j, "been", "get", "got") || r.says(m.i-1, "by")
}

// filler reports whether "members" and the like are what was put into something that has a name.
func (r *reader) filler(m match) bool {
	return r.hasAction(create, remove, assign) && slices.ContainsFunc(r.names, func(n placed) bool {
		return n.i > m.i && n.Thing != Person && (r.says(n.i-1, "to", "from", "into") || r.says(n.i-1, "the") && r.says(n.i-2, "to", "from", "into"))
	})
}

// into reports whether "to", "from" or the like leads to token i, with names and articles
// between.
func (r *reader) into(i int) bool {
	for k := i - 1; k >= 0 && k >= i-6; k-- {
		if r.says(k, "to", "from", "into", "in", "out", "onto", "off", "of") {
			return true
		}
		if !r.says(k, "the", "a", "an", "any", "our", "all", "this", "that", "these", "those", "some", "security", "which", "what", "other") && !r.nameAt(k) && known(r.toks[k].lemmas) {
			return r.says(k, "which", "what") && r.says(len(r.toks)-1, "to", "from") // which groups was Ada added to
		}
	}
	return r.endsWithTo()
}

// endsWithTo reports whether the question ends in a preposition: "which groups was Ada added to?"
func (r *reader) endsWithTo() bool {
	for k := range r.toks {
		if r.says(k, "to", "from", "into") && (k+1 == len(r.toks) || r.toks[k+1].form == punct || r.toks[k+1].used) && k > 0 && r.actionEndsAt(k-1) && !r.nameAt(min(k+1, len(r.toks)-1)) {
			return true
		}
	}
	return false
}

// listedWith reports whether an object is listed together with another: "users and groups".
func (r *reader) listedWith(m match, all []match) bool {
	for _, o := range all {
		a, b := m, o
		if a.i > b.i {
			a, b = b, a
		}
		if a.i == b.i || b.i-a.j > 2 || b.i-a.j < 1 {
			continue
		}
		ok := true
		for k := a.j; k < b.i; k++ {
			ok = ok && r.says(k, "and", "or", ",", "&", "/")
		}
		if ok {
			return true
		}
	}
	return false
}

// main chooses among generic objects: one that the action can be done to, the nearest.
func (r *reader) main(all []match) match {
	best, least := all[0], 1<<20
	for _, m := range all {
		cost := m.i
		if m.object.name == "accounts" {
			cost += 2000
		}
		fits, near := false, 100
		for _, a := range r.found {
			if a.kind != isAction {
				continue
			}
			if m.object.acts[a.act] != "" {
				fits = true
			}
			if d := max(m.i-a.j, a.i-m.j); d >= 0 && d < near {
				near = d
			}
		}
		if !fits {
			cost += 1000
		}
		if cost += 10 * near; cost < least {
			best, least = m, cost
		}
	}
	return best
}
