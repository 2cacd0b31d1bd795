package simulator

import (
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
)

// metadata serves the OpenID configuration.
func (s *Server) metadata(w http.ResponseWriter, r *http.Request, version int) {
	name := r.PathValue("tenant")
	if fail := s.checkTenant(name); fail != nil {
		fail.oauth = "invalid_tenant" // discovery has its own word for it
		s.loginError(w, r, *fail)
		return
	}
	id := s.tenant.ID()
	if name == "common" || name == "organizations" {
		id = "{tenantid}"
	}
	base := originOf(r)
	path := base + "/" + name
	issuer, oauth, discovery := base+"/"+id+"/v2.0", path+"/oauth2/v2.0", path+"/discovery/v2.0/keys"
	if version == 1 {
		issuer, oauth, discovery = "https://sts.windows.net/"+id+"/", path+"/oauth2", path+"/discovery/keys"
	}
	if app := r.URL.Query().Get("appid"); app != "" {
		discovery += "?appid=" + app
	}
	s.loginJSON(w, r, map[string]any{
		"token_endpoint":                        oauth + "/token",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"jwks_uri":                              discovery,
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"issuer":                                issuer,
		"request_uri_parameter_supported":       false,
		"userinfo_endpoint":                     "https://graph.microsoft.com/oidc/userinfo",
		"authorization_endpoint":                oauth + "/authorize",
		"device_authorization_endpoint":         oauth + "/devicecode",
		"http_logout_supported":                 true,
		"frontchannel_logout_supported":         true,
		"end_session_endpoint":                  oauth + "/logout",
		"claims_supported":                      []string{"sub", "iss", "aud", "exp", "iat", "tid", "ver", "oid", "preferred_username", "name"},
		"tenant_region_scope":                   "EU",
		"cloud_instance_name":                   "microsoftonline.com",
		"cloud_graph_host_name":                 "graph.windows.net",
		"msgraph_host":                          "graph.microsoft.com",
		"rbac_url":                              "https://pas.windows.net",
	})
}

// publishedKey is an entry of the key set.
type publishedKey struct {
	Type     string   `json:"kty"`
	Use      string   `json:"use"`
	ID       string   `json:"kid"`
	X5T      string   `json:"x5t"`
	Modulus  string   `json:"n"`
	Exponent string   `json:"e"`
	Chain    []string `json:"x5c"`
	Issuer   string   `json:"issuer"`
}

func (s *Server) publishKeys(w http.ResponseWriter, r *http.Request) {
	keys, err := s.keys.published()
	if err != nil {
		s.loginError(w, r, *errTransient())
		return
	}
	list := make([]publishedKey, len(keys))
	for i, k := range keys {
		list[i] = publishedKey{
			Type: "RSA", Use: "sig", ID: k.id, X5T: k.id,
			Modulus:  base64.RawURLEncoding.EncodeToString(k.key.N.Bytes()),
			Exponent: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.key.E)).Bytes()),
			Chain:    []string{base64.StdEncoding.EncodeToString(k.cert)},
			Issuer:   originOf(r) + "/{tenantid}/v2.0",
		}
	}
	s.loginJSON(w, r, map[string]any{"keys": list})
}

// instance serves instance discovery, by which clients make sure of the cloud.
func (s *Server) instance(w http.ResponseWriter, r *http.Request) {
	endpoint := r.URL.Query().Get("authorization_endpoint")
	if endpoint == "" || !strings.HasPrefix(endpoint, "https://") {
		s.loginError(w, r, loginFailure{http.StatusBadRequest, "invalid_instance", 50049, "Unknown or invalid instance."})
		return
	}
	s.loginJSON(w, r, map[string]any{
		"tenant_discovery_endpoint": originOf(r) + "/" + s.tenant.ID() + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []map[string]any{
			{"preferred_network": r.Host, "preferred_cache": r.Host, "aliases": []string{r.Host}},
			{"preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net", "aliases": []string{"login.microsoftonline.com", "login.windows.net"}},
		},
	})
}

func (s *Server) loginJSON(w http.ResponseWriter, r *http.Request, v any) {
	if f := fateOf(r).fault; f == faultServer || f == faultThrottle {
		s.loginError(w, r, *errTransient())
		return
	}
	body, err := json.Marshal(v)
	if err != nil {
		body = []byte("{}")
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "max-age=86400, private")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("x-ms-request-id", s.newGUID())
	s.send(w, r, http.StatusOK, body)
}

// originOf is the address of whoever is asked, as it is asked.
func originOf(r *http.Request) string {
	if r.TLS == nil {
		return "http://" + r.Host
	}
	return "https://" + r.Host
}
