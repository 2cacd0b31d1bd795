package detect

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/store"
)

// BackTest tells what a rule would have raised of what is stored.
type BackTest struct {
	// Events is how many matched, Alerts how many alerts they would have been.
	Events int64 `json:"events"`
	Alerts int64 `json:"alerts"`
	// Read is how many events had to be looked at.
	Read int64 `json:"read"`
	// Complete is false when there are more events than are kept; the figures are then of the
	// newest.
	Complete bool `json:"complete"`
	// Days are the alerts of each day, in UTC.
	Days []DayCount `json:"days"`
	// Values are the most frequent values of the events, by field.
	Values []FieldValues `json:"values"`
	// Suggested is an exclusion that would take most of the events away; nil for none.
	Suggested *Suggestion `json:"suggested,omitempty"`
	// Samples are the newest events, with what matched.
	Samples []Sample `json:"samples"`
}

// DayCount is how many alerts a day would have had.
type DayCount struct {
	Day   string `json:"day"`
	Count int64  `json:"count"`
}

// FieldValues are the most frequent values of a field.
type FieldValues struct {
	Field  string           `json:"field"`
	Values []aoc.FacetValue `json:"values"`
}

// Suggestion is an exclusion with how many of the events it would take away.
type Suggestion struct {
	Exclusion
	Events int64 `json:"events"`
}

// Sample is an event with what a rule found in it.
type Sample struct {
	Key       string    `json:"key"`
	Timestamp time.Time `json:"timestamp"`
	Summary   string    `json:"summary"`
	Hits      []Hit     `json:"hits"`
}

// Hit is a value that a rule looked for and found.
type Hit struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

const (
	backTestEvents = 50_000
	backTestValues = 10
	backTestSample = 20
	// mostOfThem is the share of events from which on a value is suggested as an exclusion.
	mostOfThem = 0.6
	// fewEvents are too few to suggest anything.
	fewEvents = 10
)

// valueFields are the fields whose values are counted.
var valueFields = []string{"aoc.actor", "aoc.operation", "aoc.target", "aoc.ip", "aoc.result"} //nolint:gochecknoglobals // read-only table

// RunBackTest looks for what a rule matches in what is stored, within a span. progress is
// told how many events were read and matched, now and then; it may be nil.
func RunBackTest(ctx context.Context, s store.Searcher, k *Kept, env Env, span aoc.Window, progress func(read, matched int64)) (BackTest, error) {
	t := BackTest{Complete: true, Days: []DayCount{}, Values: []FieldValues{}, Samples: []Sample{}}
	sc, err := newScan(s, k, env, span)
	if err != nil {
		return t, err
	}
	var found []matchedEvent
	for more := true; more && t.Complete; {
		more, err = sc.next(ctx, func(m matchedEvent) {
			if t.Complete = len(found) < backTestEvents; t.Complete {
				found = append(found, m)
			}
		})
		if err != nil {
			return t, err
		}
		t.Read = sc.read
		if progress != nil {
			progress(t.Read, int64(len(found)))
		}
	}
	t.tell(sc.set, found)
	return t, nil
}

// prefilter holds for every event that any of the rules matches; nil for all.
func (j *judged) prefilter() aoc.Expr {
	var any aoc.Or
	for _, c := range j.rules {
		x := j.fields.family.prefilter(c.program.Expr)
		if x == nil {
			return nil
		}
		any = append(any, x)
	}
	return any
}

// tell works out what the events that matched would have raised, in the order in which they
// arrived.
func (t *BackTest) tell(set *Ruleset, found []matchedEvent) {
	slices.SortFunc(found, func(a, b matchedEvent) int { return cmp.Compare(a.event.Seq, b.event.Seq) })
	alerts := map[string]string{}
	values := map[string]map[string]int64{}
	for i := range found {
		e := &found[i].event
		for _, r := range set.judge(e) {
			if _, ok := alerts[r.id]; !ok {
				alerts[r.id] = e.Timestamp.UTC().Format(time.DateOnly)
			}
		}
		for _, field := range valueFields {
			if values[field] == nil {
				values[field] = map[string]int64{}
			}
			for _, v := range unique(set.detector.Values(e, field)) {
				values[field][v]++
			}
		}
	}
	t.Events, t.Alerts = int64(len(found)), int64(len(alerts))
	days := map[string]int64{}
	for _, day := range alerts {
		days[day]++
	}
	for day, n := range days {
		t.Days = append(t.Days, DayCount{day, n})
	}
	slices.SortFunc(t.Days, func(a, b DayCount) int { return strings.Compare(a.Day, b.Day) })
	t.count(values)
	for i := len(found) - 1; i >= 0 && len(t.Samples) < backTestSample; i-- {
		t.Samples = append(t.Samples, set.sample(&found[i]))
	}
}

func unique(values []string) []string {
	slices.Sort(values)
	return slices.Compact(values)
}

var guid = regexp.MustCompile(`\A[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\z`)

// byName puts what people can read before ids: an actor has both, equally often.
func byName(a, b string) int {
	switch x, y := guid.MatchString(a), guid.MatchString(b); {
	case x == y:
		return 0
	case x:
		return 1
	}
	return -1
}

// count lists the most frequent values, and suggests one that most events have.
func (t *BackTest) count(values map[string]map[string]int64) {
	for _, field := range valueFields {
		of := []aoc.FacetValue{}
		for v, n := range values[field] {
			of = append(of, aoc.FacetValue{Value: v, Count: n})
		}
		slices.SortFunc(of, func(a, b aoc.FacetValue) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), byName(a.Value, b.Value), strings.Compare(a.Value, b.Value))
		})
		of = of[:min(len(of), backTestValues)]
		t.Values = append(t.Values, FieldValues{field, of})
		excludes := field == "aoc.actor" || field == "aoc.target" || field == "aoc.ip"
		if excludes && len(of) > 1 && t.Events >= fewEvents && float64(of[0].Count) >= mostOfThem*float64(t.Events) && of[0].Count < t.Events &&
			(t.Suggested == nil || of[0].Count > t.Suggested.Events) {
			t.Suggested = &Suggestion{Exclusion{Field: field, Value: of[0].Value}, of[0].Count}
		}
	}
}

// sample says what rules found in an event.
func (s *Ruleset) sample(m *matchedEvent) Sample {
	e := &m.event
	out := Sample{Key: e.Key, Timestamp: e.Timestamp, Summary: e.DisplaySummary, Hits: []Hit{}}
	j := s.detector.families[e.Source]
	for _, c := range j.rules {
		if !slices.Contains(m.rules, c.rule) {
			continue
		}
		for _, h := range c.program.Explain(newView(j.fields).of(e)) {
			if hit := (Hit{h.Field, h.Value}); !slices.Contains(out.Hits, hit) {
				out.Hits = append(out.Hits, hit)
			}
		}
	}
	return out
}
