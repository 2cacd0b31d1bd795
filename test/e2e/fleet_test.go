package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc/internal/store/mongo/mongotest"
)

var suffer = flag.Duration("suffer", 0, "how long the processes of TestFleet suffer; 0 is 40 s, or 4 minutes with AOC_TEST_FULL")

// TestFleet lets three processes collect into one MongoDB, each through a network of its
// own, from a simulated Microsoft 365 where one request in ten goes wrong. Every few seconds
// one of them is killed, put to sleep, or cut off. People comment on events through whichever
// process answers, others watch the live streams. In the end the store holds what the
// simulator has made available, each record once and byte for byte; the ledger says so; the
// log is one unbroken chain, which whoever followed it has seen in order and without a gap;
// every comment that was acknowledged is there, and none is twice.
func TestFleet(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 2)
	f.sufferFor(f.time())
	from, report := f.catchUp()
	f.checkStreams()
	f.stop()
	f.checkEvents(from)
	f.checkLedger(from)
	f.checkLog()
	f.checkFollower()
	f.checkComments()
	f.Logf("seed %d: %v; the collection was taken %d times; %d comments acknowledged, %d not; %v streamed; %+v",
		f.seed, f.harm, f.taken("collection"), len(f.said), f.unsure, f.streamed(), report.Counts)
}

// fleet is some processes that share a database.
type fleet struct {
	*books
	uri, database string
	members       []*member
	follower      *follower

	mu     sync.Mutex
	harm   map[string]int    // what was done to processes, and how often
	said   map[string]string // comments that were acknowledged, and the events they are on
	unsure int               // comments that were not
}

// member is one of the processes.
type member struct {
	*fleet
	rng     *rand.Rand
	proxy   *mongotest.Proxy
	base    string // of its API
	environ []string
	run     *run
	stream  *stream
}

func newFleet(t *testing.T, seed uint64) *fleet {
	f := &fleet{harm: map[string]int{}, said: map[string]string{}}
	f.uri, f.database = mongotest.Database(t)
	f.books = newBooks(t, seed, func(*testing.T, string) place { return sharedPlace(f.uri, f.database) })
	f.follower = follow(f)
	for i := range 3 {
		m := &member{fleet: f, rng: rand.New(rand.NewPCG(seed, uint64(i)+2)), proxy: mongotest.NewProxy(t, f.uri)}
		address := freeAddress(t)
		m.base = "http://" + address
		m.environ = append(slices.Clone(f.environ), "MONGO_URI="+m.proxy.URI(), "AOC_LISTEN="+address)
		m.stream = watch(m)
		f.members = append(f.members, m)
		m.begin()
		t.Cleanup(func() {
			_ = m.run.cmd.Process.Signal(syscall.SIGCONT)
			m.run.kill()
		})
	}
	return f
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (m *member) begin() { m.run = m.start(m.environ, "serve") }

// time is how long the processes suffer.
func (f *fleet) time() time.Duration {
	switch {
	case *suffer > 0:
		return *suffer
	case os.Getenv("AOC_TEST_FULL") != "":
		return 4 * time.Minute
	}
	return 40 * time.Second
}

// sufferFor harms the processes for a time, while people work with them.
func (f *fleet) sufferFor(d time.Duration) {
	people, home := context.WithCancel(f.Context())
	var all, harm sync.WaitGroup
	all.Go(func() { f.comment(people) })
	ctx, cancel := context.WithTimeout(f.Context(), d)
	defer cancel()
	for _, m := range f.members {
		harm.Go(func() { m.suffer(ctx) })
	}
	for rest(ctx, 2*time.Second) {
		f.arriveLate()
	}
	harm.Wait()
	// On a busy machine the first events come late.
	for began := time.Now(); f.acknowledged() < fewComments && time.Since(began) < 2*time.Minute; {
		rest(f.Context(), 100*time.Millisecond)
	}
	home()
	all.Wait()
}

// fewComments is how many are the least that say something.
const fewComments = 10

func (f *fleet) acknowledged() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.said)
}

// rest waits; it reports false when the time is over before.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// suffer harms a process again and again, and leaves it well.
func (m *member) suffer(ctx context.Context) {
	for rest(ctx, between(m.rng, 0, 6*time.Second)) {
		how := []string{"kill", "sleep", "drop", "refuse", "hold", "delay"}[m.rng.IntN(6)]
		m.count(how)
		m.endure(ctx, how)
	}
}

// endure does one harm and ends it.
func (m *member) endure(ctx context.Context, how string) {
	// A lease runs out after six seconds: half of the harms last longer.
	long := between(m.rng, time.Second, 11*time.Second)
	switch how {
	case "kill":
		m.run.kill()
		m.run.check(m.T, true)
		rest(ctx, long/4)
		m.begin()
	case "sleep":
		m.signal(syscall.SIGSTOP)
		rest(ctx, long)
		m.signal(syscall.SIGCONT)
	case "drop":
		m.proxy.Drop()
	case "refuse":
		m.proxy.Refuse()
		rest(ctx, long)
		m.proxy.Restore()
	case "hold":
		m.proxy.Hold()
		rest(ctx, long)
		m.proxy.Restore()
	case "delay":
		m.proxy.Delay(between(m.rng, time.Millisecond, 300*time.Millisecond))
		rest(ctx, long)
		m.proxy.Restore()
	}
}

func between(rng *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(rng.Int64N(int64(most-least)))
}

func (m *member) signal(s os.Signal) {
	if err := m.run.cmd.Process.Signal(s); err != nil {
		m.Errorf("%v: %v", s, err)
	}
}

func (f *fleet) count(how string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.harm[how]++
}

// stop ends the processes as their supervisor does; they have been harmed, but none may
// have given up by itself.
func (f *fleet) stop() {
	for _, m := range f.members {
		m.stream.end()
		m.signal(syscall.SIGTERM)
	}
	for _, m := range f.members {
		select {
		case <-m.run.done:
		case <-time.After(time.Minute):
			m.Errorf("%s does not stop", m.base)
			m.run.kill()
		}
		m.run.check(m.T, false)
	}
	f.follower.finish()
}

// comment lets people comment on events through one process after the other.
func (f *fleet) comment(ctx context.Context) {
	client := &http.Client{Timeout: 5 * time.Second}
	rng := rand.New(rand.NewPCG(f.seed, 99))
	for n := 0; rest(ctx, between(rng, 50*time.Millisecond, 500*time.Millisecond)); n++ {
		key, ok := f.follower.any(rng)
		if !ok {
			continue
		}
		text := fmt.Sprintf("remark %d", n)
		m := f.members[rng.IntN(len(f.members))]
		status := m.post(client, "/api/events/"+key+"/comments", map[string]string{"text": text})
		f.mu.Lock()
		if status == http.StatusOK || status == http.StatusCreated {
			f.said[text] = key
		} else {
			f.unsure++
		}
		f.mu.Unlock()
	}
}

// post sends JSON and gives the status of the answer, 0 without one.
func (m *member) post(client *http.Client, path string, v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		m.Error(err)
		return 0
	}
	req, err := http.NewRequestWithContext(m.Context(), http.MethodPost, m.base+path, bytes.NewReader(text))
	if err != nil {
		m.Error(err)
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode
}

// checkComments holds that every comment that was acknowledged is there, and none twice.
func (f *fleet) checkComments() {
	found := map[string]string{}
	for _, e := range logged(f.T, f.place.open(f.T)) {
		for _, c := range e.Comments {
			if on, ok := found[c.Text]; ok {
				f.Errorf("%q is on %s and on %s", c.Text, on, e.Key)
			}
			found[c.Text] = e.Key
		}
	}
	for text, key := range f.said {
		if found[text] != key {
			f.Errorf("%q was acknowledged on %s, and is on %q", text, key, found[text])
		}
	}
	if len(f.said) < fewComments {
		f.Errorf("the trial is too easy: %d comments", len(f.said))
	}
}

// checkLog holds that the log is one unbroken chain of applied entries.
func (f *fleet) checkLog() {
	var entries []struct {
		N       int64  `bson:"n"`
		Prev    []byte `bson:"prev"`
		Hash    []byte `bson:"hash"`
		Applied bool   `bson:"applied"`
	}
	f.all("aoc_log", &entries)
	var hash []byte
	for i, e := range entries {
		if e.N != int64(i)+1 || !bytes.Equal(e.Prev, hash) || !e.Applied {
			f.Fatalf("entry %d of the log is number %d, applied: %v, follows the one before: %v", i+1, e.N, e.Applied, bytes.Equal(e.Prev, hash))
		}
		hash = e.Hash
	}
}

// taken is how often a piece of work was taken by a process.
func (f *fleet) taken(name string) (term int64) {
	var leases []struct {
		Name string `bson:"name"`
		Term int64  `bson:"term"`
	}
	f.all("aoc_leases", &leases)
	for _, l := range leases {
		if l.Name == name {
			term = max(term, l.Term)
		}
	}
	return term
}

// all reads a collection of the database in the order of ids.
func (f *fleet) all(collection string, into any) {
	client, err := driver.Connect(options.Client().ApplyURI(f.uri))
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = client.Disconnect(context.WithoutCancel(f.Context())) }()
	cursor, err := client.Database(f.database).Collection(collection).Find(f.Context(), bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		f.Fatal(err)
	}
	if err := cursor.All(f.Context(), into); err != nil {
		f.Fatal(err)
	}
}

// follower reads the log of a store as it grows.
type follower struct {
	*fleet
	end  func()
	mu   sync.Mutex
	seqs []int64
	keys []string
}

func follow(f *fleet) *follower {
	w := &follower{fleet: f}
	ctx, cancel := context.WithCancel(f.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.read(ctx)
	}()
	w.end = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	f.Cleanup(w.end)
	return w
}

func (w *follower) read(ctx context.Context) {
	s := w.place.open(w.T)
	for after := int64(0); rest(ctx, 100*time.Millisecond); {
		events, err := s.ReadLog(ctx, after, 500)
		if err != nil && ctx.Err() == nil {
			w.Errorf("following: %v", err)
		}
		w.mu.Lock()
		for _, e := range events {
			w.seqs, w.keys = append(w.seqs, e.Seq), append(w.keys, e.Key)
			after = e.Seq
		}
		w.mu.Unlock()
	}
}

// finish lets the follower come to the end of a log that grows no more.
func (w *follower) finish() {
	last, err := w.place.open(w.T).LastSeq(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	for began := time.Now(); w.reached() < last; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			w.Errorf("the follower is at %d, the log at %d", w.reached(), last)
			break
		}
	}
	w.end()
}

func (w *follower) reached() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.seqs) == 0 {
		return 0
	}
	return w.seqs[len(w.seqs)-1]
}

// any gives the key of an event that has been stored.
func (w *follower) any(rng *rand.Rand) (key string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.keys) == 0 {
		return "", false
	}
	return w.keys[rng.IntN(len(w.keys))], true
}

// checkFollower holds that whoever followed the log has seen all of it, in order.
func (f *fleet) checkFollower() {
	w := f.follower
	log := logged(f.T, f.place.open(f.T))
	if len(w.seqs) != len(log) {
		f.Errorf("the follower saw %d events, there are %d", len(w.seqs), len(log))
	}
	for i, e := range log {
		switch {
		case e.Seq != int64(i)+1:
			f.Fatalf("place %d of the log is empty", i+1)
		case i < len(w.seqs) && (w.seqs[i] != e.Seq || w.keys[i] != e.Key):
			f.Fatalf("place %d: the follower saw %d %s, there is %d %s", i+1, w.seqs[i], w.keys[i], e.Seq, e.Key)
		}
	}
}

// stream watches what a process tells of events as they arrive, and comes back with the
// place that it has reached whenever it is broken off.
type stream struct {
	*member
	end func()

	mu    sync.Mutex
	at    string // the place, as the process said it
	seen  int64  // events that it was told of
	began int64  // the place behind which it was told of them
	reset bool   // the process said that it was too many
}

func watch(m *member) *stream {
	s := &stream{member: m}
	ctx, cancel := context.WithCancel(m.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for rest(ctx, 100*time.Millisecond) {
			s.listen(ctx)
		}
	}()
	s.end = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	m.Cleanup(s.end)
	return s
}

// listen reads one stream to its end.
func (s *stream) listen(ctx context.Context) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/api/events/stream?raw=false", nil)
	if err != nil {
		s.Error(err)
		return
	}
	if at := s.lastID(); at != "" {
		req.Header.Set("Last-Event-ID", at)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	var id, name string
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			s.told(id, name, value)
		}
	}
}

func (s *stream) lastID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// told takes in one piece of news.
func (s *stream) told(id, name, data string) {
	var news struct {
		Count   int64
		LastSeq int64 `json:"last_seq"`
	}
	if err := json.Unmarshal([]byte(data), &news); err != nil || id != fmt.Sprint(news.LastSeq) {
		s.Errorf("news %s %s: %s (%v)", id, name, data, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == "" {
		s.began = news.LastSeq - news.Count
	}
	s.at, s.seen, s.reset = id, s.seen+news.Count, s.reset || name == "reset"
}

// checkStreams holds that each process has told of all events that came since its stream
// began.
func (f *fleet) checkStreams() {
	s := f.place.open(f.T)
	last, err := s.LastSeq(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	for _, m := range f.members {
		for began := time.Now(); m.stream.reached() < last; time.Sleep(50 * time.Millisecond) {
			if time.Since(began) > 30*time.Second {
				f.Errorf("the stream of %s is at %d, the log at %d", m.base, m.stream.reached(), last)
				break
			}
		}
		m.stream.check()
	}
}

func (s *stream) reached() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.position()
}

// position is the place as a number, 0 before there is one; s.mu is held.
func (s *stream) position() (at int64) {
	_, _ = fmt.Sscan(s.at, &at)
	return at
}

func (s *stream) check() {
	s.mu.Lock()
	defer s.mu.Unlock()
	reached := s.position()
	if !s.reset && s.seen != reached-s.began {
		s.Errorf("%s told of %d events from place %d to %d", s.base, s.seen, s.began, reached)
	}
}

// streamed is how many events each process told of.
func (f *fleet) streamed() []int64 {
	var all []int64
	for _, m := range f.members {
		m.stream.mu.Lock()
		all = append(all, m.stream.seen)
		m.stream.mu.Unlock()
	}
	return all
}
