package config

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/caarlos0/env/v11"

	"aoc"
)

// Place says where a store is: in a data folder, or in a MongoDB.
type Place struct {
	// Name is how messages call it: never with what is secret.
	Name string
	Dir  string
	URI  Secret
	// Database is that of a MongoDB; empty means AOC_MONGO_DATABASE.
	Database string
}

// Shared reports whether the store is in a MongoDB.
func (p Place) Shared() bool { return p.URI.IsSet() }

// Same reports whether two places are one, as far as that can be told.
func (p Place) Same(q Place) bool {
	if p.Shared() || q.Shared() {
		return p.URI == q.URI && p.Database == q.Database
	}
	a, errA := os.Stat(p.Dir)
	b, errB := os.Stat(q.Dir)
	if errA == nil && errB == nil {
		return os.SameFile(a, b)
	}
	return filepath.Clean(p.Dir) == filepath.Clean(q.Dir)
}

// The ways to name a place without writing it down where others can read it.
const (
	placeInSetting = "env:"
	placeInFile    = "file:"
)

// FindPlace understands what names a place: a data folder; the connection string of a
// MongoDB; env:NAME, for either of them in the setting NAME, which may also be in the .env
// file or in the file that NAME_FILE names; file:PATH, for either in a file. flag is what
// messages call it by.
func FindPlace(flag, text string, environ []string, dotenvPath string) (Place, error) {
	name := text
	switch {
	case strings.HasPrefix(text, placeInSetting):
		value, err := lookUp(text[len(placeInSetting):], environ, dotenvPath)
		if err != nil {
			return Place{}, placeError(flag, err.Error(), "Write env: and the name of a setting that holds a data folder or a connection string.")
		}
		text = value
	case strings.HasPrefix(text, placeInFile):
		value, err := readSecret(text[len(placeInFile):])
		if err != nil {
			return Place{}, placeError(flag, err.Error(), "Write file: and the path of a file that holds a data folder or a connection string alone.")
		}
		text = value
	}
	switch {
	case isMongoURI(text):
		return Place{Name: "the MongoDB of " + flag, URI: NewSecret(text)}, nil
	case strings.HasPrefix(text, "mongodb"):
		return Place{}, placeError(flag, "is not the connection string of a MongoDB", "Write it like mongodb://user:password@host:27017, or name a data folder.")
	case text == "":
		return Place{}, placeError(flag, "names nothing", "Name a data folder, or give the connection string of a MongoDB.")
	}
	if name != text {
		name = "the folder of " + flag
	}
	return Place{Name: name, Dir: text}, nil
}

func placeError(flag, what, remedy string) error {
	e := aoc.Errorf(aoc.CodeInvalid, "config.place", "%s %s", flag, what)
	e.Hint = remedy
	return e
}

// lookUp gives the value of any setting, as Load would find it.
func lookUp(name string, environ []string, dotenvPath string) (string, error) {
	var bad Problems
	vars := readDotenv(dotenvPath, &bad)
	if len(bad) > 0 {
		return "", bad.err()
	}
	for name, value := range env.ToMap(environ) {
		if value != "" {
			vars[name] = value
		}
	}
	if vars[name] != "" {
		return vars[name], nil
	}
	if path := vars[name+fileSuffix]; path != "" {
		return readSecret(path)
	}
	return "", nil
}

// At is the configuration with its store in another place.
func (c Config) At(p Place) Config {
	c.Store.MongoURI = p.URI
	if p.Shared() {
		if p.Database != "" {
			c.Store.MongoDatabase = p.Database
		}
		return c
	}
	c.Store.DataDir, c.Store.Chain = p.Dir, "on"
	return c
}
