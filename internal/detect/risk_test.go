package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"aoc"
	"aoc/internal/sigma"
)

// riskTypes are the detections that rules are known to look for.
var riskTypes = strings.Fields(`adminConfirmedUserCompromised anomalousToken anomalousUserActivity anonymizedIPAddress attackerinTheMiddle attemptedPrtAccess
	generic impossibleTravel investigationsThreatIntelligence leakedCredentials maliciousIPAddress malwareInfectedIPAddress mcasSuspiciousInboxManipulationRules
	newCountry nationStateIP passwordSpray riskyIPAddress suspiciousAPITraffic suspiciousBrowser suspiciousInboxForwarding suspiciousIPAddress
	suspiciousSendingPatterns tokenIssuerAnomaly unfamiliarFeatures unlikelyTravel userReportedSuspiciousActivity`)

func riskOf(t *testing.T, kind string) *aoc.Event {
	return event(t, aoc.KindRiskDetection, strings.Replace(riskRecord, "leakedCredentials", kind, 1))
}

// TestRiskRules: a rule about a detection fires for it and for no other.
func TestRiskRules(t *testing.T) {
	var text []string
	for _, kind := range riskTypes {
		text = append(text, rule(kind, "product: azure\nservice: riskdetection", "riskEventType: "+kind))
	}
	d := NewDetector(parse(t, strings.Join(text, "---\n")), nil, Env{})
	for _, kind := range riskTypes {
		if got := judge(d, riskOf(t, kind)); !slices.Equal(got, []string{kind}) {
			t.Errorf("%s: %v", kind, got)
		}
	}
	if got := judge(d, event(t, aoc.KindSignIn, strings.Replace(signInRecord, `"id"`, `"riskEventType":"newCountry","id"`, 1))); len(got) > 0 {
		t.Errorf("a sign-in: %v", got)
	}
}

// TestPublicRulesOfRisks: each fires for the detection that it is about, where detections are
// collected; elsewhere it says what is missing.
func TestPublicRulesOfRisks(t *testing.T) {
	n := 0
	for file, rules := range rulesOf(t) {
		if len(rules) == 0 || rules[0].LogSource.Service != "riskdetection" {
			continue
		}
		n++
		d := NewDetector(rules, nil, Env{})
		fires := slices.ContainsFunc(riskTypes, func(kind string) bool { return len(judge(d, riskOf(t, kind))) > 0 })
		if r := d.Reports()[0]; r.State != CanFire || !fires {
			t.Errorf("%s: %+v, fires: %v", file, r, fires)
		}
		without := NewDetector(rules, nil, Env{Collected: func(s aoc.Source) bool { return s != aoc.SourceRisk }})
		if r := without.Reports()[0]; r.State != SourceOff || !slices.Equal(r.Sources, []string{"risk"}) {
			t.Errorf("%s: %+v", file, r)
		}
	}
	if n == 0 {
		t.Error("there are no rules about risk detections")
	}
}

// pimTold are alerts of PIM in the words of audits, with what rules call them.
var pimTold = map[string][]string{
	"rolesAssignedOutsidePrivilegedIdentityManagementAlertConfiguration": {
		pimAudit("Add member to role outside of PIM (permanent)", "Global Administrator", ""),
		pimAudit("Add eligible member to role outside of PIM (timebound)", "Security Administrator", ""),
		pimAudit("Triggered PIM alert", "Roles are being assigned outside of Privileged Identity Management", ""),
		pimAudit("Triggered PIM alert", "", "RolesAssignedOutsidePimAlert"),
	},
	"sequentialActivationRenewalsAlertIncident": {
		pimAudit("Triggered PIM alert", "Roles are being activated too frequently", ""), pimAudit("Triggered PIM alert", "", "DirectoryRole_x_SequentialActivationRenewalsAlert"),
	},
	"invalidLicenseAlertIncident": {
		pimAudit("Triggered PIM alert", "The organization doesn't have Microsoft Entra ID P2 or Microsoft Entra ID Governance", ""),
		pimAudit("Triggered PIM alert", "", "InvalidLicenseAlert"),
	},
	"noMfaOnRoleActivationAlertIncident":               {pimAudit("Triggered PIM alert", "Roles don't require multifactor authentication for activation", "")},
	"redundantAssignmentAlertIncident":                 {pimAudit("Triggered PIM alert", "Administrators aren't using their privileged roles", "")},
	"staleSignInAlertIncident":                         {pimAudit("Triggered PIM alert", "Potential stale accounts in a privileged role", "")},
	"tooManyGlobalAdminsAssignedToTenantAlertIncident": {pimAudit("Triggered PIM alert", "There are too many Global Administrators", "")},
}

// pimAudit is a directory audit of PIM about something that has a name, or about an alert
// whose id is among its details.
func pimAudit(operation, about, alert string) string {
	return fmt.Sprintf(`{"id":"PIM_1_2_3","category":"RoleManagement","activityDisplayName":%q,"result":"success","activityDateTime":"2026-03-02T11:00:00Z",
		"loggedByService":"PIM","initiatedBy":{"app":{"displayName":"MS-PIM"}},"targetResources":[{"id":"a1","displayName":%q,"type":"Other"}],
		"additionalDetails":[{"key":"AlertId","value":%q}]}`, operation, about, alert)
}

// TestRulesOfPIMAlerts: rules name alerts by types that no audit carries; they fire for what
// audits say instead, and for nothing else.
func TestRulesOfPIMAlerts(t *testing.T) {
	var text []string
	for name := range pimTold {
		text = append(text, rule(name, "product: azure\nservice: pim", "riskEventType: "+name))
	}
	d := NewDetector(parse(t, strings.Join(text, "---\n")), nil, Env{Collected: func(s aoc.Source) bool { return s == aoc.SourceDirectory }})
	for _, r := range d.Reports() {
		if r.State != CanFire {
			t.Errorf("%+v", r)
		}
	}
	for name, told := range pimTold {
		for _, raw := range told {
			if got := judge(d, event(t, aoc.KindDirectoryAudit, raw)); !slices.Equal(got, []string{name}) {
				t.Errorf("%v, want %s: %s", got, name, raw)
			}
			failed := strings.Replace(raw, `"result":"success"`, `"result":"failure"`, 1)
			if got := judge(d, event(t, aoc.KindDirectoryAudit, failed)); len(got) > 0 {
				t.Errorf("it failed: %v: %s", got, failed)
			}
		}
	}
	for _, raw := range []string{
		pimAudit("Resolve PIM alert", "Roles are being activated too frequently", "SequentialActivationRenewalsAlert"),
		pimAudit("Disable PIM alert", "There are too many Global Administrators", ""),
		pimAudit("Triggered PIM alert", "Something new", ""),
		pimAudit("Add member to role completed (PIM activation)", "Global Administrator", ""),
		strings.ReplaceAll(auditRecord, "Payroll", "Roles are being activated too frequently"),
	} {
		if got := judge(d, event(t, aoc.KindDirectoryAudit, raw)); len(got) > 0 {
			t.Errorf("%v: %s", got, raw)
		}
	}
}

// TestPublicRulesOfPIM: each fires for directory audits alone.
func TestPublicRulesOfPIM(t *testing.T) {
	n := 0
	for file, rules := range rulesOf(t) {
		if len(rules) == 0 || rules[0].LogSource.Service != "pim" {
			continue
		}
		n++
		d := NewDetector(rules, nil, Env{Collected: func(s aoc.Source) bool { return s == aoc.SourceDirectory }})
		if r := d.Reports()[0]; r.State != CanFire || !firesForPIM(t, d, rules[0]) {
			t.Errorf("%s: %+v", file, r)
		}
	}
	if n == 0 {
		t.Error("there are no rules about PIM")
	}
}

func firesForPIM(t *testing.T, d *Detector, r *sigma.Rule) bool {
	for _, told := range pimTold {
		for _, raw := range told {
			if slices.Contains(judge(d, event(t, aoc.KindDirectoryAudit, raw)), r.Title) {
				return true
			}
		}
	}
	return false
}
