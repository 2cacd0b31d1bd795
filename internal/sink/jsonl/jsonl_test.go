package jsonl

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/sink"
	"aoc/internal/sink/sinktest"
)

// clock is one that a test moves.
type clock struct {
	aoc.SystemClock
	now time.Time
}

func (c *clock) Now() time.Time { return c.now }

// read gives the keys in all files of a folder, oldest first.
func read(t *testing.T, folder string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "events*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(names, func(a, b string) int { // the active one is the newest
		return strings.Compare(strings.ReplaceAll(a, active, "~"), strings.ReplaceAll(b, active, "~"))
	})
	var keys []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if text, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		for line := range bytes.Lines(text) {
			if !bytes.HasSuffix(line, []byte("\n")) {
				continue // no event yet
			}
			var e aoc.Event
			if err := json.Unmarshal(line, &e); err != nil {
				t.Errorf("%s: a line is no event: %v", name, err)
			}
			keys = append(keys, e.Key)
		}
	}
	return keys
}

func TestConformance(t *testing.T) {
	var folder string
	sinktest.Run(t, sinktest.Rig{
		Faults:  []sinktest.Fault{sinktest.Torn},
		Arrived: func() []string { return read(t, folder) },
		Start: func(t *testing.T, s *sinktest.Script) func() sink.Sink {
			d := sinktest.Deps(t, nil)
			folder = filepath.Join(d.Folder, "siem")
			return func() sink.Sink {
				out := sinktest.Make(t, Kind(), d, map[string]string{"folder": "siem"})
				f := out.(*files)
				f.maxBytes = 40 << 10
				if s.Next() == sinktest.Torn {
					file, err := os.OpenFile(filepath.Join(folder, active), os.O_WRONLY|os.O_APPEND, 0o600)
					if err != nil {
						return out // nothing was written yet
					}
					defer file.Close()
					io.WriteString(file, `{"key":"torn`+strings.Repeat("x", s.Some(100_000)))
				}
				return out
			}
		},
	})
}

// Files are put aside by size and age, packed, and deleted beyond the number to keep.
func TestRotation(t *testing.T) {
	d := sinktest.Deps(t, nil)
	c := &clock{now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	d.Clock = c
	folder := filepath.Join(d.Folder, "siem")
	s := sinktest.Make(t, Kind(), d, map[string]string{"folder": "siem", "keep": "2", "max_hours": "1"})
	events := sinktest.Events(5, 1)
	for i := range events {
		if _, err := s.Send(t.Context(), events[i:i+1]); err != nil {
			t.Fatal(err)
		}
		c.now = c.now.Add(61 * time.Minute)
	}
	if got := read(t, folder); len(got) != 3 || got[0] != events[2].Key || got[2] != events[4].Key {
		t.Errorf("%d events are kept", len(got))
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{"events-20260304T080907Z-0000.jsonl.gz", "events-20260304T091007Z-0000.jsonl.gz", active}; !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
	s.Close()
	// A crash between packing and removing leaves both: one of them goes.
	if err := os.WriteFile(filepath.Join(folder, "events-20260304T091007Z-0000.jsonl"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = sinktest.Make(t, Kind(), d, map[string]string{"folder": "siem", "max_hours": "8000"})
	defer s.Close()
	if _, err := s.Send(t.Context(), events[:1]); err != nil {
		t.Fatal(err)
	}
	if got := read(t, folder); len(got) != 4 {
		t.Errorf("%d events after a crash", len(got))
	}
}

// A folder that is none, or is elsewhere, is told.
func TestFolder(t *testing.T) {
	d := sinktest.Deps(t, nil)
	for _, name := range []string{"..", "a/b", "/etc", "", ".x", `a\b`} {
		if _, _, err := sink.New([]sink.Kind{Kind()}, sink.Config{ID: "a", Kind: Name, Settings: map[string]string{"folder": name}}, d); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := os.WriteFile(filepath.Join(d.Folder, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := sinktest.Make(t, Kind(), d, map[string]string{"folder": "file"})
	if _, err := s.Send(t.Context(), sinktest.Events(1, 1)); aoc.CodeOf(err) != aoc.CodeUnavailable || aoc.HintOf(err) == "" {
		t.Errorf("%v", err)
	}
}
