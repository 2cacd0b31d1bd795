// Package intuneaudit reads the audit events of Microsoft Intune through Microsoft Graph:
// who changed which device policy, app or setting. It only lists and reads. Records come
// in two spellings (type and auditActorType, auditResourceType); they are passed on as
// they are.
package intuneaudit

import (
	"context"
	"iter"
	"time"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
)

// Collector is the source's name in feeds.
const Collector = "intuneaudit"

// collection is what is read. No page size is documented; 500 is the most that tools in
// use ask for.
var collection = m365.Collection{Path: "/v1.0/deviceManagement/auditEvents", TimeField: "activityDateTime", PageSize: 500}

// permission is the remedy when access is refused without a reason.
const permission = "Add the Microsoft Graph application permission DeviceManagementApps.Read.All to the app registration and have an administrator grant consent. The tenant also needs an active Intune licence."

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
		Source:      aoc.SourceIntune,
		Title:       "Intune audit events",
		Permissions: []string{"DeviceManagementApps.Read.All"},
		MaxWindow:   24 * time.Hour,
		Lookback:    365 * 24 * time.Hour,
		Resweep:     []time.Duration{20 * time.Minute, 2 * time.Hour, 24 * time.Hour, 72 * time.Hour},
		LossHint:    "Intune keeps audit events for about a year; older ones exist only where they were exported before.",
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
	first := m365.Request{API: m365.Graph, Class: m365.ClassIntune, Path: u.Locator, Permission: permission}
	record := aoc.Record{
		Kind:      aoc.KindIntuneAudit,
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
