package question

import (
	"slices"
	"strings"

	"aoc"
)

// concepts reads the phrases of the tables.
func (r *reader) concepts() {
	r.typos()
	b := theBook()
	for i := 0; i < len(r.toks); i++ {
		if r.toks[i].used || r.toks[i].form != word {
			continue
		}
		m, ok := r.longest(b, i)
		if !ok {
			continue
		}
		m.not = r.negated(m.i) || m.kind == isActorKind && r.negated(m.i+1)
		m.plural = strings.HasSuffix(r.toks[m.j-1].low, "s")
		r.found = append(r.found, m)
		for k := m.i; k < m.j; k++ {
			r.toks[k].used = true
		}
		i = m.j - 1
	}
	r.phrasal()
	r.together()
	slices.SortStableFunc(r.found, func(a, b match) int { return a.i - b.i })
}

// phrasalVerbs are verbs whose second word may stand behind what is done to: "turned MFA off".
var phrasalVerbs = []struct {
	verb, with string
	act        action
}{ //nolint:gochecknoglobals // read-only table
	{"take", "out away off from", remove},
	{"turn", "off", disable},
	{"switch", "off", disable},
	{"shut", "off down", disable},
	{"turn", "on", enable},
	{"switch", "on", enable},
	{"put", "in into on to", create},
	{"set", "up", create},
	{"bring", "back", restore},
	{"kick", "out off from", remove},
	{"throw", "out", remove},
	{"get", "rid", remove},
	{"strip", "of from", remove},
	{"let", "in into", create},
	{"lock", "out", lock},
	{"pull", "out from", remove},
	{"bring", "in into", create},
	{"give", "back", restore},
}

// phrasal reads phrasal verbs with something between their words.
func (r *reader) phrasal() {
	for i := range r.toks {
		t := &r.toks[i]
		if t.form != word {
			continue
		}
	verbs:
		for _, p := range phrasalVerbs {
			if !t.is(p.verb) {
				continue
			}
			for k := i + 1; k < len(r.toks) && k <= i+6; k++ {
				if !r.says(k, strings.Fields(p.with)...) || r.says(k, "in", "on", "to") && r.toks[k].used {
					continue
				}
				r.found = slices.DeleteFunc(r.found, func(m match) bool { return m.kind == isAction && m.i <= i && i < m.j })
				r.found = append(r.found, match{kind: isAction, act: p.act, i: i, j: i + 1, not: r.negated(i), strong: true})
				t.used = true
				if !r.says(k, "in", "on", "to", "from", "of", "into") {
					r.toks[k].used = true
				}
				break verbs
			}
		}
	}
}

// pairs are things that two words name wherever in the question they stand: "rules in
// people's inboxes".
var pairs = []struct{ one, other, object string }{ //nolint:gochecknoglobals // read-only table
	{"rule", "inbox outlook", "inbox rules"},
	{"rule", "mailbox", "inbox rules"},
	{"rule", "transport mailflow", "mail flow rules"},
	{"rule policy", "dlp", "DLP policies"},
	{"permission =access right delegate", "mailbox inbox calendar", "mailbox permissions"},
	{"permission scope", "app application", "permissions of apps"},
	{"permission access", "site", "site permissions"},
	{"link", "anonymous public anyone everybody anybody", "sharing with everybody by link"},
	{"share", "external externally outside outsider guest partner world", "sharing with people outside"},
	{"share", "anonymous anonymously publicly", "sharing with everybody by link"},
	{"invite", "file document folder", "sharing invitations"},
	{"owner", "team", "owners of teams"},
	{"owner", "app application principal", "owners of apps"},
	{"owner", "group", "owners of groups"},
	{"member", "team", "team memberships"},
	{"member", "group", "group memberships"},
	{"role", "team", "roles of team members"},
	{"key", "bitlocker", "BitLocker keys"},
	{"hide", "mailbox gal directory address", "hidden from address lists"},
	{"password", "own themselves self-service selfservice ssp", "self-service password resets"},
	{"secret certificate key credential", "app application principal", "secrets and certificates of apps"},
	{"consent", "app application", "consent to apps"},
	{"compliance", "policy device", "compliance policies"},
	{"profile", "configuration device", "configuration profiles"},
	{"restriction limit", "enrollment enroll", "enrolment settings"},
	{"forward redirect", "mail email mailbox message outside external externally", "mail forwarding"},
	{"search", "audit", "searches of the audit log"},
	{"search", "ediscovery compliance content", "content searches"},
	{"message mail email", "quarantine", "quarantine"},
	{"mailbox mail inbox", "pop imap protocol", "client access to mailboxes"},
	{"mail email message mailbox inbox", "read open view access", "reading of mail"},
	{"app", "intune mobile", "Intune apps"},
	{"sync", "directory ad on-premises onprem", "directory synchronisation"},
	{"match hit violation incident", "dlp", "DLP matches"},
}

// together reads pairs. What their words were read as by themselves gives way to them, unless
// it says more.
func (r *reader) together() {
	for _, p := range pairs {
		i, j := r.wordIn(p.one), r.wordIn(p.other)
		if i >= 0 && i < j && r.toks[i].is("access") && p.object == "mailbox permissions" && !r.says(i+1, "to", "on", "for", "over", "in", "right", "rights") {
			continue // to access a mailbox is to read it, access to a mailbox a permission
		}
		if i < 0 || j < 0 || i == j || i-j > 8 || j-i > 8 || r.about(p.object) {
			continue
		}
		covered := func(m match) bool {
			return m.kind == isObject && (m.i <= i && i < m.j || m.i <= j && j < m.j)
		}
		// What several words were read as together, or a pair before, says enough.
		if slices.ContainsFunc(r.found, func(m match) bool {
			over := m.i <= i && i < m.j || m.i <= j && j < m.j
			both := m.i <= i && i < m.j && m.i <= j && j < m.j
			switch m.kind {
			case isObject:
				return over && !(m.object.name == "BitLocker keys" && p.object == "secrets and certificates of apps") && !(m.object.name == "permissions of apps" && p.object == "mailbox permissions") && (m.paired || !m.object.generic && (m.j-m.i > 1 || both) && m.object.name != "sharing")
			case isExtra, isRole:
				return over
			}
			return false
		}) {
			continue
		}
		if one := slices.ContainsFunc(r.found, func(m match) bool { return m.kind == isObject && m.i <= i && i < m.j && !m.not }); one && i < j && r.negated(j) { // "password resets, not self-service"
			r.found = append(r.found, match{kind: isObject, object: objectNamed(p.object), i: j, j: j + 1, not: true, paired: true})
			r.toks[j].used = true
			continue
		}
		r.found = slices.DeleteFunc(r.found, covered)
		r.found = append(r.found, match{kind: isObject, object: objectNamed(p.object), i: i, j: i + 1, not: r.negated(i), paired: true})
		r.toks[i].used, r.toks[j].used = true, true
	}
}

// wordIn finds the first token that is one of some words and no part of a name.
func (r *reader) wordIn(list string) int {
	words := strings.Fields(list)
	for i := range r.toks {
		if r.toks[i].form == word && (r.toks[i].is(words...) || slices.Contains(words, "="+r.toks[i].low)) && !r.nameAt(i) {
			return i
		}
	}
	return -1
}

// longest finds the longest phrase from token i.
func (r *reader) longest(b *book, i int) (best match, ok bool) {
	size, most := 0, 0
	for _, l := range r.toks[i].lemmas {
		for _, p := range b.by[l] {
			if len(p.words) < size {
				continue
			}
			j, fits := r.fits(p, i)
			if !fits || p.match.kind == isRole && r.productsAdmin(p, j) {
				continue
			}
			exact := 0 // words in the very form of the phrase: "mailbox accessed" is not "mailbox access"
			for k := i; k < j; k++ {
				exact += boolInt(slices.Contains(p.words, r.toks[k].low))
			}
			if len(p.words) == size && !r.prefer(p.match, best, i) && (exact <= most || p.match.kind == isAction || best.kind == isWorkload || p.match.kind == isWorkload) {
				continue
			}
			best, ok, size, most = p.match, true, len(p.words), exact
			best.i, best.j = i, j
		}
	}
	return best, ok
}

// productsAdmin reports whether a role's name is that of a product and what administrators do there:
// "Exchange admin changes". j is the token behind it.
func (r *reader) productsAdmin(p phrase, j int) bool {
	return len(p.words) == 2 && slices.Contains([]string{"admin", "administrator"}, p.words[1]) &&
		slices.Contains([]string{"exchange", "sharepoint", "teams", "intune", "compliance", "security"}, p.words[0]) &&
		j < len(r.toks) && r.toks[j].is("change", "activity", "action", "command", "cmdlet", "operation", "task", "setting", "event")
}

// prefer decides between phrases of one length.
func (r *reader) prefer(m, than match, i int) bool {
	if m.kind == isWorkload && m.value == "Teams" && than.kind == isObject {
		return r.toks[i].text == "Teams" && (i > 0 || r.says(i+1, "activity", "events", "actions", "operations", "changes", "change", "admin", "settings"))
	}
	if than.kind == isWorkload && than.value == "Teams" && m.kind == isObject {
		return !(r.toks[i].text == "Teams" && (i > 0 || r.says(i+1, "activity", "events", "actions", "operations", "changes", "change", "admin", "settings")))
	}
	return m.kind != isAction && than.kind == isAction
}

// fits reports whether a phrase stands at token i. Articles and names may stand within:
// "access to Bob's mailbox".
func (r *reader) fits(p phrase, i int) (next int, ok bool) {
	j := i
	for n, w := range p.words {
		for n > 0 && j < len(r.toks) && j < i+8 && (r.says(j, "the", "a", "an", "any", "our", "their", "his", "her", "my", "all", "own", "new") || r.nameAt(j)) && !slices.Contains(r.toks[j].lemmas, w) {
			j++
		}
		if j >= len(r.toks) || r.toks[j].form == quoted || r.toks[j].used && !r.nameAt(j) && !(n > 0 && r.says(j, "in", "on") && r.toks[j-1].is("log", "sign")) || !slices.Contains(r.toks[j].lemmas, w) || (r.nameAt(j) && n > 0) {
			return i, false
		}
		if n < len(p.words)-1 && r.toks[j].owner {
			return i, false
		}
		j++
	}
	return j, true
}

// nameAt reports whether token i is part of a name, or is a possessive that can only be one.
func (r *reader) nameAt(i int) bool {
	for _, n := range r.names {
		if i >= n.i && i < n.j {
			return true
		}
	}
	t := &r.toks[i]
	return t.owner && t.form == word && !known(t.lemmas)
}

// typos gives words that nobody knows the forms of the word that they are one letter off.
func (r *reader) typos() {
	b := theBook()
	for i := range r.toks {
		t := &r.toks[i]
		if t.used || t.form != word || len(t.low) < 5 || t.owner || known(t.lemmas) || (t.caps && i > 0) || t.is(jobs...) {
			continue
		}
		most := 1
		if len(t.low) > 8 {
			most = 2
		}
		var best string
		least := most + 1
		for w := range b.words {
			if len(w) < 4 || w[0] != t.low[0] {
				continue
			}
			for _, l := range t.lemmas {
				if d := distance(l, w); d < least || d == least && best != "" && w < best {
					best, least = w, d
				}
			}
		}
		if best != "" && least <= most {
			t.lemmas = append(t.lemmas, lemmas(best)...)
		}
	}
}

// jobs are words that are no mistyped others: what people are by their title.
var jobs = []string{"director", "manager", "officer", "engineer", "analyst", "consultant", "technician", "specialist", "coordinator", "assistant", "contractor", "intern", "trainee", "apprentice", "accountant", "president", "teacher", "nurse", "lawyer", "driver"} //nolint:gochecknoglobals // read-only

// distance is how many letters must be added, removed, replaced or swapped with their
// neighbour to make b of a; at most 3 is told.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > 2 || d < -2 {
		return 3
	}
	older, old := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(old[j]+1, row[j-1]+1, old[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old = old, row
	}
	return old[len(y)]
}

// Distance is how many letters must be added, removed, replaced or swapped with their
// neighbour to make b of a; 3 stands for more than two.
func Distance(a, b string) int { return min(3, distance(a, b)) }

// result and the like are conditions of one field.
func isField(field aoc.Field, values string) aoc.Expr {
	return aoc.Is{Field: field, Values: strings.Split(values, ",")}
}
