package channels

import (
	"context"
	"encoding/json"
	"time"

	"aoc"
	"aoc/internal/notify"
	"aoc/internal/sink"
)

// webhook posts alerts as JSON to any receiver, signed as the sink of that name does it.
func webhook() notify.Kind {
	return notify.Kind{
		Spec: notify.KindSpec{
			Kind: "webhook", Title: "Webhook",
			Help: "Alerts as JSON by POST. A status of 2xx says that they are taken; everything else is tried again. Requests can arrive twice: those that tell the same have the same key.",
			Settings: []sink.Setting{
				{Name: "url", Title: "Address", Kind: sink.Address, Required: true, Help: "Where alerts are posted to."},
				{Name: "signing_secret", Title: "Signing secret", Kind: sink.Secret, Help: "Signs each request: X-AOC-Signature is v1= and the hex HMAC-SHA256 of X-AOC-Timestamp, a full stop and the body as sent."},
				{Name: "authorization", Title: "Authorization", Kind: sink.Secret, Help: "The secret that is sent as the Authorization header, such as Bearer and a token."},
				{Name: "headers", Title: "Further headers", Kind: sink.Headers, Help: "A line for each, Name: value. Nothing secret."},
				{Name: "timeout", Title: "Patience", Kind: sink.Number, Default: "30", Min: 1, Max: 50, Help: "Seconds until a request counts as failed."},
			},
		},
		Make: func(v sink.Values, d notify.Deps) (notify.Channel, error) {
			return &hook{
				deps: d, url: v.Text("url"), secret: v.Secret("signing_secret"), authorization: v.Secret("authorization"), headers: v.Headers("headers"),
				timeout: time.Duration(v.Number("timeout")) * time.Second,
			}, nil
		},
	}
}

type hook struct {
	deps                       notify.Deps
	url, secret, authorization string
	headers                    []sink.Header
	timeout                    time.Duration
}

// hookAlerts is how many alerts a request holds at most; total tells how many there are.
const hookAlerts = 500

// hookPost is what is posted. Its form is part of AOC's API: see docs/operations/notify.md.
type hookPost struct {
	Key      string       `json:"key"`
	Test     bool         `json:"test"`
	Title    string       `json:"title"`
	Text     string       `json:"text"`
	Link     string       `json:"link,omitempty"`
	Severity aoc.Severity `json:"severity"`
	Total    int          `json:"total"`
	Alerts   []*aoc.Alert `json:"alerts"`
}

// Send implements [notify.Channel].
func (h *hook) Send(ctx context.Context, m *notify.Message) error {
	const op = "webhook.send"
	alerts := append([]*aoc.Alert{}, m.Alerts[:min(hookAlerts, len(m.Alerts))]...) // never null
	body, err := json.Marshal(hookPost{m.Key, m.Test, m.Title, m.Body, m.Link, m.Severity, len(m.Alerts), alerts})
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, op, "an alert cannot be written as JSON")
	}
	headers := append(h.headers[:len(h.headers):len(h.headers)], sink.Sign(h.secret, h.deps.Time().Now(), body)...)
	if h.authorization != "" {
		headers = append(headers, sink.Header{Name: "Authorization", Value: h.authorization})
	}
	return notify.Post(ctx, &h.deps, sink.Request{Op: op, URL: h.url, Type: "application/json", Headers: headers, Body: body, Timeout: h.timeout})
}
