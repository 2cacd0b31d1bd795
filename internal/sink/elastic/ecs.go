package elastic

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/sink"
)

// ecsVersion is that of the Elastic Common Schema that documents keep to. Fields and their
// permitted values: Elastic, "ECS field reference".
const ecsVersion = "8.17.0"

// maxRelated bounds related.user: an event may have thousands of targets.
const maxRelated = 100

// document is an event in the Elastic Common Schema. What the schema has no place for is in
// aoc, as the API shows it.
type document struct {
	Timestamp    time.Time       `json:"@timestamp"`
	Message      string          `json:"message"`
	ECS          ecs             `json:"ecs"`
	Event        event           `json:"event"`
	User         *user           `json:"user,omitempty"`
	Source       *endpoint       `json:"source,omitempty"`
	Cloud        *cloud          `json:"cloud,omitempty"`
	Organization *named          `json:"organization,omitempty"`
	Service      *named          `json:"service,omitempty"`
	Observer     observer        `json:"observer"`
	Related      *related        `json:"related,omitempty"`
	Tags         []string        `json:"tags,omitempty"`
	AOC          json.RawMessage `json:"aoc"`
}

type (
	ecs struct {
		Version string `json:"version"`
	}
	event struct {
		ID       string    `json:"id"` // the event's key
		Kind     string    `json:"kind"`
		Module   string    `json:"module"`
		Dataset  string    `json:"dataset"`
		Provider string    `json:"provider"`
		Category []string  `json:"category,omitempty"`
		Type     []string  `json:"type"`
		Action   string    `json:"action,omitempty"`
		Code     string    `json:"code,omitempty"`
		Outcome  string    `json:"outcome"`
		Reason   string    `json:"reason,omitempty"`
		Created  time.Time `json:"created"`
		Sequence int64     `json:"sequence"`
		Original string    `json:"original,omitempty"`
	}
	user struct {
		ID       string `json:"id,omitempty"`
		Name     string `json:"name,omitempty"`
		FullName string `json:"full_name,omitempty"`
		Email    string `json:"email,omitempty"`
		Domain   string `json:"domain,omitempty"`
		Target   *user  `json:"target,omitempty"`
	}
	endpoint struct {
		Address string `json:"address,omitempty"`
		IP      string `json:"ip,omitempty"`
	}
	cloud struct {
		Provider string `json:"provider"`
		Account  named  `json:"account"`
		Service  named  `json:"service"`
	}
	named struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	}
	observer struct {
		Vendor  string `json:"vendor"`
		Product string `json:"product"`
		Type    string `json:"type"`
	}
	related struct {
		User []string `json:"user,omitempty"`
		IP   []string `json:"ip,omitempty"`
	}
)

func newDocument(e *aoc.Event, raw bool) (document, error) {
	own, err := sink.JSON(e, false)
	if err != nil {
		return document{}, err
	}
	d := document{
		Timestamp: e.Timestamp.UTC(), Message: e.DisplaySummary, ECS: ecs{ecsVersion}, Tags: e.Tags, AOC: own,
		Observer: observer{Vendor: "AOC", Product: "Admin Operations Center", Type: "siem"},
		Event: event{
			ID: e.Key, Kind: "event", Module: "aoc", Dataset: "aoc.audit", Provider: string(e.Source), Category: categories(e), Type: types(e),
			Action: e.Operation, Code: e.RecordType, Outcome: outcome(e.Result), Reason: e.ResultReason, Created: e.ReceivedAt.UTC(), Sequence: e.Seq,
		},
	}
	if d.Message == "" {
		d.Message = e.Operation
	}
	if raw {
		d.Event.Original = strings.ToValidUTF8(string(e.Raw), "\uFFFD")
	}
	if e.TenantID != "" {
		d.Organization = &named{ID: e.TenantID}
		d.Cloud = &cloud{Provider: "azure", Account: named{ID: e.TenantID}, Service: named{Name: e.Workload}}
	}
	if e.Workload != "" {
		d.Service = &named{Name: e.Workload}
	}
	d.people(e)
	d.addresses(e)
	return d, nil
}

// people sets who did it to whom.
func (d *document) people(e *aoc.Event) {
	d.User = newUser(e.Actor.ID, e.Actor.Name, e.Actor.UPN)
	if d.User == nil && e.Actor.AppID+e.Actor.AppName != "" {
		d.User = newUser(e.Actor.AppID, e.Actor.AppName, "")
	}
	if d.User == nil && e.ActorDisplay != "" {
		d.User = &user{Name: e.ActorDisplay}
	}
	var names []string
	add := func(values ...string) {
		for _, v := range values {
			if v != "" && len(names) < maxRelated && !slices.Contains(names, v) {
				names = append(names, v)
			}
		}
	}
	add(e.Actor.UPN, e.Actor.ID, e.Actor.Name)
	for i := range e.Targets {
		t := &e.Targets[i]
		if t.Type != "User" && t.UPN == "" {
			continue
		}
		add(t.UPN, t.ID, t.Name)
		if d.User == nil {
			d.User = &user{}
		}
		if d.User.Target == nil {
			d.User.Target = newUser(t.ID, t.Name, t.UPN)
		}
	}
	if len(names) > 0 {
		d.Related = &related{User: names}
	}
}

// newUser gives nil for nobody.
func newUser(id, name, upn string) *user {
	u := &user{ID: id, Name: upn, FullName: name}
	if at := strings.LastIndexByte(upn, '@'); at > 0 {
		u.Email, u.Domain = upn, upn[at+1:]
	}
	if u.Name == "" {
		u.Name, u.FullName = name, ""
	}
	if *u == (user{}) {
		return nil
	}
	return u
}

// addresses sets where it came from. What is no address is left to aoc.client_ip: a field of
// type ip refuses the whole document for it.
func (d *document) addresses(e *aoc.Event) {
	a, err := netip.ParseAddr(e.ClientIP)
	if err != nil {
		return
	}
	ip := a.Unmap().WithZone("").String()
	d.Source = &endpoint{Address: e.ClientIP, IP: ip}
	if d.Related == nil {
		d.Related = &related{}
	}
	d.Related.IP = []string{ip}
}

func outcome(r aoc.Result) string {
	if r == aoc.ResultSuccess || r == aoc.ResultFailure {
		return string(r)
	}
	return "unknown"
}

// categories are ECS's words for what an event is about.
func categories(e *aoc.Event) []string {
	switch {
	case e.Source == aoc.SourceSignIn:
		return []string{"authentication"}
	case e.Source == aoc.SourceRisk:
		return []string{"intrusion_detection"}
	case e.Source == aoc.SourceDirectory, e.Workload == "Entra ID":
		return []string{"iam"}
	case e.Source == aoc.SourceIntune, e.Source == aoc.SourceAOC:
		return []string{"configuration"}
	case e.Workload == "Exchange":
		return []string{"email"}
	case e.Workload == "SharePoint", e.Workload == "OneDrive":
		return []string{"file"}
	}
	return nil
}

// types are ECS's words for what was done, by the operation's first word.
func types(e *aoc.Event) []string {
	if e.Source == aoc.SourceSignIn {
		return []string{"start"}
	}
	operation := strings.ToLower(e.Operation)
	for _, verb := range verbs {
		if strings.HasPrefix(operation, verb.prefix) {
			return []string{verb.kind}
		}
	}
	return []string{"info"}
}

var verbs = []struct{ prefix, kind string }{
	{"add", "creation"}, {"create", "creation"}, {"new-", "creation"},
	{"delete", "deletion"}, {"remove", "deletion"}, {"hard delete", "deletion"},
	{"update", "change"}, {"set", "change"}, {"change", "change"}, {"patch", "change"}, {"modif", "change"}, {"reset", "change"}, {"enable", "change"}, {"disable", "change"},
}
