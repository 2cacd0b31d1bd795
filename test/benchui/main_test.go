package main

import (
	"errors"
	"os"
	"testing"

	"aoc/test/ui/browser"
)

// TestRun goes through the whole benchmark with few events.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("imports some thousand events")
	}
	if _, err := browser.Path(); errors.Is(err, browser.ErrNone) && os.Getenv("AOC_REQUIRE_BROWSER") != "1" {
		t.Skip(err)
	}
	if err := run(t.Context(), options{events: 2000, seed: 7, dir: t.TempDir(), rounds: 1}); err != nil {
		t.Fatal(err)
	}
}
