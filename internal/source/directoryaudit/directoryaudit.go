// Package directoryaudit reads the directory audits of Microsoft Entra through Microsoft
// Graph: who changed which user, group, application, role or policy. It knows the facts of
// this collection; how it is read is the business of package graphwindow.
package directoryaudit

import (
	"time"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source/graphwindow"
)

// Collector is the source's name in feeds.
const Collector = "directoryaudit"

// New makes the source for the client's tenant.
func New(client *m365.Client) *graphwindow.Source {
	return graphwindow.New(client, graphwindow.Config{
		Collector: Collector,
		Title:     "Entra directory audits",
		Kind:      aoc.KindDirectoryAudit,
		// A thousand is the page size that the service takes by itself.
		Collection:  m365.Collection{Path: "/v1.0/auditLogs/directoryAudits", TimeField: "activityDateTime", PageSize: 1000},
		Class:       m365.ClassReports,
		Permissions: []string{"AuditLog.Read.All", "Directory.Read.All"},
		Remedy:      "Add the Microsoft Graph application permissions AuditLog.Read.All and Directory.Read.All to the app registration and have an administrator grant consent.",
		Lookback:    30 * 24 * time.Hour,
		Resweep:     []time.Duration{20 * time.Minute, 2 * time.Hour, 24 * time.Hour, 72 * time.Hour},
		LossHint:    "Microsoft Entra keeps directory audits for 30 days (7 without a P1 or P2 licence); older ones exist only where they were exported before.",
	})
}
