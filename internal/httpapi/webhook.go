package httpapi

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"aoc"
)

const (
	webhookPath = "/api/webhooks/graph"
	// maxToken bounds a validation token in bytes; Microsoft's have about a hundred.
	maxToken = 4096
)

func (s *server) webhookRoutes(mux *routeMux) {
	mux.HandleFunc("POST "+webhookPath, s.webhook)
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "receive-notifications", Method: http.MethodPost, Path: webhookPath, Tags: []string{tagCollection},
		Summary: "Change notifications of Microsoft Graph",
		Description: "Takes notifications as hints to collect soon; nothing else in them is used or trusted. " +
			"Always answers 202, or the validation token that was sent.",
		Parameters: []*huma.Param{{
			Name: "validationToken", In: "query", Description: "Echoed as plain text, as Graph asks for.", Schema: &huma.Schema{Type: huma.TypeString},
		}},
		Responses: map[string]*huma.Response{
			"200":     {Description: "The token", Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}},
			"202":     {Description: "Taken"},
			"default": s.errorResponse(),
		},
	})
}

// webhook answers at once and always alike, whether or not the sender knows the client
// state. Each request costs the reading of a bounded body and a mark on a feed; nothing
// is queued, so a flood builds nothing up.
func (s *server) webhook(w http.ResponseWriter, r *http.Request) {
	if token := r.URL.Query().Get("validationToken"); token != "" {
		s.validate(w, r, token)
		return
	}
	outcome := s.take(r.Body)
	s.metrics.Notified(outcome)
	if outcome != outcomeHint {
		s.hookLog.do(func() {
			s.log.WarnContext(r.Context(), "change notifications are not followed", "why", outcome, "remote", r.RemoteAddr)
		})
	}
	w.WriteHeader(http.StatusAccepted)
}

// validate proves to Graph that the address is ours. The token is anybody's text: it goes
// back as plain text that no browser takes for anything else.
func (s *server) validate(w http.ResponseWriter, r *http.Request, token string) {
	if len(token) > maxToken || !utf8.ValidString(token) {
		s.write(w, r, &Problem{
			Detail: []Fault{{Loc: []any{"query", "validationToken"}, Msg: "not a validation token", Type: "value_error"}},
			status: http.StatusUnprocessableEntity,
		})
		return
	}
	s.metrics.Notified("validated")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, token)
}

// What became of a notification.
const (
	outcomeHint       = "hint"
	outcomeIgnored    = "ignored"    // no client state is set
	outcomeStranger   = "stranger"   // none of them knew the client state
	outcomeUnreadable = "unreadable" // not JSON of this shape, or too large
)

// notification is the part of a change or lifecycle notification that is looked at.
type notification struct {
	ClientState string `json:"clientState"`
	Resource    string `json:"resource"`
}

// take follows the hints of notifications whose sender knows the client state.
func (s *server) take(body io.Reader) string {
	if s.clientState == "" {
		return outcomeIgnored
	}
	text, err := io.ReadAll(body)
	var sent struct {
		Value []notification `json:"value"`
	}
	if err = errors.Join(err, json.Unmarshal(text, &sent)); err != nil {
		return outcomeUnreadable
	}
	outcome := outcomeStranger
	for _, n := range sent.Value {
		if subtle.ConstantTimeCompare([]byte(n.ClientState), []byte(s.clientState)) == 1 {
			outcome = outcomeHint
			s.console.Hasten(hinted(n.Resource))
		}
	}
	return outcome
}

// hinted is the source whose audits tell about a changed resource.
func hinted(resource string) string {
	resource = strings.ToLower(strings.TrimPrefix(resource, "/"))
	switch {
	case strings.HasPrefix(resource, "devicemanagement"), strings.HasPrefix(resource, "deviceappmanagement"):
		return string(aoc.SourceIntune)
	case strings.HasPrefix(resource, "auditlogs/signins"):
		return string(aoc.SourceSignIn)
	}
	return string(aoc.SourceDirectory)
}

// rarely does something at most once a minute.
type rarely struct {
	clock aoc.Clock
	mu    sync.Mutex
	last  time.Time
}

func (r *rarely) do(f func()) {
	now := r.clock.Now()
	r.mu.Lock()
	due := now.Sub(r.last) >= time.Minute
	if due {
		r.last = now
	}
	r.mu.Unlock()
	if due {
		f()
	}
}
