package assistant

import (
	"testing"
	"time"

	"aoc"
)

// fifths are a fifth set of questions that the rules were not made for.
var fifths = []ask{ //nolint:gochecknoglobals // read-only table
	{"Pull up every conditional access edit Jana made", all(caChanges, by("jana.castro", "jana.petrov", "jana.adeyemi")), ever, "", 0},
	{"any new admins since last Wednesday?", roleAdds, span{day(4).from, time.Time{}}, "", 0},
	{"who handed out the Global Administrator role", all(roleAdds, onNamed("Global Administrator")), ever, "", 0},
	{"has jana.castro@contoso.example wiped or retired any device?", all(opHas("wipe", "retire"), by("jana.castro")), ever, "", 0},
	{"wiped devices excluding those by Ivan Moreau", all(opHas("wipe"), no(by("ivan.moreau"))), ever, "", 0},
	{"number of devices retired last week", opHas("retire"), lastWeek, "count", 0},
	{"which admin wiped the most devices", opHas("wipe"), ever, "top", 0},
	{"passwords reset by Yuki Quinn or Jana Castro", all(pwResets, by("yuki.quinn", "jana.castro")), ever, "", 0},
	{"When was Emma Rao's password last reset", all(pwResets, on("emma.rao")), ever, "last", 0},
	{"SSPR usage this week", op("Reset password (self-service)"), thisWeek, "", 0},
	{"guest invites sent by admins last month", all(op("Invite external user"), byPeople), span{day(1).from.AddDate(0, -1, 0), day(1).from}, "", 0},
	{"Group memberships of Rosa Kowalski that changed", all(memberships, on("rosa.kowalski")), ever, "", 0},
	{"added to group Sales AMER", all(memberAdds, onNamed("Sales AMER")), ever, "", 0},
	{"dynamic list of people removed from any team yesterday", op("MemberRemoved"), yesterday, "", 0},
	{"who promoted team members to owners", some(op("MemberRoleChanged"), all(op("MemberAdded"), func(e *aoc.Event) bool { return rawHas(`"Role":2`)(e) })), ever, "", 0},
	{"login attempts that failed for nadia.eriksen today", all(signIns, failed, by("nadia.eriksen")), today, "", 0},
	{"successful logons from Lagos, Nigeria", all(signIns, succeeded, rawHas(`"Lagos"`)), ever, "", 0},
	{"sign-ins from outside Germany yesterday morning", all(signIns, no(rawHas(`"DE"`))), hours(10, 6, 12), "", 0},
	{"authentications to Microsoft Teams on Friday", all(signIns, onNamed("Microsoft Teams")), day(6), "", 0},
	{"Did Carlos Harris sign in on the weekend?", all(signIns, by("carlos.harris")), daysFrom(7, 2), "", 0},
	{"how many distinct risk detections this week", from(aoc.SourceRisk), thisWeek, "count", 0},
	{"medium and high risk detections", all(from(aoc.SourceRisk), some(rawHas(`"riskLevel":"high"`), rawHas(`"riskLevel":"medium"`))), ever, "", 0},
	{"users flagged for impossible travel", opHas("impossible travel"), ever, "", 0},
	{"files Liam Singh touched on Monday", all(opHas("File", "Folder"), by("liam.singh")), day(9), "", 0},
	{"downloads of minutes.docx", all(fileLoads, onNamed("minutes.docx")), ever, "", 0},
	{"everything that happened to backup.zip", onNamed("backup.zip"), ever, "", 0},
	{"Who renamed or deleted minutes.docx?", all(some(op("FileRenamed"), fileDeletes), onNamed("minutes.docx")), ever, "", 0},
	{"files uploaded to OneDrive yesterday afternoon", all(op("FileUploaded", "FileSyncUploadedFull"), workload("OneDrive")), hours(10, 12, 18), "", 0},
	{"documents shared with partner@fabrikam.example", all(sharing, func(e *aoc.Event) bool {
		for _, t := range e.Targets {
			if t.UPN == "partner@fabrikam.example" {
				return true
			}
		}
		return false
	}), ever, "", 0},
	{"has anything been shared via public link by Erik Meyer", all(op("AnonymousLinkCreated"), by("erik.meyer")), ever, "", 0},
	{"sharing activity per user this week", sharing, thisWeek, "top", 0},
	{"which site had the most file downloads", fileLoads, ever, "top", 0},
	{"mail read in the mailbox of Liam Das", all(op("MailItemsAccessed"), on("liam.das")), ever, "", 0},
	{"who sent mail between 08:00 and 09:00 on 10 March", op("Send"), hours(10, 8, 9), "", 0},
	{"who set up a redirect on their inbox", forwarding, ever, "", 0},
	{"inbox rules not created by Liam Das", all(op("New-InboxRule"), no(by("liam.das"))), ever, "", 0},
	{"Which mailboxes did Ivan Moreau grant access to?", all(op("Add-MailboxPermission"), by("ivan.moreau")), ever, "", 0},
	{"last 10 mailbox permission grants", op("Add-MailboxPermission"), ever, "", 10},
	{"disclaimers edited in Exchange", op("Set-TransportRule"), ever, "", 0},
	{"quarantine releases by Yuki", all(op("QuarantineReleaseMessage"), by("yuki.quinn", "yuki.brown", "yuki.lopez", "yuki.almeida")), ever, "", 0},
	{"who ran an ediscovery search and when", op("New-ComplianceSearch"), ever, "", 0},
	{"commands run by Ivan Moreau in Purview", all(workload("Purview"), by("ivan.moreau")), ever, "", 0},
	{"DLP incidents for Kenji Wojcik", all(dlpMatches, by("kenji.wojcik")), ever, "", 0},
	{"how many dlp matches per day", dlpMatches, ever, "top", 0},
	{"DLP policy 'EU financial data' hits", all(dlpMatches, rawHas("EU financial data")), ever, "", 0},
	{"Intune policies which failed to be created", all(from(aoc.SourceIntune), op("Create DeviceCompliancePolicy"), failed), ever, "", 0},
	{"Intune errors last week", all(from(aoc.SourceIntune), failed), lastWeek, "", 0},
	{"all intune activity not by Jana Castro on 5 March", all(from(aoc.SourceIntune), no(by("jana.castro"))), day(5), "", 0},
	{"what did Payroll 2 do in Intune today", all(from(aoc.SourceIntune), byApp("Payroll 2")), today, "", 0},
	{"apps that Łukasz Castro consented to", all(consents, by("lukasz.castro")), ever, "", 0},
	{"permission grants on Microsoft Graph this week", all(op("Add delegated permission grant", "Consent to application"), onNamed("Microsoft Graph")), thisWeek, "", 0},
	{"who rotated the keys of app Payroll", all(secrets, onNamed("Payroll")), ever, "", 0},
	{"copilot usage per user", op("CopilotInteraction"), ever, "top", 0},
	{"exports of the Sales pipeline report", all(op("ExportReport"), onNamed("Sales pipeline")), ever, "", 0},
	{"teams chat creation by day this week", op("ChatCreated"), thisWeek, "top", 0},
	{"security alerts raised for wei.oneill", all(op("AlertTriggered"), on("wei.oneill")), ever, "", 0},
	{"who got locked out yesterday", all(signIns, some(rawHas("IdsLocked"), rawHas("account is locked"))), yesterday, "", 0},
	{"Anything Rosa Kowalski did after 18:00 yesterday", by("rosa.kowalski"), hours(10, 18, 24), "", 0},
	{"which hour has the most failed sign-ins", all(signIns, failed), ever, "top", 0},
	{"on which day were the most files deleted", fileDeletes, ever, "top", 0},
	{"what did admins change overnight", administration, span{hours(10, 18, 24).from, hours(11, 6, 8).from}, "", 0},
}

func TestFifth(t *testing.T) { testQuestions(t, fifths, "fifth.json") }
