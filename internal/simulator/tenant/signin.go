package tenant

import (
	"strconv"
	"time"

	"aoc"
)

// failure is a way a sign-in goes wrong, as the three places tell it.
type failure struct {
	code   int
	reason string // Graph's failureReason
	error  string // LogonError of the unified record
}

var failures = []failure{
	{50126, "Error validating credentials due to invalid username or password.", "InvalidUserNameOrPassword"},
	{50126, "Error validating credentials due to invalid username or password.", "InvalidUserNameOrPassword"},
	{50126, "Error validating credentials due to invalid username or password.", "InvalidUserNameOrPassword"},
	{50053, "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.", "IdsLocked"},
	{50057, "The user account is disabled.", "UserDisabled"},
	{50072, "Due to a configuration change made by your administrator, you must enroll in multi-factor authentication.", "UserStrongAuthEnrollmentRequiredInterrupt"},
	{50074, "Strong Authentication is required.", "UserStrongAuthClientAuthNRequiredInterrupt"},
	{50158, "External security challenge was not satisfied.", "ExternalSecurityChallenge"},
	{53003, "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.", "BlockedByConditionalAccess"},
	{50058, "Session information is not sufficient for single-sign-on.", "UserInformationNotProvided"},
}

func signIn(s *scribe) {
	u := s.person()
	code := failure{}
	if s.chance(0.03) { // keep me signed in: an interrupt, yet the person is in
		code = failure{50140, "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in.", "KmsiInterrupt"}
	}
	s.signIn(u, s.address(u), code, false)
}

func signInFailed(s *scribe) {
	u := s.person()
	f := pick(s, failures)
	ip := s.address(u)
	for range 1 + s.rng.IntN(3) {
		s.signIn(u, ip, f, true)
		s.later(20 * time.Second)
	}
}

// signIn writes the sign-in's record in Graph and its RecordType 15 in the unified log.
func (s *scribe) signIn(u *User, ip string, f failure, failed bool) {
	app, resource := &s.t.Apps[4+s.rng.IntN(6)], &s.t.Apps[s.rng.IntN(4)]
	id, correlation := newGUID(s.rng), newGUID(s.rng)
	if s.session.request != "" && !failed {
		id, correlation = s.session.request, s.session.correlation
	}
	o := s.t.whereIs(u, ip)

	digits, unit := s.fraction()
	at := s.at.Truncate(unit)
	if !failed && ip != attackerIP {
		s.seen = append(s.seen, signedIn{user: u, ip: ip, at: at, session: session{id, correlation}})
	}
	s.begin(aoc.SourceSignIn, "", id, "Sign-in", at)
	s.str("id", id)
	s.clock("createdDateTime", at, digits, "Z")
	s.str("userDisplayName", u.DisplayName)
	s.str("userPrincipalName", u.UPN)
	s.str("userId", u.ID)
	s.str("appId", app.AppID)
	s.str("appDisplayName", app.DisplayName)
	s.str("ipAddress", ip)
	s.str("clientAppUsed", "Browser")
	s.str("userAgent", u.Agent)
	s.str("correlationId", correlation)
	applied := "notApplied"
	if s.chance(0.5) {
		applied = "success"
	}
	if f.code == 53003 {
		applied = "failure"
	}
	s.str("conditionalAccessStatus", applied)
	s.flag("isInteractive", true)
	risk := "none"
	if s.chance(0.004) {
		risk = pick(s, []string{"low", "medium", "high"})
	}
	s.str("riskDetail", "none")
	s.str("riskLevelAggregated", risk)
	s.str("riskLevelDuringSignIn", risk)
	if risk == "none" {
		s.str("riskState", "none")
	} else {
		s.str("riskState", "atRisk")
	}
	s.raw("riskEventTypes", "[]")
	s.raw("riskEventTypes_v2", "[]")
	s.str("resourceDisplayName", resource.DisplayName)
	s.str("resourceId", resource.AppID)
	s.obj("status")
	s.num("errorCode", f.code)
	s.strOrNull("failureReason", f.reason)
	if failed || s.chance(0.5) {
		s.null("additionalDetails")
	} else {
		s.str("additionalDetails", "MFA requirement satisfied by claim in the token")
	}
	s.end()
	s.obj("deviceDetail")
	s.str("deviceId", "")
	s.str("displayName", "")
	s.str("operatingSystem", u.OS)
	s.str("browser", u.Browser)
	s.flag("isCompliant", false)
	s.flag("isManaged", false)
	s.str("trustType", "")
	s.end()
	s.obj("location")
	s.str("city", o.city)
	s.str("state", o.state)
	s.str("countryOrRegion", o.country)
	s.obj("geoCoordinates")
	s.null("altitude")
	s.float("latitude", o.latitude)
	s.float("longitude", o.longitude)
	s.end()
	s.end()
	s.arr("appliedConditionalAccessPolicies")
	for i, p := range s.t.policies {
		s.item()
		s.str("id", s.t.Groups[i].ID)
		s.str("displayName", p)
		if i == 0 {
			s.raw("enforcedGrantControls", `["Mfa"]`)
		} else {
			s.raw("enforcedGrantControls", "[]")
		}
		s.raw("enforcedSessionControls", "[]")
		if i == 0 {
			s.str("result", applied)
		} else {
			s.str("result", "notEnabled")
		}
		s.end()
	}
	s.endArr()
	s.finish()

	s.logon(id, u, ip, app, resource, correlation, f, failed)
}

// logon writes RecordType 15. Its ResultStatus says Success two times out of three even
// when the logon failed: only Operation, ErrorNumber and LogonError tell the truth.
func (s *scribe) logon(id string, u *User, ip string, app, resource *App, correlation string, f failure, failed bool) {
	h := header{
		stream: streamDirectory, operation: "UserLoggedIn", recordType: 15, result: "Success", userKey: u.ID,
		workload: "AzureActiveDirectory", userID: u.UPN, clientIP: ip, objectID: resource.AppID,
	}
	if failed {
		h.operation = "UserLoginFailed"
		if s.chance(0.33) {
			h.result = "Failed"
		}
	}
	s.unifiedWithID(id, h)
	s.num("AzureActiveDirectoryEventType", 1)
	s.arr("ExtendedProperties")
	s.pair("ResultStatusDetail", pick(s, []string{"Success", "Redirect", "Success"}))
	s.pair("UserAgent", u.Agent)
	s.pair("RequestType", pick(s, []string{"Login:login", "Login:reprocess", "OAuth2:Authorize", "Kmsi:kmsi"}))
	s.endArr()
	s.raw("ModifiedProperties", "[]")
	s.arr("Actor")
	s.principal(0, u.ID)
	s.principal(5, u.UPN)
	s.endArr()
	s.str("ActorContextId", s.t.cfg.ID)
	s.str("ActorIpAddress", ip)
	s.str("InterSystemsId", correlation)
	s.str("IntraSystemId", id)
	s.str("SupportTicketId", "")
	s.arr("Target")
	s.principal(0, resource.AppID)
	s.endArr()
	s.str("TargetContextId", s.t.cfg.ID)
	s.str("ApplicationId", app.AppID)
	s.arr("DeviceProperties")
	s.pair("OS", u.OS)
	s.pair("BrowserType", u.Browser)
	s.item()
	s.str("Name", "SessionId")
	s.guid("Value", s.rng)
	s.end()
	s.endArr()
	s.str("ErrorNumber", strconv.Itoa(f.code))
	if f.error != "" {
		s.str("LogonError", f.error)
	}
	s.finish()
}

// servicePrincipalSignIn is an application signing in as itself: no user at all.
func servicePrincipalSignIn(s *scribe) {
	a := s.ownApp()
	id := newGUID(s.rng)
	at := s.at.Truncate(time.Second)
	s.begin(aoc.SourceSignIn, "", id, "Sign-in", at)
	s.str("id", id)
	s.clock("createdDateTime", at, 0, "Z")
	s.str("userDisplayName", "")
	s.str("userPrincipalName", "")
	s.str("userId", "")
	s.str("appId", a.AppID)
	s.str("appDisplayName", a.DisplayName)
	s.str("ipAddress", s.t.offices[0].net+".9.9")
	s.null("clientAppUsed")
	s.guid("correlationId", s.rng)
	s.str("conditionalAccessStatus", "notApplied")
	s.flag("isInteractive", false)
	s.str("resourceDisplayName", s.t.Apps[0].DisplayName)
	s.str("resourceId", s.t.Apps[0].AppID)
	s.str("servicePrincipalId", a.PrincipalID)
	s.str("servicePrincipalName", a.DisplayName)
	s.obj("status")
	s.num("errorCode", 0)
	s.null("failureReason")
	s.null("additionalDetails")
	s.end()
	s.raw("deviceDetail", "null")
	s.obj("location")
	s.str("city", s.t.offices[0].city)
	s.str("state", s.t.offices[0].state)
	s.str("countryOrRegion", s.t.offices[0].country)
	s.end()
	s.raw("appliedConditionalAccessPolicies", "[]")
	s.finish()
}
