package normalise

import (
	"slices"
	"strings"
	"time"

	"aoc"
)

// risk reads a record of Microsoft Graph identityProtection/riskDetections: something that
// Entra ID Protection found risky in a sign-in, or about an account. Whoever is at risk is
// the actor: it was in their name, by them or by somebody else.
//
// Its time is when it was detected, not when the person did what is risky: that is what
// Graph lists detections by, so that what the ledger says of a span is true of the events
// in it. It never changes when the state of the risk does. The summary tells the other time.
func (d *draft) risk() {
	r := d.enveloped("riskEventType", "riskType", "detectedDateTime", "riskState")
	d.ID = r.get("id").str()
	d.tenant(first(r.get("tenantId").str(), d.root.get("tenantId").str()))
	d.when(r.get("detectedDateTime").str(), r.get("activityDateTime").str(), d.root.get("time").str())
	d.RecordType, d.Service, d.Workload = "riskDetection", "RiskDetection", "Entra ID"
	kind := riskName(r.of("riskEventType", "riskType"))
	d.operation("Risk detected: " + kind)
	// It is the detection that was done. Graph does not tell how the sign-in ended.
	d.Result = aoc.ResultSuccess
	facts := []string{"riskLevel", "riskState"}
	if detail := r.get("riskDetail").str(); detail != "none" && detail != "hidden" {
		d.ResultReason = words(detail)
		facts = append(facts, "riskDetail")
	}
	d.CorrelationID = r.get("correlationId").str()
	d.ClientIP = clientIP(r.get("ipAddress").str(), d.root.get("callerIpAddress").str())
	d.actPerson(r.get("userId").str(), r.get("userDisplayName").str(), r.get("userPrincipalName").str())
	who := d.target(aoc.Target{ID: d.Actor.ID, Name: d.Actor.Name, Type: "User", UPN: d.Actor.UPN})
	for _, fact := range facts {
		if v := value(r.get(fact)); v != nil {
			d.change(who, fact, nil, v)
		}
	}
	what := listed(kind, d.whence(r), d.since(r))
	d.tell(atLevel(r.get("riskLevel").str()), "detected for", first(who, "an account")+":", what, riskState(r.get("riskState").str()))
}

// atLevel begins the sentence: "High risk".
func atLevel(level string) string {
	switch strings.ToLower(level) {
	case "low":
		return "Low risk"
	case "medium":
		return "Medium risk"
	case "high":
		return "High risk"
	}
	return "Risk" // none, hidden (without a licence for it), unknownFutureValue
}

// whence says where the risky activity came from: "from 203.0.113.66 in Berlin, DE".
func (d *draft) whence(r *node) string {
	where := place(r.get("location"))
	if d.ClientIP == "" {
		return with("from", where)
	}
	return join("from", d.ClientIP, with("in", where))
}

// since says when the risky activity was, unless it was detected at once.
func (d *draft) since(r *node) string {
	at, ok := parseTime(r.get("activityDateTime").str())
	if !ok || d.TimeFlag != "" || d.Timestamp.Sub(at).Abs() < time.Minute {
		return ""
	}
	what := "activity"
	if r.get("activity").str() == "signin" {
		what = "sign-in"
	}
	return what + " at " + at.UTC().Format("2006-01-02 15:04") + " UTC"
}

// riskState ends the sentence with what has become of the risk.
func riskState(state string) string {
	switch strings.ToLower(state) {
	case "", "none", "unknownfuturevalue":
		return ""
	case "atrisk":
		return "(still at risk)"
	}
	return "(" + words(clean(state, 60)) + ")" // confirmedSafe, remediated, dismissed, confirmedCompromised
}

// listed puts commas between what there is.
func listed(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), ", ")
}

// riskName says what was detected in the words of Entra's portal.
func riskName(kind string) string {
	if kind == "" {
		return "a risk that is not told"
	}
	if name := riskNames[strings.ToLower(kind)]; name != "" {
		return name
	}
	return words(clean(kind, 120))
}

// riskNames are the detections whose names in Graph, here in lower case, do not read well.
var riskNames = map[string]string{
	"adminconfirmedusercompromised":                "administrator confirmed the user compromised",
	"anonymizedipaddress":                          "anonymous IP address",
	"attackerinthemiddle":                          "attacker in the middle",
	"attemptedprtaccess":                           "possible attempt to get at a primary refresh token",
	"generic":                                      "a risk that is told with a P2 licence only",
	"investigationsthreatintelligence":             "Microsoft Entra threat intelligence",
	"investigationsthreatintelligencesigninlinked": "Microsoft Entra threat intelligence (sign-in)",
	"maliciousipaddress":                           "malicious IP address",
	"maliciousipaddressvalidcredentialsblockedip":  "malicious IP address with valid credentials, blocked",
	"malwareinfectedipaddress":                     "malware-linked IP address",
	"mcasfinsuspiciousfileaccess":                  "mass access to sensitive files",
	"mcasimpossibletravel":                         "impossible travel",
	"mcassuspiciousinboxmanipulationrules":         "suspicious inbox manipulation rules",
	"nationstateip":                                "IP address of a known threat actor",
	"newcountry":                                   "sign-in from a new country",
	"riskyipaddress":                               "activity from an anonymous IP address",
	"suspiciousapitraffic":                         "suspicious API traffic",
	"suspiciousinboxforwarding":                    "suspicious inbox forwarding",
	"suspiciousipaddress":                          "suspicious IP address",
	"unfamiliarfeatures":                           "unfamiliar sign-in properties",
	"unlikelytravel":                               "atypical travel",
	"userreportedsuspiciousactivity":               "suspicious activity reported by the user",
}
