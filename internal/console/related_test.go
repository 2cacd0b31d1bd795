package console

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

// A busy actor's neighbours are those next to the event, not the newest within the hour.
func TestRelatedAreTheNearest(t *testing.T) {
	var records []aoc.Record
	at := func(id string, at time.Time) {
		r := record(tenant, id, at)
		r.Raw = fmt.Appendf(nil, `{"id":%q,"category":"Policy","activityDisplayName":"Update policy","result":"success","activityDateTime":%q,
			"initiatedBy":{"user":{"id":"u","userPrincipalName":"ada@contoso.example"}}}`, id, at.Format(time.RFC3339Nano))
		records = append(records, r)
	}
	at("it", noon)
	for i := range 300 {
		at(fmt.Sprintf("later %d", i), noon.Add(time.Duration(i+1)*10*time.Second))
		at(fmt.Sprintf("earlier %d", i), noon.Add(-time.Duration(i+1)*time.Minute))
	}
	c := newConsole(t, records...)
	found, err := c.Related(t.Context(), "it", 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 || found[0].By != "actor" || found[0].Total != 1+300+60 {
		t.Fatalf("found %+v", found)
	}
	var ids []string
	for _, e := range found[0].Events {
		ids = append(ids, e.ID)
	}
	if diff := cmp.Diff([]string{"later 4", "later 3", "later 2", "later 1", "later 0"}, ids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
