package adopt_test

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
	"aoc/internal/adopt"
	"aoc/internal/source/file"
	"aoc/internal/store/sqlite"
	"aoc/test/original"
)

var ctx = context.Background()

// memory is an original's database that takes everything, also what the engine for tests
// does not.
type memory struct {
	collections map[string][]bson.Raw
	server      string
}

func newMemory(t *testing.T, documents []original.Document) *memory {
	t.Helper()
	m := &memory{collections: map[string][]bson.Raw{}}
	for i := range documents {
		m.add(t, "events", documents[i].Doc)
	}
	for name, docs := range original.Beside() {
		for _, doc := range docs {
			m.add(t, name, doc)
		}
	}
	return m
}

func (m *memory) add(t *testing.T, collection string, doc bson.D) {
	t.Helper()
	raw, err := bson.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	m.collections[collection] = append(m.collections[collection], raw)
}

func (m *memory) Name() string     { return "micro_soc.events" }
func (m *memory) Server() string   { return m.server }
func (m *memory) Events() []string { return []string{"events_original", "events"} }

func (m *memory) Collections(context.Context) ([]string, error) {
	return slices.Sorted(maps.Keys(m.collections)), nil
}

func (m *memory) Expiring(_ context.Context, collection string) ([]string, error) {
	if collection == "events" {
		return []string{"timestamp_1"}, nil
	}
	return nil, nil
}

func (m *memory) Count(_ context.Context, collection string) (int64, error) {
	return int64(len(m.collections[collection])), nil
}

func (m *memory) Find(_ context.Context, collection, field string, value any) ([]bson.Raw, error) {
	want, err := bson.Marshal(bson.D{{Key: "v", Value: value}})
	if err != nil {
		return nil, err
	}
	var found []bson.Raw
	for _, doc := range m.collections[collection] {
		if v, err := doc.LookupErr(field); err == nil && v.Equal(bson.Raw(want).Lookup("v")) {
			found = append(found, doc)
		}
	}
	return found, nil
}

func (m *memory) Documents(_ context.Context, collection string, after adopt.Position) iter.Seq2[adopt.Document, error] {
	docs := slices.SortedStableFunc(slices.Values(m.collections[collection]), func(a, b bson.Raw) int {
		x, y := a.Lookup("_id"), b.Lookup("_id")
		rank := func(v bson.RawValue) int {
			return slices.Index([]bson.Type{0, bson.TypeString, bson.TypeObjectID}, v.Type)
		}
		return cmp.Or(cmp.Compare(rank(y), rank(x)), bytes.Compare(x.Value, y.Value))
	})
	return func(yield func(adopt.Document, error) bool) {
		at := after
		for _, doc := range docs {
			d := adopt.Document{Raw: doc}
			switch id := doc.Lookup("_id"); id.Type {
			case bson.TypeObjectID:
				if id.ObjectID().Hex() <= after.ObjectID {
					continue
				}
				at.ObjectID = id.ObjectID().Hex()
			case bson.TypeString:
				if id.StringValue() <= after.Text {
					continue
				}
				at.Text = id.StringValue()
			default:
				if d.Other = true; after.Others {
					continue
				}
			}
			d.After = at
			if !yield(d, nil) {
				return
			}
		}
	}
}

func open(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(ctx, t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// config is that of an adoption in small chunks.
func config(o adopt.Original, s adopt.Store) adopt.Config {
	return adopt.Config{
		Original: o, Store: s, Clock: aoc.SystemClock{}, TenantID: original.TenantA, Recognise: file.Recognise, Chunk: 7,
		ContentTypes: []string{"Audit.Exchange", "Audit.SharePoint", "Audit.General"},
	}
}

func mustAdopt(t *testing.T, cfg adopt.Config) adopt.Report {
	t.Helper()
	r, err := adopt.Adopt(ctx, cfg)
	if err != nil {
		t.Fatalf("adopt: %v (%+v)", err, r)
	}
	return r
}

// check compares a store with what was adopted into it.
func check(t *testing.T, s original.Adopted, documents []original.Document) {
	t.Helper()
	for _, err := range original.Check(ctx, s, documents) {
		t.Error(err)
	}
}

// deadClock is a clock that stands still, at a time that is in the future of everything, and
// never lets anybody wait.
type deadClock struct{}

func (deadClock) Now() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }

func (deadClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
