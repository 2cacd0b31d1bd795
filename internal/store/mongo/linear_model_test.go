package mongo_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"aoc"
	"aoc/internal/store"
)

// The models say what a store that is used by one caller at a time does. A history of calls
// is right when there is an order of them, in which none comes before one that had returned
// when it began, that the model agrees with. Families of keys, documents, registers under a
// lease and the order of the log have nothing to do with each other, so that each is judged
// on its own.

// action is what a call did to one model, with what it gave.
type action[S any] interface {
	// apply gives the states that the action may lead to; none when it cannot be.
	apply(s S) []S
}

// modelOf makes a model of states that are told apart by what print makes of them.
func modelOf[S any](start S, print func(S) string) porcupine.Model {
	type state struct {
		is   S
		text string
	}
	wrap := func(s S) any { return state{s, print(s)} }
	m := porcupine.NondeterministicModel{
		Init: func() []any { return []any{wrap(start)} },
		Step: func(s, input, _ any) []any {
			var next []any
			for _, n := range input.(action[S]).apply(s.(state).is) {
				next = append(next, wrap(n))
			}
			return next
		},
		Equal:             func(a, b any) bool { return a.(state).text == b.(state).text },
		DescribeState:     func(s any) string { return s.(state).text },
		DescribeOperation: func(input, _ any) string { return fmt.Sprintf("%T %+v", input, input) },
	}
	return m.ToModel()
}

// variant is one of the two keys of a family: the plain one, and one that an older rule
// would have made of the same id.
type variant int

const (
	plain variant = iota
	odd
)

// family is what is stored under both keys of an id.
type family struct {
	events [2]eventState
	// busy is the rewrite that is under way, 0 for none: its two parts become visible one
	// after the other, and nothing else is written between them.
	busy int
	done [2]bool
}

type version struct {
	seq     int64
	content string
}

// eventState is an event; one without versions is not there.
type eventState struct {
	versions []version // oldest first
	first    time.Time // when the first one arrived
	summary  string
	notes    store.Annotation
}

func (e eventState) there() bool { return len(e.versions) > 0 }

func (e eventState) shown() version { return e.versions[len(e.versions)-1] }

func (e eventState) has(content string) bool {
	return slices.ContainsFunc(e.versions, func(v version) bool { return v.content == content })
}

// view is what a reader sees of an event.
func (e eventState) view() string {
	if !e.there() {
		return "none"
	}
	return view(e.shown().seq, e.shown().content, len(e.versions)-1, e.first, e.summary, e.notes.Tags, e.notes.Comments, e.notes.Review)
}

func view(seq int64, content string, revisions int, first time.Time, summary string, tags []string, comments []aoc.Comment, review *aoc.Review) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s@%d +%d since %s %q %v", content, seq, revisions, first.Sub(someTime), summary, tags)
	for _, c := range comments {
		fmt.Fprintf(&b, " “%s”", c.Text)
	}
	if review != nil {
		fmt.Fprintf(&b, " %s by %s, edit %d", review.State, review.By, review.Edit)
	}
	return b.String()
}

// viewOf is the view of an event as a store gave it.
func viewOf(e *aoc.Event) string {
	content := contentOf(e.Raw)
	if e.Operation != operationOf(content) {
		return fmt.Sprintf("%s of another record: %s", e.Operation, content)
	}
	return view(e.Seq, content, e.Revisions, e.ReceivedAt, e.DisplaySummary, e.Tags, e.Comments, e.Review)
}

func (f family) print() string {
	return fmt.Sprintf("%d %v %v %v %d | %v %v %d", f.busy, f.done,
		f.events[plain].view(), f.events[plain].versions, f.events[plain].notes.ReviewEdit,
		f.events[odd].view(), f.events[odd].versions, f.events[odd].notes.ReviewEdit)
}

// with gives the family with another event under a key.
func (f family) with(v variant, e eventState) []family {
	f.events[v] = e
	return []family{f}
}

// If gives the family as it is, if that may be.
func (f family) only(ok bool) []family {
	if !ok {
		return nil
	}
	return []family{f}
}

type (
	// stored is an event that took a place of the log. how is -1 when the caller was not told.
	stored struct {
		key      variant
		content  string
		seq      int64
		received time.Time
		how      store.Outcome
	}
	// duplicated is one that did not.
	duplicated struct {
		key     variant
		content string
	}
	// edited are edits of one event, with the numbers of their records; 0 for none.
	edited struct {
		key   variant
		edits []aoc.Edit
		seqs  []int64
	}
	missed struct{ key variant }
	seen   struct {
		key  variant
		view string
	}
	history struct {
		key      variant
		versions []version
	}
	// derived is one of the two parts of a rewrite. Where it moves events, the first part is
	// that the event has the other's versions, the second that the other one is gone.
	derived struct {
		op, part int
		moves    bool
		to       variant
		summary  string
	}
)

func (a stored) apply(f family) []family {
	e := f.events[a.key]
	revision := e.there()
	if f.busy != 0 || e.has(a.content) || a.how == store.New && revision || a.how == store.Revision && !revision || revision && e.shown().seq >= a.seq {
		return nil
	}
	if !revision {
		e = eventState{first: a.received, notes: store.Annotation{Tags: []string{}}}
	}
	e.versions = append(slices.Clone(e.versions), version{a.seq, a.content})
	e.summary = plainSummary
	return f.with(a.key, e)
}

func (a duplicated) apply(f family) []family {
	return f.only(f.busy == 0 && f.events[a.key].has(a.content))
}

func (a edited) apply(f family) []family {
	e := f.events[a.key]
	if f.busy != 0 || !e.there() {
		return nil
	}
	e.notes.Tags, e.notes.Comments = slices.Clone(e.notes.Tags), slices.Clone(e.notes.Comments)
	for i := range a.edits {
		r, err := e.notes.Apply(&a.edits[i], a.seqs[i])
		if err != nil || (r != nil) != (a.seqs[i] != 0) {
			return nil
		}
	}
	return f.with(a.key, e)
}

func (a missed) apply(f family) []family { return f.only(!f.events[a.key].there()) }

func (a seen) apply(f family) []family { return f.only(f.events[a.key].view() == a.view) }

func (a history) apply(f family) []family {
	return f.only(slices.Equal(f.events[a.key].versions, a.versions))
}

func (a derived) apply(f family) []family {
	if f.busy != 0 && f.busy != a.op || f.done[a.part] || a.moves && a.part == 1 && !f.done[0] {
		return nil
	}
	f.busy, f.done[a.part] = a.op, true
	from := 1 - a.to
	switch {
	case !a.moves:
		f.events[a.part] = f.events[a.part].anew(a.summary)
	case a.part == 0:
		f.events[a.to] = joined(f.events[a.to], f.events[from]).anew(a.summary)
	default:
		f.events[from] = eventState{}
	}
	if f.done[1-a.part] {
		f.busy, f.done = 0, [2]bool{}
	}
	return []family{f}
}

func (e eventState) anew(summary string) eventState {
	if e.there() {
		e.summary = summary
	}
	return e
}

// joined makes one event of two: equal versions count once, the first arrival's time stays,
// so do all tags and comments, and the later review.
func joined(a, b eventState) eventState {
	if !a.there() || !b.there() {
		if a.there() {
			return a
		}
		return b
	}
	all := slices.Concat(a.versions, b.versions)
	slices.SortFunc(all, func(x, y version) int { return int(x.seq - y.seq) })
	var j eventState
	for _, v := range all {
		if !j.has(v.content) {
			j.versions = append(j.versions, v)
		}
	}
	j.first = a.first
	if b.first.Before(a.first) {
		j.first = b.first
	}
	j.notes.Tags = slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.notes.Tags, b.notes.Tags))))
	j.notes.Comments = slices.Concat(a.notes.Comments, b.notes.Comments)
	slices.SortFunc(j.notes.Comments, func(x, y aoc.Comment) int { return x.At.Compare(y.At) })
	j.notes.Review, j.notes.ReviewEdit = a.notes.Review, a.notes.ReviewEdit
	if b.notes.ReviewEdit > a.notes.ReviewEdit {
		j.notes.Review, j.notes.ReviewEdit = b.notes.Review, b.notes.ReviewEdit
	}
	return j
}

// paper is a document with a version.
type paper struct {
	version int64
	there   bool
	body    string
}

func (p paper) print() string { return fmt.Sprint(p.version, p.there, p.body) }

// writable says whether who has seen a version may write.
func (p paper) writable(seen int64) bool {
	return p.there && p.version == seen || !p.there && seen == 0
}

type (
	// put has the version that the caller saw and, unless it is 0, the one that it was given.
	put struct {
		saw, got int64
		body     string
	}
	dropped struct{ saw int64 }
	refused struct {
		saw  int64
		drop bool
	}
	gone   struct{}
	listed struct {
		version int64
		body    string
	}
)

func (a put) apply(p paper) []paper {
	next := paper{p.version + 1, true, a.body}
	if !p.writable(a.saw) || a.got != 0 && a.got != next.version {
		return nil
	}
	return []paper{next}
}

func (a dropped) apply(p paper) []paper {
	if !p.there || p.version != a.saw {
		return nil
	}
	return []paper{{version: p.version + 1}}
}

func (a refused) apply(p paper) []paper {
	if p.writable(a.saw) || a.drop && !p.there {
		return nil
	}
	return []paper{p}
}

func (gone) apply(p paper) []paper {
	if p.there {
		return nil
	}
	return []paper{p}
}

func (a listed) apply(p paper) []paper {
	if !p.there || p.version != a.version || p.body != a.body {
		return nil
	}
	return []paper{p}
}

// register is a checkpoint and the newest term of the lease that guards it.
type register struct {
	term  int64
	value string
}

func (r register) print() string { return fmt.Sprintf("%q in term %d", r.value, r.term) }

type (
	// took begins a term; maybe says that the caller was not told whether it did.
	took struct {
		term  int64
		maybe bool
	}
	// wrote writes under a term; 0 is none.
	wrote struct {
		value string
		term  int64
		maybe bool
	}
	fenced struct{ term int64 }
	read   struct{ value string }
)

func (a took) apply(r register) (next []register) {
	if a.maybe {
		next = append(next, r)
	}
	if a.term > r.term {
		next = append(next, register{a.term, r.value})
	}
	return next
}

func (a wrote) apply(r register) (next []register) {
	if a.maybe {
		next = append(next, r)
	}
	if a.term == 0 || a.term >= r.term {
		next = append(next, register{r.term, a.value})
	}
	return next
}

func (a fenced) apply(r register) []register {
	if a.term >= r.term {
		return nil
	}
	return []register{r}
}

func (a read) apply(r register) []register {
	if r.value != a.value {
		return nil
	}
	return []register{r}
}

// length is how far the log has come: the number of its newest entry that has been applied.
type length int64

func (n length) print() string { return fmt.Sprint(int64(n)) }

type (
	// advanced is a change of the log by an entry.
	advanced struct{ n int64 }
	// measured is what a caller was told who asked for how much there is; it holds in the
	// states after the entries from first to last.
	measured struct{ first, last int64 }
)

func (a advanced) apply(n length) []length {
	if int64(n) != a.n-1 {
		return nil
	}
	return []length{length(a.n)}
}

func (a measured) apply(n length) []length {
	if int64(n) < a.first || int64(n) > a.last {
		return nil
	}
	return []length{n}
}
