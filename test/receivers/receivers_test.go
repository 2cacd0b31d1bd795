package receivers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/forward"
	"aoc/internal/sink"
	"aoc/internal/sink/kinds"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// program finds a receiver, or skips the test.
func program(t *testing.T, variable, name string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		path = name
	}
	found, err := exec.LookPath(path)
	if err != nil {
		for _, folder := range []string{"/usr/sbin/", "/usr/local/sbin/"} {
			if found, err = exec.LookPath(folder + name); err == nil {
				break
			}
		}
	}
	if err != nil && os.Getenv("AOC_REQUIRE_RECEIVERS") == "1" {
		t.Fatalf("there is no %s here: name it in %s", name, variable)
	}
	if err != nil {
		t.Skipf("there is no %s here: name it in %s", name, variable)
	}
	return found
}

// server is a receiver that can be killed and started again.
type server struct {
	t       *testing.T
	path    string
	args    []string
	address string // that answers once it is there
	mortal  bool   // a kill without warning costs it nothing that it has read
	cmd     *exec.Cmd
}

// start starts it and waits until it listens.
func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.path, s.args...)
	out, err := os.Create(s.t.TempDir() + "/out")
	if err != nil {
		s.t.Fatal(err)
	}
	defer out.Close()
	s.cmd.Stdout, s.cmd.Stderr = out, out
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(s.t.Context(), "tcp", s.address)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			text, _ := os.ReadFile(out.Name())
			s.t.Fatalf("%s does not listen: %.2000s", s.path, text)
		}
		time.Sleep(20 * time.Millisecond) // nothing tells when a program listens
	}
}

func (s *server) stop(kill bool) {
	if s.cmd == nil {
		return
	}
	if kill && s.mortal {
		_ = s.cmd.Process.Kill()
	} else {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
	}
	_ = s.cmd.Wait()
	s.cmd = nil
}

// freePort is an address where nobody listens now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// mortal is the store of a forwarder that can die: nothing reaches the store afterwards, its
// last checkpoint least of all.
type mortal struct {
	store.Store
	dead atomic.Bool
}

var errDead = errors.New("the process has gone")

func (m *mortal) SetCheckpoint(ctx context.Context, name, position string) error {
	if m.dead.Load() {
		return errDead
	}
	return m.Store.SetCheckpoint(ctx, name, position)
}

func (m *mortal) ReadLog(ctx context.Context, after int64, limit int) ([]aoc.Event, error) {
	if m.dead.Load() {
		return nil, errDead
	}
	return m.Store.ReadLog(ctx, after, limit)
}

// forwarder is one life of a forwarder.
type forwarder struct {
	*forward.Forwarder
	end func()
}

func start(t *testing.T, s store.Store, life int, cfg sink.Config) forwarder {
	m := &mortal{Store: s}
	f := forward.New(forward.Config{
		Store: m, Kinds: kinds.All(),
		Duties: fleet.New(fleet.Config{Store: s, Process: fmt.Sprintf("life-%d", life), Logger: slog.New(slog.DiscardHandler)}),
		Sinks:  func(context.Context) ([]sink.Config, error) { return []sink.Config{cfg}, nil },
		Deps: sink.Deps{
			HTTP: &http.Client{Transport: &http.Transport{}}, Dial: (&net.Dialer{}).DialContext, Version: "1.2.3",
			Secrets: func(string) (string, bool) { return "", false },
		},
		Tuning: forward.Tuning{Poll: 20 * time.Millisecond, Linger: 50 * time.Millisecond, FirstRetry: 50 * time.Millisecond, LastRetry: 400 * time.Millisecond, Save: 100 * time.Millisecond},
	})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := f.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return forwarder{f, func() { m.dead.Store(true); cancel(); wg.Wait() }}
}

// chaos puts events into the log while receiver and forwarder die at random, waits until all
// are sent, and gives their keys.
func chaos(t *testing.T, r *server, cfg sink.Config) []string {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	cfg.ID, cfg.Enabled, cfg.Start = "real", true, sink.Start{From: sink.FromBeginning}
	r.start()
	defer r.stop(false)
	life := 0
	f := start(t, s, life, cfg)
	defer func() { f.end() }()
	var keys []string
	for round := range 40 {
		var events []aoc.Event
		for i := range 1 + random.IntN(300) {
			events = append(events, event(fmt.Sprintf("e-%d-%d", round, i), random))
			keys = append(keys, events[i].Key)
		}
		if _, err := s.Append(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond) // when they die is by chance
		switch random.IntN(5) {
		case 0:
			r.stop(true)
			time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
			r.start()
		case 1:
			r.stop(false)
			r.start()
		case 2:
			f.end()
			life++
			f = start(t, s, life, cfg)
		}
	}
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		all, err := f.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if all[0].LagEvents == 0 {
			if all[0].DeadLetters > 0 {
				t.Errorf("%d dead letters", all[0].DeadLetters)
			}
			t.Logf("%d events; sent %d; %d lives of the forwarder", len(keys), all[0].Sent, life+1)
			slices.Sort(keys)
			return keys
		}
		if time.Now().After(end) {
			t.Fatalf("it does not get done: %+v", all[0])
		}
	}
}

func event(id string, random *rand.Rand) aoc.Event {
	now := time.Now().UTC()
	texts := []string{"Ada Lovelace", "Ünïcödé 日本語", "line\nbreak", `quote " ] \ = |`}
	text := texts[random.IntN(len(texts))]
	raw, err := json.Marshal(map[string]string{"id": id, "text": text})
	if err != nil {
		panic(err) // cannot be
	}
	e := aoc.Event{
		ID: id, Source: aoc.SourceDirectory, TenantID: "11111111-2222-4333-8444-555555555555", Timestamp: now, ReceivedAt: now, Origin: aoc.OriginCollected,
		Workload: "Entra ID", Service: "RoleManagement", Operation: "Add member to role", Result: aoc.ResultSuccess, ActorDisplay: text, DisplaySummary: text + " did " + id, Raw: raw,
	}
	e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, id)
	e.Key = aoc.KeyOf(e.DedupeKey)
	return e
}

// compare holds what arrived to the log.
func compare(t *testing.T, arrived map[string]int, want []string) {
	t.Helper()
	twice := 0
	for _, n := range arrived {
		twice += n - 1
	}
	t.Logf("%d different events have arrived, %d more than once", len(arrived), twice)
	missing := 0
	for _, key := range want {
		if arrived[key] == 0 {
			missing++
		}
	}
	if missing > 0 || len(arrived) != len(want) {
		t.Errorf("%d of %d are missing; %d arrived", missing, len(want), len(arrived))
	}
}
