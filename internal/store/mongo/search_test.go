package mongo

import (
	"testing"

	"aoc/internal/store"
)

// A page that ends because time was up goes on with the newest event that was not looked for.
func TestPagesThatEndInTime(t *testing.T) {
	var f pageFill
	f.end(&stream{time: during{0, 1000}, stopped: true})
	if f.page.Complete || !f.page.CompleteUntil.Equal(fromNanos(1000)) {
		t.Errorf("%+v", f.page)
	}
	after, err := store.DecodeCursor(f.page.NextCursor)
	if err != nil {
		t.Fatal(err)
	}
	c := newChance(17)
	for n := range 50 {
		for at, want := range map[int64]bool{999: true, 1000: false, 998: true} {
			d := eventDoc{Key: c.key(n), At: at}
			if d.position().Before(after) != want {
				t.Errorf("an event at %d comes on the next page: %v", at, !want)
			}
			if want && at == 999 && !(upTo{nanos(after.Time), tieOf(after.Key)}).holds(&eventDoc{Key: d.Key, At: at, Tie: tieOf(d.Key)}) {
				t.Errorf("the event %s is filtered out", d.Key)
			}
		}
	}
	f = pageFill{}
	f.end(&stream{time: during{0, 1000}, ended: true})
	if !f.page.Complete || f.page.NextCursor != "" || !f.page.CompleteUntil.IsZero() {
		t.Errorf("the last page: %+v", f.page)
	}
}
