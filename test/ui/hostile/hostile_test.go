package hostile

import (
	"bytes"
	"testing"
	"time"

	"aoc"
	"aoc/internal/normalise"
)

// TestRecordsBecomeEvents makes sure that the records do their work: one that the program
// refuses would never reach a screen.
func TestRecordsBecomeEvents(t *testing.T) {
	end := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	keys := map[string]string{}
	for _, r := range Records(end) {
		kind := aoc.KindUnified
		if bytes.HasPrefix(r.JSON, []byte(`{"id"`)) {
			kind = aoc.KindDirectoryAudit
		}
		e, err := normalise.Normalise(aoc.Record{Kind: kind, Raw: r.JSON, ReceivedAt: end}, nil)
		if err != nil {
			t.Errorf("%s is refused: %v", r.Name, err)
			continue
		}
		if other := keys[e.DedupeKey]; other != "" {
			t.Errorf("%s is taken for %s", r.Name, other)
		}
		keys[e.DedupeKey] = r.Name
	}
	t.Logf("%d records", len(keys))
}
