package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stored imports n events, more than a page of them, and gives the data folder.
func stored(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	var records strings.Builder
	for i := range n {
		fmt.Fprintf(&records, `{"CreationTime":"2026-01-10T%02d:%02d:%02d","Id":"e-%d","Operation":"FileRenamed","OrganizationId":"11111111-2222-4333-8444-555555555555","RecordType":6,`+
			`"UserKey":"k","UserType":0,"Workload":"SharePoint","UserId":"ada@contoso.example","ObjectId":"=file %d"}`+"\n", i/3600, i/60%60, i%60, i, i)
	}
	path := filepath.Join(dir, "records.jsonl")
	if err := os.WriteFile(path, []byte(records.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if code, _, told := in(t, data, io.Discard, "--quiet", "import", path); code != 0 {
		t.Fatal(told)
	}
	return data
}

// in runs the program with a data folder and a standard output; it gives what else it tells.
func in(t *testing.T, data string, out io.Writer, args ...string) (code int, printed, told string) {
	t.Helper()
	var kept, err bytes.Buffer
	args = append([]string{"--env-file", filepath.Join(t.TempDir(), "none")}, args...)
	code = Run(t.Context(), args, []string{"AOC_DATA_DIR=" + data}, strings.NewReader(""), io.MultiWriter(out, &kept), &err, "test")
	return code, kept.String(), err.String()
}

func TestExport(t *testing.T) {
	data := stored(t, 1234)

	t.Run("is the whole result", func(t *testing.T) {
		code, out, told := in(t, data, io.Discard, "export", "actor:ada*")
		if code != 0 || strings.Count(out, "\n") != 1234 || !strings.Contains(told, "1,234 events exported") {
			t.Errorf("exit code %d, %d lines, %s", code, strings.Count(out, "\n"), told)
		}
		_, found, _ := in(t, data, io.Discard, "search", "actor:ada*")
		if found != out {
			t.Error("a search finds something else")
		}
	})
	t.Run("is a file when it is complete", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ada.CSV")
		code, out, told := in(t, data, io.Discard, "export", "--bom", "--output-file", path, "--limit=7", "FileRenamed -2026-01-11", "before:2026-01-10T00:00:10")
		text, err := os.ReadFile(path)
		if code != 0 || out != "" || err != nil || !strings.HasPrefix(string(text), "\ufefftimestamp,") {
			t.Fatalf("exit code %d, stdout %q, %v, %.40q\n%s", code, out, err, text, told)
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil || len(rows) != 8 || rows[1][0] != "2026-01-10T00:00:09Z" {
			t.Errorf("%d rows, %v, %v", len(rows), rows[1], err)
		}
		if others, _ := os.ReadDir(filepath.Dir(path)); len(others) != 1 {
			t.Errorf("there are other files: %v", others)
		}
	})
	t.Run("of nothing has a heading", func(t *testing.T) {
		code, out, _ := in(t, data, io.Discard, "export", "-o", "csv", "nowhere")
		if code != 0 || !strings.HasPrefix(out, "timestamp,") || strings.Count(out, "\n") != 1 {
			t.Errorf("exit code %d, %q", code, out)
		}
	})
	t.Run("fails when it cannot be completed", func(t *testing.T) {
		code, _, told := in(t, data, brokenPipe{}, "export")
		if code != exitFailed || !strings.Contains(told, "could not be completed") {
			t.Errorf("exit code %d, %s", code, told)
		}
		code, _, told = in(t, data, io.Discard, "export", "--output-file", filepath.Join(t.TempDir(), "none", "x.csv"))
		if code != exitFailed || !strings.Contains(told, "cannot be written") {
			t.Errorf("exit code %d, %s", code, told)
		}
	})
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestAnIncompleteExportLeavesTheFileAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.jsonl")
	if err := os.WriteFile(path, []byte("as it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exportCommand{OutputFile: path}
	w, done, err := c.open(&runner{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "half"); err != nil {
		t.Fatal(err)
	}
	if err := done(false); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if string(text) != "as it was" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if others, _ := os.ReadDir(filepath.Dir(path)); len(others) != 1 {
		t.Errorf("there are other files: %v", others)
	}
}
