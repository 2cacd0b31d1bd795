package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// ErrNone says that there is no browser on this machine.
var ErrNone = errors.New("no Chromium was found: install it (apt-get install chromium) or name it in AOC_CHROMIUM")

// Path finds Chromium: what AOC_CHROMIUM names, else the usual names in PATH.
func Path() (string, error) {
	if named := os.Getenv("AOC_CHROMIUM"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("AOC_CHROMIUM: %w", err)
		}
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}
