package normalise

import (
	"strings"

	"aoc"
)

// directoryAudit reads a record of Microsoft Graph auditLogs/directoryAudits.
func (d *draft) directoryAudit() {
	r := d.enveloped("activityDateTime", "activityDisplayName", "initiatedBy")
	d.tenant(first(r.get("tenantId").str(), d.root.get("tenantId").str()))
	d.ID = r.get("id").str()
	d.when(r.get("activityDateTime").str(), r.get("activityDate").str(), r.get("createdDateTime").str(), d.root.get("time").str())
	d.RecordType, d.Workload = "directoryAudit", "Entra ID"
	d.Service = first(r.of("category", "loggedByService"), d.root.get("category").str(), "Directory")
	d.operation(first(r.of("activityDisplayName", "activity", "operationName"), d.root.get("operationName").str(), r.get("operationType").str()))
	d.CorrelationID = first(r.get("correlationId").str(), d.root.get("correlationId").str())
	details := r.get("additionalDetails")
	d.directoryActor(r, details)
	d.ClientIP = clientIP(r.path("initiatedBy", "user", "ipAddress").str(), r.path("initiatedBy", "app", "ipAddress").str(),
		d.root.get("callerIpAddress").str(), details.named("ipaddr").str())
	for t := r.get("targetResources").items(); t != nil; t = t.next {
		d.directoryTarget(t)
	}
	d.directoryResult(r)
	d.relate()
	d.entraSentence(details)
}

// enveloped gives the record itself, also where it still stands in the envelope of Azure
// Monitor, under properties. The names are members that tell it.
func (d *draft) enveloped(names ...string) *node {
	inner := d.root.get("properties")
	for _, name := range names {
		switch {
		case d.root.get(name) != nil:
			return d.root
		case inner.get(name) != nil:
			return inner
		}
	}
	return d.root
}

// directoryActor sets who initiated the audit: a user, else an application; where both are
// absent the directory did it by itself.
func (d *draft) directoryActor(r, details *node) {
	user, app := r.path("initiatedBy", "user"), r.path("initiatedBy", "app")
	userID, upn, name := user.get("id").str(), user.get("userPrincipalName").str(), user.get("displayName").str()
	appID, spID, appName := app.get("appId").str(), app.get("servicePrincipalId").str(), app.of("displayName", "servicePrincipalName")
	switch {
	case userID != "" || upn != "" || name != "":
		d.actPerson(userID, name, upn)
		if app != nil {
			d.usedApp(appID, appName)
		}
	case appID != "" || spID != "" || appName != "":
		d.actApp(spID, appID, appName)
		if appID == "" && spID == "" && app.get("servicePrincipalName").str() == "" {
			// A name without any identity is a part of the directory itself, such as
			// "Microsoft Azure AD Internal - Jit Provisioning".
			d.ActorKind = aoc.ActorSystem
		}
	default:
		d.ActorKind = aoc.ActorSystem
		if name := first(r.get("identity").str(), d.root.get("identity").str()); name != "" {
			a := readAccount(name, d.Workload)
			d.Actor.Name, d.Actor.UPN, d.ActorDisplay = a.display, a.upn, a.display
			if a.kind != "" {
				d.ActorKind = a.kind
			}
		}
	}
	if d.Actor.AppID == "" {
		if id := details.named("AppId").str(); isGUID(id) && d.ActorKind == aoc.ActorPerson {
			d.usedApp(id, "")
		}
	}
}

// directoryTarget adds one of the targetResources and its changes.
func (d *draft) directoryTarget(t *node) {
	id, upn := t.get("id").str(), t.get("userPrincipalName").str()
	name := inviteeName(t.get("displayName").str())
	if name == "" {
		name = d.toldName(id)
	}
	typ := t.of("type")
	if strings.EqualFold(typ, "N/A") {
		typ = ""
	}
	display := d.target(aoc.Target{ID: id, Name: name, Type: typ, UPN: upn})
	d.modified(display, t.get("modifiedProperties"))
}

// inviteeName takes the address out of the name that the redemption of an invitation gives
// its target: "UPN: …, Email: ada@fabrikam.example, InvitationId: …, Source: …".
func inviteeName(s string) string {
	if !strings.HasPrefix(s, "UPN: ") {
		return s
	}
	if _, email, ok := strings.Cut(s, "Email: "); ok {
		return before(email, ",")
	}
	return s
}

// directoryResult sets result and reason.
func (d *draft) directoryResult(r *node) {
	word := first(r.get("result").str(), r.get("resultType").str(), d.root.get("resultType").str())
	d.Result = outcome(word)
	if word == "0" { // Azure Monitor
		d.Result = aoc.ResultSuccess
	}
	d.pending = isPending(word)
	d.ResultReason = first(r.of("resultReason", "resultDescription"), d.root.get("resultDescription").str())
	if d.Result == aoc.ResultFailure && d.ResultReason == "" {
		d.ResultReason = d.property("MethodExecutionResult.")
		if strings.EqualFold(word, "timeout") {
			d.ResultReason = "it took too long"
		}
	}
}

// relations are the other objects that a change of membership or permission names in its
// properties: Role.ObjectID, Role.DisplayName and so on.
var relations = []struct{ prefix, typ string }{
	{"Role", "Role"}, {"Group", "Group"}, {"Application", "Application"}, {"ServicePrincipal", "ServicePrincipal"},
	{"User", "User"}, {"Device", "Device"}, {"AdministrativeUnit", "AdministrativeUnit"},
}

// toldName gives the name that a relation tells for an id.
func (d *draft) toldName(id string) string {
	if id == "" || !d.tellsRelation() {
		return ""
	}
	for _, r := range relations {
		if strings.EqualFold(d.property(r.prefix+".ObjectID"), id) {
			return first(d.property(r.prefix+".DisplayName"), d.nameOf(d.property(r.prefix+".TemplateId")))
		}
	}
	return ""
}

// relate adds the related objects as targets, unless the record lists them itself.
func (d *draft) relate() {
	if !d.tellsRelation() {
		return
	}
	for _, r := range relations {
		id, name := d.property(r.prefix+".ObjectID"), d.property(r.prefix+".DisplayName")
		upn := d.property(r.prefix + ".UPN")
		if name == "" && r.prefix == "Role" {
			name = d.nameOf(d.property("Role.TemplateId"))
		}
		if id == "" && name == "" && upn == "" || d.has(id, name, upn) {
			continue
		}
		d.target(aoc.Target{ID: id, Name: name, Type: r.typ, UPN: upn})
	}
}

// tellsRelation reports whether any property may be of a related object.
func (d *draft) tellsRelation() bool {
	for _, p := range d.told {
		if strings.HasSuffix(p.name, ".ObjectID") || strings.HasSuffix(p.name, ".DisplayName") || strings.HasSuffix(p.name, ".UPN") {
			return true
		}
	}
	return false
}

// has reports whether an object is a target already.
func (d *draft) has(id, name, upn string) bool {
	for _, t := range d.Targets {
		switch {
		case id != "" && t.ID != "":
			if strings.EqualFold(t.ID, id) {
				return true
			}
		case upn != "" && strings.EqualFold(t.UPN, upn), name != "" && t.Name == name:
			return true
		}
	}
	return false
}
