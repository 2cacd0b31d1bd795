package tenant

import (
	"strconv"
	"time"
)

const exchangeVersion = " (15.20.8251.015)"

// orgPath is how Exchange names an object: by its place in the forest.
func (s *scribe) orgPath(object string) string {
	return "EURPR04A009.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/" + s.t.initial + "/" + object
}

// cmdlet is one administrative command in Exchange, RecordType 1.
type cmdlet struct {
	name   string
	user   *User  // a person, or
	system string // NT AUTHORITY\SYSTEM (this service)
	ip     string
	object string
	params [][2]string
}

func (s *scribe) cmdlet(c cmdlet) {
	h := header{
		stream: streamExchange, operation: c.name, recordType: 1, result: "True",
		workload: "Exchange", objectID: c.object,
	}
	if c.user != nil {
		h.userID, h.userKey, h.userType = c.user.UPN, c.user.PUID, 2
		h.clientIP = s.withPort(c.ip)
	} else {
		h.userID = `NT AUTHORITY\SYSTEM (` + c.system + `)`
		h.userKey, h.userType = h.userID, 3
	}
	s.unified(h)
	if c.user != nil {
		s.str("AppId", "00000002-0000-0ff1-ce00-000000000000")
	} else {
		s.str("AppId", "")
	}
	s.str("ClientAppId", "")
	s.flag("ExternalAccess", c.user == nil)
	s.str("OrganizationName", s.t.initial)
	s.str("OriginatingServer", pick(s, s.t.exchangeHost), exchangeVersion)
	s.arr("Parameters")
	for _, p := range c.params {
		s.pair(p[0], p[1])
	}
	s.endArr()
	if c.user != nil {
		s.guid("SessionId", s.rng)
	}
	s.finish()
}

// mailboxMaintenance is the noise that makes up most of a tenant's Exchange records:
// the service adjusting mailboxes and plans, in bursts.
func mailboxMaintenance(s *scribe) {
	for range 4 + s.rng.IntN(24) {
		if s.chance(0.45) {
			plan := s.orgPath("ExchangeOnline-" + newGUID(s.rng))
			s.cmdlet(cmdlet{name: "Set-MailboxPlan", system: "Microsoft.Exchange.ServiceHost", object: plan, params: [][2]string{
				{"Identity", plan}, {"UseDatabaseRetentionDefaults", "False"},
				{"RecoverableItemsQuota", "30 GB (32,212,254,720 bytes)"}, {"RecoverableItemsWarningQuota", "20 GB (21,474,836,480 bytes)"},
			}})
		} else {
			box := s.orgPath(s.anyone().Alias)
			if s.chance(0.3) {
				box = s.orgPath("SystemMailbox{" + newGUID(s.rng) + "}")
			}
			s.cmdlet(cmdlet{name: "Set-Mailbox", system: "Microsoft.Exchange.ServiceHost", object: box, params: [][2]string{
				{"Force", "True"}, {"UMGrammar", "True"}, {"Arbitration", "True"}, {"MaxSendSize", "1 GB (1,073,741,824 bytes)"},
				{"MailRouting", "True"}, {"MessageTracking", "True"}, {"OMEncryption", "True"}, {"OABGen", "True"},
				{"ClientExtensions", "True"}, {"Identity", box}, {"GMGen", "True"}, {"SuiteServiceStorage", "True"},
			}})
		}
		s.later(400 * time.Millisecond)
	}
	if s.chance(0.3) {
		u := s.anyone()
		s.cmdlet(cmdlet{name: "Set-User", system: "Microsoft.Exchange.Management.ForwardSync", object: s.orgPath(u.Alias), params: [][2]string{
			{"Identity", s.t.cfg.ID + `\` + u.ID}, {"SyncMailboxLocationGuids", "True"}, {"ErrorAction", "Stop"}, {"WarningAction", "SilentlyContinue"},
		}})
	}
}

// exchangeAdmin is a person administering Exchange.
func exchangeAdmin(s *scribe) {
	by, u := s.admin(), s.anyone()
	c := cmdlet{user: by, ip: s.address(by), object: s.orgPath(u.Alias)}
	switch s.rng.IntN(5) {
	case 0:
		c.name = "Add-MailboxPermission"
		c.params = [][2]string{{"Identity", u.Alias}, {"User", s.anyone().UPN}, {"AccessRights", "FullAccess"}, {"InheritanceType", "All"}}
	case 1:
		c.name = "Set-Mailbox"
		c.params = [][2]string{{"Identity", u.UPN}, {"HiddenFromAddressListsEnabled", "True"}}
	case 2:
		c.name = "Set-CASMailbox"
		c.params = [][2]string{{"Identity", u.UPN}, {"PopEnabled", "False"}, {"ImapEnabled", "False"}}
	case 3:
		c.name = "Set-TransportRule"
		c.object = "Disclaimer for external mail"
		c.params = [][2]string{{"Identity", c.object}, {"ApplyHtmlDisclaimerText", "<p style=\"color:grey\">Confidential – do not forward</p>\r\n"}, {"Mode", "Enforce"}}
	default:
		c.name = "Add-DistributionGroupMember"
		c.params = [][2]string{{"Identity", pick(s, s.t.Groups).DisplayName}, {"Member", u.UPN}, {"BypassSecurityGroupManagerCheck", "True"}}
	}
	s.cmdlet(c)
}

// inboxRule is a person tidying the inbox; see stories.go for the other kind.
func inboxRule(s *scribe) {
	u := s.person()
	s.cmdlet(cmdlet{name: "New-InboxRule", user: u, ip: s.address(u), object: s.orgPath(u.Alias + `\Newsletters`), params: [][2]string{
		{"AlwaysDeleteOutlookRulesBlob", "False"}, {"Force", "False"}, {"From", "news@" + pick(s, partnerDomains)},
		{"MoveToFolder", "Newsletters"}, {"Name", "Newsletters"}, {"StopProcessingRules", "True"},
	}})
}

var mailClients = []string{
	"Client=OWA;Action=ViaProxy", "Client=REST;Client=RESTSystem;;", "Client=OutlookService;Outlook-iOS/2.0;",
	"Client=MSExchangeRPC", "Client=WebServices;ExchangeServicesClient/15.00.0913.015;", "Client=Hub Transport",
}

// mailbox starts a record of RecordType 2, 3 or 50 with what they have in common. The
// server's name ends in CR LF, as it does in the real ones.
func (s *scribe) mailbox(u *User, recordType int, operation, ip string) {
	h := header{
		stream: streamExchange, operation: operation, recordType: recordType, result: "Succeeded",
		userKey: u.PUID, workload: "Exchange", userID: u.UPN,
	}
	if recordType != 50 {
		h.clientIP = ip
	}
	s.unified(h)
	s.str("AppId", "00000002-0000-0ff1-ce00-000000000000")
	s.str("ClientIPAddress", ip)
	if s.chance(0.5) {
		s.str("ClientInfoString", "Client=OWA;", u.Agent, ";")
	} else {
		s.str("ClientInfoString", pick(s, mailClients))
	}
	s.flag("ExternalAccess", false)
	s.num("InternalLogonType", 0)
	s.num("LogonType", 0)
	s.str("LogonUserSid", u.SID)
	s.str("MailboxGuid", u.MailboxID)
	s.str("MailboxOwnerSid", u.SID)
	s.str("MailboxOwnerUPN", u.UPN)
	s.str("OrganizationName", s.t.initial)
	s.str("OriginatingServer", pick(s, s.t.exchangeHost), exchangeVersion, "\r\n")
	s.guid("SessionId", s.rng)
}

// messageID is an internet message id of the tenant's servers.
func (s *scribe) messageID() string {
	host := pick(s, s.t.exchangeHost)
	return "<" + host + newHex(s.rng, 16) + "@" + host + ".eurprd04.prod.outlook.com>"
}

var subjects = []string{
	"Re: Quarterly numbers", "Invoice 2026-0117", "Lunch?", "FW: Travel approval", "Project Falcon – status", "Réunion de lundi",
	"Besprechung verschoben", "Your package", "Contract draft v3 (final)", "RE: RE: RE: Budget", "予算の確認", "Password expiry notice",
	`"Urgent": sign & return <today>`, "Team offsite", "Weekly report", "Interview feedback", "",
}

func mailItemsAccessed(s *scribe) {
	u := s.person()
	s.mailbox(u, 50, "MailItemsAccessed", s.address(u))
	s.arr("OperationProperties")
	s.pair("MailAccessType", "Bind")
	s.pair("IsThrottled", "False")
	s.endArr()
	n := 1 + s.rng.IntN(4)
	s.arr("Folders")
	s.item()
	s.arr("FolderItems")
	for range n {
		s.item()
		s.str("InternetMessageId", s.messageID())
		s.num("SizeInBytes", 2000+s.rng.IntN(200_000))
		s.end()
	}
	s.endArr()
	s.entryID("Id", s.rng, "LgAAAAB", 56)
	s.str("Path", `\Inbox`)
	s.end()
	s.endArr()
	s.num("OperationCount", n)
	s.finish()
}

func mailSent(s *scribe) {
	u := s.person()
	s.mailbox(u, 2, "Send", s.address(u))
	s.obj("Item")
	s.str("Id", "Unknown")
	s.str("InternetMessageId", s.messageID())
	s.num("SizeInBytes", 3000+s.rng.IntN(900_000))
	s.str("Subject", pick(s, subjects))
	s.end()
	s.flag("SaveToSentItems", true)
	s.finish()
}

func mailCreated(s *scribe) {
	u := s.person()
	s.mailbox(u, 2, pick(s, []string{"Create", "Update", "Create"}), s.address(u))
	s.obj("Item")
	if s.chance(0.3) {
		s.str("Attachments", "report.pdf ("+strconv.Itoa(s.rng.IntN(900000))+"b); image001.png (1954b)")
	}
	s.entryID("Id", s.rng, "RgAAAAB", 90)
	s.str("InternetMessageId", s.messageID())
	s.flag("IsRecord", false)
	s.parentFolder(`\Drafts`)
	s.num("SizeInBytes", 3000+s.rng.IntN(90_000))
	s.str("Subject", pick(s, subjects))
	s.end()
	s.finish()
}

func (s *scribe) parentFolder(path string) {
	s.obj("ParentFolder")
	s.entryID("Id", s.rng, "LgAAAAB", 56)
	s.str("Path", path)
	s.end()
}

func mailDeleted(s *scribe) {
	u := s.person()
	s.mailbox(u, 3, pick(s, []string{"SoftDelete", "MoveToDeletedItems", "HardDelete", "MoveToDeletedItems", "Move"}), s.address(u))
	s.arr("AffectedItems")
	for range 1 + s.rng.IntN(3) {
		s.item()
		s.entryID("Id", s.rng, "RgAAAAB", 90)
		s.str("InternetMessageId", s.messageID())
		s.parentFolder(`\Inbox`)
		s.str("Subject", pick(s, subjects))
		s.end()
	}
	s.endArr()
	s.flag("CrossMailboxOperation", false)
	s.obj("DestFolder")
	s.entryID("Id", s.rng, "LgAAAAB", 56)
	s.str("Path", `\Deleted Items`)
	s.end()
	s.obj("Folder")
	s.entryID("Id", s.rng, "LgAAAAB", 56)
	s.str("Path", `\Inbox`)
	s.end()
	s.finish()
}
