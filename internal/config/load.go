package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"
)

// fileSuffix names the setting that holds the path of a file with a secret.
const fileSuffix = "_FILE"

// secretFileLimit bounds what is read of such a file, in bytes.
const secretFileLimit = 64 << 10

// Load reads the settings from environment variables ("NAME=value", as os.Environ gives
// them) and, for names that are not among them, from a .env file, which need not exist;
// an empty path means none. An empty value counts as not set. The error is a [Problems]
// with everything that is wrong, also where the values themselves are readable but do not
// fit; the Config is then what could be made of it.
func Load(environ []string, dotenvPath string) (Config, error) {
	var cfg Config
	var bad Problems
	vars := readDotenv(dotenvPath, &bad)
	for name, value := range env.ToMap(environ) {
		if value != "" || vars[name] == "" {
			vars[name] = value
		}
	}
	fields := settings(&cfg)
	cfg.unknown = unknown(vars, fields)
	readSecretFiles(vars, fields, &bad)
	cfg.Secrets = namedSecrets(vars, &bad)
	bad.parse(env.ParseWithOptions(&cfg, env.Options{
		Environment: vars,
		FuncMap:     map[reflect.Type]env.ParserFunc{reflect.TypeFor[bool](): parseBool},
	}), fields)
	var misfits Problems
	cfg.check(&misfits)
	bad.addOthers(misfits)
	return cfg, bad.err()
}

func readDotenv(path string, bad *Problems) map[string]string {
	vars := map[string]string{}
	if path == "" {
		return vars
	}
	read, err := godotenv.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil: // godotenv's text quotes the line, which may be a secret
		bad.add(path, "cannot be read as lines of NAME=value", "Put values with blanks, # or $ into single quotes, and check that the file may be read.")
	default:
		maps.Copy(vars, read)
	}
	return vars
}

// readSecretFiles puts the content of NAME_FILE in the place of NAME.
func readSecretFiles(vars map[string]string, fields []setting, bad *Problems) {
	for _, f := range fields {
		path := vars[f.name+fileSuffix]
		if !f.secret() || path == "" {
			continue
		}
		if vars[f.name] != "" {
			bad.add(f.name, "is given both directly and by "+f.name+fileSuffix, "Keep one of the two.")
			continue
		}
		value, err := readSecret(path)
		if err != nil {
			bad.add(f.name+fileSuffix, err.Error(), "Name a readable text file that holds the secret alone.")
			continue
		}
		vars[f.name] = value
	}
}

func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", errors.New("names a file that cannot be read")
	case !info.Mode().IsRegular() && info.Mode().Type() != 0:
		return "", errors.New("names something that is not a file")
	case info.Size() > secretFileLimit:
		return "", errors.New("names a file that is too large for a secret")
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", errors.New("names a file that cannot be read")
	}
	value := strings.TrimSpace(strings.TrimPrefix(string(content), "\ufeff"))
	if value == "" {
		return "", errors.New("names a file that is empty")
	}
	return value, nil
}

// parseBool takes the words the original took.
func parseBool(v string) (any, error) {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "1", "true", "yes", "on", "t", "y":
		return true, nil
	case "0", "false", "no", "off", "f", "n":
		return false, nil
	}
	return false, strconv.ErrSyntax
}

// unknown lists names that look like AOC's settings and are none, such as misspelt ones.
func unknown(vars map[string]string, fields []setting) []string {
	var names []string
	for name := range vars {
		if !strings.HasPrefix(name, "AOC_") || name == "AOC_TEST_DATA" || name == "AOC_TEST_RULES" || strings.HasPrefix(name, namedSecret) {
			continue
		}
		known := slices.ContainsFunc(fields, func(f setting) bool {
			return name == f.name || (f.secret() && name == f.name+fileSuffix)
		})
		if !known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
