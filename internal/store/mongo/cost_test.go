package mongo

import (
	"flag"
	"slices"
	"testing"

	"github.com/klauspost/compress/s2"
	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
	"aoc/internal/store/sqlite"
	"aoc/internal/store/storetest"
)

var eventsFrom = flag.String("events", "", "data folder of AOC whose events BenchmarkAppendCost takes; empty: generated ones")

// costEvents gives the events of a batch.
func costEvents(b *testing.B) []aoc.Event {
	b.Helper()
	const batch = 1000
	if *eventsFrom == "" {
		return storetest.BenchEvents(batch, 1)
	}
	s, err := sqlite.Open(b.Context(), *eventsFrom, sqlite.Options{ReadOnly: true})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	events, err := s.ReadLog(b.Context(), 0, batch)
	if err != nil || len(events) == 0 {
		b.Fatal(len(events), err)
	}
	return events
}

// BenchmarkAppendCost measures what a process does for an append beside asking the server:
// marks, places and leaves, the body of the entry, terms and the documents. It tells what
// of each is sent, and what stays in the log, in bytes for each event.
func BenchmarkAppendCost(b *testing.B) {
	events := costEvents(b)
	batch := len(events)
	var terms, termBytes, words, docs, body, kept int
	var all []byte
	s := &Store{}
	for b.Loop() {
		words, docs, all = 0, 0, all[:0]
		a := &appendBatch{known: map[string]*knownEvent{}, hours: map[string]bool{}}
		for i := range events {
			mark, err := contentMark(events[i].Raw)
			if err != nil {
				b.Fatal(err)
			}
			a.add(&events[i], mark)
		}
		e := a.entry(&entry{})
		plain, err := bson.Marshal(e.changes)
		if err != nil {
			b.Fatal(err)
		}
		e.Body = compress(plain)
		body = len(e.Body)
		e.Body = nil
		e.seal()
		rest, err := bson.Marshal(e)
		if err != nil {
			b.Fatal(err)
		}
		kept = len(rest)
		ready, learn, err := s.makeReady(b.Context(), 1, a.changes.Events)
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range ready {
			docs += len(r.doc)
			all = append(all, r.doc...)
		}
		for _, list := range learn {
			words += len(list)
		}
	}
	for i := range events {
		list, _ := termsOf(&events[i], nil)
		terms += len(list)
		for _, t := range list {
			termBytes += len(t)
		}
	}
	each := func(n int, unit string) { b.ReportMetric(float64(n)/float64(batch), unit) }
	snappy, zstd := 0, 0
	const page = 32 << 10 // of WiredTiger, which compresses it by Snappy unless told to use Zstandard
	for part := range slices.Chunk(all, page) {
		snappy += len(s2.EncodeSnappy(nil, part))
		zstd += len(compress(part))
	}
	each(snappy, "snappy-B/event")
	each(zstd, "zstd-B/event")
	each(terms, "terms/event")
	each(termBytes, "term-B/event")
	each(words, "words/event")
	each(docs, "document-B/event")
	each(body, "body-B/event")
	each(kept, "log-B/event")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(batch), "µs/event")
	b.ReportMetric(0, "ns/op")
}
