package mcpserver

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc/internal/console"
	"aoc/internal/console/tool"
)

// calls are the methods that read something, and what they are called in the audit trail.
var calls = map[string]console.CallKind{ //nolint:gochecknoglobals // read-only table
	"tools/call": console.CallTool, "resources/read": console.CallResource, "prompts/get": console.CallPrompt,
}

// watched writes calls down, and counts them. One that cannot be written down is not done.
func (h *handlers) watched(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		kind, ok := calls[method]
		if !ok {
			return next(ctx, method, req)
		}
		name, client := asked(req)
		label := h.label(method, name)
		if err := h.Console.Called(ctx, kind, tool.Visible(name, 200), tool.Visible(client, 100)); err != nil {
			h.Observer.MCPCalled(label, "refused")
			return refuse(ctx, method, err)
		}
		result, err := next(ctx, method, req)
		outcome := "ok"
		if r, is := result.(*mcp.CallToolResult); err != nil || is && r != nil && r.IsError {
			outcome = "failed"
		}
		h.Observer.MCPCalled(label, outcome)
		return result, err
	}
}

// asked tells what a request asks for, and which program says that it asks.
func asked(req mcp.Request) (name, client string) {
	var info *mcp.Implementation
	switch r := req.(type) {
	case *mcp.CallToolRequest:
		name, info = r.Params.Name, r.ClientInfo()
	case *mcp.ReadResourceRequest:
		name, info = r.Params.URI, r.ClientInfo()
	case *mcp.GetPromptRequest:
		name, info = r.Params.Name, r.ClientInfo()
	}
	if info != nil {
		client = info.Name
		if info.Version != "" {
			client += " " + info.Version
		}
	}
	return name, client
}

// label is what a call is counted under. Clients can ask for what there is not.
func (h *handlers) label(method, name string) string {
	switch {
	case method == "resources/read" && strings.HasPrefix(name, eventURI):
		return "event"
	case method == "resources/read" && name == searchesURI:
		return "saved-searches"
	case method == "tools/call" && (name == "ask" || slices.ContainsFunc(h.Tools, func(t tool.Tool) bool { return t.Name == name })),
		method == "prompts/get" && (name == promptTriage || name == promptWeekly):
		return name
	}
	return "other"
}

// refuse answers a call that is not done: a model reads the result of a tool, and a program
// the error of anything else.
func refuse(ctx context.Context, method string, err error) (mcp.Result, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	text := told(err)
	if method == "tools/call" {
		return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: text}}}, nil
	}
	return nil, errors.New(text)
}
