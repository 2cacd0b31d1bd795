package sqlite_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
	"aoc/internal/store/storetest"
)

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1000, 16384} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s, err := sqlite.Open(context.Background(), b.TempDir(), sqlite.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			n := 0
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				es := storetest.BenchEvents(size, uint64(i))
				b.StartTimer()
				if _, err := s.Append(context.Background(), es); err != nil {
					b.Fatal(err)
				}
				n += size
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
			if st, err := s.Stats(context.Background()); err == nil {
				b.ReportMetric(float64(st.Bytes)/float64(n), "bytes/event")
			}
		})
	}
}

// BenchmarkSearch asks a store of 200,000 events what people ask. Caches are warm.
func BenchmarkSearch(b *testing.B) {
	s, err := sqlite.Open(context.Background(), b.TempDir(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	ctx := context.Background()
	var sample aoc.Event
	for i := range uint64(25) {
		es := storetest.BenchEvents(8000, i)
		if i == 7 {
			sample = es[4321]
		}
		if _, err := s.Append(ctx, es); err != nil {
			b.Fatal(err)
		}
		for more := true; more; {
			if more, err = s.Compact(ctx); err != nil {
				b.Fatal(err)
			}
		}
	}
	text := func(term string) aoc.Query { return aoc.Query{Where: aoc.Text{Term: term}} }
	for _, c := range []struct {
		name string
		q    aoc.Query
	}{
		{"newest 50", aoc.Query{}},
		{"actor", aoc.Query{Where: aoc.Is{Field: aoc.FieldActor, Values: []string{"person.1500@contoso.example"}}}},
		{"operation and result", aoc.Query{Where: aoc.And{
			aoc.Is{Field: aoc.FieldOperation, Values: []string{"Operation-17"}}, aoc.Is{Field: aoc.FieldResult, Values: []string{"success"}}}}},
		{"GUID seen once", text(sample.ID)},
		{"inside of a GUID", text(sample.ID[9:23])},
		{"fragment of a UPN", text("erson.1500@con")},
		{"rare name", text("Person Number 4711")},
		{"address", text(sample.ClientIP)},
		{"part of an address", text(sample.ClientIP[:9])},
		{"common word", text("quick brown")},
		{"nothing", text("nowhere-to-be-found")},
	} {
		b.Run(c.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				page, err := s.Search(ctx, c.q)
				if err != nil {
					b.Fatal(err)
				}
				n = len(page.Items)
			}
			b.ReportMetric(float64(n), "rows")
		})
	}
	b.Run("facet operation", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Count(ctx, aoc.Query{}, store.CountRequest{Facets: []aoc.Field{aoc.FieldOperation}, Values: 10}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("histogram", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Count(ctx, aoc.Query{}, store.CountRequest{Width: 24 * time.Hour}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
