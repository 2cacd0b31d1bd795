package detect

import (
	"bytes"
	"strings"

	"aoc"
	"aoc/internal/sigma"
)

// pimAlerts are the alerts of Privileged Identity Management. Rules call them by the types of
// Graph's list of alerts (identityGovernance/roleManagementAlerts, which is in no stable
// version): no record that AOC collects carries those. Directory audits tell of the same
// alerts in other words, and this is how they are translated.
var pimAlerts = []struct { //nolint:gochecknoglobals // read-only table
	types string // without AlertIncident and AlertConfiguration, which rules use alike
	// told are words by which an audit names the alert, in lower case: its title in the portal,
	// or the id of its definition.
	told []string
	// operation is a part of the operations that raise the alert, in lower case; empty for none.
	operation string
}{
	{"rolesAssignedOutsidePrivilegedIdentityManagement", []string{"assigned outside of privileged identity management", "rolesassignedoutside"}, "role outside of pim"},
	{"sequentialActivationRenewals", []string{"activated too frequently", "sequentialactivationrenewals"}, ""},
	{"invalidLicense", []string{"t have microsoft entra", "t have azure ad premium", "invalidlicense"}, ""},
	{"noMfaOnRoleActivation", []string{"require multifactor authentication for activation", "require multi-factor authentication for activation", "nomfaonroleactivation"}, ""},
	{"redundantAssignment", []string{"using their privileged roles", "redundantassignment"}, ""},
	{"staleSignIn", []string{"stale accounts in a privileged role", "stalesignin"}, ""},
	{"tooManyGlobalAdminsAssignedToTenant", []string{"too many global administrators", "toomanyglobaladmins"}, ""},
}

// pimAlertRaised is the operation of PIM's audits that says that there is an alert. Those that
// say that one was refreshed, resolved or disabled raise none.
const pimAlertRaised = "triggered pim alert"

// pimAlert appends the names of the alert that a directory audit of PIM tells of.
func pimAlert(e *aoc.Event, dst []sigma.Value) []sigma.Value {
	operation := strings.ToLower(e.Operation)
	if e.Result == aoc.ResultFailure || !strings.Contains(operation, "pim") {
		return dst
	}
	var raw []byte
	if operation == pimAlertRaised {
		raw = bytes.ToLower(e.Raw)
	}
	for _, a := range pimAlerts {
		if a.operation != "" && strings.Contains(operation, a.operation) || saysAny(raw, a.told) {
			dst = appendText(dst, a.types+"AlertIncident", a.types+"AlertConfiguration")
		}
	}
	return dst
}

// saysAny reports whether any of the words are in a record.
func saysAny(raw []byte, words []string) bool {
	for _, w := range words {
		if bytes.Contains(raw, []byte(w)) {
			return true
		}
	}
	return false
}
