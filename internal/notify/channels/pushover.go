package channels

import (
	"context"
	"net/url"
	"strconv"

	"aoc/internal/notify"
	"aoc/internal/sink"
)

// pushover sends to telephones by Pushover.
func pushover() notify.Kind {
	return notify.Kind{
		Spec: notify.KindSpec{
			Kind: "pushover", Title: "Pushover",
			Help: "A push message to a person's devices or a group's.",
			Settings: []sink.Setting{
				{Name: "token", Title: "Application token", Kind: sink.Secret, Required: true, Help: "The secret that holds the application's API token."},
				{Name: "user", Title: "User key", Kind: sink.Secret, Required: true, Help: "The secret that holds the key of the user or group."},
				{Name: "address", Title: "Message API", Kind: sink.Address, Default: "https://api.pushover.net/1/messages.json", Help: "Where messages are posted to."},
			},
		},
		Make: func(v sink.Values, d notify.Deps) (notify.Channel, error) {
			return &pusher{deps: d, url: v.Text("address"), token: v.Secret("token"), user: v.Secret("user")}, nil
		},
	}
}

type pusher struct {
	deps             notify.Deps
	url, token, user string
}

// The bounds of https://pushover.net/api#limits, in characters.
const (
	pushoverTitle = 250
	pushoverBody  = 1000
	pushoverLink  = 512
)

// form is a message as Pushover wants it. Without html and monospace text means itself.
func (p *pusher) form(m *notify.Message) url.Values {
	f := url.Values{
		"token": {p.token}, "user": {p.user}, "title": {notify.Cut(m.Title, pushoverTitle)}, "message": {notify.Cut(m.Body, pushoverBody)},
		"priority": {strconv.Itoa(byRank(m.Severity, [5]int{-1, -1, 0, 1, 1}))},
	}
	if m.Body == "" {
		f.Set("message", f.Get("title")) // it must not be empty
	}
	if m.Link != "" && len(m.Link) <= pushoverLink {
		f.Set("url", m.Link)
		f.Set("url_title", linkText)
	}
	return f
}

// Send implements [notify.Channel].
func (p *pusher) Send(ctx context.Context, m *notify.Message) error {
	return notify.Post(ctx, &p.deps, sink.Request{
		Op: "pushover.send", URL: p.url, Type: "application/x-www-form-urlencoded", Body: []byte(p.form(m).Encode()), Timeout: sendTime,
	})
}
