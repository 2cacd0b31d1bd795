package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aoc"
	"aoc/internal/assistant"
)

const tagAssistant = "assistant"

func (s *server) askRoutes() {
	op := slow(get("ask", "/api/ask", tagAssistant, "Answer a question",
		"A question in English, and the filters that the explorer shows: the answer rests on nothing outside of them. It comes with the events it rests on, "+
			"the query that finds them, and for each of its statements whether the events that it cites are there. Without a language model the question is read by rules. "+
			"With Accept: text/event-stream each `step` says what is looked for, as it begins, and the last event is the `answer` or an `error`. "+
			"Only where AI_FEATURES_ENABLED is on."))
	op.Method = http.MethodPost
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The answer",
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: huma.SchemaFromType(s.api.OpenAPI().Components.Schemas, reflect.TypeFor[answer]())},
			"text/event-stream": {
				Schema: &huma.Schema{Type: huma.TypeString}, Example: "event: step\ndata: {\"tool\":\"search_events\",\"says\":\"looking for role changes since Monday\"}\n\n",
			},
		},
	}}
	register(s, op, s.ask)

	op = slow(get("explain-event", "/api/events/{id}/explain", tagAssistant, "Explain an event",
		"What happened, why it matters, whether it is usual for who did it (counted in what is stored), what kind of attack it could be part of, and what to look at next. "+
			"With a language model, its words for these facts, whose citations were checked. Streams as /api/ask does; a `draft` before the answer has the facts, while the model writes. Only where AI_FEATURES_ENABLED is on."))
	op.Method = http.MethodPost
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The explanation",
		Content: map[string]*huma.MediaType{
			"application/json":  {Schema: huma.SchemaFromType(s.api.OpenAPI().Components.Schemas, reflect.TypeFor[assistant.Explanation]())},
			"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}, Example: "event: step\ndata: {\"tool\":\"get_event\",\"says\":\"reading the event\"}\n\n"},
		},
	}}
	register(s, op, s.explain)
}

type explainInput struct {
	Accept string `header:"Accept"`
	ID     string `path:"id" maxLength:"1024" doc:"Key, or the source's own id."`
}

func (s *server) explain(ctx context.Context, in *explainInput) (*huma.StreamResponse, error) {
	if s.assistant == nil {
		return nil, assistantOff()
	}
	return streamed(ctx, s, in.Accept, func(ctx context.Context, tell teller) (assistant.Explanation, error) {
		return s.assistant.Explain(ctx, in.ID, tell.step, func(x assistant.Explanation) { tell("draft", x) })
	})
}

type askInput struct {
	Accept string `header:"Accept"`
	Body   question
}

// question is what somebody asks, and what they look at.
type question struct {
	Question string    `json:"question" maxLength:"4000" example:"Who was added to an admin role last week?"`
	Filters  selection `json:"filters,omitzero" doc:"What the explorer shows. Times in the question are in its tz, too."`
}

// answer is an answer with its events as the API shows them, without their records.
type answer struct {
	assistant.Answer
	Events []event `json:"events" doc:"What the answer rests on, newest first: at most 500, without their records."`
}

func answerView(a assistant.Answer) answer {
	v := answer{Answer: a, Events: withoutRaw(viewsOf(a.Events), true)}
	v.Answer.Events = nil
	return v
}

func (s *server) ask(ctx context.Context, in *askInput) (*huma.StreamResponse, error) {
	if s.assistant == nil {
		return nil, assistantOff()
	}
	f := in.Body.Filters.filter()
	q := assistant.Question{Text: in.Body.Question, Filter: *f, Zone: f.Zone}
	return streamed(ctx, s, in.Accept, func(ctx context.Context, tell teller) (answer, error) {
		a, err := s.assistant.Ask(ctx, q, tell.step)
		return answerView(a), err
	})
}

// assistantOff is the answer where the features are not switched on.
func assistantOff() error {
	e := aoc.Errorf(aoc.CodeNotFound, "httpapi.ask", "the assistant is switched off")
	e.Hint = "AI_FEATURES_ENABLED=true switches it on."
	return e
}

// teller tells a client of something on the way to an answer, by the name of a server-sent event.
type teller func(name string, v any)

func (t teller) step(step assistant.Step) { t("step", step) }

// streamed answers with what is found in the end or, for clients that accept server-sent
// events, with what is told on the way, too.
func streamed[T any](ctx context.Context, s *server, accept string, find func(context.Context, teller) (T, error)) (*huma.StreamResponse, error) {
	done, err := s.turns.long.Take(ctx, whose(ctx))
	if err != nil {
		return nil, err
	}
	if !strings.Contains(accept, "text/event-stream") {
		defer done()
		found, err := find(ctx, func(string, any) {})
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			hc.SetHeader("Content-Type", "application/json")
			_ = json.NewEncoder(newPatientWriter(hc)).Encode(found)
		}}, nil
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer done()
		hc.SetHeader("Content-Type", "text/event-stream")
		hc.SetHeader("X-Accel-Buffering", "no")
		hc.SetHeader("Cache-Control", "no-store")
		w := newPatientWriter(hc)
		ctx, cancel := context.WithCancel(hc.Context())
		defer cancel()
		var tell teller = func(name string, v any) {
			if _, err := w.Write(told(name, v)); err != nil || w.Flush() != nil {
				cancel() // nobody listens any more
			}
		}
		found, err := find(ctx, tell)
		if err != nil {
			p := s.problem(ctx, err)
			p.inBody()
			tell("error", p)
			return
		}
		tell("answer", found)
	}}, nil
}

// told is a server-sent event of a value.
func told(name string, v any) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "event: %s\ndata: ", name)
	_ = json.NewEncoder(&b).Encode(v) // escapes line ends in strings and puts one behind the value
	b.WriteByte('\n')
	return b.Bytes()
}
