package llm_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/llm"
	"aoc/internal/llm/llmtest"
)

const secret = "sk-verysecretkey0123456789"

// quick is a clock on which waiting takes no time, and is counted.
type quick struct {
	mu    sync.Mutex
	waits []time.Duration
}

func (*quick) Now() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func (q *quick) Sleep(ctx context.Context, d time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waits = append(q.waits, d)
	return ctx.Err()
}

func client(t *testing.T, s *llmtest.Server) (*llm.Client, *quick) {
	t.Helper()
	clock := &quick{}
	c, err := llm.New(llm.Config{APIKey: secret, BaseURL: s.URL, Model: "small", Timeout: 300 * time.Millisecond, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	return c, clock
}

type schema string

func (s schema) MarshalJSON() ([]byte, error) { return []byte(s), nil }

var ask = llm.Request{
	Messages: []llm.Message{{Role: llm.System, Text: "be plain"}, {Role: llm.User, Text: "who?"}},
	Tools:    []llm.Tool{{Name: "search_events", Description: "finds", Parameters: schema(`{"type":"object"}`)}},
}

func chunk(delta map[string]any, reason string) string { return llmtest.Chunk(delta, reason) }

func call(c map[string]any) map[string]any { return map[string]any{"tool_calls": []any{c}} }

func function(name, arguments any) map[string]any {
	return map[string]any{"name": name, "arguments": arguments}
}

// Answers come whole, however a server cuts them up.
func TestReplies(t *testing.T) {
	two := []llm.Call{{ID: "a", Name: "search_events", Arguments: `{"q":"ada","limit":5}`}, {ID: "b", Name: "get_event", Arguments: `{"key":"k"}`}}
	one := []llm.Call{{ID: "call_1", Name: "search_events", Arguments: `{"q":"ada"}`}}
	for name, tt := range map[string]struct {
		act  llmtest.Act
		want llm.Reply
	}{
		"text":  {llmtest.Text("Ada did it. Ünïcode."), llm.Reply{Text: "Ada did it. Ünïcode."}},
		"calls": {llmtest.Reply("let me see", llmtest.Call(two[0]), llmtest.Call(two[1])), llm.Reply{Text: "let me see", Calls: two}},
		"whole": {llmtest.Whole("", llmtest.Call(two[0]), llmtest.Call(two[1])), llm.Reply{Calls: two}},
		"no index, whole arguments": {llmtest.Lines(
			chunk(call(map[string]any{"id": "a", "function": function("search_events", two[0].Arguments)}), ""),
			chunk(call(map[string]any{"id": "b", "function": function("get_event", two[1].Arguments)}), "tool_calls"), "data: [DONE]"), llm.Reply{Calls: two}},
		"same index twice": {llmtest.Lines(
			chunk(call(map[string]any{"index": 0, "id": "a", "function": function("search_events", two[0].Arguments)}), ""),
			chunk(call(map[string]any{"index": 0, "id": "b", "function": function("get_event", two[1].Arguments)}), "tool_calls"), "data: [DONE]"), llm.Reply{Calls: two}},
		"no index, no id, parts": {llmtest.Lines(
			chunk(call(map[string]any{"function": function("search_events", `{"q":`)}), ""),
			chunk(call(map[string]any{"function": function("", `"ada"}`)}), "stop")), llm.Reply{Calls: one}},
		"arguments as an object": {llmtest.Lines(
			chunk(call(map[string]any{"function": function("search_events", map[string]any{"q": "ada"})}), "stop")), llm.Reply{Calls: one}},
		"name repeated": {llmtest.Lines(
			chunk(call(map[string]any{"index": 0, "id": "call_1", "function": function("search_events", `{"q":`)}), ""),
			chunk(call(map[string]any{"index": 0, "id": "call_1", "function": function("search_events", `"ada"}`)}), "tool_calls")), llm.Reply{Calls: one}},
		"function_call": {llmtest.Lines(
			chunk(map[string]any{"function_call": function("search_events", `{"q":`)}, ""),
			chunk(map[string]any{"function_call": function("", `"ada"}`)}, "function_call"), "data: [DONE]"), llm.Reply{Calls: one}},
		"no DONE":            {llmtest.Lines(chunk(map[string]any{"content": "fine"}, "stop")), llm.Reply{Text: "fine"}},
		"DONE alone":         {llmtest.Lines(chunk(map[string]any{"content": "fine"}, ""), "data: [DONE]"), llm.Reply{Text: "fine"}},
		"comments and names": {llmtest.Lines(": PROCESSING", "event: message", "id: 7", chunk(map[string]any{"content": "fine"}, "stop"), "data:[DONE]"), llm.Reply{Text: "fine"}},
		"content in parts":   {llmtest.Lines(chunk(map[string]any{"content": []any{map[string]any{"type": "text", "text": "fine"}}}, "stop")), llm.Reply{Text: "fine"}},
		"length":             {llmtest.Lines(chunk(map[string]any{"content": "fi"}, "length")), llm.Reply{Text: "fi", Cut: true}},
		"last line without an end": {func(w http.ResponseWriter, _ *llmtest.Request) {
			_, _ = w.Write([]byte(strings.TrimSpace(chunk(map[string]any{"content": "fine"}, "stop"))))
		}, llm.Reply{Text: "fine"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := client(t, llmtest.New(t, tt.act))
			var heard strings.Builder
			got, err := c.Chat(t.Context(), ask, func(s string) { heard.WriteString(s) })
			if err != nil {
				t.Fatal(err)
			}
			if got.Usage.Total() == 0 {
				t.Error("no tokens are counted")
			}
			if heard.String() != got.Text {
				t.Errorf("heard %q of %q", heard.String(), got.Text)
			}
			got.Usage = llm.Usage{}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is too long is cut off, and nobody waits for its end.
func TestBounds(t *testing.T) {
	for name, act := range map[string]llmtest.Act{
		"200 KB":  llmtest.Lines(chunk(map[string]any{"content": strings.Repeat("long ", 40_000)}, "stop"), "data: [DONE]"),
		"endless": llmtest.Endless(strings.Repeat("on and ", 100)),
		"whole":   llmtest.Whole(strings.Repeat("long ", 40_000)),
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := client(t, llmtest.New(t, act))
			got, err := c.Chat(t.Context(), ask, nil)
			if err != nil || !got.Cut || len(got.Text) > 64<<10 || len(got.Text) < 60<<10 {
				t.Errorf("got %d bytes, cut %v, %v", len(got.Text), got.Cut, err)
			}
		})
	}
	t.Run("endless without text", func(t *testing.T) {
		c, _ := client(t, llmtest.Serve(t, func(*llmtest.Request) llmtest.Act {
			return func(w http.ResponseWriter, r *llmtest.Request) {
				for {
					if _, err := w.Write([]byte(chunk(map[string]any{"reasoning_content": strings.Repeat("hm ", 1000)}, "") + "\n\n")); err != nil {
						return
					}
				}
			}
		}))
		if _, err := c.Chat(t.Context(), ask, nil); aoc.CodeOf(err) != aoc.CodeUpstream {
			t.Errorf("got %v", err)
		}
	})
}

// Every fault is an error in plain words, with its code and remedy and no secret in it.
func TestFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		act     llmtest.Act
		code    aoc.Code
		message string // part of
		hint    string
		asked   int // how often
	}{
		"key":               {llmtest.Status(401, "Incorrect API key provided: "+secret), aoc.CodeUpstream, "does not accept the key", "LLM_API_KEY", 1},
		"forbidden":         {llmtest.Status(403, "no"), aoc.CodeUpstream, "lets this key", "LLM_API_KEY", 1},
		"model":             {llmtest.Status(404, `model "small" not found, try pulling it first`), aoc.CodeUpstream, "does not know this model", "LLM_MODEL", 1},
		"throttled":         {llmtest.Status(429, "slow down", "Retry-After", "120"), aoc.CodeThrottled, "no more requests", "later", 1},
		"throttled shortly": {llmtest.Status(429, "slow down", "Retry-After", "3"), aoc.CodeThrottled, "no more requests", "later", 4},
		"throttled somehow": {llmtest.Status(429, "slow down"), aoc.CodeThrottled, "no more requests", "later", 4},
		"quota":             {llmtest.Status(429, "You exceeded your current quota"), aoc.CodeThrottled, "no more requests", "quota", 1},
		"fault":             {llmtest.Status(500, "oops"), aoc.CodeUpstream, "HTTP 500", "", 4},
		"page":              {llmtest.Page(502), aoc.CodeUpstream, "HTTP 502", "", 4},
		"page that is fine": {llmtest.Page(200), aoc.CodeUpstream, "does not answer as a language model", "LLM_BASE_URL", 1},
		"redirect":          {llmtest.Status(307, "elsewhere", "Location", "http://127.0.0.1:1/"), aoc.CodeUpstream, "does not answer as a language model", "LLM_BASE_URL", 1},
		"stall":             {llmtest.Stall(""), aoc.CodeUpstream, "sent nothing for 300ms", "LLM_TIMEOUT_SECONDS", 1},
		"stall in the text": {llmtest.Stall("Ada "), aoc.CodeUpstream, "sent nothing for 300ms", "LLM_TIMEOUT_SECONDS", 1},
		"cut off":           {llmtest.CutOff("Ada "), aoc.CodeUpstream, "broke off", "", 1},
		"ended early":       {llmtest.Lines(chunk(map[string]any{"content": "Ada "}, "")), aoc.CodeUpstream, "broke off", "", 1},
		"not JSON":          {llmtest.Lines("data: {nonsense}"), aoc.CodeUpstream, "does not answer as a language model", "", 1},
		"refusal":           {llmtest.Lines(chunk(map[string]any{"refusal": "I cannot"}, "stop")), aoc.CodeUpstream, "refused to answer", "", 1},
		"filter":            {llmtest.Lines(chunk(map[string]any{"content": "A"}, "content_filter")), aoc.CodeUpstream, "content filter", "", 1},
		"filter at once":    {llmtest.Status(400, "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."), aoc.CodeUpstream, "content filter", "", 1},
		"empty":             {llmtest.Lines(chunk(map[string]any{}, "stop")), aoc.CodeUpstream, "empty", "LLM_MODEL", 1},
		"nothing at all":    {llmtest.Lines(), aoc.CodeUpstream, "broke off", "", 1},
		"fault on the way":  {llmtest.Lines(chunk(map[string]any{"content": "A"}, ""), `data: {"error":{"message":"CUDA out of memory"}}`), aoc.CodeUpstream, "told of a fault", "", 1},
		"Ollama's fault":    {llmtest.Lines(`{"error":"llama runner process has terminated"}`), aoc.CodeUpstream, "told of a fault", "", 1},
		"bad request":       {llmtest.Status(400, "no "+secret), aoc.CodeUpstream, "refused the request (HTTP 400)", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.Serve(t, func(*llmtest.Request) llmtest.Act { return tt.act })
			c, _ := client(t, s)
			_, err := c.Chat(t.Context(), ask, nil)
			if aoc.CodeOf(err) != tt.code || !strings.Contains(aoc.MessageOf(err), tt.message) || !strings.Contains(aoc.HintOf(err), tt.hint) {
				t.Errorf("got %v (%s; hint %q)", err, aoc.CodeOf(err), aoc.HintOf(err))
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the key stands in %v", err)
			}
			if n := len(s.Requests()); n != tt.asked {
				t.Errorf("asked %d times, not %d", n, tt.asked)
			}
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	clock := &quick{}
	c, err := llm.New(llm.Config{BaseURL: "http://" + address + "/v1", Model: "small", Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Chat(t.Context(), ask, nil)
	if aoc.CodeOf(err) != aoc.CodeUnavailable || !strings.Contains(aoc.HintOf(err), "LLM_BASE_URL") || len(clock.waits) != 3 {
		t.Errorf("got %v after %v", err, clock.waits)
	}
}

// What fails before anything has come is tried again, as soon as the server says.
func TestTriesAgain(t *testing.T) {
	c, clock := client(t, llmtest.New(t, llmtest.Status(429, "slow down", "Retry-After", "7"), llmtest.Status(503, "starting"), llmtest.Text("here")))
	got, err := c.Chat(t.Context(), ask, nil)
	if err != nil || got.Text != "here" {
		t.Fatalf("got %v, %v", got, err)
	}
	if len(clock.waits) != 2 || clock.waits[0] != 7*time.Second || clock.waits[1] > 2*time.Second {
		t.Errorf("waited %v", clock.waits)
	}
}

func TestCancellation(t *testing.T) {
	c, _ := client(t, llmtest.New(t, llmtest.Stall("Ada ")))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := c.Chat(ctx, ask, func(string) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A server that wants to be asked in another way is asked in that way, from then on.
func TestManners(t *testing.T) {
	for name, tt := range map[string]struct {
		refusal string
		is      func(llmtest.Request) bool
	}{
		"no stream":     {"streaming is not supported by this model", func(r llmtest.Request) bool { return !r.Stream }},
		"no usage":      {"Extra inputs are not permitted: stream_options", func(r llmtest.Request) bool { return r.Stream && !strings.Contains(r.Body, "stream_options") }},
		"newer tokens":  {"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", func(r llmtest.Request) bool { return r.MaxTokens == 0 && r.MaxCompletionTokens == 9 }},
		"unknown field": {"unknown field max_tokens", func(r llmtest.Request) bool { return r.MaxCompletionTokens == 9 }},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.Serve(t, func(r *llmtest.Request) llmtest.Act {
				if tt.is(*r) {
					return llmtest.Text("fine")
				}
				return llmtest.Status(400, tt.refusal)
			})
			c, _ := client(t, s)
			r := ask
			r.MaxTokens = 9
			for range 2 {
				if got, err := c.Chat(t.Context(), r, nil); err != nil || got.Text != "fine" {
					t.Fatalf("got %v, %v", got, err)
				}
			}
			if n := len(s.Requests()); n != 3 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// A model without tools is told apart from every other refusal.
func TestNoTools(t *testing.T) {
	for _, text := range []string{
		"registry.ollama.ai/library/gemma:2b does not support tools",
		`"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set`,
		"No endpoints found that support tool use. To learn more about provider routing, visit",
		"tools param requires --jinja flag",
		"`tool calling` is not supported with this model",
		"deepseek-reasoner does not support Function Calling",
		"Unsupported parameter: 'tools'",
	} {
		c, _ := client(t, llmtest.Serve(t, func(*llmtest.Request) llmtest.Act { return llmtest.Status(400, text) }))
		if _, err := c.Chat(t.Context(), ask, nil); !errors.Is(err, llm.ErrNoTools) {
			t.Errorf("%s: %v", text, err)
		}
		if _, err := c.Chat(t.Context(), llm.Request{Messages: ask.Messages}, nil); errors.Is(err, llm.ErrNoTools) {
			t.Errorf("%s: without tools it is something else", text)
		}
	}
	c, _ := client(t, llmtest.New(t, llmtest.Status(400, "This model's maximum context length is 8192 tokens")))
	if _, err := c.Chat(t.Context(), ask, nil); !errors.Is(err, llm.ErrTooLong) || errors.Is(err, llm.ErrNoTools) {
		t.Errorf("got %v", err)
	}
	c, err := llm.New(llm.Config{BaseURL: "http://127.0.0.1:1/v1", Model: "gpt-6-astra"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Chat(t.Context(), ask, nil); !errors.Is(err, llm.ErrNoTools) {
		t.Errorf("a model that cannot call tools over chat completions: %v", err)
	}
}

func TestModels(t *testing.T) {
	s := llmtest.New(t, llmtest.Text("a"), llmtest.Text("b"))
	c, err := llm.New(llm.Config{BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	for _, models := range [][]string{nil, {"one", "two"}} {
		s.Has(models...)
		if _, err := c.Chat(t.Context(), ask, nil); aoc.CodeOf(err) != aoc.CodeInvalid || !strings.Contains(aoc.HintOf(err), "LLM_MODEL") {
			t.Errorf("%v: got %v", models, err)
		}
	}
	s.Has("only")
	if _, err := c.Chat(t.Context(), ask, nil); err != nil || s.Requests()[0].Model != "only" {
		t.Errorf("got %v, %v", s.Requests(), err)
	}
	if s.Requests()[0].Header.Get("Authorization") != "" {
		t.Error("a key was sent that there is not")
	}
}

// rewrite sends everything to one server, whatever the address.
type rewrite struct{ to string }

func (t rewrite) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Host", r.URL.Host)
	r.URL.Scheme, r.URL.Host = "http", t.to
	return http.DefaultTransport.RoundTrip(r)
}

type tokens string

func (s tokens) Token(context.Context) (string, error) { return string(s), nil }

// Each kind of server is asked at its own address and in its own way.
func TestProviders(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg                      llm.Config
		host, path, bearer, akey string
		model                    string
	}{
		"OpenAI": {llm.Config{APIKey: secret}, "api.openai.com", "/v1/chat/completions", "Bearer " + secret, "", llm.DefaultModel},
		"Azure": {
			llm.Config{APIKey: secret, BaseURL: "https://soc.openai.azure.com/", Model: "gpt-3.5 mine"},
			"soc.openai.azure.com", "/openai/deployments/gpt-3.5%20mine/chat/completions?api-version=2024-10-21", "", secret, "gpt-3.5 mine",
		},
		"Azure by its version": {
			llm.Config{APIKey: secret, BaseURL: "https://gateway.contoso.example/openai", Model: "d", APIVersion: "2025-01-01"},
			"gateway.contoso.example", "/openai/deployments/d/chat/completions?api-version=2025-01-01", "", secret, "d",
		},
		"Azure with Entra": {
			llm.Config{Tokens: tokens("t0ken"), BaseURL: "https://soc.cognitiveservices.azure.com", Model: "d"},
			"soc.cognitiveservices.azure.com", "/openai/deployments/d/chat/completions?api-version=2024-10-21", "Bearer t0ken", "", "d",
		},
		"Azure, newer": {
			llm.Config{APIKey: secret, BaseURL: "https://soc.openai.azure.com/openai/v1/", Model: "d"},
			"soc.openai.azure.com", "/openai/v1/chat/completions", "", secret, "d",
		},
		"compatible": {llm.Config{BaseURL: "http://localhost:11434/v1/", Model: "llama"}, "localhost:11434", "/v1/chat/completions", "", "", "llama"},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.New(t, llmtest.Text("fine"))
			tt.cfg.HTTP = &http.Client{Transport: rewrite{strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/v1")}}
			c, err := llm.New(tt.cfg)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Chat(t.Context(), ask, nil); err != nil {
				t.Fatal(err)
			}
			r := s.Requests()[0]
			got := []string{r.Header.Get("X-Host"), r.Path, r.Header.Get("Authorization"), r.Header.Get("api-key"), r.Model}
			if diff := cmp.Diff([]string{tt.host, tt.path, tt.bearer, tt.akey, tt.model}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if _, err := llm.New(llm.Config{BaseURL: "https://soc.openai.azure.com"}); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("Azure without a deployment: %v", err)
	}
}
