package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/query"
)

// Problem is the body of every error.
type Problem struct {
	// Detail is a sentence or, with status 422, a list of [Fault].
	Detail     any                 `json:"detail" doc:"A sentence, or with status 422 a list of {loc, msg, type}."`
	Hint       string              `json:"hint,omitempty" doc:"What to do about it."`
	RequestID  string              `json:"request_id,omitempty" doc:"Where to look in the log."`
	Candidates []console.Candidate `json:"candidates,omitempty" doc:"The events that an id stands for."`

	status     int
	retryAfter time.Duration
}

// Fault says what is wrong with one part of a request.
type Fault struct {
	Loc  []any  `json:"loc"` // "query", "page_size"
	Msg  string `json:"msg"`
	Type string `json:"type"`
	// Ctx is set for a parameter in the query language.
	Ctx *Place `json:"ctx,omitempty"`
}

// Place is where in a query something is wrong.
type Place struct {
	At   int    `json:"at" doc:"Begin of the place, in UTF-16 code units."`
	To   int    `json:"to" doc:"End of the place, in UTF-16 code units."`
	Hint string `json:"hint" doc:"What to write instead; may be empty."`
}

// Error implements error; the text is for tests and never sent.
func (p *Problem) Error() string {
	b, _ := json.Marshal(p)
	return strconv.Itoa(p.status) + " " + string(b)
}

// GetStatus implements [huma.StatusError].
func (p *Problem) GetStatus() int { return p.status }

// GetHeaders implements [huma.HeadersError].
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retryAfter+time.Second-1)/time.Second)))
	}
	return h
}

// inBody says that what is wrong is in the body of the request, not in its query.
func (p *Problem) inBody() {
	faults, _ := p.Detail.([]Fault)
	for i := range faults {
		if faults[i].Loc[0] == "query" {
			faults[i].Loc[0] = "body"
		}
	}
}

// statusOf is the one table of codes.
func statusOf(code aoc.Code) int {
	switch code {
	case aoc.CodeInvalid:
		return http.StatusUnprocessableEntity
	case aoc.CodeUnauthenticated:
		return http.StatusUnauthorized
	case aoc.CodeForbidden:
		return http.StatusForbidden
	case aoc.CodeNotFound:
		return http.StatusNotFound
	case aoc.CodeConflict:
		return http.StatusConflict
	case aoc.CodeThrottled:
		return http.StatusTooManyRequests
	case aoc.CodeUpstream:
		return http.StatusBadGateway
	case aoc.CodeUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// statusGone is what the log shows for clients that left before the answer.
const statusGone = 499

// problem turns an error into what is sent. Internal ones are logged with the id of the
// request and told by that alone.
func (s *server) problem(ctx context.Context, err error) *Problem {
	switch {
	case errors.Is(context.Cause(ctx), errTooLong):
		s.log.WarnContext(ctx, "request took too long", "request_id", requestID(ctx), "error", err)
		return &Problem{Detail: "the answer took too long", Hint: "Narrow the time or the filters.", status: http.StatusServiceUnavailable}
	case ctx.Err() != nil:
		return &Problem{Detail: "the request was given up", status: statusGone}
	}
	if a, ok := errors.AsType[*console.Ambiguous](err); ok {
		return &Problem{Detail: aoc.MessageOf(err), Hint: aoc.HintOf(err), Candidates: a.Candidates, status: http.StatusConflict}
	}
	e, ok := errors.AsType[*aoc.Error](err)
	if !ok || statusOf(e.Code) == http.StatusInternalServerError {
		return s.internal(ctx, err)
	}
	p := &Problem{Detail: aoc.MessageOf(err), Hint: aoc.HintOf(err), status: statusOf(e.Code), retryAfter: e.RetryAfter}
	if param, ok := errors.AsType[*console.InvalidParam](err); ok {
		f := Fault{Loc: []any{"query"}, Msg: param.Err.Message, Type: "value_error"}
		for part := range strings.SplitSeq(param.Name, ".") {
			f.Loc = append(f.Loc, part)
		}
		if wrong, ok := errors.AsType[*query.Error](err); ok {
			f.Ctx = &Place{At: wrong.At, To: wrong.To, Hint: wrong.Hint}
		}
		p.Detail = []Fault{f}
	} else if p.status == http.StatusUnprocessableEntity {
		p.Detail = []Fault{{Loc: []any{"query"}, Msg: aoc.MessageOf(err), Type: "value_error"}}
	}
	if p.status >= http.StatusInternalServerError {
		s.log.WarnContext(ctx, "request failed", "request_id", requestID(ctx), "error", err)
	}
	return p
}

func (s *server) internal(ctx context.Context, err error) *Problem {
	id := requestID(ctx)
	s.log.ErrorContext(ctx, "internal error", "request_id", id, "error", err)
	return &Problem{Detail: "internal error", RequestID: id, status: http.StatusInternalServerError}
}

// write answers with a problem outside huma.
func (s *server) write(w http.ResponseWriter, r *http.Request, p *Problem) {
	for k, vs := range p.GetHeaders() {
		w.Header()[k] = vs
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(p.status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.log.DebugContext(r.Context(), "answer was not taken", slog.Any("error", err))
	}
}

// shapeErrors gives huma's own errors, about parameters and bodies, the shape of ours.
func shapeErrors(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	ctx.SetHeader("Content-Type", "application/json")
	if m.Status >= http.StatusInternalServerError || len(m.Errors) == 0 {
		return &Problem{Detail: strings.ToLower(http.StatusText(m.Status)), RequestID: requestID(ctx.Context())}, nil
	}
	faults := make([]Fault, 0, len(m.Errors))
	for _, d := range m.Errors {
		faults = append(faults, faultOf(d))
	}
	return &Problem{Detail: faults}, nil
}

func faultOf(d *huma.ErrorDetail) Fault {
	f := Fault{Loc: []any{}, Msg: strings.TrimPrefix(d.Message, "invalid value: "), Type: "value_error"}
	for part := range strings.FieldsFuncSeq(d.Location, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		if n, err := strconv.Atoi(part); err == nil {
			f.Loc = append(f.Loc, n)
		} else {
			f.Loc = append(f.Loc, part)
		}
	}
	for _, t := range faultTypes {
		if strings.HasPrefix(d.Message, t.message) {
			f.Type = t.name
			break
		}
	}
	return f
}

// faultTypes names faults as FastAPI does, which clients of the original may look at.
var faultTypes = []struct{ message, name string }{ //nolint:gochecknoglobals // read-only table
	{"invalid integer", "int_parsing"},
	{"invalid boolean", "bool_parsing"},
	{"invalid value: not a time", "datetime_parsing"},
	{"expected number >=", "greater_than_equal"},
	{"expected number <=", "less_than_equal"},
	{"expected value to be one of", "enum"},
	{"expected length <=", "string_too_long"},
	{"expected length >=", "string_too_short"},
	{"expected array length <=", "too_long"},
	{"required", "missing"},
	{"expected required property", "missing"},
}

var (
	_ huma.StatusError  = (*Problem)(nil)
	_ huma.HeadersError = (*Problem)(nil)
)
