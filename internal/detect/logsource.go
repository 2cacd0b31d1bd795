package detect

import (
	"strings"

	"aoc"
	"aoc/internal/sigma"
)

// logSource says which records a Sigma log source stands for.
type logSource struct {
	product, service string // the service is empty for all of a product
	families         []*family
	// narrow are further conditions on events; nil for none.
	narrow func(e *aoc.Event) bool
	// missing names the source that would have to be collected; empty where AOC has one.
	missing string
}

// logSources are the log sources that rules about Microsoft 365 name. What each is called in
// SigmaHQ's rules stands first.
var logSources = []logSource{ //nolint:gochecknoglobals // read-only table
	{product: "azure", service: "auditlogs", families: []*family{directoryAudits}},
	{product: "azure", service: "audit", families: []*family{directoryAudits}},
	{product: "azure", service: "signinlogs", families: []*family{signIns}},
	{product: "azure", service: "signin", families: []*family{signIns}},
	{product: "azure", service: "pim", families: []*family{directoryAudits}, narrow: loggedByPIM},
	{product: "azure", service: "riskdetection", families: []*family{riskDetections}},
	{product: "azure", service: "activitylogs", missing: "the activity log of Azure subscriptions"},
	{product: "azure", families: []*family{directoryAudits, signIns, riskDetections}},
	{product: "m365", service: "audit", families: []*family{unifiedAudits}},
	{product: "m365", service: "exchange", families: []*family{unifiedAudits}, narrow: ofWorkload("Exchange")},
	{product: "m365", service: "sharepoint", families: []*family{unifiedAudits}, narrow: ofWorkload("SharePoint", "OneDrive")},
	{product: "m365", service: "onedrive", families: []*family{unifiedAudits}, narrow: ofWorkload("OneDrive")},
	{product: "m365", service: "teams", families: []*family{unifiedAudits}, narrow: ofWorkload("MicrosoftTeams")},
	{product: "m365", service: "microsoft_teams", families: []*family{unifiedAudits}, narrow: ofWorkload("MicrosoftTeams")},
	{product: "m365", service: "threat_management", families: []*family{unifiedAudits}, narrow: ofWorkload("SecurityComplianceCenter", "ThreatIntelligence")},
	{product: "m365", service: "threat_detection", families: []*family{unifiedAudits}, narrow: ofWorkload("SecurityComplianceCenter", "ThreatIntelligence")},
	{product: "m365", families: []*family{unifiedAudits}},
	{product: "intune", families: []*family{intuneAudits}},
	{product: "aoc", families: []*family{directoryAudits, signIns, riskDetections, intuneAudits, unifiedAudits}},
}

// loggedByPIM holds for what Privileged Identity Management has written down.
func loggedByPIM(e *aoc.Event) bool {
	return strings.HasPrefix(e.ID, "PIM_") || strings.Contains(e.Operation, "PIM")
}

// ofWorkload holds for records of some workloads, as Microsoft calls them.
func ofWorkload(names ...string) func(e *aoc.Event) bool {
	return func(e *aoc.Event) bool {
		for _, n := range names {
			if strings.EqualFold(e.Service, n) {
				return true
			}
		}
		return false
	}
}

// findLogSource gives what a rule's log source stands for. Code invalid for one that AOC
// knows nothing of.
func findLogSource(l sigma.LogSource) (*logSource, error) {
	for i := range logSources {
		s := &logSources[i]
		if strings.EqualFold(s.product, l.Product) && strings.EqualFold(s.service, l.Service) && l.Category == "" {
			return s, nil
		}
	}
	e := aoc.Errorf(aoc.CodeInvalid, "detect.log_source", "logsource: AOC has no records of product %q, service %q, category %q", l.Product, l.Service, l.Category)
	e.Hint = "Products are azure, m365, intune and aoc; azure has the services auditlogs, signinlogs, riskdetection and pim, m365 audit, exchange, sharepoint, teams, threat_management."
	return nil, e
}
