package assistant

import (
	"context"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/normalise"
	"aoc/internal/simulator/tenant"
	"aoc/internal/store/sqlite"
)

// The simulated tenant that questions are asked about: ten days of 120 people, up to the
// afternoon of a Wednesday.
const worldDays = 10

var worldNow = time.Date(2026, 3, 11, 15, 30, 0, 0, time.UTC) //nolint:gochecknoglobals // read-only

// kinds are the record kinds of what the simulated tenant invents.
var kinds = map[aoc.Source]aoc.RecordKind{ //nolint:gochecknoglobals // read-only table
	aoc.SourceDirectory: aoc.KindDirectoryAudit, aoc.SourceSignIn: aoc.KindSignIn,
	aoc.SourceIntune: aoc.KindIntuneAudit, aoc.SourceUnified: aoc.KindUnified, aoc.SourceRisk: aoc.KindRiskDetection,
}

// fixed is a clock that stands still.
type fixed struct{ aoc.SystemClock }

func (fixed) Now() time.Time { return worldNow }

// world is the tenant, its events, newest first, and who can be asked about them.
type world struct {
	tenant    *tenant.Tenant
	events    []aoc.Event
	console   *console.Console
	assistant *Assistant
}

var worldDir string //nolint:gochecknoglobals // of the one store of these tests

func TestMain(m *testing.M) {
	code := m.Run()
	if worldDir != "" {
		_ = os.RemoveAll(worldDir)
	}
	os.Exit(code)
}

var worldOnce = sync.OnceValues(func() (*world, error) { //nolint:gochecknoglobals // made once for all tests
	tn := tenant.New(tenant.Config{Seed: 42, Users: 120, EventsPerDay: 1600})
	w := &world{tenant: tn}
	for record := range tn.Events(worldNow.AddDate(0, 0, -worldDays), worldNow) {
		e, err := normalise.Normalise(aoc.Record{
			Kind: kinds[record.Source], TenantID: tn.ID(), Raw: record.Raw, Origin: aoc.OriginCollected, ReceivedAt: worldNow,
		}, nil)
		if err != nil {
			return nil, err
		}
		w.events = append(w.events, e)
	}
	slices.SortStableFunc(w.events, func(a, b aoc.Event) int { return b.Timestamp.Compare(a.Timestamp) })
	var err error
	if worldDir, err = os.MkdirTemp("", "assistant"); err != nil {
		return nil, err
	}
	s, err := sqlite.Open(context.Background(), worldDir, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(w.events, 2000) {
		if _, err := s.Append(context.Background(), part); err != nil {
			return nil, err
		}
	}
	if w.console, err = console.New(console.Config{Store: s, Clock: fixed{}}); err != nil {
		return nil, err
	}
	w.assistant = New(Config{Console: w.console, Clock: fixed{}})
	return w, nil
})

func theWorld(t testing.TB) *world {
	t.Helper()
	w, err := worldOnce()
	if err != nil {
		t.Fatal(err)
	}
	return w
}
