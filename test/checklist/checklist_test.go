// Package checklist holds docs/security/asvs.md to the standard and to the repository.
package checklist

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root = "../.."
	page = "docs/security/asvs.md"
)

// section is what OWASP ASVS 5.0.0 has in one section: how many requirements in all, how
// many of them of level 1 and of level 2. Their ids are in the order of the levels.
type section struct{ all, one, two int }

// sections is every section of OWASP ASVS 5.0.0, from its own list of requirements: 70 of
// level 1, 183 of level 2, 92 of level 3.
var sections = map[string]section{
	"1.1": {2, 0, 2}, "1.2": {10, 5, 4}, "1.3": {12, 2, 9}, "1.4": {3, 0, 3}, "1.5": {3, 1, 1},
	"2.1": {3, 1, 2}, "2.2": {3, 2, 1}, "2.3": {5, 1, 3}, "2.4": {2, 0, 1},
	"3.1": {1, 0, 0}, "3.2": {3, 2, 0}, "3.3": {5, 1, 3}, "3.4": {8, 2, 4}, "3.5": {8, 3, 2}, "3.6": {1, 0, 0}, "3.7": {5, 0, 2},
	"4.1": {5, 1, 2}, "4.2": {5, 0, 1}, "4.3": {2, 0, 2}, "4.4": {4, 1, 3},
	"5.1": {1, 0, 1}, "5.2": {6, 2, 1}, "5.3": {3, 2, 0}, "5.4": {3, 0, 3},
	"6.1": {3, 1, 2}, "6.2": {12, 8, 4}, "6.3": {8, 2, 2}, "6.4": {6, 2, 2}, "6.5": {8, 0, 5}, "6.6": {4, 0, 3}, "6.7": {2, 0, 0}, "6.8": {4, 0, 4},
	"7.1": {3, 0, 3}, "7.2": {4, 4, 0}, "7.3": {2, 0, 2}, "7.4": {5, 2, 3}, "7.5": {3, 0, 2}, "7.6": {2, 0, 2},
	"8.1": {4, 1, 1}, "8.2": {4, 2, 1}, "8.3": {3, 1, 0}, "8.4": {2, 0, 1},
	"9.1": {3, 3, 0}, "9.2": {4, 1, 3},
	"10.1": {2, 0, 2}, "10.2": {3, 0, 2}, "10.3": {5, 0, 4}, "10.4": {16, 5, 6}, "10.5": {5, 0, 5}, "10.6": {2, 0, 2}, "10.7": {3, 0, 3},
	"11.1": {4, 0, 2}, "11.2": {5, 0, 3}, "11.3": {5, 2, 1}, "11.4": {4, 1, 3}, "11.5": {2, 0, 1}, "11.6": {2, 0, 1}, "11.7": {2, 0, 0},
	"12.1": {5, 1, 2}, "12.2": {2, 2, 0}, "12.3": {5, 0, 4},
	"13.1": {4, 0, 1}, "13.2": {6, 0, 5}, "13.3": {4, 0, 2}, "13.4": {7, 1, 4},
	"14.1": {2, 0, 2}, "14.2": {8, 1, 3}, "14.3": {3, 1, 2},
	"15.1": {5, 1, 2}, "15.2": {5, 1, 2}, "15.3": {7, 1, 6}, "15.4": {4, 0, 0},
	"16.1": {1, 0, 1}, "16.2": {5, 0, 5}, "16.3": {4, 0, 4}, "16.4": {3, 0, 3}, "16.5": {4, 0, 3},
	"17.1": {2, 0, 1}, "17.2": {8, 0, 4}, "17.3": {2, 0, 2},
}

// asFarAs3 are the chapters of which level 3 is on the page, too.
var asFarAs3 = []string{"7", "9", "10", "16"}

// level of a requirement, and whether there is one.
func (s section) level(n int) (int, bool) {
	switch {
	case n < 1 || n > s.all:
		return 0, false
	case n <= s.one:
		return 1, true
	case n <= s.one+s.two:
		return 2, true
	}
	return 3, true
}

// line is one requirement on the page.
type line struct {
	id             string
	level          int
	state, how, by string
}

var (
	requirement = regexp.MustCompile(`^\| *(\d+\.\d+)\.(\d+) *\|`)
	quoted      = regexp.MustCompile("`([^`]+)`")
	testName    = regexp.MustCompile(`^(Test|Fuzz)[A-Z][A-Za-z0-9]*$`)
	testFunc    = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z][A-Za-z0-9]*)\(\w+ \*testing\.[TF]\)`)
)

// lines reads the page.
func lines(t *testing.T, text string) (all []line) {
	t.Helper()
	for row := range strings.Lines(text) {
		if !requirement.MatchString(row) {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
		if len(cells) != 6 {
			t.Errorf("not six columns: %s", row)
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		level, _ := strconv.Atoi(cells[1])
		if cells[2] == "" {
			t.Errorf("%s has no subject", cells[0])
		}
		all = append(all, line{cells[0], level, cells[3], cells[4], cells[5]})
	}
	return all
}

// faults is what is wrong with the page.
func faults(all []line, known func(shown string) bool) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	seen := map[string]bool{}
	for _, l := range all {
		at, number, _ := cutLast(l.id)
		n, _ := strconv.Atoi(number)
		switch level, ok := sections[at].level(n); {
		case !ok:
			say("%s: the standard has no such requirement", l.id)
		case level != l.level:
			say("%s: is of level %d, not %d", l.id, level, l.level)
		case seen[l.id]:
			say("%s: is there twice", l.id)
		}
		seen[l.id] = true
		shown := quoted.FindAllStringSubmatch(l.by, -1)
		switch {
		case !slices.Contains([]string{"met", "part", "missing", "operator", "no"}, l.state):
			say("%s: %q is no state", l.id, l.state)
		case l.state != "met" && l.how == "":
			say("%s: says neither why nor what is missing", l.id)
		case (l.state == "met" || l.state == "part") && len(shown) == 0:
			say("%s: has neither test nor command", l.id)
		}
		for _, s := range shown {
			if !known(s[1]) {
				say("%s: there is no %s", l.id, s[1])
			}
		}
	}
	for _, at := range slices.Sorted(maps.Keys(sections)) {
		for n := 1; n <= sections[at].all; n++ {
			level, _ := sections[at].level(n)
			chapter, _, _ := strings.Cut(at, ".")
			if id := fmt.Sprintf("%s.%d", at, n); !seen[id] && (level < 3 || slices.Contains(asFarAs3, chapter)) {
				say("%s: is missing", id)
			}
		}
	}
	return wrong
}

func cutLast(id string) (section, number string, ok bool) {
	i := strings.LastIndexByte(id, '.')
	if i < 0 {
		return id, "", false
	}
	return id[:i], id[i+1:], true
}

// tests are the names of all test functions of the repository.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// showing says whether something that a line names is there: a test, a target of make, a page
// or file, or the file that another command is about.
func showing(t *testing.T) func(string) bool {
	t.Helper()
	names, makefile := tests(t), read(t, "Makefile")
	return func(shown string) bool {
		if target, ok := strings.CutPrefix(shown, "make "); ok {
			return regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(target) + `:`).MatchString(makefile)
		}
		if about, ok := strings.CutPrefix(shown, "cd web && npm test -- "); ok {
			found := false
			_ = filepath.WalkDir(filepath.Join(root, "web/src"), func(path string, _ fs.DirEntry, _ error) error {
				found = found || strings.HasSuffix(path, "/"+about+".test.ts")
				return nil
			})
			return found
		}
		if rest, ok := strings.CutPrefix(shown, "grep -rn "); ok {
			_, shown, _ = strings.Cut(rest, " ")
		}
		if testName.MatchString(shown) {
			return names[shown]
		}
		_, err := os.Stat(filepath.Join(root, shown))
		return err == nil
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestChecklist holds the page to the standard's requirements and to what is in the
// repository.
func TestChecklist(t *testing.T) {
	for _, wrong := range faults(lines(t, read(t, page)), showing(t)) {
		t.Error(wrong)
	}
}

// TestSections holds the table to the sums that the standard gives.
func TestSections(t *testing.T) {
	var sum section
	for _, s := range sections {
		sum.all, sum.one, sum.two = sum.all+s.all, sum.one+s.one, sum.two+s.two
	}
	if want := (section{345, 70, 183}); sum != want {
		t.Errorf("%+v, want %+v", sum, want)
	}
}

// TestFaultsAreFound changes the page in every way that has to be noticed.
func TestFaultsAreFound(t *testing.T) {
	good, known := read(t, page), showing(t)
	for name, change := range map[string]struct{ from, to, want string }{
		"a line less":         {"| 9.1.2 | 1 |", "| – | 1 |", "9.1.2: is missing"},
		"a line twice":        {"| 9.1.2 | 1 |", "| 9.1.1 | 1 |", "9.1.1: is there twice"},
		"a line more":         {"| 9.1.2 | 1 |", "| 9.1.4 | 1 |", "9.1.4: the standard has no such requirement"},
		"another level":       {"| 9.1.2 | 1 |", "| 9.1.2 | 2 |", "9.1.2: is of level 1, not 2"},
		"a test that is not":  {"`TestSignOut`", "`TestSignOutNot`", "7.2.1: there is no TestSignOutNot"},
		"a target that isn't": {"`make sbom`", "`make nothing`", "11.2.1: there is no make nothing"},
		"nothing shown":       {"| `TestTLS` |", "| |", "12.1.1: has neither test nor command"},
		"no reason":           {"| no | AOC does not speak it |", "| no | |", "1.2.6: says neither why nor what is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, change.from) {
				t.Fatalf("the page has no %s", change.from)
			}
			if wrong := faults(lines(t, strings.Replace(good, change.from, change.to, 1)), known); !slices.Contains(wrong, change.want) {
				t.Errorf("found %q", wrong)
			}
		})
	}
}
