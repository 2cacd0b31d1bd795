package mcp_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// TestDocumentation holds that the documentation lists what there is, and nothing else.
func TestDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations/mcp.md")
	if err != nil {
		t.Fatal(err)
	}
	var told, there []string
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		told = append(told, m[1])
	}
	s := newHouse(t).client("streamable", nil, nil)
	for x, err := range s.Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		there = append(there, x.Name)
	}
	for x, err := range s.Resources(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		there = append(there, x.URI)
	}
	for x, err := range s.ResourceTemplates(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		there = append(there, x.URITemplate)
	}
	for x, err := range s.Prompts(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		there = append(there, x.Name)
	}
	slices.Sort(told)
	slices.Sort(there)
	if diff := cmp.Diff(there, told); diff != "" {
		t.Errorf("there is (-), the documentation says (+):\n%s", diff)
	}
}
