package normalise

import (
	"strings"

	"aoc"
)

// cmdlet reads a cmdlet that was run: in Exchange, in Security & Compliance, in Skype for
// Business. Its parameters are the values afterwards.
func (d *draft) cmdlet() {
	r := d.root
	parameters := r.get("Parameters")
	if line := parameters.str(); line != "" && parameters.parsed() == nil {
		for name, value := range commandLine(line) {
			d.told = append(d.told, property{name: name, after: &value})
		}
	} else {
		for p := parameters.items(); p != nil; p = p.next {
			if v := value(p.get("Value")); v != nil && p.kind == object {
				d.told = append(d.told, property{name: p.of("Name", "Key"), after: v})
			}
		}
	}
	_, noun, _ := strings.Cut(d.Operation, "-")
	identity := d.property("Identity")
	if strings.IndexByte(identity, '@') <= 0 || strings.ContainsAny(identity, `/\`) {
		identity = "" // a path, which ObjectId tells as well
	}
	name := first(r.get("ModifiedObjectResolvedName").str(), identity, objectOfPath(r.get("ObjectId").str()),
		objectOfPath(d.property("Identity")), d.property("Name"), r.get("ObjectName").str())
	if given := d.property("Name"); isGUID(name) && given != "" {
		name = given // New-… answers with the id of what it made
	}
	t := aoc.Target{Name: name, Type: cmdletObject(noun)}
	if a := readAccount(name, d.Workload); a.upn != "" {
		t.Name, t.UPN = "", a.upn
	} else if isGUID(name) {
		t.ID, t.Name = name, ""
	}
	display := d.target(t)
	for _, p := range d.told {
		if !isCommonParameter(p.name) && len(d.Changes) < maxChanges {
			d.Changes = append(d.Changes, aoc.Change{Target: display, Property: clean(p.name, maxDisplay), After: p.after})
		}
	}
	d.modified(display, r.get("ModifiedProperties"))
	for _, party := range [...]string{"User", "Trustee", "Member"} {
		if who := d.property(party); who != "" && t.Type != noun || party == "Member" {
			d.targetAccount(objectOfPath(who), "", "User")
		}
	}
	d.cmdletSentence(display)
}

// cmdletObject names the type of object that a cmdlet works on: the mailbox, for one that
// sets permissions on it.
func cmdletObject(noun string) string {
	switch noun {
	case "MailboxPermission", "RecipientPermission":
		return "Mailbox"
	case "MailboxFolderPermission":
		return "Folder"
	case "DistributionGroupMember", "RoleGroupMember":
		return strings.TrimSuffix(noun, "Member")
	}
	return noun
}

// isCommonParameter reports parameters that say how a cmdlet runs and on what, not what it
// changes.
func isCommonParameter(name string) bool {
	switch strings.ToLower(name) {
	case "", "identity", "domaincontroller", "organization", "erroraction", "warningaction", "confirm", "force",
		"ignoredehydratedflag", "whatif", "verbose", "debug", "outvariable", "tenant":
		return true
	}
	return false
}

// objectOfPath gives the object that a path of the Exchange directory ends in:
//
//	EURPR04….PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/<tenant>/<object>
//	<tenant>\Transport Settings
//	/o=ExchangeLabs/ou=…/cn=Recipients/cn=<object>
//	…/<mailbox>\<rule>
func objectOfPath(s string) string {
	s = strings.TrimSpace(s)
	if !strings.ContainsAny(s, `/\`) {
		return s
	}
	tail := s
	if i := strings.LastIndexByte(s, '/'); i >= 0 && !strings.Contains(s, "://") {
		tail = s[i+1:]
	}
	if i := strings.LastIndexByte(tail, '\\'); i >= 0 {
		tail = tail[i+1:]
	}
	if tail == "" {
		return s
	}
	if hasPrefixFold(tail, "cn=") {
		tail = tail[3:]
	}
	return tail
}

// address shows a recipient: without its "smtp:", or as the object of its path.
func (d *draft) address(s string) string {
	if hasPrefixFold(s, "smtp:") {
		s = s[5:]
	}
	return clean(readAccount(objectOfPath(s), d.Workload).display, 120)
}

// cmdletSentence sums up the cmdlets that matter most in words, and others by name.
func (d *draft) cmdletSentence(target string) {
	verb, noun, _ := strings.Cut(d.Operation, "-")
	if say, ok := byName(cmdletSentences, d.Operation); ok && say(d, target) {
		return
	}
	switch noun {
	case "InboxRule", "TransportRule", "SweepRule":
		d.mailRule(verb, noun, target)
	default:
		if d.Operation == "" {
			d.perform("", target)
			return
		}
		d.say("run", d.Operation, on(target))
	}
}

// mailRule sums up a rule on mail with what makes one dangerous: where it sends mail, and
// that it hides it.
func (d *draft) mailRule(verb, noun, target string) {
	kind, does := ruleKinds[noun], ruleVerbs[verb]
	if does == "" {
		d.say("run", d.Operation, on(target))
		return
	}
	name := d.property("Name")
	if name == "" && (noun != "InboxRule" || strings.IndexByte(d.root.get("ObjectId").str(), '\\') > 0) {
		name = target // an inbox rule's stands behind its mailbox
	}
	if name = quotedName(name); name == "" {
		kind = article(kind)
	}
	owner := ""
	if who := d.address(d.property("Mailbox")); who != "" && !d.isActor(who) {
		owner = "in " + who + "'s mailbox"
	}
	d.say(does, kind, name, owner, d.ruleEffects())
}

// article puts "a" or "an" before a kind of rule.
func article(kind string) string {
	if kind[0] == 'i' {
		return "an " + kind
	}
	return "a " + kind
}

// ruleKinds and ruleVerbs put the parts of New-InboxRule and its likes into words.
var (
	ruleKinds = map[string]string{"InboxRule": "inbox rule", "TransportRule": "mail flow rule", "SweepRule": "sweep rule"}
	ruleVerbs = map[string]string{"New": "create", "Set": "change", "Remove": "remove", "Enable": "enable", "Disable": "disable"}
)

// ruleEffects lists what a rule does to mail: "forwarding to x and deleting the message".
func (d *draft) ruleEffects() string {
	var effects []string
	for _, e := range [...]struct{ parameter, words string }{
		{"ForwardTo", "forwarding to"}, {"ForwardAsAttachmentTo", "forwarding to"}, {"RedirectTo", "redirecting to"},
		{"RedirectMessageTo", "redirecting to"}, {"BlindCopyTo", "sending a blind copy to"}, {"CopyTo", "sending a copy to"},
		{"AddToRecipients", "adding"},
	} {
		if to := d.property(e.parameter); to != "" {
			effects = append(effects, e.words+" "+d.addresses(to))
		}
	}
	if to := d.property("MoveToFolder"); to != "" {
		effects = append(effects, "moving to "+clean(objectOfPath(strings.TrimPrefix(to, ":\\")), 80))
	}
	if strings.EqualFold(d.property("DeleteMessage"), "true") {
		effects = append(effects, "deleting the message")
	}
	if strings.EqualFold(d.property("MarkAsRead"), "true") {
		effects = append(effects, "marking it as read")
	}
	switch n := len(effects); {
	case n == 0:
		return ""
	case n == 1:
		return effects[0]
	default:
		return strings.Join(effects[:n-1], ", ") + " and " + effects[n-1]
	}
}

// addresses shows a list of recipients, separated by semicolons.
func (d *draft) addresses(s string) string {
	var names []string
	for part := range strings.SplitSeq(s, ";") {
		if a := d.address(part); a != "" {
			names = append(names, a)
		}
	}
	return and(names)
}

// cmdletSentences holds the cmdlets with sentences of their own. One that does not apply
// gives false.
var cmdletSentences = map[string]func(d *draft, target string) bool{
	"set-mailbox": func(d *draft, target string) bool {
		to := first(d.property("ForwardingSmtpAddress"), d.property("ForwardingAddress"))
		switch {
		case to != "":
			d.say("set", d.whose(target, "mail"), "to forward to", d.address(to))
		case d.property("AuditEnabled") != "" && strings.EqualFold(d.property("AuditEnabled"), "false"):
			d.say("turn", "off mailbox auditing for", target)
		case d.property("GrantSendOnBehalfTo") != "":
			d.say("allow", d.addresses(d.property("GrantSendOnBehalfTo")), "to send on behalf of", target)
		default:
			return false
		}
		return true
	},
	"add-mailboxpermission": func(d *draft, target string) bool {
		d.say("give", first(d.self(d.address(d.property("User"))), "someone"),
			first(rights(d.property("AccessRights")), "access"), "to mailbox", target)
		return true
	},
	"remove-mailboxpermission": func(d *draft, target string) bool {
		d.say("take", first(rights(d.property("AccessRights")), "access"), "to mailbox", target, "from",
			first(d.address(d.property("User")), "someone"))
		return true
	},
	"add-recipientpermission": func(d *draft, target string) bool {
		d.say("allow", first(d.self(d.address(d.property("Trustee"))), "someone"), "to send as", target)
		return true
	},
	"remove-recipientpermission": func(d *draft, target string) bool {
		d.say("stop", first(d.address(d.property("Trustee")), "someone"), "from sending as", target)
		return true
	},
	"add-mailboxfolderpermission":    folderPermission,
	"set-mailboxfolderpermission":    folderPermission,
	"add-distributiongroupmember":    memberOf("add", "to", "distribution group"),
	"remove-distributiongroupmember": memberOf("remove", "from", "distribution group"),
	"add-rolegroupmember":            memberOf("add", "to", "role group"),
	"remove-rolegroupmember":         memberOf("remove", "from", "role group"),
	"add-unifiedgrouplinks":          memberOf("add", "to", "group"),
	"remove-unifiedgrouplinks":       memberOf("remove", "from", "group"),
	"new-managementroleassignment": func(d *draft, target string) bool {
		who := first(d.property("User"), d.property("SecurityGroup"), d.property("App"), d.property("Policy"))
		d.say("assign", "role", first(d.address(d.property("Role")), target), with("to", d.address(who)))
		return true
	},
	"set-adminauditlogconfig": func(d *draft, _ string) bool {
		switch enabled := d.property("UnifiedAuditLogIngestionEnabled"); {
		case strings.EqualFold(enabled, "false"):
			d.say("turn", "off the unified audit log")
		case strings.EqualFold(enabled, "true"):
			d.say("turn", "on the unified audit log")
		default:
			return false
		}
		return true
	},
	"new-mailbox":         onObject("create", "mailbox"),
	"remove-mailbox":      onObject("remove", "mailbox"),
	"new-remotemailbox":   onObject("create", "remote mailbox"),
	"remove-unifiedgroup": onObject("remove", "group"),
	"new-unifiedgroup":    onObject("create", "group"),
	"new-app":             onObject("install", "add-in"),
}

func folderPermission(d *draft, target string) bool {
	d.say("give", first(d.self(d.address(d.property("User"))), "someone"),
		first(rights(d.property("AccessRights")), "access"), "to folder", target)
	return true
}

// memberOf makes the sentence for adding to or removing from a group.
func memberOf(verb, preposition, kind string) func(*draft, string) bool {
	return func(d *draft, target string) bool {
		who := d.addresses(strings.ReplaceAll(first(d.property("Member"), d.property("Links")), ",", ";"))
		d.say(verb, first(d.self(who), "someone"), preposition, kind, target)
		return true
	}
}

// onObject makes the sentence for doing something to one object.
func onObject(verb, kind string) func(*draft, string) bool {
	return func(d *draft, target string) bool {
		d.say(verb, kind, first(clean(d.property("Name"), 120), target))
		return true
	}
}

// rights puts access rights into words: FullAccess → full access.
func rights(s string) string { return words(clean(s, 80)) }
