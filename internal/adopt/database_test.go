package adopt_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/adopt"
	mongostore "aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
	"aoc/test/original"
)

// connect gives a database of a test's own, by the driver and as the original's.
func connect(t *testing.T) (*mongo.Database, *adopt.Database) {
	t.Helper()
	uri, name := mongotest.Database(t)
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(ctx) })
	d, err := adopt.Connect(ctx, adopt.Place{URI: uri, Name: "MONGO_URI", Database: name, Events: "events", Own: "aoc_"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return client.Database(name), d
}

func fill(t *testing.T, db *mongo.Database, documents []original.Document) []original.Document {
	t.Helper()
	taken, err := original.Fill(ctx, db, "events", documents)
	if err != nil {
		t.Fatal(err)
	}
	if len(taken) < len(documents)-8 {
		t.Fatalf("the server took %d of %d documents", len(taken), len(documents))
	}
	return taken
}

func idsOf(t *testing.T, d *adopt.Database, collection string, after adopt.Position) (ids []string, positions []adopt.Position) {
	t.Helper()
	for doc, err := range d.Documents(ctx, collection, after) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, doc.Lookup("_id").String())
		positions = append(positions, doc.After)
	}
	return ids, positions
}

// Documents with ids of all types are read, from any position on.
func TestDocuments(t *testing.T) {
	db, d := connect(t)
	for _, id := range []any{"b", bson.ObjectID{2}, int32(7), "a", bson.ObjectID{1}, 1.5, bson.ObjectID{3}, bson.D{{Key: "x", Value: int32(1)}}} {
		if _, err := db.Collection("events").InsertOne(ctx, bson.D{{Key: "_id", Value: id}}); err != nil {
			t.Fatal(err)
		}
	}
	all, positions := idsOf(t, d, "events", adopt.Position{})
	if len(all) != 8 || all[3] != `"a"` || all[4] != `"b"` {
		t.Fatalf("%v; want object ids, texts, and others", all)
	}
	for i := range 5 {
		if rest, _ := idsOf(t, d, "events", positions[i]); !slices.Equal(rest, all[i+1:]) {
			t.Errorf("after %+v: %v; want %v", positions[i], rest, all[i+1:])
		}
	}
	last := positions[7]
	last.Others = true
	if rest, _ := idsOf(t, d, "events", last); len(rest) != 0 {
		t.Errorf("after the last: %v", rest)
	}
	// AOC's own events are no documents of the original.
	if _, err := db.Collection("events").InsertOne(ctx, bson.D{{Key: "_id", Value: aoc.KeyOf("x")}}); err != nil {
		t.Fatal(err)
	}
	if again, _ := idsOf(t, d, "events", adopt.Position{}); !slices.Equal(again, all) {
		t.Errorf("with an event of AOC: %v; want %v", again, all)
	}
	for _, value := range []any{"b", int32(7), bson.ObjectID{2}} {
		found, err := d.Find(ctx, "events", "_id", value)
		if err != nil || len(found) != 1 {
			t.Errorf("find %v: %d, %v; want one", value, len(found), err)
		}
	}
	if found, err := d.Find(ctx, "events", "_id", aoc.KeyOf("x")); err != nil || len(found) != 0 {
		t.Errorf("find an event of AOC: %d, %v; want none", len(found), err)
	}
}

// A database without anything of the original is another one than was meant.
func TestNothingThere(t *testing.T) {
	_, d := connect(t)
	cfg := config(d, open(t))
	if _, err := adopt.Adopt(ctx, cfg); aoc.CodeOf(err) != aoc.CodeNotFound || !strings.Contains(aoc.HintOf(err), "--database") {
		t.Errorf("%v; want not_found, asking for --database", err)
	}
}

func inTheWay(t *testing.T, d *adopt.Database) bool {
	t.Helper()
	documents, indexes, err := d.InTheWay(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return documents || len(indexes) > 0
}

// The original's documents are out of AOC's way in one step, and all there.
func TestSetAside(t *testing.T) {
	t.Parallel()
	db, d := connect(t)
	taken := fill(t, db, original.Modest(10))
	if uri := mongotest.URI(t); !d.SameServer(uri) || d.SameServer("mongodb://elsewhere.example") || d.SameServer("nonsense") {
		t.Errorf("the server of %s is not known from others", uri)
	}
	before, _ := idsOf(t, d, "events", adopt.Position{})
	if !inTheWay(t, d) {
		t.Fatal("nothing is in the way")
	}
	if err := d.SetAside(ctx); err != nil {
		t.Fatal(err)
	}
	if inTheWay(t, d) {
		t.Error("something is still in the way")
	}
	after, _ := idsOf(t, d, "events_original", adopt.Position{})
	if !slices.Equal(before, after) || len(after) != len(taken) {
		t.Errorf("%d documents are set aside; want the %d that there were", len(after), len(before))
	}
	if err := d.SetAside(ctx); err != nil {
		t.Errorf("again: %v; want nothing to do", err)
	}
}

// What the original writes after its collection was set aside, beside AOC's own events, is
// moved document by document, from wherever an earlier attempt was cut short.
func TestSetAsideBesideAOC(t *testing.T) {
	t.Parallel()
	db, d := connect(t)
	documents := original.Modest(30)
	fill(t, db, documents[:10])
	if err := d.SetAside(ctx); err != nil {
		t.Fatal(err)
	}
	events := db.Collection("events")
	own := aoc.KeyOf("an event of AOC")
	if _, err := events.InsertOne(ctx, bson.D{{Key: "_id", Value: own}, {Key: "dedupe_key", Value: "x"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := events.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "dedupe_key", Value: 1}}, Options: options.Index().SetUnique(true)}); err != nil {
		t.Fatal(err)
	}
	// A record that the original has got again has the dedupe key it had before.
	again := slices.Concat(bson.D{{Key: "_id", Value: bson.NewObjectID()}}, documents[0].Doc[1:])
	if _, err := events.InsertOne(ctx, again); err != nil {
		t.Fatal(err)
	}
	taken := 1
	for i := range documents[10:] {
		doc := documents[10+i].Doc
		if _, err := events.InsertOne(ctx, doc); err != nil {
			continue
		}
		taken++
		switch i {
		case 3: // copied, and not taken away yet
			if _, err := db.Collection("events_original").InsertOne(ctx, doc); err != nil {
				t.Fatal(err)
			}
		case 4: // copied, and changed since
			if _, err := db.Collection("events_original").InsertOne(ctx, bson.D{doc[0], {Key: "dedupe_key", Value: fmt.Sprint("old ", i)}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := d.SetAside(ctx); err != nil {
		t.Fatal(err)
	}
	if inTheWay(t, d) {
		t.Error("something is still in the way")
	}
	if ids, _ := idsOf(t, d, "events_original", adopt.Position{}); len(ids) != 10+taken {
		t.Errorf("%d documents are set aside; want %d", len(ids), 10+taken)
	}
	if n, err := events.CountDocuments(ctx, bson.D{}); err != nil || n != 1 {
		t.Errorf("%d documents are left, %v; want AOC's event alone", n, err)
	}
	var changed struct {
		Source string `bson:"source"`
	}
	err := db.Collection("events_original").FindOne(ctx, bson.D{{Key: "_id", Value: documents[14].Doc[0].Value}}).Decode(&changed)
	if err != nil || changed.Source == "" {
		t.Errorf("a document that was changed since it was copied: %+v, %v; want it as it is now", changed, err)
	}
}

// A document as large as can be is adopted into a MongoDB, where it takes more than one.
func TestHuge(t *testing.T) {
	t.Parallel()
	uri, name := mongotest.Database(t)
	s, err := mongostore.Open(ctx, uri, mongostore.Options{Database: name})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	huge := slices.DeleteFunc(original.Documents(0), func(d original.Document) bool { return d.Case != original.Huge })
	if r := mustAdopt(t, config(newMemory(t, huge), s)); r.Adopted != 1 {
		t.Errorf("%+v; want one adopted", r)
	}
	check(t, s, huge)
}

// The original's database is adopted into an embedded store, and is not changed by it.
func TestAdoptFromMongoDB(t *testing.T) {
	t.Parallel()
	db, d := connect(t)
	taken := fill(t, db, original.Modest(40))
	s := open(t)
	cfg := config(d, s)
	cfg.Clock = deadClock{}
	r := mustAdopt(t, cfg)
	check(t, s, taken)
	checkReport(t, r, taken)
	checkBeside(t, s, r)
	if n, err := db.Collection("events").CountDocuments(ctx, bson.D{}); err != nil || n != int64(len(taken)) || r.SetAside != "" {
		t.Errorf("the original has %d documents, %v (%+v); want all %d", n, err, r, len(taken))
	}
}

// The original let the server drop old documents: what is set aside stays, and AOC's own
// events are not in danger either.
func TestSetAsideEndsExpiry(t *testing.T) {
	mongotest.Real(t)
	db, d := connect(t)
	events := db.Collection("events")
	expire := func() {
		if _, err := events.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "timestamp", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(1 << 30)}); err != nil {
			t.Fatal(err)
		}
	}
	fill(t, db, original.Documents(1))
	for range 2 { // renamed, then moved
		expire()
		if names, err := d.Expiring(ctx, "events"); err != nil || len(names) != 1 {
			t.Fatalf("%v, %v; want one index", names, err)
		}
		if err := d.SetAside(ctx); err != nil {
			t.Fatal(err)
		}
		for _, name := range d.Events() {
			if names, err := d.Expiring(ctx, name); err != nil || len(names) != 0 {
				t.Errorf("%s: %v, %v; want none", name, names, err)
			}
		}
		if inTheWay(t, d) {
			t.Error("something is still in the way")
		}
	}
}
