package llmtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Call is a call of a tool, with its arguments as they are to be sent.
type Call struct{ ID, Name, Arguments string }

// Text answers with a text, streamed in small pieces, or whole where no stream was asked for.
func Text(text string) Act { return Reply(text) }

// Calls answers with calls of tools, their arguments in pieces, those of all calls mixed.
func Calls(calls ...Call) Act { return Reply("", calls...) }

// Reply answers with a text and calls.
func Reply(text string, calls ...Call) Act {
	return func(w http.ResponseWriter, r *Request) {
		if !r.Stream {
			Whole(text, calls...)(w, r)
			return
		}
		s := begin(w)
		s.chunk(map[string]any{"role": "assistant", "content": ""}, "")
		for piece := range pieces(text, 7) {
			s.chunk(map[string]any{"content": piece}, "")
		}
		for i, c := range calls {
			s.call(i, map[string]any{"index": i, "id": c.ID, "type": "function", "function": map[string]any{"name": c.Name, "arguments": ""}})
		}
		for at, more := 0, len(calls) > 0; more; at += 5 { // all calls at once, in turn
			more = false
			for i, c := range calls {
				if at < len(c.Arguments) {
					s.call(i, map[string]any{"index": i, "function": map[string]any{"arguments": c.Arguments[at:min(len(c.Arguments), at+5)]}})
					more = true
				}
			}
		}
		reason := "stop"
		if len(calls) > 0 {
			reason = "tool_calls"
		}
		s.chunk(map[string]any{}, reason)
		s.usage(len(r.Body)/4, len(text)/4+10)
		s.line("data: [DONE]")
	}
}

// Whole answers with one JSON object although a stream was asked for.
func Whole(text string, calls ...Call) Act {
	return func(w http.ResponseWriter, r *Request) {
		message := map[string]any{"role": "assistant", "content": text}
		reason := "stop"
		for _, c := range calls {
			message["tool_calls"] = append(asList(message["tool_calls"]), map[string]any{
				"id": c.ID, "type": "function", "function": map[string]any{"name": c.Name, "arguments": c.Arguments},
			})
			reason = "tool_calls"
		}
		writeJSON(w, http.StatusOK, map[string]any{
			"id": "x", "object": "chat.completion", "choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": reason}},
			"usage": map[string]any{"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
		})
	}
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

// Status answers with a status and a message, as OpenAI tells of faults. headers are names and
// values in turn.
func Status(status int, message string, headers ...string) Act {
	return func(w http.ResponseWriter, _ *Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		writeJSON(w, status, map[string]any{"error": map[string]any{"message": message, "type": "error", "code": strconv.Itoa(status)}})
	}
}

// Page answers with a page of HTML, as a proxy does.
func Page(status int) Act {
	return func(w http.ResponseWriter, _ *Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, "<!doctype html><html><body><h1>Bad gateway</h1></body></html>")
	}
}

// Lines answers with a stream that is just these lines.
func Lines(lines ...string) Act {
	return func(w http.ResponseWriter, _ *Request) {
		s := begin(w)
		for _, l := range lines {
			s.line(l)
		}
	}
}

// Stall begins to answer and then sends nothing until the client goes; before says what comes
// first.
func Stall(before string) Act {
	return func(w http.ResponseWriter, r *Request) {
		if before != "" {
			begin(w).chunk(map[string]any{"content": before}, "")
		}
		<-r.Gone
	}
}

// CutOff sends a part of an answer and lets the connection go.
func CutOff(before string) Act {
	return func(w http.ResponseWriter, _ *Request) {
		begin(w).chunk(map[string]any{"content": before}, "")
		panic(http.ErrAbortHandler)
	}
}

// Endless sends text until the client goes.
func Endless(piece string) Act {
	return func(w http.ResponseWriter, r *Request) {
		s := begin(w)
		for s.err == nil {
			select {
			case <-r.Gone:
				return
			default:
				s.chunk(map[string]any{"content": piece}, "")
			}
		}
	}
}

// Chunk is a line of a stream with a delta, and a reason to finish unless that is empty.
func Chunk(delta map[string]any, reason string) string {
	choice := map[string]any{"index": 0, "delta": delta, "finish_reason": nil}
	if reason != "" {
		choice["finish_reason"] = reason
	}
	text, err := json.Marshal(map[string]any{"id": "x", "object": "chat.completion.chunk", "choices": []any{choice}})
	if err != nil {
		panic(err)
	}
	return "data: " + string(text)
}

// sse writes a stream of server-sent events.
type sse struct {
	w     http.ResponseWriter
	flush *http.ResponseController
	err   error
}

func begin(w http.ResponseWriter) *sse {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	return &sse{w: w, flush: http.NewResponseController(w)}
}

func (s *sse) line(text string) {
	if s.err == nil {
		_, s.err = fmt.Fprint(s.w, text, "\n\n")
	}
	if s.err == nil {
		s.err = s.flush.Flush()
	}
}

func (s *sse) chunk(delta map[string]any, reason string) { s.line(Chunk(delta, reason)) }

func (s *sse) call(_ int, call map[string]any) {
	s.chunk(map[string]any{"tool_calls": []any{call}}, "")
}

func (s *sse) usage(prompt, completion int) {
	s.line(fmt.Sprintf(`data: {"id":"x","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}`,
		prompt, completion, prompt+completion))
}

// pieces cuts a text into pieces of n characters.
func pieces(text string, n int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		runes := []rune(text)
		for len(runes) > 0 {
			part := string(runes[:min(n, len(runes))])
			if !yield(part) {
				return
			}
			runes = runes[min(n, len(runes)):]
		}
	}
}

// JSON is a value as JSON, for arguments of calls.
func JSON(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}
