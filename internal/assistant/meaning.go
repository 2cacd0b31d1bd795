package assistant

import (
	"regexp"
	"slices"

	"aoc"
)

// Technique is one of MITRE ATT&CK.
type Technique struct {
	ID   string `json:"id" example:"T1098.003"`
	Name string `json:"name" example:"Account Manipulation: Additional Cloud Roles"`
}

// meaning is what a kind of operation is about.
type meaning struct {
	operation  *regexp.Regexp
	failed     bool           // holds for failures only
	changed    *regexp.Regexp // of a property that must have changed; nil for any or none
	why        string
	techniques []Technique
}

// meanings are looked through in order; the first that fits counts.
var meanings = []meaning{ //nolint:gochecknoglobals // read-only table
	{operations(`add (eligible |scoped )?member to role|add .*role (assignment|definition)|RoleGroupMember|activate.*role|member added to role`), false, nil,
		"A role gives rights over the tenant. Attackers who hold an account give it roles to stay and to reach more.",
		[]Technique{{"T1098.003", "Account Manipulation: Additional Cloud Roles"}}},
	{operations(`consent to application|delegated permission grant|app role assignment`), false, nil,
		"An application that has been granted permissions can read or change data without anybody signing in again, also after a password was changed.",
		[]Technique{{"T1528", "Steal Application Access Token"}}},
	{operations(`certificates and secrets|service principal credentials|add .*credential`), false, nil,
		"Whoever has a secret or certificate of an application can act as it, past sign-in rules for people.",
		[]Technique{{"T1098.001", "Account Manipulation: Additional Cloud Credentials"}}},
	{operations(`conditional access|named location`), false, nil,
		"Conditional Access decides who may sign in, and how. A weaker policy opens a way in for every account that it covered.",
		[]Technique{{"T1556.009", "Modify Authentication Process: Conditional Access Policies"}}},
	{operations(`security info|authentication method|strong authentication|StrongAuthentication|disable.*mfa|phoneapp`), false, nil,
		"Who can change the second factor of an account can sign in as its owner. Attackers add their own, or remove the owner's.",
		[]Technique{{"T1556.006", "Modify Authentication Process: Multi-Factor Authentication"}}},
	{operations(`InboxRule|UpdateInboxRules`), false, nil,
		"Rules of a mailbox can send mail out of the company or hide warnings from its owner.",
		[]Technique{{"T1114.003", "Email Collection: Email Forwarding Rule"}, {"T1564.008", "Hide Artifacts: Email Hiding Rules"}}},
	{operations(`TransportRule`), false, nil,
		"Rules of mail flow hold for everybody's mail. They can send copies out of the company, or let past what a filter would stop.",
		[]Technique{{"T1114.003", "Email Collection: Email Forwarding Rule"}}},
	{operations(`^Set-Mailbox$`), false, operations(`forward|redirect`),
		"Mail that arrives is sent on to others, without the mailbox's owner noticing.",
		[]Technique{{"T1114.003", "Email Collection: Email Forwarding Rule"}}},
	{operations(`MailboxPermission|RecipientPermission|MailboxFolderPermission|SendAs`), false, nil,
		"Whoever has rights on a mailbox can read it, or write in its owner's name.",
		[]Technique{{"T1098.002", "Account Manipulation: Additional Email Delegate Permissions"}}},
	{operations(`AdminAuditLogConfig|audit.*(disable|bypass)|MailboxAuditBypass`), false, nil,
		"What is not recorded cannot be investigated. Attackers switch recording off before they act.",
		[]Technique{{"T1562.008", "Impair Defenses: Disable or Modify Cloud Logs"}}},
	{operations(`domain (authentication|federation)|federation settings|set domain|verify domain|add unverified domain`), false, nil,
		"Whoever the tenant trusts to sign people in can sign in as anybody.",
		[]Technique{{"T1484.002", "Domain or Tenant Policy Modification: Trust Modification"}}},
	{operations(`reset (user )?password|change (user )?password|self-service password`), false, nil,
		"A new password lets whoever knows it in, and locks the owner out.",
		[]Technique{{"T1098", "Account Manipulation"}}},
	{operations(`^add user|invite.*user|create.*user`), false, nil,
		"A new account is a way in that stays. Guests come from outside of the company.",
		[]Technique{{"T1136.003", "Create Account: Cloud Account"}}},
	{operations(`delete user|disable account|block.*sign|hard delete user`), false, nil,
		"Accounts that are removed lock people out, by intent or as an attack on operations.",
		[]Technique{{"T1531", "Account Access Removal"}}},
	{operations(`wipe|retire|delete.*device|factory`), false, nil,
		"A device that is wiped loses what was on it. In the wrong hands this destroys in a moment what many work with.",
		[]Technique{{"T1485", "Data Destruction"}}},
	{operations(`device(management)?script|healthscript|mobileapp|remediation`), false, nil,
		"What is deployed to devices runs there with high rights, on all of them at once.",
		[]Technique{{"T1072", "Software Deployment Tools"}}},
	{operations(`register(ed)? (device|owner)|add (registered|device)|enroll`), false, nil,
		"A registered device can be trusted at sign-in. Attackers register their own.",
		[]Technique{{"T1098.005", "Account Manipulation: Device Registration"}}},
	{operations(`AnonymousLink|SharingInvitation|CompanyLink|SecureLink|AddedToSecureLink|SharingSet`), false, nil,
		"What is shared can be read by those it is shared with, which may be anybody who has the link.",
		[]Technique{{"T1537", "Transfer Data to Cloud Account"}}},
	{operations(`FileDownloaded|FileSyncDownloaded`), false, nil,
		"Files that are downloaded leave what the company controls. It matters when it is many, or by somebody who never does.",
		[]Technique{{"T1213.002", "Data from Information Repositories: Sharepoint"}}},
	{operations(`FileDeleted|FileRecycled|FileVersionsAllDeleted|HardDelete`), false, nil,
		"Files or messages that are deleted may be missed, or hide what was done.",
		[]Technique{{"T1485", "Data Destruction"}}},
	{operations(`group.*(member|owner)|(member|owner).*group|MemberAdded`), false, nil,
		"Groups give access to whatever they are used for: applications, sites, roles.",
		[]Technique{{"T1098", "Account Manipulation"}}},
	{operations(`sign-?in|UserLogin|UserLoggedIn|logon`), true, nil,
		"Failed sign-ins are mostly mistakes. Many for one account, or one for many accounts from the same place, are somebody guessing passwords.",
		[]Technique{{"T1110", "Brute Force"}}},
	{operations(`sign-?in|UserLogin|UserLoggedIn|logon`), false, nil,
		"A sign-in from an unusual place, application or hour can be somebody else with a stolen password or session.",
		[]Technique{{"T1078.004", "Valid Accounts: Cloud Accounts"}}},
}

func operations(pattern string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + pattern) }

// meaningOf is what an event is about; one without techniques where that is not known.
func meaningOf(e *aoc.Event) meaning {
	for _, m := range meanings {
		if m.operation.MatchString(e.Operation) && (!m.failed || e.Result == aoc.ResultFailure) && (m.changed == nil || slices.ContainsFunc(e.Changes, func(c aoc.Change) bool { return m.changed.MatchString(c.Property) })) {
			return m
		}
	}
	return meaning{why: "Nothing is known here of what this operation can be misused for. Whether it fits who did it, and when, says most."}
}
