package notify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"aoc"
)

// listed is how many alerts a text names.
const listed = 10

// testMark begins the title of a message that tests a notifier.
const testMark = "TEST"

// compose makes the message that tells of some alerts, at least one.
func (d *Dispatcher) compose(ctx context.Context, t *texts, alerts []*aoc.Alert) *Message {
	rank := func(a *aoc.Alert) int { return slices.Index(aoc.Severities(), a.Severity) }
	slices.SortStableFunc(alerts, func(a, b *aoc.Alert) int {
		return cmp.Or(cmp.Compare(rank(b), rank(a)), b.RaisedAt.Compare(a.RaisedAt), strings.Compare(a.ID, b.ID))
	})
	data := Data{Total: len(alerts), More: max(0, len(alerts)-listed), Severity: string(alerts[0].Severity), Link: d.link("")}
	for _, a := range alerts[:min(listed, len(alerts))] {
		data.Alerts = append(data.Alerts, d.describe(ctx, a))
	}
	if len(alerts) == 1 {
		data.Link = data.Alerts[0].Link
	}
	m := &Message{Key: keyOf(alerts), Link: data.Link, Severity: alerts[0].Severity, Alerts: alerts}
	var err error
	if m.Title, m.Body, err = t.run(&data); err != nil {
		d.cfg.Logger.WarnContext(ctx, "the template of a notifier failed; AOC's own is used", "error", err)
		m.Title, m.Body = usual(&data)
		m.Body += "\n\n(The notifier's template failed: " + aoc.MessageOf(err) + ")"
	}
	if data.More > 0 {
		m.Body = strings.TrimSpace(fmt.Sprintf("%s\n\nand %d more", m.Body, data.More))
	}
	m.Title = cmp.Or(m.Title, "Alert")
	return m
}

// plain makes a message that every receiver should be able to take: nothing in it comes from
// events.
func plain(m *Message) *Message {
	p := *m
	p.Title = fmt.Sprintf("%d alerts, up to %s", len(m.Alerts), m.Severity)
	if len(m.Alerts) == 1 {
		p.Title = fmt.Sprintf("An alert of severity %s", m.Severity)
	}
	p.Body = "The receiver did not take the whole message."
	return &p
}

// usual gives AOC's own texts, which do not fail.
func usual(data *Data) (title, body string) {
	t, err := newTexts(&NotifierSpec{})
	if err == nil {
		title, body, err = t.run(data)
	}
	if err != nil { // cannot be: a test makes them of whatever there is
		return "Alert", ""
	}
	return title, body
}

// keyOf names a message by what it tells of.
func keyOf(alerts []*aoc.Alert) string {
	if len(alerts) == 1 {
		return alerts[0].ID
	}
	ids := make([]string, len(alerts))
	for i, a := range alerts {
		ids[i] = a.ID
	}
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:]))[:26]
}

// link is where to look at an alert, or at all of them; empty where AOC's address is not known.
func (d *Dispatcher) link(id string) string {
	switch {
	case d.cfg.Address == "":
		return ""
	case id == "":
		return d.cfg.Address + "/alerts"
	}
	return d.cfg.Address + "/alerts?open=" + url.QueryEscape(id)
}

// maxField bounds a text of an alert, in characters.
const maxField = 500

// describe gives an alert as templates see it. Who and whom come from its newest event.
func (d *Dispatcher) describe(ctx context.Context, a *aoc.Alert) AlertData {
	text := func(s string) string { return Cut(cleanLine(s), maxField) }
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
	data := AlertData{
		ID: a.ID, Title: text(a.Title), Severity: string(a.Severity), Summary: text(a.Summary), Tenant: text(a.TenantID), RuleID: text(a.RuleID),
		First: at(a.First), Last: at(a.Last), Raised: at(a.RaisedAt), Count: a.Count, Link: d.link(a.ID),
	}
	for _, g := range a.Group {
		data.Group = append(data.Group, GroupData{text(g.Field), text(g.Value)})
	}
	for _, tag := range a.Tags {
		data.Tags = append(data.Tags, text(tag))
	}
	if len(a.Events) > 0 {
		if e, err := d.cfg.Store.Get(ctx, a.Events[len(a.Events)-1]); err == nil {
			data.Who, data.Whom = text(e.ActorDisplay), text(strings.Join(e.TargetDisplays, ", "))
		}
	}
	return data
}

// Try sends a message that is clearly a test by a notifier as it is set, kept or not, and
// tells how that went.
func (d *Dispatcher) Try(ctx context.Context, s NotifierSpec) error {
	if err := s.check(); err != nil {
		return err
	}
	t, err := newTexts(&s)
	if err != nil {
		return err
	}
	c, err := d.Open(&s)
	if err != nil {
		return err
	}
	now := d.cfg.Clock.Now()
	data := sampleData(1)
	data.Link, data.Alerts[0].Link = d.link(""), d.link("")
	m := &Message{Key: fmt.Sprintf("test-%d", now.UnixNano()), Link: data.Link, Severity: aoc.SeverityInformational, Test: true}
	if m.Title, m.Body, err = t.run(&data); err != nil {
		return err
	}
	m.Title = testMark + ": " + m.Title
	m.Body = "This is a test of the notifier " + cleanLine(s.Name) + ". Nothing has happened: what follows is made up.\n\n" + m.Body
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	return c.Send(ctx, m)
}

// tryTime bounds a test: somebody waits for it.
const tryTime = 20 * time.Second
