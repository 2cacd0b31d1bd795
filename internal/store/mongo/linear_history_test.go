package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/mongo"
)

// call is a call of a store, as its caller saw it.
type call struct {
	id, process  int
	began, ended time.Duration // by the machine's monotonic clock
	err          error
	asked        any
	// tries are the entries that it wanted to commit, of which the last may have been.
	tries []mongo.Step
}

// What was asked of a store, and what it gave.
type (
	askedAppend struct {
		events   []aoc.Event
		outcomes []store.Outcome
	}
	askedAnnotate struct {
		edits   []aoc.Edit
		records []aoc.EditRecord
	}
	askedRewrite struct {
		moves   bool
		to      variant
		summary string
	}
	askedGet struct {
		key   string
		event aoc.Event
	}
	askedVersions struct {
		key      string
		versions []store.Version
	}
	askedReadLog struct{ events []aoc.Event }
	askedPut     struct {
		document store.Document
		got      store.Document
	}
	askedDrop  struct{ document store.Document }
	askedList  struct{ documents []store.Document }
	askedLease struct{ term int64 } // 0: another process has it
	askedWrite struct {
		value string
		term  int64
	}
	askedRead struct{ value string }
	askedSize struct{ size int64 }
	askedTree struct {
		size int64
		root [32]byte
	}
	askedEdits struct{ records []aoc.EditRecord }
)

// recorder writes down all calls of a schedule.
type recorder struct {
	began time.Time
	mu    sync.Mutex
	calls []*call
}

type callKey struct{}

// do makes a call and writes it down.
func (r *recorder) do(ctx context.Context, process int, asked any, f func(ctx context.Context, id int) error) error {
	c := &call{process: process, asked: asked}
	r.mu.Lock()
	r.calls = append(r.calls, c)
	c.id = len(r.calls)
	r.mu.Unlock()
	c.began = time.Since(r.began)
	c.err = f(context.WithValue(ctx, callKey{}, c), c.id)
	c.ended = time.Since(r.began)
	return c.err
}

// tried notes the entry that the call of a context is about to commit.
func tried(ctx context.Context, s mongo.Step) {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		c.tries = append(c.tries, s)
	}
}

// judge is what tells right histories from wrong ones.
type judge struct {
	entries  []logEntry
	byNonce  map[string]*logEntry
	records  map[string]aoc.EditRecord // of edits, by who made them
	families map[string]place          // by key
	faults   []string

	histories map[string][]porcupine.Operation // by what they are about
	models    map[string]porcupine.Model
}

// place says which key of a family a key is.
type place struct {
	family string
	key    variant
}

func (j *judge) fault(format string, args ...any) {
	j.faults = append(j.faults, fmt.Sprintf(format, args...))
}

// add puts an action of a call into the history of what it is about.
func add[S any](j *judge, about string, start S, print func(S) string, c *call, committed bool, a action[S]) {
	if _, known := j.models[about]; !known {
		j.models[about] = modelOf(start, print)
	}
	ended := int64(c.ended)
	if c.err != nil && committed {
		ended = math.MaxInt64 // it has been applied by somebody, at any time
	}
	j.histories[about] = append(j.histories[about], porcupine.Operation{ClientId: c.process, Input: a, Call: int64(c.began), Return: ended})
}

func (j *judge) family(c *call, committed bool, name string, a action[family]) {
	add(j, "family "+name, family{}, family.print, c, committed, a)
}

func (j *judge) paper(c *call, committed bool, id string, a action[paper]) {
	add(j, "document "+id, paper{}, paper.print, c, committed, a)
}

func (j *judge) register(c *call, a action[register]) {
	add(j, "register", register{}, register.print, c, c.err != nil, a)
}

func (j *judge) length(c *call, committed bool, a action[length]) {
	add(j, "log", length(0), length.print, c, committed, a)
}

// check judges the calls of a schedule and gives what is wrong with them.
func (j *judge) check(calls []*call) []string {
	j.histories, j.models = map[string][]porcupine.Operation{}, map[string]porcupine.Model{}
	owners := map[string]bool{}
	for _, c := range calls {
		e := j.committed(c)
		if e != nil {
			owners[e.Nonce] = true
			j.length(c, true, advanced{e.N})
		}
		if c.err != nil && aoc.CodeOf(c.err) == aoc.CodeInternal && !errors.Is(c.err, errDied) && !errors.Is(c.err, context.Canceled) {
			j.fault("call %d %T: %v (%v)", c.id, c.asked, c.err, errors.Unwrap(c.err))
		}
		if e == nil && c.err != nil && !told(c.err) && !ledger(c.asked) {
			continue // nothing has happened, and nothing was said
		}
		j.judge(c, e)
	}
	for _, e := range j.entries {
		if !owners[e.Nonce] {
			j.fault("entry %d was written by nobody", e.N)
		}
	}
	for about, h := range j.histories {
		const patience = 20 * time.Second
		if got := porcupine.CheckOperationsTimeout(j.models[about], h, patience); got != porcupine.Ok {
			j.fault("%s: %s\n%s", about, got, describe(h))
		}
	}
	return j.faults
}

// told reports whether an error is an answer: nothing was changed, for a reason.
func told(err error) bool {
	code := aoc.CodeOf(err)
	return code == aoc.CodeNotFound || code == aoc.CodeConflict
}

// ledger reports whether what was asked for is in the other log, which is cut.
func ledger(asked any) bool {
	switch asked.(type) {
	case *askedLease, *askedWrite:
		return true
	}
	return false
}

// committed finds the entry that a call has committed.
func (j *judge) committed(c *call) *logEntry {
	var found *logEntry
	for _, s := range c.tries {
		e := j.byNonce[s.Nonce]
		if e == nil {
			continue
		}
		if found != nil {
			j.fault("call %d %T committed entries %d and %d", c.id, c.asked, found.N, e.N)
		}
		found = e
	}
	return found
}

func (j *judge) judge(c *call, e *logEntry) {
	switch a := c.asked.(type) {
	case *askedAppend:
		j.append(c, a, e)
	case *askedAnnotate:
		j.annotate(c, a, e)
	case *askedRewrite:
		j.rewrite(c, a, e)
	case *askedGet:
		at := j.families[a.key]
		if c.err != nil {
			j.family(c, false, at.family, missed{at.key})
			return
		}
		j.family(c, false, at.family, seen{at.key, viewOf(&a.event)})
	case *askedVersions:
		j.versions(c, a)
	case *askedReadLog:
		for i := range a.events {
			at := j.families[a.events[i].Key]
			j.family(c, false, at.family, seen{at.key, viewOf(&a.events[i])})
		}
	case *askedPut:
		j.put(c, a, e)
	case *askedDrop:
		j.drop(c, a, e)
	case *askedList:
		for _, d := range a.documents {
			j.paper(c, false, d.ID, listed{d.Version, string(d.Body)})
		}
	case *askedLease:
		j.lease(c, a)
	case *askedWrite:
		j.write(c, a)
	case *askedRead:
		j.register(c, read{a.value})
	case *askedSize:
		j.measured(c, "places", a.size, func(e logEntry) bool { return e.Size == a.size })
	case *askedTree:
		j.measured(c, "leaves", a.size, func(e logEntry) bool { return e.Size == a.size })
	case *askedEdits:
		j.edits(c, a)
	}
}

func (j *judge) append(c *call, a *askedAppend, e *logEntry) {
	seqs := map[string]int64{}
	if e != nil {
		for i, key := range e.Keys {
			seqs[key] = e.Size - int64(len(e.Keys)) + 1 + int64(i)
		}
	}
	for i := range a.events {
		ev := &a.events[i]
		at, how := j.families[ev.Key], store.Outcome(-1)
		if c.err == nil {
			how = a.outcomes[i]
		}
		seq, placed := seqs[ev.Key]
		if c.err == nil && placed == (how == store.Duplicate) {
			j.fault("call %d: outcome %d, placed %v", c.id, how, placed)
		}
		if placed {
			j.family(c, e != nil, at.family, stored{at.key, contentOf(ev.Raw), seq, ev.ReceivedAt, how})
		} else {
			j.family(c, e != nil, at.family, duplicated{at.key, contentOf(ev.Raw)})
		}
	}
}

func (j *judge) annotate(c *call, a *askedAnnotate, e *logEntry) {
	if e == nil && c.err != nil { // not found
		if len(a.edits) == 1 {
			at := j.families[a.edits[0].Key]
			j.family(c, false, at.family, missed{at.key})
		}
		return
	}
	byKey := map[string]*edited{}
	var keys []string
	given := map[int64]bool{}
	for _, r := range a.records {
		given[r.Seq] = true
	}
	for i := range a.edits {
		edit := &a.edits[i]
		if byKey[edit.Key] == nil {
			byKey[edit.Key] = &edited{key: j.families[edit.Key].key}
			keys = append(keys, edit.Key)
		}
		seq := j.records[edit.By].Seq
		if c.err == nil && (seq != 0) != given[seq] {
			j.fault("call %d: edit %d has the record %d, the caller was told of %v", c.id, i, seq, a.records)
		}
		byKey[edit.Key].edits = append(byKey[edit.Key].edits, *edit)
		byKey[edit.Key].seqs = append(byKey[edit.Key].seqs, seq)
	}
	for _, key := range keys {
		j.family(c, e != nil, j.families[key].family, *byKey[key])
	}
}

func (j *judge) rewrite(c *call, a *askedRewrite, e *logEntry) {
	if e == nil {
		return // there were no events
	}
	names := map[string]bool{}
	for _, at := range j.families {
		names[at.family] = true
	}
	for name := range names {
		for part := range 2 {
			j.family(c, true, name, derived{c.id, part, a.moves, a.to, a.summary})
		}
	}
}

func (j *judge) versions(c *call, a *askedVersions) {
	at := j.families[a.key]
	if c.err != nil {
		j.family(c, false, at.family, missed{at.key})
		return
	}
	h := history{key: at.key}
	for _, v := range a.versions {
		h.versions = append(h.versions, version{v.Seq, contentOf(v.Raw)})
	}
	j.family(c, false, at.family, h)
}

func (j *judge) put(c *call, a *askedPut, e *logEntry) {
	d := a.document
	switch {
	case e != nil:
		j.paper(c, true, d.ID, put{d.Version, a.got.Version, string(d.Body)})
	case aoc.CodeOf(c.err) == aoc.CodeConflict:
		j.paper(c, false, d.ID, refused{d.Version, false})
	default:
		j.fault("call %d: a document was put and is in no entry: %v", c.id, c.err)
	}
}

func (j *judge) drop(c *call, a *askedDrop, e *logEntry) {
	d := a.document
	switch {
	case e != nil:
		j.paper(c, true, d.ID, dropped{d.Version})
	case aoc.CodeOf(c.err) == aoc.CodeConflict:
		j.paper(c, false, d.ID, refused{d.Version, true})
	case aoc.CodeOf(c.err) == aoc.CodeNotFound:
		j.paper(c, false, d.ID, gone{})
	default:
		j.fault("call %d: a document was dropped and is in no entry: %v", c.id, c.err)
	}
}

func (j *judge) lease(c *call, a *askedLease) {
	switch {
	case a.term != 0:
		j.register(c, took{a.term, false})
	case len(c.tries) > 0:
		j.register(c, took{c.tries[0].Terms[leaseName], true})
	}
}

func (j *judge) write(c *call, a *askedWrite) {
	switch {
	case aoc.CodeOf(c.err) == aoc.CodeConflict:
		j.register(c, fenced{a.term})
	case c.err == nil || len(c.tries) > 0:
		j.register(c, wrote{a.value, a.term, c.err != nil})
	}
}

// measured holds that the log had a state that answers the question.
func (j *judge) measured(c *call, what string, n int64, is func(e logEntry) bool) {
	m := measured{first: -1}
	for i, e := range append([]logEntry{{}}, j.entries...) {
		if is(e) {
			if m.first < 0 {
				m.first = int64(i)
			}
			m.last = int64(i)
		}
	}
	if m.first < 0 {
		j.fault("call %d: there never were %d %s", c.id, n, what)
		return
	}
	j.length(c, false, m)
}

func (j *judge) edits(c *call, a *askedEdits) {
	n := int64(len(a.records))
	for i, r := range a.records {
		if want := j.records[r.By]; r.Seq != int64(i)+1 || want.Seq != r.Seq || string(want.After) != string(r.After) {
			j.fault("call %d: record %d is %+v; want %+v", c.id, i+1, r, want)
		}
	}
	j.measured(c, "edits", n, func(e logEntry) bool { return e.Edits == n })
}

// describe lists a history, by when calls began.
func describe(h []porcupine.Operation) string {
	h = slices.SortedFunc(slices.Values(h), func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var b strings.Builder
	for _, o := range h {
		until := "…"
		if o.Return != math.MaxInt64 {
			until = strconv.FormatInt(o.Return/1000, 10)
		}
		fmt.Fprintf(&b, "  process %d, %d to %s µs: %T %+v\n", o.ClientId, o.Call/1000, until, o.Input, o.Input)
	}
	return b.String()
}
