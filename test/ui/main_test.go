package ui_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"aoc/internal/simulator/tenant"
	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// house holds what all tests share: one browser, and the program over the demo tenant.
type house struct {
	ctx      context.Context
	dir      string
	mu       sync.Mutex
	cleanups []func()
	chromium func() (*browser.Browser, error)
	tenant   func() (*demo.Server, error)
	hostile  func() (*demo.Server, error)
	guarded  func() (*demo.Server, error)
	alerting func() (*demo.Server, error)
}

// theHouse is made by TestMain; its parts start when the first test asks for them.
var theHouse *house

func TestMain(m *testing.M) {
	flag.Parse()
	if !isSet("test.parallel") {
		// Most of the time is spent waiting for the page.
		if err := flag.Set("test.parallel", "4"); err != nil {
			panic(err)
		}
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "aoc-ui-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	theHouse = &house{ctx: ctx, dir: dir}
	defer theHouse.close()
	theHouse.chromium = sync.OnceValues(theHouse.startChromium)
	theHouse.tenant = sync.OnceValues(func() (*demo.Server, error) {
		return theHouse.startProgram("tenant", demo.Options{Tenant: &tenant.Config{Seed: 1, Users: 200, EventsPerDay: 300}, Settings: onlyWhenAsked()})
	})
	theHouse.hostile = sync.OnceValues(func() (*demo.Server, error) {
		return theHouse.startProgram("hostile", demo.Options{})
	})
	theHouse.guarded = sync.OnceValues(func() (*demo.Server, error) {
		return theHouse.startProgram("guarded", demo.Options{SignIn: true, Alerts: true, Tenant: &smallTenant, Settings: append(onlyWhenAsked(), assistant)})
	})
	theHouse.alerting = sync.OnceValues(func() (*demo.Server, error) {
		return theHouse.startProgram("alerting", demo.Options{Alerts: true, Tenant: &tenant.Config{Seed: 5, Users: 300, EventsPerDay: 200}, Settings: onlyWhenAsked()})
	})
	return m.Run()
}

// onlyWhenAsked are settings for a program that collects when a test says so: what arrives in
// the middle of one would change what it counts.
func onlyWhenAsked() []string { return []string{"ENABLE_PERIODIC_FETCH=false"} }

func isSet(name string) (set bool) {
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

func (h *house) onClose(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cleanups = append(h.cleanups, f)
}

func (h *house) close() {
	for i := len(h.cleanups) - 1; i >= 0; i-- {
		h.cleanups[i]()
	}
}

func (h *house) startChromium() (*browser.Browser, error) {
	path, err := browser.Path()
	if err != nil {
		return nil, err
	}
	b, err := browser.Start(h.ctx, path)
	if err != nil {
		return nil, err
	}
	h.onClose(func() { _ = b.Close() })
	return b, nil
}

func (h *house) startProgram(name string, o demo.Options) (*demo.Server, error) {
	o.Dir = h.dir + "/" + name
	if err := os.Mkdir(o.Dir, 0o700); err != nil {
		return nil, err
	}
	o.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	server, err := demo.Start(h.ctx, o)
	if err != nil {
		return nil, err
	}
	h.onClose(func() {
		ctx, cancel := context.WithTimeout(h.ctx, 20*time.Second)
		defer cancel()
		_ = server.Stop(ctx)
	})
	return server, nil
}

// chromium gives the browser. Without one the test is skipped, or fails where one must be.
func chromium(t *testing.T) *browser.Browser {
	t.Helper()
	b, err := theHouse.chromium()
	if errors.Is(err, browser.ErrNone) && os.Getenv("AOC_REQUIRE_BROWSER") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tenantServer gives the program over the simulated tenant.
func tenantServer(t *testing.T) *demo.Server {
	t.Helper()
	chromium(t) // first: without a browser there is no need to collect anything
	server, err := theHouse.tenant()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// ownServer gives a program that a test has for itself.
func ownServer(t *testing.T, o demo.Options) *demo.Server {
	t.Helper()
	chromium(t)
	o.Dir = t.TempDir()
	server, err := demo.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return server
}
