// Package llmtest is a language model's server for tests: it speaks the chat completions of
// OpenAI as servers do, streams included, and answers as a script says, or as a function does
// that reads what it is asked. It also goes wrong in the ways that servers go wrong.
package llmtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Request is what was asked.
type Request struct {
	Model    string    `json:"model"`
	Stream   bool      `json:"stream"`
	Messages []Message `json:"messages"`
	Tools    []struct {
		Function struct {
			Name        string          `json:"name"`
			Description string          `json:"description"`
			Parameters  json.RawMessage `json:"parameters"`
		} `json:"function"`
	} `json:"tools"`
	MaxTokens           int    `json:"max_tokens"`
	MaxCompletionTokens int    `json:"max_completion_tokens"`
	ReasoningEffort     string `json:"reasoning_effort"`

	// Method, Path with its query, and Header are those of HTTP; Body is all that was sent.
	Method string      `json:"-"`
	Path   string      `json:"-"`
	Header http.Header `json:"-"`
	Body   string      `json:"-"`
	// Gone is closed when the client has gone.
	Gone <-chan struct{} `json:"-"`
}

// Message is one of a conversation.
type Message struct {
	Role       string `json:"role"`
	Content    string `json:"content"`
	ToolCallID string `json:"tool_call_id"`
	ToolCalls  []struct {
		ID       string `json:"id"`
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
}

// Last is the last thing that somebody in a role said; empty for nothing.
func (r *Request) Last(role string) string {
	for i := len(r.Messages) - 1; i >= 0; i-- {
		if r.Messages[i].Role == role {
			return r.Messages[i].Content
		}
	}
	return ""
}

// Act answers a request.
type Act func(w http.ResponseWriter, r *Request)

// Server is the server. URL is its base address, as LLM_BASE_URL wants it.
type Server struct {
	URL string

	mu       sync.Mutex
	acts     []Act
	then     func(*Request) Act
	models   []string
	requests []Request
}

// New starts a server that answers each request with the next act, and any beyond with a
// fault.
func New(t testing.TB, acts ...Act) *Server {
	return start(t, &Server{acts: acts, then: func(*Request) Act { return Status(http.StatusTeapot, "the script is at its end") }})
}

// Serve starts a server whose model is a function.
func Serve(t testing.TB, model func(*Request) Act) *Server {
	return start(t, &Server{then: model})
}

func start(t testing.TB, s *Server) *Server {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	s.URL = web.URL + "/v1"
	return s
}

// Has says which models the server tells that it has.
func (s *Server) Has(models ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models = models
}

// Requests gives what was asked, without questions for models.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		s.list(w)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	asked := Request{Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header.Clone(), Body: string(body), Gone: r.Context().Done()}
	if json.Unmarshal(body, &asked) != nil {
		Status(http.StatusBadRequest, "this is no JSON")(w, &asked)
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, asked)
	var act Act
	if len(s.acts) > 0 {
		act, s.acts = s.acts[0], s.acts[1:]
	}
	s.mu.Unlock()
	if act == nil {
		act = s.then(&asked)
	}
	act(w, &asked)
}

func (s *Server) list(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data := []map[string]any{}
	for _, m := range s.models {
		data = append(data, map[string]any{"id": m, "object": "model", "owned_by": "library"})
	}
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": data})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
