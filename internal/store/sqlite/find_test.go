package sqlite

import (
	"fmt"
	"testing"
	"time"

	"aoc"
)

// An id that stands in everything is found by its key, without reading everything.
func TestFindByCommonID(t *testing.T) {
	ctx := t.Context()
	s, err := Open(ctx, t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.maxIDBlocks = 2
	var events []aoc.Event
	for i := range 4 * blockEvents {
		id := fmt.Sprintf("id-%d", i)
		if i == 200 {
			id = "Microsoft"
		}
		e := aoc.Event{
			ID: id, Source: aoc.SourceUnified, TenantID: "t", DedupeKey: aoc.DedupeKey(aoc.SourceUnified, "t", id),
			Timestamp: time.Unix(int64(i), 0).UTC(), ReceivedAt: time.Unix(int64(i), 0).UTC(), Raw: fmt.Appendf(nil, `{"Id":%q,"By":"Microsoft"}`, id),
		}
		e.Key = aoc.KeyOf(e.DedupeKey)
		events = append(events, e)
	}
	if _, err := s.Append(ctx, events); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int{"Microsoft": 1, "id-7": 1, "id-": 0, "Micro": 0, "no such id": 0} {
		got, err := s.FindByID(ctx, id)
		if err != nil || len(got) != want {
			t.Errorf("%q: %d events, %v; want %d", id, len(got), err, want)
		}
	}
}
