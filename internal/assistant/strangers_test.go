package assistant

import (
	"strings"
	"testing"
	"time"

	"aoc"
)

// strangers are a second set of questions that the rules were not made for.
var strangers = []ask{ //nolint:gochecknoglobals // read-only table
	{"Who gave themselves or others the Security Reader role?", all(roleAdds, onNamed("Security Reader")), ever, "", 0},
	{"Has there been any privileged role activation in the past 24 hours?", opHas("PIM"), ago(24 * time.Hour), "", 0},
	{"show role grants by ivan.moreau@contoso.example", all(op("Add member to role"), by("ivan.moreau")), ever, "", 0},
	{"Which admin reset the most passwords?", pwResets, ever, "top", 0},
	{"password changes for misaki.olsen", all(opHas("password"), on("misaki.olsen")), ever, "", 0},
	{"Give me a list of all users that were created by Jana Castro last week.", all(op("Add user"), by("jana.castro")), lastWeek, "", 0},
	{"what happened to the account of Amir Chen", on("amir.chen"), ever, "", 0},
	{"What did yuki do on monday morning?", by("yuki.quinn", "yuki.brown", "yuki.lopez", "yuki.almeida"), hours(9, 6, 12), "", 0},
	{"activity of Moreau yesterday", by("ivan.moreau", "ines.moreau", "raul.moreau", "lukasz.moreau", "lukasz.moreau2"), yesterday, "", 0},
	{"jana.castro sign-ins today", all(signIns, by("jana.castro")), today, "", 0},
	{"Did Rosa Kowalsky change any application secrets?", all(secrets, by("rosa.kowalski")), ever, "", 0},
	{"everyone who logged into Teams today", op("TeamsSessionStarted"), today, "", 0},
	{"sign-ins to the Azure Portal yesterday", all(signIns, onNamed("Azure Portal")), yesterday, "", 0},
	{"unsuccessful sign in attempts against Carlos Harris", all(signIns, failed, by("carlos.harris")), ever, "", 0},
	{"which accounts failed to authenticate between 10:00 and 12:00 today", all(signIns, failed), hours(11, 10, 12), "", 0},
	{"How often was Liam Das' mailbox accessed on 9 March?", all(op("MailItemsAccessed"), on("liam.das")), day(9), "count", 0},
	{"mails sent by chloe.young on 6 March", all(op("Send"), by("chloe.young")), day(6), "", 0},
	{"deleted emails today", op("SoftDelete", "HardDelete", "MoveToDeletedItems"), today, "", 0},
	{"Who set a forwarding address?", forwarding, ever, "", 0},
	{"suspicious inbox manipulation rules", opHas("inbox manipulation"), ever, "", 0},
	{"Set-Mailbox by people", all(op("Set-Mailbox"), byPeople), ever, "", 0},
	{"New-InboxRule this week", op("New-InboxRule"), thisWeek, "", 0},
	{"FileDownloaded by emma.rao", all(op("FileDownloaded"), by("emma.rao")), ever, "", 0},
	{"who uploaded documents to the Legal site", all(op("FileUploaded", "FileSyncUploadedFull"), onURL("/sites/Legal/")), ever, "", 0},
	{"OneDrive files shared anonymously", all(op("AnonymousLinkCreated"), workload("OneDrive")), ever, "", 0},
	{"Files renamed or moved yesterday", op("FileRenamed", "FileMoved"), yesterday, "", 0},
	{"who opened 'Übersicht Löhne.xlsx' today", all(op("FileAccessed", "FilePreviewed"), onNamed("Übersicht Löhne.xlsx")), today, "", 0},
	{"which devices did Ivan Moreau wipe", all(opHas("wipe"), by("ivan.moreau")), ever, "", 0},
	{"failed device wipes", all(opHas("wipe"), failed), ever, "", 0},
	{"what was done to WKS-00067-0", onNamed("WKS-00067-0"), ever, "", 0},
	{"changes to the 'Baseline Windows' policy", onNamed("Baseline Windows"), ever, "", 0},
	{"Who created Intune policies this month?", all(from(aoc.SourceIntune), op("Create DeviceCompliancePolicy")), daysFrom(1, 31), "", 0},
	{"everything Jana Castro did in Entra on Friday", all(workload("Entra ID"), by("jana.castro")), day(6), "", 0},
	{"admin activity at the weekend", all(administration, atWeekend), daysFrom(7, 2), "", 0},
	{"by day, how many guests were invited", op("Invite external user"), ever, "top", 0},
	{"which operations did Yuki Quinn perform most this week", by("yuki.quinn"), thisWeek, "top", 0},
	{"Did apps add any service principals yesterday?", all(op("Add service principal"), func(e *aoc.Event) bool { return e.ActorKind == aoc.ActorApp }), yesterday, "", 0},
	{"group additions excluding those by Microsoft Approval Management", all(memberAdds, no(byApp("Microsoft Approval Management"))), ever, "", 0},
	{"team owners changed", some(op("MemberRoleChanged"), all(op("MemberAdded"), func(e *aoc.Event) bool { return strings.Contains(e.DisplaySummary, "as owner") })), ever, "", 0},
	{"Was Aoife Nakamura invited as a guest?", all(op("Invite external user"), on("aoife.nakamura")), ever, "", 0},
	{"new teams", op("TeamCreated"), ever, "", 0},
	{"High severity risk events", all(from(aoc.SourceRisk), rawHas(`"riskLevel":"high"`)), ever, "", 0},
	{"Who viewed or exported Power BI reports last week", op("ViewReport", "ExportReport"), lastWeek, "", 0},
	{"sharing by Erik Meyer", all(sharing, by("erik.meyer")), ever, "", 0},
	{"When did someone first register an authenticator this week?", op("User registered security info"), thisWeek, "first", 0},
	{"latest mailbox permission granted", op("Add-MailboxPermission"), ever, "last", 0},
	{"role assigned to priya", all(roleAdds, on("priya.tran", "priya.almeida", "priya.petrov")), ever, "", 0},
	{"everything from IP 203.0.113.66 or 198.51.100.155 today", some(address("203.0.113.66"), address("198.51.100.155")), today, "", 0},
	{"what changed in the last 30 minutes", administration, ago(30 * time.Minute), "", 0},
	{"dlp policy edits", op("Set-DlpComplianceRule"), ever, "", 0},
}

func TestStrangers(t *testing.T) { testQuestions(t, strangers, "strangers.json") }
