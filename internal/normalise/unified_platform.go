package normalise

import "aoc"

// copilot reads a conversation with Copilot or another AI application. The record holds no
// text of it, but what it touched.
func (d *draft) copilot() {
	data := d.root.get("CopilotEventData")
	host := data.get("AppHost").str()
	seen := 0
	name := ""
	for c := data.get("Contexts").items(); c != nil; c = c.next {
		id := c.get("Id").str()
		name = first(d.target(aoc.Target{ID: id, Name: contextName(id), Type: c.get("Type").str()}), name)
	}
	for a := data.get("AccessedResources").items(); a != nil; a = a.next {
		seen++
		d.target(aoc.Target{ID: a.of("ID", "SiteUrl"), Name: a.get("Name").str(), Type: a.get("Type").str()})
	}
	if id := data.get("ThreadId").str(); id != "" && len(d.Targets) == 0 {
		d.target(aoc.Target{ID: id, Type: "Conversation"})
	}
	resources := ""
	if seen > 0 {
		resources = "reading " + plural(seen, "resource", "resources")
	}
	app := first(d.root.get("AgentName").str(), "Copilot")
	if d.RecordType != "CopilotInteraction" {
		app = first(d.root.of("AgentName", "AppName", "AppIdentity"), "an AI application")
	}
	d.say("use", app, with("in", clean(host, 60)), with("on", clean(name, 120)), resources)
}

// contextName gives the file that a URL of the web editors is about.
func contextName(id string) string {
	if _, query, ok := cutQuery(id, "file="); ok {
		return unescapeURL(query)
	}
	return fileOfURL(id)
}

// cutQuery gives the value of a query parameter of a URL.
func cutQuery(s, name string) (head, value string, ok bool) {
	for i := 0; i+len(name) <= len(s); i++ {
		if (s[i] == '?' || s[i] == '&') && hasPrefixFold(s[i+1:], name) {
			return s[:i], before(s[i+1+len(name):], "&"), true
		}
	}
	return s, "", false
}

// yammer reads what was done in Viva Engage, whose records tell the object by its own name.
func (d *draft) yammer() {
	r := d.root
	name := r.of("GroupName", "FileName", "TargetUserId", "ObjectId")
	typ := ""
	switch {
	case r.get("GroupName").str() != "":
		typ = "Group"
	case r.get("FileName").str() != "":
		typ = "File"
	}
	if r.get("GroupName").str() == "" && r.get("FileName").str() == "" {
		d.targetAccount(name, "", "User")
	} else {
		d.target(aoc.Target{ID: r.of("GroupId", "FileId", "ObjectId"), Name: name, Type: typ})
	}
	switch d.Operation {
	case "GroupCreation":
		d.say("create", "group", d.mainTarget())
	case "GroupDeletion":
		d.say("delete", "group", d.mainTarget())
	default:
		d.perform(d.Operation, d.mainTarget())
	}
}
