package app

import (
	"os"
	"slices"
	"testing"

	"aoc"
	"aoc/internal/config"
)

// Every folder of a source must have its line in the table, or it would never be used.
func TestEverySourceFolderHasALine(t *testing.T) {
	entries, err := os.ReadDir("../source")
	if err != nil {
		t.Fatal(err)
	}
	// Made for an import; what sources of Graph stand on; a test kit.
	notCollected := []string{"file", "graphwindow", "sourcetest"}
	var folders []string
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(notCollected, e.Name()) {
			folders = append(folders, e.Name())
		}
	}
	var lines []string
	for _, c := range collectors {
		lines = append(lines, c.name)
	}
	slices.Sort(folders)
	slices.Sort(lines)
	if !slices.Equal(folders, lines) {
		t.Errorf("folders %v, lines of the table %v", folders, lines)
	}
}

// TestRulesKnowWhatIsCollected: naming a source in AOC_SOURCES is what its rules wait for.
func TestRulesKnowWhatIsCollected(t *testing.T) {
	known := map[aoc.Source]bool{}
	for _, c := range collectors {
		var cfg config.Config
		cfg.Tenant.ID, cfg.Tenant.ClientID, cfg.Collect.Sources = "11111111-2222-4333-8444-555555555555", "c", config.List{c.name}
		collected := collectedSources(cfg)
		if collected == nil {
			t.Fatal("the configuration collects nothing")
		}
		var on []aoc.Source
		for _, s := range aoc.Sources() {
			if collected(s) {
				on = append(on, s)
				known[s] = true
			}
		}
		if len(on) != 1 {
			t.Errorf("%s collects %v", c.name, on)
		}
	}
	if len(known) != len(collectors) {
		t.Errorf("%d sources of %d collectors: %v", len(known), len(collectors), known)
	}
}
