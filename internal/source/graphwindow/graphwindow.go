// Package graphwindow reads any Graph collection of audit records by time windows: a
// window is one unit, read page by page. It knows no collection by name: what one is
// called, needs and holds is the [Config] that a source has in its own package. When, how
// often and what becomes of the records is the business of neither.
package graphwindow

import (
	"context"
	"iter"
	"time"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
)

// maxWindow is the longest window that is asked for at once: what is read again from its
// beginning when reading it fails.
const maxWindow = 24 * time.Hour

// Config is what one collection differs in from another. All of it is required.
type Config struct {
	Collector  string // the source's name in feeds: "directoryaudit"
	Title      string // for people: "Entra directory audits"
	Kind       aoc.RecordKind
	Collection m365.Collection
	Class      m365.Class // the limits its requests share
	// Permissions are the application permissions it needs.
	Permissions []string
	// Remedy is told when access is refused without a reason. It names the permissions.
	Remedy string
	// Lookback is how long Microsoft keeps the records.
	Lookback time.Duration
	// Resweep holds the ages of a window at which it is listed again; see [source.Spec].
	Resweep []time.Duration
	// LossHint says what is lost when records are not read within Lookback.
	LossHint string
}

// Source implements [source.Source] for one collection.
type Source struct {
	client *m365.Client
	cfg    Config
}

// New makes the source of a collection in the client's tenant.
func New(client *m365.Client, c Config) *Source { return &Source{client: client, cfg: c} }

func (s *Source) feed() aoc.Feed {
	return aoc.Feed{TenantID: s.client.TenantID(), Collector: s.cfg.Collector}
}

// Spec implements [source.Source].
func (s *Source) Spec() source.Spec {
	return source.Spec{
		Feed:        s.feed(),
		Source:      s.cfg.Kind.Source(),
		Title:       s.cfg.Title,
		Permissions: s.cfg.Permissions,
		MaxWindow:   maxWindow,
		Lookback:    s.cfg.Lookback,
		Resweep:     s.cfg.Resweep,
		LossHint:    s.cfg.LossHint,
	}
}

// List implements [source.Source]: a window is one unit. It asks nothing of upstream.
func (s *Source) List(_ context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		if w.Duration() <= 0 || w.Duration() > maxWindow {
			yield(aoc.Unit{}, aoc.Errorf(aoc.CodeInvalid, s.cfg.Collector+".list", "the window %s is not between 0 and 24 hours long", w))
			return
		}
		yield(aoc.Unit{
			ID:         w.String(),
			Locator:    s.cfg.Collection.Locator(w),
			Window:     w,
			ExpiresAt:  w.End.Add(s.cfg.Lookback),
			Repeatable: true,
		}, nil)
	}
}

// Read implements [source.Source]. A record on the shared edge of two windows comes with
// both of them; see [m365.Collection.Locator].
func (s *Source) Read(ctx context.Context, u aoc.Unit) iter.Seq2[aoc.Record, error] {
	first := m365.Request{API: m365.Graph, Class: s.cfg.Class, Path: u.Locator, Permission: s.cfg.Remedy}
	record := aoc.Record{
		Kind:      s.cfg.Kind,
		TenantID:  s.client.TenantID(),
		Transport: s.feed().Name() + " " + u.ID,
	}
	return m365.Records(s.client.Pages(ctx, first), record)
}
