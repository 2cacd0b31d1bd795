package mcp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// The smallest files there are.
var (
	onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")
	silence  = []byte("RIFF&\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00@\x1f\x00\x00\x80>\x00\x00\x02\x00\x10\x00data\x02\x00\x00\x00\x00\x00")
)

// newFixture makes the server that the conformance suite wants to test: it exercises what
// AOC's own has no use for, such as questions to the client, through the same transports.
func newFixture() *mcp.Server {
	accept := func(context.Context, *mcp.SubscribeRequest) error { return nil }
	s := mcp.NewServer(&mcp.Implementation{Name: "fixture", Version: "1"}, &mcp.ServerOptions{
		SubscribeHandler: accept, UnsubscribeHandler: func(context.Context, *mcp.UnsubscribeRequest) error { return nil },
		CompletionHandler: func(context.Context, *mcp.CompleteRequest) (*mcp.CompleteResult, error) {
			return &mcp.CompleteResult{Completion: mcp.CompletionResultDetails{Values: []string{}}}, nil
		},
	})
	for name, content := range map[string][]mcp.Content{
		"test_simple_text":            {&mcp.TextContent{Text: "This is a simple text response for testing."}},
		"test_image_content":          {&mcp.ImageContent{Data: onePixel, MIMEType: "image/png"}},
		"test_audio_content":          {&mcp.AudioContent{Data: silence, MIMEType: "audio/wav"}},
		"test_embedded_resource":      {embedded("test://embedded-resource")},
		"test_multiple_content_types": {&mcp.TextContent{Text: "several"}, &mcp.ImageContent{Data: onePixel, MIMEType: "image/png"}, embedded("test://mixed")},
	} {
		addTool(s, name, func(context.Context, *mcp.CallToolRequest) ([]mcp.Content, error) { return content, nil })
	}
	addTool(s, "test_error_handling", func(context.Context, *mcp.CallToolRequest) ([]mcp.Content, error) {
		return nil, errors.New("this tool intentionally returns an error for testing")
	})
	addTool(s, "test_tool_with_logging", logging)
	addTool(s, "test_tool_with_progress", progress)
	addTool(s, "test_reconnection", func(_ context.Context, r *mcp.CallToolRequest) ([]mcp.Content, error) {
		if r.Extra.CloseSSEStream != nil {
			r.Extra.CloseSSEStream(mcp.CloseSSEStreamArgs{RetryAfter: 10 * time.Millisecond})
		}
		return text("reconnected"), nil
	})
	addTool(s, "test_sampling", sampling)
	for name, schema := range elicitations {
		addTool(s, name, elicit(schema))
	}
	s.AddTool(&mcp.Tool{Name: "json_schema_2020_12_tool", Description: "fixture", InputSchema: json.RawMessage(schema2020)},
		func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return &mcp.CallToolResult{Content: text("taken")}, nil
		})
	addFixtureResources(s)
	addFixturePrompts(s)
	return s
}

func text(s string) []mcp.Content { return []mcp.Content{&mcp.TextContent{Text: s}} }

func embedded(uri string) mcp.Content {
	return &mcp.EmbeddedResource{Resource: &mcp.ResourceContents{URI: uri, MIMEType: "text/plain", Text: "This is an embedded resource"}}
}

func addTool(s *mcp.Server, name string, run func(context.Context, *mcp.CallToolRequest) ([]mcp.Content, error)) {
	s.AddTool(&mcp.Tool{Name: name, Description: "fixture", InputSchema: json.RawMessage(`{"type":"object"}`)}, func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		content, err := run(ctx, r)
		if err != nil {
			return &mcp.CallToolResult{IsError: true, Content: text(err.Error())}, nil
		}
		return &mcp.CallToolResult{Content: content}, nil
	})
}

func logging(ctx context.Context, r *mcp.CallToolRequest) ([]mcp.Content, error) {
	for _, step := range []string{"Tool execution started", "Tool processing data", "Tool execution completed"} {
		if err := r.Session.Log(ctx, &mcp.LoggingMessageParams{Level: "info", Data: step}); err != nil { //nolint:staticcheck // the suite tests it
			return nil, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return text("logged"), nil
}

func progress(ctx context.Context, r *mcp.CallToolRequest) ([]mcp.Content, error) {
	for _, done := range []float64{0, 50, 100} {
		err := r.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: r.Params.GetProgressToken(), Progress: done, Total: 100})
		if err != nil {
			return nil, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return text(fmt.Sprint(r.Params.GetProgressToken())), nil
}

func sampling(ctx context.Context, r *mcp.CallToolRequest) ([]mcp.Content, error) {
	var in struct{ Prompt string }
	if err := json.Unmarshal(r.Params.Arguments, &in); err != nil {
		return nil, err
	}
	answer, err := r.Session.CreateMessage(ctx, &mcp.CreateMessageParams{ //nolint:staticcheck // the suite tests it
		MaxTokens: 100, Messages: []*mcp.SamplingMessage{{Role: "user", Content: &mcp.TextContent{Text: in.Prompt}}}, //nolint:staticcheck // likewise
	})
	if err != nil {
		return nil, err
	}
	said, _ := answer.Content.(*mcp.TextContent)
	return text("LLM response: " + said.Text), nil
}

func elicit(schema string) func(context.Context, *mcp.CallToolRequest) ([]mcp.Content, error) {
	return func(ctx context.Context, r *mcp.CallToolRequest) ([]mcp.Content, error) {
		var in struct{ Message string }
		if err := json.Unmarshal(r.Params.Arguments, &in); err != nil {
			return nil, err
		}
		if in.Message == "" {
			in.Message = "Fill this in"
		}
		answer, err := r.Session.Elicit(ctx, &mcp.ElicitParams{Message: in.Message, RequestedSchema: json.RawMessage(schema)})
		if err != nil {
			return nil, err
		}
		return text(fmt.Sprintf("action=%s, content=%v", answer.Action, answer.Content)), nil
	}
}

// elicitations are what tools ask of people, by the tools' names.
var elicitations = map[string]string{
	"test_elicitation": `{"type":"object","properties":{"username":{"type":"string","description":"Your response"}},"required":["username"]}`,
	"test_elicitation_sep1034_defaults": `{"type":"object","properties":{
		"name":{"type":"string","default":"John Doe"},"age":{"type":"integer","default":30},"score":{"type":"number","default":95.5},
		"status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},"verified":{"type":"boolean","default":true}}}`,
	"test_elicitation_sep1330_enums": `{"type":"object","properties":{
		"untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
		"titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First"},{"const":"value2","title":"Second"},{"const":"value3","title":"Third"}]},
		"legacyEnum":{"type":"string","enum":["opt1","opt2","opt3"],"enumNames":["One","Two","Three"]},
		"untitledMulti":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"string","enum":["option1","option2","option3"]}},
		"titledMulti":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"string","anyOf":[{"const":"value1","title":"First"},{"const":"value2","title":"Second"},{"const":"value3","title":"Third"}]}}}}`,
}

const schema2020 = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
	"$defs":{"address":{"type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
	"properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"}},"additionalProperties":false}`

func addFixtureResources(s *mcp.Server) {
	give := func(mime, body string, blob []byte) mcp.ResourceHandler {
		return func(_ context.Context, r *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
			return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: r.Params.URI, MIMEType: mime, Text: body, Blob: blob}}}, nil
		}
	}
	s.AddResource(&mcp.Resource{Name: "static-text", URI: "test://static-text", MIMEType: "text/plain"}, give("text/plain", "This is the content of the static text resource.", nil))
	s.AddResource(&mcp.Resource{Name: "static-binary", URI: "test://static-binary", MIMEType: "image/png"}, give("image/png", "", onePixel))
	s.AddResource(&mcp.Resource{Name: "watched", URI: "test://watched-resource", MIMEType: "text/plain"}, give("text/plain", "Watched resource content", nil))
	s.AddResourceTemplate(&mcp.ResourceTemplate{Name: "template", URITemplate: "test://template/{id}/data", MIMEType: "application/json"},
		func(ctx context.Context, r *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
			id := strings.TrimSuffix(strings.TrimPrefix(r.Params.URI, "test://template/"), "/data")
			return give("application/json", fmt.Sprintf(`{"id":%q,"templateTest":true,"data":"Data for ID: %s"}`, id, id), nil)(ctx, r)
		})
}

func addFixturePrompts(s *mcp.Server) {
	give := func(contents func(map[string]string) []mcp.Content) mcp.PromptHandler {
		return func(_ context.Context, r *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
			result := &mcp.GetPromptResult{Description: "fixture"}
			for _, c := range contents(r.Params.Arguments) {
				result.Messages = append(result.Messages, &mcp.PromptMessage{Role: "user", Content: c})
			}
			return result, nil
		}
	}
	s.AddPrompt(&mcp.Prompt{Name: "test_simple_prompt", Description: "fixture"}, give(func(map[string]string) []mcp.Content {
		return text("This is a simple prompt for testing.")
	}))
	s.AddPrompt(&mcp.Prompt{Name: "test_prompt_with_arguments", Description: "fixture", Arguments: []*mcp.PromptArgument{{Name: "arg1", Required: true}, {Name: "arg2", Required: true}}},
		give(func(a map[string]string) []mcp.Content {
			return text(fmt.Sprintf("Prompt with arguments: arg1='%s', arg2='%s'", a["arg1"], a["arg2"]))
		}))
	s.AddPrompt(&mcp.Prompt{Name: "test_prompt_with_embedded_resource", Description: "fixture", Arguments: []*mcp.PromptArgument{{Name: "resourceUri", Required: true}}},
		give(func(a map[string]string) []mcp.Content {
			return append(text("Look at it."), embedded(a["resourceUri"]))
		}))
	s.AddPrompt(&mcp.Prompt{Name: "test_prompt_with_image", Description: "fixture"}, give(func(map[string]string) []mcp.Content {
		return append(text("Look at it."), &mcp.ImageContent{Data: onePixel, MIMEType: "image/png"})
	}))
}
