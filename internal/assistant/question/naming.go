package question

import (
	"slices"
	"strings"
)

// particles stand within names.
var particles = []string{"van", "der", "den", "de", "da", "von", "la", "le", "bin", "al", "el", "di", "do", "dos", "ter", "zu"} //nolint:gochecknoglobals // read-only

// grammar are the words that carry no meaning of their own.
func isGrammar(low string) bool { return slices.Contains(grammar, low) }

var grammar = strings.Fields(grammarWords) //nolint:gochecknoglobals // read-only

// capitalised reads names that are written with capitals: words of which at least one means
// nothing else.
func (r *reader) capitalised() {
	free := func(k int) bool {
		return k < len(r.toks) && r.toks[k].form == word && !r.toks[k].used
	}
	for i := 0; i < len(r.toks); i++ {
		if !free(i) || !r.toks[i].caps || r.breaks(i) {
			continue
		}
		j := i + 1
		for !r.toks[j-1].owner && j < len(r.toks) {
			if free(j) && r.toks[j].caps && !r.breaks(j) || j+1 < len(r.toks) && r.toks[j].form == number && !r.toks[j].used && len(r.toks[j].low) < 3 && r.toks[j].start == r.toks[j-1].end+1 && !isUnitOrNoun(r, j+1) || j+1 == len(r.toks) && r.toks[j].form == number && !r.toks[j].used && len(r.toks[j].low) < 3 {
				j++
				continue
			}
			if k := j; free(k) && slices.Contains(particles, r.toks[k].low) {
				for free(k) && slices.Contains(particles, r.toks[k].low) {
					k++
				}
				if free(k) && r.toks[k].caps && !known(r.toks[k].lemmas) {
					j = k + 1
					continue
				}
			}
			break
		}
		if k := r.wholeName(i, j); k > i {
			r.addName(i, k, true)
			i = k - 1
			continue
		}
		from, to := r.trimName(i, j)
		if from < to {
			r.addName(from, to, true)
		}
		i = j - 1
	}
}

// wholeName gives where a name ends that the data has and that begins with the capitals from i up to
// j: with all of them, or going on in small letters next to the word for what it is the name
// of, as in "the policy Medium sign-in risk block". It is i where there is none.
func (r *reader) wholeName(i, j int) int {
	kind := func(k int) bool {
		return k >= 0 && k < len(r.toks) && r.toks[k].form == word && r.toks[k].is("policy", "group", "app", "application", "profile", "configuration", "rule", "report", "site", "team", "role", "list")
	}
	if r.isName == nil || r.toks[j-1].owner {
		return i
	}
	all := j // capitals that mean something, too: Microsoft Azure Active Directory Connect
	for all < len(r.toks) && r.toks[all].form == word && r.toks[all].caps && !r.toks[all].used && !r.toks[all-1].owner {
		all++
	}
	if m, ok := r.longest(theBook(), i); all-i > 2 && !(ok && m.j >= all) && r.isName(r.text[r.toks[i].start:r.toks[all-1].end]) {
		return all
	}
	for k := min(len(r.toks), i+7); k > j; k-- {
		free := true
		for m := j; m < k; m++ {
			free = free && r.toks[m].form == word && !r.toks[m].used
		}
		if free && (kind(i-1) || kind(k)) && r.isName(r.text[r.toks[i].start:r.toks[k-1].end]) {
			return k
		}
	}
	return i
}

func isUnitOrNoun(r *reader, k int) bool {
	return unitWords[r.toks[k].low] != noUnit || known(r.toks[k].lemmas) && !isGrammar(r.toks[k].low)
}

// inNames are words without a meaning of their own that stand in names nevertheless.
var inNames = []string{"user", "users", "admin", "admins", "app", "apps", "people", "service", "services", "record", "records", "log", "logs", "access", "company", "organization", "customer", "customers", "client", "clients", "group", "name", "names", "source", "sources", "type", "location", "new", "country", "product", "products", "top", "state"} //nolint:gochecknoglobals // read-only

// breaks reports whether token i, in capitals, cannot stand in a name.
func (r *reader) breaks(i int) bool {
	low := r.toks[i].low
	if low == "all" { // All Employees
		return i == 0 || i+1 >= len(r.toks) || !r.toks[i+1].caps || !r.says(i-1, "to", "from", "the", "into", "in", "of", "group")
	}
	return isGrammar(low) && (i == 0 || !slices.Contains(inNames, low))
}

// trimName takes words with a meaning of their own off the ends of a run of capitals, unless
// their place says that they belong to a name. An empty run is no name.
func (r *reader) trimName(i, j int) (int, int) {
	unknown := func(k int) bool { return r.toks[k].form == word && !known(r.toks[k].lemmas) }
	any := false
	for k := i; k < j; k++ {
		any = any || unknown(k)
	}
	if !any {
		// All words mean something: a name only if the data has one that is the whole.
		if j-i < 2 || r.isName == nil {
			return i, i
		}
		if m, ok := r.longest(theBook(), i); ok && m.j >= j || !r.isName(r.text[r.toks[i].start:r.toks[j-1].end]) {
			return i, i
		}
		return i, j
	}
	led := r.says(i-1, "by", "than", "except", "excluding", "of", "to", "from", "into", "called", "named", "in", "group", "policy", "the", "app", "application") && i > 0
	for i < j && !unknown(i) && !led {
		if _, ok := r.longest(theBook(), i); !ok {
			break
		}
		i++
	}
	for k := i + 1; k < j-1; k++ { // "Ada Lovelace Global Admin"
		if m, ok := r.longest(theBook(), k); ok && m.j == j && (m.kind == isRole || m.kind == isObject && !m.object.generic) {
			return i, k
		}
	}
	for j > i && !unknown(j-1) && r.toks[j-1].form == word {
		if m, ok := r.longest(theBook(), j-1); !ok || m.kind == isObject && m.object.generic && led {
			break
		}
		j--
	}
	return i, j
}

// addName notes a name.
func (r *reader) addName(i, j int, sure bool) {
	text := r.text[r.toks[i].start:r.toks[j-1].end]
	if r.toks[j-1].owner {
		text = r.text[r.toks[i].start:r.toks[j-1].start] + r.toks[j-1].text
	}
	r.use(i, j)
	r.names = append(r.names, placed{Name: Name{Texts: []string{text}, Sure: sure}, i: i, j: j})
}

// named reads the words left over as names, and what part each name plays.
func (r *reader) named() {
	for i := 0; i < len(r.toks); i++ {
		if !r.leftover(i) {
			continue
		}
		j := i + 1
		for j < len(r.toks) && !r.toks[j-1].owner && (r.leftover(j) || slices.Contains(particles, r.toks[j].low) && j+1 < len(r.toks) && r.leftover(j+1)) {
			j++
		}
		if r.extended(i, j) {
			i = j - 1
			continue
		}
		sure := r.toks[j-1].owner || r.says(i-1, "from", "in") && r.about("sign-ins") || r.says(i-1, "by", "did", "user", "named", "called", "account")
		r.addName(i, j, sure)
		i = j - 1
	}
	slices.SortFunc(r.names, func(a, b placed) int { return a.i - b.i })
	for k := range r.names {
		n := &r.names[k]
		n.Words = r.words(n.i, n.j)
		n.Thing = r.thingOf(n)
		n.joined = k > 0 && r.joined(r.names[k-1].j, n.i)
		if n.joined {
			n.Role, n.Not = r.names[k-1].Role, r.names[k-1].Not
			if n.Thing == Unsaid {
				n.Thing = r.names[k-1].Thing
			} else if r.names[k-1].Thing == Unsaid {
				r.names[k-1].Thing = n.Thing
			}
			continue
		}
		r.roleOf(n)
		n.Granted = r.about("mailbox permissions") && !r.toks[n.j-1].owner &&
			(r.says(n.i-1, "can", "could") || n.Thing != Mailbox && n.Role == Target && r.says(n.i-1, "did", "does", "has", "was", "were", "is") || n.Thing != Mailbox && r.says(n.i-1, "to") && r.says(n.i-2, "given", "granted", "assigned"))
		if isFile(n.Texts[0]) { // which do nothing themselves
			n.Role = Target
		}
	}
	// "Ada or Bob did it": what stands behind the last holds for all.
	for k := len(r.names) - 1; k > 0; k-- {
		if r.names[k].joined && r.names[k-1].Role == Any && !r.names[k-1].joined {
			last := r.names[k]
			r.roleOf(&last)
			for m := k; m >= 0; m-- {
				r.names[m].Role = last.Role
				if !r.names[m].joined {
					break
				}
			}
		}
	}
}

// extended joins what follows a name to it where the data knows the whole: Sales pipeline.
func (r *reader) extended(i, j int) bool {
	for k := range r.names {
		n := &r.names[k]
		if n.j != i || r.isName == nil || n.Quoted || r.toks[n.j-1].owner {
			continue
		}
		text := r.text[r.toks[n.i].start:r.toks[j-1].end]
		if r.isName(text) {
			n.Texts, n.j = []string{text}, j
			r.use(i, j)
			return true
		}
	}
	return false
}

// leftover reports whether token i is a word that means nothing so far.
func (r *reader) leftover(i int) bool {
	if i >= len(r.toks) {
		return false
	}
	t := &r.toks[i]
	if t.used {
		return false
	}
	switch t.form {
	case word:
		return !isGrammar(t.low) && !t.said("outside") && !slices.ContainsFunc(t.lemmas[1:], isGrammar) || t.owner && !known(t.lemmas)
	case number:
		return len(t.low) > 4
	}
	return false
}

// joined reports whether only "and", "or" and commas stand between tokens.
func (r *reader) joined(i, j int) bool {
	if j <= i || j > i+3 {
		return false
	}
	for ; i < j; i++ {
		if !r.says(i, "and", "or", ",", "&", "either", "nor", "/", "user", "the", "by") {
			return false
		}
	}
	return !r.says(j-1, "by") || r.says(j-2, "and", "or", ",")
}

// deviceWords are what people call the devices of somebody.
var deviceWords = []string{"laptop", "device", "phone", "computer", "pc", "workstation", "machine", "iphone", "tablet", "ipad", "mac", "macbook", "mobile", "notebook", "desktop", "smartphone", "handset"} //nolint:gochecknoglobals // read-only

// doings are what somebody has who did them: "Ada's changes".
var doings = []string{"activity", "action", "change", "event", "download", "operation", "upload", "deletion", "work", "log", "history", "session", "behavior", "behaviour", "edit", "movement", "doing", "share", "sharing", "consent", "message", "chat", "query", "search", "audit"} //nolint:gochecknoglobals // read-only

// thingOf tells what the words next to a name say it is, and marks devices that are owned.
func (r *reader) thingOf(n *placed) Thing {
	if r.toks[n.j-1].owner {
		k := n.j
		for r.says(k, "new", "old", "work", "company", "own", "corporate", "business", "personal") {
			k++
		}
		if k < len(r.toks) && r.toks[k].is(deviceWords...) {
			n.Owned = true
			return Device
		}
		if k < len(r.toks) && r.toks[k].is("mailbox", "inbox", "mail", "calendar") {
			return Person
		}
		return Unsaid
	}
	if r.says(n.i-1, "of") && n.i > 1 && r.toks[n.i-2].is(deviceWords...) {
		n.Owned = true
		return Device
	}
	for _, m := range r.found {
		if m.kind != isObject || m.object.thing == Unsaid {
			continue
		}
		if m.i < n.i && n.j < m.j { // "added to the Board group"
			return m.object.thing
		}
		if m.i == n.j || m.j == n.i || r.says(m.j, "called", "named") && m.j+1 == n.i {
			if m.object.thing == Policy && !m.object.generic || m.object.generic || m.j == n.i || m.object.thing == RoleOf || m.i == n.j {
				return m.object.thing
			}
		}
	}
	if r.says(n.i-1, "user", "admin", "administrator", "person", "employee", "colleague") {
		return Person
	}
	return Unsaid
}
