package deploycheck

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the folder of the project.
var root = func() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
}()

// text reads a file of the project.
func text(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

var exampleLine = regexp.MustCompile(`(?m)^([A-Z][A-Z0-9_]*)=`)

// names returns the variables a file of examples assigns.
func names(t *testing.T, path ...string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, match := range exampleLine.FindAllStringSubmatch(text(t, path...), -1) {
		found[match[1]] = true
	}
	if len(found) == 0 {
		t.Fatalf("%v has no variables", path)
	}
	return found
}

// first returns what the pattern's first group finds in a text.
func first(t *testing.T, text, pattern string) string {
	t.Helper()
	match := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if match == nil {
		t.Fatalf("nothing matches %s", pattern)
	}
	return match[1]
}

// tracked lists the files that belong to the project, with / between folders: what is
// under version control, and what is new and not ignored.
func tracked(t *testing.T) []string {
	t.Helper()
	command := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatal("git ls-files: ", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
