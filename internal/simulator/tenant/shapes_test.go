package tenant

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"aoc"
)

// TestShapesAreThoseOfRealRecords compares the members of records with those of real
// ones, by record type, where the folder that AOC_TEST_DATA names has enough of them.
func TestShapesAreThoseOfRealRecords(t *testing.T) {
	dir := os.Getenv("AOC_TEST_DATA")
	if dir == "" {
		t.Skip("AOC_TEST_DATA names no folder with real records")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*", "d_Audit*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Skipf("no real records in %s (%v)", dir, err)
	}
	real := make(map[int64]map[string]bool)
	count := make(map[int64]int)
	for _, p := range paths {
		f, err := os.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			r := gjson.ParseBytes(lines.Bytes())
			kind := r.Get("RecordType").Int()
			count[kind]++
			if real[kind] == nil {
				real[kind] = make(map[string]bool)
			}
			r.ForEach(func(k, _ gjson.Result) bool {
				real[kind][k.String()] = true
				return true
			})
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	compared := make(map[int64]bool)
	for e := range New(small).Events(monday, monday.Add(48*time.Hour)) {
		if e.Source != aoc.SourceUnified {
			continue
		}
		r := gjson.ParseBytes(e.Raw)
		kind := r.Get("RecordType").Int()
		switch kind {
		case 1, 8, 15, 18, 36, 50: // well covered by real records
		default:
			continue
		}
		if count[kind] < 10 {
			continue
		}
		compared[kind] = true
		r.ForEach(func(k, _ gjson.Result) bool {
			if !real[kind][k.String()] {
				t.Errorf("type %d: no real record has %s", kind, k.String())
			}
			return true
		})
	}
	if len(compared) == 0 {
		t.Error("nothing was compared")
	}
}
