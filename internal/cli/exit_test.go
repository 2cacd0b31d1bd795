package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aoc"
	"aoc/internal/ingest"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// The numbers are written out here: they are a promise of the README, not of this code.
func TestExitCodes(t *testing.T) {
	coded := func(code aoc.Code) error { return aoc.Errorf(code, "test", "no") }
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"done":              {nil, 0},
		"invalid":           {coded(aoc.CodeInvalid), 2},
		"unauthenticated":   {coded(aoc.CodeUnauthenticated), 4},
		"forbidden":         {coded(aoc.CodeForbidden), 1},
		"not found":         {coded(aoc.CodeNotFound), 1},
		"conflict":          {coded(aoc.CodeConflict), 1},
		"throttled":         {coded(aoc.CodeThrottled), 1},
		"upstream":          {coded(aoc.CodeUpstream), 1},
		"unavailable":       {coded(aoc.CodeUnavailable), 1},
		"internal":          {coded(aoc.CodeInternal), 1},
		"unknown":           {errors.New("no"), 1},
		"incomplete":        {errIncomplete, 3},
		"interrupted":       {context.Canceled, 1},
		"interrupted, as":   {aoc.Wrap(context.Canceled, aoc.CodeInvalid, "test", "no"), 1},
		"wrapped":           {fmt.Errorf("again: %w", coded(aoc.CodeUnauthenticated)), 4},
		"outermost decides": {aoc.Wrap(coded(aoc.CodeUnauthenticated), aoc.CodeUnavailable, "test", "no"), 1},
		"with a failed end": {errors.Join(coded(aoc.CodeInvalid), errors.New("not closed")), 2},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
}

func TestFetchOutcome(t *testing.T) {
	done := ingest.FeedReport{State: ingest.FeedDone}
	failed := func(code aoc.Code) ingest.FeedReport {
		return ingest.FeedReport{State: ingest.FeedFailed, Error: &ingest.Fault{Code: code, Message: "no", Hint: "do"}}
	}
	for name, c := range map[string]struct {
		feeds []ingest.FeedReport
		want  int
	}{
		"all done":                  {[]ingest.FeedReport{done, done}, exitDone},
		"one failed":                {[]ingest.FeedReport{done, failed(aoc.CodeForbidden)}, exitIncomplete},
		"one not signed in":         {[]ingest.FeedReport{failed(aoc.CodeForbidden), done, failed(aoc.CodeUnauthenticated)}, exitNotSignedIn},
		"one with a loss":           {[]ingest.FeedReport{done, {State: ingest.FeedDone, Losses: 1}}, exitIncomplete},
		"one interrupted, no error": {[]ingest.FeedReport{{State: ingest.FeedPending}}, exitIncomplete},
	} {
		err := fetchOutcome(ingest.Report{Feeds: c.feeds})
		if got := exitCode(err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
		if c.want == exitNotSignedIn && aoc.HintOf(err) != "do" {
			t.Errorf("%s: the hint is lost", name)
		}
	}
}

func TestASecretThatIsNotAcceptedIsNotSignedIn(t *testing.T) {
	sim, err := simulator.New(simulator.Config{Tenant: tenant.Config{Seed: 1, Users: 5, EventsPerDay: 10}, OneListener: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, sim.CACertPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	environ := append(simulatorEnviron(sim, caFile), "CLIENT_SECRET=an-old-one", "AOC_CREDENTIAL=secret", "AOC_SOURCES=directoryaudit")
	if e := run(t, environ, "fetch"); e.code != exitNotSignedIn {
		t.Errorf("exit code %d, want %d\n%s", e.code, exitNotSignedIn, e.err)
	}
}

func TestHealthcheck(t *testing.T) {
	status := http.StatusOK
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.NotFound(w, r)
			return
		}
		w.WriteHeader(status)
	}))
	listen := "AOC_LISTEN=" + service.Listener.Addr().String()
	if e := run(t, []string{listen}, "healthcheck"); e.code != exitDone {
		t.Errorf("well: exit code %d\n%s", e.code, e.err)
	}
	status = http.StatusServiceUnavailable
	if e := run(t, []string{listen}, "healthcheck"); e.code != exitFailed {
		t.Errorf("not well: exit code %d\n%s", e.code, e.err)
	}
	service.Close()
	if e := run(t, []string{listen}, "healthcheck"); e.code != exitFailed {
		t.Errorf("not there: exit code %d\n%s", e.code, e.err)
	}
	if e := run(t, nil, "healthcheck", "--url=:nonsense"); e.code != exitUsage {
		t.Errorf("no URL: exit code %d\n%s", e.code, e.err)
	}
}

// On the command line there is no other log: what nobody foresaw is told where it happens.
func TestUnknownErrorsAreTold(t *testing.T) {
	var told bytes.Buffer
	streams{err: &told}.fail(fmt.Errorf("start: %w", errors.New("the disk is\x1b[31m on fire")))
	if got := told.String(); !strings.Contains(got, "on fire") || strings.Contains(got, "\x1b") {
		t.Errorf("told %q", got)
	}
	told.Reset()
	streams{err: &told}.fail(&aoc.Error{Code: aoc.CodeInvalid, Message: "wrong", Cause: errors.New("inner")})
	if got := told.String(); strings.Contains(got, "inner") {
		t.Errorf("told %q", got)
	}
}
