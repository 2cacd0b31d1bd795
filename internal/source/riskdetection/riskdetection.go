// Package riskdetection reads what Microsoft Entra ID Protection finds risky in sign-ins and
// accounts, through Microsoft Graph. It knows the facts of this collection; how it is read is
// the business of package graphwindow.
//
// A detection is found by when it was detected, which is minutes to days after the sign-in
// that it is about. It changes afterwards: when the risk is remediated, dismissed or
// confirmed, the same id comes with another state. Nothing of Graph tells of that but
// reading the detection again, so windows are listed again for a week.
package riskdetection

import (
	"time"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source/graphwindow"
)

// Collector is the source's name in feeds.
const Collector = "riskdetection"

const day = 24 * time.Hour

// New makes the source for the client's tenant.
func New(client *m365.Client) *graphwindow.Source {
	return graphwindow.New(client, graphwindow.Config{
		Collector: Collector,
		Title:     "Entra risk detections",
		Kind:      aoc.KindRiskDetection,
		// Five hundred is the documented maximum of a page.
		Collection:  m365.Collection{Path: "/v1.0/identityProtection/riskDetections", TimeField: "detectedDateTime", PageSize: 500},
		Class:       m365.ClassRisk,
		Permissions: []string{"IdentityRiskEvent.Read.All"},
		Remedy:      "Add the Microsoft Graph application permission IdentityRiskEvent.Read.All to the app registration and have an administrator grant consent. Risk detections also need a Microsoft Entra ID P2 licence in the tenant; with P1 Microsoft tells that there was a risk, and not which.",
		// What P2 keeps. With P1 it is 30 days, without either 7; asking for more is no error.
		Lookback: 90 * day,
		Resweep:  []time.Duration{20 * time.Minute, 2 * time.Hour, day, 3 * day, 7 * day},
		LossHint: "Microsoft Entra keeps risk detections for 90 days with a P2 licence and for 30 days with P1; older ones exist only where they were exported before.",
	})
}
