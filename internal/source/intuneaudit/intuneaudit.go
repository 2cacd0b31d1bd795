// Package intuneaudit reads the audit events of Microsoft Intune through Microsoft Graph:
// who changed which device policy, app or setting. It knows the facts of this collection;
// how it is read is the business of package graphwindow. Records come in two spellings
// (type and auditActorType, auditResourceType); they are passed on as they are.
package intuneaudit

import (
	"time"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source/graphwindow"
)

// Collector is the source's name in feeds.
const Collector = "intuneaudit"

// New makes the source for the client's tenant.
func New(client *m365.Client) *graphwindow.Source {
	return graphwindow.New(client, graphwindow.Config{
		Collector: Collector,
		Title:     "Intune audit events",
		Kind:      aoc.KindIntuneAudit,
		// No page size is documented; 500 is the most that tools in use ask for.
		Collection:  m365.Collection{Path: "/v1.0/deviceManagement/auditEvents", TimeField: "activityDateTime", PageSize: 500},
		Class:       m365.ClassIntune,
		Permissions: []string{"DeviceManagementApps.Read.All"},
		Remedy:      "Add the Microsoft Graph application permission DeviceManagementApps.Read.All to the app registration and have an administrator grant consent. The tenant also needs an active Intune licence.",
		Lookback:    365 * 24 * time.Hour,
		Resweep:     []time.Duration{20 * time.Minute, 2 * time.Hour, 24 * time.Hour, 72 * time.Hour},
		LossHint:    "Intune keeps audit events for about a year; older ones exist only where they were exported before.",
	})
}
