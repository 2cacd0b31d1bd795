package ui_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"aoc/internal/console/tool"
	"aoc/test/ui/browser"
)

// TestMCPPage copies the settings of a client, and finds every tool that there is.
func TestMCPPage(t *testing.T) {
	t.Parallel()
	server := team(t, 1, assistant)
	p := openPage(t, server, "/")
	p.click(like("button", "Settings"))
	p.click(like("link", "AI clients"))
	p.wait(by("heading", "AI clients"))
	p.click(by("button", "Copy for Claude Code"))
	p.wait(by("button", "Copy for Claude Code"))
	p.until("the command to be copied", func() bool {
		text, err := p.tab.Copied()
		return err == nil && text == "claude mcp add --transport http aoc "+server.URL+"/mcp"
	})
	p.click(by("button", "Copy for Claude Desktop"))
	var desktop struct {
		Servers map[string]struct {
			Command string            `json:"command"`
			Args    []string          `json:"args"`
			Env     map[string]string `json:"env"`
		} `json:"mcpServers"`
	}
	p.until("the settings to be copied", func() bool {
		text, err := p.tab.Copied()
		return err == nil && json.Unmarshal([]byte(text), &desktop) == nil
	})
	if s := desktop.Servers["aoc"]; s.Command != "aoc" || !slices.Equal(s.Args, []string{"mcp"}) || s.Env["AOC_DATA_DIR"] == "" {
		t.Errorf("the settings are %+v", desktop)
	}
	named, err := browser.Eval[[]string](p.tab, `[...document.querySelectorAll("dt code")].map(e => e.textContent)`)
	p.do(err)
	want := []string{"ask"}
	for _, tool := range tool.New(server.App.Console(), nil, nil) {
		want = append(want, tool.Name)
	}
	slices.Sort(named)
	slices.Sort(want)
	if !slices.Equal(named, want) {
		t.Errorf("the page names %v, the tools are %v", named, want)
	}
}

// TestMCPPageSignIn: where people sign in a client brings a token, and the page says where from.
func TestMCPPageSignIn(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "/mcp-setup", manager)
	p.wait(by("heading", "AI clients"))
	if text := p.text(by("region", "Cursor")); !strings.Contains(text, "Authorization") || !strings.Contains(text, p.server.URL+"/mcp") {
		t.Errorf("the settings: %s", text)
	}
	if text := p.text(by("region", "VS Code")); !strings.Contains(text, "${input:aoc-token}") || strings.Contains(text, "YOUR_TOKEN") {
		t.Errorf("the settings: %s", text)
	}
	p.click(by("link", "Make an API token"))
	p.wait(by("heading", "API tokens"))
	other := signedIn(t, "/mcp-setup", reader)
	other.wait(by("heading", "AI clients"))
	other.waitText("A manager can make one for you")
	if status := other.status(http.MethodPost, "/api/ask", `{"question":"Who changed users today?"}`); status != http.StatusOK {
		t.Errorf("a reader who asks is answered %d", status)
	}
}
