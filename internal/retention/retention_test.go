package retention_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"aoc"
	"aoc/internal/retention"
	"aoc/internal/store/sqlite"
)

var today = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// clock stands still but for what is slept; it ends a run after a number of looks.
type clock struct {
	now   time.Time
	looks int
}

func (c *clock) Now() time.Time { return c.now }

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	if d < time.Minute {
		return ctx.Err()
	}
	if c.looks--; c.looks <= 0 {
		return context.Canceled
	}
	return nil
}

// filled gives a store with an event for each of the last days.
func filled(t *testing.T, days int) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var events []aoc.Event
	for i := range days {
		at := today.AddDate(0, 0, -i)
		e := aoc.Event{
			ID: fmt.Sprint(i), Source: aoc.SourceUnified, TenantID: "t", Timestamp: at, ReceivedAt: at,
			Origin: aoc.OriginCollected, Raw: fmt.Appendf(nil, `{"Id":"%d"}`, i),
		}
		e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
		e.Key = aoc.KeyOf(e.DedupeKey)
		events = append(events, e)
	}
	if _, err := s.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	return s
}

func config(s retention.Store, c aoc.Clock) retention.Config {
	return retention.Config{Store: s, Clock: c, Logger: slog.New(slog.DiscardHandler), Days: 90}
}

func TestSweepKeepsWhatIsYoungEnough(t *testing.T) {
	s := filled(t, 5000)
	gone, err := retention.Sweep(t.Context(), config(s, &clock{now: today}))
	if err != nil || gone != 5000-91 {
		t.Errorf("%d events expired, %v; want all but the 91 of the last 90 days", gone, err)
	}
	st, err := s.Stats(t.Context())
	if err != nil || st.Events != 91 || st.Oldest.Before(today.AddDate(0, 0, -90)) {
		t.Errorf("%d events since %s are left, %v", st.Events, st.Oldest, err)
	}
	if gone, err := retention.Sweep(t.Context(), config(s, &clock{now: today})); err != nil || gone != 0 {
		t.Errorf("a second sweep expired %d, %v; want none", gone, err)
	}
}

// faulty fails its first calls, as a full disk does.
type faulty struct {
	retention.Store
	left int
}

func (f *faulty) Expire(ctx context.Context, before time.Time, limit int) (int64, error) {
	if f.left--; f.left >= 0 {
		return 0, errors.New("no space left on device")
	}
	return f.Store.Expire(ctx, before, limit)
}

func TestRunGoesOnAfterAFaultAndAsTimePasses(t *testing.T) {
	s := filled(t, 100)
	c := &clock{now: today, looks: 30} // a little over a day, hour by hour
	if err := retention.Run(t.Context(), config(&faulty{s, 2}, c)); err != nil {
		t.Fatal(err)
	}
	st, err := s.Stats(t.Context())
	if err != nil || st.Oldest.Before(c.now.Add(-time.Hour).AddDate(0, 0, -90)) {
		t.Errorf("the oldest event is of %s at %s, %v", st.Oldest, c.now, err)
	}
	if st.Events == 0 || st.Events > 90 {
		t.Errorf("%d events are left; want those of 90 days", st.Events)
	}
}
