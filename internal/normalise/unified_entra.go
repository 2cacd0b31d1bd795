package normalise

import (
	"strconv"
	"strings"

	"aoc"
)

// principal is one actor or target of a directory record of the unified log, which
// describes it in several entries of {ID, Type}.
type principal struct{ id, upn, name, spn, appID, typ string }

// The types of entry that are read.
const (
	entryClaim, entryName, entryOther, entrySPN, entryUPN = 0, 1, 2, 4, 5
)

// readPrincipal puts the entries together: the object id is the one that stands behind its
// type (User_<guid>), other ids are of applications, and the bare word is the type.
func readPrincipal(list *node) principal {
	var p principal
	var guids []string
	for m := list.items(); m != nil; m = m.next {
		id := m.get("ID").str()
		n, _ := m.get("Type").integer()
		if id == "" {
			continue
		}
		switch n {
		case entryUPN:
			p.upn = first(p.upn, id)
		case entryName:
			p.name = first(p.name, id)
		case entrySPN:
			p.spn = first(p.spn, id)
			if isGUID(id) {
				p.appID = id
			}
		case entryClaim, entryOther:
			switch typ, guid, ok := strings.Cut(id, "_"); {
			case ok && isGUID(guid):
				p.id = guid
				if p.typ == "" {
					p.typ = typ
				}
			case isGUID(id):
				guids = append(guids, id)
			case isTypeWord(id):
				p.typ = id
			case n == entryClaim:
				p.id = first(p.id, id)
			default:
				p.spn = first(p.spn, id)
			}
		}
	}
	for _, guid := range guids {
		switch {
		case p.id == "":
			p.id = guid
		case guid != p.id && p.appID == "":
			p.appID = guid
		}
	}
	if p.typ == "Company" {
		p.typ = "Directory"
	}
	return p
}

// isTypeWord reports the bare words that name the type of a principal.
func isTypeWord(s string) bool {
	switch s {
	case "User", "ServicePrincipal", "Application", "Group", "Device", "Policy", "Role", "Directory", "Company",
		"Other", "Contact", "AdministrativeUnit", "Domain", "Request", "Certificate":
		return true
	}
	return false
}

// entraDirectory reads a change of the directory (record type 8).
func (d *draft) entraDirectory() {
	r := d.root
	d.entraActor(readPrincipal(r.get("Actor")))
	d.directoryObject(readPrincipal(r.get("Target")), r.get("ObjectId").str())
	d.modified(d.mainTarget(), r.get("ModifiedProperties"))
	if d.Result == aoc.ResultFailure && d.ResultReason == "" {
		d.ResultReason = d.property("MethodExecutionResult.")
	}
	d.relate()
	d.entraSentence(nil)
}

// entraActor completes the actor with what the Actor list tells.
func (d *draft) entraActor(p principal) {
	if d.ActorKind == aoc.ActorPerson {
		if d.Actor.UPN == "" && strings.IndexByte(p.upn, '@') > 0 {
			d.Actor.UPN = p.upn
		}
		if d.Actor.ID == "" {
			d.Actor.ID = p.id
			d.Actor.Name = first(d.nameOf(p.id), d.Actor.Name)
		}
		if name := first(d.Actor.Name, guestAddress(d.Actor.UPN)); name != "" {
			d.ActorDisplay = name
		}
		if d.Actor.AppID == "" {
			d.usedApp(p.appID, "")
		}
		return
	}
	d.Actor.ID = first(d.Actor.ID, p.id)
	if name := first(p.name, d.nameOf(d.Actor.ID), p.upn); name != "" {
		d.Actor.Name, d.ActorDisplay = name, name
	}
	if d.Actor.AppID == "" && p.appID != "" {
		d.usedApp(p.appID, first(wellKnown(p.appID), p.name))
	}
}

// directoryObject adds the target of a directory record. objectID is a UPN, an id, an id
// behind its type, or a list of service principal names.
func (d *draft) directoryObject(p principal, objectID string) {
	if p == (principal{}) {
		a := readAccount(before(objectID, ";"), d.Workload)
		p = principal{id: a.id, upn: a.upn, typ: a.typ}
		if a.upn == "" && a.id == "" {
			p.name = first(wellKnown(appOfNames(objectID)), a.display)
		}
	}
	if p.typ == "" && p.upn != "" {
		p.typ = "User"
	}
	if p.typ == "Other" {
		p.typ = ""
	}
	name := first(p.name, wellKnown(p.appID), wellKnown(appOfNames(objectID)))
	if name == "" && p.upn == "" {
		if name = d.nameOf(p.id); name == "" {
			name = first(d.nameOf(p.appID), p.spn)
		}
	}
	d.target(aoc.Target{ID: first(p.id, p.spn), Name: name, Type: p.typ, UPN: p.upn})
}

// appOfNames finds the app id in a list of service principal names ("…;<guid>;https://…").
func appOfNames(names string) string {
	if isGUID(names) {
		return names
	}
	if strings.IndexByte(names, ';') < 0 {
		return ""
	}
	for name := range strings.SplitSeq(names, ";") {
		if name = before(name, "/"); isGUID(name) {
			return name
		}
	}
	return ""
}

// entraLogon reads a sign-in of the unified log (record types 9 and 15). ResultStatus says
// that the request was answered, not that anyone got in; Operation, ErrorNumber and
// LogonError tell the truth.
func (d *draft) entraLogon() {
	r := d.root
	d.entraActor(readPrincipal(r.get("Actor")))
	app := ""
	if id, name := r.get("ApplicationId").str(), r.of("ApplicationDisplayName", "Application", "Client"); id != "" || name != "" {
		app = d.target(aoc.Target{ID: id, Name: name, Type: "Application"})
	}
	resource := ""
	target := readPrincipal(r.get("Target"))
	if id := first(target.id, target.spn, r.get("ObjectId").str()); id != "" && !strings.EqualFold(id, d.Actor.UPN) {
		resource = d.target(aoc.Target{ID: id, Name: first(target.name, d.nameOf(id)), Type: "Application"})
	}
	d.modified(first(resource, app), r.get("ModifiedProperties"))
	d.logonResult()
	if app == "" || isGUID(app) && resource != "" && !isGUID(resource) {
		app = resource
	}
	switch op := strings.ToLower(d.Operation); {
	case op == "userloggedout", op == "userloggedoff":
		d.say("sign", "out", with("of", app))
	case strings.Contains(op, "log"):
		d.say("sign in", with("to", app))
	default:
		d.perform(d.Operation, app)
	}
}

// logonResult decides a sign-in of the unified log.
func (d *draft) logonResult() {
	r := d.root
	code, coded := r.get("ErrorNumber").integer()
	if !coded {
		code, coded = r.get("ErrorCode").integer()
	}
	text := first(r.get("LogonError").str(), passportError(r.get("ExtendedProperties").named("LoginError").str()))
	switch {
	case strings.EqualFold(d.Operation, "UserLoginFailed"):
		d.Result = aoc.ResultFailure
		if code == 0 {
			d.ResultReason = logonErrorInWords(text)
			return
		}
		d.ResultReason = signInReason(code, text)
	case coded:
		d.signInResult(code, text)
	case text != "":
		d.Result, d.ResultReason = aoc.ResultFailure, logonErrorInWords(text)
	}
}

// logonErrorInWords puts a LogonError into words: through the code that it is the name of,
// where that is known.
func logonErrorInWords(s string) string {
	if s == "InvalidUserNameOrPassword" {
		return signInReason(50126, "")
	}
	if code, err := strconv.ParseInt(s, 10, 64); err == nil {
		return signInReason(code, "")
	}
	if strings.IndexByte(s, ' ') < 0 {
		return words(s)
	}
	return s
}

// passportError takes the text out of "-2147217390;PP_E_BAD_PASSWORD;The passwords do not match."
func passportError(s string) string {
	return strings.TrimRight(after(s, ';'), ". ")
}
