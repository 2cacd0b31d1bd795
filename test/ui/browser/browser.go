// Package browser drives a Chromium the way a person does: it finds things by what they
// are and are called (the accessibility tree), clicks where they are on the screen, types
// key by key, and waits for what is to be seen. Whatever goes wrong in the page meanwhile
// is recorded: errors, violations of the content security policy, requests to strangers.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is a running Chromium without a window.
type Browser struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// Start starts the browser at path. It ends with ctx, or by Close.
func Start(ctx context.Context, path string) (*Browser, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		// A strange machine shall give the same picture.
		chromedp.Flag("font-render-hinting", "none"), chromedp.Flag("lang", "en-GB"), chromedp.Env("LANGUAGE=en_GB"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // the sandbox refuses to run as root
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	browser, cancelBrowser := chromedp.NewContext(allocator,
		// A newer browser sends what this library does not know: no reason to write about it.
		chromedp.WithErrorf(func(string, ...any) {}))
	b := &Browser{ctx: browser, cancel: func() { cancelBrowser(); cancelAllocator() }}
	if err := chromedp.Do(browser); err != nil {
		b.cancel()
		return nil, fmt.Errorf("%s does not start: %w", path, err)
	}
	return b, nil
}

// Close ends the browser and its tabs.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	defer b.cancel()
	if err := chromedp.Cancel(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// TabOptions say what a tab is for.
type TabOptions struct {
	// Origin, such as http://127.0.0.1:8000, is the only one that may be asked.
	Origin string
	// Width and Height in CSS pixels; default 1440 × 900.
	Width, Height int
	// Phone makes it a touch device with two device pixels a CSS pixel.
	Phone bool
	// Dark prefers dark colours, else light.
	Dark bool
	// Zone is the time zone of the machine as the page sees it; default Europe/Berlin.
	Zone string
	// Ahead shifts the page's clock, as the program's may be.
	Ahead time.Duration
	// Downloads is the folder that they go to; none: they are refused.
	Downloads string
}

func (o TabOptions) withDefaults() TabOptions {
	if o.Width == 0 || o.Height == 0 {
		o.Width, o.Height = 1440, 900
	}
	if o.Zone == "" {
		o.Zone = "Europe/Berlin"
	}
	return o
}

// Tab is a page in a profile of its own: nothing is shared with other tabs.
type Tab struct {
	ctx     context.Context
	cancel  context.CancelFunc
	options TabOptions
	watch   *watch
}

// NewTab opens an empty tab.
func (b *Browser) NewTab(o TabOptions) (*Tab, error) {
	o = o.withDefaults()
	w := newWatch(o.Origin)
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(w.hear))
	t := &Tab{ctx: ctx, cancel: cancel, options: o, watch: w}
	w.answerDialog = t.refuseDialog
	if err := t.prepare(); err != nil {
		cancel()
		return nil, err
	}
	return t, nil
}

func (t *Tab) prepare() error {
	yes := true
	if err := chromedp.Do(t.ctx); err != nil {
		return err
	}
	downloads := cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: chromedp.FromContext(t.ctx).BrowserContextID,
	}
	if t.options.Downloads != "" {
		downloads.Behavior, downloads.DownloadPath = cdpbrowser.SetDownloadBehaviorBehaviorAllow, t.options.Downloads
	}
	_, errDownloads := chromedp.CallBrowser(t.ctx, cdpbrowser.SetDownloadBehavior, downloads)
	var errClipboard error
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(t.ctx, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
			Permission: &cdpbrowser.PermissionDescriptor{Name: name}, Setting: cdpbrowser.PermissionSettingGranted,
			Origin: t.options.Origin, BrowserContextID: downloads.BrowserContextID,
		})
		errClipboard = errors.Join(errClipboard, err)
	}
	_, errBinding := chromedp.Call(t.ctx, runtime.AddBinding, runtime.AddBindingParams{Name: reportBinding})
	_, errScript := chromedp.Call(t.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: trapScript + clockScript(t.options.Ahead),
	})
	_, errZone := chromedp.Call(t.ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: t.options.Zone})
	// Tabs work beside each other: each shall believe that it is being looked at.
	_, errFocus := chromedp.Call(t.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: yes})
	return errors.Join(errDownloads, errClipboard, errBinding, errScript, errZone, errFocus,
		t.Theme(t.options.Dark), t.Resize(t.options.Width, t.options.Height))
}

// Beside opens another tab of the same profile: they share cookies, as a person's tabs do.
func (t *Tab) Beside() (*Tab, error) {
	w := newWatch(t.options.Origin)
	ctx, cancel := chromedp.NewContext(t.ctx, chromedp.WithListener(w.hear))
	other := &Tab{ctx: ctx, cancel: cancel, options: t.options, watch: w}
	w.answerDialog = other.refuseDialog
	if err := other.prepare(); err != nil {
		cancel()
		return nil, err
	}
	return other, nil
}

// refuseDialog closes a dialog of the page, without waiting for it.
func (t *Tab) refuseDialog() {
	go func() {
		_, _ = chromedp.Call(t.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: false})
	}()
}

// Close closes the tab.
func (t *Tab) Close() { t.cancel() }

// Theme makes the system prefer dark or light colours. Motion is always reduced: a person
// who waits for an animation sees the same in the end.
func (t *Tab) Theme(dark bool) error {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(t.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	return err
}

// Resize gives the page another size, in CSS pixels.
func (t *Tab) Resize(width, height int) error {
	options := []chromedp.EmulateViewportOption{chromedp.EmulatePortrait}
	if t.options.Phone {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch,
			func(p *emulation.SetDeviceMetricsOverrideParams, _ *emulation.SetTouchEmulationEnabledParams) {
				p.DeviceScaleFactor = 2
			})
	}
	return chromedp.Do(t.ctx, chromedp.EmulateViewport(int64(width), int64(height), options...))
}

// call sends a command to the tab, for patience at most.
func call[P, R any](t *Tab, command cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	return chromedp.Call(ctx, command, params)
}
