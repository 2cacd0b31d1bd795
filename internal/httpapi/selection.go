package httpapi

import (
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aoc/internal/console"
)

// FilterParams are the query parameters that select events. The name is exported because
// huma passes over embedded types that are not.
type FilterParams struct {
	Service   []string `query:"service,explode" doc:"The source's own category or workload."`
	Workload  []string `query:"workload,explode" doc:"The product in words, such as Exchange."`
	Actor     []string `query:"actor,explode" doc:"Display name, user principal name or object id, whole; letter case does not matter."`
	ActorKind []string `query:"actor_kind,explode" enum:"person,app,system"`
	Operation []string `query:"operation,explode"`
	Result    []string `query:"result,explode" enum:"success,failure,partial,unknown"`
	Source    []string `query:"source,explode" enum:"directory,intune,unified,signin,risk,aoc"`
	Tags      []string `query:"tags,explode"`
	Tenant    []string `query:"tenant,explode" doc:"Tenant ids."`
	Search    []string `query:"search,explode" doc:"Terms that must all occur, as part of any value of the record; letter case does not matter."`
	Start     moment   `query:"start" doc:"Events at or after this time."`
	End       moment   `query:"end" doc:"Events before this time."`
	Query     string   `query:"q" doc:"Query language: words, \"phrases\", field:value, AND OR NOT, parentheses, *; see the documentation of the query language." example:"actor:\"Ada Lovelace\" -result:success"`
	Noise     string   `query:"noise" enum:"show,hide" default:"show" doc:"hide leaves out what the service did by itself, unless the query names a kind of actor or an id."`
	Zone      zone     `query:"tz" doc:"IANA time zone of times in q that name none." example:"Europe/Berlin"`
}

func (p FilterParams) filter() console.Filter {
	return console.Filter{
		Tenant: p.Tenant, Source: p.Source, Service: p.Service, Workload: p.Workload, Operation: p.Operation, Result: p.Result,
		Actor: p.Actor, ActorKind: p.ActorKind, Tags: p.Tags, Search: p.Search, Start: p.Start.Time, End: p.End.Time,
		Query: p.Query, NoiseHidden: p.Noise == "hide", Zone: p.Zone.Location,
	}
}

// selection is the same in a body.
type selection struct {
	Query     string   `json:"q,omitempty" doc:"Query language." example:"operation:\"Update user\" is:unreviewed"`
	Noise     string   `json:"noise,omitempty" enum:"show,hide"`
	Zone      zone     `json:"tz,omitzero"`
	Start     moment   `json:"start,omitzero"`
	End       moment   `json:"end,omitzero"`
	Service   []string `json:"service,omitempty"`
	Workload  []string `json:"workload,omitempty"`
	Actor     []string `json:"actor,omitempty"`
	ActorKind []string `json:"actor_kind,omitempty" enum:"person,app,system"`
	Operation []string `json:"operation,omitempty"`
	Result    []string `json:"result,omitempty" enum:"success,failure,partial,unknown"`
	Source    []string `json:"source,omitempty" enum:"directory,intune,unified,signin,risk,aoc"`
	Tags      []string `json:"tags,omitempty"`
	Tenant    []string `json:"tenant,omitempty"`
	Search    []string `json:"search,omitempty"`
	UpToSeq   int64    `json:"up_to_seq,omitempty" minimum:"0" doc:"Leaves out what arrived later: last_seq of the list that was looked at."`
}

func (b selection) filter() *console.Filter {
	f := FilterParams{
		Service: b.Service, Workload: b.Workload, Actor: b.Actor, ActorKind: b.ActorKind, Operation: b.Operation, Result: b.Result,
		Source: b.Source, Tags: b.Tags, Tenant: b.Tenant, Search: b.Search, Start: b.Start, End: b.End, Query: b.Query, Noise: b.Noise, Zone: b.Zone,
	}.filter()
	return &f
}

// zone is a time zone in a request, by its IANA name.
type zone struct{ *time.Location }

var errNoZone = errors.New("not a time zone: write a name such as Europe/Berlin or UTC")

// UnmarshalText implements [encoding.TextUnmarshaler].
func (z *zone) UnmarshalText(text []byte) error {
	l, err := time.LoadLocation(string(text))
	if err != nil || len(text) == 0 || l == time.Local {
		return errNoZone
	}
	z.Location = l
	return nil
}

// Schema implements [huma.SchemaProvider].
func (zone) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "IANA time zone.", Examples: []any{"Europe/Berlin"}}
}
