package console

import (
	"context"
	"testing"

	"aoc"
	"aoc/internal/store"
)

// between does something between looking at an event and changing it, as another process may.
type between struct {
	store.Store
	do func()
}

func (b *between) Annotate(ctx context.Context, edits []aoc.Edit) ([]aoc.EditRecord, error) {
	b.do()
	return b.Store.Annotate(ctx, edits)
}

// A review that a person gives in another process, while a bulk review of what is unreviewed
// is under way, is left alone.
func TestBulkReviewLeavesReviewsOfOtherProcesses(t *testing.T) {
	other := newConsole(t, record(tenant, "one", noon), record(tenant, "two", noon))
	key := aoc.KeyOf(aoc.DedupeKey(aoc.SourceDirectory, tenant, "one"))
	c, err := New(Config{Store: &between{other.store, func() {
		if _, err := other.Review(t.Context(), key, Verdict{State: aoc.ReviewUnexpected}, 0); err != nil {
			t.Error(err)
		}
	}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.ReviewAll(t.Context(), Selected{Filter: &Filter{}}, Verdict{State: aoc.ReviewExpected}, true)
	if err != nil || r.Matched != 2 || r.Changed != 1 {
		t.Errorf("matched %d, changed %d, %v; want 2 and 1", r.Matched, r.Changed, err)
	}
	if e, err := c.Event(t.Context(), key); err != nil || e.Review == nil || e.Review.State != aoc.ReviewUnexpected {
		t.Errorf("the review of the other process is now %+v, %v", e.Review, err)
	}
}

// Events that are named one by one are changed, and written down, as selected ones are.
func TestBulkOfNamedEvents(t *testing.T) {
	c := newConsole(t, record(tenant, "one", noon), record(tenant, "two", noon))
	named := Selected{Keys: []string{aoc.KeyOf(aoc.DedupeKey(aoc.SourceDirectory, tenant, "one"))}}
	r, err := c.ReviewAll(t.Context(), named, Verdict{State: aoc.ReviewExpected}, false)
	if err != nil || r.Matched != 1 || r.Changed != 1 || r.Batch == "" {
		t.Errorf("review: %+v, %v", r, err)
	}
	if r, err = c.TagAll(t.Context(), named, TagChange{Add: []string{"seen"}}); err != nil || r.Changed != 1 {
		t.Errorf("tags: %+v, %v", r, err)
	}
}
