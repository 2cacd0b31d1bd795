package httpapi

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"aoc/internal/console"
)

// register adds an operation. The handler's errors are answered by the one table of
// codes; its time is bounded unless the operation is slow by nature.
func register[I, O any](s *server, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = s.errorResponse()
	slow, storeless := op.Metadata["slow"] == true, op.Metadata["storeless"] == true
	_, hasBody := reflect.TypeFor[I]().FieldByName("Body")
	if hasBody {
		op.MaxBodyBytes = maxBody // 413 beyond it
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		if !slow {
			bounded, cancel := context.WithTimeoutCause(ctx, answerTime, errTooLong)
			defer cancel()
			ctx = bounded
		}
		var out *O
		var err error
		if !storeless {
			err = s.console.Reachable() // at once, rather than after a long wait
		}
		if err == nil {
			out, err = inTurn(ctx, s.turns, op.OperationID, in, handle)
		}
		if err != nil {
			p := s.problem(ctx, err)
			if hasBody {
				p.inBody()
			}
			return nil, p
		}
		return out, nil
	})
}

// inTurn handles a request when it is its turn.
func inTurn[I, O any](ctx context.Context, t turns, operation string, in *I, handle func(context.Context, *I) (*O, error)) (*O, error) {
	done, err := t.take(ctx, operation)
	if err != nil {
		return nil, err
	}
	defer done()
	return handle(ctx, in)
}

// errorResponse documents the shape of every error.
func (s *server) errorResponse() *huma.Response {
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{
		Description: "Error",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: schema}},
	}
}

// get describes a GET operation.
func get(id, path, tag, summary, description string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{tag}, Summary: summary, Description: description,
	}
}

// change describes an operation that changes something; it is made under the name that the
// caller gives.
func change(method, id, path, tag, summary, description string) huma.Operation {
	op := get(id, path, tag, summary, description)
	op.Method = method
	op.Parameters = []*huma.Param{{
		Name: nameHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(maxNameHeader)}, Example: "Ada%20Lovelace",
		Description: "The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, " + console.Anonymous + ".",
	}}
	return op
}

// slow lets an operation take as long as it needs.
func slow(op huma.Operation) huma.Operation {
	op.Metadata = map[string]any{"slow": true}
	return op
}

// storeless says that an operation answers also while the store is out of reach.
func storeless(op huma.Operation) huma.Operation {
	op.Metadata = map[string]any{"storeless": true}
	return op
}

// tidySchemas drops the schemas of huma's own errors, which no answer has, and says that
// lists are never null, in answers or parameters.
func tidySchemas(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas.Map()
	for _, name := range []string{"ErrorModel", "ErrorDetail"} {
		delete(schemas, name)
	}
	for _, s := range schemas {
		for _, p := range s.Properties {
			p.Nullable = p.Nullable && p.Type != huma.TypeArray
		}
	}
	for _, path := range doc.Paths {
		for _, op := range operationsOf(path) {
			for _, p := range op.Parameters {
				p.Schema.Nullable = false
			}
		}
	}
}
