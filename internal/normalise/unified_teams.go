package normalise

import (
	"strings"

	"aoc"
)

// teams reads what was done in Microsoft Teams.
func (d *draft) teams() {
	r := d.root
	team := ""
	if name, id := r.get("TeamName").str(), first(r.get("AADGroupId").str(), r.get("TeamGuid").str()); name != "" || id != "" {
		team = d.target(aoc.Target{ID: id, Name: name, Type: "Team"})
	}
	channel := ""
	if name := r.get("ChannelName").str(); name != "" || r.get("ChannelGuid").str() != "" {
		channel = d.target(aoc.Target{ID: r.get("ChannelGuid").str(), Name: name, Type: "Channel"})
	}
	members := d.teamMembers(team)
	if name := first(r.of("AddOnName", "AppName"), r.get("AddOnGuid").str()); name != "" {
		d.target(aoc.Target{ID: r.get("AddOnGuid").str(), Name: r.of("AddOnName", "AppName"), Type: "App"})
	}
	if id := r.get("ChatThreadId").str(); id != "" {
		d.target(aoc.Target{ID: id, Name: r.get("ChatName").str(), Type: "Chat"})
	}
	if id := r.get("MessageId").str(); id != "" && len(d.Targets) == 0 {
		d.target(aoc.Target{ID: id, Type: "Message"})
	}
	if name := r.get("Name").str(); name != "" && (r.get("NewValue") != nil || r.get("OldValue") != nil) {
		d.change(first(channel, team), name, value(r.get("OldValue")), value(r.get("NewValue")))
	}
	d.modified(first(channel, team), r.get("ModifiedProperties"))
	for p := r.get("ExtraProperties").items(); p != nil; p = p.next {
		d.change(first(channel, team), p.of("Key", "Name"), nil, value(p.get("Value")))
	}
	if len(d.Targets) == 0 {
		name, typ := objectName(r)
		d.target(aoc.Target{ID: r.get("ObjectId").str(), Name: name, Type: typ})
	}
	d.teamsSentence(team, channel, members)
}

// teamMembers adds the members a record lists as targets, with their roles as changes.
func (d *draft) teamMembers(team string) []string {
	var members []string
	for m := d.root.get("Members").items(); m != nil; m = m.next {
		name := m.get("DisplayName").str()
		if m.kind == text {
			name = ""
		}
		a := readAccount(first(m.get("UPN").str(), m.str()), d.Workload)
		display := d.target(aoc.Target{ID: a.id, Name: name, Type: "User", UPN: a.upn})
		if display == "" {
			continue
		}
		members = append(members, display)
		if role := teamRole(m.get("Role")); role != "" {
			d.change(display, "Role", nil, &role)
		}
	}
	return members
}

// teamRole names the role of a member, which is a number or its name.
func teamRole(n *node) string {
	switch s := strings.ToLower(n.str()); s {
	case "0":
		return "member"
	case "1":
		return "owner"
	case "2":
		return "guest"
	default:
		return s
	}
}

// teamsSentence sums up an operation in Teams.
func (d *draft) teamsSentence(team, channel string, members []string) {
	r := d.root
	who := first(d.self(and(members)), "someone")
	role := ""
	if len(members) == 1 {
		role = d.property("Role")
	}
	inTeam := with("in team", team)
	inPlace := with("in channel", channel)
	switch {
	case inPlace != "" && team != "":
		inPlace += " of team " + team
	case inPlace == "" && team != "":
		inPlace = inTeam
	case inPlace == "":
		inPlace = "in a chat"
	}
	group := first(with("team", team), "a chat")
	switch d.Operation {
	case "TeamCreated":
		d.say("create", "team", team)
	case "TeamDeleted":
		d.say("delete", "team", team)
	case "TeamSettingChanged", "ChannelSettingChanged":
		d.say("change", "settings of", first(with("channel", channel), group), d.changedProperties())
	case "MemberAdded":
		as := ""
		if role == "guest" || role == "owner" {
			as = "as " + role
		}
		d.say("add", who, "to", group, as)
	case "MemberRemoved":
		d.say("remove", who, "from", group)
	case "MemberRoleChanged":
		if role != "" {
			d.say("make", who, "a", role, "of", group)
			return
		}
		d.say("change", "the role of", who, "in", group)
	case "ChannelAdded":
		d.say("add", "channel", channel, with("to team", team))
	case "ChannelDeleted":
		d.say("delete", "channel", channel, with("of team", team))
	case "ChatCreated":
		d.say("start", "a chat", with("with", and(members)))
	case "ChatRetrieved":
		d.say("open", "a chat")
	case "ChatUpdated":
		d.say("update", "a chat")
	case "MessageSent":
		d.say("send", "a message", inPlace)
	case "MessageCreatedHasLink":
		d.say("send", "a message with a link", inPlace)
	case "MessageEditedHasLink":
		d.say("edit", "a message with a link", inPlace)
	case "MessageUpdated":
		d.say("edit", "a message", inPlace)
	case "MessageDeleted":
		d.say("delete", "a message", inPlace)
	case "MessageRead", "MessagesListed":
		d.say("read", "messages", inPlace)
	case "TeamsSessionStarted":
		d.say("sign in", "to Teams")
	case "AppInstalled", "BotAddedToTeam", "ConnectorAdded", "TabAdded":
		d.say("add", teamsThing[d.Operation], first(r.of("AddOnName", "AppName"), d.targetOf("App")), with("to", first(with("channel", channel), with("team", team))))
	case "AppUninstalled", "BotRemovedFromTeam", "ConnectorRemoved", "TabRemoved":
		d.say("remove", teamsThing[d.Operation], first(r.of("AddOnName", "AppName"), d.targetOf("App")), with("from", first(with("channel", channel), with("team", team))))
	case "MeetingParticipantDetail":
		d.say("take", "part in a meeting")
	case "MeetingDetail":
		d.say("hold", "a meeting")
	default:
		d.perform(d.Operation, d.mainTarget())
	}
}

// teamsThing names what is added to or removed from a team.
var teamsThing = map[string]string{
	"AppInstalled": "app", "BotAddedToTeam": "bot", "ConnectorAdded": "connector", "TabAdded": "tab",
	"AppUninstalled": "app", "BotRemovedFromTeam": "bot", "ConnectorRemoved": "connector", "TabRemoved": "tab",
}
