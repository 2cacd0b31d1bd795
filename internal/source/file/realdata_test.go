package file_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aoc"
	"aoc/internal/source/file"
)

// TestRealRecords reads every file of real records there is: the kinds must be what the
// file's prefix says, and nothing may be lost or doubled.
func TestRealRecords(t *testing.T) {
	dir := os.Getenv("AOC_TEST_DATA")
	if dir == "" {
		t.Skip("AOC_TEST_DATA names no folder of real records")
	}
	kinds := map[string][]aoc.RecordKind{
		"a_": {aoc.KindDirectoryAudit},
		"b_": {aoc.KindSignIn},
		"c_": {aoc.KindIntuneAudit, aoc.KindIntuneDiagnostic},
		"d_": {aoc.KindUnified},
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	for _, path := range paths {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			src := file.New(file.Options{Paths: []string{path}})
			got := readAll(t, src)
			if want := expectedRecords(content); len(got) != want {
				t.Errorf("%d records, want %d", len(got), want)
			}
			want, isRaw := kinds[filepath.Base(path)[:2]]
			for _, rec := range got {
				if (rec.Kind == "") == (rec.Problem == "") {
					t.Errorf("%s: kind %q with problem %q", rec.Transport, rec.Kind, rec.Problem)
				}
				if isRaw && !contains(want, rec.Kind) {
					t.Errorf("%s: kind %q (%s), want one of %v", rec.Transport, rec.Kind, rec.Problem, want)
				}
			}
			t.Logf("%s: %d records", src.Format(onlyUnit(t, src)), len(got))
			if strings.HasPrefix(filepath.Base(path), "unwrappable_") {
				seen := map[string]bool{}
				for _, rec := range got {
					if what := string(rec.Kind) + rec.Problem; !seen[what] {
						seen[what] = true
						t.Logf("%s: %s %s", rec.Transport, rec.Kind, rec.Problem)
					}
				}
			}
		})
	}
}

// expectedRecords counts the lines that are not blank, and of pages what they hold.
func expectedRecords(content []byte) int {
	n := 0
	for line := range bytes.Lines(content) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var page struct{ Value, Records []json.RawMessage }
		if json.Unmarshal(line, &page) == nil && len(page.Value)+len(page.Records) > 0 {
			n += len(page.Value) + len(page.Records)
		} else {
			n++
		}
	}
	return n
}
