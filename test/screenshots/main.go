// Command screenshots takes a picture of every screen, in both themes, on a desktop and on
// a phone, for docs/screenshots. The tenant, its events and the time are always the same.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"aoc/internal/simulator/tenant"
	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

func main() {
	dir := flag.String("dir", "docs/screenshots", "write into this `folder`")
	only := flag.String("only", "", "only pictures with this in their `name`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *dir, *only); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, only string) (err error) {
	path, err := browser.Path()
	if err != nil {
		return err
	}
	store, err := os.MkdirTemp("", "aoc-screenshots-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(store)
	server, err := demo.Start(ctx, demo.Options{Dir: store, Alerts: true, Tenant: &tenant.Config{Seed: 1, Users: 1200, EventsPerDay: 2500}, Settings: []string{"AI_FEATURES_ENABLED=true"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop(context.WithoutCancel(ctx))) }()
	if err := livedIn(ctx, server); err != nil {
		return err
	}
	screens, err := screens(ctx, server)
	if err != nil {
		return err
	}
	chromium, err := browser.Start(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, chromium.Close()) }()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	total := 0
	for _, s := range screens {
		for _, l := range looks() {
			name := s.name + "-" + l.name
			if !strings.Contains(name, only) {
				continue
			}
			picture, err := take(chromium, server, s, l)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
				return err
			}
			fmt.Printf("%-32s %4d KB\n", name, len(picture)/1024)
			total += len(picture)
		}
	}
	fmt.Printf("%d KB together\n", total/1024)
	return nil
}

// look is a theme on a size.
type look struct {
	name string
	tab  browser.TabOptions
}

func looks() []look {
	desktop := browser.TabOptions{Width: 1440, Height: 900}
	phone := browser.TabOptions{Width: 390, Height: 844, Phone: true}
	dark := func(o browser.TabOptions) browser.TabOptions { o.Dark = true; return o }
	return []look{{"light-desktop", desktop}, {"dark-desktop", dark(desktop)}, {"light-phone", phone}, {"dark-phone", dark(phone)}}
}

// take opens a screen and takes its picture.
func take(chromium *browser.Browser, server *demo.Server, s screen, l look) ([]byte, error) {
	o := l.tab
	o.Origin, o.Ahead = server.URL, server.Clock.Ahead()
	tab, err := chromium.NewTab(o)
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	if err := errors.Join(tab.Open(s.path), tab.Settle()); err != nil {
		return nil, err
	}
	if s.prepare != nil {
		if err := errors.Join(s.prepare(tab), tab.Settle()); err != nil {
			return nil, err
		}
	}
	// What comes by and by, such as samples and figures, shall be there.
	time.Sleep(time.Second)
	if err := tab.Settle(); err != nil {
		return nil, err
	}
	// A blinking caret would make a difference each time.
	if _, err := browser.Eval[bool](tab, `(() => { document.documentElement.style.caretColor = "transparent"; return true })()`); err != nil {
		return nil, err
	}
	if faults := tab.Faults(); len(faults) > 0 {
		return nil, fmt.Errorf("in the page: %v", faults)
	}
	picture, err := tab.Screenshot()
	if err != nil {
		return nil, err
	}
	return compact(picture)
}

// ask calls the API as somebody.
func ask(ctx context.Context, server *demo.Server, who, method, path string, body, v any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, server.URL+path, strings.NewReader(string(content)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-AOC-Name", url.QueryEscape(cmp.Or(who, "Ada")))
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s answers %s", method, path, answer.Status)
	}
	if v == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(v)
}
