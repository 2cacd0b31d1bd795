// Package signin reads the interactive sign-ins of Microsoft Entra through Microsoft
// Graph. It only lists and reads. The sign-ins of applications and the non-interactive
// ones are in no stable version of Graph; the unified audit log has them in part.
package signin

import (
	"context"
	"iter"
	"time"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
)

// Collector is the source's name in feeds.
const Collector = "signin"

// collection is what is read. A thousand is the documented maximum of a page.
var collection = m365.Collection{Path: "/v1.0/auditLogs/signIns", TimeField: "createdDateTime", PageSize: 1000}

// permission is the remedy when access is refused without a reason.
const permission = "Add the Microsoft Graph application permissions AuditLog.Read.All and Directory.Read.All to the app registration and have an administrator grant consent. Sign-in logs also need a Microsoft Entra ID P1 or P2 licence in the tenant."

// Source implements [source.Source].
type Source struct{ client *m365.Client }

// New makes the source for the client's tenant.
func New(client *m365.Client) *Source { return &Source{client: client} }

func (s *Source) feed() aoc.Feed {
	return aoc.Feed{TenantID: s.client.TenantID(), Collector: Collector}
}

// Spec implements [source.Source].
func (s *Source) Spec() source.Spec {
	return source.Spec{
		Feed:        s.feed(),
		Source:      aoc.SourceSignIn,
		Title:       "Entra sign-ins",
		Permissions: []string{"AuditLog.Read.All", "Directory.Read.All"},
		MaxWindow:   24 * time.Hour,
		Lookback:    30 * 24 * time.Hour,
		Resweep:     []time.Duration{20 * time.Minute, 2 * time.Hour, 24 * time.Hour, 72 * time.Hour},
		LossHint:    "Microsoft Entra keeps sign-ins for 30 days; older ones exist only where they were exported before.",
	}
}

// List implements [source.Source]: a window is one unit, read page by page. It asks
// nothing of upstream.
func (s *Source) List(_ context.Context, w aoc.Window) iter.Seq2[aoc.Unit, error] {
	return func(yield func(aoc.Unit, error) bool) {
		if w.Duration() <= 0 || w.Duration() > s.Spec().MaxWindow {
			yield(aoc.Unit{}, aoc.Errorf(aoc.CodeInvalid, Collector+".list", "the window %s is not between 0 and 24 hours long", w))
			return
		}
		yield(aoc.Unit{
			ID:         w.String(),
			Locator:    collection.Locator(w),
			Window:     w,
			ExpiresAt:  w.End.Add(s.Spec().Lookback),
			Repeatable: true,
		}, nil)
	}
}

// Read implements [source.Source]. A record on the shared edge of two windows comes with
// both of them; see [m365.Collection.Locator].
func (s *Source) Read(ctx context.Context, u aoc.Unit) iter.Seq2[aoc.Record, error] {
	first := m365.Request{API: m365.Graph, Class: m365.ClassReports, Path: u.Locator, Permission: permission}
	record := aoc.Record{
		Kind:      aoc.KindSignIn,
		TenantID:  s.client.TenantID(),
		Transport: s.feed().Name() + " " + u.ID,
	}
	return func(yield func(aoc.Record, error) bool) {
		for element, err := range s.client.Pages(ctx, first) {
			if err != nil {
				yield(aoc.Record{}, err)
				return
			}
			record.Raw, record.Problem = element.Raw, element.Problem
			if !yield(record, nil) {
				return
			}
		}
	}
}
