package sqlite_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
	"aoc/internal/store/storetest"
)

// editingDir names the folder in which a process of this test edits until it is killed.
const editingDir = "AOC_TEST_EDITING_DIR"

func editsOf(events []aoc.Event, n int) []aoc.Edit {
	at := time.Date(2026, 1, 1, 0, 0, n, 0, time.UTC)
	text := fmt.Sprint(n)
	return []aoc.Edit{
		{Key: events[0].Key, By: "ada", At: at, Tags: &aoc.TagEdit{Add: []string{text}}},
		{Key: events[1].Key, By: "ada", At: at, Comment: text},
		{Key: events[2].Key, By: "ada", At: at, Review: &aoc.ReviewEdit{State: aoc.ReviewExpected, Note: text}},
	}
}

// A process that is killed while it edits leaves every edit that it was told is stored,
// and of another one all or nothing.
func TestKilledWhileEditing(t *testing.T) {
	events := storetest.BenchEvents(3, 8)
	if dir := os.Getenv(editingDir); dir != "" {
		edit(t, open(t, dir, sqlite.Options{}), events)
	}
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	if _, err := s.Append(ctx, events); err != nil {
		t.Fatal(err)
	}
	s.Close()
	stored := 0
	for _, kill := range []int{1, 7, 20} {
		told := killEditing(t, dir, stored+kill)
		s := open(t, dir, sqlite.Options{})
		if stored = roundsOf(t, s, events); stored < told {
			t.Errorf("%d rounds are stored; the process said %d", stored, told)
		}
		s.Close()
	}
}

// edit makes rounds of edits and says so, each after it is stored, for ever.
func edit(t *testing.T, s *sqlite.Store, events []aoc.Event) {
	for n := roundsOf(t, s, events); ; n++ {
		if _, err := s.Annotate(ctx, editsOf(events, n)); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("stored %d\n", n+1)
	}
}

// roundsOf tells how many rounds are stored, none of them by half.
func roundsOf(t *testing.T, s *sqlite.Store, events []aoc.Event) int {
	t.Helper()
	var got [3]aoc.Event
	for i := range got {
		var err error
		if got[i], err = s.Get(ctx, events[i].Key); err != nil {
			t.Fatal(err)
		}
	}
	records, err := s.Edits(ctx, store.EditFilter{}, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	n := len(got[1].Comments)
	reviewed := n == 0 && got[2].Review == nil || n > 0 && got[2].Review.Note == fmt.Sprint(n-1)
	if len(got[0].Tags) != n || !reviewed || len(records) != 3*n {
		t.Fatalf("%d comments, %d tags, review %v, %d records: a round is stored by half", n, len(got[0].Tags), got[2].Review, len(records))
	}
	return n
}

// killEditing has a process edit until so many rounds are stored, and kills it; it gives
// how many it knows of.
func killEditing(t *testing.T, dir string, rounds int) (stored int) {
	t.Helper()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestKilledWhileEditing$")
	cmd.Env = append(os.Environ(), editingDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); stored < rounds && lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "stored %d", &stored); err != nil {
			t.Errorf("the editing process says: %s", lines.Text())
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	if stored < rounds {
		t.Fatalf("the editing process stored %d rounds; want %d", stored, rounds)
	}
	return stored
}
