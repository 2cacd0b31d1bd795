package normalise

import (
	"strings"

	"aoc"
)

// intuneAudit reads a record of Microsoft Graph deviceManagement/auditEvents.
func (d *draft) intuneAudit() {
	r := d.root
	if r.path("properties", "AuditEventId") != nil {
		d.intuneDiagnostic()
		return
	}
	d.ID = r.get("id").str()
	resources := r.get("resources")
	d.when(append([]string{r.get("activityDateTime").str()}, toldTimes(resources, "newValue")...)...)
	d.RecordType, d.Workload = "intuneAudit", "Intune"
	d.Service = first(r.of("category", "componentName"), "Intune")
	operationType := r.get("activityOperationType").str()
	d.operation(first(r.of("activityType", "displayName", "activity"), operationType))
	d.CorrelationID = r.get("correlationId").str()

	actor := r.get("actor")
	d.intuneActor(intuneActor{
		typ: actor.of("auditActorType", "type"),
		id:  actor.get("userId").str(), upn: actor.get("userPrincipalName").str(),
		appID: actor.get("applicationId").str(), app: actor.of("applicationDisplayName", "servicePrincipalName"),
	})
	d.ClientIP = cleanIP(actor.get("ipAddress").str())
	noun := after(d.Operation, ' ')
	for t := resources.items(); t != nil; t = t.next {
		display := d.target(aoc.Target{
			ID: t.get("resourceId").str(), Name: t.get("displayName").str(),
			Type: first(t.of("auditResourceType", "type"), noun),
		})
		d.modified(display, t.get("modifiedProperties"))
	}
	word := r.get("activityResult").str()
	d.Result, d.pending = outcome(word), isPending(word)
	d.intuneSentence()
}

// toldTimes gives the times at which the objects of an Intune record say they were changed,
// for records whose own time cannot be read.
func toldTimes(targets *node, side string) []string {
	var times []string
	for t := targets.items(); t != nil; t = t.next {
		for p := t.get("modifiedProperties").items(); p != nil; p = p.next {
			switch p.of("displayName", "Name") {
			case "LastModifiedDateTime", "CreatedDateTime":
				times = append(times, p.get(side).str())
			}
		}
	}
	return times
}

// intuneActor is the actor as Intune tells it, in either shape.
type intuneActor struct{ typ, id, upn, appID, app string }

func (d *draft) intuneActor(a intuneActor) {
	switch {
	case a.upn != "" || a.id != "" && a.id != zeroGUID && !strings.EqualFold(a.typ, "Application"):
		d.actPerson(a.id, "", a.upn)
		d.usedApp(a.appID, a.app)
	case a.appID != "" || a.app != "":
		d.actApp(a.id, a.appID, a.app)
	default:
		d.Actor.Name, d.ActorDisplay = "Intune (system)", "Intune (system)"
	}
}

// assignedGroups adds the groups that an assignment names among its properties, by id or
// as "Name(id)", and gives how they are shown.
func (d *draft) assignedGroups() []string {
	var groups []string
	for _, p := range d.told {
		if !hasSuffixFold(p.name, "GroupId") && !hasSuffixFold(p.name, "GroupIDs") {
			continue
		}
		for id := range strings.SplitSeq(first(textAt(p.after), textAt(p.before)), ",") {
			name := ""
			id = strings.TrimSpace(id)
			if open := strings.LastIndexByte(id, '('); open > 0 && strings.HasSuffix(id, ")") {
				name, id = id[:open], id[open+1:len(id)-1]
			}
			if isGUID(id) {
				groups = append(groups, d.target(aoc.Target{ID: id, Name: name, Type: "Group"}))
			}
		}
	}
	return groups
}

// intuneSentence sums up operations such as "Create MobileApp", "SetReference
// ManagedDevice" and "assignDeviceManagementScript DeviceManagementScript": what is done,
// then the type of object, which the first may repeat.
func (d *draft) intuneSentence() {
	what, noun, two := strings.Cut(strings.TrimPrefix(d.Operation, "Action "), " ") // "Action wipe ManagedDevice"
	name := d.mainTarget()
	groups := d.assignedGroups()
	if name != "" && !isGUID(name) {
		name = quoted(name)
	}
	did, object := words(what), words(noun)
	if strings.IndexByte(noun, ' ') >= 0 { // a phrase already
		d.perform(d.Operation, name)
		return
	}
	if two && strings.HasSuffix(did, object) {
		did = strings.TrimSpace(strings.TrimSuffix(did, object))
	}
	verb, rest, _ := strings.Cut(did, " ")
	switch verb {
	case "patch":
		verb = "update"
	case "get":
		verb = "read"
	}
	switch {
	case did == "set reference":
		d.say("set", join("the", first(words(d.property("referenceProperty")), "reference"), "of", object, name))
	case isVerb(verb):
		to := ""
		if len(groups) > 0 && (verb == "assign" || verb == "create") {
			to = "to " + and(groups)
		}
		d.say(verb, rest, object, name, to)
	default:
		d.perform(join(did, object), name)
	}
}
