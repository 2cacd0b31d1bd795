package tenant

import (
	"strconv"
	"time"
)

var complianceCmdlets = []string{
	"Get-DlpSiDetectionsReport", "Get-DlpCompliancePolicy", "Get-RetentionCompliancePolicy", "Get-ComplianceTag",
	"Get-DlpSiDetectionsReport", "Search-UnifiedAuditLog", "New-ComplianceSearch", "Set-DlpComplianceRule",
}

// complianceCmdlet is RecordType 18, whose Parameters is a string, not a list.
func complianceCmdlet(s *scribe) {
	by := s.admin()
	name := pick(s, complianceCmdlets)
	s.unified(header{
		stream: streamGeneral, operation: name, recordType: 18, result: "Success", userKey: by.UPN, userType: 2,
		workload: "SecurityComplianceCenter", objectID: blank, userID: by.UPN,
	})
	s.num("SecurityComplianceCenterEventType", 0)
	s.str("ClientApplication", "EMC")
	s.str("CmdletVersion", "...")
	s.str("EffectiveOrganization", s.t.initial)
	s.str("NonPIIParameters", "")
	switch name {
	case "Search-UnifiedAuditLog":
		s.str("Parameters", `-StartDate "10/01/2026 00:00:00" -EndDate "10/02/2026 00:00:00" -ResultSize "5000"`)
	case "New-ComplianceSearch":
		s.str("Parameters", `-Name "Case 7" -ContentMatchQuery "subject:'offer' AND from:`+s.anyone().UPN+`" -ExchangeLocation "All"`)
	default:
		s.str("Parameters", "")
	}
	s.clock("StartTime", s.at, 0, "")
	s.str("UserServicePlan", "")
	s.finish()
}

// insightsQueried is RecordType 52: the portal's own look-ups.
func insightsQueried(s *scribe) {
	name := pick(s, []string{"SearchDataInsightsSubscription", "SearchMtpStatus", "AggregateThreatProfileDetails", "SearchCustomerInsight"})
	s.unified(header{
		stream: streamGeneral, operation: name, recordType: 52, userKey: "NOT-FOUND", userType: 5,
		workload: "SecurityComplianceCenter", userID: "NOT-FOUND",
	})
	s.str("AadAppId", "8ee8fdad-f234-4243-8f3b-15c294843740")
	s.str("DataType", name)
	s.str("DatabaseType", "DataInsights")
	s.str("RelativeUrl", "/DataInsights/DataInsightsService.svc/Find/", name, "?tenantid=", s.t.cfg.ID)
	s.str("ResultCount", "1")
	s.finish()
}

// threatMail is RecordType 28: a mail the filters stopped.
func threatMail(s *scribe) {
	u := s.person()
	s.unified(header{
		stream: streamGeneral, operation: "TIMailData", recordType: 28, userKey: "ThreatIntel", userType: 4,
		workload: "ThreatIntelligence", objectID: newGUID(s.rng), userID: "ThreatIntel",
	})
	s.arr("AttachmentData")
	if s.chance(0.4) {
		s.item()
		s.guid("FileName", s.rng)
		s.str("FileType", "png")
		s.num("FileVerdict", 0)
		s.hex("SHA256", s.rng, "", 32, "")
		s.end()
	}
	s.endArr()
	network := newGUID(s.rng)
	s.str("DetectionMethod", "Advanced filter")
	s.str("DetectionType", "Inline")
	s.str("EventDeepLink", "https://security.microsoft.com/?hash=/threatexplorer?messageParams=", network, "&view=Phish")
	s.str("InternetMessageId", s.messageID())
	s.clock("MessageTime", s.at, 0, "")
	s.str("NetworkMessageId", network)
	s.str("P1Sender", "bounce@mailer.example")
	s.str("P2Sender", "billing@mailer.example")
	s.str("Policy", "HighConfidencePhish")
	s.str("PolicyAction", "Quarantine")
	s.arr("Recipients")
	s.elem(u.UPN)
	s.endArr()
	s.str("SenderIp", "203.0.113."+strconv.Itoa(s.rng.IntN(256)))
	s.str("Subject", `Fw: Reminder: "Invoice" has been shared with you.`)
	s.str("Verdict", "Phish")
	s.finish()
}

func alertRaised(s *scribe) {
	u := s.person()
	s.alert(u, "User restricted from sending email", "ThreatManagement", "High", "CompromisedAccount")
}

// alert is RecordType 40, in the order in which the service raises and fills it.
func (s *scribe) alert(u *User, name, category, severity, operation string) {
	id, policy := newGUID(s.rng), newGUID(s.rng)
	for _, op := range []string{"AlertTriggered", "AlertEntityGenerated"} {
		s.unified(header{
			stream: streamGeneral, operation: op, recordType: 40, result: "Succeeded", userKey: "SecurityComplianceAlerts", userType: 4,
			workload: "SecurityComplianceCenter", objectID: id, userID: "SecurityComplianceAlerts",
		})
		if op == "AlertEntityGenerated" {
			s.str("AlertEntityId", u.UPN)
		}
		s.str("AlertId", id)
		s.raw("AlertLinks", `[{"AlertLinkHref":""}]`)
		s.str("AlertType", "System")
		s.str("Category", category)
		s.str("Comments", "New alert")
		at := string(appendClock(nil, s.at, 7, "Z"))
		s.str("Data", `{"etype":"User","eid":`, quoted(u.UPN), `,"f3u":`, quoted(u.UPN), `,"ts":"`, at, `","te":"`, at, `","op":"`, operation,
			`","wl":"Exchange","tid":"`, s.t.cfg.ID, `","tdc":"1","reid":"`, newGUID(s.rng), `","rid":"`, newGUID(s.rng), `","cid":"`, policy,
			`","ad":"This alert is triggered when `, name, `. -V1.0.0.1","lon":"`, operation, `","an":`, quoted(name), `,"sev":"`, severity, `"}`)
		if op == "AlertEntityGenerated" {
			s.str("EntityType", "User")
		}
		s.str("Name", name)
		s.str("PolicyId", policy)
		s.str("Severity", severity)
		s.str("Source", "Office 365 Security & Compliance")
		s.str("Status", "Active")
		s.finish()
		s.later(90 * time.Second)
	}
}

// investigation is RecordType 64, by far the largest record: an automated
// investigation with its whole evidence as JSON in a string.
func investigation(s *scribe) {
	u := s.person()
	id := newGUID(s.rng)
	s.unified(header{
		stream: streamGeneral, operation: "AirInvestigationData", recordType: 64, userKey: "AirInvestigation", userType: 4,
		workload: "AirInvestigation", objectID: id, userID: "AirInvestigation",
	})
	s.raw("Actions", "[]")
	s.key("Data")
	s.b = append(s.b, '"')
	s.escape(`{"Version":"3.0","InvestigationId":"` + id + `","Entities":[`)
	for i := range 10 + s.rng.IntN(30) {
		if i > 0 {
			s.b = append(s.b, ',')
		}
		s.escape(`{"$id":"` + strconv.Itoa(i+1) + `","Recipient":` + quoted(u.UPN) + `,"InternetMessageId":` + quoted(s.messageID()) +
			`,"Subject":` + quoted(pick(s, subjects)) + `,"DeliveryAction":"Blocked","Threats":["Phish, Malicious"],"Type":"mailMessage","Urn":"urn:MailEntity:` + newHex(s.rng, 16) + `"}`)
	}
	s.escape("]}")
	s.b = append(s.b, '"')
	s.str("DeepLinkUrl", "https://security.microsoft.com/mtp-investigation/urn:ZappedUrlInvestigation:", id)
	s.clock("EndTimeUtc", s.at, 0, "")
	s.str("InvestigationId", "urn:ZappedUrlInvestigation:", id)
	s.str("InvestigationName", "Mail with malicious urls is zapped - urn:ZappedUrlInvestigation:", id)
	s.str("InvestigationType", "ZappedUrlInvestigation")
	s.clock("LastUpdateTimeUtc", s.at, 0, "")
	s.clock("StartTimeUtc", s.at.Add(-11*time.Minute), 0, "")
	s.str("Status", "Remediated")
	s.finish()
}

func quarantineReleased(s *scribe) {
	by := s.admin()
	s.unified(header{
		stream: streamGeneral, operation: "QuarantineReleaseMessage", recordType: 65, result: "Successful", userKey: by.UPN,
		workload: "Quarantine", objectID: blank, userID: by.UPN,
	})
	s.guid("NetworkMessageId", s.rng)
	s.str("ReleaseTo", s.anyone().UPN)
	s.num("RequestSource", 0)
	s.num("RequestType", 2)
	s.finish()
}

func copilotAsked(s *scribe) {
	u := s.person()
	p, f := s.place(u), pick(s, fileNames)
	s.unified(header{
		stream: streamGeneral, operation: "CopilotInteraction", recordType: 261, userKey: u.ID, workload: "Copilot",
		clientIP: s.address(u), userID: u.UPN,
	})
	s.str("ClientRegion", s.t.offices[u.Office].country)
	s.obj("CopilotEventData")
	s.raw("AISystemPlugin", `[{"Id":"BingWebSearch","Name":"BuiltIn"}]`)
	s.arr("AccessedResources")
	s.item()
	s.str("Action", "Read")
	s.guid("Id", s.rng)
	s.str("Name", f.name, ".", f.ext)
	s.str("SiteUrl", p.url, "/", p.folder, "/", f.name, ".", f.ext)
	s.str("Type", f.ext)
	s.end()
	s.endArr()
	s.str("AppHost", pick(s, []string{"Word", "Teams", "Bing", "Outlook", "Office"}))
	s.raw("Contexts", "[]")
	s.raw("MessageIds", "[]")
	s.arr("Messages")
	for i := range 2 {
		s.item()
		s.str("Id", strconv.FormatInt(s.at.UnixMilli()+int64(i)*703, 10))
		s.flag("isPrompt", i == 0)
		s.end()
	}
	s.endArr()
	s.raw("ModelTransparencyDetails", `[{"ModelName":"DEEP_LEO"}]`)
	s.hex("ThreadId", s.rng, "19:", 16, "@thread.v2")
	s.end()
	s.finish()
}

// powerBIViewed has its numbers as strings, as some of them do.
func powerBIViewed(s *scribe) {
	u := s.person()
	s.unified(header{
		stream: streamGeneral, operation: pick(s, []string{"ViewReport", "ViewReport", "ExportReport", "RefreshDataset"}), recordType: 20,
		userKey: u.PUID, workload: "PowerBI", clientIP: s.address(u), userID: u.UPN,
	})
	s.str("Activity", "ViewReport")
	s.str("ItemName", "Sales pipeline")
	s.str("WorkSpaceName", pick(s, siteWords))
	s.str("DatasetName", "Sales pipeline")
	s.str("ReportName", "Sales pipeline")
	s.guid("WorkspaceId", s.rng)
	s.guid("ReportId", s.rng)
	s.str("FileSize", pick(s, []string{"1e9", "1000.0", "52311"}))
	s.str("UserAgent", u.Agent)
	s.flag("IsSuccess", true)
	s.guid("RequestId", s.rng)
	s.finish()
}

func mailLabelled(s *scribe) {
	u := s.person()
	s.unified(header{
		stream: streamGeneral, operation: "MipLabel", recordType: 43, userKey: u.PUID, workload: "Exchange",
		objectID: s.messageID(), userID: u.UPN,
	})
	s.str("ApplicationMode", "Standard")
	s.str("ItemName", pick(s, subjects))
	s.str("LabelAction", "None")
	s.clock("LabelAppliedDateTime", s.at, 0, "")
	s.str("LabelId", s.t.Groups[1].ID)
	s.str("LabelName", "Internal")
	s.arr("Receivers")
	for range 1 + s.rng.IntN(5) {
		s.elem(s.anyone().Mail)
	}
	s.endArr()
	s.str("Sender", u.UPN)
	s.finish()
}
