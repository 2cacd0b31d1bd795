package console

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/query"
	"aoc/internal/trail"
)

// ChangeWindowSpec is what people agree on: who may change what when. What falls in it is
// expected, unless a person says otherwise.
type ChangeWindowSpec struct {
	Title string `json:"title" maxLength:"200" example:"Mail platform maintenance"`
	Zone  string `json:"zone" doc:"IANA time zone of the local times below." maxLength:"64" example:"Europe/Berlin"`
	// Start and End are local date-times of a window that is open once.
	Start string `json:"start,omitempty" doc:"Local date-time; together with end, in place of weekly." example:"2026-11-07T20:00"`
	End   string `json:"end,omitempty" doc:"Local date-time." example:"2026-11-07T23:00"`
	// Weekly is set in place of Start and End.
	Weekly *WeeklyHours `json:"weekly,omitempty" doc:"Open every week, in place of start and end."`
	Actors []string     `json:"actors" required:"false" doc:"Display name, user principal name or object id of whom it is for; none means anyone." maxItems:"200"`
	Query  string       `json:"q" required:"false" doc:"A further condition in the query language, without times and reviews." maxLength:"4096" example:"workload:Exchange is:change"`
	Note   string       `json:"note,omitempty" doc:"Why." maxLength:"4000"`
	Ticket string       `json:"ticket,omitempty" maxLength:"1000" example:"https://tickets.contoso.example/CHG-1042"`
}

// WeeklyHours are the hours of a window that is open every week.
type WeeklyHours struct {
	Days  []string `json:"days" enum:"mon,tue,wed,thu,fri,sat,sun" minItems:"1" maxItems:"7" doc:"The days it opens on." example:"[\"sat\"]"`
	From  string   `json:"from" doc:"Local time it opens at." example:"20:00"`
	To    string   `json:"to" doc:"Local time it closes at: at or before from means the next day; 24:00 is midnight." example:"23:00"`
	Since string   `json:"since,omitempty" doc:"First date it opens on." example:"2026-01-01"`
	Until string   `json:"until,omitempty" doc:"Last date it opens on." example:"2026-12-31"`
}

// ChangeWindow is a kept change window.
type ChangeWindow struct {
	Made
	ChangeWindowSpec
}

// check tidies a specification and gives it with its schedule.
func (s ChangeWindowSpec) check() (ChangeWindowSpec, schedule, error) {
	var when schedule
	var err error
	if s.Title, err = someLine("title", s.Title, maxName); err != nil {
		return s, when, err
	}
	if s.Note, err = prose("note", s.Note, maxNote); err != nil {
		return s, when, err
	}
	if s.Ticket, err = ticket(s.Ticket); err != nil {
		return s, when, err
	}
	if s.Query, err = line("q", s.Query, maxNote); err != nil {
		return s, when, err
	}
	if s.Actors = append([]string{}, present(s.Actors)...); len(s.Actors) > maxValues {
		return s, when, invalid("actors", "at most %d can be given", maxValues)
	}
	for i, a := range s.Actors {
		if s.Actors[i], err = line("actors", a, maxTerm); err != nil {
			return s, when, err
		}
	}
	when, err = s.schedule()
	return s, when, err
}

// schedule reads when the window is open.
func (s ChangeWindowSpec) schedule() (schedule, error) {
	zone, err := zoneOf("zone", s.Zone)
	if err != nil {
		return schedule{}, err
	}
	when := schedule{zone: zone}
	switch {
	case s.Weekly != nil && (s.Start != "" || s.End != ""):
		return when, invalid("weekly", "give start and end, or weekly, not both")
	case s.Weekly != nil:
		when.weekly, err = s.Weekly.read()
		return when, err
	case s.Start == "":
		return when, invalid("start", "give start and end, or weekly")
	}
	if when.once.Start, err = localTime("start", s.Start, zone, earliest); err != nil {
		return when, err
	}
	if when.once.End, err = localTime("end", s.End, zone, latest); err != nil {
		return when, err
	}
	if !when.once.Start.Before(when.once.End) {
		return when, invalid("end", "end must be after start")
	}
	return when, nil
}

// zoneOf finds a time zone by its IANA name.
func zoneOf(param, name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, invalid(param, "not a time zone: write a name such as Europe/Berlin or UTC")
	}
	return zone, nil
}

// localTime reads a local date-time; pick says which moment is meant where clocks change.
func localTime(param, text string, zone *time.Location, pick func(date, int, *time.Location) time.Time) (time.Time, error) {
	for _, layout := range [...]string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			t, err = bounded(param, t)
			return pick(dateOf(t), t.Hour()*60+t.Minute(), zone).Add(time.Duration(t.Second()) * time.Second), err
		}
	}
	return time.Time{}, invalid(param, "not a local time: write 2026-11-07T20:00, without zone")
}

// bounded refuses times that no event can have.
func bounded(param string, t time.Time) (time.Time, error) {
	if t.Year() < 1990 || t.Year() > 2200 {
		return t, invalid(param, "must be in the years 1990 to 2200")
	}
	return t, nil
}

// read checks the hours.
func (h WeeklyHours) read() (*weekly, error) {
	var k weekly
	var err error
	for _, name := range h.Days {
		i := slices.Index([]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, strings.ToLower(name))
		if i < 0 {
			return nil, invalid("weekly.days", "%q is not one of mon, tue, wed, thu, fri, sat, sun", name)
		}
		k.days[i] = true
	}
	if len(h.Days) == 0 {
		return nil, invalid("weekly.days", "name at least one day")
	}
	if k.from, err = minutesOf("weekly.from", h.From); err != nil {
		return nil, err
	}
	if k.to, err = minutesOf("weekly.to", h.To); err != nil {
		return nil, err
	}
	switch {
	case k.from == k.to:
		return nil, invalid("weekly.to", "from and to are the same: write 00:00 and 24:00 for a whole day")
	case k.from == 24*60:
		return nil, invalid("weekly.from", "24:00 ends a day: write 00:00 of the next")
	}
	if k.since, err = dateIn("weekly.since", h.Since); err != nil {
		return nil, err
	}
	if k.until, err = dateIn("weekly.until", h.Until); err != nil {
		return nil, err
	}
	if !k.since.isZero() && !k.until.isZero() && k.until.before(k.since) {
		return nil, invalid("weekly.until", "until must not be before since")
	}
	return &k, nil
}

func minutesOf(param, text string) (int, error) {
	if text == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, invalid(param, "not a time of day: write 20:00")
	}
	return t.Hour()*60 + t.Minute(), nil
}

func dateIn(param, text string) (date, error) {
	if text == "" {
		return date{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return date{}, invalid(param, "not a date: write 2026-11-07")
	}
	t, err = bounded(param, t)
	return dateOf(t), err
}

// ChangeWindows gives all change windows, by title.
func (c *Console) ChangeWindows(ctx context.Context) ([]ChangeWindow, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return nil, err
	}
	docs, err := c.store.ListDocuments(ctx, kindWindow)
	if err != nil {
		return nil, err
	}
	found := []ChangeWindow{}
	for _, d := range docs {
		w := ChangeWindow{Made: madeOf(d)}
		if err := json.Unmarshal(d.Body, &w.ChangeWindowSpec); err != nil {
			return nil, fmt.Errorf("change window %s: %w", d.ID, err)
		}
		found = append(found, w)
	}
	slices.SortFunc(found, func(a, b ChangeWindow) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// MakeChangeWindow keeps a new change window.
func (c *Console) MakeChangeWindow(ctx context.Context, s ChangeWindowSpec) (ChangeWindow, error) {
	if err := c.authorise(ctx, actWindows); err != nil {
		return ChangeWindow{}, err
	}
	w, err := c.compileWindow(ctx, Made{}, s)
	if err != nil {
		return ChangeWindow{}, err
	}
	made, err := c.newDocument(ctx, kindWindow, w.spec.ChangeWindowSpec)
	return ChangeWindow{made, w.spec.ChangeWindowSpec}, err
}

// ChangeChangeWindow replaces a change window whose version the caller saw. Codes
// not_found, conflict.
func (c *Console) ChangeChangeWindow(ctx context.Context, id string, version int64, s ChangeWindowSpec) (ChangeWindow, error) {
	if err := c.authorise(ctx, actWindows); err != nil {
		return ChangeWindow{}, err
	}
	w, err := c.compileWindow(ctx, Made{}, s)
	if err != nil {
		return ChangeWindow{}, err
	}
	made, err := c.changeDocument(ctx, kindWindow, id, version, w.spec.ChangeWindowSpec)
	return ChangeWindow{made, w.spec.ChangeWindowSpec}, err
}

// DropChangeWindow deletes a change window whose version the caller saw: what it marked is
// unreviewed again. Codes not_found, conflict.
func (c *Console) DropChangeWindow(ctx context.Context, id string, version int64) error {
	if err := c.authorise(ctx, actWindows); err != nil {
		return err
	}
	return c.dropDocument(ctx, kindWindow, id, version)
}

// previewed is how much of a change window is shown before it is kept.
const (
	previewEvents = 5
	previewTimes  = 5
)

// WindowPreview tells what a change window would do.
type WindowPreview struct {
	// Total counts the stored events that fall in it, Events are the newest of them.
	Total  int64       `json:"total"`
	Events []aoc.Event `json:"events"`
	// Complete is false when not all could be counted.
	Complete bool `json:"complete"`
	// Next are the times it opens next.
	Next []aoc.Window `json:"next"`
}

// PreviewChangeWindow tells what a change window would mark of what is stored, and when it
// opens next.
func (c *Console) PreviewChangeWindow(ctx context.Context, s ChangeWindowSpec) (WindowPreview, error) {
	p := WindowPreview{Events: []aoc.Event{}, Next: []aoc.Window{}}
	if err := c.authorise(ctx, actRead); err != nil {
		return p, err
	}
	w, err := c.compileWindow(ctx, Made{}, s)
	if err != nil {
		return p, err
	}
	now := c.clock.Now().UTC()
	for t := range w.when.times(aoc.Window{Start: now, End: now.AddDate(2, 0, 0)}, false) {
		if p.Next = append(p.Next, t); len(p.Next) == previewTimes {
			break
		}
	}
	span, err := c.storedSpan(ctx)
	if err != nil {
		return p, err
	}
	q := aoc.Query{Where: w.expr(span), Limit: previewEvents}
	if err := c.note(ctx, trail.Entry{Operation: opSearch, Query: query.Format(q.Where), Repeated: true}); err != nil {
		return p, err
	}
	found, err := c.sample(ctx, q, previewEvents)
	p.Total, p.Complete, p.Events = found.Total, found.Complete, found.Events
	return p, err
}
