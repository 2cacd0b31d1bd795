package main

import "testing"

// TestRun goes through the whole benchmark with few events: every question must be
// answered.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("imports some thousand events")
	}
	if err := run(t.Context(), options{events: 3000, seed: 7, dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
}
