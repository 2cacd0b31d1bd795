package mcp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc/internal/console/tool"
)

// call calls a tool and gives its result as JSON.
func call(t *testing.T, s *mcp.ClientSession, name string, arguments map[string]any) (map[string]any, error) {
	t.Helper()
	r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		return nil, err
	}
	text, _ := r.Content[0].(*mcp.TextContent)
	if r.IsError {
		return nil, fmt.Errorf("%s", text.Text)
	}
	if len(text.Text) > tool.MaxResult {
		t.Errorf("%s gives %d bytes", name, len(text.Text))
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(text.Text), &v); err != nil {
		t.Fatal(err)
	}
	return v, nil
}

// total counts what a search finds.
func total(t *testing.T, s *mcp.ClientSession, q string) int {
	t.Helper()
	v, err := call(t, s, "search_events", map[string]any{"q": q, "start": "-1d"})
	if err != nil {
		t.Fatal(err)
	}
	n, ok := v["total"].(float64)
	if !ok {
		t.Fatalf("no total: %.300v", v)
	}
	return int(n)
}

// TestClients asks the same over every transport: tools, the bound of results, resources and
// prompts.
func TestClients(t *testing.T) {
	h := newHouse(t)
	sessions := map[string]*mcp.ClientSession{"stdio": h.stdio()}
	for _, transport := range transports {
		sessions[transport] = h.client(transport, nil, nil)
	}
	for name, s := range sessions {
		t.Run(name, func(t *testing.T) {
			var tools []string
			for found, err := range s.Tools(t.Context(), nil) {
				if err != nil {
					t.Fatal(err)
				}
				tools = append(tools, found.Name)
				if found.Annotations == nil || !found.Annotations.ReadOnlyHint || found.OutputSchema == nil {
					t.Errorf("%s is not said to read only, or has no output schema", found.Name)
				}
			}
			if len(tools) != 9 || !slices.Contains(tools, "ask") {
				t.Errorf("tools: %v", tools)
			}
			if n := total(t, s, "operation:\"Update user\""); n != 320 {
				t.Errorf("%d events", n)
			}
			page, err := call(t, s, "search_events", map[string]any{"q": "eve", "limit": 100})
			if err != nil {
				t.Fatal(err)
			}
			events, _ := page["events"].([]any)
			if len(events) == 0 {
				t.Fatalf("no events: %.300v", page)
			}
			key, _ := events[0].(map[string]any)["key"].(string)
			for name, arguments := range map[string]map[string]any{
				"get_event": {"key": key}, "get_related_events": {"key": key}, "get_summary": {}, "get_timeline": {"id": "ada@contoso.example"}, "get_coverage": {}, "list_alerts": {},
				"ask": {"question": "Who updated users today?"},
			} {
				if _, err := call(t, s, name, arguments); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			if _, err := call(t, s, "search_events", map[string]any{"nonsense": 1}); err == nil || !strings.Contains(err.Error(), "nonsense") {
				t.Errorf("an argument that there is not: %v", err)
			}
			r, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "aoc://events/" + key})
			if err != nil || !strings.Contains(r.Contents[0].Text, key) {
				t.Errorf("resource: %v", err)
			}
			if _, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "aoc://saved-searches"}); err != nil {
				t.Error(err)
			}
			p, err := s.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: "weekly_admin_changes", Arguments: map[string]string{"days": "3"}})
			if err != nil || len(p.Messages) != 1 {
				t.Errorf("prompt: %v", err)
			}
		})
	}
}

// TestRevisions holds that clients of the revision with sessions and of the one without are
// both served.
func TestRevisions(t *testing.T) {
	h := newHouse(t)
	s := h.client("streamable", nil, nil)
	if v := s.InitializeResult().ProtocolVersion; v != "2026-07-28" {
		t.Errorf("the newest client speaks %s", v)
	}
	const begin = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"old","version":"1"}}}`
	status, header, body := h.send(http.MethodPost, "/mcp", begin, nil)
	if status != http.StatusOK || header.Get("Mcp-Session-Id") == "" || !strings.Contains(body, `"2025-06-18"`) {
		t.Errorf("an older client: %d %v %.300s", status, header, body)
	}
	if status, _, _ := h.send(http.MethodDelete, "/mcp", "", carrying{"Mcp-Session-Id": header.Get("Mcp-Session-Id")}); status != http.StatusNoContent {
		t.Errorf("ending a session: %d", status)
	}
	if status, _, _ := h.send(http.MethodPost, "/mcp", `{"jsonrpc":"2.0","id":2,"method":"ping"}`, carrying{"Mcp-Session-Id": header.Get("Mcp-Session-Id")}); status != http.StatusNotFound {
		t.Errorf("a session that has ended: %d", status)
	}
}

// TestProgress asks a question and wants to hear how it goes.
func TestProgress(t *testing.T) {
	h := newHouse(t)
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			var mu sync.Mutex
			var told []string
			s := h.client(transport, nil, &mcp.ClientOptions{ProgressNotificationHandler: func(_ context.Context, r *mcp.ProgressNotificationClientRequest) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, r.Params.Message)
			}})
			params := &mcp.CallToolParams{Name: "ask", Arguments: map[string]any{"question": "Who updated users today?"}}
			params.SetProgressToken("p1")
			if r, err := s.CallTool(t.Context(), params); err != nil || r.IsError {
				t.Fatal(err, r)
			}
			for range 100 {
				mu.Lock()
				n := len(told)
				mu.Unlock()
				if n > 0 {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Error("nothing was told")
		})
	}
}

// TestMany lets many ask at once, over all transports.
func TestMany(t *testing.T) {
	h := newHouse(t)
	var group sync.WaitGroup
	for i := range 12 {
		s := h.client(transports[i%len(transports)], nil, nil)
		for range 5 {
			group.Go(func() {
				if v, err := call(t, s, "search_events", map[string]any{"q": "eve", "limit": 5}); err != nil || v["total"] == nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
}

// TestStop stops a service that clients are connected to: it neither hangs nor fails.
func TestStop(t *testing.T) {
	h := newHouse(t)
	for range 3 {
		for _, transport := range transports {
			total(t, h.client(transport, nil, nil), "eve")
		}
	}
	old := h.oldSession(nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, h.base+"/mcp", nil)
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Mcp-Session-Id", old)
	resp, err := http.DefaultClient.Do(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	defer func() { _ = resp.Body.Close() }()
	go func() {
		for b := make([]byte, 512); ; {
			if _, err := resp.Body.Read(b); err != nil {
				ended <- err
				return
			}
		}
	}()
	began := time.Now()
	h.stop()
	if took := time.Since(began); took > time.Minute { // it hangs
		t.Errorf("it took %v", took)
	}
	select {
	case <-ended:
	case <-time.After(time.Second):
		t.Error("the stream goes on")
	}
}

// oldSession begins a session as clients before 2026-07-28 do, and gives its id.
func (h *house) oldSession(headers carrying) string {
	h.Helper()
	const begin = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"old","version":"1"}}}`
	status, header, body := h.send(http.MethodPost, "/mcp", begin, headers)
	id := header.Get("Mcp-Session-Id")
	if status != http.StatusOK || id == "" {
		h.Fatalf("%d %.300s", status, body)
	}
	return id
}
