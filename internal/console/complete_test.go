package console

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

func TestRanked(t *testing.T) {
	var values []aoc.FacetValue
	for _, v := range []string{"MicrosoftTeams", "New-RoleGroup", "Global role reader", "Role added", "Zone", "microROLE role"} {
		values = append(values, aoc.FacetValue{Value: v})
	}
	for typed, want := range map[string][]string{
		"RO":   {"Role added", "New-RoleGroup", "Global role reader", "microROLE role", "MicrosoftTeams"},
		"role": {"Role added", "New-RoleGroup", "Global role reader", "microROLE role"},
		"x":    nil,
		"":     {"MicrosoftTeams", "New-RoleGroup", "Global role reader", "Role added", "Zone", "microROLE role"},
	} {
		var got []string
		for _, v := range ranked(values, typed, 10) {
			got = append(got, v.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", typed, diff)
		}
	}
	if n := len(ranked(values, "", 2)); n != 2 {
		t.Errorf("%d of at most 2", n)
	}
}
