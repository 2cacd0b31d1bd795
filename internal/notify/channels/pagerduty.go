package channels

import (
	"time"

	"github.com/PagerDuty/go-pagerduty"

	"aoc/internal/notify"
	"aoc/internal/sink"
)

// pagerDuty triggers incidents by the Events API v2.
func pagerDuty() notify.Kind {
	return notify.Kind{
		Spec: notify.KindSpec{
			Kind: "pagerduty", Title: "PagerDuty",
			Help: "Triggers an incident by the Events API v2: one for each alert, also when it is sent twice. Closing an alert in AOC resolves none.",
			Settings: []sink.Setting{
				{Name: "routing_key", Title: "Integration key", Kind: sink.Secret, Required: true, Help: "The secret that holds the key of an Events API v2 integration."},
				{Name: "address", Title: "Events API", Kind: sink.Address, Default: "https://events.pagerduty.com/v2/enqueue", Help: "In the EU: https://events.eu.pagerduty.com/v2/enqueue."},
			},
		},
		Make: func(v sink.Values, d notify.Deps) (notify.Channel, error) {
			key := v.Secret("routing_key")
			return &posted{deps: d, op: "pagerduty.send", url: v.Text("address"), body: func(m *notify.Message) (any, error) {
				return pagerDutyEvent(m, key, d.Time().Now()), nil
			}}, nil
		},
	}
}

// pagerDutySummary bounds a summary, in characters.
const pagerDutySummary = 1000

func pagerDutyEvent(m *notify.Message, key string, now time.Time) *pagerduty.V2Event {
	e := &pagerduty.V2Event{
		RoutingKey: key, Action: "trigger", DedupKey: m.Key, Client: "AOC", ClientURL: m.Link,
		Payload: &pagerduty.V2Payload{
			Summary: notify.Cut(m.Title, pagerDutySummary), Source: sourceOf(m), Timestamp: now.UTC().Format(time.RFC3339), Component: "Microsoft 365",
			Severity: byRank(m.Severity, [5]string{"info", "info", "warning", "error", "critical"}), Details: map[string]string{"text": m.Body},
		},
	}
	if m.Link != "" {
		e.Links = []any{map[string]string{"href": m.Link, "text": linkText}}
	}
	return e
}

// sourceOf is what an alert is about: its tenant.
func sourceOf(m *notify.Message) string {
	if len(m.Alerts) > 0 && m.Alerts[0].TenantID != "" {
		return m.Alerts[0].TenantID
	}
	return "AOC"
}
