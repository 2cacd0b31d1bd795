package adopt

import (
	"encoding/json"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
)

// rebuiltNote marks a record that was made of the fields of a document, beside all of it.
const rebuiltNote = "The original's document had no record. This one was made of its fields."

// rebuild makes a record for a document that has none, of the kind that its source says, or
// else of the most general one. The reason says why there is nothing to make one of.
func rebuild(f fields) (r aoc.Record, reason string) {
	if f.text("operation") == "" && f.text("display_summary") == "" {
		return r, "the document has neither a record nor an operation"
	}
	whole, err := recordJSON(f.doc)
	if err != nil {
		return r, "the document has no record, and " + err.Error()
	}
	r.Kind = kindOf(f)
	var body any
	facts := factsOf(f)
	mark := rebuiltMark{Note: rebuiltNote, Document: whole}
	switch r.Kind {
	case aoc.KindDirectoryAudit:
		body = facts.directoryAudit(mark)
	case aoc.KindIntuneAudit:
		body = facts.intuneAudit(mark)
	case aoc.KindSignIn:
		body = facts.signIn(mark)
	default:
		r.Kind = aoc.KindUnified
		body = facts.unified(mark)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return r, "the document has no record, and none can be made of it: " + err.Error()
	}
	r.Raw = []byte(strings.TrimSuffix(b.String(), "\n"))
	return r, ""
}

type rebuiltMark struct {
	Note     string          `json:"note"`
	Document json.RawMessage `json:"document"`
}

// facts are the fields of a document that a record can tell.
type facts struct {
	id, at, operation, service, result, ip string
	actor                                  party
	targets                                []party
}

// party is an actor or a target.
type party struct{ id, name, upn, typ, appID, appName string }

func factsOf(f fields) facts {
	x := facts{
		id: f.text("id", "event_id", "source_id"), operation: f.text("operation", "display_summary"), service: f.text("service"),
		result: f.text("result"), ip: f.text("client_ip", "ip_address", "ip"), at: f.text("timestamp", "time", "created_at"),
	}
	if t := f.time("timestamp", "time", "created_at"); !t.IsZero() {
		x.at = timeText(t)
	}
	if v, ok := f.get("actor"); ok {
		x.actor = partyOf(v)
	}
	if x.actor == (party{}) {
		x.actor = party{name: f.text("actor_display")}
	}
	for _, name := range []string{"targets", "target_displays"} {
		if v, ok := f.get(name); ok && len(x.targets) == 0 {
			each(v, func(v bson.RawValue) {
				if p := partyOf(v); p != (party{}) {
					x.targets = append(x.targets, p)
				}
			})
		}
	}
	return x
}

func partyOf(v bson.RawValue) party {
	doc, ok := v.DocumentOK()
	if !ok {
		return party{name: strings.TrimSpace(textOf(v))}
	}
	f := fields{doc}
	return party{
		id: f.text("id", "object_id", "objectId"), name: f.text("name", "display_name", "displayName", "display"),
		upn: f.text("upn", "user_principal_name", "userPrincipalName", "email"), typ: f.text("type", "kind"),
		appID: f.text("app_id", "appId"), appName: f.text("app_name", "appName", "app_display_name"),
	}
}

type graphUser struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"displayName,omitempty"`
	UPN  string `json:"userPrincipalName,omitempty"`
}

type graphApp struct {
	AppID string `json:"appId,omitempty"`
	Name  string `json:"displayName,omitempty"`
}

func (p party) user() *graphUser {
	if p.id == "" && p.name == "" && p.upn == "" {
		return nil
	}
	return &graphUser{p.id, p.name, p.upn}
}

func (p party) app() *graphApp {
	if p.appID == "" && p.appName == "" {
		return nil
	}
	return &graphApp{p.appID, p.appName}
}

func (x facts) directoryAudit(mark rebuiltMark) any {
	type target struct {
		graphUser
		Type string `json:"type,omitempty"`
	}
	type initiator struct {
		User *graphUser `json:"user,omitempty"`
		App  *graphApp  `json:"app,omitempty"`
	}
	record := struct {
		ID        string      `json:"id,omitempty"`
		At        string      `json:"activityDateTime"`
		Operation string      `json:"activityDisplayName"`
		Category  string      `json:"category,omitempty"`
		Result    string      `json:"result,omitempty"`
		Initiated initiator   `json:"initiatedBy"`
		Targets   []target    `json:"targetResources"`
		Mark      rebuiltMark `json:"rebuiltByAOC"`
	}{x.id, x.at, x.operation, x.service, x.result, initiator{x.actor.user(), x.actor.app()}, []target{}, mark}
	for _, t := range x.targets {
		record.Targets = append(record.Targets, target{graphUser{t.id, t.name, t.upn}, t.typ})
	}
	return record
}

func (x facts) intuneAudit(mark rebuiltMark) any {
	type actor struct {
		UserID string `json:"userId,omitempty"`
		UPN    string `json:"userPrincipalName,omitempty"`
		AppID  string `json:"applicationId,omitempty"`
		App    string `json:"applicationDisplayName,omitempty"`
	}
	type resource struct {
		ID   string `json:"resourceId,omitempty"`
		Name string `json:"displayName,omitempty"`
		Type string `json:"auditResourceType,omitempty"`
	}
	who := actor{x.actor.id, x.actor.upn, x.actor.appID, x.actor.appName}
	if who == (actor{}) {
		who.UPN = x.actor.name
	}
	record := struct {
		ID        string      `json:"id,omitempty"`
		At        string      `json:"activityDateTime"`
		Operation string      `json:"activityType"`
		Category  string      `json:"category,omitempty"`
		Result    string      `json:"activityResult,omitempty"`
		Actor     actor       `json:"actor"`
		Resources []resource  `json:"resources"`
		Mark      rebuiltMark `json:"rebuiltByAOC"`
	}{x.id, x.at, x.operation, x.service, x.result, who, []resource{}, mark}
	for _, t := range x.targets {
		record.Resources = append(record.Resources, resource{t.id, t.name, t.typ})
	}
	return record
}

func (x facts) signIn(mark rebuiltMark) any {
	return struct {
		ID      string      `json:"id,omitempty"`
		At      string      `json:"createdDateTime"`
		UserID  string      `json:"userId,omitempty"`
		Name    string      `json:"userDisplayName,omitempty"`
		UPN     string      `json:"userPrincipalName,omitempty"`
		AppID   string      `json:"appId,omitempty"`
		App     string      `json:"appDisplayName,omitempty"`
		IP      string      `json:"ipAddress,omitempty"`
		Outcome string      `json:"result,omitempty"`
		Mark    rebuiltMark `json:"rebuiltByAOC"`
	}{x.id, x.at, x.actor.id, x.actor.name, x.actor.upn, x.actor.appID, x.actor.appName, x.ip, x.result, mark}
}

func (x facts) unified(mark rebuiltMark) any {
	user, object := x.actor.upn, ""
	if user == "" {
		user = x.actor.name
	}
	if len(x.targets) > 0 {
		object = x.targets[0].name
	}
	return struct {
		At        string      `json:"CreationTime"`
		ID        string      `json:"Id,omitempty"`
		Operation string      `json:"Operation"`
		Workload  string      `json:"Workload,omitempty"`
		Result    string      `json:"ResultStatus,omitempty"`
		UserID    string      `json:"UserId,omitempty"`
		IP        string      `json:"ClientIP,omitempty"`
		Object    string      `json:"ObjectId,omitempty"`
		Mark      rebuiltMark `json:"rebuiltByAOC"`
	}{x.at, x.id, x.operation, x.service, x.result, user, x.ip, object, mark}
}
