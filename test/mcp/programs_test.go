package mcp_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc/internal/mcpserver"
)

// modules is where the programs of others are installed, by npm ci.
func modules(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../tools/mcpconformance/node_modules")
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "node", "bin", "node"))
	}
	if err != nil {
		if os.Getenv("AOC_REQUIRE_MCP") != "" {
			t.Fatal("the conformance suite and the Inspector are needed: make mcpconformance")
		}
		t.Skip("the conformance suite and the Inspector are not installed: make mcpconformance")
	}
	return dir
}

// run runs a program of Node's and gives what it prints.
func run(t *testing.T, script string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	dir := modules(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "node", "bin", "node"), append([]string{filepath.Join(dir, script)}, args...)...)
	home := t.TempDir()
	cmd.Dir, cmd.Env = home, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "NO_COLOR=1"}
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

const (
	suiteScript     = "@modelcontextprotocol/conformance/dist/index.js"
	inspectorScript = "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
)

// passed reads how many checks passed and failed.
var passed = regexp.MustCompile(`Total: (\d+) passed, (\d+) failed|Passed: (\d+)/(\d+), (\d+) failed`)

// TestConformanceOfFixture runs every scenario of the suite that there is for servers, over
// AOC's transport.
func TestConformanceOfFixture(t *testing.T) {
	modules(t)
	h := mcpserver.NewHTTP(mcpserver.HTTPConfig{Server: newFixture()})
	server := httptest.NewServer(h)
	defer server.Close()
	defer func() {
		if err := h.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	out, errs, err := run(t, suiteScript, "server", "--url", server.URL+"/mcp", "--suite", "all")
	if m := passed.FindStringSubmatch(out); err != nil || m == nil || m[1] == "0" {
		t.Errorf("%v\n%s\n%s", err, out, errs)
	} else {
		t.Log(m[0])
	}
}

// generic are the scenarios that need nothing of a server but what the protocol says.
var generic = []string{
	"server-initialize", "ping", "logging-set-level", "tools-list", "resources-list", "prompts-list", "server-sse-multiple-streams", "dns-rebinding-protection",
}

// TestConformanceOfAOC runs those on the service itself.
func TestConformanceOfAOC(t *testing.T) {
	modules(t)
	h := newHouse(t)
	for _, scenario := range generic {
		out, errs, err := run(t, suiteScript, "server", "--url", h.base+"/mcp", "--scenario", scenario)
		if m := passed.FindStringSubmatch(out); err != nil || m == nil || m[3] == "0" {
			t.Errorf("%s: %v\n%s\n%s", scenario, err, out, errs)
		} else {
			t.Logf("%s: %s", scenario, m[0])
		}
	}
}

// TestInspector asks with the Inspector, over every transport, with and without a token.
func TestInspector(t *testing.T) {
	modules(t)
	open, guarded := newHouse(t), newGuardedHouse(t)
	secret, _ := guarded.token("reader")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var settings []string // the Inspector passes on what it is told alone
	for _, v := range append(slices.Clone(open.environ), asProgram+"=1") {
		settings = append(settings, "-e", v)
	}
	token := []string{"--header", "Authorization: Bearer " + secret}
	for name, c := range map[string]struct {
		target  []string
		refused bool
	}{
		"streamable":                {target: []string{open.base + "/mcp", "--transport", "http"}},
		"sse":                       {target: []string{open.base + "/mcp/sse", "--transport", "sse"}},
		"stdio":                     {target: append(settings, self, "mcp")},
		"streamable, with a token":  {target: append([]string{guarded.base + "/mcp", "--transport", "http"}, token...)},
		"sse, with a token":         {target: append([]string{guarded.base + "/mcp/sse", "--transport", "sse"}, token...)},
		"streamable, without token": {target: []string{guarded.base + "/mcp", "--transport", "http"}, refused: true},
		"sse, without token":        {target: []string{guarded.base + "/mcp/sse", "--transport", "sse"}, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			ask := func(want string, args ...string) {
				t.Helper()
				out, errs, err := run(t, inspectorScript, slices.Concat([]string{"--cli"}, c.target, args)...)
				if c.refused {
					if err == nil || strings.Contains(out, want) {
						t.Errorf("%.500s", out)
					}
					return
				}
				if err != nil || !json.Valid([]byte(out)) || !strings.Contains(out, want) {
					t.Errorf("%v: %.800s %.800s", err, out, errs)
				}
			}
			ask("search_events", "--method", "tools/list")
			ask("Update user", "--method", "tools/call", "--tool-name", "search_events", "--tool-arg", "q=eve", "--tool-arg", "limit=3")
		})
	}
}
