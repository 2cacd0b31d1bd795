package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
)

const (
	mcpPath = "/mcp"
	// resourcePath tells programs where to sign in (RFC 9728), for the service and for mcpPath.
	resourcePath    = "/.well-known/oauth-protected-resource"
	mcpResourcePath = resourcePath + mcpPath
)

// mcpRoutes are those of the Model Context Protocol: Streamable HTTP, and HTTP+SSE.
func (s *server) mcpRoutes(mux *routeMux) {
	if s.mcp == nil {
		return
	}
	for _, pattern := range []string{
		"GET " + mcpPath, "POST " + mcpPath, "DELETE " + mcpPath, "GET " + mcpPath + "/sse", "POST " + mcpPath + "/messages/{$}",
	} {
		mux.HandleFunc(pattern, s.serveMCP)
	}
	if s.keeper != nil {
		mux.HandleFunc("GET "+resourcePath, s.describeResource)
		mux.HandleFunc("GET "+mcpResourcePath, s.describeResource)
	}
}

// isMCP reports whether a path is one of the Model Context Protocol. The web interface's files
// never answer there.
func isMCP(path string) bool {
	return path == mcpPath || strings.HasPrefix(path, mcpPath+"/") || strings.HasPrefix(path, "/.well-known/")
}

// serveMCP hands a request to the MCP server. Streams take the same turns as others.
func (s *server) serveMCP(w http.ResponseWriter, r *http.Request) {
	if err := s.console.Reachable(); err != nil {
		s.write(w, r, s.problem(r.Context(), err))
		return
	}
	if r.Method == http.MethodGet {
		done, err := s.turns.streams.Take(r.Context(), whose(r.Context()))
		if err != nil {
			s.write(w, r, s.problem(r.Context(), err))
			return
		}
		defer done()
	}
	s.mcp.ServeHTTP(w, r)
}

// resource describes the MCP server to programs that want a token for it.
type resource struct {
	Resource             string   `json:"resource"`
	Name                 string   `json:"resource_name"`
	AuthorizationServers []string `json:"authorization_servers"`
	BearerMethods        []string `json:"bearer_methods_supported"`
	Scopes               []string `json:"scopes_supported,omitempty"`
}

func (s *server) describeResource(w http.ResponseWriter, r *http.Request) {
	d := resource{Resource: s.publicAddress + mcpPath, Name: "AOC", BearerMethods: []string{"header"}}
	issuer, err := s.keeper.Provider.Issuer(r.Context())
	if err != nil {
		s.write(w, r, s.problem(r.Context(), err))
		return
	}
	d.AuthorizationServers = []string{issuer}
	if scope := s.keeper.Provider.Scope(); scope != "" {
		d.Scopes = []string{scope}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Access-Control-Allow-Origin", "*") // it is everybody's
	_ = json.NewEncoder(w).Encode(d)
}

// metadataHint tells programs that were refused where they learn how to sign in.
func (s *server) metadataHint(pattern string) string {
	if _, path, _ := strings.Cut(pattern, " "); s.mcp == nil || !isMCP(path) {
		return ""
	}
	return `, resource_metadata="` + s.publicAddress + mcpResourcePath + `"`
}
