package assistant

import (
	"testing"
	"time"

	"aoc"
)

// fourths are a fourth set of questions that the rules were not made for.
var fourths = []ask{ //nolint:gochecknoglobals // read-only table
	// helpdesk
	{"Any accounts added or removed since Monday?", op("Add user", "Delete user"), span{day(9).from, time.Time{}}, "", 0},
	{"users created and deleted", op("Add user", "Delete user"), ever, "", 0},
	{"created or deleted groups", op("Add group", "Delete group"), ever, "", 0},
	{"get me the onboarding of Amir Chen", all(op("Add user"), on("amir.chen")), ever, "", 0},
	{"who put rosa kowalski in sales amer", all(op("Add member to group"), on("rosa.kowalski"), onNamed("Sales AMER")), ever, "", 0},
	{"who kicked Mei Castro out of HR2?", all(op("MemberRemoved"), on("mei.castro"), onNamed("HR2")), ever, "", 0},
	{"security info registered by users today", op("User registered security info"), today, "", 0},
	{"which people changed their own password via SSPR", op("Reset password (self-service)"), ever, "", 0},
	{"Password of Emma Rao reset by whom?", all(pwResets, on("emma.rao")), ever, "", 0},
	{"find devices that got wiped by Ivan Moreau but not retired", all(opHas("wipe"), by("ivan.moreau")), ever, "", 0},
	{"reboots of devices", opHas("rebootNow"), ever, "", 0},
	{"were any phones remotely restarted", opHas("rebootNow"), ever, "", 0},
	{"device category changes", op("SetReference ManagedDevice"), ever, "", 0},
	{"What happened to ANDROID-00052-1", onNamed("ANDROID-00052-1"), ever, "", 0},
	{"history of WKS-00117-1", onNamed("WKS-00117-1"), ever, "", 0},
	{"everything about the Payroll app", some(byApp("Payroll"), onNamed("Payroll")), ever, "", 0},
	{"teams sessions on monday", op("TeamsSessionStarted"), day(9), "", 0},
	{"who posted links in Teams yesterday", op("MessageCreatedHasLink"), yesterday, "", 0},
	{"links posted in the Research team", all(op("MessageCreatedHasLink"), onNamed("Research")), ever, "", 0},
	{"chats started by Jana Petrov", all(op("ChatCreated"), by("jana.petrov")), ever, "", 0},
	// analysts
	{"logons from Lagos", all(signIns, rawHas(`"Lagos"`)), ever, "", 0},
	{"sign-ins from Nigeria", all(signIns, rawHas(`"NG"`)), ever, "", 0},
	{"Did anyone sign in from Germany between 9 and 11 yesterday?", all(signIns, rawHas(`"DE"`)), hours(10, 9, 11), "", 0},
	{"failed logins not from 198.51.100.44", all(signIns, failed, no(address("198.51.100.44"))), ever, "", 0},
	{"from ip 203.0.113.66 excluding sign-ins", all(address("203.0.113.66"), no(signIns)), ever, "", 0},
	{"after hours mailbox access on Monday", all(op("MailItemsAccessed"), outsideHours), day(9), "", 0},
	{"what did Jana Castro do to Rosa Kowalski", all(by("jana.castro"), on("rosa.kowalski")), ever, "", 0},
	{"password resets not by Jana Castro", all(pwResets, no(by("jana.castro"))), ever, "", 0},
	{"files downloaded but not by Liam Singh last week", all(fileLoads, no(by("liam.singh"))), lastWeek, "", 0},
	{"who is the most active user this week", anything, thisWeek, "top", 0},
	{"busiest day", anything, ever, "top", 0},
	{"role assignments per day", roleChanges, ever, "top", 0},
	{"failed sign-ins per hour yesterday", all(signIns, failed), yesterday, "top", 0},
	{"How often did Emma Rao log in last week?", all(signIns, by("emma.rao")), lastWeek, "count", 0},
	{"malware or phishing emails detected this week", op("TIMailData"), thisWeek, "", 0},
	{"automated investigations by Defender", op("AirInvestigationData"), ever, "", 0},
	{"anomalous token detections", opHas("anomalous token"), ever, "", 0},
	{"sign-in from a new country", opHas("new country"), ever, "", 0},
	{"unfamiliar sign-in properties this month", opHas("unfamiliar"), daysFrom(1, 31), "", 0},
	{"impossible travel or malicious ip for Liam Das", all(opHas("impossible travel", "malicious IP"), by("liam.das")), ever, "", 0},
	{"who granted delegated permissions", op("Add delegated permission grant"), ever, "", 0},
	{"certificates and secrets management", secrets, ever, "", 0},
	{"delegated permission grants to Microsoft Graph", all(op("Add delegated permission grant"), onNamed("Microsoft Graph")), ever, "", 0},
	{"Who purged mail from mailboxes last week?", op("HardDelete"), lastWeek, "", 0},
	{"soft deleted messages by jana castro", all(op("SoftDelete"), by("jana.castro")), ever, "", 0},
	// managed services and auditors
	{"pages viewed in SharePoint today", all(op("PageViewed"), workload("SharePoint")), today, "", 0},
	{"who checked out documents in the Legal site", all(op("FileCheckedOut"), onURL("/sites/Legal/")), ever, "", 0},
	{"files put in the recycle bin", op("FileRecycled"), ever, "", 0},
	{"list column created in SharePoint on 5 March", all(op("ListColumnCreated"), workload("SharePoint")), day(5), "", 0},
	{"which lists were updated", op("ListUpdated"), ever, "", 0},
	{"dataset refreshes", op("RefreshDataset"), ever, "", 0},
	{"who looked at the Sales pipeline report", all(op("ViewReport"), onNamed("Sales pipeline")), ever, "", 0},
	{"exported reports this week by yuki", all(op("ExportReport"), by("yuki.quinn", "yuki.brown", "yuki.lopez", "yuki.almeida")), thisWeek, "", 0},
	{"emails labelled Internal", all(op("MipLabel"), onNamed("Internal")), ever, "", 0},
	{"Which mailboxes had protocol settings changed?", op("Set-CASMailbox"), ever, "", 0},
	{"retention policy lookups", op("Get-RetentionCompliancePolicy"), ever, "", 0},
	{"compliance searches started", op("New-ComplianceSearch"), ever, "", 0},
	{"DLP alerts in Purview last 3 days", op("AlertTriggered"), ago(72 * time.Hour), "", 0},
	{"dlp matches on OneDrive files", all(op("DlpRuleMatch"), workload("OneDrive")), ever, "", 0},
	{"show me mobile apps that were created in Intune", op("Create MobileApp"), ever, "", 0},
	{"Who edited device configuration profiles yesterday or today?", opHas("DeviceConfiguration"), daysFrom(10, 2), "", 0},
	{"compliance policy created unsuccessfully", all(op("Create DeviceCompliancePolicy"), failed), ever, "", 0},
	{"anything deleted in Intune last week", all(from(aoc.SourceIntune), opHas("delete")), lastWeek, "", 0},
	{"has anybody besides Ivan Moreau changed mail flow rules", all(op("Set-TransportRule"), no(by("ivan.moreau"))), ever, "", 0},
	{"total number of distribution group members added", op("Add-DistributionGroupMember"), ever, "count", 0},
	{"who else was given Global Administrator", all(roleAdds, onNamed("Global Administrator")), ever, "", 0},
	{"changes to user objects by Azure AD Connect today", all(op("Update user"), byApp("Microsoft Azure Active Directory Connect")), today, "", 0},
}

func TestFourth(t *testing.T) { testQuestions(t, fourths, "fourth.json") }
