package assistant

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/assistant/hostiletest"
	"aoc/internal/console"
	"aoc/internal/llm/llmtest"
)

func TestExplain(t *testing.T) {
	now := still{}.Now()
	var records []aoc.Record
	for i := range 5 { // done before: twice in 30 days, five times in 90; and by two others
		records = append(records, audit(ours, fmt.Sprint("b", i), "Add member to role", "Ada Lovelace", "Bob", "success", now.AddDate(0, 0, -10-i*14)))
	}
	other := audit(ours, "o1", "Add member to role", "Bob Ray", "Eve", "success", now.AddDate(0, 0, -3))
	other.Raw = []byte(strings.ReplaceAll(string(other.Raw), "aaaa0000", "cccc0000"))
	records = append(records, other, audit(ours, "old", "Add member to role", "Ada Lovelace", "Bob", "success", now.AddDate(0, 0, -200)), audit(ours, "e", "Add member to role", "Ada Lovelace", "Eve Moss", "success", now))
	c, events := stored(t, records...)
	plain := &teller{console: c, log: slog.New(slog.DiscardHandler)}
	x, err := plain.explain(t.Context(), "e", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	u := x.Usual
	if u.Days90 != 5 || u.Days30 != 2 || u.First || u.Others != 1 || u.ActorEvents != 5 || u.Address != 5 || u.Addresses != 1 || u.HourEvents != 5 || !u.Complete || !u.Known {
		t.Errorf("usual %+v", u)
	}
	if len(x.Techniques) != 1 || x.Techniques[0].ID != "T1098.003" || len(x.Next) < 4 || x.By != ByRules || !strings.Contains(x.Text, "5 times in the 90 days before, 2 of them") {
		t.Errorf("got %+v", x)
	}
	for _, n := range x.Next {
		f := console.Filter{Query: n.Query, Start: n.Start, End: n.End}
		if err := f.Validate(now); err != nil {
			t.Errorf("%s: %v", n.Query, err)
		}
	}
	// The first time, it says so.
	if x, err = plain.explain(t.Context(), "old", nil, nil); err != nil || !x.Usual.First || !strings.Contains(x.Text, "never did it") {
		t.Errorf("got %+v, %v", x.Usual, err)
	}
	t.Run("by a model", func(t *testing.T) {
		key := events["e"].Key
		s := llmtest.New(t, llmtest.Text("Ada Lovelace gave Eve Moss a role ["+key+"]. She did so 5 times in 90 days ["+key+"]. She did so 77 times ["+key+"]."))
		told := &teller{console: c, model: modelFor(t, c, s, ModelConfig{}), log: plain.log}
		for range 2 { // the second time it is kept
			var drafts []Explanation
			x, err := told.explain(t.Context(), "e", nil, func(x Explanation) { drafts = append(drafts, x) })
			if len(drafts) != 1 || drafts[0].By != ByRules || drafts[0].Provider != "" || drafts[0].Usual != u {
				t.Errorf("drafts %+v", drafts)
			}
			if err != nil || x.By != ByModel || len(x.Claims) != 3 || !x.Claims[0].Supported || !x.Claims[1].Supported || x.Claims[2].Supported || len(x.Warnings) != 1 {
				t.Fatalf("got %+v, %v", x, err)
			}
		}
		if n := len(s.Requests()); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
	t.Run("by a model that fails", func(t *testing.T) {
		told := &teller{console: c, model: modelFor(t, c, llmtest.New(t, llmtest.Text("All is well.")), ModelConfig{}), log: plain.log}
		if x, err := told.explain(t.Context(), "e", nil, nil); err != nil || x.By != ByRules || x.Provider == "" || len(x.Warnings) != 1 {
			t.Errorf("got %+v, %v", x, err)
		}
	})
}

// What stands in hostile events is inert in explanations, too.
func TestExplainHostile(t *testing.T) {
	var records []aoc.Record
	for i, h := range hostiletest.Texts() {
		records = append(records, audit(ours, fmt.Sprint("h", i), "Update user", "Ada Lovelace", h.With(keyA, theirs), "success", still{}.Now().Add(-time.Duration(i)*time.Minute)))
	}
	c, _ := stored(t, records...)
	plain := &teller{console: c, log: slog.New(slog.DiscardHandler)}
	for i, h := range hostiletest.Texts() {
		x, err := plain.explain(t.Context(), fmt.Sprint("h", i), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := dangers(x.Text); len(d) > 0 {
			t.Errorf("%s: %v in %q", h.Name, d, x.Text)
		}
	}
}
