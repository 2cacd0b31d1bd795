package question

// actionPhrases are the ways to say an action, in basic forms.
var actionPhrases = map[action]string{ //nolint:gochecknoglobals // read-only table
	create:    "create|creation|add|addition|new|make|set up|provision|onboard|grant|give|get|issue|introduce|generate|put|place|join|receive|obtain|gain|let in|hand out",
	remove:    "delete|deletion|remove|removal|revoke|drop|destroy|erase|get rid of|take out|take away|strip|kick|kick out|throw out|offboard|deprovision|lose|clear|wipe out|pull|leave|trash|bin|withdraw|unassign|take off",
	update:    "update|edit|modify|modification|adjust|tweak|amend|reconfigure|alter|alteration",
	change:    "change|touch|mess with|manage|tamper|tamper with|fiddle",
	disable:   "disable|deactivate|turn off|switch off|block|suspend|shut off|deactivation|turned off",
	enable:    "enable|turn on|switch on|unblock|reactivate|reenable|re-enable",
	restore:   "restore|recover|undelete|bring back",
	reset:     "reset|change own|re-set",
	view:      "view|open|read|access|look at|see|bind|visit|browse|look into|accessing",
	"preview": "preview",
	download:  "download|pull down|save locally",
	upload:    "upload",
	share:     "share with",
	send:      "send",
	move:      "move|relocate",
	rename:    "rename",
	invite:    "invite",
	activate:  "activate|activation",
	assign:    "assign|assignment",
	wipe:      "wipe|factory reset|erase device|remote wipe|remotely wipe",
	retire:    "retire|retirement",
	syncing:   "sync|synchronize|synchronise|synced|syncing",
	restart:   "restart|reboot",
	rotate:    "rotate|rotation",
	lock:      "lock|lock out",
	unlock:    "unlock",
	register:  "register|registration|enroll|sign up|re-register",
	release:   "release",
	run:       "run|start|trigger|fire|execute|raise|hit|match|violate|breach|do search|perform|conduct|request",
	export:    "export",
	accept:    "accept|redeem",
	"recycle": "recycle|recycle bin",
	"refresh": "refresh",
	"undo":    "undo|revert",
}

// without are the conditions of actions in questions that name no kind of thing.
var without = map[action]string{ //nolint:gochecknoglobals // read-only table
	create:    ops("Add *|New-*|Create*|*Created|*Added|Add-*|FileUploaded|Invite*|Consent to *"),
	remove:    ops("Delete*|Remove*|*Deleted*|*Removed*|SoftDelete|HardDelete|MoveToDeletedItems|*Recycled|Hard Delete*|*deleted *"),
	disable:   ops("Disable*|*disable*") + ` OR operation:"Update user" changed:AccountEnabled`,
	enable:    ops("Enable*|*enable *") + ` OR operation:"Update user" changed:AccountEnabled`,
	restore:   ops("Restore*|*Restored|Undelete*"),
	reset:     ops("*reset*"),
	download:  ops("FileDownloaded|FileSyncDownloaded*|*Download*"),
	upload:    ops("FileUploaded|FileSyncUploaded*"),
	share:     ops("Sharing*|AnonymousLink*|CompanyLink*|SecureLink*"),
	send:      ops("Send|SendAs|SendOnBehalf"),
	move:      ops("FileMoved|FolderMoved|Move|MoveToDeletedItems"),
	rename:    ops("*Renamed"),
	invite:    ops("Invite external user|SharingInvitation*|*invite*"),
	activate:  ops("*activat*"),
	wipe:      ops("*wipe*"),
	retire:    ops("*retire*"),
	syncing:   ops("*syncDevice*"),
	restart:   ops("*reboot*|*restart*"),
	rotate:    ops("*rotate*"),
	lock:      ops("*lock*") + ` -operation:*unlock*,*block*,*BitLocker*`,
	unlock:    ops("*unlock*"),
	register:  ops("*regist*|*Enroll*"),
	release:   ops("*release*"),
	export:    ops("*export*"),
	assign:    ops("*assign*|SetReference*"),
	view:      ops("FileAccessed*|FilePreviewed|FileViewed|PageViewed|ListViewed|ViewReport|MailItemsAccessed|MessageBind"),
	"recycle": ops("*Recycled"),
	"preview": ops("FilePreviewed"),
}

// withoutInto are those of putting something into something that has a name, and taking it out.
var withoutInto = map[action]string{ //nolint:gochecknoglobals // read-only table
	create: ops("Add member*|Add owner*|Add*to *|Add-*Member|Add-*Permission|MemberAdded|AddedTo*|Add-UnifiedGroupLinks|*permission grant*|*Admin*Added"),
	remove: ops("Remove member*|Remove owner*|Remove*from *|Remove-*Member|Remove-*Permission|MemberRemoved|RemovedFrom*|Remove-UnifiedGroupLinks"),
}

// extra is what a phrase stands for beside objects and actions.
type extra struct {
	phrases string
	match   match
}

var extras = []extra{ //nolint:gochecknoglobals // read-only table
	// results
	{"fail|failure|unsuccessful|unsuccessfully|deny|denied|reject|bad|error|errored|go wrong|not work|not succeed|not successful|didn't work|did not work|didn't succeed|did not succeed|couldn't|could not|cannot|can't|refuse|attempt fail|failing|fail attempt|in vain", match{kind: isResult, value: "failure"}},
	{"successful|successfully|succeed|success|go through|went through|work out|not fail|didn't fail|did not fail", match{kind: isResult, value: "success"}},
	{"partially successful|partial success|partially|partial|interrupted|interrupt", match{kind: isResult, value: "partial"}},
	// kinds of actor
	{"by app|by application|by an app|by service|by service principal|by a service|automatically|automatic|by automation|automated|by script|by bot|by machine|by itself|non-human|nonhuman|non human|by service account|by system|by the system|system|service noise|by microsoft|by background process|by service itself|service account|unattended|by non-human", match{kind: isActorKind, value: "app,system"}},
	{"by helpdesk|by help desk|by service desk|by support|by it|by it team|by it department|by it staff|by person|by human|by user|by people|by admin|by administrator|by staff|manually|manual|by employee|human|by a human|by real person|by real people|interactive|interactively|by somebody|by real user|by an admin|by a person|by end user", match{kind: isActorKind, value: "person"}},
	// products
	{"exchange|exchange online|outlook", match{kind: isWorkload, value: "Exchange"}},
	{"sharepoint|sharepoint online", match{kind: isWorkload, value: "SharePoint"}},
	{"onedrive|one drive|onedrive for business", match{kind: isWorkload, value: "OneDrive"}},
	{"microsoft teams|ms teams|in teams|teams", match{kind: isWorkload, value: "Teams"}},
	{"intune|endpoint manager|mdm|microsoft intune", match{kind: isWorkload, value: "Intune"}},
	{"entra|entra id|azure ad|aad|azuread|azure active directory|microsoft entra|directory|active directory", match{kind: isWorkload, value: "Entra ID"}},
	{"purview|compliance center|compliance centre|security and compliance|compliance portal", match{kind: isWorkload, value: "Purview"}},
	{"defender|microsoft defender", match{kind: isWorkload, value: "Defender"}},
	{"power bi|powerbi", match{kind: isWorkload, value: "Power BI"}},
	// reviews
	{"unreviewed|not review|not yet review|not be review|nobody review|no one review|without review|unchecked|to be reviewed|await review|need review|pending review|not yet be review|nobody have review|noone have review|no one have review|haven't be review|hasn't be review", match{kind: isReview, value: "none"}},
	{"reviewed|have be review|already review|be review", match{kind: isReview, value: "any"}},
	{"review as expected|mark as expected|mark expected|expected", match{kind: isReview, value: "expected"}},
	{"review as unexpected|mark as unexpected|mark unexpected|unexpected", match{kind: isReview, value: "unexpected"}},
	{"under investigation|mark as investigating|investigate|being investigated|mark investigating", match{kind: isReview, value: "investigating"}},
	// administrative changes
	{"administrative change|admin change|admin activity|administrative activity|admin action|administrative action|config change|configuration change|setting change|administrative operation|admin operation|change made|administration|administrative event|admin task|settings|setting", match{kind: isChanges}},
	// why sign-ins fail
	{"wrong password|bad password|invalid password|incorrect password|invalid credential|wrong credential|bad credential|mistyped password|incorrect credential|password wrong", match{kind: isExtra, where: signIns + ` ("InvalidUserNameOrPassword" OR "invalid username or password")`, says: "sign-ins with a wrong password"}},
	{"lock account|account lock|account lockout|lockout|lock out|locked account|account lock out|account be lock", match{kind: isExtra, where: signIns + ` (IdsLocked OR "account is locked")`, says: "sign-ins to accounts that were locked"}},
	{"block by conditional access|block by ca|conditional access block|conditional access failure|ca block|fail conditional access|stop by conditional access|block by policy|block by access policy|deny by conditional access|block by conditional access policy|conditional access denied|conditional access deny", match{kind: isExtra, where: signIns + ` (BlockedByConditionalAccess OR "blocked by Conditional Access")`, says: "sign-ins that conditional access blocked"}},
	{"disabled account sign in|sign in to disabled account|disabled user sign in|sign-in to disabled account|signin to disabled account", match{kind: isExtra, where: signIns + ` (UserDisabled OR "account is disabled")`, says: "sign-ins to accounts that are disabled"}},
	{"medium and high risk|high and medium risk|medium or high risk|high or medium risk|medium to high risk|at least medium risk", match{kind: isExtra, where: `source:risk ("High risk detected" OR "Medium risk detected")`, says: "medium and high risks"}},
	{"low and medium risk|low or medium risk|medium or low risk", match{kind: isExtra, where: `source:risk ("Low risk detected" OR "Medium risk detected")`, says: "low and medium risks"}},
	{"high risk|high-risk|highly risky|high severity risk|high level risk|high-severity risk|risk level high|high severity", match{kind: isExtra, where: `source:risk "High risk detected"`, says: "high risks"}},
	{"medium risk|medium-risk|medium severity risk|medium level risk", match{kind: isExtra, where: `source:risk "Medium risk detected"`, says: "medium risks"}},
	{"low risk|low-risk|low severity risk|low level risk", match{kind: isExtra, where: `source:risk "Low risk detected"`, says: "low risks"}},
	{"job title|jobtitle", match{kind: isExtra, where: `changed:JobTitle`, says: "changes of the job title"}},
	{"department change|change department|change of department|department", match{kind: isExtra, where: `changed:Department`, says: "changes of the department"}},
}

// roleNames are the roles of the directory that people name.
var roleNames = []struct{ name, phrases string }{ //nolint:gochecknoglobals // read-only table
	{"Global Administrator", "global administrator|global admin|global admin role|ga role|global administrator role|tenant admin|company administrator|globaladmin"},
	{"User Administrator", "user administrator|user admin|user administrator role|user admin role"},
	{"Exchange Administrator", "exchange administrator|exchange admin|exchange administrator role|exchange admin role"},
	{"SharePoint Administrator", "sharepoint administrator|sharepoint admin|sharepoint administrator role|sharepoint admin role"},
	{"Teams Administrator", "teams administrator|teams admin|team administrator|teams administrator role"},
	{"Intune Administrator", "intune administrator|intune admin|intune administrator role|intune admin role"},
	{"Security Administrator", "security administrator|security admin|security administrator role|security admin role"},
	{"Security Reader", "security reader|security reader role"},
	{"Security Operator", "security operator"},
	{"Privileged Role Administrator", "privileged role administrator|privileged role admin"},
	{"Privileged Authentication Administrator", "privileged authentication administrator|privileged authentication admin"},
	{"Authentication Administrator", "authentication administrator|authentication admin"},
	{"Application Administrator", "application administrator|application admin|app admin|app administrator"},
	{"Cloud Application Administrator", "cloud application administrator|cloud app admin"},
	{"Helpdesk Administrator", "helpdesk administrator|helpdesk admin|help desk administrator|help desk admin|password administrator"},
	{"Global Reader", "global reader|global reader role"},
	{"Directory Readers", "directory reader|directory reader role"},
	{"Billing Administrator", "billing administrator|billing admin"},
	{"Compliance Administrator", "compliance administrator|compliance admin"},
	{"Conditional Access Administrator", "conditional access administrator|conditional access admin"},
	{"Groups Administrator", "group administrator|group admin"},
	{"License Administrator", "license administrator|license admin"},
	{"Guest Inviter", "guest inviter"},
	{"Hybrid Identity Administrator", "hybrid identity administrator"},
}

// grammarWords are words that carry no meaning of their own here.
const grammarWords = `a an the this that these those any all some every each no not none of to for from in into on onto at by with without about against under over during within
and or but nor if then than so as such also too only just even still yet already ever never again once more most much many few less least
who whom whose which what when where why how whether
is are was were be been being am do does did done have has had having will would can could shall should may might must
i me my we us our you your he him his she her they them their it its itself themselves himself herself somebody someone anybody anyone nobody everyone everybody anything something nothing everything else other others another
show list give tell find get display fetch look search pull bring let know need want like see check report provide print return count number total sum amount times time
please thanks thank hi hello hey ok okay can could want wondering wonder curious
happen happened happening occur occurred occurs occurring take took taken place made make makes making perform performed performs carried carry out up down off per via through using use used uses there here
event events record records entry entries log logs audit activity activities action actions operation operations thing things stuff detail details information info history trail item items
recent recently latest newest last first earliest oldest previous past since until before after between ago now today yesterday tomorrow week weeks month months year years day days hour hours minute minutes morning afternoon evening night weekend weekends
detection detections detect detected
affect affected affecting affects impact impacted impacting impacts
except excluding exclude excludes besides apart ignoring ignore minus unless
top most frequent frequently often busiest active highest rank ranking breakdown broken grouped group by
tenant tenants company organization org environment estate our customer client customers clients across whole entire
unusual suspicious strange weird odd abnormal interesting important relevant particular specific certain possible potential unauthorized unauthorised
called named name names titled labelled
person people human user users admin admins administrator administrators guy guys
case whats what's who's i'd i'm we've don't didn't hasn't haven't wasn't weren't isn't aren't doesn't one ones both either neither
address addresses ip ips app apps location country source sources
via through attempt attempts attempted try tried trying kind type types sort manner
currently current going new old actually really basically quickly briefly full complete ones yes
related relating regarding concerning involving affecting touching mentioning mention around
successful unsuccessful failed failing failures occasions result results
management summary summarise summarize overview timeline responsible cause caused behind directly else's
tag tagged tags status state workload workloads service services product products field value values reason reasons
his hers theirs ours mine yours own work working
come came go went gone keep kept seem seems seen
want wants needed required able unable say says said tell tells told ask asks asked`
