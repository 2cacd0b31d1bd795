package app

import (
	"os"
	"slices"
	"testing"
)

// Every folder of a source must have its line in the table, or it would never be used.
func TestEverySourceFolderHasALine(t *testing.T) {
	entries, err := os.ReadDir("../source")
	if err != nil {
		t.Fatal(err)
	}
	// Made for an import; what three sources stand on; a test kit.
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
