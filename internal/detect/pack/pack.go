// Package pack has AOC's own starter pack of Sigma rules: few of them, for what attackers do
// in Microsoft 365 and administrators seldom do. What is frequent in quiet tenants, such as
// a new secret of an application, is no alert by itself but only in company: its rule stands
// in a file with the correlation that makes it one.
//
// Each file of rules has one of tests beside it, whose form pack_test.go tells.
package pack

import (
	"embed"
	"fmt"
	"strings"

	"aoc"
	"aoc/internal/sigma"
)

//go:embed *.yml
var files embed.FS

const testSuffix = ".test.yml"

// BreakGlass is the placeholder for the accounts that are used in emergencies alone: their
// user principal names. Without values, the rule about them is invalid.
const BreakGlass = "break_glass"

// File is the documents of one file of rules. They belong together: what a correlation among
// them refers to is no alert of its own.
type File struct {
	Name  string // without .yml
	Text  []byte
	Rules []*sigma.Rule
}

// Files reads the pack, in the order of names.
func Files() ([]File, error) {
	const op = "pack.files"
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, op, "the starter pack cannot be read")
	}
	var all []File
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), testSuffix) {
			continue
		}
		text, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInternal, op, fmt.Sprintf("the rules %s cannot be read", e.Name()))
		}
		rules, err := sigma.Parse(text)
		if err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInternal, op, fmt.Sprintf("the rules %s are not valid: %s", e.Name(), aoc.MessageOf(err)))
		}
		all = append(all, File{Name: strings.TrimSuffix(e.Name(), ".yml"), Text: text, Rules: rules})
	}
	return all, nil
}

// Rules gives all rules of the pack.
func Rules() ([]*sigma.Rule, error) {
	all, err := Files()
	var rules []*sigma.Rule
	for _, f := range all {
		rules = append(rules, f.Rules...)
	}
	return rules, err
}
