package e2e_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc"
	"aoc/internal/adopt"
	"aoc/internal/store/mongo"
	"aoc/internal/store/mongo/mongotest"
	"aoc/internal/transfer"
	"aoc/test/original"
)

// mover runs the program for maintenance that takes long, and kills it.
type mover struct {
	*testing.T
	rng     *rand.Rand
	environ []string
	dir     string
	kills   int
	// buried is called after each kill; nil is fine.
	buried func()
}

func newMover(t *testing.T, seed uint64, environ ...string) *mover {
	dir := t.TempDir()
	return &mover{T: t, rng: rand.New(rand.NewPCG(seed, 9)), dir: dir, environ: append([]string{
		"HOME=" + dir, "TMPDIR=" + dir, "AOC_DATA_DIR=" + filepath.Join(dir, "data"), "AOC_LOG_LEVEL=warn",
	}, environ...)}
}

func (m *mover) command(args ...string) (cmd *exec.Cmd, out, errs *bytes.Buffer) {
	m.Helper()
	program, err := exec.LookPath("aoc")
	if err != nil {
		m.Fatal(err)
	}
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	cmd = exec.CommandContext(m.Context(), program, append([]string{"--env-file="}, args...)...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = m.environ, m.dir, out, errs
	return cmd, out, errs
}

// run runs the program to its end and decodes the object it prints.
func (m *mover) run(v any, args ...string) {
	m.Helper()
	cmd, out, errs := m.command(args...)
	if err := cmd.Run(); err != nil {
		m.Fatalf("aoc %v: %v\n%s", args, err, errs)
	}
	if err := json.Unmarshal(out.Bytes(), v); err != nil {
		m.Fatalf("aoc %v: %v: %s", args, err, out)
	}
}

// killed runs the program again and again, killed each time after a longer while, until it
// has come to its end; v is what it prints then.
func (m *mover) killed(v any, args ...string) {
	m.Helper()
	for life := 200 * time.Millisecond; ; life += life / 2 {
		cmd, out, errs := m.command(args...)
		if err := cmd.Start(); err != nil {
			m.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		select {
		case <-time.After(life + time.Duration(m.rng.Int64N(int64(life)))):
			_ = cmd.Process.Kill()
			<-done
			if m.kills++; m.buried != nil {
				m.buried()
			}
			continue
		case err := <-done:
			if err != nil {
				m.Fatalf("aoc %v: %v\n%s", args, err, errs)
			}
		}
		if err := json.Unmarshal(out.Bytes(), v); err != nil {
			m.Fatalf("aoc %v: %v: %s", args, err, out)
		}
		return
	}
}

func database(t *testing.T) (db *driver.Database, uri, name string) {
	t.Helper()
	uri, name = mongotest.Database(t)
	client, err := driver.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(t.Context()) })
	return client.Database(name), uri, name
}

// The original's database becomes AOC's own, in a program that is killed again and again:
// every document is an event or in the quarantine, and they are all still there as they were.
func TestAdoptInPlace(t *testing.T) {
	t.Parallel()
	db, uri, name := database(t)
	documents, err := original.Fill(t.Context(), db, "events", original.Modest(40))
	if err != nil {
		t.Fatal(err)
	}
	m := newMover(t, 1, "MONGO_URI="+uri, "AOC_MONGO_DATABASE="+name)
	m.buried = func() { // as when its leases have run out, which takes seconds
		out := bson.D{{Key: "$set", Value: bson.D{{Key: "released", Value: true}}}}
		if _, err := db.Collection("aoc_leases").UpdateMany(t.Context(), bson.D{}, out); err != nil {
			t.Error(err)
		}
	}
	refused(m)
	var planned, r, again adopt.Report
	adoption := []string{"maintenance", "adopt", "--json", "--tenant", original.TenantA}
	m.run(&planned, append(adoption, "--dry-run")...)
	names, err := db.ListCollectionNames(t.Context(), bson.D{})
	if err != nil || strings.Contains(strings.Join(names, " "), "aoc_") {
		t.Errorf("a dry run leaves the collections %v, %v", names, err)
	}
	m.killed(&r, adoption...)
	if r.Documents != int64(len(documents)) || r.Documents != planned.Documents || r.Quarantined != planned.Quarantined || !r.Done || r.SetAside != "events_original" {
		t.Errorf("%+v after the plan %+v; want %d documents", r, planned, len(documents))
	}
	s, err := mongo.Open(t.Context(), uri, mongo.Options{Database: name})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	untouched(t, db.Collection("events_original"), documents)
	m.run(&again, adoption...)
	if again.Documents != r.Documents || again.Adopted != r.Adopted || again.New+again.Revision+again.Tags+again.Comments+again.Released != 0 {
		t.Errorf("doing it again: %+v after %+v; want nothing new", again, r)
	}
	for _, err := range original.Check(t.Context(), s, documents) {
		t.Error(err)
	}
	m.mustHaveKilled(2)
}

// mustHaveKilled makes sure that the program was killed often enough for the test to show
// something.
func (m *mover) mustHaveKilled(times int) {
	m.Helper()
	m.Logf("killed %d times", m.kills)
	if m.kills < times {
		m.Errorf("killed %d times; want at least %d", m.kills, times)
	}
}

// refused makes sure that the program does not start on the original's collection, and says
// what to do.
func refused(m *mover) {
	m.Helper()
	cmd, _, errs := m.command("import", "nothing.jsonl")
	if err := cmd.Run(); err == nil || !strings.Contains(errs.String(), "aoc maintenance adopt") {
		m.Errorf("the program starts on the original's collection: %v, %s", err, errs)
	}
}

// untouched compares the documents of a collection with what they were.
func untouched(t *testing.T, coll *driver.Collection, documents []original.Document) {
	t.Helper()
	for i := range documents {
		want, err := bson.Marshal(documents[i].Doc)
		if err != nil {
			t.Fatal(err)
		}
		got, err := coll.FindOne(t.Context(), bson.D{{Key: "_id", Value: documents[i].Doc[0].Value}}).Raw()
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: it is not there as it was, %v", documents[i].Case, err)
		}
	}
	if n, err := coll.CountDocuments(t.Context(), bson.D{}); err != nil || n != int64(len(documents)) {
		t.Errorf("%d documents, %v; want %d", n, err, len(documents))
	}
}

// The original's database is adopted into a data folder, by a program that is killed.
func TestAdoptIntoFolder(t *testing.T) {
	t.Parallel()
	db, uri, name := database(t)
	documents, err := original.Fill(t.Context(), db, "events", original.Modest(480))
	if err != nil {
		t.Fatal(err)
	}
	m := newMover(t, 2, "ORIGINAL="+uri)
	var r adopt.Report
	m.killed(&r, "maintenance", "adopt", "--json", "--from", "env:ORIGINAL", "--database", name, "--tenant", original.TenantA)
	s := openStore(t, filepath.Join(m.dir, "data"))
	for _, err := range original.Check(t.Context(), s, documents) {
		t.Error(err)
	}
	untouched(t, db.Collection("events"), documents)
	if r.Documents != int64(len(documents)) || r.SetAside != "" {
		t.Errorf("%+v; want %d documents, and the original where it was", r, len(documents))
	}
	m.mustHaveKilled(2)
}

// A store is copied to a MongoDB and back into another folder, by a program that is killed:
// the tree head and everything under it is the same.
func TestCopyThereAndBack(t *testing.T) {
	t.Parallel()
	_, uri, name := database(t)
	m := newMover(t, 3, "TARGET="+uri, "AOC_MONGO_DATABASE="+name)
	var imported aoc.Counts
	if cmd, _, errs := m.command("simulate", "--out", "files", "--events", "300"); cmd.Run() != nil {
		t.Fatal(errs)
	}
	m.run(&imported, "import", "--json", "files")
	var there, back, again transfer.Report
	m.killed(&there, "maintenance", "copy", "--json", "--from", "data", "--to", "env:TARGET")
	m.killed(&back, "maintenance", "copy", "--json", "--from", "env:TARGET", "--to", "back")
	m.run(&again, "maintenance", "copy", "--json", "--from", "data", "--to", "back")
	if there.Places != imported.New || there.Root != back.Root || !there.Verified || !back.Verified || back.Recomputed != imported.New || again.Copied != 0 || again.Root != there.Root {
		t.Errorf("imported %+v, there %+v, back %+v, again %+v", imported, there, back, again)
	}
	m.mustHaveKilled(2)
}
