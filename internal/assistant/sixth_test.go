package assistant

import (
	"testing"
	"time"

	"aoc"
)

// sixths are a sixth set of questions that the rules were not made for.
var sixths = []ask{ //nolint:gochecknoglobals // read-only table
	{"Was there any password reset for Rosa Kowalski this month?", all(pwResets, on("rosa.kowalski")), daysFrom(1, 31), "", 0},
	{"list admins who reset passwords yesterday", pwResets, yesterday, "", 0},
	{"which of our users registered MFA last week and when", op("User registered security info"), lastWeek, "", 0},
	{"MFA removals by Jana Castro", all(mfaRemovals, by("jana.castro")), ever, "", 0},
	{"give me deleted compliance policies and deleted mobile apps", op("Delete DeviceCompliancePolicy", "Delete MobileApp"), ever, "", 0},
	{"groups or users created on 9 March", op("Add group", "Add user"), day(9), "", 0},
	{"show the timeline of Rosa Kowalski on Tuesday", some(by("rosa.kowalski"), on("rosa.kowalski")), yesterday, "", 0},
	{"sign ins from the US today", all(signIns, rawHas(`"US"`)), today, "", 0},
	{"who logged on from 203.0.113.66?", all(signIns, address("203.0.113.66")), ever, "", 0},
	{"activity from 203.0.113.66 by Jana Castro outside of Exchange", all(address("203.0.113.66"), by("jana.castro"), no(workload("Exchange"))), ever, "", 0},
	{"what else came from 203.0.113.66 apart from sign-ins", all(address("203.0.113.66"), no(signIns)), ever, "", 0},
	{"role grants except by Jana Castro", all(roleAdds, no(by("jana.castro"))), ever, "", 0},
	{"device wipes per admin", opHas("wipe"), ever, "top", 0},
	{"how many wipes were there each day", opHas("wipe"), ever, "top", 0},
	{"most active admin in Intune last week", from(aoc.SourceIntune), lastWeek, "top", 0},
	{"top IPs for failed logons this week", all(signIns, failed), thisWeek, "top", 0},
	{"first time Rosa Kowalski signed in this week", all(signIns, by("rosa.kowalski")), thisWeek, "first", 0},
	{"who was the last to change a DLP rule", op("Set-DlpComplianceRule"), ever, "last", 0},
	{"newest mailbox rule", op("New-InboxRule"), ever, "last", 0},
	{"Emails quarantined messages released in March", op("QuarantineReleaseMessage"), daysFrom(1, 31), "", 0},
	{"phish detected for ivan.dubois", all(op("TIMailData"), on("ivan.dubois")), ever, "", 0},
	{"labels put on mail by Liam Singh", all(op("MipLabel"), by("liam.singh")), ever, "", 0},
	{"messages Jana Castro sent yesterday", all(op("Send"), by("jana.castro")), yesterday, "", 0},
	{"Did Ben Garcia read any mail on Friday?", all(op("MailItemsAccessed"), by("ben.garcia")), day(6), "", 0},
	{"Set-Mailbox not by the system", all(op("Set-Mailbox"), byPeople), ever, "", 0},
	{"page views by Noah Patel", all(op("PageViewed"), by("noah.patel")), ever, "", 0},
	{"files in the HR site that were deleted", all(fileDeletes, onURL("/sites/HR/")), ever, "", 0},
	{"uploads to the Finance site this week", all(op("FileUploaded", "FileSyncUploadedFull"), onURL("/sites/Finance/")), thisWeek, "", 0},
	{"Which files did Priya Tran share?", all(sharing, by("priya.tran")), ever, "", 0},
	{"external sharing invitations by day", op("SharingInvitationCreated"), ever, "top", 0},
	{"anonymous links in SharePoint not OneDrive", all(op("AnonymousLinkCreated"), workload("SharePoint")), ever, "", 0},
	{"who previewed minutes.docx", all(op("FilePreviewed"), onNamed("minutes.docx")), ever, "", 0},
	{"folder changes in SharePoint", all(op("FolderModified"), workload("SharePoint")), ever, "", 0},
	{"sharepoint group membership changes yesterday", op("AddedToGroup", "RemovedFromGroup"), yesterday, "", 0},
	{"new members of team Orion", all(op("MemberAdded"), onNamed("Orion")), ever, "", 0},
	{"when was Magnus Nguyen added to Orion", all(op("MemberAdded"), on("magnus.nguyen"), onNamed("Orion")), ever, "", 0},
	{"Teams activity of Jack Hoffmann", all(workload("Teams"), by("jack.hoffmann")), ever, "", 0},
	{"risky users last 48 hours", from(aoc.SourceRisk), ago(48 * time.Hour), "", 0},
	{"low risk detections last week", all(from(aoc.SourceRisk), rawHas(`"riskLevel":"low"`)), lastWeek, "", 0},
	{"anomalous token alerts for Charlotte Iyer", all(opHas("anomalous token"), by("charlotte.iyer")), ever, "", 0},
	{"who approved apps, i.e. gave consent, this week?", consents, thisWeek, "", 0},
	{"service principals registered by apps last week", all(op("Add service principal"), no(byPeople)), lastWeek, "", 0},
	{"application credentials rotated in the last 10 days", secrets, ago(240 * time.Hour), "", 0},
	{"bitlocker keys rotated for ANDROID-00118-0", all(opHas("BitLocker"), onNamed("ANDROID-00118-0")), ever, "", 0},
	{"who restarted ANDROID-00052-1?", all(opHas("rebootNow"), onNamed("ANDROID-00052-1")), ever, "", 0},
	{"who queried the audit log last week", op("Search-UnifiedAuditLog"), lastWeek, "", 0},
	{"report views by Thomas Vanderberg", all(op("ViewReport"), by("thomas.vanderberg")), ever, "", 0},
	{"failed changes in Intune by Yuki Quinn", all(from(aoc.SourceIntune), failed, by("yuki.quinn")), ever, "", 0},
	{"Between 9 and 11 yesterday, who failed to sign in?", all(signIns, failed), hours(10, 9, 11), "", 0},
	{"all unsuccessful operations except sign-ins", all(failed, no(signIns)), ever, "", 0},
	{"privileged role activations by day", opHas("PIM"), ever, "top", 0},
}

func TestSixth(t *testing.T) { testQuestions(t, sixths, "sixth.json") }
