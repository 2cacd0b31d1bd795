package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Patience is how long anything may take to appear, on a machine that is busy with other
// tests. A person would have left; speed is measured elsewhere.
const Patience = 20 * time.Second

// pause between two looks at the page.
const pause = 30 * time.Millisecond

// Open goes to a path of the origin, or to an address, and waits until it is loaded.
func (t *Tab) Open(path string) error {
	if strings.HasPrefix(path, "/") {
		path = t.options.Origin + path
	}
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Navigate(path))
}

// Reload loads the page again.
func (t *Tab) Reload() error {
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Reload())
}

// Back and Forward go through the history, as the buttons of the browser do.
func (t *Tab) Back() error { return t.history(-1) }

// Forward is the opposite of [Tab.Back].
func (t *Tab) Forward() error { return t.history(1) }

// history does not wait for a page to load, since most steps load none.
func (t *Tab) history(step int64) error {
	h, err := call(t, page.GetNavigationHistory, struct{}{})
	if err != nil {
		return err
	}
	i := h.CurrentIndex + step
	if i < 0 || i >= int64(len(h.Entries)) {
		return fmt.Errorf("there is nothing to go to in the history of %d pages", len(h.Entries))
	}
	_, err = call(t, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: h.Entries[i].ID})
	return err
}

// URL is the address without the origin.
func (t *Tab) URL() (string, error) {
	return Eval[string](t, `location.pathname + location.search + location.hash`)
}

// Eval runs a script in the page, as its developer tools do; promises are awaited.
func Eval[T any](t *Tab, script string) (T, error) {
	ctx, cancel := context.WithTimeout(t.ctx, 3*Patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise,
		// What the tests themselves run is not what the policy is there for.
		func(p *runtime.EvaluateParams) {
			yes := true
			p.UserGesture, p.AllowUnsafeEvalBlockedByCSP = &yes, &yes
		}))
}

// Until waits until ask gives true. what is told if it never does.
func (t *Tab) Until(what string, ask func() (bool, error)) error {
	deadline := time.Now().Add(Patience)
	for {
		ok, err := ask()
		if ok && err == nil {
			return nil
		}
		if t.ctx.Err() != nil {
			return t.ctx.Err()
		}
		if time.Now().After(deadline) {
			return errors.Join(fmt.Errorf("waited %s in vain: %s", Patience, what), err)
		}
		time.Sleep(pause)
	}
}

// UntilTrue waits until a script gives true.
func (t *Tab) UntilTrue(script string) error {
	return t.Until(script, func() (bool, error) { return Eval[bool](t, script) })
}

// Text is all text that is to be seen in the page.
func (t *Tab) Text() (string, error) { return Eval[string](t, `document.body.innerText`) }

// WaitText waits until the page shows a text, in any letter case: style sheets change it.
func (t *Tab) WaitText(text string) error {
	return t.Until(fmt.Sprintf("%q to be seen", text), func() (bool, error) {
		all, err := t.Text()
		return strings.Contains(fold(all), fold(text)), err
	})
}

// WaitNoText waits until the page does not show a text any more.
func (t *Tab) WaitNoText(text string) error {
	return t.Until(fmt.Sprintf("%q to be gone", text), func() (bool, error) {
		all, err := t.Text()
		return !strings.Contains(fold(all), fold(text)), err
	})
}

// Settle waits until the page is loaded, has nothing left to run, no request is under way, and
// all is painted. On a slow machine a page is quiet, too, while it thinks about what to ask for:
// so it must be quiet still when it had time to think.
func (t *Tab) Settle() error {
	const quiet = 150 * time.Millisecond
	deadline := time.Now().Add(Patience)
	for {
		still, open := t.watch.quiet(quiet)
		if still {
			rested, err := Eval[bool](t, rested)
			if err != nil {
				return err
			}
			if still, open = t.watch.quiet(quiet); still && rested {
				return nil
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("after %s these requests are still under way, or come again and again: %s", Patience, strings.Join(open, ", "))
		}
		time.Sleep(pause)
	}
}

// rested reports whether the page is loaded and, since it was asked last, has had nothing to do
// and been painted. It is asked again and again rather than waited for: what a page that is
// left had promised is never told.
const rested = `(() => {
	const was = window.aocRested;
	if (was === "yes") delete window.aocRested;
	if (was === undefined) {
		window.aocRested = "no";
		requestIdleCallback(() => requestAnimationFrame(() => requestAnimationFrame(() => window.aocRested = "yes")), {timeout: 1000});
	}
	return was === "yes" && document.readyState === "complete";
})()`

// Screenshot gives a PNG of what is to be seen.
func (t *Tab) Screenshot() ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return nil, err
	}
	if _, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil {
		return nil, fmt.Errorf("the screenshot is broken: %w", err)
	}
	return picture, nil
}

// fold makes texts comparable: letter case and white space do not count.
func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// quote gives a text as JavaScript writes it.
func quote(s string) string {
	b, _ := json.Marshal(s) // cannot fail
	return string(b)
}
