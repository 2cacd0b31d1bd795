package assistant

import (
	"strings"
	"testing"
	"time"

	"aoc"
)

// paraphrases were written after the rules were finished for the questions above, to see how
// they do on what they were not made for.
var paraphrases = []ask{ //nolint:gochecknoglobals // read-only table
	{"I need to know whose passwords got reset over the last seven days", pwResets, week, "", 0},
	{"Were any passwords reset by the helpdesk yesterday evening?", op("Reset user password", "Reset password (self-service)"), hours(10, 18, 24), "", 0},
	{"self service password resets that did not work", all(op("Reset password (self-service)"), failed), ever, "", 0},
	{"can you tell me who promoted Rosa Kowalski to Global Administrator?", all(roleAdds, on("rosa.kowalski"), onNamed("Global Administrator")), ever, "", 0},
	{"people who gained admin rights since last Friday", roleAdds, span{day(6).from, time.Time{}}, "", 0},
	{"Any new members in the VPN Users group?", all(memberAdds, onNamed("VPN Users")), ever, "", 0},
	{"who took people out of groups on Monday", all(op("Remove member from group"), anything), day(9), "", 0},
	{"jana castro group changes", all(some(memberships, op("Add group")), by("jana.castro")), ever, "", 0},
	{"Which accounts had their second factor taken away?", mfaRemovals, ever, "", 0},
	{"Did Ivan Moreau disable multi-factor authentication for someone?", all(mfaRemovals, by("ivan.moreau")), ever, "", 0},
	{"authenticator registrations per day", op("User registered security info"), ever, "top", 0},
	{"user accounts removed from the directory last week", op("Delete user"), lastWeek, "", 0},
	{"Was an account for Amir Chen created?", all(op("Add user"), on("amir.chen")), ever, "", 0},
	{"count of new accounts this month", op("Add user"), daysFrom(1, 31), "count", 0},
	{"external guests added by Magnus Nguyen", all(op("Invite external user"), by("magnus.nguyen")), ever, "", 0},
	{"who touched our CA policies", caChanges, ever, "", 0},
	{"When was the first conditional access policy edit?", caChanges, ever, "first", 0},
	{"apps that got user consent yesterday", consents, yesterday, "", 0},
	{"Has Łukasz Castro consented to anything?", all(consents, by("lukasz.castro")), ever, "", 0},
	{"new client secrets in the last 5 days", secrets, ago(5 * 24 * time.Hour), "", 0},
	{"bad password attempts by user this week", all(signIns, some(rawHas("InvalidUserNameOrPassword"), rawHas("invalid username or password"))), thisWeek, "top", 0},
	{"locked out accounts", all(signIns, some(rawHas("IdsLocked"), rawHas("account is locked"))), ever, "", 0},
	{"logins from 203.0.113.66 that failed", all(signIns, failed, address("203.0.113.66")), ever, "", 0},
	{"Show Liam Das's sign-in activity on 9 March", all(signIns, by("liam.das")), day(9), "", 0},
	{"who couldn't log in this morning?", all(signIns, failed), hours(11, 6, 12), "", 0},
	{"most recent sign in of zoe sharma", all(signIns, by("zoe.sharma")), ever, "last", 0},
	{"users flagged as risky by identity protection last week", from(aoc.SourceRisk), lastWeek, "", 0},
	{"has mail been auto-forwarded to outside addresses", forwarding, ever, "", 0},
	{"which rules were made in people's inboxes this week", op("New-InboxRule"), thisWeek, "", 0},
	{"delegated mailbox access granted by Yuki Quinn", all(op("Add-MailboxPermission"), by("yuki.quinn")), ever, "", 0},
	{"who hid mailboxes from the address list", changed("HiddenFromAddressListsEnabled"), ever, "", 0},
	{"Remote wipes per admin", opHas("wipe"), ever, "top", 0},
	{"Did someone remove a compliance policy in Intune?", op("Delete DeviceCompliancePolicy"), ever, "", 0},
	{"what has changed in Intune since yesterday noon", from(aoc.SourceIntune), span{hours(10, 12, 24).from, time.Time{}}, "", 0},
	{"documents deleted from SharePoint yesterday", all(fileDeletes, workload("SharePoint")), yesterday, "", 0},
	{"Emma Rao downloads", all(fileLoads, by("emma.rao")), ever, "", 0},
	{"Which files did partners get invited to?", op("SharingInvitationCreated"), ever, "", 0},
	{"public links to documents made in the past two days", op("AnonymousLinkCreated"), ago(48 * time.Hour), "", 0},
	{"who is adding owners to teams", all(op("MemberAdded", "MemberRoleChanged"), func(e *aoc.Event) bool { return strings.Contains(e.DisplaySummary, "owner") }), ever, "", 0},
	{"dlp rule matches by user", dlpMatches, ever, "top", 0},
	{"who released messages from quarantine", op("QuarantineReleaseMessage"), ever, "", 0},
	{"what did the Device Registration Service do today", byApp("Device Registration Service"), today, "", 0},
	{"changes by anyone other than Jana Castro in Exchange on Tuesday", all(administration, workload("Exchange"), no(by("jana.castro"))), yesterday, "", 0},
}

func TestParaphrases(t *testing.T) { testQuestions(t, paraphrases, "paraphrases.json") }
