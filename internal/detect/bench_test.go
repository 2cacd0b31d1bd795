package detect

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"testing"

	"aoc"
	"aoc/internal/normalise"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

var firstID = regexp.MustCompile(`"(Id|id)": ?"[^"]*"`)

// fresh are so many records that no store has, made of those that package normalise is tested
// with.
func fresh(t testing.TB, n int) []aoc.Record {
	var all, out []aoc.Record
	for kind, raw := range records(t) {
		for _, r := range raw {
			all = append(all, aoc.Record{Kind: kind, TenantID: "11111111-2222-4333-8444-555555555555", Raw: []byte(r), Origin: aoc.OriginCollected, ReceivedAt: now()})
		}
	}
	for i := range n {
		r := all[i%len(all)]
		r.Raw = firstID.ReplaceAll(r.Raw, fmt.Appendf(nil, `"$1":"%08d-aaaa-4bbb-8ccc-333333333333"`, i))
		out = append(out, r)
	}
	return out
}

// now is the machine's time.
var now = aoc.SystemClock{}.Now

// BenchmarkIngest tells what 500 rules that judge what arrives cost those who store it: events
// are normalised and stored, with and without a follower beside.
func BenchmarkIngest(b *testing.B) {
	const events, batch = 60_000, 1000
	records := fresh(b, events)
	rules := manyRules(b, 500)
	kept := make([]*Kept, len(rules))
	for i := range rules {
		kept[i] = &Kept{ID: fmt.Sprint(i), Version: 1, Enabled: true, Rules: rules[i : i+1]}
	}
	for _, judged := range []bool{false, true} {
		name := "alone"
		if judged {
			name = "judged"
		}
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				b.StopTimer()
				s, err := sqlite.Open(b.Context(), b.TempDir(), sqlite.Options{})
				if err != nil {
					b.Fatal(err)
				}
				end := follow(b, s, kept, judged)
				b.StartTimer()
				ingest(b, s, records, batch)
				b.StopTimer()
				end()
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				n += len(records)
				b.StartTimer()
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func ingest(b *testing.B, s store.Store, records []aoc.Record, batch int) {
	var events []aoc.Event
	for _, r := range records {
		e, err := normalise.Normalise(r, nil)
		if err != nil {
			b.Fatal(err)
		}
		if events = append(events, e); len(events) == batch {
			if _, err := s.Append(b.Context(), events); err != nil {
				b.Fatal(err)
			}
			events = nil
		}
	}
}

// follow judges what a store gets, if that is wanted, until it is told to end.
func follow(b *testing.B, s store.Store, kept []*Kept, wanted bool) (end func()) {
	if !wanted {
		return func() {}
	}
	f := NewFollower(FollowerConfig{Store: s, Rules: func(context.Context) ([]*Kept, error) { return kept, nil }})
	if err := f.restore(b.Context()); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := f.Run(ctx); err != nil {
			b.Error(err)
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}
