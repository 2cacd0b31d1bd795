package sigma

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

// detectionNamed is a rule that correlations refer to.
func detectionNamed(name string) string {
	return "title: " + name + "\nname: " + name + "\nlogsource:\n    product: p\ndetection:\n    s:\n        F: x\n    condition: s\n"
}

// correlationNamed has the section on one line each.
func correlationNamed(name string, section ...string) string {
	return "title: " + name + "\nname: " + name + "\nid: 00000000-0000-4000-8000-" + fmt.Sprintf("%012x", len(name)*1000+int(name[len(name)-1])) + "\ncorrelation:\n    " + strings.Join(section, "\n    ") + "\n"
}

// testRules are detection rules a, b and c and the correlations given.
func testRules(t testing.TB, correlations ...string) (all []*Rule, named map[string]*Rule) {
	t.Helper()
	text := detectionNamed("aa") + "---\n" + detectionNamed("bb") + "---\n" + detectionNamed("cc")
	for _, c := range correlations {
		text += "---\n" + c
	}
	all, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	named = map[string]*Rule{}
	for _, r := range all {
		named[r.Name] = r
	}
	return all, named
}

// testEvent is an event of a stream: seconds, matched rules, values by field.
type testEvent struct {
	id      string
	at      int
	matched []string
	values  map[string][]string
}

func (e testEvent) input(position int, named map[string]*Rule) Input {
	in := Input{Position: uint64(position), ID: e.id, Time: time.Unix(int64(1_700_000_000+e.at), 0)}
	for _, m := range e.matched {
		in.Matched = append(in.Matched, named[m])
	}
	in.Values = func(_ *Rule, field string) []string { return e.values[field] }
	return in
}

// told is a firing in short.
type told struct {
	Rule, Group string
	Start, End  int
	Count       int
	Events      string
	New         bool
	Measure     float64
}

func tell(f Firing) told {
	var group []string
	for _, g := range f.Group {
		group = append(group, g.Value)
	}
	seconds := func(t time.Time) int { return int(t.Unix() - 1_700_000_000) }
	return told{f.Rule.Name, strings.Join(group, "/"), seconds(f.Start), seconds(f.End), f.Count, strings.Join(f.Events, " "), f.New, f.Measure}
}

func mustCorrelate(t testing.TB, rules []*Rule, o CorrelatorOptions) *Correlator {
	t.Helper()
	k, err := NewCorrelator(rules, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// event is one of user u at a second.
func event(id string, at int, matched string, values ...string) testEvent {
	e := testEvent{id: id, at: at, matched: strings.Fields(matched), values: map[string][]string{"U": {"u"}}}
	for i := 0; i+1 < len(values); i += 2 {
		e.values[values[i]] = strings.Split(values[i+1], ",")
	}
	return e
}

var correlationCases = []struct {
	says    string
	section []string
	events  []testEvent
	want    []told
}{
	{"event_count counts events in the timespan", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 3}"},
		[]testEvent{event("1", 0, "aa"), event("2", 5, "aa"), event("3", 10, "aa")},
		[]told{{"x1", "u", 0, 10, 3, "1 2 3", true, 3}}},
	{"events further apart are not counted together", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 3}"},
		[]testEvent{event("1", 0, "aa"), event("2", 5, "aa"), event("3", 11, "aa")}, nil},
	{"windows slide", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gt: 1}"},
		[]testEvent{event("1", 9, "aa"), event("2", 11, "aa")},
		[]told{{"x1", "u", 9, 11, 2, "1 2", true, 2}}},
	{"groups are counted apart, but for case", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "aa", "U", "Ada"), event("2", 1, "aa", "U", "eve"), event("3", 2, "aa", "U", "ADA")},
		[]told{{"x1", "Ada", 0, 2, 2, "1 3", true, 2}}},
	{"several fields of a group are linked by and", []string{"type: event_count", "rules: [aa]", "group-by: [U, D]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "aa", "D", "x"), event("2", 1, "aa", "D", "y"), event("3", 2, "aa"), event("4", 3, "aa", "D", "x")},
		[]told{{"x1", "u/x", 0, 3, 2, "1 4", true, 2}}},
	{"an event with several values is in several groups", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "aa", "U", "a,b"), event("2", 1, "aa", "U", "b")},
		[]told{{"x1", "b", 0, 1, 2, "1 2", true, 2}}},
	{"without group-by all events are one group", []string{"type: event_count", "rules: [aa]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "aa", "U", "a"), event("2", 1, "aa", "U", "b")},
		[]told{{"x1", "", 0, 1, 2, "1 2", true, 2}}},
	{"events of several rules are counted, each once", []string{"type: event_count", "rules: [aa, bb]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "aa bb"), event("2", 1, "cc"), event("3", 2, "bb")},
		[]told{{"x1", "u", 0, 2, 2, "1 3", true, 2}}},
	{"what comes again is not counted again", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "aa"), event("1", 0, "aa"), event("1", 3, "aa")}, nil},
	{"a range", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gt: 1, lte: 2}"},
		[]testEvent{event("1", 0, "aa"), event("2", 1, "aa")},
		[]told{{"x1", "u", 0, 1, 2, "1 2", true, 2}}},
	{"eq", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {eq: 1}"},
		[]testEvent{event("1", 0, "aa")}, []told{{"x1", "u", 0, 0, 1, "1", true, 1}}},
	{"neq", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {neq: 1}"},
		[]testEvent{event("1", 0, "aa"), event("2", 1, "aa")}, []told{{"x1", "u", 0, 1, 2, "1 2", true, 2}}},
	{"lt", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {lt: 2}"},
		[]testEvent{event("1", 0, "aa")}, []told{{"x1", "u", 0, 0, 1, "1", true, 1}}},
	{"what goes on is one episode", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "aa"), event("2", 5, "aa"), event("3", 14, "aa")},
		[]told{{"x1", "u", 0, 5, 2, "1 2", true, 2}, {"x1", "u", 0, 14, 3, "1 2 3", false, 2}}},
	{"what holds again within the timespan belongs to the episode", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 3}"},
		[]testEvent{event("1", 0, "aa"), event("2", 0, "aa"), event("3", 0, "aa"), event("4", 10, "aa"), event("5", 11, "aa"), event("6", 12, "aa")},
		[]told{{"x1", "u", 0, 0, 3, "1 2 3", true, 3}, {"x1", "u", 0, 10, 4, "1 2 3 4", false, 4}, {"x1", "u", 0, 12, 6, "1 2 3 4 5 6", false, 3}}},
	{"what holds later than that is another one", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "aa"), event("2", 1, "aa"), event("3", 12, "aa"), event("4", 13, "aa")},
		[]told{{"x1", "u", 0, 1, 2, "1 2", true, 2}, {"x1", "u", 12, 13, 2, "3 4", true, 2}}},
	{"a late event makes it hold", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 3}"},
		[]testEvent{event("1", 0, "aa"), event("2", 9, "aa"), event("3", 5, "aa")},
		[]told{{"x1", "u", 0, 9, 3, "1 3 2", true, 3}}},
	{"a late event that falls into an episode updates it", []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "aa"), event("2", 9, "aa"), event("3", 4, "aa")},
		[]told{{"x1", "u", 0, 9, 2, "1 2", true, 2}, {"x1", "u", 0, 9, 3, "1 2 3", false, 3}}},
	{"value_count counts different values, but for case", []string{"type: value_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2, field: V}"},
		[]testEvent{event("1", 0, "aa", "V", "x"), event("2", 1, "aa", "V", "X"), event("3", 2, "aa"), event("4", 3, "aa", "V", "y")},
		[]told{{"x1", "u", 0, 3, 4, "1 2 3 4", true, 2}}},
	{"several fields of value_count are linked by and", []string{"type: value_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 3, field: [V, W]}"},
		[]testEvent{event("1", 0, "aa", "V", "x", "W", "1"), event("2", 1, "aa", "V", "x", "W", "2"), event("3", 2, "aa", "V", "y"), event("4", 3, "aa", "V", "y", "W", "1")},
		[]told{{"x1", "u", 0, 3, 4, "1 2 3 4", true, 3}}},
	{"temporal: all rules must occur, in any order", []string{"type: temporal", "rules: [aa, bb, cc]", "group-by: [U]", "timespan: 10s"},
		[]testEvent{event("1", 0, "cc"), event("2", 5, "aa"), event("3", 6, "aa"), event("4", 10, "bb")},
		[]told{{"x1", "u", 0, 10, 4, "1 2 3 4", true, 3}}},
	{"temporal: in the time frame", []string{"type: temporal", "rules: [aa, bb]", "group-by: [U]", "timespan: 10s"},
		[]testEvent{event("1", 0, "aa"), event("2", 11, "bb")}, nil},
	{"temporal: of the same group", []string{"type: temporal", "rules: [aa, bb]", "group-by: [U]", "timespan: 10s"},
		[]testEvent{event("1", 0, "aa", "U", "a"), event("2", 1, "bb", "U", "b")}, nil},
	{"temporal: one event may match several rules", []string{"type: temporal", "rules: [aa, bb]", "group-by: [U]", "timespan: 10s"},
		[]testEvent{event("1", 0, "aa bb")}, []told{{"x1", "u", 0, 0, 1, "1", true, 2}}},
	{"temporal with a condition counts rules", []string{"type: temporal", "rules: [aa, bb, cc]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2}"},
		[]testEvent{event("1", 0, "cc"), event("2", 5, "cc"), event("3", 6, "bb")},
		[]told{{"x1", "u", 0, 6, 3, "1 2 3", true, 2}}},
	{"temporal_ordered: in the order of the list", []string{"type: temporal_ordered", "rules: [aa, bb]", "group-by: [U]", "timespan: 10s"},
		[]testEvent{event("1", 0, "bb"), event("2", 1, "aa"), event("3", 2, "bb")},
		[]told{{"x1", "u", 0, 2, 3, "1 2 3", true, 2}}},
	{"temporal_ordered: not in another one", []string{"type: temporal_ordered", "rules: [aa, bb]", "group-by: [U]", "timespan: 10s"},
		[]testEvent{event("1", 0, "bb"), event("2", 1, "aa")}, nil},
	{"temporal_ordered: by time, not by arrival", []string{"type: temporal_ordered", "rules: [aa, bb]", "group-by: [U]", "timespan: 10s"},
		[]testEvent{event("1", 5, "bb"), event("2", 1, "aa")},
		[]told{{"x1", "u", 1, 5, 2, "2 1", true, 2}}},
	{"temporal_ordered: events of one time are in any order", []string{"type: temporal_ordered", "rules: [aa, bb]", "group-by: [U]", "timespan: 10s"},
		[]testEvent{event("1", 5, "bb"), event("2", 5, "aa")},
		[]told{{"x1", "u", 5, 5, 2, "1 2", true, 2}}},
	{"temporal_ordered: the whole chain within the timespan", []string{"type: temporal_ordered", "rules: [aa, bb, cc]", "group-by: [U]", "timespan: 10s"},
		[]testEvent{event("1", 0, "aa"), event("2", 5, "bb"), event("3", 11, "cc")}, nil},
	{"value_sum", []string{"type: value_sum", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gt: 10, field: N}"},
		[]testEvent{event("1", 0, "aa", "N", "6"), event("2", 1, "aa", "N", "x"), event("3", 2, "aa", "N", "4.5")},
		[]told{{"x1", "u", 0, 2, 3, "1 2 3", true, 10.5}}},
	{"value_avg", []string{"type: value_avg", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gt: 5, field: N}"},
		[]testEvent{event("1", 0, "aa", "N", "2"), event("2", 1, "aa"), event("3", 2, "aa", "N", "10")},
		[]told{{"x1", "u", 0, 2, 3, "1 2 3", true, 6}}},
	{"value_percentile: a value that is rare among those of the window", []string{"type: value_percentile", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {field: V, lte: 25}"},
		[]testEvent{event("1", 0, "aa", "V", "x"), event("2", 1, "aa", "V", "x"), event("3", 2, "aa", "V", "x"), event("4", 3, "aa", "V", "y")},
		[]told{{"x1", "u", 0, 3, 4, "1 2 3 4", true, 25}}},
	{"aliases give each rule its field", []string{"type: temporal", "rules: [aa, bb]", "group-by: [ip]", "timespan: 10s", "aliases: {ip: {aa: Src, bb: Dst}}"},
		[]testEvent{event("1", 0, "aa", "Src", "1.1.1.1", "Dst", "2.2.2.2"), event("2", 1, "bb", "Src", "1.1.1.1", "Dst", "3.3.3.3"), event("3", 2, "bb", "Dst", "1.1.1.1")},
		[]told{{"x1", "1.1.1.1", 0, 2, 2, "1 3", true, 2}}},
	{"a counted field may be an alias", []string{"type: value_count", "rules: [aa, bb]", "group-by: [U]", "timespan: 10s", "condition: {field: who, gte: 2}", "aliases: {who: {aa: P, bb: Q}}"},
		[]testEvent{event("1", 0, "aa", "P", "x", "Q", "y"), event("2", 1, "bb", "P", "z", "Q", "x"), event("3", 2, "bb", "Q", "y")},
		[]told{{"x1", "u", 0, 2, 3, "1 2 3", true, 2}}},
}

func TestCorrelations(t *testing.T) {
	for _, c := range correlationCases {
		t.Run(c.says, func(t *testing.T) {
			rules, named := testRules(t, correlationNamed("x1", c.section...))
			k := mustCorrelate(t, rules, CorrelatorOptions{})
			var got []told
			for i, e := range c.events {
				for _, f := range k.Add(e.input(i, named)) {
					got = append(got, tell(f))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var failedThenSuccess = []string{
	correlationNamed("x1", "type: temporal_ordered", "rules: [x2, bb]", "group-by: [U]", "timespan: 10m"),
	correlationNamed("x2", "type: event_count", "rules: [aa]", "group-by: [U, H]", "timespan: 10m", "condition: {gte: 3}"),
}

func TestCorrelationsAreChained(t *testing.T) {
	rules, named := testRules(t, failedThenSuccess...)
	k := mustCorrelate(t, rules, CorrelatorOptions{})
	var got []told
	for i, e := range []testEvent{
		event("s0", 0, "bb"), event("f1", 1, "aa", "H", "h"), event("f2", 2, "aa", "H", "h"), event("s1", 3, "bb"),
		event("f3", 4, "aa", "H", "h"), event("s2", 5, "bb", "H", "other"),
	} {
		for _, f := range k.Add(e.input(i, named)) {
			got = append(got, tell(f))
		}
	}
	want := []told{
		{"x2", "u/h", 1, 4, 3, "f1 f2 f3", true, 3},
		{"x1", "u", 0, 5, 4, "s0 s1 f3 s2", true, 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestALateEventChainsByTheTimeItHolds has a failure come late, so that the third one by time
// is after the success.
func TestALateEventChainsByTheTimeItHolds(t *testing.T) {
	rules, named := testRules(t, failedThenSuccess...)
	k := mustCorrelate(t, rules, CorrelatorOptions{})
	for i, e := range []testEvent{
		event("f1", 1, "aa", "H", "h"), event("s1", 3, "bb"), event("f3", 4, "aa", "H", "h"), event("f2", 2, "aa", "H", "h"),
	} {
		for _, f := range k.Add(e.input(i, named)) {
			if f.Rule == named["x1"] {
				t.Errorf("a success before the third failure fires: %v", tell(f))
			}
		}
	}
}

func TestWrongCorrelations(t *testing.T) {
	for name, c := range map[string]struct {
		correlations []string
		want         string
	}{
		"a rule that is not there": {[]string{correlationNamed("x1", "type: temporal", "rules: [aa, zz]", "group-by: [U]", "timespan: 10m")}, `"zz", which is not there`},
		"itself":                   {[]string{correlationNamed("x1", "type: temporal", "rules: [aa, x1]", "group-by: [U]", "timespan: 10m")}, "refers to itself"},
		"itself through another": {[]string{
			correlationNamed("x1", "type: temporal", "rules: [aa, x2]", "group-by: [U]", "timespan: 10m"),
			correlationNamed("x2", "type: temporal", "rules: [x1, bb]", "group-by: [U]", "timespan: 10m"),
		}, "refers to itself"},
		"more than is kept": {[]string{correlationNamed("x1", "type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10m", "condition: {gte: 10000}")}, "more than the 10000"},
	} {
		rules, _ := testRules(t, c.correlations...)
		if _, err := NewCorrelator(rules, CorrelatorOptions{}); err == nil || !strings.Contains(aoc.MessageOf(err), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBoundsOfACorrelator(t *testing.T) {
	count := correlationNamed("x1", "type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 3}")
	t.Run("too late", func(t *testing.T) {
		rules, named := testRules(t, count)
		k := mustCorrelate(t, rules, CorrelatorOptions{Lateness: time.Minute})
		for i, e := range []testEvent{event("1", 100, "aa"), event("2", 39, "aa"), event("3", 40, "aa"), event("4", 41, "aa"), event("5", 42, "aa")} {
			fired := k.Add(e.input(i, named))
			if want := i == 4; len(fired) > 0 != want {
				t.Errorf("%s: %v", e.id, fired)
			}
		}
		if k.Loss() != (Loss{Late: 1}) {
			t.Errorf("%+v", k.Loss())
		}
	})
	t.Run("events of a group", func(t *testing.T) {
		rules, named := testRules(t, count)
		k := mustCorrelate(t, rules, CorrelatorOptions{MaxEvents: 5, MaxListed: 4})
		var last Firing
		for i := range 50 {
			for _, f := range k.Add(event(fmt.Sprint(i), i/10, "aa").input(i, named)) {
				last = f
			}
		}
		if last.Count != 50 || len(last.Events) != 4 || k.Loss().Events != 45 || len(k.all[0].groups["1:u"].Records) != 5 {
			t.Errorf("%+v, %+v", last, k.Loss())
		}
	})
	t.Run("groups", func(t *testing.T) {
		rules, named := testRules(t, count)
		k := mustCorrelate(t, rules, CorrelatorOptions{MaxGroups: 100})
		for i := range 1000 {
			k.Add(event(fmt.Sprint(i), 0, "aa", "U", fmt.Sprint("user", i)).input(i, named))
			k.Add(event(fmt.Sprint("x", i), 0, "aa", "U", "busy").input(i, named))
		}
		if n := len(k.all[0].groups); n > 100 {
			t.Errorf("%d groups are kept", n)
		}
		if g := k.all[0].groups[foldedKey([]string{"busy"})]; g == nil || len(g.Records) != 1000 || k.Loss().Groups == 0 {
			t.Errorf("the group that is in use went: %+v", k.Loss())
		}
	})
	t.Run("old groups", func(t *testing.T) {
		rules, named := testRules(t, count)
		k := mustCorrelate(t, rules, CorrelatorOptions{Lateness: time.Minute})
		for i := range 1000 {
			k.Add(event(fmt.Sprint(i), i*10, "aa", "U", fmt.Sprint("user", i)).input(i, named))
		}
		if n := len(k.all[0].groups); n > 20 {
			t.Errorf("%d groups are kept", n)
		}
		if k.Loss() != (Loss{}) {
			t.Errorf("%+v", k.Loss())
		}
	})
}

// randomStream gives events of few users, out of order by up to the lateness and a bit, some
// of them twice.
func randomStream(rnd *rand.Rand, n, lateness int) []testEvent {
	var events []testEvent
	now := 0
	for i := range n {
		if i > 0 && rnd.IntN(15) == 0 {
			events = append(events, events[rnd.IntN(len(events))])
			continue
		}
		now += rnd.IntN(6)
		at := now
		if rnd.IntN(3) == 0 {
			at -= rnd.IntN(lateness + 5)
		}
		e := testEvent{id: fmt.Sprint("e", i), at: at, values: map[string][]string{}}
		for _, name := range []string{"aa", "bb", "cc"} {
			if rnd.IntN(3) == 0 {
				e.matched = append(e.matched, name)
			}
		}
		if rnd.IntN(10) > 0 {
			e.values["U"] = []string{[]string{"ada", "Ada", "eve"}[rnd.IntN(3)]}
		}
		if rnd.IntN(5) > 0 {
			e.values["V"] = []string{string(rune('a' + rnd.IntN(4)))}
			e.values["N"] = []string{fmt.Sprint(rnd.IntN(20) - 3)}
		}
		events = append(events, e)
	}
	return events
}

// randomCorrelations gives one of each type with random conditions, and chains.
func randomCorrelations(rnd *rand.Rand) []string {
	span := func() string { return fmt.Sprintf("timespan: %ds", 1+rnd.IntN(25)) }
	condition := func(field string, most int) string {
		c := []string{"gte: %d", "gt: %d", "lt: %d", "lte: %d", "eq: %d", "neq: %d", "gte: %d, lte: 9"}[[]int{0, 0, 0, 0, 1, 2, 3, 4, 5, 6}[rnd.IntN(10)]]
		return "condition: {" + fmt.Sprintf(c, 1+rnd.IntN(most)) + field + "}"
	}
	group := "group-by: [U]"
	all := []string{
		correlationNamed("c1", "type: event_count", "rules: [aa, bb]", group, span(), condition("", 6)),
		correlationNamed("c2", "type: value_count", "rules: [aa, cc]", group, span(), condition(", field: V", 4)),
		correlationNamed("c3", "type: temporal", "rules: [aa, bb, cc]", group, span()),
		correlationNamed("c4", "type: temporal_ordered", "rules: [cc, aa, bb]", group, span()),
		correlationNamed("c5", "type: value_sum", "rules: [bb]", group, span(), condition(", field: N", 60)),
		correlationNamed("c6", "type: value_avg", "rules: [aa]", group, span(), condition(", field: N", 12)),
		correlationNamed("c7", "type: value_percentile", "rules: [aa, bb, cc]", group, span(), condition(", field: V", 60)),
		correlationNamed("c8", "type: temporal_ordered", "rules: [bb, aa, cc]", group, span(), condition("", 3)),
		correlationNamed("c9", "type: temporal_ordered", "rules: [c1, cc]", group, span()),
		correlationNamed("ca", "type: event_count", "rules: [c9, c3]", "group-by: [U]", span(), condition("", 3)),
	}
	return all
}

func TestCorrelatorAgainstReference(t *testing.T) {
	seeds := uint64(2000)
	switch {
	case os.Getenv("AOC_TEST_FULL") != "":
		seeds = 50_000
	case testing.Short():
		seeds = 200
	}
	fired := map[string]int{}
	for seed := range seeds {
		rnd := rand.New(rand.NewPCG(seed, 2))
		rules, named := testRules(t, randomCorrelations(rnd)...)
		lateness := 5 + rnd.IntN(60)
		o := CorrelatorOptions{Lateness: time.Duration(lateness) * time.Second, MaxListed: 5}
		k := mustCorrelate(t, rules, o)
		reference := newReference(k.Rules(), lateness, 5)
		keys := map[string]string{}
		for i, e := range randomStream(rnd, 40, lateness) {
			var got []told
			for _, f := range k.Add(e.input(i, named)) {
				one := tell(f)
				one.Group = strings.ToLower(one.Group) // the spelling is that of the first event kept
				got = append(got, one)
				fired[f.Rule.Name]++
				// One key is one episode, which begins once.
				if _, known := keys[f.Key]; known == f.New {
					t.Fatalf("seed %d: %s begins again, or is not known", seed, f.Key)
				}
				keys[f.Key] = f.Rule.Name
			}
			if diff := cmp.Diff(reference.add(i, e), got); diff != "" {
				t.Fatalf("seed %d, event %d at %d: %s", seed, i, e.at, diff)
			}
		}
	}
	t.Logf("firings: %v", fired)
	if len(fired) != 10 {
		t.Errorf("not every correlation fired: %v", fired)
	}
}

// TestRestartGoesOn writes and reads the state at random places, and once after each event.
func TestRestartGoesOn(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		rules, named := testRules(t, randomCorrelations(rnd)...)
		o := CorrelatorOptions{Lateness: 40 * time.Second, MaxEvents: 12, MaxGroups: 2, MaxListed: 3}
		o.MaxEvents += rnd.IntN(20)
		whole, broken := mustCorrelate(t, rules, o), mustCorrelate(t, rules, o)
		for i, e := range randomStream(rnd, 80, 40) {
			if seed == 0 || rnd.IntN(10) == 0 {
				state, err := broken.State()
				if err != nil {
					t.Fatal(err)
				}
				broken = mustCorrelate(t, rules, o)
				if err := broken.Restore(state); err != nil {
					t.Fatal(err)
				}
			}
			want, got := whole.Add(e.input(i, named)), broken.Add(e.input(i, named))
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *Rule) bool { return a == b })); diff != "" {
				t.Fatalf("seed %d, event %d: %s", seed, i, diff)
			}
		}
		if whole.Loss() != broken.Loss() {
			t.Errorf("seed %d: %+v, %+v", seed, whole.Loss(), broken.Loss())
		}
	}
}

func TestAStateIsThatOfItsRules(t *testing.T) {
	section := []string{"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 10s", "condition: {gte: 2}"}
	rules, named := testRules(t, correlationNamed("x1", section...))
	k := mustCorrelate(t, rules, CorrelatorOptions{})
	k.Add(event("1", 0, "aa").input(0, named))
	state, err := k.State()
	if err != nil {
		t.Fatal(err)
	}
	section[4] = "condition: {gte: 1}"
	changed, _ := testRules(t, correlationNamed("x1", section...))
	other := mustCorrelate(t, changed, CorrelatorOptions{})
	if err := other.Restore(state); err != nil {
		t.Fatal(err)
	}
	if n := len(other.all[0].groups); n != 0 {
		t.Errorf("a changed rule goes on with %d groups", n)
	}
	for _, wrong := range []string{"", "[]", `{"version":2}`, `{"version":1,"correlations":[{"groups":{"x":null}}]`} {
		if err := k.Restore([]byte(wrong)); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// TestKeysAreThoseOfTheLog feeds one log to two correlators.
func TestKeysAreThoseOfTheLog(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	correlations := randomCorrelations(rnd)
	events := randomStream(rnd, 200, 30)
	var runs [2][]string
	for run := range runs {
		rules, named := testRules(t, correlations...)
		k := mustCorrelate(t, rules, CorrelatorOptions{})
		for i, e := range events {
			for _, f := range k.Add(e.input(i, named)) {
				runs[run] = append(runs[run], f.Key)
			}
		}
	}
	if len(runs[0]) == 0 || !slices.Equal(runs[0], runs[1]) {
		t.Error("the same log gives other keys")
	}
}

// BenchmarkCorrelator adds events that come in order to groups of hundreds.
func BenchmarkCorrelator(b *testing.B) {
	for name, section := range map[string][]string{
		"event_count": {"type: event_count", "rules: [aa]", "group-by: [U]", "timespan: 1h", "condition: {gte: 9000}"},
		"value_count": {"type: value_count", "rules: [aa]", "group-by: [U]", "timespan: 1h", "condition: {gte: 9000, field: V}"},
	} {
		b.Run(name, func(b *testing.B) {
			rules, named := testRules(b, correlationNamed("x1", section...))
			k := mustCorrelate(b, rules, CorrelatorOptions{Lateness: time.Hour})
			i := 0
			for b.Loop() {
				k.Add(event(fmt.Sprint(i), i/10, "aa", "U", fmt.Sprint(i%50), "V", fmt.Sprint(i%999)).input(i, named))
				i++
			}
		})
	}
}
