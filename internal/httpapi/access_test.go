package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/auth"
	"aoc/internal/console"
	"aoc/internal/httpapi/metrics"
	"aoc/internal/store/sqlite"
)

// decision says who may use a route, and how to ask it so that nothing but that can be wrong.
type decision struct {
	least aoc.Role // RoleNone: everybody, also who has not signed in
	path  string   // empty: that of the route
	body  string
	// everywhere: it concerns all tenants, so that nobody who is bound to some may.
	everywhere bool
}

// decisions is every route there is. A route without one fails the test.
var decisions = map[string]decision{
	"GET /health": {}, "GET /healthz": {}, "GET /readyz": {}, "GET /api/config/features": {},
	"POST /api/webhooks/graph": {body: "{}"}, "GET /auth/login": {}, "GET /auth/callback": {}, "POST /auth/logout": {},

	"GET /api/version": {least: aoc.RoleReader}, "GET /api/me": {least: aoc.RoleReader}, "GET /metrics": {least: aoc.RoleReader},
	"GET /docs": {least: aoc.RoleReader}, "GET /docs/start.js": {least: aoc.RoleReader}, "GET /docs/swagger-ui-bundle.js": {least: aoc.RoleReader},
	"GET /docs/swagger-ui.css": {least: aoc.RoleReader}, "GET /openapi.json": {least: aoc.RoleReader}, "GET /openapi.yaml": {least: aoc.RoleReader},
	"GET /openapi-3.0.json": {least: aoc.RoleReader}, "GET /openapi-3.0.yaml": {least: aoc.RoleReader},

	"GET /mcp": {least: aoc.RoleReader}, "POST /mcp": {least: aoc.RoleReader, body: "{}"}, "DELETE /mcp": {least: aoc.RoleReader},
	"GET /mcp/sse": {least: aoc.RoleReader}, "POST /mcp/messages/{$}": {least: aoc.RoleReader, path: "/mcp/messages/?session_id=x", body: "{}"},
	"GET /.well-known/oauth-protected-resource": {}, "GET /.well-known/oauth-protected-resource/mcp": {},

	"GET /api/change-windows": {least: aoc.RoleReader}, "GET /api/collections": {least: aoc.RoleReader}, "GET /api/complete": {least: aoc.RoleReader},
	"GET /api/coverage": {least: aoc.RoleReader}, "GET /api/entities/{kind}/{id}": {least: aoc.RoleReader, path: "/api/entities/user/ada@contoso.example"},
	"GET /api/events": {least: aoc.RoleReader}, "GET /api/events/export": {least: aoc.RoleReader}, "GET /api/events/histogram": {least: aoc.RoleReader},
	"GET /api/events/stream": {least: aoc.RoleReader}, "GET /api/events/summary": {least: aoc.RoleReader},
	"GET /api/events/{id}": {least: aoc.RoleReader, path: "/api/events/a1"}, "GET /api/events/{id}/history": {least: aoc.RoleReader, path: "/api/events/a1/history"},
	"GET /api/events/{id}/names": {least: aoc.RoleReader, path: "/api/events/a1/names"}, "GET /api/events/{id}/raw": {least: aoc.RoleReader, path: "/api/events/a1/raw"},
	"GET /api/events/{id}/related":  {least: aoc.RoleReader, path: "/api/events/a1/related"},
	"GET /api/events/{id}/versions": {least: aoc.RoleReader, path: "/api/events/a1/versions"},
	"GET /api/facets":               {least: aoc.RoleReader, path: "/api/facets?field=operation"}, "GET /api/filter-options": {least: aoc.RoleReader},
	"GET /api/fetch-audit-logs/{run}": {least: aoc.RoleReader, path: "/api/fetch-audit-logs/none"},
	"GET /api/review/queue":           {least: aoc.RoleReader}, "GET /api/saved-searches": {least: aoc.RoleReader}, "GET /api/source-health": {least: aoc.RoleReader},
	"GET /api/rules": {least: aoc.RoleReader}, "GET /api/rules/{id}": {least: aoc.RoleReader, path: "/api/rules/none"}, "GET /api/alerts": {least: aoc.RoleReader}, "GET /api/alerts/{id}": {least: aoc.RoleReader, path: "/api/alerts/none"},
	"PATCH /api/alerts/{id}": {least: aoc.RoleAnalyst, path: "/api/alerts/none", body: `{"version":1,"state":"acknowledged"}`},
	"POST /api/rules":        {least: aoc.RoleMember, body: sampleRule, everywhere: true}, "POST /api/rules/load": {least: aoc.RoleMember, body: `{"files":[]}`, everywhere: true},
	"POST /api/rules/try":        {least: aoc.RoleReader, body: sampleRule},
	"POST /api/rules/{id}/run":   {least: aoc.RoleMember, path: "/api/rules/none/run", body: "{}", everywhere: true},
	"GET /api/rules/{id}/run":    {least: aoc.RoleMember, path: "/api/rules/none/run", everywhere: true},
	"DELETE /api/rules/{id}/run": {least: aoc.RoleMember, path: "/api/rules/none/run", everywhere: true},
	"PUT /api/rules/{id}":        {least: aoc.RoleMember, path: "/api/rules/none", body: strings.Replace(sampleRule, "{", `{"version":1,`, 1), everywhere: true},
	"DELETE /api/rules/{id}":     {least: aoc.RoleMember, path: "/api/rules/none?version=1", everywhere: true},
	"GET /api/sessions":          {least: aoc.RoleReader}, "DELETE /api/sessions/{id}": {least: aoc.RoleReader, path: "/api/sessions/none"},
	"POST /api/change-windows/preview": {least: aoc.RoleReader, body: sampleWindow},

	"POST /api/events/{id}/explain": {least: aoc.RoleReader, path: "/api/events/a1/explain"},
	"POST /api/ask":                 {least: aoc.RoleReader, body: `{"question":"Who deleted users?"}`},

	"PATCH /api/events/tags":          {least: aoc.RoleAnalyst, body: `{"keys":["none"],"add":["x"]}`},
	"PATCH /api/events/review":        {least: aoc.RoleAnalyst, body: `{"keys":["none"],"state":"expected"}`},
	"PATCH /api/events/{id}/tags":     {least: aoc.RoleAnalyst, path: "/api/events/a1/tags", body: `{"add":["x"]}`},
	"PATCH /api/events/{id}/review":   {least: aoc.RoleAnalyst, path: "/api/events/a1/review", body: `{"state":"expected"}`},
	"POST /api/events/{id}/comments":  {least: aoc.RoleAnalyst, path: "/api/events/a1/comments", body: `{"text":"x"}`},
	"POST /api/edits/{batch}/undo":    {least: aoc.RoleAnalyst, path: "/api/edits/nothing/undo"},
	"POST /api/saved-searches":        {least: aoc.RoleAnalyst, body: `{"name":"x","view":"q=x"}`},
	"PUT /api/saved-searches/{id}":    {least: aoc.RoleAnalyst, path: "/api/saved-searches/none", body: `{"name":"x","view":"q=x","version":1}`},
	"DELETE /api/saved-searches/{id}": {least: aoc.RoleAnalyst, path: "/api/saved-searches/none?version=1"},
	"POST /api/change-windows":        {least: aoc.RoleAnalyst, body: sampleWindow, everywhere: true},
	"PUT /api/change-windows/{id}":    {least: aoc.RoleAnalyst, path: "/api/change-windows/none", body: strings.Replace(sampleWindow, "{", `{"version":1,`, 1), everywhere: true},
	"DELETE /api/change-windows/{id}": {least: aoc.RoleAnalyst, path: "/api/change-windows/none?version=1", everywhere: true},

	"GET /api/fetch-audit-logs":  {least: aoc.RoleMember, path: "/api/fetch-audit-logs?wait=0", everywhere: true},
	"POST /api/fetch-audit-logs": {least: aoc.RoleMember, path: "/api/fetch-audit-logs?wait=0", everywhere: true},
	"POST /api/imports":          {least: aoc.RoleMember, path: "/api/imports?name=x.json", body: "{}", everywhere: true},
	"GET /api/imports/{id}":      {least: aoc.RoleMember, path: "/api/imports/none", everywhere: true},
	"DELETE /api/imports/{id}":   {least: aoc.RoleMember, path: "/api/imports/none", everywhere: true},

	"GET /api/sinks": {least: aoc.RoleManager, everywhere: true}, "GET /api/sinks/kinds": {least: aoc.RoleManager, everywhere: true},
	"POST /api/sinks": {least: aoc.RoleManager, body: sampleSink, everywhere: true}, "POST /api/sinks/test": {least: aoc.RoleManager, body: sampleSink, everywhere: true},
	"PUT /api/sinks/{id}":                 {least: aoc.RoleManager, path: "/api/sinks/none", body: strings.Replace(sampleSink, "{", `{"version":1,`, 1), everywhere: true},
	"DELETE /api/sinks/{id}":              {least: aoc.RoleManager, path: "/api/sinks/none?version=1", everywhere: true},
	"POST /api/sinks/{id}/retry":          {least: aoc.RoleManager, path: "/api/sinks/none/retry", everywhere: true},
	"GET /api/sinks/dead-letters":         {least: aoc.RoleManager, everywhere: true},
	"POST /api/sinks/dead-letters/resend": {least: aoc.RoleManager, body: `{"ids":["none"]}`, everywhere: true},
	"POST /api/sinks/dead-letters/drop":   {least: aoc.RoleManager, body: `{"ids":["none"]}`, everywhere: true},
	"GET /api/tokens":                     {least: aoc.RoleManager, everywhere: true},
	"POST /api/tokens":                    {least: aoc.RoleManager, body: `{"name":"x","role":"reader","days":1}`, everywhere: true},
	"DELETE /api/tokens/{id}":             {least: aoc.RoleManager, path: "/api/tokens/none", everywhere: true},
	"GET /api/notifiers":                  {least: aoc.RoleManager, everywhere: true}, "GET /api/notifiers/kinds": {least: aoc.RoleManager, everywhere: true},
	"POST /api/notifiers":        {least: aoc.RoleManager, body: sampleNotifier, everywhere: true},
	"POST /api/notifiers/test":   {least: aoc.RoleManager, body: `{"id":"none"}`, everywhere: true},
	"PUT /api/notifiers/{id}":    {least: aoc.RoleManager, path: "/api/notifiers/none", body: strings.Replace(sampleNotifier, "{", `{"version":1,`, 1), everywhere: true},
	"DELETE /api/notifiers/{id}": {least: aoc.RoleManager, path: "/api/notifiers/none?version=1", everywhere: true},
}

const sampleRule = `{"name":"x","enabled":false,"conditions":[{"field":"operation","operator":"is","value":"x"}]}`

const sampleSink = `{"name":"x","kind":"jsonl","settings":{}}`
const sampleNotifier = `{"name":"x","kind":"webhook","enabled":false,"settings":{"url":"https://receiver.contoso.example"}}`

const sampleWindow = `{"title":"x","zone":"UTC","start":"2026-03-02T10:00","end":"2026-03-02T11:00"}`

// mcpEcho stands where the MCP server is, and says who asks.
var mcpEcho = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprint(w, console.CallerOf(r.Context()).Name)
})

// guarded is a service with sign-in, and a token for each role.
type guarded struct {
	*bench
	secrets map[aoc.Role]string
	bound   string // of a manager who is bound to one tenant
	asked   int
}

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	g := &guarded{secrets: map[aoc.Role]string{}}
	keeper := &auth.Keeper{Gate: auth.NewGate(auth.GateConfig{})}
	if keeper.Provider, err = auth.NewProvider(auth.ProviderConfig{Discovery: []string{"https://127.0.0.1:1/"}, Audiences: []string{"x"}, Clock: clock{}}); err != nil {
		t.Fatal(err)
	}
	g.bench = newBench(t, func(c *Config) { c.Keeper, c.MCP = keeper, mcpEcho })
	keeper.Tokens = auth.NewTokens(g.store, clock{})
	manager := console.WithCaller(context.Background(), console.Local("test"))
	token := func(spec console.TokenSpec) string {
		secret, _, err := g.console.MakeToken(manager, spec)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	for _, role := range aoc.Roles() {
		g.secrets[role] = token(console.TokenSpec{Name: string(role), Role: string(role), Days: 1})
	}
	g.bound = token(console.TokenSpec{Name: "bound", Role: string(aoc.RoleManager), Tenants: []string{contoso}, Days: 1})
	return g
}

// ask sends what a route wants, as whoever has the secret.
func (g *guarded) ask(t *testing.T, route string, d decision, secret string) *httptest.ResponseRecorder {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	if d.path != "" {
		path = d.path
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // the stream never ends
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(d.body))
	if d.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	g.asked++ // each from an address of its own: who is refused again and again has to wait
	r.RemoteAddr = fmt.Sprintf("203.0.%d.%d:4711", g.asked/250, 1+g.asked%250)
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	w := httptest.NewRecorder()
	g.handler.ServeHTTP(w, r)
	return w
}

// TestEveryRouteForEveryRole asks every route that there is in every role, and without any.
func TestEveryRouteForEveryRole(t *testing.T) {
	g := newGuarded(t)
	routes := g.routes(t)
	for route := range decisions {
		if !slices.Contains(routes, route) {
			t.Errorf("there is no route %s any more", route)
		}
	}
	for _, route := range routes {
		d, ok := decisions[route]
		if !ok {
			t.Errorf("nobody has decided who may use %s", route)
			continue
		}
		t.Run(route, func(t *testing.T) {
			check := func(who, secret string, want int) {
				t.Helper()
				w := g.ask(t, route, d, secret)
				refused := w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden
				if want == http.StatusOK && refused || want != http.StatusOK && w.Code != want {
					t.Errorf("%s: %d %.200s; want %d", who, w.Code, w.Body.String(), want)
				}
				if w.Code == http.StatusUnprocessableEntity || w.Code == http.StatusMethodNotAllowed {
					t.Errorf("%s: the request is no good: %d %.300s", who, w.Code, w.Body.String())
				}
				if w.Code == http.StatusUnauthorized && !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer") && !strings.HasPrefix(route, "GET /auth/") {
					t.Errorf("%s: no challenge", who)
				}
			}
			nobody := http.StatusUnauthorized
			if d.least == aoc.RoleNone {
				nobody = http.StatusOK
			}
			if !strings.Contains(route, "/auth/") {
				check("nobody", "", nobody)
				check("a token that nobody made", auth.TokenPrefix+strings.Repeat("A", 16)+"_"+strings.Repeat("A", 52), nobody)
			}
			for _, role := range aoc.Roles() {
				want := http.StatusOK
				if role.Rank() < d.least.Rank() {
					want = http.StatusForbidden
				}
				if !strings.Contains(route, "/auth/") {
					check(string(role), g.secrets[role], want)
				}
			}
			if d.everywhere {
				check("a manager bound to a tenant", g.bound, http.StatusForbidden)
			}
		})
	}
}

// routes lists every route of the service, from its own table.
func (g *guarded) routes(t *testing.T) []string {
	t.Helper()
	s := &server{keeper: &auth.Keeper{}, mcp: mcpEcho, metrics: metrics.New("")}
	return s.mux().patterns
}
