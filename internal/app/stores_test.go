package app

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gofrs/flock"

	"aoc/internal/config"
)

// Every folder of a store must have its line in the table, or it would never be used.
func TestEveryStoreFolderHasALine(t *testing.T) {
	entries, err := os.ReadDir("../store")
	if err != nil {
		t.Fatal(err)
	}
	var folders, lines []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "storetest" {
			folders = append(folders, e.Name())
		}
	}
	for _, s := range stores {
		lines = append(lines, s.folder)
	}
	slices.Sort(folders)
	slices.Sort(lines)
	if !slices.Equal(folders, lines) {
		t.Errorf("folders %v, lines of the table %v", folders, lines)
	}
}

func TestStoreThatIsChosen(t *testing.T) {
	for want, environ := range map[string][]string{
		storeSQLite: nil, storeMongoDB: {"MONGO_URI=mongodb://db.example"},
	} {
		cfg, err := config.Load(environ, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := storeName(cfg); got != want {
			t.Errorf("%v chooses %s; want %s", environ, got, want)
		}
	}
}

// Where processes share a data folder, one that starts removes the uploads of those that are
// gone, and no others.
func TestUploadsOfOtherProcesses(t *testing.T) {
	dir := t.TempDir()
	make := func(name string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(path, 0o700), os.WriteFile(filepath.Join(path, "file"), []byte("x"), 0o600), os.WriteFile(path+lockSuffix, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	gone, alive := make("gone"), make("alive")
	l := flock.New(alive + lockSuffix)
	if ok, err := l.TryLock(); err != nil || !ok {
		t.Fatal(ok, err)
	}
	defer l.Close()
	for _, path := range []string{gone, alive} {
		clearUploads(path + lockSuffix)
	}
	if _, err := os.Stat(filepath.Join(alive, "file")); err != nil {
		t.Errorf("a file of a process that lives: %v", err)
	}
	for _, path := range []string{gone, gone + lockSuffix} {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s of a process that is gone: %v", filepath.Base(path), err)
		}
	}
}
