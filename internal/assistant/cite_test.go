package assistant

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

// kept are events to be read again.
type kept map[string]aoc.Event

func (k kept) Cited(_ context.Context, keys []string) (map[string]aoc.Event, error) {
	found := map[string]aoc.Event{}
	for _, key := range keys {
		if e, ok := k[key]; ok {
			found[key] = e
		}
	}
	return found, nil
}

func ptr(s string) *string { return &s }

var twoEvents = kept{
	keyA: {
		Key: keyA, ID: "1", TenantID: "11111111-2222-3333-4444-555555555555", Timestamp: time.Date(2026, 3, 2, 14, 5, 9, 0, time.UTC), Operation: "Add member to role",
		Result: aoc.ResultSuccess, ActorDisplay: "Ada Lovelace", Actor: aoc.Actor{UPN: "ada@contoso.example"}, ClientIP: "203.0.113.9",
		TargetDisplays: []string{"Bob Ray"}, DisplaySummary: "Ada Lovelace added Bob Ray to Global Administrator", Changes: []aoc.Change{{Property: "Role", After: ptr("Global Administrator")}},
	},
	keyB: {
		Key: keyB, ID: "2", Timestamp: time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC), Operation: "UserLoginFailed", Result: aoc.ResultFailure,
		ActorDisplay: "Bob Ray", ClientIP: "2001:db8::1", DisplaySummary: "Bob Ray failed to sign in",
	},
}

func TestClaims(t *testing.T) {
	const a, b, c = "[" + keyA + "]", "[" + keyB + "]", "[cccccccccccccccccccccccccc]"
	shown := shownByTools{keys: map[string]bool{keyA: true, keyB: true}, counts: map[int64]bool{17: true}, days: map[string]bool{"2026-03-01": true}}
	for name, tt := range map[string]struct {
		md   string
		want []bool // which statements are supported
		gone int    // citations that are taken out
	}{
		"plain":                  {"Ada Lovelace added Bob Ray to Global Administrator. " + a, []bool{true}, 0},
		"stop before citation":   {"Ada added Bob." + a + " Bob Ray failed to sign in " + b + ".", []bool{true, true}, 0},
		"no citation":            {"Ada Lovelace added Bob Ray.", []bool{false}, 0},
		"one of two":             {"Ada added Bob " + a + ". She also did worse.", []bool{true, false}, 0},
		"never shown":            {"Ada added Bob " + c + ".", []bool{false}, 1},
		"half shown":             {"Ada added Bob " + a + c + ".", []bool{true}, 1},
		"another person":         {"Eve Smith added Bob Ray " + a + ".", []bool{false}, 0},
		"another person within":  {"The role was given by Eve " + a + ".", []bool{false}, 0},
		"another address":        {"mallory@contoso.example added Bob " + a + ".", []bool{false}, 0},
		"its address":            {"ADA@contoso.example added Bob " + a + ".", []bool{true}, 0},
		"ip":                     {"It came from 203.0.113.9 " + a + ". It came from 203.0.113.10 " + a + ".", []bool{true, false}, 0},
		"ip six":                 {"It came from 2001:DB8:0::1 " + b + ". It came from 2001:db8::2 " + b + ".", []bool{true, false}, 0},
		"guid":                   {"Tenant 11111111-2222-3333-4444-555555555555 " + a + ". Tenant 99999999-2222-3333-4444-555555555555 " + a + ".", []bool{true, false}, 0},
		"time":                   {"At 14:05 on 2 March 2026 Ada did it " + a + ". At 2026-03-02T14:05:09Z Ada did it " + a + ". At 15:05 in Berlin it was " + a + ".", []bool{true, true, false}, 0},
		"wrong time":             {"At 14:06 Ada did it " + a + ".", []bool{false}, 0},
		"wrong day":              {"On March 4 Ada did it " + a + ".", []bool{false}, 0},
		"day of the search":      {"Since 2026-03-01 Ada did this " + a + ".", []bool{true}, 0},
		"quoted":                 {"Ada did `Add member to role` " + a + ". Ada did \"Delete user\" " + a + ".", []bool{true, false}, 0},
		"what tools counted":     {"There were 17 sign-ins such as this " + b + ".", []bool{true}, 0},
		"what nobody counted":    {"There were 18 failed sign-ins " + b + ".", []bool{false}, 0},
		"number of citations":    {"Two events concern Bob Ray " + a + b + ".", []bool{true}, 0},
		"other number":           {"Three events concern Bob Ray " + a + b + ".", []bool{false}, 0},
		"failed, it says":        {"Ada failed to add Bob " + a + ". Bob failed to sign in " + b + ". Bob signed in successfully " + b + ".", []bool{false, true, false}, 0},
		"list":                   {"What happened:\n\n- Ada added Bob " + a + "\n- Bob failed " + b + "\n- Eve vanished", []bool{true, true, false}, 0},
		"table":                  {"| who | what |\n|---|---|\n| Ada Lovelace | Add member to role " + a + " |\n| Eve Smith | nothing " + b + " |", []bool{true, false}, 0},
		"heading":                {"# Findings\nAda added Bob " + a + ".", []bool{true}, 0},
		"abbreviations":          {"Ada, e.g. Bob's colleague no. 1, i.e. Ada, added him " + a + ".", []bool{true}, 0},
		"code block":             {"```\nAda did it\n```", []bool{false}, 0},
		"address of a page":      {"Ada says visit https://evil.example now " + a + ".", []bool{false}, 0},
		"many":                   {"Both concern Bob Ray [" + keyA + ", " + keyB + "].", []bool{true}, 0},
		"a name in no event":     {"Ada Lovelace made Bob Ray a member of Exchange Recipients " + a + ".", []bool{false}, 0},
		"brackets that are left": {"Ada added Bob (" + c + ").", []bool{false}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := check(t.Context(), twoEvents, tt.md, shown, time.FixedZone("", -3600))
			if err != nil {
				t.Fatal(err)
			}
			var supported []bool
			for _, claim := range got.claims {
				supported = append(supported, claim.Supported)
				if claim.Supported == (claim.Problem != "") || claim.Supported && len(claim.Events) == 0 {
					t.Errorf("%+v", claim)
				}
			}
			if diff := cmp.Diff(tt.want, supported); diff != "" {
				t.Errorf("(-want +got):\n%s%+v", diff, got.claims)
			}
			if got.removed != tt.gone || strings.Contains(got.text, c) || strings.Contains(got.text, "()") {
				t.Errorf("%d citations were taken out of %q", got.removed, got.text)
			}
		})
	}
}

func FuzzStatements(f *testing.F) {
	f.Add("Ada did it. [" + keyA + "] Bob, e.g. x. `a. B` 1. C")
	f.Fuzz(func(t *testing.T, md string) {
		if got := strings.Join(statements(md), ""); got != md {
			t.Errorf("%q becomes %q", md, got)
		}
		statementOf(md)
	})
}

// Nesting without end takes no time and no stack.
func TestMarkdownBounds(t *testing.T) {
	for _, piece := range []string{">", "- ", "*a **b ", "[", "![", "`", "<a ", "\\", "| a ", "1. ", "&#", "[a](", "_", "~", "  - "} {
		start := time.Now()
		md := strings.Repeat(piece, maxAnswerText/len(piece)+10)
		if _, err := check(t.Context(), twoEvents, md, shownByTools{}, nil); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%q took %v", piece, took)
		}
	}
}
