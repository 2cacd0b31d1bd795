package kinds_test

import (
	"os"
	"slices"
	"testing"

	"aoc/internal/sink"
	"aoc/internal/sink/kinds"
)

// Every folder of a sink must have its line in the table, or nobody could choose it.
func TestEverySinkFolderHasALine(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var folders, lines []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "kinds" && e.Name() != "sinktest" {
			folders = append(folders, e.Name())
		}
	}
	for _, k := range kinds.All() {
		lines = append(lines, k.Spec.Kind)
	}
	slices.Sort(folders)
	slices.Sort(lines)
	if !slices.Equal(folders, lines) {
		t.Errorf("folders %v, lines of the table %v", folders, lines)
	}
}

// What a form is made of is complete, and its defaults pass their own checks.
func TestSpecs(t *testing.T) {
	for _, k := range kinds.All() {
		s := k.Spec
		if s.Title == "" || s.Help == "" || s.Batch.Events < 1 || s.Batch.Bytes < 1 {
			t.Errorf("%s: title, help or limits are missing", s.Kind)
		}
		settings := map[string]string{}
		for _, x := range s.Settings {
			if x.Title == "" || x.Help == "" || x.Kind == sink.Choice && !slices.Contains(x.Choices, x.Default) || x.Kind == sink.Number && (x.Default == "" || x.Max <= x.Min) {
				t.Errorf("%s: setting %s is not described", s.Kind, x.Name)
			}
			if x.Required && x.Default == "" {
				settings[x.Name] = map[sink.SettingKind]string{sink.Address: "https://receiver.contoso.example", sink.Secret: "TOKEN", sink.Text: "name"}[x.Kind]
			}
		}
		if _, err := s.Read(sink.Config{ID: "a", Settings: settings}, nil); err != nil {
			t.Errorf("%s with what is needed alone: %v", s.Kind, err)
		}
	}
}
