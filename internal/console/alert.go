package console

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// AlertFilter selects alerts; empty lists do not narrow.
type AlertFilter struct {
	State    []string
	Severity []string
	Rule     []string
	Assignee []string // "" stands for nobody
	Tenant   []string
	From, To time.Time // when it was raised
}

func (f AlertFilter) items() store.ItemFilter {
	items := store.ItemFilter{Kind: detect.KindAlert, From: f.From, To: f.To, Labels: map[string][]string{}}
	for label, values := range map[string][]string{
		detect.LabelState: f.State, detect.LabelSeverity: f.Severity, detect.LabelRule: f.Rule, detect.LabelAssignee: f.Assignee, detect.LabelTenant: f.Tenant,
	} {
		if len(values) > 0 {
			items.Labels[label] = values
		}
	}
	return items
}

// Alert is an alert, with the version that whoever changes it has to name.
type Alert struct {
	aoc.Alert
	Version int64 `json:"version"`
}

// AlertPage is a page of alerts, newest first.
type AlertPage struct {
	Items      []Alert `json:"items"`
	NextCursor string  `json:"next_cursor,omitempty" doc:"Continues after this page; missing on the last one."`
	// Counts are those of the whole selection.
	States     map[string]int64 `json:"states" doc:"How many there are in each state, whatever states are selected."`
	Severities map[string]int64 `json:"severities" doc:"How many there are of each severity in the selected states."`
}

const (
	alertsAPage    = 50
	maxAlertsAPage = 500
)

// Alerts gives a page of alerts. Code invalid for a cursor that is none.
func (c *Console) Alerts(ctx context.Context, f AlertFilter, cursor string, size int) (AlertPage, error) {
	page := AlertPage{Items: []Alert{}}
	if err := c.authorise(ctx, actRead); err != nil {
		return page, err
	}
	if size < 0 || size > maxAlertsAPage {
		return page, invalid("page_size", "must be from 1 to %d", maxAlertsAPage)
	}
	if size == 0 {
		size = alertsAPage
	}
	q := f.items()
	q.Limit = size + 1
	if cursor != "" {
		p, err := store.DecodeCursor(cursor)
		if err != nil {
			return page, blame("cursor", err)
		}
		q.After = &store.ItemPlace{At: p.Time, ID: p.Key}
	}
	its, err := c.store.ListItems(ctx, q)
	if err != nil {
		return page, err
	}
	if len(its) > size {
		its = its[:size]
		page.NextCursor = store.EncodeCursor(store.Position{Time: its[size-1].At, Key: its[size-1].ID})
	}
	for i := range its {
		a, err := detect.AlertOf(&its[i])
		if err != nil {
			return page, err
		}
		seen, err := c.alertInScope(ctx, a)
		if err != nil {
			return page, err
		}
		if seen {
			page.Items = append(page.Items, Alert{*a, its[i].Version})
		}
	}
	if _, ok := scopeOf(ctx); ok { // what is counted are labels, which no event passes
		page.States, page.Severities = map[string]int64{}, map[string]int64{}
		return page, nil
	}
	if page.Severities, err = c.store.CountItems(ctx, f.items(), detect.LabelSeverity); err != nil {
		return page, err
	}
	f.State = nil
	page.States, err = c.store.CountItems(ctx, f.items(), detect.LabelState)
	return page, err
}

// Alert gives an alert. Code not_found.
func (c *Console) Alert(ctx context.Context, id string) (Alert, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return Alert{}, err
	}
	return c.alert(ctx, id)
}

func (c *Console) alert(ctx context.Context, id string) (Alert, error) {
	it, err := c.store.Item(ctx, detect.KindAlert, id)
	if err != nil {
		if aoc.CodeOf(err) == aoc.CodeNotFound {
			err = aoc.Errorf(aoc.CodeNotFound, "console.alert", "there is no alert with this id")
		}
		return Alert{}, err
	}
	a, err := detect.AlertOf(&it)
	if err != nil {
		return Alert{}, err
	}
	if seen, err := c.alertInScope(ctx, a); err != nil || !seen {
		return Alert{}, cmp.Or(err, error(aoc.Errorf(aoc.CodeNotFound, "console.alert", "there is no alert with this id")))
	}
	return Alert{*a, it.Version}, nil
}

// AlertChange is what people do with an alert; fields that are nil stay as they are.
type AlertChange struct {
	State    *string    `json:"state,omitempty" enum:"open,acknowledged,closed"`
	Reason   *string    `json:"reason,omitempty" maxLength:"1000" doc:"Why it is closed; needed for that."`
	Assignee *string    `json:"assignee,omitempty" maxLength:"200" doc:"Whose it is; empty for nobody's."`
	Snooze   *time.Time `json:"snoozed_until,omitempty" doc:"Until when the inbox hides it."`
	Comment  string     `json:"comment,omitempty" maxLength:"20000" doc:"Is added to it."`
}

// check checks what somebody wants to do with an alert.
func (ch AlertChange) check() (AlertChange, error) {
	for name, text := range map[string]*string{"reason": ch.Reason, "assignee": ch.Assignee} {
		if text == nil {
			continue
		}
		clean, err := line(name, *text, maxName*5)
		if err != nil {
			return ch, err
		}
		*text = clean
	}
	if ch.State == nil {
		return ch, nil
	}
	states := []string{string(aoc.AlertOpen), string(aoc.AlertAcknowledged), string(aoc.AlertClosed)}
	switch {
	case !slices.Contains(states, *ch.State):
		return ch, invalid("state", "choose from %s", strings.Join(states, ", "))
	case *ch.State == string(aoc.AlertClosed) && (ch.Reason == nil || *ch.Reason == ""):
		return ch, invalid("reason", "say why it is closed")
	}
	return ch, nil
}

// deed is what a change does, as the audit trail calls it.
func (ch AlertChange) deed() string {
	switch {
	case ch.State != nil:
		return map[string]string{
			string(aoc.AlertOpen): "Reopen alert", string(aoc.AlertAcknowledged): "Acknowledge alert", string(aoc.AlertClosed): "Close alert",
		}[*ch.State]
	case ch.Assignee != nil:
		return "Assign alert"
	case ch.Snooze != nil:
		return "Snooze alert"
	case ch.Comment != "":
		return "Comment on alert"
	}
	return "Change alert"
}

// ChangeAlert changes an alert whose version the caller saw. Events that come to it meanwhile
// are no change of what people see: then it is changed all the same. Codes invalid, not_found,
// conflict when somebody else has changed it.
func (c *Console) ChangeAlert(ctx context.Context, id string, version int64, ch AlertChange) (Alert, error) {
	if err := c.authorise(ctx, actAnnotate); err != nil {
		return Alert{}, err
	}
	ch, err := ch.check()
	if err != nil {
		return Alert{}, err
	}
	for range alertAttempts {
		a, err := c.alert(ctx, id)
		if err != nil {
			return a, err
		}
		if a.Version < version || a.Version > version && a.Edited > version {
			return a, faster(aoc.Errorf(aoc.CodeConflict, "console.alert", "it is at version %d", a.Version))
		}
		c.apply(ctx, &a, ch)
		it, err := detect.AlertItem(&a.Alert, a.Version)
		if err != nil {
			return a, err
		}
		it, err = c.store.PutItem(ctx, it)
		if aoc.CodeOf(err) == aoc.CodeConflict {
			continue // an event came to it
		}
		if err != nil {
			return a, err
		}
		a.Version = it.Version
		c.recordDone(ctx, trail.Entry{Operation: ch.deed(), Target: trail.Target{Type: detect.KindAlert, ID: id, Name: a.Title}})
		return a, nil
	}
	return Alert{}, faster(aoc.Errorf(aoc.CodeConflict, "console.alert", "it changes all the time"))
}

// alertAttempts is how often a change is tried while events come to an alert.
const alertAttempts = 10

// apply makes a change. Edited is the version that it makes.
func (c *Console) apply(ctx context.Context, a *Alert, ch AlertChange) {
	a.By, a.At, a.Edited = author(ctx), c.clock.Now().UTC(), a.Version+1
	if ch.State != nil {
		a.State, a.Reason = aoc.AlertState(*ch.State), ""
	}
	if ch.Reason != nil {
		a.Reason = *ch.Reason
	}
	if ch.Assignee != nil {
		a.Assignee = *ch.Assignee
	}
	if ch.Snooze != nil {
		a.SnoozedUntil = ch.Snooze.UTC()
	}
	if ch.Comment != "" {
		a.Comments = append(a.Comments, aoc.Comment{Author: a.By, At: a.At, Text: ch.Comment})
	}
}
