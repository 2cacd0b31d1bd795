package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// TestBill makes the bill of this test, which is linked with one module at least.
func TestBill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(t.TempDir(), "package-lock.json")
	text := `{"packages": {"": {"version": "0"}, "node_modules/svelte": {"version": "5.1.0", "license": "MIT", "integrity": "sha512-AAAA"},
		"node_modules/@x/y": {"version": "1.0.0"}, "node_modules/@x/y/node_modules/svelte": {"version": "4.0.0"}, "node_modules/vite": {"version": "8.0.0", "dev": true}}}`
	if err := os.WriteFile(lock, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	if err := run(&first, self, lock, "v1.2.3"); err != nil {
		t.Fatal(err)
	}
	if err := run(&second, self, lock, "v1.2.3"); err != nil || first.String() != second.String() {
		t.Errorf("the same program gives another bill (%v)", err)
	}
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(&first, cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	refs := map[string]bool{}
	for _, c := range *bom.Components {
		if c.Version == "" || refs[c.BOMRef] {
			t.Errorf("no version, or twice: %+v", c)
		}
		refs[c.BOMRef] = true
	}
	all := second.String()
	for _, want := range []string{`"version": "v1.2.3"`, "pkg:golang/std@", "pkg:golang/github.com/CycloneDX/cyclonedx-go@v", "pkg:npm/svelte@5.1.0", "pkg:npm/@x/y@1.0.0", "pkg:npm/svelte@4.0.0", "MIT", "000000"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in\n%s", want, all)
		}
	}
	if strings.Contains(all, "vite") {
		t.Error("what is for development alone is listed")
	}
}

func TestRefusals(t *testing.T) {
	for _, program := range []string{"", "main.go", "/no/such/file"} {
		if err := run(&bytes.Buffer{}, program, "", ""); err == nil {
			t.Errorf("%q gives a bill", program)
		}
	}
}
