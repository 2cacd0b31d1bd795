package console

import (
	"fmt"
	"testing"
	"time"

	"aoc"
)

// Two letters are too few for the index. A quick search says how far it came, and its cursor
// goes on to the end.
func TestQuickSearchGoesOn(t *testing.T) {
	records := make([]aoc.Record, 30_000)
	for i := range records {
		records[i] = record(tenant, fmt.Sprint(i), noon.Add(-time.Duration(i)*time.Second))
	}
	records[len(records)-1] = record(tenant, "the zq", noon.AddDate(0, 0, -7))
	c := newConsole(t, records...)
	page, err := c.Search(t.Context(), SearchParams{Filter: Filter{Query: "zq"}, Quick: true})
	if err != nil {
		t.Fatal(err)
	}
	if page.Complete || page.NextCursor == "" || page.CompleteUntil.IsZero() || len(page.Items) != 0 {
		t.Fatalf("a quick search of everything: complete %v until %v, %d events, cursor %q", page.Complete, page.CompleteUntil, len(page.Items), page.NextCursor)
	}
	if page, err = c.Search(t.Context(), SearchParams{Filter: Filter{Query: "zq"}, Cursor: page.NextCursor}); err != nil || len(page.Items) != 1 || !page.Complete {
		t.Errorf("going on: %d events, complete %v, %v", len(page.Items), page.Complete, err)
	}
}
