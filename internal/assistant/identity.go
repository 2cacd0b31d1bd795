package assistant

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"aoc"
	"aoc/internal/assistant/question"
)

// identity is an object that events name, and all the ways in which they do.
type identity struct {
	thing question.Thing
	name  string // as people know it
	// upns, names and ids are exactly as events have them.
	upns, names, ids []string
	score            int
}

// display is what to call it.
func (d identity) display() string {
	switch {
	case d.name != "" && len(d.upns) > 0 && d.name != d.upns[0]:
		return d.name + " (" + d.upns[0] + ")"
	case d.name != "":
		return d.name
	case len(d.upns) > 0:
		return d.upns[0]
	case len(d.ids) > 0:
		return d.ids[0]
	}
	return ""
}

// values are what stands for it in a field.
func (d identity) values() []string {
	return slices.Concat(d.upns, d.ids, d.names)
}

// thingOf is the kind of thing that a target's type means; "?" for what is not looked up by
// name unless somebody says so.
func thingOf(kind string) question.Thing {
	low := strings.ToLower(kind)
	switch {
	case low == "user" || low == "mailbox" || low == "casmailbox":
		return question.Person
	case strings.Contains(low, "group"):
		return question.Group
	case low == "application" || low == "serviceprincipal" || low == "app" || low == "service principal":
		return question.App
	case low == "team":
		return question.Team
	case low == "role":
		return question.RoleOf
	case low == "web" || low == "site":
		return question.Site
	case low == "file" || low == "page" || low == "list" || low == "folder" || low == "message" || low == "chat" || low == "field" || low == "data" || low == "alert" || low == "investigation" || low == "pdf":
		return question.File
	case strings.Contains(low, "policy") || strings.Contains(low, "configuration") || strings.Contains(low, "rule") || low == "mobileapp" || strings.Contains(low, "profile"):
		return question.Policy
	case strings.Contains(low, "device"):
		return question.Device
	}
	return question.Unsaid
}

// objectsOf gives the objects that an event names.
func objectsOf(e *aoc.Event) []identity {
	actor := identity{thing: question.Person, name: e.Actor.Name}
	if e.ActorKind != aoc.ActorPerson {
		actor.thing = question.App
	}
	actor.add(e.Actor.UPN, e.Actor.Name, e.Actor.ID)
	if e.Actor.UPN == "" && e.Actor.ID == "" || actor.thing == question.App {
		actor.add("", e.ActorDisplay, "")
	}
	if actor.name == "" && actor.thing == question.App {
		actor.name = e.ActorDisplay
	}
	list := []identity{actor}
	for _, t := range e.Targets {
		d := identity{thing: thingOf(t.Type), name: t.Name}
		if d.thing == question.Unsaid && t.UPN != "" {
			d.thing = question.Person
		}
		if d.thing != question.Person && t.UPN != "" { // the principal name is that of somebody else
			list = append(list, identity{thing: question.Person, upns: []string{t.UPN}})
			d.add("", t.Name, t.ID)
		} else {
			d.add(t.UPN, t.Name, t.ID)
		}
		if strings.Contains(d.name, "@") && d.thing == question.Person {
			d.name = ""
		}
		list = append(list, d)
	}
	return list
}

// add adds ways to name it.
func (d *identity) add(upn, name, id string) {
	put := func(list *[]string, v string) {
		if v != "" && !slices.ContainsFunc(*list, func(x string) bool { return strings.EqualFold(x, v) }) {
			*list = append(*list, v)
		}
	}
	put(&d.upns, upn)
	put(&d.names, name)
	put(&d.ids, id)
}

// same reports whether two identities are known to be one: they share an id or principal
// name, or are things other than people of one kind and name.
func (d *identity) same(o identity) bool {
	share := func(a, b []string) bool {
		return slices.ContainsFunc(a, func(x string) bool {
			return slices.ContainsFunc(b, func(y string) bool { return strings.EqualFold(x, y) })
		})
	}
	if share(d.upns, o.upns) || share(d.ids, o.ids) {
		return true
	}
	if d.thing == question.Person && o.thing == question.Person {
		// A mailbox is named by the part of the principal name before the @, or by a name
		// that events without principal name have.
		for _, n := range o.names {
			if len(o.upns) == 0 && slices.ContainsFunc(d.upns, func(u string) bool { return strings.EqualFold(localPart(u), n) || strings.EqualFold(u, n) }) {
				return true
			}
		}
		return false
	}
	return d.thing == o.thing && share(d.names, o.names)
}

// merge takes over what another identity knows.
func (d *identity) merge(o identity) {
	for _, u := range o.upns {
		d.add(u, "", "")
	}
	for _, n := range o.names {
		d.add("", n, "")
	}
	for _, i := range o.ids {
		d.add("", "", i)
	}
	if d.name == "" {
		d.name = o.name
	}
	d.score = max(d.score, o.score)
}

func localPart(upn string) string {
	local, _, _ := strings.Cut(upn, "@")
	return local
}

// mailOf gives the address of a guest's principal name, ada_partner.example#EXT#@…; else the
// name itself.
func mailOf(upn string) string {
	low := strings.ToLower(upn)
	n := strings.Index(low, "#ext#")
	if n < 0 {
		return low
	}
	low = low[:n]
	if at := strings.LastIndexByte(low, '_'); at >= 0 {
		return low[:at] + "@" + low[at+1:]
	}
	return low
}

var letters = strings.NewReplacer("ł", "l", "ø", "o", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i", "đ", "d", "ð", "d", "þ", "th", "’", "", "'", "") //nolint:gochecknoglobals // read-only

// folded gives a text in lower case without marks on its letters.
func folded(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return letters.Replace(b.String())
}

// wordsOf splits a text into folded words.
func wordsOf(s string) []string {
	return strings.FieldsFunc(folded(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// How well a name fits what somebody wrote.
const (
	noFit    = iota
	nearFit  // a letter off
	partFit  // the beginning of its words
	wordsFit // some of its words
	wholeFit
)

// fit tells how well an identity is meant by a text.
func (d identity) fit(text string) int {
	best := noFit
	for _, v := range d.ids {
		if strings.EqualFold(v, text) {
			return wholeFit
		}
	}
	for _, u := range d.upns {
		best = max(best, fitAddress(u, text))
	}
	for _, n := range append([]string{d.name}, d.names...) {
		best = max(best, fitName(n, text))
	}
	return best
}

// fitAddress tells how well a principal name is meant by a text: itself, the part before the
// @, its words, or the beginning of it.
func fitAddress(upn, text string) int {
	low, mail, want := strings.ToLower(upn), mailOf(upn), strings.ToLower(text)
	if low == want || mail == want {
		return wholeFit
	}
	if local, domain, ok := strings.Cut(want, "@"); ok {
		mine, host, _ := strings.Cut(mail, "@")
		switch {
		case domain != "" && !strings.HasPrefix(host, domain):
			return noFit
		case mine == local:
			return wholeFit
		case slices.Contains(strings.FieldsFunc(mine, func(r rune) bool { return r == '.' || r == '_' || r == '-' }), local):
			return wordsFit
		case strings.HasPrefix(mine, local):
			return partFit
		}
		return noFit
	}
	local := localPart(mail)
	if local == want {
		return wholeFit
	}
	return min(fitName(strings.NewReplacer(".", " ", "_", " ", "-", " ").Replace(local), text), wordsFit)
}

// fitName tells how well a name is meant by a text.
func fitName(name, text string) int {
	mine, want := wordsOf(name), wordsOf(text)
	if len(want) == 0 || len(mine) == 0 {
		if name != "" && strings.EqualFold(name, text) {
			return wholeFit
		}
		return noFit
	}
	if slices.Equal(mine, want) || strings.Join(mine, "") == strings.Join(want, "") {
		return wholeFit
	}
	all := func(ok func(a, b string) bool) bool {
		at := 0
		for _, w := range want {
			found := false
			for ; at < len(mine) && !found; at++ {
				found = ok(mine[at], w)
			}
			if !found {
				return false
			}
		}
		return true
	}
	backward := func(ok func(a, b string) bool) bool { // Lovelace, Ada
		return len(want) == 2 && len(mine) == 2 && ok(mine[0], want[1]) && ok(mine[1], want[0])
	}
	either := func(ok func(a, b string) bool) bool { return all(ok) || backward(ok) }
	switch {
	case either(func(a, b string) bool { return a == b }):
		return wordsFit
	case either(func(a, b string) bool { return strings.HasPrefix(a, b) && (len(b) >= 3 || len(want) > 1) }):
		return partFit
	case either(near):
		return nearFit
	}
	return noFit
}

// near reports whether two words are at most a letter apart, two when they are long.
func near(a, b string) bool {
	if a == b {
		return true
	}
	most := 0
	switch n := len([]rune(b)); {
	case n >= 9:
		most = 2
	case n >= 4:
		most = 1
	}
	return question.Distance(a, b) <= most
}
