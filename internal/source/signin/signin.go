// Package signin reads the interactive sign-ins of Microsoft Entra through Microsoft
// Graph. It knows the facts of this collection; how it is read is the business of package
// graphwindow. The sign-ins of applications and the non-interactive ones are in no stable
// version of Graph; the unified audit log has them in part.
package signin

import (
	"time"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source/graphwindow"
)

// Collector is the source's name in feeds.
const Collector = "signin"

// New makes the source for the client's tenant.
func New(client *m365.Client) *graphwindow.Source {
	return graphwindow.New(client, graphwindow.Config{
		Collector: Collector,
		Title:     "Entra sign-ins",
		Kind:      aoc.KindSignIn,
		// A thousand is the documented maximum of a page.
		Collection:  m365.Collection{Path: "/v1.0/auditLogs/signIns", TimeField: "createdDateTime", PageSize: 1000},
		Class:       m365.ClassReports,
		Permissions: []string{"AuditLog.Read.All", "Directory.Read.All"},
		Remedy:      "Add the Microsoft Graph application permissions AuditLog.Read.All and Directory.Read.All to the app registration and have an administrator grant consent. Sign-in logs also need a Microsoft Entra ID P1 or P2 licence in the tenant.",
		Lookback:    30 * 24 * time.Hour,
		Resweep:     []time.Duration{20 * time.Minute, 2 * time.Hour, 24 * time.Hour, 72 * time.Hour},
		LossHint:    "Microsoft Entra keeps sign-ins for 30 days; older ones exist only where they were exported before.",
	})
}
