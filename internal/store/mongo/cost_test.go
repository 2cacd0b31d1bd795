package mongo

import (
	"slices"
	"testing"

	"github.com/klauspost/compress/s2"
	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc/internal/store/storetest"
)

// BenchmarkAppendCost measures what a process does for an append beside asking the server:
// marks, places and leaves, the body of the entry, terms and the documents. It tells what
// of each is sent, and what stays in the log, in bytes for each event.
func BenchmarkAppendCost(b *testing.B) {
	const batch = 1000
	events := storetest.BenchEvents(batch, 1)
	var terms, termBytes, words, docs, body, kept int
	var all []byte
	s := &Store{}
	for b.Loop() {
		terms, termBytes, words, docs, all = 0, 0, 0, 0, all[:0]
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
		learn := newWords{}
		for _, d := range a.changes.Events {
			full := *d
			s.index(&full, nil, learn)
			doc, err := bson.Marshal(&full)
			if err != nil {
				b.Fatal(err)
			}
			docs += len(doc)
			all = append(all, doc...)
			terms += len(full.Terms)
			for _, t := range full.Terms {
				termBytes += len(t)
			}
		}
		for _, list := range learn {
			words += len(list)
		}
	}
	each := func(n int, unit string) { b.ReportMetric(float64(n)/batch, unit) }
	stored := 0
	const page = 32 << 10 // of WiredTiger, which compresses it by Snappy
	for part := range slices.Chunk(all, page) {
		stored += len(s2.EncodeSnappy(nil, part))
	}
	each(stored, "snappy-B/event")
	each(terms, "terms/event")
	each(termBytes, "term-B/event")
	each(words, "words/event")
	each(docs, "document-B/event")
	each(body, "body-B/event")
	each(kept, "log-B/event")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/batch, "µs/event")
	b.ReportMetric(0, "ns/op")
}
