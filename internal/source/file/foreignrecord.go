package file

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

// foreignRecord tells what a JSON object looks like that is no audit record, and what to
// do about it, in one sentence that starts with a verb.
func foreignRecord(raw []byte) string {
	var names []string
	values := map[string]gjson.Result{} // by key in lower case
	gjson.ParseBytes(raw).ForEach(func(key, value gjson.Result) bool {
		names = append(names, key.Str)
		values[strings.ToLower(key.Str)] = value
		return true
	})
	has := func(keys ...string) bool {
		for _, k := range keys {
			if _, ok := values[k]; !ok {
				return false
			}
		}
		return true
	}
	text := func(key string) string { return clip(values[key].String()) }

	switch {
	case has("timegenerated"), has("timegenerated [utc]"), has("sourcesystem", "type"), has("sourcesystem", "operationname"):
		return logAnalytics(text("type"), has)
	case has("category", "properties") && isAuditCategory(values["category"].String()):
		return fmt.Sprintf("is an Azure Monitor diagnostic record of category %q, but its properties are no record that AOC knows", text("category"))
	case has("category", "properties"):
		return fmt.Sprintf("is an Azure Monitor diagnostic record of category %q, which is none of the audit logs that AOC reads (Entra AuditLogs, UserRiskEvents and sign-in logs, Intune AuditLogs)", text("category"))
	case has("contenturi", "contentid"):
		return "looks like a content listing or notification of the Management Activity API, not a record; import what its contentUri leads to"
	case has("contenttype", "status"), has("contenttype", "webhook"), has("webhook"):
		return "looks like a subscription of the Management Activity API, not a record"
	case has("error") && len(names) <= 2:
		return fmt.Sprintf("is an error answer of an API (%s), not a record; fetch it again", clip(values["error"].Get("code").String()))
	case has("provisioningaction"):
		return "looks like an Entra provisioning record, which AOC does not read"
	case has("riskeventtype"), has("detectiontimingtype"):
		return "looks like a part of an Entra risk detection; export it with detectedDateTime and whom it is about"
	case has("title", "severity"), has("alertdisplayname"), has("providername", "severity"):
		return "looks like a Defender or Graph security alert, which is not an audit record"
	case has("@timestamp"), has("ecs"), has("_source"):
		return "looks like an Elastic document, which is rebuilt from the record; export the original record (event.original) instead"
	case has("_raw"), has("preview", "result"):
		return "looks like a Splunk result; export the raw events (_raw) instead"
	case has("auditlogrecordtype"):
		return "looks like a result of a Graph audit query without its auditData; export it with auditData"
	case has("eventname", "eventsource", "awsregion"):
		return "looks like an AWS CloudTrail record"
	case has("operationname", "resourceid"), has("authorization", "eventtimestamp"):
		return "looks like an Azure activity log record, which AOC does not read"
	case has("creationdate", "userids", "operations"):
		return "looks like a Search-UnifiedAuditLog object without its AuditData, which is the record; export it with AuditData"
	case len(names) == 0:
		return "is an empty JSON object"
	}
	return fmt.Sprintf("is a JSON object with the keys %s, which is no audit record that AOC knows; expected are raw records of the unified audit log, directory audits, sign-ins, risk detections or Intune audit events", list(names))
}

// isAuditCategory reports whether a diagnostic category is one of those that AOC reads.
func isAuditCategory(category string) bool {
	c := strings.ToLower(category)
	return c == "auditlogs" || c == "userriskevents" || strings.HasSuffix(c, "signinlogs")
}

// logAnalytics names the table of a Log Analytics row and where the raw records are.
func logAnalytics(table string, has func(...string) bool) string {
	switch {
	case table != "":
	case has("officeworkload"), has("officeid"):
		table = "OfficeActivity"
	case has("conditionalaccessstatus"), has("resourcedisplayname"):
		table = "SigninLogs"
	case has("initiatedby"), has("activitydisplayname"):
		table = "AuditLogs"
	default:
		return "looks like a Log Analytics row, which is flattened; export the raw records instead"
	}
	remedy := "export the raw records instead"
	switch table {
	case "OfficeActivity":
		remedy = "export the raw AuditData instead"
	case "SigninLogs", "AADNonInteractiveUserSignInLogs", "AADServicePrincipalSignInLogs", "AADManagedIdentitySignInLogs":
		remedy = "export the sign-ins as JSON from Entra, or the diagnostic log, instead"
	case "AuditLogs":
		remedy = "export the directory audits as JSON from Entra, or the diagnostic log, instead"
	}
	return fmt.Sprintf("looks like a Log Analytics %s row, which is flattened; %s", table, remedy)
}

// list names the first few of some keys.
func list(names []string) string {
	const most = 6
	var b strings.Builder
	for i, name := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(clip(name))
	}
	return b.String()
}

// clip shortens a text out of a record to what a sentence can bear.
func clip(s string) string {
	const most = 40
	s = strings.ToValidUTF8(s, "\uFFFD")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
