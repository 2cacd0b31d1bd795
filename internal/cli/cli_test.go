package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// ended is what a command left behind.
type ended struct {
	code     int
	out, err string
	data     string // the data folder, which does not exist unless the command made it
}

// run runs the program with a data folder that does not exist yet.
func run(t *testing.T, environ []string, args ...string) ended {
	t.Helper()
	dir := t.TempDir()
	e := ended{data: filepath.Join(dir, "data")}
	environ = append([]string{"AOC_DATA_DIR=" + e.data}, environ...)
	args = append([]string{"--env-file", filepath.Join(dir, "none")}, args...)
	var out, err bytes.Buffer
	e.code = Run(t.Context(), args, environ, strings.NewReader(""), &out, &err, "test")
	e.out, e.err = out.String(), err.String()
	return e
}

// parse gives what the grammar makes of a command line.
func parse(t *testing.T, args ...string) *grammar {
	t.Helper()
	var g grammar
	parser, err := kong.New(&g)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return &g
}

func TestWrongUsageIsToldBeforeAStoreIsOpened(t *testing.T) {
	for _, c := range []struct {
		args string
		want string // what the message must name
	}{
		{"nonsense", "nonsense"},
		{"search --nonsense", "--nonsense"},
		{"search --output=xml", "--output"},
		{"search --limit=many", "--limit"},
		{"search --limit=-1", "--limit"},
		{"search --since=yesterday", "--since"},
		{"search --since=-24h", "--since"},
		{"search --since=24h --from=2026-01-02", "--from"},
		{"search --from=yesterday", "--from"},
		{"search --to=2026-13-01", "--to"},
		{"search --from=2026-01-02 --to=2026-01-02", "--to"},
		{"search --since=24h --to=1999-01-01", "--to"},
		{"search --tz=Moon/Base", "--tz"},
		{"search --source=nonsense", "--source"},
		{"search --result=fine", "--result"},
		{"search " + strings.Repeat("x", 5000), "query"},
		{"search --literal " + strings.Repeat("x", 1001), "query"},
		{"search actro:ada", "actor:"},
		{"search --noise=none x", "--noise"},
		{"export --output=table x", "--output"},
		{"export --limit=-1 x", "--limit"},
		{"export (ada", "parenthesis"},
		{"export --tz=Moon/Base", "--tz"},
		{"coverage --from=yesterday", "--from"},
		{"coverage --from=2026-01-02 --to=2026-01-01", "--to"},
		{"import", "path"},
		{"maintenance", "renormalize"},
		{"maintenance replay --limit=3", "--limit"},
		{"fetch", "TENANT_ID"},
	} {
		t.Run(c.args[:min(40, len(c.args))], func(t *testing.T) {
			e := run(t, nil, strings.Fields(c.args)...)
			if e.code != exitUsage || e.out != "" || !strings.HasPrefix(e.err, "aoc: ") || !strings.Contains(e.err, c.want) {
				t.Errorf("exit code %d, want %d and a word about %s\nstdout %q\nstderr %q", e.code, exitUsage, c.want, e.out, e.err)
			}
			if _, err := os.Stat(e.data); err == nil {
				t.Error("a store was made")
			}
		})
	}
}

func TestNoStoreIsAFailureNotWrongUsage(t *testing.T) {
	for _, args := range [][]string{{"search", "--source", "Directory", "x"}, {"coverage"}} {
		if e := run(t, nil, args...); e.code != exitFailed || e.out != "" {
			t.Errorf("%v: exit code %d, want %d\nstdout %q\nstderr %q", args, e.code, exitFailed, e.out, e.err)
		}
	}
}

func TestHelpIsNoError(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"search", "--help"}} {
		var out, err bytes.Buffer
		if code := Run(t.Context(), args, nil, strings.NewReader(""), &out, &err, "test"); code != exitDone || !strings.Contains(out.String(), "Usage: aoc") {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out.String(), err.String())
		}
	}
}
