package normalise

import (
	"aoc"
)

// signIn reads a record of Microsoft Graph auditLogs/signIns: of a person, or of an
// application or managed identity, whose user fields are empty.
func (d *draft) signIn() {
	r := d.enveloped("createdDateTime", "appDisplayName", "appId", "status", "userPrincipalName", "servicePrincipalId")
	d.ID = r.get("id").str()
	d.tenant(first(r.get("tenantId").str(), d.root.get("tenantId").str()))
	if home := r.get("homeTenantId").str(); d.TenantID == "" && home == r.get("resourceTenantId").str() {
		// Both ends in one tenant: that is whose log this is. A guest's sign-in is in the
		// logs of two tenants, and does not tell which one.
		d.tenant(home)
	}
	d.when(r.get("createdDateTime").str(), r.get("activityDateTime").str(), d.root.get("time").str())
	d.RecordType, d.Service, d.Workload = "signIn", "SignIn", "Entra ID"
	d.Operation = "Sign-in"
	d.CorrelationID = first(r.of("correlationId", "originalRequestId"), d.root.get("correlationId").str())
	d.ClientIP = clientIP(r.get("ipAddress").str(), d.root.get("callerIpAddress").str(), r.get("ipAddressFromResourceProvider").str())

	appID, appName := r.get("appId").str(), r.get("appDisplayName").str()
	upn := r.of("userPrincipalName", "alternateSignInName", "signInIdentifier")
	userID, userName := r.get("userId").str(), r.get("userDisplayName").str()
	app := ""
	if upn != "" || userName != "" || userID != "" && userID != zeroGUID {
		d.actPerson(userID, userName, upn)
		d.usedApp(appID, appName)
		app = d.target(aoc.Target{ID: appID, Name: appName, Type: "Application"})
	} else {
		d.actApp(r.get("servicePrincipalId").str(), appID, first(r.get("servicePrincipalName").str(), appName))
	}
	resource := d.target(aoc.Target{ID: r.get("resourceId").str(), Name: r.get("resourceDisplayName").str(), Type: "Application"})
	d.signInOutcome(r)
	to, from := with("to", first(app, resource)), with("from", place(r.get("location")))
	if d.Result == aoc.ResultUnknown {
		d.say("try", "to sign in", to, from)
		return
	}
	d.say("sign in", to, from)
}

// signInOutcome sets result and reason. Without a status, only a refusal by conditional
// access tells the outcome.
func (d *draft) signInOutcome(r *node) {
	status := r.get("status")
	code, ok := status.get("errorCode").integer()
	if !ok {
		code, ok = r.get("resultType").integer()
	}
	if !ok {
		code, ok = d.root.get("resultType").integer()
	}
	if !ok {
		if r.get("conditionalAccessStatus").str() == "failure" {
			d.Result, d.ResultReason = aoc.ResultFailure, "blocked by conditional access"
		}
		return
	}
	d.signInResult(code, first(status.get("failureReason").str(), d.root.get("resultDescription").str()))
	if d.Result == aoc.ResultSuccess && d.ResultReason == "" {
		d.ResultReason = status.get("additionalDetails").str()
	}
}

// place names where a sign-in came from: "Berlin, DE".
func place(location *node) string {
	city, country := location.get("city").str(), location.of("countryOrRegion", "country")
	switch {
	case city != "" && country != "":
		return city + ", " + country
	default:
		return first(city, country)
	}
}
