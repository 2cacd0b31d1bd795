// Package sinktest is the suite that every sink must pass, in the spirit of testing/fstest:
// [Run] gives it events through a receiver that behaves badly (it cuts connections, stalls,
// refuses, takes half, answers that it is busy or broken, forgets to answer) and holds it to
// the contract of package sink: what arrived, each once by its key, is what was sent without
// what was refused, in order.
package sinktest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/sink"
)

// Fault is what a receiver does with one request or connection.
type Fault string

// The faults.
const (
	Fine   Fault = ""
	Cut    Fault = "cut"    // the connection ends before anything is taken
	Half   Fault = "half"   // some of it is taken, then the connection ends or an error is told
	Unsaid Fault = "unsaid" // all of it is taken, and the connection ends before that is told
	Stall  Fault = "stall"  // nothing is read or answered
	Busy   Fault = "busy"   // 429
	Broken Fault = "broken" // 500
	Torn   Fault = "torn"   // AOC died while it was writing
)

// Script says what a receiver does, and keeps what it has taken.
type Script struct {
	mu      sync.Mutex
	random  *rand.Rand
	faults  []Fault
	chance  float64
	refuse  map[string]bool
	arrived []string
	done    map[Fault]int
}

// Next is what to do with the next request or connection.
func (s *Script) Next() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 || s.random.Float64() > s.chance {
		return Fine
	}
	f := s.faults[s.random.IntN(len(s.faults))]
	if f == Stall && s.done[Stall] >= 1 { // each takes its time
		return Cut
	}
	s.done[f]++
	return f
}

// Some gives a number below n by chance; 0 for none.
func (s *Script) Some(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 1 {
		return 0
	}
	return s.random.IntN(n)
}

// Refuses reports whether the receiver refuses the event with a key.
func (s *Script) Refuses(key string) bool { return s.refuse[key] }

// Take notes that the receiver has taken an event.
func (s *Script) Take(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrived = append(s.arrived, key)
}

// Rig puts a kind of sink before a receiver.
type Rig struct {
	// Start starts a receiver that does as the script says, and gives what makes sinks for
	// it: one at a time, and another after a crash of AOC.
	Start func(t *testing.T, s *Script) func() sink.Sink
	// Arrived gives the keys that have arrived, in order, where the script is not told.
	Arrived func() []string
	// Settle, if set, waits until the receiver has dealt with all that it was given.
	Settle  func()
	Faults  []Fault
	Refuses bool // the receiver can refuse records
	// Unordered: single events can be sent again behind others.
	Unordered bool
}

// Run puts a sink through everything.
func Run(t *testing.T, rig Rig) {
	t.Helper()
	t.Run("a good day", func(t *testing.T) { rig.run(t, 1, nil, false) })
	for i, f := range rig.Faults {
		t.Run(string(f), func(t *testing.T) { rig.run(t, uint64(i)+10, []Fault{f}, rig.Refuses) })
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprintf("everything at once %d", seed), func(t *testing.T) { rig.run(t, seed+100, rig.Faults, rig.Refuses) })
	}
}

// sendTime is how long a batch may take; a stall costs as much.
const sendTime = 600 * time.Millisecond

func (rig Rig) run(t *testing.T, seed uint64, faults []Fault, refuse bool) {
	events := Events(150, seed)
	random := rand.New(rand.NewPCG(seed, 1))
	s := &Script{random: rand.New(rand.NewPCG(seed, 2)), faults: faults, chance: 0.35, refuse: map[string]bool{}, done: map[Fault]int{}}
	for i := range events {
		s.refuse[events[i].Key] = refuse && random.IntN(20) == 0
	}
	open := rig.Start(t, s)
	out := open()
	defer func() { out.Close() }()
	refused := map[string]bool{}
	for rest := events; len(rest) > 0; {
		batch := rest[:min(len(rest), 1+random.IntN(25))]
		ctx, cancel := context.WithTimeout(t.Context(), sendTime)
		rejected, err := out.Send(ctx, batch)
		cancel()
		if err != nil {
			if len(rejected) > 0 {
				t.Fatal("rejections and an error")
			}
			if aoc.CodeOf(err) == aoc.CodeInternal || aoc.MessageOf(err) == "" || aoc.HintOf(err) == "" && aoc.CodeOf(err) != aoc.CodeUpstream {
				t.Fatalf("an error that helps nobody: %v", err)
			}
			continue
		}
		for _, r := range rejected {
			if r.Reason == "" {
				t.Errorf("%s is refused without a reason", batch[r.Index].Key)
			}
			refused[batch[r.Index].Key] = true
		}
		rest = rest[len(batch):]
		if random.IntN(10) == 0 { // AOC dies and starts again; what was sent last is sent again
			out.Close()
			out = open()
			rest = events[len(events)-len(rest)-random.IntN(len(batch)+1):]
		}
	}
	out.Close()
	if rig.Settle != nil {
		rig.Settle()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f != Torn && s.done[f] == 0 && len(faults) == 1 {
			t.Fatalf("the fault %q never happened", f)
		}
	}
	arrived := s.arrived
	if rig.Arrived != nil {
		arrived = rig.Arrived()
	}
	rig.compare(t, events, arrived, s.refuse, refused)
}

// compare holds what arrived to what was sent.
func (rig Rig) compare(t *testing.T, events []aoc.Event, arrived []string, refuse, refused map[string]bool) {
	t.Helper()
	var want []string
	for i := range events {
		key := events[i].Key
		if refuse[key] != refused[key] {
			t.Errorf("%s: the receiver refuses it: %t; the sink says so: %t", key, refuse[key], refused[key])
		}
		if !refuse[key] {
			want = append(want, key)
		}
	}
	seen := map[string]bool{}
	var got []string
	for _, key := range arrived {
		if !seen[key] {
			got = append(got, key)
		}
		seen[key] = true
	}
	if rig.Unordered {
		slices.Sort(want)
		slices.Sort(got)
	}
	if !slices.Equal(got, want) {
		at := 0
		for at < len(got) && at < len(want) && got[at] == want[at] {
			at++
		}
		t.Errorf("%d arrived of %d; different from place %d on", len(got), len(want), at)
	}
}

// nasty are texts that break what is put together carelessly.
var nasty = []string{
	"Ada Lovelace", "line\nbreak\r\nand another", `quote " backslash \ bracket ] [`, "a=b|c\\d\\=e", "日本語 Ünïcödé 🎉", "\u202ecod.exe", "nul\x00 bell\a del\x7f c1\u0085 \u2028", "<13>1 2026-01-01T00:00:00Z evil app - - - forged", "\ufeffmark", "CEF:0|x|y|1|z|forged|10|", `{"key":"forged"}`,
}

// Events makes n events, the same ones for a seed, with texts of attackers in them.
func Events(n int, seed uint64) []aoc.Event {
	random := rand.New(rand.NewPCG(seed, 3))
	text := func() string { return nasty[random.IntN(len(nasty))] }
	at := time.Date(2026, 3, 4, 5, 6, 7, 890_000_000, time.UTC)
	events := make([]aoc.Event, n)
	for i := range events {
		id := fmt.Sprintf("event %d of %d", i, seed)
		dedupe := aoc.DedupeKey(aoc.SourceDirectory, "11111111-2222-4333-8444-555555555555", id)
		raw, err := json.Marshal(map[string]any{"id": id, "text": text(), "more": []string{text(), text()}})
		if err != nil {
			panic(err) // cannot be
		}
		before := text()
		events[i] = aoc.Event{
			Key: aoc.KeyOf(dedupe), ID: id, DedupeKey: dedupe, Seq: int64(i + 1), Source: aoc.SourceDirectory, TenantID: "11111111-2222-4333-8444-555555555555",
			Timestamp: at.Add(time.Duration(i) * time.Second), ReceivedAt: at.Add(time.Hour), Origin: aoc.OriginCollected,
			Service: "RoleManagement", Workload: "Entra ID", RecordType: "directoryAudit", Operation: text(), Result: []aoc.Result{aoc.ResultSuccess, aoc.ResultFailure}[random.IntN(2)],
			Actor: aoc.Actor{ID: "a-1", Name: text(), UPN: "ada@contoso.example"}, ActorKind: aoc.ActorPerson, ActorDisplay: text(), ClientIP: "192.0.2.7",
			Targets: []aoc.Target{{ID: "t-1", Name: text(), Type: "User", UPN: text()}}, TargetDisplays: []string{text()},
			Changes: []aoc.Change{{Property: text(), Before: &before}}, DisplaySummary: text(), Raw: raw,
		}
	}
	return events
}

// Deps are those of a sink under test: everything is permitted.
func Deps(t *testing.T, secrets map[string]string) sink.Deps {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return sink.Deps{
		HTTP:    &http.Client{Transport: transport},
		Dial:    (&net.Dialer{}).DialContext,
		Secrets: func(name string) (string, bool) { s, ok := secrets[name]; return s, ok },
		Folder:  t.TempDir(), Version: "1.2.3",
	}
}

// Make makes a sink, or fails the test.
func Make(t *testing.T, k sink.Kind, d sink.Deps, settings map[string]string) sink.Sink {
	t.Helper()
	s, _, err := sink.New([]sink.Kind{k}, sink.Config{ID: "under-test", Kind: k.Spec.Kind, Settings: settings}, d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Serve serves HTTP as the script says. take reads a request and answers it; it stops after
// so many events, and answers with a fault then, where most is not negative.
func Serve(t *testing.T, s *Script, take func(w http.ResponseWriter, r *http.Request, body []byte, most int)) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := s.Next()
		if f == Cut {
			panic(http.ErrAbortHandler)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		switch f {
		case Stall:
			<-r.Context().Done()
		case Busy:
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
			io.WriteString(w, "too\nmuch")
		case Broken:
			w.WriteHeader(http.StatusInternalServerError)
		case Half:
			take(w, r, body, s.Some(20))
		case Unsaid:
			take(httptest.NewRecorder(), r, body, -1)
			panic(http.ErrAbortHandler)
		default:
			take(w, r, body, -1)
		}
	}))
	t.Cleanup(server.Close)
	return server
}
