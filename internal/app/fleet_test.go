package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/console"
	"aoc/internal/control"
	"aoc/internal/store/mongo/mongotest"
)

// member runs the whole program on a free port, as one of several on a MongoDB.
func member(t *testing.T, data, uri, database string) (base string, s *Service) {
	t.Helper()
	cfg, err := config.Load([]string{
		"AOC_DATA_DIR=" + data, "AOC_LISTEN=127.0.0.1:0", "MONGO_URI=" + uri, "AOC_MONGO_DATABASE=" + database,
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	return start(t, cfg)
}

// state is what /health says.
type state struct {
	Database, Store, Process string
	Leases                   []console.Lease
}

func (s state) holds(name string) bool {
	for _, l := range s.Leases {
		if l.Name == name {
			return l.Mine
		}
	}
	return false
}

// healthOf asks how a service is, whatever it answers with.
func healthOf(t *testing.T, base string) (status int, s state) {
	t.Helper()
	status, body := ask(t, base+"/health")
	if err := json.Unmarshal(body, &s); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return status, s
}

// await asks again and again until something holds.
func await(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > within {
			t.Fatalf("after %s still not: %s", within, what)
		}
	}
}

// Services on one MongoDB share its work: each answers for what another one imports, duties
// are one's at a time, and when it is cut off it says so at once while another takes over.
func TestServicesOnOneMongoDB(t *testing.T) {
	uri, database := mongotest.Database(t)
	link := mongotest.NewProxy(t, uri)
	data := t.TempDir()
	a, serviceA := member(t, data, link.URI(), database)
	await(t, "the first service has a duty", time.Minute, func() bool {
		_, s := healthOf(t, a)
		return s.holds(dutyHousekeeping)
	})
	b, _ := member(t, data, uri, database)
	status, s := healthOf(t, b)
	if status != http.StatusOK || s.Store != storeMongoDB || s.holds(dutyHousekeeping) {
		t.Errorf("the second service: %d %+v", status, s)
	}
	if _, err := os.Stat(filepath.Join(data, control.FileName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("work can be handed to one of several: %v", err)
	}

	// A file that one reads and the other tells of.
	status, answer := send(t, a, "audit.csv", "", bytes.NewReader(purview("one", "two")))
	if status != http.StatusAccepted {
		t.Fatalf("an upload: %d %s", status, answer)
	}
	if u := ended(t, b, answer); u.State != console.UploadDone || u.Counts.New != 2 || u.Process == s.Process {
		t.Errorf("the import of the other: %+v", u)
	}
	var page struct {
		Items []aoc.Event `json:"items"`
	}
	if getJSON(t, b+"/api/events?q=new-inboxrule", &page); len(page.Items) != 2 {
		t.Errorf("the other finds %d events", len(page.Items))
	}

	// A network that passes nothing on any more.
	link.Hold()
	await(t, "the one that is cut off says so", time.Minute, func() bool {
		began := time.Now()
		status, s := healthOf(t, a)
		if took := time.Since(began); took > 10*time.Second {
			t.Fatalf("/health takes %s", took)
		}
		return status == http.StatusServiceUnavailable && s.Database == "unavailable"
	})
	await(t, "the API answers at once that the store is away", time.Minute, func() bool {
		began := time.Now()
		status, body := ask(t, a+"/api/events")
		return status == http.StatusServiceUnavailable && strings.Contains(string(body), `"hint"`) && time.Since(began) < time.Second
	})
	await(t, "the other takes over", time.Minute, func() bool {
		_, s := healthOf(t, b)
		return s.holds(dutyHousekeeping)
	})
	link.Restore()
	await(t, "it is back", time.Minute, func() bool {
		status, s := healthOf(t, a)
		return status == http.StatusOK && !s.holds(dutyHousekeeping)
	})
	stop, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := serviceA.Stop(stop); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(data, uploadFolder, "*"+lockSuffix)); err != nil || len(left) != 1 {
		t.Errorf("folders of uploads that are in use: %v, %v; want the other's", left, err)
	}
}

// ask gets an address and gives what is answered.
func ask(t *testing.T, address string) (int, []byte) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

// A database that is not there is waited for, and not for ever.
func TestWaitForTheDatabase(t *testing.T) {
	uri, database := mongotest.Database(t)
	link := mongotest.NewProxy(t, uri)
	link.Refuse()
	open := func(clk aoc.Clock) (*App, error) {
		t.Helper()
		cfg, err := config.Load([]string{"AOC_DATA_DIR=" + t.TempDir(), "MONGO_URI=" + link.URI(), "AOC_MONGO_DATABASE=" + database}, "")
		if err != nil {
			t.Fatal(err)
		}
		return New(t.Context(), cfg, Options{Clock: clk})
	}
	if !testing.Short() {
		pauses := 0
		a, err := open(&pausing{takes: storeWait, pause: func() { pauses++ }})
		if aoc.CodeOf(err) != aoc.CodeUnavailable || aoc.HintOf(err) == "" || pauses != 1 {
			t.Fatalf("a database that never comes: %v, %v after %d pauses; want unavailable, with a hint, after one", a, err, pauses)
		}
	}
	a, err := open(&pausing{pause: link.Restore})
	if err != nil {
		t.Fatalf("a database that comes while it is waited for: %v", err)
	}
	if err := a.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// pausing is a clock on which every pause takes as long as a test says, without taking time.
type pausing struct {
	aoc.SystemClock
	takes  time.Duration
	pause  func()
	passed time.Duration
}

func (c *pausing) Now() time.Time { return c.SystemClock.Now().Add(c.passed) }

func (c *pausing) Sleep(ctx context.Context, _ time.Duration) error {
	c.pause()
	c.passed += c.takes
	return ctx.Err()
}
