package normalise

import "strings"

// sharingSentences sums up who was let into files and sites, or shut out. item is what was
// shared, who with whom, site where it is.
var sharingSentences = map[string]func(d *draft, item, who, site string){
	"SharingSet": func(d *draft, item, who, _ string) {
		d.say("share", item, with("with", first(d.guest(who), "someone")))
	},
	"SharingRevoked":           func(d *draft, item, who, _ string) { d.say("stop", "sharing", item, with("with", who)) },
	"SharingInvitationCreated": func(d *draft, item, who, _ string) { d.say("invite", first(d.guest(who), "someone"), "to", item) },
	"SharingInvitationUpdated": func(d *draft, item, who, _ string) {
		d.say("change", "the invitation of", first(who, "someone"), "to", item)
	},
	"SharingInvitationBlocked": func(d *draft, item, who, _ string) {
		d.tell("An invitation of", first(who, "someone"), "to", item, "was blocked")
	},
	"SharingInvitationRevoked": func(d *draft, item, who, _ string) {
		d.say("withdraw", "the invitation of", first(who, "someone"), "to", item)
	},
	"SharingInvitationAccepted": func(d *draft, item, _, _ string) { d.say("accept", "the invitation to", item) },
	"SharingInheritanceBroken": func(d *draft, item, _, _ string) {
		d.say("break", "the inheritance of permissions of", item)
	},
	"SharingInheritanceReset": func(d *draft, item, _, _ string) { d.say("restore", "the inheritance of permissions of", item) },
	"AnonymousLinkCreated": func(d *draft, item, _, _ string) {
		kind := "an anonymous link"
		if t := strings.ToLower(d.property("Type")); t == "edit" || t == "view" {
			kind = "an anonymous " + t + " link"
		}
		d.say("create", kind, "to", item)
	},
	"AnonymousLinkUpdated": func(d *draft, item, _, _ string) { d.say("change", "an anonymous link to", item) },
	"AnonymousLinkRemoved": func(d *draft, item, _, _ string) { d.say("remove", "an anonymous link to", item) },
	"AnonymousLinkUsed":    func(d *draft, item, _, _ string) { d.say("open", item, "through an anonymous link") },
	"CompanyLinkCreated":   func(d *draft, item, _, _ string) { d.say("create", "a link for the whole organisation to", item) },
	"CompanyLinkRemoved":   func(d *draft, item, _, _ string) { d.say("remove", "a link for the whole organisation to", item) },
	"CompanyLinkUsed":      func(d *draft, item, _, _ string) { d.say("open", item, "through a link for the whole organisation") },
	"SecureLinkCreated":    func(d *draft, item, _, _ string) { d.say("create", "a link for specific people to", item) },
	"SecureLinkUpdated":    func(d *draft, item, _, _ string) { d.say("change", "a link for specific people to", item) },
	"SecureLinkDeleted":    func(d *draft, item, _, _ string) { d.say("delete", "a link for specific people to", item) },
	"SecureLinkUsed":       func(d *draft, item, _, _ string) { d.say("open", item, "through a link for specific people") },
	"AddedToSecureLink": func(d *draft, item, who, _ string) {
		d.say("share", item, "with", first(d.guest(who), "someone"), "by link")
	},
	"RemovedFromSecureLink": func(d *draft, item, who, _ string) {
		d.say("take", first(who, "someone"), "off a link to", item)
	},
	"AddedToGroup": func(d *draft, _, who, site string) {
		d.say("add", first(d.self(d.guest(who)), "someone"), "to", siteGroup(d), with("of", site))
	},
	"RemovedFromGroup": func(d *draft, _, who, site string) {
		d.say("remove", first(who, "someone"), "from", siteGroup(d), with("of", site))
	},
	"SiteCollectionAdminAdded": func(d *draft, _, who, site string) {
		d.say("make", first(d.self(who), "someone"), "administrator of", site)
	},
	"SiteCollectionAdminRemoved": func(d *draft, _, who, site string) {
		d.say("remove", first(d.self(who), "someone"), "as administrator of", site)
	},
	"SiteAdminChangeRequest": func(d *draft, _, _, site string) { d.say("ask", "to become administrator of", site) },
	"SiteCollectionCreated":  func(d *draft, _, _, site string) { d.say("create", site) },
	"SiteDeleted":            func(d *draft, _, _, site string) { d.say("delete", site) },
	"SitePermanentlyDeleted": func(d *draft, _, _, site string) { d.say("delete", site, "for good") },
	"SharingPolicyChanged": func(d *draft, _, _, site string) {
		d.say("change", "the sharing policy of", first(site, "SharePoint"), d.changedProperties())
	},
	"GroupAdded":   func(d *draft, _, _, site string) { d.say("add", siteGroupNamed(d), "to", site) },
	"GroupRemoved": func(d *draft, _, _, site string) { d.say("remove", siteGroupNamed(d), "from", site) },
	"PermissionLevelAdded": func(d *draft, _, _, site string) {
		level := clean(d.property("PermissionLevel"), 120)
		if level != "" {
			level = quoted(level)
		}
		d.say("add", "permission level", level, "to", site)
	},
	"ClientViewSignaled":   func(d *draft, item, _, site string) { d.say("view", item, with("in", site)) },
	"AccessRequestCreated": func(d *draft, item, _, _ string) { d.say("ask", "for access to", item) },
	"AccessRequestApproved": func(d *draft, item, who, _ string) {
		d.say("approve", "access", with("of", who), "to", item)
	},
	"AccessRequestDenied":  func(d *draft, item, who, _ string) { d.say("deny", "access", with("of", who), "to", item) },
	"SearchQueryPerformed": func(d *draft, _, _, site string) { d.say("search", site) },
	"UnmanagedSyncClientBlocked": func(d *draft, _, _, _ string) {
		d.tell("A sync client of", first(d.ActorDisplay, "someone"), "on an unmanaged device was blocked")
	},
}

// guest marks a person from outside.
func (d *draft) guest(who string) string {
	if who != "" && d.root.get("TargetUserOrGroupType").str() == "Guest" {
		return "guest " + who
	}
	return who
}

// siteGroup names the SharePoint group that someone was put into. The groups that stand
// behind sharing links have names made of ids.
func siteGroup(d *draft) string {
	return readableGroup(d.property("Group"))
}

func siteGroupNamed(d *draft) string {
	return readableGroup(d.property("Name"))
}

func readableGroup(name string) string {
	switch {
	case name == "":
		return "a group"
	case strings.HasPrefix(name, "SharingLinks."):
		parts := strings.Split(name, ".")
		if len(parts) > 2 {
			return "the group of a sharing link (" + words(clean(parts[2], 60)) + ")"
		}
		return "the group of a sharing link"
	case strings.HasPrefix(name, "Limited Access System Group"):
		return "the limited access group"
	}
	return "group " + clean(name, 120)
}
