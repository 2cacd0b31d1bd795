package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLicenseAbove finds the licence of rules where packs keep it.
func TestLicenseAbove(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"SigmaHQ's":    {"LICENSE.txt", "# Licenses\n- The rules are released under the [Detection Rule License (DRL) 1.1](https://example.com)\n", "DRL 1.1"},
		"another":      {"LICENSE", "\n# MIT License\n\nCopyright", "MIT License"},
		"a long line":  {"LICENSE.md", strings.Repeat("x", 99) + "é", strings.Repeat("x", 99)},
		"no text":      {"LICENSE", "\xff\xfe", ""},
		"no such file": {"COPYING", "MIT License", ""},
	} {
		dir := t.TempDir()
		rules := filepath.Join(dir, "rules", "cloud")
		if err := os.MkdirAll(rules, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := licenseAbove(rules); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
