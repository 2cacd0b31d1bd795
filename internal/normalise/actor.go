package normalise

import (
	"strings"

	"aoc"
)

// account is what a record wrote where it names a principal, read and put in words.
type account struct {
	display string // for people
	id      string // object id, when the text holds one
	upn     string // when the text is one
	kind    aoc.ActorKind
	// typ is the type of target it is: User, ServicePrincipal, Group …; empty if not told.
	typ string
}

// readAccount reads the forms in which Microsoft 365 writes principals. productName is the
// product of the record, which a system account is named after. kind is empty where the
// text does not tell.
func readAccount(s, productName string) account {
	s = strings.TrimSpace(s)
	if a, ok := byName(namedAccounts, s); ok {
		return a
	}
	switch {
	case s == "" || s == nullWord:
		return account{}
	case isGUID(s):
		return account{display: s, id: s}
	case hasPrefixFold(s, `NT AUTHORITY\`), hasPrefixFold(s, `NT SERVICE\`):
		return system(first(productName, "Windows"))
	case hasPrefixFold(s, `SHAREPOINT\`):
		return system("SharePoint")
	case strings.HasPrefix(s, "S-1-"):
		return readSID(s)
	case hasPrefixFold(s, "urn:spo:guest#"):
		return person(s[len("urn:spo:guest#"):])
	case hasPrefixFold(s, "urn:spo:anon"), hasPrefixFold(s, "urn:spo:tenantanon"):
		return account{display: "Anonymous user", kind: aoc.ActorPerson, typ: "User"}
	case strings.IndexByte(s, '|') > 0:
		return readClaim(s, productName)
	case hasPrefixFold(s, "DlpPolicyEventBasedAssistant"), hasPrefixFold(s, "DlpAgent"):
		return system("DLP")
	case hasPrefixFold(s, "Sync_") && strings.IndexByte(s, '@') > 0:
		return account{display: "Directory sync (" + before(s, "@") + ")", upn: s, kind: aoc.ActorApp, typ: "User"}
	case hasPrefixFold(s, "SpoolsProvisioning-ApplicationAccount@"):
		return account{display: "Exchange (provisioning)", upn: s, kind: aoc.ActorSystem}
	case strings.IndexByte(s, '@') > 0 && strings.IndexByte(s, ' ') < 0:
		return person(s)
	}
	if typ, id, ok := strings.Cut(s, "_"); ok && isGUID(id) { // ServicePrincipal_<guid>
		a := account{display: id, id: id, typ: typ}
		switch strings.ToLower(typ) {
		case "user":
			a.kind = aoc.ActorPerson
		case "serviceprincipal", "application":
			a.kind = aoc.ActorApp
		case "company":
			a.typ = "Directory"
		}
		return a
	}
	return account{display: s}
}

func system(productName string) account {
	return account{display: productName + " (system)", kind: aoc.ActorSystem}
}

// person is an account by UPN. A guest's UPN (ada_fabrikam.example#EXT#@contoso.example) is
// shown as the address it stands for.
func person(upn string) account {
	return account{display: guestAddress(upn), upn: upn, kind: aoc.ActorPerson, typ: "User"}
}

// guestAddress turns the UPN of a guest back into an address; other UPNs stay.
func guestAddress(upn string) string {
	local := ""
	if i := strings.Index(upn, "#"); i >= 0 && hasPrefixFold(upn[i:], "#ext#") {
		local = upn[:i]
	}
	if i := strings.LastIndexByte(local, '_'); i > 0 {
		return local[:i] + "@" + local[i+1:]
	}
	if local != "" {
		return local
	}
	return upn
}

// readSID names well-known security identifiers; any other stays as it is.
func readSID(s string) account {
	name := wellKnownSIDs[s]
	if name == "" {
		return account{display: "account " + s}
	}
	a := account{display: name}
	switch s {
	case "S-1-5-18", "S-1-5-19", "S-1-5-20":
		a.kind = aoc.ActorSystem
	}
	return a
}

// readClaim reads SharePoint's encoded claims (i:0#.f|membership|ada@contoso.example,
// c:0(.s|true): the last part is the account.
func readClaim(s, productName string) account {
	last := after(s, '|')
	switch {
	case strings.HasPrefix(s, "c:0(.s|"):
		return account{display: "Everyone", typ: "Group"}
	case strings.HasPrefix(s, "c:0!.s|"):
		return account{display: "All authenticated users", typ: "Group"}
	case strings.Contains(s, "spo-grid-all-users"):
		return account{display: "Everyone except external users", typ: "Group"}
	case strings.HasPrefix(s, "c:"):
		id := strings.TrimSuffix(last, "_o") // _o: the owners of the group
		if isGUID(id) {
			return account{display: id, id: id, typ: "Group"}
		}
		return account{display: last, typ: "Group"}
	case hasSuffixFold(last, "@live.com") && isPUID(before(last, "@")):
		return account{display: "account " + before(last, "@"), kind: aoc.ActorPerson, typ: "User"}
	case strings.IndexByte(last, '|') < 0 && last != "":
		return readAccount(last, productName)
	}
	return account{display: s}
}

// isPUID reports a passport unique id: 16 hexadecimal digits.
func isPUID(s string) bool {
	if len(s) != 16 {
		return false
	}
	for i := range len(s) {
		if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// namedAccounts are the service accounts that records name in place of a user, in lower
// case. An empty one is a word for "nobody knows".
var namedAccounts = map[string]account{
	"app@sharepoint":            {display: "SharePoint app", kind: aoc.ActorApp},
	"securitycompliancealerts":  {display: "Security & Compliance alerts", kind: aoc.ActorSystem},
	"threatintel":               {display: "Defender (threat intelligence)", kind: aoc.ActorSystem},
	"airinvestigation":          {display: "Defender (automated investigation)", kind: aoc.ActorSystem},
	"ffoservicepartneruser":     {display: "Exchange Online Protection (system)", kind: aoc.ActorSystem},
	`microsoft\serviceoperator`: {display: "Microsoft (service operator)", kind: aoc.ActorSystem},
	"certificate":               {display: "Microsoft (certificate)", kind: aoc.ActorSystem},
	"microsoft teams sync":      {display: "Teams (sync)", kind: aoc.ActorSystem},
	"application":               {display: "Application", kind: aoc.ActorApp},
	"anonymous":                 {display: "Anonymous user", kind: aoc.ActorPerson, typ: "User"},
	"fim_password_service@support.onmicrosoft.com": {display: "Password reset service", kind: aoc.ActorSystem},
	"system":        {display: "Microsoft 365 (system)", kind: aoc.ActorSystem},
	"not-found":     {},
	"not available": {},
	"unknown":       {},
	zeroGUID:        {},
}

// actPerson sets a person as the actor.
func (d *draft) actPerson(id, name, upn string) {
	if id == zeroGUID {
		id = ""
	}
	d.Actor.ID, d.Actor.Name, d.Actor.UPN = id, clean(name, maxDisplay), upn
	d.ActorKind = aoc.ActorPerson
	a := readAccount(upn, d.Workload)
	if a.kind != "" {
		d.ActorKind = a.kind
	}
	if d.Actor.Name == "" {
		d.Actor.Name = d.nameOf(id)
	}
	if d.Actor.Name == "" && upn != "" && a.kind != aoc.ActorPerson {
		d.Actor.Name = a.display
	}
	d.ActorDisplay = first(d.Actor.Name, a.display, id)
}

// actApp sets an application that acted by itself as the actor.
func (d *draft) actApp(id, appID, name string) {
	d.ActorKind = aoc.ActorApp
	if id == zeroGUID {
		id = ""
	}
	d.Actor.ID = id
	if name = clean(name, maxDisplay); name == "" || isGUID(name) {
		for _, known := range [...]string{appID, id} {
			if n := d.nameOf(known); n != "" {
				name = n
				break
			}
		}
	}
	d.Actor.Name = name
	d.usedApp(appID, name)
	d.ActorDisplay = first(name, appID, id)
}

// usedApp notes the application that was used, or that acted.
func (d *draft) usedApp(appID, name string) {
	if appID == zeroGUID {
		appID = ""
	}
	if name == "" || isGUID(name) {
		name = d.nameOf(appID)
	}
	d.Actor.AppID, d.Actor.AppName = appID, name
}

// nameOf gives the name of an object that the record tells only the id of: of a Microsoft
// application or role, or as the directory knows it.
func (d *draft) nameOf(id string) string {
	if !isGUID(id) || id == zeroGUID {
		return ""
	}
	if name := wellKnown(id); name != "" {
		return name
	}
	if d.names == nil {
		return ""
	}
	if name, ok := d.names.Lookup(d.TenantID, strings.ToLower(id), d.Timestamp); ok {
		return name
	}
	return ""
}

// target adds an object that was touched and gives how it is shown.
func (d *draft) target(t aoc.Target) string {
	if t.ID == zeroGUID {
		t.ID = ""
	}
	t.Name = clean(t.Name, maxDisplay)
	if t.Name == "" || isGUID(t.Name) && t.Name == t.ID {
		t.Name = d.nameOf(t.ID)
	}
	if t.ID == "" && t.Name == "" && t.UPN == "" {
		return ""
	}
	display := t.Name
	if display == "" && t.UPN != "" {
		display = readAccount(t.UPN, d.Workload).display
	}
	display = clean(first(display, t.ID), maxDisplay)
	if len(d.Targets) >= maxTargets {
		return display
	}
	for i := range d.Targets {
		if had := d.Targets[i]; had.ID == t.ID && d.TargetDisplays[i] == display {
			return display
		}
	}
	d.Targets = append(d.Targets, t)
	d.TargetDisplays = append(d.TargetDisplays, display)
	return display
}

// targetAccount adds a principal that a record names in text, with its name if told.
func (d *draft) targetAccount(s, name, typ string) string {
	a := readAccount(s, d.Workload)
	if a.display == "" && name == "" {
		return ""
	}
	if name == "" && a.upn == "" && a.display != a.id {
		name = a.display
	}
	return d.target(aoc.Target{ID: a.id, Name: name, Type: first(typ, a.typ), UPN: a.upn})
}

// targetOf gives the display of the first target of a type.
func (d *draft) targetOf(types ...string) string {
	for _, typ := range types {
		for i := range d.Targets {
			if strings.EqualFold(d.Targets[i].Type, typ) {
				return d.TargetDisplays[i]
			}
		}
	}
	return ""
}

// mainTarget gives the display of the first target.
func (d *draft) mainTarget() string {
	if len(d.TargetDisplays) == 0 {
		return ""
	}
	return d.TargetDisplays[0]
}
