package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/fleet"
	"aoc/internal/httpapi/metrics"
	"aoc/internal/ingest"
	"aoc/internal/store/sqlite"
)

// away is a store that does not answer while a test says so, not even that it does not.
type away struct {
	*sqlite.Store
	now atomic.Bool
}

func (a *away) Ping(ctx context.Context) error {
	if a.now.Load() {
		time.Sleep(time.Hour)
	}
	return a.Store.Ping(ctx)
}

func (a *away) Search(ctx context.Context, q aoc.Query) (aoc.Page, error) {
	if a.now.Load() {
		<-ctx.Done()
		return aoc.Page{}, ctx.Err()
	}
	return a.Store.Search(ctx, q)
}

// While the store does not answer, /health says so within seconds, and for how long; the API
// does not let people wait for it, says what to do, and answers again by itself.
func TestStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		s := &away{Store: opened}
		f := fleet.New(fleet.Config{Store: s, Process: "host-1/7", Shared: true})
		if _, _, ok, err := f.TryLease(t.Context(), "retention"); err != nil || !ok {
			t.Fatal(err)
		}
		collector, err := ingest.New(ingest.Config{Store: s, Fleet: f})
		if err != nil {
			t.Fatal(err)
		}
		c, err := console.New(console.Config{Store: s, Fleet: f, Collector: collector, Features: console.Features{Store: "mongodb"}})
		if err != nil {
			t.Fatal(err)
		}
		m := metrics.New("1.2.3")
		m.Watch(c, aoc.SystemClock{})
		handler, err := New(Config{Console: c, Metrics: m, Version: "1.2.3"})
		if err != nil {
			t.Fatal(err)
		}
		ask := func(path string) (*httptest.ResponseRecorder, time.Duration) {
			began := time.Now()
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
			return w, time.Since(began)
		}
		health := func(status int) (h struct {
			Store, Process, Database string
			Down                     int64 `json:"down_seconds"`
			Leases                   []console.Lease
		}) {
			t.Helper()
			w, took := ask("/health")
			if w.Code != status || took > 4*time.Second {
				t.Errorf("/health: %d after %s; want %d within 4 s", w.Code, took, status)
			}
			if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil {
				t.Fatal(err)
			}
			return h
		}
		h := health(http.StatusOK)
		if h.Store != "mongodb" || h.Process != "host-1/7" || len(h.Leases) != 1 || h.Leases[0] != (console.Lease{Name: "retention", Holder: "host-1/7", Mine: true}) {
			t.Errorf("a service that is well: %+v", h)
		}
		s.now.Store(true)
		if w, took := ask("/api/events"); w.Code != http.StatusServiceUnavailable || took > 31*time.Second {
			t.Errorf("a search when the store has just gone: %d after %s", w.Code, took)
		}
		health(http.StatusServiceUnavailable)
		time.Sleep(time.Minute)
		if h := health(http.StatusServiceUnavailable); h.Database != "unavailable" || h.Down < 60 || h.Down > 75 {
			t.Errorf("a minute later: %+v", h)
		}
		w, took := ask("/api/events")
		if w.Code != http.StatusServiceUnavailable || took > 0 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"hint"`) {
			t.Errorf("a search while it is known to be away: %d after %s: %s", w.Code, took, w.Body)
		}
		if w, took := ask("/metrics"); took > 0 || !strings.Contains(w.Body.String(), "aoc_state_up 0") || !strings.Contains(w.Body.String(), `aoc_lease_held{lease="retention"} 1`) {
			t.Errorf("metrics after %s: %s", took, w.Body)
		}
		for _, path := range []string{"/healthz", "/api/version", "/api/config/features"} {
			if w, took := ask(path); w.Code != http.StatusOK || took > 0 {
				t.Errorf("%s: %d after %s", path, w.Code, took)
			}
		}
		s.now.Store(false)
		if h := health(http.StatusOK); h.Down != 0 {
			t.Errorf("it is back: %+v", h)
		}
		if w, _ := ask("/api/events"); w.Code != http.StatusOK {
			t.Errorf("a search when it is back: %d %s", w.Code, w.Body)
		}
		if w, _ := ask("/metrics"); !strings.Contains(w.Body.String(), "aoc_state_up 1") || !strings.Contains(w.Body.String(), `aoc_store_info{store="mongodb"} 1`) {
			t.Errorf("metrics when it is back: %s", w.Body)
		}
		time.Sleep(2 * time.Hour) // until the looks that hung have come back
	})
}
