package question

import (
	"slices"
	"strings"
	"sync"

	"aoc"
	"aoc/internal/query"
)

// action is what can be done to something.
type action string

// The actions.
const (
	create   action = "create"
	remove   action = "delete"
	update   action = "update"
	change   action = "change" // of any kind
	disable  action = "disable"
	enable   action = "enable"
	restore  action = "restore"
	reset    action = "reset"
	view     action = "view"
	download action = "download"
	upload   action = "upload"
	share    action = "share"
	send     action = "send"
	move     action = "move"
	rename   action = "rename"
	invite   action = "invite"
	activate action = "activate"
	assign   action = "assign"
	wipe     action = "wipe"
	retire   action = "retire"
	syncing  action = "sync"
	restart  action = "restart"
	rotate   action = "rotate"
	lock     action = "lock"
	unlock   action = "unlock"
	register action = "register"
	release  action = "release"
	run      action = "run"
	export   action = "export"
	accept   action = "accept"
)

// object is a kind of thing that events are about, and the conditions, in the query
// language, that find them.
type object struct {
	name string // as people say it
	// phrases are what it is called, in basic forms, with | between.
	phrases string
	// any finds all events about it, acts those of an action.
	any  string
	acts map[action]string
	// generic objects give way to others in the same question: "the account's MFA".
	generic bool
	// becomes names the object that it is, when something is put into or taken out of it.
	becomes string
	// thing is the kind of name that it says a name near it is.
	thing Thing
	// alone needs an action to be a topic.
	alone bool
}

// ops writes the condition for operations: patterns where there is a *, separated by |.
func ops(list string) string {
	var terms, exact []string
	for _, op := range strings.Split(list, "|") {
		if !strings.Contains(op, "*") {
			exact = append(exact, op)
			continue
		}
		var b strings.Builder
		for i, piece := range strings.Split(op, "*") {
			if i > 0 {
				b.WriteByte('*')
			}
			if piece != "" {
				b.WriteString(query.Quote(piece))
			}
		}
		terms = append(terms, "operation:"+b.String())
	}
	if len(exact) > 0 {
		terms = append(terms, query.Term(aoc.FieldOperation, exact...))
	}
	return strings.Join(terms, " OR ")
}

// conditions are those that were read before, by their text.
var conditions sync.Map //nolint:gochecknoglobals // of the tables, which do not change

// condition reads a condition of the tables, which are ours.
func condition(text string) aoc.Expr {
	if x, ok := conditions.Load(text); ok {
		return x.(aoc.Expr) //nolint:forcetypeassert // nothing else is put there
	}
	x, err := query.Parse(text, query.Options{})
	if err != nil {
		panic("question: " + text + ": " + err.Error())
	}
	conditions.Store(text, x)
	return x
}

// anyOf holds when one of the conditions does; each counts once.
func anyOf(texts []string) aoc.Expr {
	texts = slices.Compact(slices.Sorted(slices.Values(texts)))
	if len(texts) == 1 {
		return condition(texts[0])
	}
	or := make(aoc.Or, len(texts))
	for i, t := range texts {
		or[i] = condition(t)
	}
	return or
}

// phrase is a way to say something.
type phrase struct {
	words []string
	match match
}

// The kinds of what is said.
const (
	isObject = iota
	isAction
	isResult
	isActorKind
	isWorkload
	isReview
	isChanges
	isRole
	isExtra
	isOperation
	isPlace
)

// match is something that a phrase stands for.
type match struct {
	kind   int
	object *object
	act    action
	value  string   // of a result, kind of actor, workload …
	where  string   // a further condition
	says   string   // its meaning
	expr   aoc.Expr // a condition made of the question
	i, j   int      // its tokens
	not    bool
	plural bool
	strong bool // an action that is meant, whatever its word is
	paired bool // an object of two words
}

// book is all phrases, by first word, longest first, and every word there is.
type book struct {
	by    map[string][]phrase
	words map[string]bool
}

var theBook = sync.OnceValue(func() *book { //nolint:gochecknoglobals // made once
	b := &book{by: map[string][]phrase{}, words: map[string]bool{}}
	add := func(list string, m match) {
		for _, p := range strings.Split(list, "|") {
			words := strings.Fields(p)
			if len(words) == 0 {
				continue
			}
			b.by[words[0]] = append(b.by[words[0]], phrase{words, m})
			for _, w := range words {
				b.words[w] = true
			}
		}
	}
	for i := range objects {
		add(objects[i].phrases, match{kind: isObject, object: &objects[i]})
	}
	for a, list := range actionPhrases {
		add(list, match{kind: isAction, act: a})
	}
	for _, e := range extras {
		add(e.phrases, e.match)
	}
	for _, role := range roleNames {
		add(role.phrases, match{kind: isRole, value: role.name})
	}
	for _, w := range strings.Fields(grammarWords) {
		b.words[w] = true
	}
	for w := range unitWords {
		b.words[w] = true
	}
	for w := range irregular {
		b.words[w] = true
	}
	for w := range weekdays {
		b.words[w] = true
	}
	for _, list := range b.by {
		slices.SortStableFunc(list, func(x, y phrase) int { return len(y.words) - len(x.words) })
	}
	return b
})

// known reports whether one of the forms of a word means something.
func known(forms []string) bool {
	b := theBook()
	return slices.ContainsFunc(forms, func(f string) bool { return b.words[f] })
}

// objectNamed finds an object of the table.
func objectNamed(name string) *object {
	for i := range objects {
		if objects[i].name == name {
			return &objects[i]
		}
	}
	return nil
}
