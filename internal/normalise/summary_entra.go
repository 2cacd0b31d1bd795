package normalise

import "strings"

// entraSentence sums up a directory operation. Microsoft Graph and the unified log name
// the operations alike but for case and a trailing stop. details may be nil.
func (d *draft) entraSentence(details *node) {
	op := strings.ToLower(d.Operation)
	switch op {
	case "update user":
		d.updatedUser()
		return
	case "remove role assignment", "add role assignment", "delete role assignment", "create role assignment":
		if role := details.named("RoleName").str(); role != "" { // Azure resources
			verb, preposition := "remove", "from"
			if strings.HasPrefix(op, "add") || strings.HasPrefix(op, "create") {
				verb, preposition = "add", "to"
			}
			d.say(verb, d.self(d.mainTarget()), preposition, role, on(details.named("Scope").str()))
			return
		}
	case "consent to application":
		if strings.EqualFold(d.property("ConsentContext.OnBehalfOfAll"), "true") {
			d.say("consent", "to", first(d.mainTarget(), "an application"), "for everyone in the tenant")
			return
		}
	}
	t, ok := entraPhrases[op]
	if !ok {
		t, ok = entraPhrases[before(op, " (")]
	}
	if !ok {
		d.perform(d.Operation, d.mainTarget())
		if strings.HasPrefix(op, "update ") || strings.HasPrefix(op, "set ") {
			d.said.rest = join(d.said.rest, d.changedProperties())
		}
		return
	}
	d.say(t.verb, d.fill(t.rest))
	if t.verb == "update" {
		d.said.rest = join(d.said.rest, d.changedProperties())
	}
}

// updatedUser says what an update of a user comes to, where one property tells.
func (d *draft) updatedUser() {
	switch enabled := d.property("AccountEnabled"); {
	case len(d.Changes) == 1 && strings.EqualFold(enabled, "false"):
		d.say("disable", d.place("own:account"))
	case len(d.Changes) == 1 && strings.EqualFold(enabled, "true"):
		d.say("enable", d.place("own:account"))
	default:
		d.say("update", d.place("user"), d.changedProperties())
	}
}

// fill puts the event's objects into the places of a phrase.
func (d *draft) fill(phrase string) string {
	if strings.IndexByte(phrase, '{') < 0 {
		return phrase
	}
	var b strings.Builder
	b.Grow(len(phrase) + 64)
	for {
		head, rest, ok := strings.Cut(phrase, "{")
		b.WriteString(head)
		if !ok {
			return b.String()
		}
		place, tail, _ := strings.Cut(rest, "}")
		b.WriteString(d.place(place))
		phrase = tail
	}
}

// place names the object that stands in a place of a phrase. own:x is "the x of" the user,
// or "their own x".
func (d *draft) place(name string) string {
	const unnamed = "(unnamed)"
	if thing, ok := strings.CutPrefix(name, "own:"); ok {
		user := first(d.targetOf("User"), d.mainTarget(), "a user")
		if d.isActor(user) {
			return "their own " + thing
		}
		return "the " + thing + " of " + user
	}
	switch name {
	case "user":
		return first(d.self(first(d.targetOf("User"), d.mainTarget())), "a user")
	case "member":
		return first(d.self(d.member()), "someone")
	case "role":
		role := first(d.property("Role.DisplayName"), d.targetOf("Role"))
		return first(clean(role, maxDisplay), "(unnamed role)")
	case "group":
		return first(clean(d.property("Group.DisplayName"), maxDisplay), d.targetOf("Group"), unnamed)
	case "unit":
		return first(d.targetOf("AdministrativeUnit"), unnamed)
	case "app":
		app := first(d.property("Application.DisplayName"), d.property("ServicePrincipal.DisplayName"))
		return first(clean(app, maxDisplay), d.targetOf("Application", "ServicePrincipal", "App"), unnamed)
	case "client": // the application that is given a permission on the main target
		client := clean(d.property("ServicePrincipal.DisplayName"), maxDisplay)
		if client == "" && len(d.Targets) > 1 {
			client = d.TargetDisplays[1]
		}
		return first(client, "an application")
	case "permission":
		p := first(d.property("AppRole.Value"), d.property("AppRole.DisplayName"))
		return first(clean(p, maxDisplay), "an application permission")
	case "scope":
		return first(clean(d.property("DelegatedPermissionGrant.Scope"), 160), "delegated permissions")
	case "device":
		return first(d.targetOf("Device"), unnamed)
	default:
		return first(d.mainTarget(), unnamed)
	}
}

// member gives who was put into or taken out of something.
func (d *draft) member() string {
	if who := d.targetOf("User"); who != "" {
		return who
	}
	for i, t := range d.Targets {
		switch t.Type {
		case "Role", "Request", "Directory", "AdministrativeUnit":
		case "Group":
			if d.property("Role.DisplayName") != "" || d.targetOf("Role") != "" {
				return d.TargetDisplays[i]
			}
		default:
			return d.TargetDisplays[i]
		}
	}
	return ""
}
