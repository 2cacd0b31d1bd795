// Package channels holds the kinds of notifier: a file each. What a receiver wants to be sent
// comes from libraries where it is more than a few fields (cards of Teams, blocks of Slack,
// events of PagerDuty, mail); all of it goes out by [notify.Post] or, for mail, by the
// dialler that the operator's policy bounds. Whoever adds a kind adds a line to [All].
package channels

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"aoc"
	"aoc/internal/notify"
	"aoc/internal/sink"
)

// All lists the kinds, in the order people are shown them.
func All() []notify.Kind {
	return []notify.Kind{teams(), slackKind(), email(), webhook(), pagerDuty(), opsgenie(), discord(), telegram(), pushover()}
}

// sendTime bounds one request.
const sendTime = 30 * time.Second

// posted is a channel that posts one JSON body for each message.
type posted struct {
	deps notify.Deps
	op   string
	url  string
	body func(m *notify.Message) (any, error)
	// headers are sent along.
	headers []sink.Header
}

// Send implements [notify.Channel].
func (p *posted) Send(ctx context.Context, m *notify.Message) error {
	value, err := p.body(m)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, p.op, "a message cannot be made")
	}
	body, err := json.Marshal(value)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, p.op, "a message cannot be written as JSON")
	}
	return notify.Post(ctx, &p.deps, sink.Request{Op: p.op, URL: p.url, Type: "application/json", Headers: p.headers, Body: body, Timeout: sendTime})
}

// byRank gives one of some values by how severe a message is: for informational, low, medium,
// high, critical.
func byRank[T any](s aoc.Severity, values [5]T) T {
	for i, known := range aoc.Severities() {
		if s == known {
			return values[i]
		}
	}
	return values[0]
}

// withLink is a body with the link below it, for receivers that have no place of its own for it.
func withLink(m *notify.Message, most int) string {
	if m.Link == "" {
		return notify.Cut(m.Body, most)
	}
	below := "\n\n" + m.Link
	return strings.TrimLeft(notify.Cut(m.Body, most-len(below))+below, "\n")
}

// linkText is what a link is called where it can be called something.
const linkText = "Open in AOC"

// urlSetting is the setting of a secret address.
func urlSetting(help string) sink.Setting {
	return sink.Setting{Name: "url", Title: "Address", Kind: sink.Secret, Required: true, Help: help}
}
