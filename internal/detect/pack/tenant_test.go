package pack

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"aoc"
	"aoc/internal/normalise"
	"aoc/internal/sigma"
	"aoc/internal/simulator/tenant"
)

// monday begins the week that is simulated.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // read-only

// kinds are the record kinds of what the simulated tenant invents.
var kinds = map[aoc.Source]aoc.RecordKind{ //nolint:gochecknoglobals // read-only table
	aoc.SourceDirectory: aoc.KindDirectoryAudit, aoc.SourceSignIn: aoc.KindSignIn,
	aoc.SourceIntune: aoc.KindIntuneAudit, aoc.SourceUnified: aoc.KindUnified, aoc.SourceRisk: aoc.KindRiskDetection,
}

// tally is what became of a span of a simulated tenant.
type tally struct {
	records int
	matches map[string]int            // by rule, alerts or not
	alerts  map[string]int            // by rule: matches of one actor within a day are one
	stories map[string]map[string]int // by story, then by rule that raised an alert with it
	last    map[string]time.Time      // by rule and actor: when the alert began
}

func newTally() *tally {
	return &tally{matches: map[string]int{}, alerts: map[string]int{}, stories: map[string]map[string]int{}, last: map[string]time.Time{}}
}

// watch judges the records of a tenant in a span.
func watch(t *testing.T, tn *tenant.Tenant, from, to time.Time) *tally {
	t.Helper()
	rules, err := Rules()
	if err != nil {
		t.Fatal(err)
	}
	g := newEngine(t, rules)
	w := newTally()
	for record := range tn.Events(from, to) {
		w.records++
		e, err := normalise.Normalise(aoc.Record{
			Kind: kinds[record.Source], TenantID: tn.ID(), Raw: record.Raw, Origin: aoc.OriginCollected, ReceivedAt: record.Visible,
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		e.Seq = int64(w.records)
		w.judge(g, &e, record.Story)
	}
	return w
}

// judge counts what the rules say of an event.
func (w *tally) judge(g *engine, e *aoc.Event, story string) {
	matched, firings := g.judge(e)
	actor := cmp.Or(e.Actor.UPN, e.ActorDisplay)
	for _, r := range matched {
		w.matches[nameOf(r)]++
		if sigma.Standalone(g.rules, r) {
			w.alert(r, actor, e.Timestamp, story)
		}
	}
	for _, f := range firings {
		if sigma.Standalone(g.rules, f.Rule) {
			w.alert(f.Rule, fmt.Sprint(f.Group), e.Timestamp, story)
		}
	}
}

// alert counts an alert, or one more event of it.
func (w *tally) alert(r *sigma.Rule, about string, at time.Time, story string) {
	name := nameOf(r)
	if story != "" {
		if w.stories[story] == nil {
			w.stories[story] = map[string]int{}
		}
		w.stories[story][name]++
	}
	key := name + " " + about
	if begun, ok := w.last[key]; ok && at.Sub(begun) < 24*time.Hour {
		return
	}
	w.last[key] = at
	w.alerts[name]++
}

func (w *tally) log(t *testing.T) {
	t.Helper()
	names := make([]string, 0, len(w.matches)+len(w.alerts))
	for _, counts := range []map[string]int{w.matches, w.alerts} {
		for name := range counts {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		t.Logf("%-40s %6d matches %4d alerts", name, w.matches[name], w.alerts[name])
	}
}

// seeds are the tenants that are looked at: one, unless AOC_TEST_FULL is set.
func seeds() []uint64 {
	if os.Getenv("AOC_TEST_FULL") != "" {
		return []uint64{7, 1, 42, 2026}
	}
	return []uint64{7}
}

// TestQuietWeek: a week in which nothing happens raises fewer than three alerts a day.
func TestQuietWeek(t *testing.T) {
	const days, most = 7, 3
	for _, seed := range seeds() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			tn := tenant.New(tenant.Config{Seed: seed, QuietStories: true})
			w := watch(t, tn, monday, monday.AddDate(0, 0, days))
			w.log(t)
			sum := 0
			for _, n := range w.alerts {
				sum += n
			}
			t.Logf("%d records, %d alerts in %d days", w.records, sum, days)
			if sum >= days*most {
				t.Errorf("%d alerts in %d days, want fewer than %d", sum, days, days*most)
			}
			if w.records < days*10_000 {
				t.Errorf("%d records are too few to say anything", w.records)
			}
		})
	}
}

// TestStoriesAreFound: each attack story raises an alert, by what its own events did.
func TestStoriesAreFound(t *testing.T) {
	const days = 3 // in which each story is told once
	for _, seed := range seeds() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			tn := tenant.New(tenant.Config{Seed: seed})
			w := watch(t, tn, monday, monday.AddDate(0, 0, days))
			for _, story := range tenant.Stories() {
				t.Logf("%s: %v", story, w.stories[story])
				if len(w.stories[story]) == 0 {
					t.Errorf("no rule finds the story %s", story)
				}
			}
		})
	}
}
