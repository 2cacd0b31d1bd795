package normalise

import "strings"

// pastTense puts a verb, or a phrase that begins with one, into the past: "add" → "added",
// "sign in to" → "signed in to".
func pastTense(phrase string) string {
	verb, rest, _ := strings.Cut(phrase, " ")
	past := irregular[verb]
	if past == "" {
		past = regularPast(verb)
	}
	if rest == "" {
		return past
	}
	return past + " " + rest
}

func regularPast(verb string) string {
	n := len(verb)
	switch {
	case n < 2:
		return verb
	case verb[n-1] == 'e':
		return verb + "d"
	case verb[n-1] == 'y' && strings.IndexByte("aeiou", verb[n-2]) < 0:
		return verb[:n-1] + "ied"
	default:
		return verb + "ed"
	}
}

// irregular holds the verbs whose past is not made by -ed alone.
var irregular = map[string]string{
	"begin": "began", "break": "broke", "cancel": "cancelled", "commit": "committed", "do": "did",
	"drop": "dropped", "find": "found", "forget": "forgot", "get": "got", "give": "gave", "hide": "hid", "hold": "held",
	"label": "labelled", "leave": "left", "relabel": "relabelled", "let": "let", "make": "made", "map": "mapped",
	"permit": "permitted", "pin": "pinned", "put": "put", "read": "read", "refer": "referred",
	"reset": "reset", "run": "ran", "send": "sent", "set": "set", "shut": "shut", "stop": "stopped",
	"submit": "submitted", "swap": "swapped", "tag": "tagged", "take": "took", "transfer": "transferred",
	"undo": "undid", "unpin": "unpinned", "unset": "unset", "withdraw": "withdrew",
	"write": "wrote",
}

// isVerb reports words that operations begin with to say what was done.
func isVerb(word string) bool { return verbs[word] || irregular[word] != "" }

// verbs holds the regular ones; irregular the others.
var verbs = map[string]bool{
	"accept": true, "access": true, "acquire": true, "activate": true, "add": true, "allow": true,
	"analyze": true, "apply": true, "approve": true, "archive": true, "assign": true, "attach": true,
	"authorize": true, "block": true, "bypass": true, "capture": true, "change": true, "check": true,
	"clear": true, "clone": true, "close": true, "complete": true, "configure": true, "confirm": true,
	"connect": true, "consent": true, "convert": true, "copy": true, "create": true, "deactivate": true,
	"decline": true, "delete": true, "deny": true, "deploy": true, "deprovision": true, "detach": true,
	"disable": true, "disconnect": true, "discover": true, "dismiss": true, "download": true, "edit": true,
	"elevate": true, "enable": true, "enroll": true, "execute": true, "expire": true, "export": true,
	"extend": true, "generate": true, "grant": true, "import": true, "initiate": true, "insert": true,
	"install": true, "invite": true, "invoke": true, "issue": true, "join": true, "launch": true, "link": true,
	"list": true, "locate": true, "lock": true, "merge": true, "migrate": true, "modify": true, "move": true,
	"onboard": true, "open": true, "patch": true, "perform": true, "preview": true, "print": true,
	"process": true, "promote": true, "provision": true, "publish": true, "purge": true, "query": true,
	"quarantine": true, "recover": true, "redeem": true, "refresh": true, "register": true, "reject": true,
	"release": true, "remove": true, "rename": true, "renew": true, "replace": true, "reply": true,
	"reprocess": true, "request": true, "resend": true, "resolve": true, "restore": true, "resume": true,
	"retire": true, "retrieve": true, "retry": true, "revoke": true, "review": true, "rotate": true, "save": true,
	"schedule": true, "search": true, "select": true, "share": true, "sign": true, "start": true,
	"suspend": true, "sync": true, "synchronize": true, "terminate": true, "test": true, "trigger": true,
	"unassign": true, "unblock": true, "uninstall": true, "unlink": true, "unlock": true, "unpublish": true,
	"unregister": true, "unshare": true, "update": true, "upgrade": true, "upload": true, "use": true,
	"validate": true, "verify": true, "view": true, "wipe": true,
}

// pastOperation takes names like ListUpdated and CreatedAgent apart: what it was done to,
// and the verb.
func pastOperation(op string) (object, verb string, ok bool) {
	for i := len(op) - 1; i > 0; i-- {
		if isUpper(op[i]) {
			if verb = participles[op[i:]]; verb != "" {
				return words(op[:i]), verb, true
			}
			break
		}
	}
	for i := 1; i < len(op); i++ {
		if isUpper(op[i]) {
			verb = participles[op[:i]]
			return words(op[i:]), verb, verb != ""
		}
	}
	return "", "", false
}

// participles gives the verbs of the words that operations end, or begin, with.
var participles = map[string]string{
	"Added": "add", "Allowed": "allow", "Applied": "apply", "Approved": "approve", "Archived": "archive", "Assigned": "assign",
	"Blocked": "block", "Broken": "break", "Cancelled": "cancel", "Canceled": "cancel", "Changed": "change", "Checked": "check",
	"Cleared": "clear", "Closed": "close", "Completed": "complete", "Copied": "copy", "Created": "create", "Declined": "decline",
	"Deleted": "delete", "Disabled": "disable", "Edited": "edit", "Enabled": "enable", "Ended": "end", "Executed": "execute",
	"Expired": "expire", "Exported": "export", "Granted": "grant", "Imported": "import", "Installed": "install", "Joined": "join",
	"Locked": "lock", "Modified": "modify", "Moved": "move", "Opened": "open", "Performed": "perform", "Pinned": "pin",
	"Printed": "print", "Published": "publish", "Previewed": "preview", "Purged": "purge", "Queried": "query", "Reacted": "react", "Read": "read", "Recycled": "recycle",
	"Registered": "register", "Rejected": "reject", "Released": "release", "Removed": "remove", "Renamed": "rename",
	"Requested": "request", "Reset": "reset", "Restored": "restore", "Revoked": "revoke", "Scheduled": "schedule",
	"Searched": "search", "Sent": "send", "Set": "set", "Shared": "share", "Started": "start", "Stopped": "stop", "Downloaded": "download", "Suspended": "suspend", "Triggered": "trigger", "Accessed": "access", "Activated": "activate", "Deactivated": "deactivate", "Initiated": "initiate", "Invited": "invite", "Linked": "link", "Accepted": "accept", "Left": "leave", "Muted": "mute", "Reviewed": "review", "Scanned": "scan", "Signed": "sign", "Synced": "sync", "Tagged": "tag", "Transferred": "transfer", "Unassigned": "unassign", "Unpinned": "unpin",
	"Submitted": "submit", "Uninstalled": "uninstall", "Unlocked": "unlock", "Unpublished": "unpublish", "Updated": "update",
	"Upgraded": "upgrade", "Uploaded": "upload", "Used": "use", "Viewed": "view",
}
