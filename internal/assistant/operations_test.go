package assistant

import (
	"slices"
	"strings"
	"testing"
)

// wordings are natural ways to ask for each operation of the simulated tenant, with | between
// operations and between wordings. Where people do not tell operations apart, those that a
// wording means are listed together.
var wordings = []struct{ operations, asked string }{ //nolint:gochecknoglobals // read-only table
	{"CopilotInteraction", "copilot interactions|who used copilot|prompts sent to copilot"},
	{"AirInvestigationData", "automated investigations|air investigations|Defender automated investigation and response"},
	{"QuarantineReleaseMessage", "released quarantine messages|who released mail from quarantine|messages let out of quarantine"},
	{"TIMailData", "phishing emails|threat intelligence mail detections|malicious mail detected"},
	{"Add delegated permission grant", "delegated permission grants added|who granted delegated permissions to apps|oauth2 delegated permissions granted"},
	{"Add group", "groups created|who set up new groups|show newly added security groups"},
	{"Add member to role completed (PIM activation)|Add member to role requested (PIM activation)", "pim activations|who activated a role with pim|privileged roles activated"},
	{"Add service principal", "service principals added|new enterprise apps|who created service principals"},
	{"Add user", "users created|accounts that were added|who onboarded new users"},
	{"Admin deleted security info|Disable Strong Authentication", "mfa disabled|who removed security info"},
	{"Disable Strong Authentication", "strong authentication disabled"},
	{"Consent to application", "consents to applications|who consented to an app|app consent given"},
	{"Invite external user", "external users invited|who invited guests|guest invitations"},
	{"Remove member from group", "members removed from groups|who took people out of groups|group member removals"},
	{"Reset password (self-service)", "self-service password resets|sspr|users who reset their own password"},
	{"Reset user password|Reset password (self-service)", "password resets|whose password was reset|who reset passwords"},
	{"Risk detected: anomalous token", "anomalous tokens|anomalous token risk|risk detections of anomalous token"},
	{"Risk detected: impossible travel", "impossible travel|impossible travel alerts|any impossible travel risk?"},
	{"Risk detected: malicious IP address", "malicious ip address|sign-ins from malicious IP addresses|malicious ip detections"},
	{"Risk detected: sign-in from a new country", "sign-in from a new country|new country logins|risk because of a new country"},
	{"Risk detected: suspicious inbox manipulation rules", "suspicious inbox manipulation rules|inbox manipulation detections|inbox manipulation risk"},
	{"Risk detected: unfamiliar sign-in properties", "unfamiliar sign-in properties|logins with unfamiliar properties|unfamiliar signin risk"},
	{"Sign-in|UserLoggedIn|UserLoginFailed", "sign-ins|who logged in|logon attempts"},
	{"UserLoginFailed", "UserLoginFailed|user login failed events|UserLoginFailed records"},
	{"UserLoggedIn", "UserLoggedIn|UserLoggedIn events|show UserLoggedIn operations"},
	{"Update application – Certificates and secrets management", "app secrets changed|certificates and secrets management|who added a client secret"},
	{"Update conditional access policy", "conditional access policies updated|CA policy changes|who modified conditional access"},
	{"Update device|SetReference ManagedDevice", "devices updated|device updates|updates of devices"},
	{"Update device", "update device events"},
	{"Update user|Set-User", "users updated|modifications of users|user accounts modified"},
	{"Update user", "update user"},
	{"User registered security info", "users who registered security info|security info registrations|who registered for mfa"},
	{"Add-DistributionGroupMember", "members added to distribution lists|who was added to a distribution group|distribution list additions"},
	{"Add-MailboxPermission", "mailbox permissions added|who was granted full access to a mailbox|mailbox delegation"},
	{"Create", "mail items created|messages created|emails created in mailboxes"},
	{"HardDelete", "hard deleted mail|permanently deleted emails|purged messages"},
	{"SoftDelete", "soft deleted mail|soft deletes|messages soft-deleted"},
	{"Move|MoveToDeletedItems", "mail moved to other folders|emails moved between folders|moved messages"},
	{"MoveToDeletedItems", "mail moved to deleted items|who moved messages to the deleted items folder|moved to deleted items"},
	{"MailItemsAccessed", "mail items accessed|mailbox items accessed|who read mail"},
	{"MipLabel", "sensitivity labels applied|mip labels|labelled emails"},
	{"New-InboxRule", "new inbox rules|inbox rules set up|who created mailbox rules"},
	{"Send", "emails sent|who sent mail|sent messages"},
	{"Set-CASMailbox", "pop and imap changes|CAS mailbox changes|mailbox protocols disabled"},
	{"Set-MailboxPlan", "mailbox plan changes|who set the mailbox plan|mailbox plans modified"},
	{"Set-TransportRule", "transport rules changed|mail flow rules modified|transport rule edits"},
	{"Set-User", "Set-User|Set-User commands|who ran Set-User"},
	{"Update", "mail items updated|emails edited|updated messages"},
	{"Action rebootNow ManagedDevice", "devices rebooted|device restarts|who rebooted managed devices"},
	{"Action retire ManagedDevice", "retired devices|who retired a device|device retirements"},
	{"Action rotateBitLockerKeys ManagedDevice", "rotated bitlocker keys|who rotated bitlocker keys|BitLocker key rotation"},
	{"Action syncDevice ManagedDevice", "devices synced|device syncs|who forced a device sync"},
	{"Action wipe ManagedDevice", "wiped devices|remote wipes|who factory reset a device"},
	{"Create DeviceCompliancePolicy", "compliance policies created|new device compliance policy|who added a compliance policy"},
	{"Delete DeviceCompliancePolicy", "compliance policies deleted|device compliance policy removals|who removed a compliance policy"},
	{"Patch DeviceCompliancePolicy|SetReference DeviceCompliancePolicy", "compliance policies updated|device compliance policy edits|who modified a compliance policy"},
	{"Create DeviceConfiguration", "configuration profiles created|new device configurations|who added a configuration profile"},
	{"Delete DeviceConfiguration", "configuration profiles deleted|device configurations removed|who deleted a config profile"},
	{"Patch DeviceConfiguration|SetReference DeviceConfiguration", "configuration profiles updated|device configuration edited|config profile modifications"},
	{"Create DeviceEnrollmentConfiguration", "enrollment restrictions created|new device enrollment configurations|enrolment configuration added"},
	{"Patch DeviceEnrollmentConfiguration|SetReference DeviceEnrollmentConfiguration", "enrollment restrictions updated|enrollment configuration modified|who edited the enrolment configuration"},
	{"Create MobileApp", "mobile apps created|new intune apps|who added a mobile app"},
	{"Delete MobileApp", "mobile apps deleted|removed intune apps|mobile app deletions"},
	{"Patch MobileApp|SetReference MobileApp", "mobile apps updated|intune apps modified|who edited a mobile app"},
	{"SetReference ManagedDevice", "device category set|changes of device category|device categories assigned"},
	{"AddedToGroup", "added to sharepoint groups|who was added to a sharepoint group|sharepoint group additions"},
	{"RemovedFromGroup", "removed from sharepoint groups|who was removed from a sharepoint group|sharepoint group removals"},
	{"AnonymousLinkCreated", "anonymous links created|public links created|anyone links created"},
	{"DlpRuleMatch", "dlp rule matches|which files or mails matched a dlp policy|data loss prevention matches"},
	{"DlpRuleUndo", "undone dlp matches|dlp rule undo|dlp false positives"},
	{"FileAccessed", "file accessed events|FileAccessed"},
	{"FileAccessed|FilePreviewed", "opened files|accessed files|who accessed documents"},
	{"FileCheckedOut", "files checked out|document checkouts|who checked out a file"},
	{"FileDeleted|FileRecycled", "deleted files|who removed documents|file deletions"},
	{"FileRecycled", "recycled files|files moved to the recycle bin|documents sent to the recycle bin"},
	{"FileDownloaded|FileSyncDownloadedFull", "downloaded files|who downloaded documents|file downloads"},
	{"FileUploaded|FileSyncUploadedFull", "uploaded files|who uploaded documents|file uploads"},
	{"FileModified|FileModifiedExtended|FolderModified", "modified files|who edited documents|file edits"},
	{"FileMoved", "files moved|who moved documents|moved files"},
	{"FilePreviewed", "file previews|previewed documents|who previewed files"},
	{"FileRenamed", "renamed files|who renamed a document|file renames"},
	{"FileSyncDownloadedFull|FileSyncUploadedFull", "synced files|file syncs|documents synchronised"},
	{"FolderModified", "folders modified|modified folders|folder modifications"},
	{"ListColumnCreated", "list columns created|new list columns|created columns in lists"},
	{"ListUpdated", "lists updated|which lists were updated|list updates"},
	{"ListViewed", "lists viewed|who viewed lists|list views"},
	{"PageViewed", "pages viewed|page views|who visited site pages"},
	{"SharingInvitationCreated", "sharing invitations|sharing invitations created|who sent sharing invitations"},
	{"SharingSet", "SharingSet|sharing set|SharingSet events"},
	{"ExportReport", "reports exported|exported power bi reports|report exports"},
	{"RefreshDataset", "dataset refreshes|refreshed datasets|who refreshed a dataset"},
	{"ViewReport", "reports viewed|who opened power bi reports|report views"},
	{"AlertTriggered", "alerts triggered|triggered alerts|which alerts were raised"},
	{"AlertEntityGenerated", "alert entities generated|alert entity generated|entities generated for alerts"},
	{"AggregateThreatProfileDetails", "aggregate threat profile details|threat profile details|threat profile aggregation"},
	{"Get-ComplianceTag", "Get-ComplianceTag|compliance tags looked up|compliance tag queries"},
	{"Get-DlpCompliancePolicy", "Get-DlpCompliancePolicy|dlp compliance policies read|who viewed dlp policies"},
	{"Get-DlpSiDetectionsReport", "Get-DlpSiDetectionsReport|dlp detections report|dlp si detections reports"},
	{"Get-RetentionCompliancePolicy", "Get-RetentionCompliancePolicy|retention policies looked up|retention compliance policy queries"},
	{"New-ComplianceSearch", "compliance searches|ediscovery searches|content searches created"},
	{"Search-UnifiedAuditLog", "audit log searches|who searched the unified audit log|searches of the audit log"},
	{"SearchCustomerInsight", "customer insight searches|search customer insight|searches of customer insights"},
	{"SearchDataInsightsSubscription", "data insights subscription searches|search data insights subscription|searched data insights subscriptions"},
	{"SearchMtpStatus", "mtp status searches|search mtp status|searches of the mtp status"},
	{"Set-DlpComplianceRule", "dlp rules changed|dlp compliance rules modified|who edited a dlp rule"},
	{"ChatCreated", "chats created|who started chats|new teams chats"},
	{"MemberAdded", "members added to teams|who was added to a team|new team members"},
	{"MemberRemoved", "members removed from teams|who was removed from a team|team member removals"},
	{"MemberRoleChanged", "member role changes in teams|team member roles changed|roles of team members changed"},
	{"MessageCreatedHasLink", "teams messages with links|links posted in teams|messages with a link in teams"},
	{"TeamsSessionStarted", "teams sessions|teams sessions started|who signed in to teams"},
}

// TestOperationsAreReached: every operation of the simulated tenant is found, and nothing
// else, by at least three wordings.
func TestOperationsAreReached(t *testing.T) {
	w := theWorld(t)
	right, all := 0, 0
	reached := map[string]bool{"Set-Mailbox": true, "Add member to group": true, "Add member to role": true} // found together with others, in the other tables
	for _, row := range wordings {
		operations := strings.Split(row.operations, "|")
		for _, text := range strings.Split(row.asked, "|") {
			all++
			q := ask{text, op(operations...), ever, "", 0}
			if wrong := q.put(t, w, q.events(w)); wrong != "" {
				t.Logf("%s\n    %s", text, wrong)
				continue
			}
			right++
			for _, name := range operations {
				reached[strings.ToLower(name)] = true
			}
		}
	}
	var missed []string
	for i := range w.events {
		if name := w.events[i].Operation; !reached[name] && !reached[strings.ToLower(name)] && !slices.Contains(missed, name) {
			missed = append(missed, name)
		}
	}
	share := float64(right) / float64(all)
	t.Logf("%d of %d wordings are answered exactly (%.1f %%)", right, all, 100*share)
	if share < atLeast || len(missed) > 0 {
		t.Errorf("%.1f %% of the wordings; not reached: %q", 100*share, missed)
	}
}
