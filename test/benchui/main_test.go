package main

import (
	"errors"
	"os"
	"testing"

	"aoc/test/ui/browser"
)

// TestRun goes through the benchmark with few events and queries.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("imports some thousand events")
	}
	if _, err := browser.Path(); errors.Is(err, browser.ErrNone) && os.Getenv("AOC_REQUIRE_BROWSER") != "1" {
		t.Skip(err)
	}
	dir := t.TempDir()
	for _, only := range []string{"first name", "actor"} { // one of each kind
		if err := run(t.Context(), options{events: 2000, seed: 7, dir: dir, rounds: 1, only: only}); err != nil {
			t.Fatal(err)
		}
	}
}
