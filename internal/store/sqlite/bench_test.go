package sqlite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// benchEvents makes n events of about 2 KB with ids that occur once, a few thousand
// actors and a long tail of operations.
func benchEvents(n int, seed uint64) []aoc.Event {
	rng := rand.New(rand.NewPCG(seed, 1))
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	es := make([]aoc.Event, n)
	guid := func() string {
		return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", rng.Uint32(), rng.Uint32()&0xffff, rng.Uint32()&0xfff, rng.Uint32()&0xfff, rng.Uint64()&0xffffffffffff)
	}
	zipf := rand.NewZipf(rng, 1.2, 4, 4999)
	for i := range es {
		id, user, op := guid(), zipf.Uint64(), zipf.Uint64()%300
		at := base.Add(time.Duration(seed)*6*time.Hour + time.Duration(i)*7*time.Second)
		actor := fmt.Sprintf("Person Number %d", user)
		upn := fmt.Sprintf("person.%d@contoso.example", user)
		e := aoc.Event{
			ID: id, Source: aoc.SourceUnified, TenantID: "11111111-aaaa-4bbb-8ccc-000000000001", Timestamp: at, ReceivedAt: at.Add(time.Hour),
			Origin: aoc.OriginCollected, Service: []string{"Exchange", "SharePoint", "OneDrive", "AzureActiveDirectory"}[op%4], Workload: "Exchange", RecordType: "ExchangeAdmin",
			Operation: fmt.Sprintf("Operation-%d", op), Result: aoc.ResultSuccess, ActorDisplay: actor, ActorKind: aoc.ActorPerson,
			Actor: aoc.Actor{ID: guid(), Name: actor, UPN: upn}, ClientIP: fmt.Sprintf("203.0.%d.%d", user%200, rng.IntN(250)),
			Targets: []aoc.Target{}, TargetDisplays: []string{fmt.Sprintf("Document %d.docx", rng.IntN(100000))},
			DisplaySummary: actor + " did something to a document", Changes: []aoc.Change{},
		}
		e.Raw = fmt.Appendf(nil, `{"CreationTime":"%s","Id":"%s","Operation":"%s","OrganizationId":"%s","RecordType":1,"ResultStatus":"True","UserKey":"%s","UserType":2,"Version":1,"Workload":"Exchange","ClientIP":"%s:51234","ObjectId":"EURPR04A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/contoso.example/%s","UserId":"%s","AppAccessContext":{"AADSessionId":"%s","CorrelationId":"%s","UniqueTokenId":"%s"},"ExternalAccess":false,"OrganizationName":"contoso.example","OriginatingServer":"AM0PR04MB%d (15.20.%d.%d)","Parameters":[{"Name":"Identity","Value":"%s"},{"Name":"DisplayName","Value":"%s"},{"Name":"Force","Value":"True"},{"Name":"Comment","Value":"the quick brown fox jumps over the lazy dog number %d"}],"SessionId":"%s","ModifiedProperties":[{"Name":"Role.DisplayName","NewValue":"Helpdesk Administrator","OldValue":""},{"Name":"Included Updated Properties","NewValue":"Role.ObjectID, Role.DisplayName, Role.TemplateId","OldValue":""}],"DeviceId":"%s","TokenObjectId":"%s"}`,
			at.Format("2006-01-02T15:04:05"), id, e.Operation, e.TenantID, guid(), e.ClientIP, upn, upn, guid(), guid(), guid(),
			rng.IntN(9999), rng.IntN(9999), rng.IntN(99), upn, actor, rng.IntN(1000000), guid(), guid(), e.Actor.ID)
		e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
		e.Key = aoc.KeyOf(e.DedupeKey)
		es[i] = e
	}
	return es
}

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
				es := benchEvents(size, uint64(i))
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
		es := benchEvents(8000, i)
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
