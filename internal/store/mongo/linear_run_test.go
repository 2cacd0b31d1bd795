package mongo_test

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
)

// What schedules are about: few things, so that everybody wants the same.
const (
	leaseName  = "work"
	checkpoint = "position"
	documents  = "saved"
	families   = 3
	contents   = 5 // of each event, some of them large
	papers     = 2
)

// schedule is a run of several processes on one database, with what goes wrong.
type schedule struct {
	t     *testing.T
	fleet fleet
	seed  uint64
	flaw  flaw
	recorder
	news  *news
	slots []*slot
	// families says which keys there are.
	families map[string]place
	// rates are the chances that a process sleeps or dies at a step, or sleeps at a command.
	sleeps, dies, dozes float64

	mu     sync.Mutex
	holds  map[int64]string // who has had a term of the lease
	faults []string
	deaths int
	closed sync.WaitGroup // of processes that died

	entries int // of the log, at the end
}

// flaw breaks processes, to see whether that is found.
type flaw struct {
	store func(s *mongo.Store) // after it was opened
	// unfenced forgets fences.
	unfenced bool
}

// slot is a place for a process: when one has died, another may take it.
type slot struct {
	index int
	mu    sync.Mutex
	now   *process // nil: nobody takes the place
}

func (s *slot) process() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// process is a store with a network and a clock of its own.
type process struct {
	s     *schedule
	slot  *slot
	name  string
	proxy *mongotest.Proxy
	store *mongo.Store
	ctx   context.Context
	end   context.CancelFunc
	dead  atomic.Bool

	mu    sync.Mutex
	rng   *rand.Rand
	terms []int64 // that it has had
}

// news counts what is committed, and lets others wait for it.
type news struct {
	mu    sync.Mutex
	count int
	more  chan struct{}
}

func (n *news) add() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count++
	close(n.more)
	n.more = make(chan struct{})
}

func (n *news) look() (int, chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.count, n.more
}

// wait returns after so many commits, or when the time is over.
func (n *news) wait(ctx context.Context, commits int, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	until, _ := n.look()
	until += commits
	for {
		now, more := n.look()
		if now >= until {
			return
		}
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

// run lets the processes do their work, and returns when all have.
func (s *schedule) run() {
	rng := rand.New(rand.NewPCG(s.seed, 0))
	const workers, calls = 2, 9
	for i := range 2 + rng.IntN(3) {
		s.slots = append(s.slots, &slot{index: i})
		s.start(s.slots[i], rng.Uint64())
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	var chaos, work sync.WaitGroup
	chaos.Go(func() { s.chaos(ctx, rand.New(rand.NewPCG(s.seed, 1))) })
	for _, slot := range s.slots {
		for range workers {
			w := &worker{s: s, slot: slot, rng: rand.New(rand.NewPCG(s.seed, rng.Uint64()))}
			work.Go(func() {
				for range calls {
					w.one()
				}
			})
		}
	}
	work.Wait()
	cancel()
	chaos.Wait()
	for _, slot := range s.slots {
		if p := slot.process(); p != nil {
			p.proxy.Restore()
			s.closed.Go(func() { _ = p.store.Close() })
		}
	}
	s.closed.Wait()
}

// start puts a process into a slot.
func (s *schedule) start(slot *slot, seed uint64) {
	rng := rand.New(rand.NewPCG(s.seed, seed))
	p := &process{s: s, slot: slot, name: fmt.Sprintf("%d-%x", slot.index, seed&0xffff), proxy: mongotest.NewProxy(s.t, s.fleet.uri), rng: rng}
	p.ctx, p.end = context.WithCancel(s.t.Context())
	// A beat and its absence take milliseconds instead of seconds, and not as many with
	// each process.
	clock := fastClock{factor: 8 + 40*rng.Float64(), offset: time.Duration(rng.IntN(2000)-1000) * time.Hour, began: time.Now()}
	opts := mongo.Options{Database: s.fleet.database, Process: p.name, Clock: clock, Timeout: 3 * time.Second}
	opts = mongo.WithCommands(mongo.WithStep(opts, p.step), p.command)
	store, err := mongo.Open(s.t.Context(), p.proxy.URI(), opts)
	if err != nil {
		s.t.Errorf("open: %v", err)
		return
	}
	p.store = store
	if s.flaw.store != nil {
		s.flaw.store(store)
	}
	slot.mu.Lock()
	defer slot.mu.Unlock()
	slot.now = p
}

// roll tells whether something with a chance happens, and a number from 0 to n-1.
func (p *process) roll(chance float64, n int) (bool, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rng.Float64() < chance, p.rng.IntN(n)
}

// longest is how long a process sleeps at most.
const longest = 300 * time.Millisecond

// step is called between the steps of changes.
func (p *process) step(ctx context.Context, s mongo.Step) error {
	switch s.Point {
	case "commit":
		tried(ctx, s)
	case "apply":
		p.s.news.add()
	}
	if p.dead.Load() {
		return errDied
	}
	if dies, _ := p.roll(p.s.dies, 1); dies {
		p.die()
		return errDied
	}
	if sleeps, commits := p.roll(p.s.sleeps, 12); sleeps {
		p.s.news.wait(p.ctx, 1+commits, longest)
	}
	return nil
}

// command is called before every command.
func (p *process) command(_ context.Context, command string) {
	switch command {
	case "find", "insert", "update", "delete":
		if p.store == nil { // it is being opened
			return
		}
		if dozes, commits := p.roll(p.s.dozes, 4); dozes {
			p.s.news.wait(p.ctx, 1+commits, longest)
		}
	}
}

// die ends the process as a crash does; another one may take its place.
func (p *process) die() {
	if p.dead.Swap(true) {
		return
	}
	p.s.mu.Lock()
	p.s.deaths++
	p.s.mu.Unlock()
	p.slot.mu.Lock()
	p.slot.now = nil
	p.slot.mu.Unlock()
	p.proxy.Refuse()
	p.end()
	p.s.closed.Go(func() { _ = p.store.Close() })
	_, seed := p.roll(0, 1<<30)
	if seed%4 != 0 {
		p.s.start(p.slot, uint64(seed))
	}
}

// chaos cuts processes off from the server now and then.
func (s *schedule) chaos(ctx context.Context, rng *rand.Rand) {
	hard := rng.IntN(4) == 0 // once: it takes a driver half a second to come back
	for (aoc.SystemClock{}).Sleep(ctx, time.Duration(50+rng.IntN(150))*time.Millisecond) == nil {
		p := s.slots[rng.IntN(len(s.slots))].process()
		if p == nil {
			continue
		}
		if hard {
			hard = false
			p.proxy.Drop()
			continue
		}
		p.proxy.Hold()
		s.news.wait(ctx, 1+rng.IntN(10), time.Duration(20+rng.IntN(200))*time.Millisecond)
		p.proxy.Restore()
	}
}

// worker makes calls in a process.
type worker struct {
	s    *schedule
	slot *slot
	rng  *rand.Rand

	seen  [papers]int64 // versions of documents
	edits []int64       // numbers of edits of reviews
}

// one makes a call, if there is a process.
func (w *worker) one() {
	p := w.slot.process()
	if p == nil {
		w.s.news.wait(w.s.t.Context(), 1, longest)
		return
	}
	calls := []struct {
		weight int
		make   func(p *process)
	}{
		{8, w.append}, {6, w.annotate}, {2, w.rewrite}, {3, w.get}, {1, w.readLog}, {4, w.paper}, {5, w.lease}, {6, w.write}, {2, w.read}, {2, w.measure},
	}
	total := 0
	for _, c := range calls {
		total += c.weight
	}
	n := w.rng.IntN(total)
	for _, c := range calls {
		if n -= c.weight; n < 0 {
			c.make(p)
			return
		}
	}
}

// familyEvent makes an event of a family.
func familyEvent(family int, v variant, content string, received time.Time) aoc.Event {
	e := event(fmt.Sprint("f", family), content)
	if v == odd {
		e = rekeyed(e, odd)
	}
	e.ReceivedAt, e.Operation, e.DisplaySummary = received, operationOf(content), plainSummary
	raw := map[string]string{"Id": e.ID, "content": content}
	if strings.HasPrefix(content, "large") {
		sum := sha512.Sum512([]byte(content))
		for len(raw["noise"]) < 1000 {
			raw["noise"] += hex.EncodeToString(sum[:])
			sum = sha512.Sum512(sum[:])
		}
	}
	e.Raw, _ = json.Marshal(raw)
	return e
}

const (
	plainSummary = "as it came"
	oddSuffix    = "/an older rule"
)

// rekeyed gives an event another of the two keys of its family.
func rekeyed(e aoc.Event, v variant) aoc.Event {
	e.DedupeKey = strings.TrimSuffix(e.DedupeKey, oddSuffix)
	if v == odd {
		e.DedupeKey += oddSuffix
	}
	e.Key = aoc.KeyOf(e.DedupeKey)
	return e
}

func operationOf(content string) string { return "Set " + content }

func contentOf(raw []byte) string {
	var r struct{ Content string }
	_ = json.Unmarshal(raw, &r)
	return r.Content
}

func contentName(n int) string {
	if n%3 == 2 {
		return fmt.Sprint("large ", n)
	}
	return fmt.Sprint("small ", n)
}

// variantOf chooses a key: mostly the plain one.
func (w *worker) variant() variant {
	if w.rng.IntN(3) == 0 {
		return odd
	}
	return plain
}

func (w *worker) key() string {
	e := familyEvent(w.rng.IntN(families), w.variant(), "", someTime)
	return e.Key
}

func (w *worker) append(p *process) {
	a := &askedAppend{}
	_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, id int) (err error) {
		for _, f := range w.rng.Perm(families)[:1+w.rng.IntN(families)] {
			at := someTime.Add(time.Duration(id) * time.Millisecond)
			a.events = append(a.events, familyEvent(f, w.variant(), contentName(w.rng.IntN(contents)), at))
		}
		a.outcomes, err = p.store.Append(ctx, a.events)
		return err
	})
}

func (w *worker) annotate(p *process) {
	a := &askedAnnotate{}
	_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, id int) (err error) {
		for i := range 1 + w.rng.IntN(2) {
			e := aoc.Edit{Key: w.key(), By: fmt.Sprintf("%d.%d", id, i), At: someTime.Add(time.Duration(id)*time.Second + time.Duration(i))}
			switch w.rng.IntN(5) {
			case 0:
				e.Comment = "by " + e.By
			case 1, 2:
				e.Tags = &aoc.TagEdit{Add: []string{fmt.Sprint("t", w.rng.IntN(3))}, Remove: []string{fmt.Sprint("t", w.rng.IntN(3))}}
			default:
				e.Review = &aoc.ReviewEdit{State: aoc.ReviewStates()[w.rng.IntN(3)], IfNone: w.rng.IntN(3) == 0}
				if n := len(w.edits); n > 0 && w.rng.IntN(2) == 0 {
					e.Review.IfEdit = w.edits[n-1]
				}
			}
			a.edits = append(a.edits, e)
		}
		a.records, err = p.store.Annotate(ctx, a.edits)
		return err
	})
	for _, r := range a.records {
		if r.Action == aoc.EditReview {
			w.edits = append(w.edits, r.Seq)
		}
	}
}

func (w *worker) rewrite(p *process) {
	a := &askedRewrite{moves: w.rng.IntN(3) > 0}
	if w.rng.IntN(4) == 0 {
		a.to = odd
	}
	_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, id int) error {
		a.summary = fmt.Sprint("derived by ", id)
		_, err := p.store.Rewrite(ctx, "", 100, func(e aoc.Event) (aoc.Event, error) {
			if a.moves {
				e = rekeyed(e, a.to)
			}
			e.Operation, e.DisplaySummary = operationOf(contentOf(e.Raw)), a.summary
			return e, nil
		})
		return err
	})
}

func (w *worker) get(p *process) {
	a := &askedGet{key: w.key()}
	_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, _ int) (err error) {
		a.event, err = p.store.Get(ctx, a.key)
		return err
	})
}

func (w *worker) readLog(p *process) {
	a := &askedReadLog{}
	after, limit := int64(w.rng.IntN(10)), 1+w.rng.IntN(10)
	_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, _ int) (err error) {
		a.events, err = p.store.ReadLog(ctx, after, limit)
		return err
	})
}

func (w *worker) paper(p *process) {
	n := w.rng.IntN(papers)
	d := store.Document{Kind: documents, ID: fmt.Sprint("d", n), Version: w.seen[n], By: "ada", At: someTime}
	switch w.rng.IntN(6) {
	case 0:
		a := &askedDrop{document: d}
		_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, id int) error {
			a.document.By = fmt.Sprintf("%d.0", id)
			return p.store.DropDocument(ctx, a.document)
		})
	case 1, 2:
		a := &askedList{}
		_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, _ int) (err error) {
			a.documents, err = p.store.ListDocuments(ctx, documents)
			return err
		})
		w.seen = [papers]int64{}
		for _, d := range a.documents {
			w.seen[d.ID[1]-'0'] = d.Version
		}
	default:
		a := &askedPut{document: d}
		_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, id int) (err error) {
			a.document.By, a.document.Body = fmt.Sprintf("%d.0", id), fmt.Appendf(nil, "%d", id)
			a.got, err = p.store.PutDocument(ctx, a.document)
			return err
		})
		if a.got.Version != 0 {
			w.seen[n] = a.got.Version
		}
	}
}

// lease takes the lease, and may give it back.
func (w *worker) lease(p *process) {
	a := &askedLease{}
	var l store.Lease
	_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, _ int) error {
		got, _, ok, err := p.store.TryLease(ctx, leaseName)
		if ok {
			l, a.term = got, got.Term()
		}
		return err
	})
	if l == nil {
		return
	}
	w.s.mu.Lock()
	if who, had := w.s.holds[a.term]; had {
		w.s.faults = append(w.s.faults, fmt.Sprintf("term %d is held by %s and by %s", a.term, who, p.name))
	}
	w.s.holds[a.term] = p.name
	w.s.mu.Unlock()
	p.mu.Lock()
	p.terms = append(p.terms, a.term)
	p.mu.Unlock()
	if w.rng.IntN(3) > 0 { // but goes on writing under its term
		_ = l.Release(p.ctx)
	}
}

// write sets the checkpoint, mostly under a term that the process has had.
func (w *worker) write(p *process) {
	a := &askedWrite{}
	p.mu.Lock()
	if n := len(p.terms); n > 0 && w.rng.IntN(5) > 0 {
		a.term = p.terms[w.rng.IntN(n)]
	}
	p.mu.Unlock()
	if a.term == 0 && w.rng.IntN(4) > 0 { // without a fence nothing can be told of fences
		w.lease(p)
		return
	}
	_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, id int) error {
		a.value = fmt.Sprint(id)
		if a.term != 0 && !w.s.flaw.unfenced {
			ctx = store.WithFence(ctx, store.Fence{Name: leaseName, Term: a.term})
		}
		return p.store.SetCheckpoint(ctx, checkpoint, a.value)
	})
}

func (w *worker) read(p *process) {
	a := &askedRead{}
	_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, _ int) (err error) {
		a.value, err = p.store.Checkpoint(ctx, checkpoint)
		return err
	})
}

// measure asks how far the log has come, in one of several ways.
func (w *worker) measure(p *process) {
	switch w.rng.IntN(3) {
	case 0:
		a := &askedSize{}
		_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, _ int) (err error) {
			a.size, err = p.store.LastSeq(ctx)
			return err
		})
	case 1:
		a := &askedTree{}
		_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, _ int) (err error) {
			a.size, a.root, err = p.store.TreeHead(ctx)
			return err
		})
	default:
		a := &askedEdits{}
		_ = w.s.do(p.ctx, w.slot.index, a, func(ctx context.Context, _ int) (err error) {
			a.records, err = p.store.Edits(ctx, store.EditFilter{}, 1000)
			return err
		})
	}
}
