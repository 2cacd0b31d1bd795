package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aoc"
)

func TestFindPlace(t *testing.T) {
	dir := t.TempDir()
	const uri = "mongodb://ada:swordfish@db.example:27017/?replicaSet=rs0"
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret := write("secret", uri+"\n")
	dotenv := write(".env", "IN_DOTENV='"+uri+"'\nBOTH=/other\n")
	environ := []string{"URI=" + uri, "FOLDER=" + dir, "BOTH=/this", "BY_FILE_FILE=" + secret, "EMPTY="}
	for text, want := range map[string]Place{
		dir:                    {Name: dir, Dir: dir},
		"./data":               {Name: "./data", Dir: "./data"},
		uri:                    {Name: "the MongoDB of --to", URI: NewSecret(uri)},
		"mongodb+srv://host/x": {Name: "the MongoDB of --to", URI: NewSecret("mongodb+srv://host/x")},
		"env:URI":              {Name: "the MongoDB of --to", URI: NewSecret(uri)},
		"env:IN_DOTENV":        {Name: "the MongoDB of --to", URI: NewSecret(uri)},
		"env:BY_FILE":          {Name: "the MongoDB of --to", URI: NewSecret(uri)},
		"file:" + secret:       {Name: "the MongoDB of --to", URI: NewSecret(uri)},
		"env:FOLDER":           {Name: "the folder of --to", Dir: dir},
		"env:BOTH":             {Name: "the folder of --to", Dir: "/this"},
	} {
		got, err := FindPlace("--to", text, environ, dotenv)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, want)
		}
		if strings.Contains(got.Name, "swordfish") {
			t.Errorf("%s: its name is %q", text, got.Name)
		}
	}
	for _, text := range []string{"", "env:EMPTY", "env:UNKNOWN", "file:" + filepath.Join(dir, "none"), "mongodb://", "mongodb:swordfish"} {
		_, err := FindPlace("--to", text, environ, dotenv)
		if aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" || !strings.Contains(err.Error(), "--to") || strings.Contains(err.Error(), "swordfish") {
			t.Errorf("%q: %v; want invalid with a remedy, naming the flag alone", text, err)
		}
	}
}

func TestSamePlace(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	a := Place{URI: NewSecret("mongodb://a"), Database: "x"}
	for _, c := range []struct {
		p, q Place
		want bool
	}{
		{Place{Dir: dir}, Place{Dir: link}, true},
		{Place{Dir: dir}, Place{Dir: t.TempDir()}, false},
		{Place{Dir: "none"}, Place{Dir: "./none"}, true},
		{Place{Dir: dir}, a, false},
		{a, a, true},
		{a, Place{URI: a.URI, Database: "y"}, false},
	} {
		if got := c.p.Same(c.q); got != c.want {
			t.Errorf("%+v and %+v: %t; want %t", c.p, c.q, got, c.want)
		}
	}
}

func TestConfigAtAPlace(t *testing.T) {
	cfg := Config{Store: Store{DataDir: "here", MongoURI: NewSecret("mongodb://a"), MongoDatabase: "d", Chain: "off"}}
	if s := cfg.At(Place{Dir: "there"}).Store; s.DataDir != "there" || s.Shared() || !s.Chained() {
		t.Errorf("in a folder: %+v", s)
	}
	if s := cfg.At(Place{URI: NewSecret("mongodb://b"), Database: "e"}).Store; s.MongoURI.Reveal() != "mongodb://b" || s.MongoDatabase != "e" {
		t.Errorf("in a MongoDB: %+v", s)
	}
}
