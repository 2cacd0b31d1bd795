// Command sbom writes a software bill of materials, in CycloneDX JSON, of an aoc program: the
// Go modules that are linked into it, as the program itself tells, and the packages of the
// web UI, as the lock file tells.
//
//	go run . -lock ../../web/package-lock.json ../../bin/aoc >sbom.json
package main

import (
	"cmp"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func main() {
	lock := flag.String("lock", "", "package-lock.json of the web UI")
	version := flag.String("version", "", "version of the program; default what it tells")
	flag.Parse()
	if err := run(os.Stdout, flag.Arg(0), *lock, *version); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, program, lock, version string) error {
	if program == "" {
		return errors.New("name the program")
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	var packages []cdx.Component
	if lock != "" {
		text, err := os.ReadFile(lock)
		if err != nil {
			return err
		}
		if packages, err = npm(text); err != nil {
			return fmt.Errorf("%s: %w", lock, err)
		}
	}
	return write(w, bill(info, packages, version))
}

// bill lists what a program is made of. It has no time and no serial number, so that the
// same program gives the same bill.
func bill(info *debug.BuildInfo, packages []cdx.Component, version string) *cdx.BOM {
	bom := cdx.NewBOM()
	version = cmp.Or(version, info.Main.Version)
	main := cdx.Component{Type: cdx.ComponentTypeApplication, Name: info.Main.Path, Version: version}
	main.BOMRef = golang(main.Name, cmp.Or(version, "devel"))
	bom.Metadata = &cdx.Metadata{Component: &main}
	components := append(modules(info), packages...)
	slices.SortFunc(components, func(a, b cdx.Component) int { return strings.Compare(a.BOMRef, b.BOMRef) })
	refs := make([]string, len(components))
	for i, c := range components {
		refs[i] = c.BOMRef
	}
	bom.Components, bom.Dependencies = &components, &[]cdx.Dependency{{Ref: main.BOMRef, Dependencies: &refs}}
	return bom
}

// modules are the Go modules in a program, and Go itself.
func modules(info *debug.BuildInfo) []cdx.Component {
	std := strings.TrimPrefix(info.GoVersion, "go")
	all := []cdx.Component{{BOMRef: golang("std", std), Type: cdx.ComponentTypeLibrary, Name: "std", Version: std, PackageURL: golang("std", std)}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		c := cdx.Component{Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: golang(m.Path, m.Version)}
		c.BOMRef = c.PackageURL
		if m.Sum != "" { // a hash of the module's files, as go.sum has it, not of any one file
			c.Properties = &[]cdx.Property{{Name: "aoc:go.sum", Value: m.Sum}}
		}
		all = append(all, c)
	}
	return all
}

func golang(path, version string) string { return "pkg:golang/" + path + "@" + version }

// npm are the packages of a lock file that are not for development alone.
func npm(lock []byte) ([]cdx.Component, error) {
	var file struct {
		Packages map[string]struct {
			Version   string `json:"version"`
			Integrity string `json:"integrity"`
			License   string `json:"license"`
			Dev       bool   `json:"dev"`
			Optional  bool   `json:"optional"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(lock, &file); err != nil {
		return nil, err
	}
	var all []cdx.Component
	for path, p := range file.Packages {
		_, name, ok := cutLast(path, "node_modules/")
		if !ok || p.Dev || p.Optional {
			continue
		}
		c := cdx.Component{Type: cdx.ComponentTypeLibrary, Name: name, Version: p.Version, PackageURL: "pkg:npm/" + strings.ReplaceAll(url.PathEscape(name), "%2F", "/") + "@" + p.Version}
		c.BOMRef = c.PackageURL
		if path != "node_modules/"+name { // a second one, within another package
			c.BOMRef += "#" + path
		}
		if sum, ok := strings.CutPrefix(p.Integrity, "sha512-"); ok {
			if b, err := base64.StdEncoding.DecodeString(sum); err == nil {
				c.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA512, Value: hex.EncodeToString(b)}}
			}
		}
		if p.License != "" {
			c.Licenses = &cdx.Licenses{{Expression: p.License}}
		}
		all = append(all, c)
	}
	return all, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func write(w io.Writer, bom *cdx.BOM) error {
	return cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
}
