package assistant

import (
	"testing"
	"time"

	"aoc"
)

// thirds are a third set of questions that the rules were not made for.
var thirds = []ask{ //nolint:gochecknoglobals // read-only table
	{"who's been messing with conditional access?", caChanges, ever, "", 0},
	{"Has anybody outside IT been made an admin in the last ten days", roleAdds, ago(240 * time.Hour), "", 0},
	{"pw resets done by jana", all(pwResets, by("jana.castro", "jana.petrov", "jana.adeyemi")), ever, "", 0},
	{"List the guests Elena Fischer invited", all(op("Invite external user"), by("elena.fischer")), ever, "", 0},
	{"Which group did Kenji Wojcik get removed from?", all(op("Remove member from group"), on("kenji.wojcik")), ever, "", 0},
	{"failed logons since yesterday 18:00 by Nadia Eriksen", all(signIns, failed, by("nadia.eriksen")), span{hours(10, 18, 24).from, time.Time{}}, "", 0},
	{"is there any sign-in of Ivan Moreau from 203.0.113.66", all(signIns, by("ivan.moreau"), address("203.0.113.66")), ever, "", 0},
	{"how many devices were wiped on 10 March 2026", opHas("wipe"), day(10), "count", 0},
	{"Who created inbox rules, and when?", op("New-InboxRule"), ever, "", 0},
	{"show all events for device ANDROID-00095-1", onNamed("ANDROID-00095-1"), ever, "", 0},
	{"audit log for Chloé Young on 6 March", some(by("chloe.young"), on("chloe.young")), day(6), "", 0},
	{"What happened in SharePoint between 9am and 10am today?", workload("SharePoint"), hours(11, 9, 10), "", 0},
	{"anything unusual in Exchange by Liam Das this week", all(workload("Exchange"), by("liam.das")), thisWeek, "", 0},
	{"Who downloaded Contract.docx?", all(fileLoads, onNamed("Contract.docx")), ever, "", 0},
	{"people accessing other mailboxes", op("MailItemsAccessed"), ever, "", 0},
	{"service principal sign-ins yesterday", all(signIns, func(e *aoc.Event) bool { return e.ActorKind == aoc.ActorApp }), yesterday, "", 0},
	{"members added to Finance Approvers this week", all(memberAdds, onNamed("Finance Approvers")), thisWeek, "", 0},
	{"who joined the Research team", all(op("MemberAdded"), onNamed("Research")), ever, "", 0},
	{"deletions by Priya Tran", all(by("priya.tran"), some(fileDeletes, op("HardDelete", "SoftDelete", "MoveToDeletedItems", "MemberRemoved"))), ever, "", 0},
	{"which account was most recently disabled", func(*aoc.Event) bool { return false }, ever, "last", 0},
	{"when did Jana Castro last touch a mailbox permission", all(op("Add-MailboxPermission"), by("jana.castro")), ever, "last", 0},
	{"apps with new credentials", secrets, ever, "", 0},
	{"successful logins by Liam Das on Monday evening", all(signIns, succeeded, by("liam.das")), hours(9, 18, 24), "", 0},
	{"quarantined messages that were released last week", op("QuarantineReleaseMessage"), lastWeek, "", 0},
	{"group changes per admin", some(memberships, op("Add group")), ever, "top", 0},
	{"Top 3 targets of failed sign ins", all(signIns, failed), ever, "top", 0},
	{"Were there any malicious IP detections for Rosa Kowalski?", all(opHas("malicious IP"), by("rosa.kowalski")), ever, "", 0},
	{"Who rotated BitLocker keys on Ivan's devices", func(e *aoc.Event) bool { return false }, ever, "", 0},
	{"recent role changes", roleChanges, week, "", 0},
	{"intune policy deletions last week", all(from(aoc.SourceIntune), op("Delete DeviceCompliancePolicy")), lastWeek, "", 0},
	{"EXTERNAL SHARING THIS WEEK", outside, thisWeek, "", 0},
	{"what did the attacker at 203.0.113.66 do in Intune", all(from(aoc.SourceIntune), address("203.0.113.66")), ever, "", 0},
	{"changes to Rosa Kowalski by Jana Castro", all(administration, on("rosa.kowalski"), by("jana.castro")), ever, "", 0},
	{"who added rosa kowalski to sales amer", all(op("Add member to group"), on("rosa.kowalski"), onNamed("Sales AMER")), ever, "", 0},
	{"mfa registrations on march 5th", op("User registered security info"), day(5), "", 0},
	{"did we have dlp hits today?", op("DlpRuleMatch", "DlpRuleUndo"), today, "", 0},
}

func TestThird(t *testing.T) { testQuestions(t, thirds, "third.json") }
