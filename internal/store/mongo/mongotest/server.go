package mongotest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
)

// server is a MongoDB, or what stands in for one.
type server struct {
	uri  string
	real bool
}

// errNone says that there is no server, and how to get one.
var errNone = errors.New("no MongoDB to test with: run make mongoengine once, or set AOC_TEST_MONGO_URI to a server, " +
	"AOC_MONGOD to a mongod, or AOC_MONGO_ENGINE to the program built from tools/mongoengine")

// provide finds or starts the server of this process, in the order the package describes.
// What a variable names and does not work is an error, never a reason for the next.
func provide() (server, error) {
	if uri := os.Getenv("AOC_TEST_MONGO_URI"); uri != "" {
		real, err := isReal(uri)
		if err != nil {
			return server{}, fmt.Errorf("the server of AOC_TEST_MONGO_URI does not answer: %w", err)
		}
		return server{uri, real}, nil
	}
	if path, err := findMongod(); path != "" || err != nil {
		if err != nil {
			return server{}, err
		}
		uri, err := startMongod(path)
		return server{uri, true}, err
	}
	path, err := findEngine()
	if err != nil {
		return server{}, err
	}
	uri, err := startEngine(path)
	return server{uri, false}, err
}

// findMongod returns the path of a mongod, or nothing where there is none. What is started
// needs a shell to watch over it, so there is none on Windows.
func findMongod() (string, error) {
	if name := os.Getenv("AOC_MONGOD"); name != "" {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", fmt.Errorf("AOC_MONGOD: %w", err)
		}
		return path, nil
	}
	if runtime.GOOS == "windows" {
		return "", nil
	}
	path, err := exec.LookPath("mongod")
	if err != nil {
		return "", nil
	}
	return path, nil
}

// findEngine returns the path of the program built from tools/mongoengine, or errNone.
func findEngine() (string, error) {
	if name := os.Getenv("AOC_MONGO_ENGINE"); name != "" {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", fmt.Errorf("AOC_MONGO_ENGINE: %w", err)
		}
		return path, nil
	}
	root, err := moduleRoot()
	if err != nil {
		return "", errNone
	}
	path, err := exec.LookPath(filepath.Join(root, "tools", "mongoengine", "mongoengine"))
	if err != nil {
		return "", errNone
	}
	return path, nil
}

var moduleLine = regexp.MustCompile(`(?m)^module aoc$`)

// moduleRoot returns the folder of the module the test belongs to: go test runs in the
// folder of the package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && moduleLine.Match(text) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("this is not in the folder of the module")
		}
		dir = parent
	}
}

// dataFolder makes a folder for the data of a server: in memory where that is at hand and
// TMPDIR does not ask for another place.
func dataFolder() (string, error) {
	if os.Getenv("TMPDIR") == "" {
		if dir, err := os.MkdirTemp("/dev/shm", "aoc-mongotest-"); err == nil {
			return dir, nil
		}
	}
	return os.MkdirTemp("", "aoc-mongotest-")
}
