package httpapi

import (
	"context"
	"net/http"
	"net/url"

	"aoc"
	"aoc/internal/console"
)

const (
	// nameHeader carries the name that a person gives, percent-encoded.
	nameHeader = "X-AOC-Name"
	// maxNameHeader is what 100 characters of four bytes each are when encoded.
	maxNameHeader = 1200
)

// nameCaller says who asks: nobody has signed in, so it is the name that they give, if any.
func (s *server) nameCaller(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, err := url.PathUnescape(r.Header.Get(nameHeader))
		if err == nil {
			name, err = console.CheckName(name)
		}
		if err != nil {
			s.write(w, r, &Problem{
				Detail: []Fault{{Loc: []any{"header", nameHeader}, Msg: nameFault(err), Type: "value_error"}}, status: http.StatusUnprocessableEntity,
			})
			return
		}
		if name == "" {
			name = console.Anonymous
		}
		inner := r.WithContext(console.WithCaller(r.Context(), console.Local(name)))
		next.ServeHTTP(w, inner)
		r.Pattern = inner.Pattern // for the metrics, which see the outer request
	})
}

func (s *server) callerRoutes() {
	register(s, get("get-me", "/api/me", tagService, "Who you are", "And what you may do. 401 for those who are not signed in."), s.me)
}

func (s *server) me(ctx context.Context, _ *struct{}) (*body[me], error) {
	who, rights, err := s.console.Me(ctx)
	if err != nil {
		return nil, err
	}
	tenants := who.Tenants
	if tenants == nil {
		tenants = []string{}
	}
	return &body[me]{me{Name: who.Name, Via: string(who.Via), Role: who.Role, Rights: rights, Tenants: tenants}}, nil
}

func nameFault(err error) string {
	if aoc.CodeOf(err) == aoc.CodeInvalid {
		return aoc.MessageOf(err)
	}
	return "the name is not percent-encoded UTF-8"
}
