package app

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"aoc"
	"aoc/internal/console"
)

// LoadRules keeps the rules of files, and of all files below folders; without paths AOC's
// own. A pack without a licence has that of a file LICENSE beside or above the paths. Code
// invalid for a path that cannot be read.
func (a *App) LoadRules(ctx context.Context, paths []string, pack console.Pack, enable bool) (console.LoadReport, error) {
	if len(paths) == 0 {
		return a.console.LoadStarter(ctx, enable)
	}
	var files []console.RuleFile
	for _, path := range paths {
		found, err := readRules(path)
		if err != nil {
			return console.LoadReport{}, err
		}
		files = append(files, found...)
		pack.License = cmp.Or(pack.License, licenseAbove(path))
	}
	return a.console.LoadRules(ctx, pack, files, enable)
}

// detectionLicense is how the licence of SigmaHQ's rules names itself.
var detectionLicense = regexp.MustCompile(`(?i)Detection Rule License\s*(?:\(DRL\))?\s*([0-9.]*[0-9])`)

const (
	// licenseHeight is how many folders above rules are looked into for their licence.
	licenseHeight = 5
	// maxLicense bounds the name of a licence, in bytes.
	maxLicense = 100
)

// licenseAbove names the licence in a file LICENSE that is in a folder or above: the Detection
// Rule License by its short name, another one by the first line; empty for none.
func licenseAbove(path string) string {
	for range licenseHeight {
		for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENSE.Detection.Rules.md"} {
			text, err := os.ReadFile(filepath.Join(path, name))
			if err != nil || !utf8.Valid(text) {
				continue
			}
			if m := detectionLicense.FindSubmatch(text); m != nil {
				return "DRL " + string(m[1])
			}
			for line := range strings.Lines(string(text)) {
				if line = strings.Trim(line, "# \t\r\n"); line != "" {
					return strings.ToValidUTF8(line[:min(len(line), maxLicense)], "")
				}
			}
		}
		if path == filepath.Dir(path) {
			break
		}
		path = filepath.Dir(path)
	}
	return ""
}

// ruleSuffixes are those of files of rules in a folder.
var ruleSuffixes = []string{".yml", ".yaml"} //nolint:gochecknoglobals // read-only list

// maxRuleFile bounds a file of rules, in bytes.
const maxRuleFile = 1 << 20

// readRules reads a file, or the files of rules below a folder, with their paths below it.
func readRules(path string) (files []console.RuleFile, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !info.IsDir() {
		f := console.RuleFile{Path: filepath.Base(path)}
		if info.Size() <= maxRuleFile { // else it is told of as no rule
			if f.Content, err = os.ReadFile(path); err != nil {
				return nil, unreadable(path, err)
			}
		}
		return []console.RuleFile{f}, nil
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = root.Close() }()
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains(ruleSuffixes, strings.ToLower(filepath.Ext(name))) {
			return err
		}
		f := console.RuleFile{Path: name}
		if info, err := d.Info(); err != nil {
			return err
		} else if info.Size() <= maxRuleFile {
			if f.Content, err = fs.ReadFile(root.FS(), name); err != nil {
				return err
			}
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		return nil, unreadable(path, err)
	}
	return files, nil
}

func unreadable(path string, cause error) error {
	e := aoc.Errorf(aoc.CodeInvalid, "app.rules", "%s cannot be read", path)
	e.Cause, e.Hint = cause, "Name a Sigma file, or a folder with files that end in .yml."
	return e
}
