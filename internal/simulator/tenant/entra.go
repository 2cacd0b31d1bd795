package tenant

import (
	"strconv"
	"time"

	"aoc"
)

// change is one operation on the directory. Graph and the Management Activity API both
// tell it, each in its own words.
type change struct {
	service   string // loggedByService; Core Directory when empty
	category  string
	activity  string // Graph's words; the unified record adds a stop
	verb      string // operationType
	object    string // extendedAuditEventCategory of the unified record
	user      *User  // who did it: a person
	app       *App   // or an application
	system    string // or a service known by nothing but its name
	ip        string
	targets   []target
	props     []prop // of the first target
	details   [][2]string
	failure   string // resultReason of a failure
	reason    string // resultReason of a success
	graphOnly bool   // PIM and self-service records are not in the unified log
	verbatim  bool   // the unified operation has no stop
}

// target is an object of a change.
type target struct {
	kind      string // User, Group, Device, Application, ServicePrincipal, Role, Policy
	id        string
	name      string
	upn       string
	puid      string
	groupType string
}

// prop is one modified property. Values of list kind are arrays of one in the records.
type prop struct {
	name     string
	old, new string
	list     bool
}

func userTarget(u *User) target {
	return target{kind: "User", id: u.ID, name: u.DisplayName, upn: u.UPN, puid: u.PUID}
}

func groupTarget(g *Group) target {
	kind := "azureAD"
	if g.Unified {
		kind = "unifiedGroups"
	}
	return target{kind: "Group", id: g.ID, name: g.DisplayName, groupType: kind}
}

func principalTarget(a *App) target {
	return target{kind: "ServicePrincipal", id: a.PrincipalID, name: a.DisplayName}
}

func roleTarget(r *Role) target {
	return target{kind: "Role", id: r.ID, name: r.DisplayName}
}

// record writes the change in both forms, the unified one within the second after.
func (s *scribe) record(c change) {
	correlation := newGUID(s.rng)
	s.directoryAudit(c, correlation)
	if !c.graphOnly {
		s.directoryUnified(c, correlation)
	}
}

// fraction is how many digits a Graph time has: services differ, and trailing zeros
// are not written.
func (s *scribe) fraction() (digits int, unit time.Duration) {
	switch s.rng.IntN(12) {
	case 0:
		return 6, time.Microsecond
	case 1:
		return 3, time.Millisecond
	case 2:
		return 0, time.Second
	}
	return 7, 100 * time.Nanosecond
}

func (s *scribe) directoryAudit(c change, correlation string) {
	digits, unit := s.fraction()
	zone := "Z"
	if digits == 6 {
		zone = "+00:00"
	}
	prefix := "Directory"
	switch c.service {
	case "PIM":
		prefix = "PIM"
	case "Self-service Group Management":
		prefix = "SSGM"
	case "Authentication Methods":
		prefix = "Authentication"
	}
	id := prefix + "_" + correlation + "_" + newHex(s.rng, 3)[:5] + "_" + strconv.Itoa(10_000_000+s.rng.IntN(500_000_000))
	at := s.at.Truncate(unit)
	s.begin(aoc.SourceDirectory, "", id, c.activity, at)
	s.str("id", id)
	s.str("category", c.category)
	s.str("correlationId", correlation)
	switch {
	case c.failure != "":
		s.str("result", "failure")
		s.str("resultReason", c.failure)
	default:
		s.str("result", "success")
		s.str("resultReason", c.reason)
	}
	s.str("activityDisplayName", c.activity)
	s.clock("activityDateTime", at, digits, zone)
	service := c.service
	if service == "" {
		service = "Core Directory"
	}
	s.str("loggedByService", service)
	s.str("operationType", c.verb)
	s.obj("initiatedBy")
	s.graphActor(c)
	s.end()
	s.arr("targetResources")
	capital := s.chance(0.03) // some services spell the member "Type"
	for i, t := range c.targets {
		s.item()
		s.strOrNull("id", t.id)
		s.strOrNull("displayName", t.name)
		if capital {
			s.str("Type", t.kind)
		} else {
			s.str("type", t.kind)
		}
		s.strOrNull("userPrincipalName", t.upn)
		s.strOrNull("groupType", t.groupType)
		s.arr("modifiedProperties")
		if i == 0 {
			for _, p := range c.props {
				s.graphProperty(p)
			}
		}
		s.endArr()
		s.end()
	}
	s.endArr()
	s.arr("additionalDetails")
	for _, d := range c.details {
		s.item()
		s.str("key", d[0])
		s.str("value", d[1])
		s.end()
	}
	s.endArr()
	s.finish()
}

func (s *scribe) graphActor(c change) {
	switch {
	case c.user != nil:
		s.obj("user")
		s.str("id", c.user.ID)
		if s.chance(0.6) {
			s.null("displayName")
		} else {
			s.str("displayName", c.user.DisplayName)
		}
		s.str("userPrincipalName", c.user.UPN)
		if c.ip == "" && s.chance(0.5) {
			s.str("ipAddress", "")
		} else {
			s.strOrNull("ipAddress", c.ip)
		}
		s.null("userType")
		s.null("homeTenantId")
		s.null("homeTenantName")
		s.end()
		s.null("app")
	case c.app != nil:
		if s.chance(0.7) { // some services leave the member out
			s.null("user")
		}
		s.obj("app")
		if c.app.Microsoft && s.chance(0.5) {
			s.null("appId")
		} else {
			s.str("appId", c.app.AppID)
		}
		s.str("displayName", c.app.DisplayName)
		s.str("servicePrincipalId", c.app.PrincipalID)
		s.null("servicePrincipalName")
		s.end()
	case c.system != "":
		s.null("user")
		s.obj("app")
		s.null("appId")
		s.str("displayName", c.system)
		s.null("servicePrincipalId")
		s.str("servicePrincipalName", c.system)
		s.end()
	default:
		s.null("user")
		s.null("app")
	}
}

// graphProperty writes a modified property as Graph does: the values are JSON in a
// string.
func (s *scribe) graphProperty(p prop) {
	s.item()
	s.str("displayName", p.name)
	s.nested("oldValue", p.old, p.list)
	s.nested("newValue", p.new, p.list)
	s.end()
}

func (s *scribe) nested(k, v string, list bool) {
	switch {
	case v == "" && !list:
		s.null(k)
	case v == "":
		s.str(k, "[]")
	case list:
		s.str(k, "[", quoted(v), "]")
	default:
		s.str(k, quoted(v))
	}
}

// quoted is a string as JSON.
func quoted(v string) string {
	t := text{b: make([]byte, 0, len(v)+16)}
	t.b = append(t.b, '"')
	t.escape(v)
	t.b = append(t.b, '"')
	return string(t.b)
}

// directoryUnified writes RecordType 8.
func (s *scribe) directoryUnified(c change, correlation string) {
	h := header{
		stream: streamDirectory, recordType: 8, workload: "AzureActiveDirectory",
		operation: c.activity, result: "Success", clientIP: c.ip,
	}
	if !c.verbatim {
		h.operation += "."
	}
	if c.failure != "" {
		h.result = "Failure"
	}
	if h.clientIP == "" && s.chance(0.3) {
		h.clientIP = blank
	}
	switch {
	case c.user != nil:
		h.userID, h.userKey = c.user.UPN, c.user.PUID+"@"+s.t.initial
	case c.app != nil:
		h.userID, h.userKey, h.userType = "ServicePrincipal_"+c.app.PrincipalID, "Not Available", 4
	default:
		h.userID, h.userKey, h.userType = "Certificate", "Not Available", 4
	}
	if len(c.targets) > 0 {
		first := c.targets[0]
		h.objectID = first.upn
		if h.objectID == "" {
			h.objectID = first.id
		}
		if first.kind == "Application" {
			h.objectID = "Application_" + first.id
		}
	} else {
		h.objectID = "Not Available"
	}
	s.unified(h)
	s.num("AzureActiveDirectoryEventType", 1)
	s.arr("ExtendedProperties")
	s.additionalDetails(c.details)
	s.pair("extendedAuditEventCategory", c.object)
	s.endArr()
	s.arr("ModifiedProperties")
	updated := ""
	for _, p := range c.props {
		s.mod(p.name, pretty(p.new, p.list), pretty(p.old, p.list))
		if updated != "" {
			updated += ", "
		}
		updated += p.name
	}
	if c.verb == "Update" {
		s.mod("Included Updated Properties", updated, "")
	}
	s.endArr()
	s.arr("Actor")
	s.unifiedActor(c)
	s.endArr()
	s.str("ActorContextId", s.t.cfg.ID)
	if h.clientIP != "" {
		s.optional("ActorIpAddress", h.clientIP)
	}
	s.str("InterSystemsId", correlation)
	s.guid("IntraSystemId", s.rng)
	s.str("SupportTicketId", "")
	s.arr("Target")
	for _, t := range c.targets {
		s.principal(2, t.kind, "_", t.id)
		s.principal(2, t.id)
		s.principal(2, t.kind)
		if t.upn != "" {
			s.principal(5, t.upn)
			s.principal(3, t.puid)
		} else {
			s.principal(1, t.name)
		}
	}
	s.endArr()
	s.str("TargetContextId", s.t.cfg.ID)
	s.finish()
}

// additionalDetails writes the pairs as JSON in a string.
func (s *scribe) additionalDetails(details [][2]string) {
	s.item()
	s.str("Name", "additionalDetails")
	inner := text{b: make([]byte, 0, 256)}
	inner.b = append(inner.b, '{')
	for _, d := range details {
		inner.str(d[0], d[1])
	}
	inner.b = append(inner.b, '}')
	s.str("Value", string(inner.b))
	s.end()
}

func (s *scribe) unifiedActor(c change) {
	switch {
	case c.user != nil:
		s.principal(5, c.user.UPN)
		s.principal(3, c.user.PUID)
		s.principal(2, "User_", c.user.ID)
		s.principal(2, c.user.ID)
		s.principal(2, "User")
	case c.app != nil:
		s.principal(1, c.app.DisplayName)
		s.principal(2, c.app.AppID)
		s.principal(2, "ServicePrincipal_", c.app.PrincipalID)
		s.principal(2, c.app.PrincipalID)
		s.principal(2, "ServicePrincipal")
	default:
		s.principal(1, "Microsoft Azure AD Internal - Jit Provisioning")
		s.principal(2, "Certificate")
		s.principal(2, "Other")
	}
}

// pretty is a value as the unified log writes it: arrays over several lines with CR LF.
func pretty(v string, list bool) string {
	switch {
	case !list:
		return v
	case v == "":
		return "[]"
	}
	return "[\r\n  " + quoted(v) + "\r\n]"
}
