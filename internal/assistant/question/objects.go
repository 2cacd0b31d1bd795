package question

// Pieces of conditions that several objects share.
const (
	entraAudit  = `(source:directory OR type:AzureActiveDirectory)`
	signIns     = `(source:signin OR operation:UserLoggedIn,UserLoginFailed)`
	mailActions = "Send|SendAs|SendOnBehalf|Create|Update|Copy|Move|SoftDelete|HardDelete|MoveToDeletedItems|MailItemsAccessed|MessageBind|FolderBind"
)

// roleAdds finds what gives somebody a role: not yet a request to activate one.
var roleAdds = `(` + ops("Add*member to role*|Add*role assignment*|Create*role assignment*|Add-RoleGroupMember|New-ManagementRoleAssignment|Update-RoleGroupMember") + `) -operation:*"requested (PIM"*` //nolint:gochecknoglobals // read-only

// objects are what people ask about, the more particular first where phrases are alike.
var objects = []object{ //nolint:gochecknoglobals // read-only table
	{
		name: "role assignments", thing: RoleOf,
		phrases: "role|admin role|directory role|administrator role|role assignment|role member|role membership|member of role|role group|privileged role|role grant|privilege|" +
			"admin right|administrator right|admin privilege|admin permission|admin access|administrator access|elevated right|privilege escalation|escalation|role change|rbac|" +
			"promote|promotion|demote|become admin|new admin|new administrator|new privileged user|make admin|make administrator|turn into admin|elevate|elevation|privileged access",
		any: ops("*member to role*|*member from role*|*role assignment*|*eligible member*|*role definition*|*RoleGroupMember|*ManagementRoleAssignment|*member in role*"),
		acts: map[action]string{
			create:   roleAdds,
			assign:   roleAdds,
			remove:   ops("Remove*member from role*|Remove*role assignment*|Delete*role assignment*|Remove-RoleGroupMember|Remove-ManagementRoleAssignment"),
			activate: ops("*(PIM activation)*|*role activation*"),
		},
	},
	{
		name: "role activations", phrases: "pim|pim activation|role activation|activate role|privileged identity management|jit access|just in time|pim elevation|pim request",
		any: ops("*PIM*|*eligible*role*"),
		acts: map[action]string{
			activate: ops("*(PIM activation)*"),
			run:      ops("*requested (PIM*"),
		},
	},
	{
		name: "self-service password resets", phrases: "self service|self-service|self service password reset|self service reset|sspr|self service password|password self service|reset own password|reset their own password|selfservice password",
		any: ops("*password*self-service*|*self-service*password*"),
	},
	{name: "compliance of devices", phrases: "compliance state|compliance status|compliance of device|non-compliant|noncompliant|not compliant|become compliant|become noncompliant|device compliance state|compliant", any: `changed:IsCompliant`},
	{
		name: "password resets by administrators", phrases: "admin password reset|administrator password reset|helpdesk password reset|help desk password reset|password reset by admin|password reset by administrator|admin-initiated password reset|admin initiated password reset",
		any: ops("Reset user password|Reset password (by admin)*"),
	},
	{
		name: "passwords", phrases: "password|credential reset|passphrase|password reset|password change", any: ops("*password*"),
		acts: map[action]string{
			reset:   ops("*reset*password*|*password reset*"),
			update:  ops("Change*password*|*reset*password*|*password*change*|Update*password*|Set*password*"),
			restore: ops("*reset*password*|*password reset*"),
		},
	},
	{name: "security info deleted", phrases: "delete security info|deletion of security info|security info delete|security info deletion|security info be delete", any: ops("*deleted security info*")},
	{name: "strong authentication disabled", phrases: "disable strong authentication|strong authentication disable|strong authentication be disable", any: ops("Disable Strong Authentication")},
	{
		name: "authentication methods", phrases: "mfa|multi factor authentication|multifactor authentication|multi factor|multifactor|two factor|two factor authentication|second factor|twofactor|2 step|two step verification|" +
			"authentication method|authenticator|authenticator app|security info|strong authentication|security key|fido|fido2|passkey|phone method|verification method|mfa method|mfa device|mfa setting",
		any: ops("*security info*|*strong authentication*|*authentication method*|*passkey*|*fido2*|*hello for business*|*phone app*") + ` OR changed:StrongAuthentication*`,
		acts: map[action]string{
			remove:   ops("*deleted security info*|Disable Strong Authentication|*delete*authentication method*|*remove*authentication method*|Delete*passkey*|Remove*passkey*|*deleted*passkey*"),
			disable:  ops("*deleted security info*|Disable Strong Authentication|*delete*authentication method*|*remove*authentication method*|*disable*authentication*"),
			reset:    ops("*deleted security info*|Disable Strong Authentication|*delete*authentication method*|*re-register*"),
			create:   ops("*registered*security info*|Enable Strong Authentication|*add*authentication method*|*register*passkey*|*add*passkey*|*create*authentication method*"),
			register: ops("*registered*security info*|*add*authentication method*|*register*passkey*|*add*passkey*"),
			enable:   ops("Enable Strong Authentication|*registered*security info*"),
		},
	},
	{
		name: "conditional access", thing: Policy, phrases: "conditional access|conditional access policy|ca policy|ca rule|conditional policy|access policy|ca change|caps|conditional access rule",
		any: ops("*conditional access*"),
		acts: map[action]string{
			create: ops("Add*conditional access*|Create*conditional access*"), remove: ops("Delete*conditional access*|Remove*conditional access*"),
			update: ops("Update*conditional access*"), disable: ops("Update*conditional access*|Delete*conditional access*"), enable: ops("Update*conditional access*|Add*conditional access*"),
		},
	},
	{name: "moves to deleted items", phrases: "deleted item|deleted item folder|deleteditems", any: ops("MoveToDeletedItems")},
	{name: "compliance tags", phrases: "compliance tag|retention tag", any: ops("*-ComplianceTag*")},
	{name: "device categories", phrases: "device category|category of device|category", any: ops("SetReference ManagedDevice")},
	{name: "starters", phrases: "onboarding", any: ops("Add user")},
	{name: "leavers", phrases: "offboarding", any: ops("Delete user|Disable account")},
	{name: "named locations", phrases: "named location|trusted location|trusted ip", any: ops("*named location*")},
	{
		name: "consent to apps", phrases: "consent|app consent|application consent|admin consent|user consent|consent grant|illicit consent|consent phishing|oauth consent|consent to|consent to application",
		any: ops("Consent to application|*consent*"),
		acts: map[action]string{
			remove: ops("Remove*permission grant*|Remove*app role assignment*|Revoke consent*|*remove*consent*"),
		},
	},
	{
		name: "delegated permissions", phrases: "delegated permission|delegated grant|delegated permission grant|oauth2 permission grant|delegate permission grant", any: ops("*permission grant*|*OAuth2PermissionGrant*|*delegated permission*"),
		acts: map[action]string{create: ops("Add*permission grant*"), assign: ops("Add*permission grant*"), remove: ops("Remove*permission grant*")},
	},
	{
		name: "permissions of apps", phrases: "permission grant|application permission|app permission|api permission|oauth grant|oauth permission|oauth|oauth app|app role assignment|graph permission|permission to app|permission to application",
		any: ops("*consent*|*permission grant*|*app role assignment*|*OAuth2PermissionGrant*|*delegated permission*"),
		acts: map[action]string{
			create: ops("Consent to application|Add*permission grant*|Add*app role assignment*"), assign: ops("Consent to application|Add*permission grant*|Add*app role assignment*"),
			remove: ops("Remove*permission grant*|Remove*app role assignment*|*revoke*consent*"),
		},
	},
	{
		name: "secrets and certificates of apps", phrases: "secret|client secret|app secret|application secret|certificate|credential|app credential|application credential|client certificate|app key|service principal credential|app password|secret and certificate|certificate and secret",
		any: ops("*certificates and secrets*|*principal credentials*|*application credentials*"),
		acts: map[action]string{
			remove: ops("*certificates and secrets*|Remove*credentials*"), create: ops("*certificates and secrets*|Add*principal credentials*|Add*application credentials*"),
		},
	},
	{
		name: "owners of apps", phrases: "app owner|application owner|service principal owner|owner of app|owner of application", any: ops("*owner to application*|*owner to service principal*|*owner from application*|*owner from service principal*"),
	},
	{
		name: "Intune apps", thing: Policy, phrases: "mobile app|intune app|managed app|intune application|app assignment|app deployment|win32 app|line of business app",
		any: ops("*MobileApp*"), acts: intuneActs("MobileApp"),
	},
	{
		name: "service principals", thing: App, phrases: "service principal|enterprise app|enterprise application", any: `(` + ops("*service principal*") + `) ` + entraAudit,
		acts: map[action]string{
			create: ops("Add service principal|Create service principal"), register: ops("Add service principal"),
			remove: ops("Remove service principal|Delete service principal|Hard Delete service principal"), update: ops("Update service principal"),
		},
	},
	{
		name: "app registrations", thing: App, generic: true, phrases: "app registration|app|application|third party app|application registration|registered app|new app",
		any: `(` + ops("*application*|*service principal*|*app role assignment*|*permission grant*") + `) ` + entraAudit,
		acts: map[action]string{
			create: ops("Add application|Add service principal|Create application"), register: ops("Add application|Add service principal|Create application"),
			remove: ops("Delete application|Remove service principal|Delete service principal|Hard Delete application"), update: ops("Update application*|Update service principal*"),
			enable: ops("Update service principal|Update application"), disable: ops("Update service principal|Update application"),
		},
	},
	{
		name: "group memberships", thing: Group, phrases: "group membership|group member|member of group|member to group|member from group|security group member|group addition|group removal|membership|add to group|remove from group|put in group|people in group|user in group|join group|leave group|membership of group|distribution list member|user to group|user from group|person to group|person from group",
		any: ops("Add member to group|Remove member from group|Add owner to group|Remove owner from group|*DistributionGroupMember|*UnifiedGroupLinks"),
		acts: map[action]string{
			create: ops("Add member to group|Add-DistributionGroupMember|Add-UnifiedGroupLinks"), assign: ops("Add member to group|Add-DistributionGroupMember|Add-UnifiedGroupLinks"),
			remove: ops("Remove member from group|Remove-DistributionGroupMember|Remove-UnifiedGroupLinks"),
			update: ops("Add member to group|Remove member from group|*DistributionGroupMember|*UnifiedGroupLinks"),
		},
	},
	{
		name: "owners of groups", thing: Group, phrases: "group owner|owner of group|owner to group|group ownership", any: ops("*owner to group|*owner from group"),
		acts: map[action]string{create: ops("Add owner to group"), remove: ops("Remove owner from group")},
	},
	{
		name: "members of distribution lists", thing: Group, phrases: "distribution group member|distribution group membership|distribution list membership|dl member|dl membership", any: ops("*DistributionGroupMember"),
		acts: map[action]string{create: ops("Add-DistributionGroupMember"), remove: ops("Remove-DistributionGroupMember")},
	},
	{
		name: "distribution lists", thing: Group, phrases: "distribution group|distribution list|mailing list|dl|dls|distro|distro list", any: ops("*-DistributionGroup*|*-DynamicDistributionGroup*"), becomes: "members of distribution lists",
		acts: map[action]string{create: ops("New-DistributionGroup"), remove: ops("Remove-DistributionGroup"), update: ops("Set-DistributionGroup")},
	},
	{
		name: "site permissions", thing: Site, phrases: "site permission|sharepoint permission|sharepoint group|site group|site collection admin|site admin|site owner|site access|permission level|permission on site|permission to site|sharepoint site permission|sharepoint group membership|sharepoint group member|sharepoint group change|site member",
		any: ops("AddedToGroup|RemovedFromGroup|SiteCollectionAdmin*|PermissionLevel*|SitePermissionsModified|GroupAdded|GroupRemoved|GroupUpdated|SharingInheritance*"),
		acts: map[action]string{
			create: ops("AddedToGroup|SiteCollectionAdminAdded|PermissionLevelAdded|GroupAdded"), assign: ops("AddedToGroup|SiteCollectionAdminAdded|PermissionLevelAdded"),
			remove: ops("RemovedFromGroup|SiteCollectionAdminRemoved|PermissionLevelRemoved|GroupRemoved"),
		},
	},
	{
		name: "guests", phrases: "guest|guest user|guest account|external user|external guest|b2b|b2b user|guest invitation|invite guest|invite external|external invitation|guest invite|external account|external person|external collaborator|outside user|invited user|invite",
		any: ops("Invite*|*external user*|*guest*"),
		acts: map[action]string{
			invite: ops("Invite external user|Invite*user*|*invited*"), create: ops("Invite external user"), accept: ops("Redeem external user invite*"),
			remove: ops("Delete external user|Remove external user*"),
		},
	},
	{
		name: "licences", phrases: "license|license assignment|license change|sku|product license|subscription license", any: ops("*license*|*licence*"),
		acts: map[action]string{},
	},
	{
		name: "sign-ins", phrases: "sign in|signin|sign-in|sign on|signon|sign-on|log in|login|log-in|log on|logon|log-on|log into|log onto|sign into|authenticate|authentication|authentication attempt|login attempt|sign in attempt|signin attempt|sign-in attempt|logon attempt|signins|logins|connect",
		any: signIns,
	},
	{
		name: "risk detections", phrases: "risky sign in|risky signin|risky sign-in|risky login|risky logon|risky user|risk detection|risk event|identity protection|user at risk|risk|risky|suspicious sign in|suspicious signin|suspicious sign-in|suspicious login|identity risk|at risk|risk alert",
		any: `source:risk`,
	},
	{name: "impossible travel", phrases: "impossible travel|unlikely travel|atypical travel", any: ops("*impossible travel*|*unlikely travel*|*atypical travel*")},
	{name: "malicious addresses", phrases: "malicious ip|malicious address|malicious ip address|bad ip|anonymous ip", any: ops("*malicious IP*|*anonymous IP*|*anonymized IP*")},
	{name: "unfamiliar sign-ins", phrases: "unfamiliar sign in|unfamiliar signin|unfamiliar sign-in|unfamiliar location|unfamiliar property|unfamiliar sign in property|unfamiliar sign-in property|unfamiliar feature", any: ops("*unfamiliar*")},
	{name: "sign-ins from new countries", phrases: "new country|new location|unknown country", any: ops("*new country*")},
	{name: "suspicious inbox rules", phrases: "inbox manipulation|inbox manipulation rule|suspicious inbox manipulation|suspicious inbox manipulation rule|inbox rule manipulation", any: ops("*inbox manipulation*")},
	{name: "anomalous tokens", phrases: "anomalous token|token theft|token anomaly|stolen token", any: ops("*anomalous token*|*token*issuer*")},
	{
		name: "inbox rules", phrases: "inbox rule|mailbox rule|outlook rule|mail rule|email rule|inboxrule|rule in inbox|rule on inbox|rule in mailbox|rule on mailbox|inbox filter|mail filter",
		any: ops("*InboxRule|UpdateInboxRules"),
		acts: map[action]string{
			create: ops("New-InboxRule"), remove: ops("Remove-InboxRule"), update: ops("Set-InboxRule|UpdateInboxRules|Enable-InboxRule|Disable-InboxRule"),
			disable: ops("Disable-InboxRule"), enable: ops("Enable-InboxRule"),
		},
	},
	{
		name: "mail forwarding", phrases: "forwarding|forward|auto forward|autoforward|auto forwarding|autoforwarding|mail forwarding|email forwarding|mailbox forwarding|forwarding rule|forwarding address|forward mail|forward email|redirect|external forwarding|smtp forwarding|mail redirect|redirect mail|redirection|forwarder",
		any: `(` + ops("*InboxRule|UpdateInboxRules") + `) changed:ForwardTo,RedirectTo,ForwardAsAttachmentTo OR operation:Set-Mailbox changed:ForwardingSmtpAddress,ForwardingAddress,DeliverToMailboxAndForward OR operation:*-TransportRule changed:RedirectMessageTo,BlindCopyTo,CopyTo OR operation:*RemoteDomain changed:AutoForwardEnabled`,
	},
	{
		name: "mail flow rules", thing: Policy, phrases: "transport rule|mail flow rule|mailflow rule|exchange rule|mail flow|transportrule|mailflow|disclaimer", any: ops("*TransportRule"),
		acts: map[action]string{
			create: ops("New-TransportRule"), remove: ops("Remove-TransportRule"), update: ops("Set-TransportRule|Enable-TransportRule|Disable-TransportRule"),
			disable: ops("Disable-TransportRule"), enable: ops("Enable-TransportRule"),
		},
	},
	{name: "connectors", phrases: "connector|mail connector|inbound connector|outbound connector", any: ops("*Connector")},
	{
		name: "mailbox permissions", thing: Mailbox, phrases: "mailbox permission|mailbox access|full access|fullaccess|send as|sendas|send on behalf|mailbox delegation|mailbox delegate|delegate access|delegate|delegation|permission on mailbox|permission to mailbox|access to mailbox|access to mail|access to inbox|right on mailbox|right to mailbox|shared mailbox access|shared mailbox permission|" +
			"mailbox folder permission|folder permission|calendar permission|full mailbox access|mailbox right|permission for mailbox|permission over mailbox|permission in mailbox|calendar delegation|recipient permission|full access permission|send as permission|permission of mailbox",
		any: ops("*-MailboxPermission|*-RecipientPermission|*-MailboxFolderPermission|*FolderPermissions|UpdateCalendarDelegation"),
		acts: map[action]string{
			create: ops("Add-MailboxPermission|Add-RecipientPermission|Add-MailboxFolderPermission|AddFolderPermissions"),
			assign: ops("Add-MailboxPermission|Add-RecipientPermission|Add-MailboxFolderPermission|AddFolderPermissions"),
			remove: ops("Remove-MailboxPermission|Remove-RecipientPermission|Remove-MailboxFolderPermission|RemoveFolderPermissions"),
		},
	},
	{
		name: "client access to mailboxes", phrases: "pop|imap|pop3|casmailbox|cas mailbox|activesync|mailbox protocol|client access|legacy protocol|protocol setting|mailbox protocol setting|pop and imap|imap and pop|pop imap", any: ops("*-CASMailbox*"),
	},
	{
		name: "mailbox settings", thing: Mailbox, generic: true, phrases: "mailbox|mailbox setting|shared mailbox|mailbox configuration|mailbox change|mailbox property",
		any: ops("New-Mailbox|Set-Mailbox|Remove-Mailbox|Enable-Mailbox|Disable-Mailbox|Set-CASMailbox|*-MailboxPermission|*-RecipientPermission|*-MailboxFolderPermission|Set-MailboxRegionalConfiguration|Set-MailboxAutoReplyConfiguration"),
		acts: map[action]string{
			create: ops("New-Mailbox|Enable-Mailbox"), remove: ops("Remove-Mailbox|Disable-Mailbox"), update: ops("Set-Mailbox|Set-CASMailbox|Set-MailboxAutoReplyConfiguration|Set-MailboxRegionalConfiguration"),
			disable: ops("Disable-Mailbox"), enable: ops("Enable-Mailbox"), view: ops("MailItemsAccessed|MessageBind|FolderBind|MailboxLogin"),
		},
	},
	{name: "hidden from address lists", phrases: "hide from address list|hide from gal|hidden from address list|address list visibility|global address list", any: `changed:HiddenFromAddressListsEnabled`},
	{
		name: "mail", generic: true, phrases: "mail|email|message|mail item|e-mail|email message|mail message",
		any: ops(mailActions),
		acts: map[action]string{
			view: ops("MailItemsAccessed|MessageBind|FolderBind"), send: ops("Send|SendAs|SendOnBehalf"), remove: ops("SoftDelete|HardDelete|MoveToDeletedItems"),
			move: ops("Move|MoveToDeletedItems"), create: ops("Create"), update: ops("Update"), release: ops("QuarantineRelease*"), restore: ops("QuarantineRelease*"),
		},
	},
	{name: "reading of mail", phrases: "mailbox accessed|mailbox be accessed|mailbox be access|mail access|mail item access|mailitemsaccessed|email access|mail read|accessed mail|mailbox read|mailbox item access", any: ops("MailItemsAccessed|MessageBind|FolderBind")},
	{name: "mail deleted for good", phrases: "hard delete|permanently delete mail|hard deletion|harddelete|permanently delete email|permanently delete message|purge mail|purge email|purge|permanently delete", any: ops("HardDelete")},
	{name: "mail deleted softly", phrases: "soft delete|soft deletion|softdelete", any: ops("SoftDelete")},
	{name: "quarantine", phrases: "quarantine|quarantine message|quarantine mail|quarantine email|quarantined mail|release from quarantine", any: ops("Quarantine*"), acts: map[action]string{
		release: ops("QuarantineRelease*"), remove: ops("QuarantineDelete*"), view: ops("QuarantinePreview*|QuarantineView*"), restore: ops("QuarantineRelease*"),
	}},
	{name: "phishing and malware in mail", phrases: "phish|phishing|phishing mail|phishing email|malware|malware mail|malicious mail|malicious email|threat mail|spam|phishing message|mail threat|email threat|blocked mail|blocked email|threat intelligence", any: ops("TIMailData|TIMail*|*Malware*|TIUrl*")},
	{name: "automated investigations", phrases: "investigation|automated investigation|air investigation|auto investigation", any: ops("AirInvestigation*")},
	{name: "alerts of Microsoft", phrases: "alert|security alert|compliance alert|microsoft alert|defender alert|alert trigger|trigger alert|purview alert", any: ops("AlertTriggered|AlertEntityGenerated|AlertUpdated"), acts: map[action]string{
		run: ops("AlertTriggered"),
	}},
	{
		name: "BitLocker keys", phrases: "bitlocker|bitlocker key|bitlocker recovery key|recovery key|rotate key|bitlocker rotation|key rotation|rotate bitlocker key|encryption key", any: ops("*BitLocker*"),
		acts: map[action]string{view: ops("Read BitLocker key|*read*BitLocker*"), rotate: ops("*rotateBitLocker*")},
	},
	{
		name: "compliance policies", thing: Policy, phrases: "compliance policy|device compliance policy|device compliance|intune compliance|intune compliance policy|compliance setting|compliance rule|compliance policies",
		any: ops("*DeviceCompliancePolicy*|*deviceCompliance*"), acts: intuneActs("DeviceCompliancePolicy"),
	},
	{
		name: "configuration profiles", thing: Policy, phrases: "configuration profile|configuration policy|device configuration|device configuration profile|intune profile|device profile|intune configuration|profile|configuration profile in intune|intune configuration profile|device setting|settings catalog|device restriction",
		any: ops("*DeviceConfiguration*|*ConfigurationPolicy*|*DeviceManagementConfiguration*"), acts: intuneActs("DeviceConfiguration"),
	},
	{
		name: "enrolment settings", thing: Policy, phrases: "enrollment|enrollment configuration|enrollment restriction|device enrollment|enrollment setting|enrollment policy|enrollment limit|device enrollment configuration|device limit|enrollment profile|device enrollment restriction|enrollment change",
		any: ops("*EnrollmentConfiguration*|*EnrollmentProfile*|*Enrollment*"), acts: intuneActs("DeviceEnrollmentConfiguration"),
	},
	{
		name: "devices", thing: Device, generic: true, phrases: "device|laptop|computer|phone|pc|workstation|mobile|mobile device|managed device|machine|iphone|tablet|endpoint|ipad|mac|macbook|device action|remote action|device remote action|android|smartphone|handset|notebook|desktop|device category",
		any: ops("*ManagedDevice*|Add device|Update device|Delete device|Register device|*to device|*from device|Device no longer*"),
		acts: map[action]string{
			wipe: ops("*wipe*ManagedDevice*|*wipe*device*"), retire: ops("*retire*ManagedDevice*|*retire*device*"), syncing: ops("*syncDevice*|*sync*ManagedDevice*"),
			restart: ops("*reboot*ManagedDevice*|*restart*device*|*rebootNow*"), rotate: ops("*rotateBitLocker*|*rotateLocalAdminPassword*"), lock: ops("*remoteLock*|*lock*ManagedDevice*"),
			reset: ops("*wipe*ManagedDevice*|*resetPasscode*|*cleanWindowsDevice*"), register: ops("Add device|Register device|Add registered*|*Enroll*ManagedDevice*"),
			create: ops("Add device|Register device|Create ManagedDevice"), remove: ops("Delete device|Delete ManagedDevice|Delete*ManagedDevice"), update: ops("Update device|Patch ManagedDevice|SetReference ManagedDevice"),
			disable: ops("Disable device|*disable*ManagedDevice*"), enable: ops("Enable device"), assign: ops("SetReference ManagedDevice"), run: ops("Action*ManagedDevice"),
			view: ops("*locate*|Read BitLocker key"),
		},
	},
	{
		name: "sharing with everybody by link", phrases: "anonymous link|anonymous sharing link|anyone link|public link|anonymous sharing|anonymous share|anonymous access|anonymous|anonymously|anonymous sharing|link anyone|anyone with link|share publicly|public sharing|public share|link for anyone",
		any: ops("AnonymousLink*"),
		acts: map[action]string{
			create: ops("AnonymousLinkCreated"), share: ops("AnonymousLinkCreated"), view: ops("AnonymousLinkUsed"), remove: ops("AnonymousLinkRemoved"), update: ops("AnonymousLinkUpdated"),
		},
	},
	{
		name: "sharing with people outside", phrases: "external sharing|share externally|external share|externally share|share with external|share outside|outside sharing|share with outsider|share with partner|share with guest|share with people outside|sharing with guest|sharing to external|share to external|externally|share with outside|share with external user|share with external person|share outside organization|share outside company|outside organization|outside company|outside of organization|outside of company|outside tenant|with outsider|with external|with external people",
		any: `operation:SharingInvitation*,AnonymousLinkCreated,SecureLinkCreated,AddedToSecureLink OR operation:SharingInvitation* OR operation:SharingSet target:*"#ext#"*`,
	},
	{
		name: "inbox rules that forward", phrases: "inbox rule forward|inbox rule that forward|inbox rule which forward|inbox rule redirect|inbox rule that redirect|inbox rule which redirect|forwarding inbox rule|inbox rule forwarding|inbox rule with forwarding|inbox rule to forward|mailbox rule that forward|mailbox rule forward",
		any: `(operation:*InboxRule OR operation:UpdateInboxRules) changed:ForwardTo,RedirectTo,ForwardAsAttachmentTo`,
	},
	{
		name: "inbox rules that delete", phrases: "inbox rule that delete|inbox rule which delete|inbox rule deleting|mailbox rule that delete|mailbox rule which delete|outlook rule that delete|rule that delete mail|rule that delete message|rule that delete email",
		any: `(operation:*InboxRule OR operation:UpdateInboxRules) changed:DeleteMessage,SoftDeleteMessage`,
	},
	{
		name: "inbox rules that move", phrases: "inbox rule that move|inbox rule which move|inbox rule moving|mailbox rule that move|mailbox rule which move|outlook rule that move|rule that move mail|rule that move message|rule that move email",
		any: `(operation:*InboxRule OR operation:UpdateInboxRules) changed:MoveToFolder`,
	},
	{name: "sharing invitations", phrases: "sharing invitation|share invitation|sharing invite|external sharing invitation|external sharing invite|sharing invitation to external", any: ops("SharingInvitation*")},
	{
		name: "sharing links", phrases: "sharing link|share link|link sharing|company link|shared link|file link|secure link", any: ops("AnonymousLink*|CompanyLink*|SecureLink*|AddedToSecureLink|RemovedFromSecureLink|SharingLink*|SharedLink*"),
		acts: map[action]string{create: ops("*LinkCreated"), remove: ops("*LinkRemoved|*LinkDisabled"), view: ops("*LinkUsed")},
	},
	{
		name: "sharing", phrases: "share|sharing|file sharing|document sharing|shared file|shared document|share file|share document|sharing change|sharing event|sharing activity",
		any: ops("Sharing*|AnonymousLink*|CompanyLink*|SecureLink*|AddedToSecureLink|RemovedFromSecureLink|SharedLink*|AccessRequest*|AccessInvitation*"),
		acts: map[action]string{
			create: ops("SharingSet|SharingInvitationCreated|*LinkCreated|AddedToSecureLink"), remove: ops("SharingRevoked|*LinkRemoved|SharingInvitationRevoked|RemovedFromSecureLink"),
		},
	},
	{
		name: "sites", thing: Site, generic: true, alone: true, phrases: "site|site collection|sharepoint site|team site|subsite",
		any: ops("Site*|*SiteCollection*|HubSite*"), becomes: "site permissions",
		acts: map[action]string{create: ops("SiteCollectionCreated|SiteCreated"), remove: ops("SiteDeleted|SitePermanentlyDeleted"), rename: ops("SiteRenamed")},
	},
	{name: "pages", phrases: "page|page view|viewed page|web page|site page", any: ops("Page*|ClientViewSignaled"), acts: map[action]string{view: ops("PageViewed*|PagePrefetched")}},
	{name: "lists", phrases: "sharepoint list|list item|list column|list change|site list", any: ops("List*"), acts: map[action]string{view: ops("ListViewed|ListItemViewed"), update: ops("ListUpdated|ListItemUpdated"), create: ops("ListCreated|ListItemCreated|ListColumnCreated"), remove: ops("ListDeleted|ListItemDeleted|ListColumnDeleted")}},
	{
		name: "files", thing: File, generic: true, phrases: "file|document|spreadsheet|attachment|file activity|pdf|file operation",
		any: ops("File*|Folder*"),
		acts: map[action]string{
			download: ops("FileDownloaded|FileSyncDownloaded*"), upload: ops("FileUploaded|FileSyncUploaded*"), remove: ops("FileDeleted*|FileRecycled|FolderDeleted*|FolderRecycled|FileVersion*Deleted|FileVersion*Recycled"),
			view: ops("FileAccessed*|FilePreviewed|FileViewed"), update: ops("FileModified*|FolderModified"), move: ops("FileMoved|FolderMoved"), rename: ops("FileRenamed|FolderRenamed"),
			restore: ops("FileRestored|FolderRestored"), create: ops("FileUploaded|FolderCreated|FileSyncUploaded*"), lock: ops("FileCheckedOut"), share: ops("Sharing*|AnonymousLink*|CompanyLink*|SecureLink*"),
			change:  ops("FileModified*|FolderModified|FileUploaded|FileSyncUploaded*|FileDeleted*|FileRecycled|FolderDeleted*|FolderRecycled|FileMoved|FolderMoved|FileRenamed|FolderRenamed|FileRestored|FolderCreated|FileCheckedIn"),
			syncing: ops("FileSync*"), "recycle": ops("FileRecycled|FolderRecycled"), "preview": ops("FilePreviewed"), "access": ops("FileAccessed*"),
		},
	},
	{
		name: "folders", thing: File, generic: true, phrases: "folder|directory folder", any: ops("Folder*"),
		acts: map[action]string{
			remove: ops("FolderDeleted*|FolderRecycled"), update: ops("FolderModified"), move: ops("FolderMoved"), rename: ops("FolderRenamed"), restore: ops("FolderRestored"), create: ops("FolderCreated"),
			change: ops("FolderModified|FolderDeleted*|FolderRecycled|FolderMoved|FolderRenamed|FolderRestored|FolderCreated"), share: ops("Sharing*|AnonymousLink*|CompanyLink*|SecureLink*"), "recycle": ops("FolderRecycled"),
		},
	},
	{name: "file checkouts", phrases: "check out|checkout|check-out|checked out|file checkout", any: ops("FileCheckedOut")},
	{
		name: "team memberships", thing: Team, phrases: "team member|team membership|member of team|member to team|teams membership|teams member|member in team|team membership change|user to team|person to team|user from team|member from team",
		any: ops("MemberAdded|MemberRemoved|MemberRoleChanged"),
		acts: map[action]string{
			create: ops("MemberAdded"), assign: ops("MemberAdded"), remove: ops("MemberRemoved"), update: ops("MemberRoleChanged"), invite: ops("MemberAdded"),
		},
	},
	{
		name: "owners of teams", thing: Team, phrases: "team owner|owner of team|teams owner|team ownership|make owner|as owner|become owner|promote to owner|owner",
		any:  `operation:MemberRoleChanged OR operation:MemberAdded "as owner"`,
		acts: map[action]string{create: `operation:MemberAdded,MemberRoleChanged ("as owner" OR "a owner of team" OR "an owner of team")`},
	},
	{name: "roles of team members", thing: Team, phrases: "member role|team role|role in team|team member role|role of member|role of team member|teams role", any: ops("MemberRoleChanged")},
	{
		name: "teams", thing: Team, generic: true, alone: true, becomes: "team memberships", phrases: "team|microsoft team|ms team|m365 team",
		any: ops("Team*|Channel*|Member*|Tab*|Connector*|Bot*") + ` -operation:TeamsSession*`,
		acts: map[action]string{
			create: ops("TeamCreated"), remove: ops("TeamDeleted"), update: ops("TeamSettingChanged"), change: ops("TeamSettingChanged|TeamCreated|TeamDeleted|Member*|Channel*|Tab*"),
			restore: ops("TeamRestored"),
		},
	},
	{name: "channels", phrases: "channel", any: ops("Channel*"), acts: map[action]string{create: ops("ChannelAdded"), remove: ops("ChannelDeleted"), update: ops("ChannelSettingChanged")}},
	{name: "chats", phrases: "chat|teams chat|conversation", any: ops("Chat*"), acts: map[action]string{create: ops("ChatCreated")}},
	{name: "Teams messages", phrases: "teams message|channel message|chat message|post|message with link|message in teams", any: ops("Message*"), acts: map[action]string{send: ops("MessageSent|MessageCreated*"), create: ops("MessageSent|MessageCreated*"), remove: ops("MessageDeleted")}},
	{name: "Teams sessions", phrases: "teams session|teams sign in|teams login|sign in to teams|log in to teams|teams logon|teams sign-in|log into teams|sign into teams|signin to teams|session", any: ops("TeamsSessionStarted")},
	{
		name: "domains", phrases: "domain|federation|federated domain|domain federation|custom domain|domain setting|verified domain", any: ops("*domain*") + ` -operation:*-RemoteDomain`,
	},
	{
		name: "DLP policies", thing: Policy, phrases: "dlp policy|dlp rule|dlp policy change|dlp rule change|data loss prevention policy|data loss prevention rule|dlp configuration|dlp compliance rule",
		any: `(` + ops("*Dlp*Policy*|*Dlp*Rule*|*DlpSensitiveInformation*") + `) -operation:Get-*`,
		acts: map[action]string{
			create: ops("New-Dlp*"), remove: ops("Remove-Dlp*"), update: ops("Set-Dlp*|Enable-Dlp*|Disable-Dlp*"), change: ops("Set-Dlp*|New-Dlp*|Remove-Dlp*|Enable-Dlp*|Disable-Dlp*"), disable: ops("Disable-Dlp*|Remove-Dlp*|Set-Dlp*"),
			run: ops("DlpRule*"), view: ops("Get-Dlp*"),
		},
	},
	{
		name: "DLP matches", phrases: "dlp|dlp match|dlp rule match|dlp policy match|dlp incident|dlp hit|dlp event|dlp alert|data loss prevention|data loss|data leak|data leakage|dlp violation|sensitive data|dlp trigger|trigger dlp|sensitive information|policy tip|dlp detection|dlp policy hit|dlp rule hit|dlp rule trigger|dlp policy trigger|match dlp rule|match dlp policy|violate dlp policy|violate dlp",
		any:  ops("DlpRuleMatch|DlpInfo|DlpRuleUndo"),
		acts: map[action]string{run: ops("DlpRuleMatch"), "undo": ops("DlpRuleUndo")},
	},
	{name: "DLP matches undone", phrases: "dlp undo|undo dlp|dlp rule undo|dlp override|false positive dlp|dlp false positive|dlp match undo|dlp rule match undo|undo dlp match", any: ops("DlpRuleUndo")},
	{name: "content searches", phrases: "ediscovery|e-discovery|content search|compliance search|discovery search|ediscovery search|ediscovery case|compliance content search", any: ops("*-ComplianceSearch*|Search*Started|SearchCreated|SearchStarted|*-ComplianceCase*|*CaseHold*|Case*|SearchExport*|*eDiscovery*|SearchPreviewed|SearchViewed"), acts: map[action]string{
		create: ops("New-ComplianceSearch*|SearchCreated|New-ComplianceCase|CaseAdded"), run: ops("New-ComplianceSearch*|Start-ComplianceSearch*|SearchStarted|SearchCreated"), remove: ops("Remove-ComplianceSearch*|SearchRemoved"), export: ops("*SearchAction*|SearchExport*"),
	}},
	{name: "searches of the audit log", phrases: "audit log search|search audit log|audit search|search of audit log|search unified audit log|unified audit log search|audit log query|query audit log|search through audit log", any: ops("Search-UnifiedAuditLog|AuditSearch*|Search-AdminAuditLog|Search-MailboxAuditLog")},
	{name: "settings of auditing", phrases: "audit setting|auditing|audit log setting|mailbox audit|mailbox auditing|audit bypass|audit configuration|disable audit|turn off audit|audit logging|audit log configuration", any: ops("Set-AdminAuditLogConfig|*MailboxAuditBypassAssociation|*UnifiedAuditSetting") + ` OR changed:AuditEnabled`},
	{name: "retention", phrases: "retention|retention policy|retention rule|retention label", any: ops("*Retention*")},
	{name: "sensitivity labels", phrases: "label|sensitivity label|mip label|information protection label|sensitivity|labeling|labelling|labelled mail|labeled mail", any: ops("*label*")},
	{name: "Copilot", phrases: "copilot|copilot interaction|copilot usage|copilot prompt|copilot chat|use copilot|ask copilot", any: ops("Copilot*")},
	{
		name: "reports", phrases: "report|power bi report|powerbi report|dataset|dashboard", any: `type:PowerBIAudit`,
		acts: map[action]string{view: ops("ViewReport|ViewDashboard"), export: ops("ExportReport|ExportArtifact*"), download: ops("ExportReport|DownloadReport"), syncing: ops("RefreshDataset"), update: ops("EditReport|UpdateReport|RefreshDataset"), "refresh": ops("RefreshDataset"), remove: ops("DeleteReport|DeleteDataset"), share: ops("ShareReport|ShareDashboard")},
	},
	{name: "administrative units", phrases: "administrative unit|admin unit", any: ops("*administrative unit*")},
	{name: "settings of the organisation", phrases: "organization setting|organization configuration|tenant setting|company setting|company information|organization config|authorization policy|org setting|tenant configuration|tenant wide setting", any: ops("*company information*|*authorization policy*|Set-OrganizationConfig|*company settings*|*tenant*settings*|Set Company*|SharingPolicyChanged|TeamsTenantSettingChanged")},
	{name: "cross-tenant access", phrases: "cross tenant|cross tenant access|cross tenant policy", any: ops("*cross*tenant*|*partner*cross*")},
	{
		name: "groups", thing: Group, generic: true, becomes: "group memberships", phrases: "group|security group|m365 group|microsoft 365 group|office 365 group|o365 group|unified group|entra group|azure ad group",
		any: `(` + ops("* group|* group *|*-UnifiedGroup*|*-DistributionGroup*") + `)`,
		acts: map[action]string{
			create: ops("Add group|New-DistributionGroup|New-UnifiedGroup|Create group"), remove: ops("Delete group|Hard Delete group|Remove-DistributionGroup|Remove-UnifiedGroup"),
			update: ops("Update group|Set-UnifiedGroup|Set-DistributionGroup"), restore: ops("Restore group"),
		},
	},
	{
		name: "directory synchronisation", phrases: "directory sync|directory synchronization|dirsync|ad sync|entra connect|azure ad connect|aad connect|ad connect|directory synchronisation|sync from on premise|on premises sync|adconnect", any: `actor:"Microsoft Azure Active Directory Connect","Microsoft Entra Connect" OR changed:LastDirSyncTime OR operation:*DirSync*`,
	},
	{
		name: "accounts", thing: Person, generic: true, alone: true, phrases: "user|account|user account|person|employee|staff|colleague|user object|user profile|identity|member|starter|joiner|leaver|coworker|worker|new starter|new hire|new user|new joiner|new employee|new account",
		any: ops("Add user|Delete user|Hard Delete user|Update user|Restore user|Disable account|Enable account|*user license|Set force change user password|Invite external user"),
		acts: map[action]string{
			create: ops("Add user|Create user|New-MsolUser"), remove: ops("Delete user|Hard Delete user"), update: ops("Update user|Set-User"), restore: ops("Restore user"),
			disable: ops("Disable account") + ` OR operation:"Update user" changed:AccountEnabled`, enable: ops("Enable account") + ` OR operation:"Update user" changed:AccountEnabled`,
			unlock: ops("*unlock*"), lock: ops("*lock*account*|Disable account"), register: ops("Add user|Create user"), invite: ops("Invite external user"), reset: ops("*reset*password*"),
			change: ops("Add user|Delete user|Hard Delete user|Update user|Restore user|Disable account|Enable account|*user license|Set-User"),
		},
	},
	{name: "policies", thing: Policy, generic: true, phrases: "policy|security policy|rule", any: `(` + ops("*policy*") + `) -operation:Get-*`, acts: map[action]string{
		create: ops("Add*policy*|Create*policy*|New-*Policy*"), remove: ops("Delete*policy*|Remove*Policy*"), update: ops("Update*policy*|Patch*Policy*|Set-*Policy*|SetReference*Policy*"),
	}},
}

// intuneActs are the conditions of the actions on a kind of Intune object.
func intuneActs(kind string) map[action]string {
	return map[action]string{
		create: ops("Create*" + kind + "*"), remove: ops("Delete*" + kind + "*"), update: ops("Patch*" + kind + "*|SetReference*" + kind + "*|Update*" + kind + "*"),
		assign: ops("SetReference*" + kind + "*|*assign*" + kind + "*"),
	}
}
