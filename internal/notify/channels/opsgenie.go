package channels

import (
	"aoc/internal/notify"
	"aoc/internal/sink"
)

// opsgenie makes alerts in Opsgenie, or in Jira Service Management by the same API.
func opsgenie() notify.Kind {
	return notify.Kind{
		Spec: notify.KindSpec{
			Kind: "opsgenie", Title: "Opsgenie",
			Help: "Makes an alert by the Alert API: one for each alert of AOC, also when it is sent twice.",
			Settings: []sink.Setting{
				{Name: "key", Title: "API key", Kind: sink.Secret, Required: true, Help: "The secret that holds the key of an API integration."},
				{Name: "address", Title: "Alert API", Kind: sink.Address, Default: "https://api.opsgenie.com/v2/alerts", Help: "In the EU: https://api.eu.opsgenie.com/v2/alerts."},
			},
		},
		Make: func(v sink.Values, d notify.Deps) (notify.Channel, error) {
			return &posted{
				deps: d, op: "opsgenie.send", url: v.Text("address"), body: opsgenieAlert,
				headers: []sink.Header{{Name: "Authorization", Value: "GenieKey " + v.Secret("key")}},
			}, nil
		},
	}
}

// The bounds of Opsgenie, in characters.
const (
	opsgenieTitle = 130
	opsgenieBody  = 15_000
)

// opsgeniePost is the form of https://docs.opsgenie.com/docs/alert-api#create-alert.
type opsgeniePost struct {
	Message     string            `json:"message"`
	Alias       string            `json:"alias"`
	Description string            `json:"description,omitempty"`
	Priority    string            `json:"priority"`
	Source      string            `json:"source"`
	Entity      string            `json:"entity"`
	Details     map[string]string `json:"details,omitempty"`
}

func opsgenieAlert(m *notify.Message) (any, error) {
	a := opsgeniePost{
		Message: notify.Cut(m.Title, opsgenieTitle), Alias: m.Key, Description: withLink(m, opsgenieBody), Source: "AOC", Entity: sourceOf(m),
		Priority: byRank(m.Severity, [5]string{"P5", "P4", "P3", "P2", "P1"}),
	}
	if m.Link != "" {
		a.Details = map[string]string{"link": m.Link}
	}
	return a, nil
}
