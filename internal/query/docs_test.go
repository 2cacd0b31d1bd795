package query

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"aoc"
)

// TestThePageForUsersIsRight reads what docs/query-language.md gives as examples, and looks
// for every field there.
func TestThePageForUsersIsRight(t *testing.T) {
	page, err := os.ReadFile("../../docs/query-language.md")
	if err != nil {
		t.Fatal(err)
	}
	opt := Options{Now: noon, Macros: map[string]aoc.Expr{}}
	for _, name := range []string{"change", "reviewed", "unreviewed", "noise"} {
		opt.Macros[name] = aoc.And{}
	}
	code := regexp.MustCompile("`([^`]+)`")
	examples, rest, ok := strings.Cut(string(page), "\n## Words")
	if !ok {
		t.Fatal("the page has no examples")
	}
	n := 0
	for line := range strings.Lines(examples) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		for _, q := range code.FindAllStringSubmatch(cells[1], -1) {
			n++
			if _, err := Parse(q[1], opt); err != nil {
				t.Errorf("%s: %v", q[1], err)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d examples were found", n)
	}
	_, times, _ := strings.Cut(rest, "\n## Times")
	times, _, _ = strings.Cut(times, "A day of")
	for _, q := range code.FindAllStringSubmatch(times, -1) {
		if q[1] == "Z" || q[1] == "+01:00" {
			continue
		}
		if _, err := Parse("after:"+q[1], opt); err != nil {
			t.Errorf("after:%s: %v", q[1], err)
		}
	}
	for _, f := range Fields() {
		if !strings.Contains(rest, "`"+f.Name+"`") {
			t.Errorf("the page does not tell of %s", f.Name)
		}
		for _, v := range f.Values {
			if !strings.Contains(rest, "`"+v+"`") {
				t.Errorf("the page does not tell of %s:%s", f.Name, v)
			}
		}
	}
}
