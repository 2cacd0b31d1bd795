package simulator

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/google/go-cmp/cmp"

	"aoc"
)

// newCertificate makes an application's certificate.
func newCertificate(t *testing.T) (*x509.Certificate, *rsa.PrivateKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "aoc"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}, &x509.Certificate{SerialNumber: big.NewInt(1)}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// thumbprint is the header x5t of a certificate.
func thumbprint(cert *x509.Certificate) string {
	sum := sha1.Sum(cert.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestAzureIdentityObtainsTokens(t *testing.T) {
	cert, key := newCertificate(t)
	b := start(t, func(c *Config) { c.Certificate = cert })
	options := azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: b.LoginURL() + "/"},
		Transport: b.client,
	}
	secret, err := azidentity.NewClientSecretCredential(b.Tenant().ID(), b.ClientID(), b.ClientSecret(),
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := azidentity.NewClientCertificateCredential(b.Tenant().ID(), b.ClientID(), []*x509.Certificate{cert}, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, credential := range map[string]azcore.TokenCredential{"secret": secret, "certificate": certificate} {
		t.Run(name, func(t *testing.T) {
			for _, scope := range []string{graphScope, manageScope, b.GraphURL() + "/.default"} {
				got, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
				if err != nil {
					t.Fatal(err)
				}
				if left := time.Until(got.ExpiresOn); left < 59*time.Minute || left > 91*time.Minute {
					t.Errorf("token for %s lives %v", scope, left)
				}
				if scope != manageScope {
					b.request(http.MethodGet, b.GraphURL()+"/v1.0/auditLogs/directoryAudits?$top=1", got.Token, "").want(t, http.StatusOK)
				}
			}
		})
	}
	wrong, err := azidentity.NewClientSecretCredential(b.Tenant().ID(), b.ClientID(), "not it",
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{graphScope}}); err == nil {
		t.Error("a wrong secret gets a token")
	}
}

func TestTokenEndpointErrors(t *testing.T) {
	b := start(t, func(c *Config) { c.ExpiredSecret = "old" })
	good := func() url.Values {
		return url.Values{"grant_type": {"client_credentials"}, "client_id": {b.ClientID()}, "client_secret": {b.ClientSecret()}, "scope": {graphScope}}
	}
	own := "/" + b.Tenant().ID() + "/oauth2/v2.0/token"
	tests := []struct {
		name   string
		path   string
		change func(url.Values)
		status int
		oauth  string
		code   int
	}{
		{"wrong secret", own, func(v url.Values) { v.Set("client_secret", "x") }, 401, "invalid_client", 7000215},
		{"expired secret", own, func(v url.Values) { v.Set("client_secret", "old") }, 401, "invalid_client", 7000222},
		{"no credential", own, func(v url.Values) { v.Del("client_secret") }, 401, "invalid_client", 7000218},
		{"unknown client", own, func(v url.Values) { v.Set("client_id", "11111111-1111-4111-8111-111111111111") }, 400, "unauthorized_client", 700016},
		{"unknown tenant", "/11111111-1111-4111-8111-111111111111/oauth2/v2.0/token", nil, 400, "invalid_request", 90002},
		{"unknown domain", "/nobody.example/oauth2/v2.0/token", nil, 400, "invalid_request", 90002},
		{"no tenant name", "/nonsense/oauth2/v2.0/token", nil, 400, "invalid_request", 900023},
		{"common", "/common/oauth2/v2.0/token", nil, 400, "invalid_request", 9001023},
		{"no grant", own, func(v url.Values) { v.Del("grant_type") }, 400, "invalid_request", 900144},
		{"other grant", own, func(v url.Values) { v.Set("grant_type", "password") }, 400, "unsupported_grant_type", 70003},
		{"no scope", own, func(v url.Values) { v.Del("scope") }, 400, "invalid_request", 900144},
		{"bad scope", own, func(v url.Values) { v.Set("scope", "mail") }, 400, "invalid_scope", 70011},
		{"two scopes", own, func(v url.Values) { v.Set("scope", graphScope+" "+manageScope) }, 400, "invalid_scope", 70011},
		{"no default", own, func(v url.Values) { v.Set("scope", "https://graph.microsoft.com/User.Read") }, 400, "invalid_scope", 1002012},
		{"unknown resource", own, func(v url.Values) { v.Set("scope", "https://unknown.example/.default") }, 400, "invalid_resource", 500011},
		{"assertion without certificate", own, func(v url.Values) {
			v.Set("client_assertion", "e30.e30.AA")
			v.Set("client_assertion_type", assertionType)
		}, 401, "invalid_client", 700027},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := good()
			if tt.change != nil {
				tt.change(v)
			}
			a := b.form(tt.path, v).want(t, tt.status)
			var got loginErrorBody
			if err := json.Unmarshal(a.body, &got); err != nil {
				t.Fatal(err)
			}
			if got.Error != tt.oauth || !slices.Equal(got.Codes, []int{tt.code}) {
				t.Errorf("got %s %v, want %s %d", got.Error, got.Codes, tt.oauth, tt.code)
			}
			if _, err := time.Parse("2006-01-02 15:04:05Z", got.Timestamp); err != nil {
				t.Error(err)
			}
			if a.header.Get("x-ms-request-id") != got.TraceID {
				t.Error("the request id is not the trace id")
			}
		})
	}
	b.request(http.MethodGet, b.LoginURL()+own, "", "").want(t, 400)
	b.form("/"+b.Tenant().Domain()+"/oauth2/v2.0/token", good()).want(t, 200)
}

func TestVersion1TokensHaveTextNumbers(t *testing.T) {
	b := start(t, nil)
	a := b.form("/"+b.Tenant().ID()+"/oauth2/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {b.ClientID()}, "client_secret": {b.ClientSecret()}, "resource": {"https://manage.office.com"},
	}).want(t, 200)
	var got map[string]any
	if err := json.Unmarshal(a.body, &got); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"expires_in", "ext_expires_in", "expires_on", "not_before", "resource", "access_token"} {
		if _, ok := got[k].(string); !ok {
			t.Errorf("%s is %T, want a string", k, got[k])
		}
	}
}

// sign makes a client assertion.
func sign(t *testing.T, key *rsa.PrivateKey, h tokenHeader, claims map[string]any) string {
	t.Helper()
	token, err := signToken(key, h, claims)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestCertificateAssertions(t *testing.T) {
	cert, key := newCertificate(t)
	_, stranger := newCertificate(t)
	b := start(t, func(c *Config) { c.Certificate = cert })
	path := "/" + b.Tenant().ID() + "/oauth2/v2.0/token"
	weak, strong := sha1.Sum(cert.Raw), sha256.Sum256(cert.Raw)
	old := tokenHeader{Type: "JWT", Alg: "RS256", X5T: base64.RawURLEncoding.EncodeToString(weak[:])}
	now := b.clock.Now().Unix()
	good := func() map[string]any {
		return map[string]any{"aud": b.LoginURL() + path, "iss": b.ClientID(), "sub": b.ClientID(), "jti": "1", "nbf": now, "exp": now + 300}
	}
	tests := []struct {
		name   string
		key    *rsa.PrivateKey
		header tokenHeader
		change func(map[string]any)
		code   int // 0: a token is issued
	}{
		{"RS256 with x5t", key, old, nil, 0},
		{"RS256 with x5t#S256", key, tokenHeader{Alg: "RS256", X5TS256: base64.RawURLEncoding.EncodeToString(strong[:])}, nil, 0},
		{"of another key", stranger, old, nil, 700027},
		{"unknown thumbprint", key, tokenHeader{Alg: "RS256", X5T: "AAAA"}, nil, 700027},
		{"for another endpoint", key, old, func(c map[string]any) { c["aud"] = b.LoginURL() + "/other/oauth2/v2.0/token" }, 700023},
		{"of another app", key, old, func(c map[string]any) { c["iss"] = "x" }, 700021},
		{"expired", key, old, func(c map[string]any) { c["exp"] = now - 3600 }, 700024},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := good()
			if tt.change != nil {
				tt.change(c)
			}
			a := b.form(path, url.Values{
				"grant_type": {"client_credentials"}, "client_id": {b.ClientID()}, "scope": {graphScope},
				"client_assertion_type": {assertionType}, "client_assertion": {sign(t, tt.key, tt.header, c)},
			})
			if tt.code == 0 {
				a.want(t, 200)
				return
			}
			var got loginErrorBody
			if err := json.Unmarshal(a.want(t, 401).body, &got); err != nil || !slices.Equal(got.Codes, []int{tt.code}) {
				t.Errorf("got %v (%v), want %d", got.Codes, err, tt.code)
			}
		})
	}
}

func TestDiscoveryAndKeyRotation(t *testing.T) {
	b := start(t, nil)
	var meta struct {
		Issuer string `json:"issuer"`
		Token  string `json:"token_endpoint"`
		Keys   string `json:"jwks_uri"`
	}
	read := func(target string, v any) {
		t.Helper()
		if err := json.Unmarshal(b.request(http.MethodGet, target, "", "").want(t, 200).body, v); err != nil {
			t.Fatal(err)
		}
	}
	read(b.LoginURL()+"/common/v2.0/.well-known/openid-configuration", &meta)
	if want := b.LoginURL() + "/{tenantid}/v2.0"; meta.Issuer != want {
		t.Errorf("common issuer %s, want the template %s", meta.Issuer, want)
	}
	read(b.LoginURL()+"/"+b.Tenant().ID()+"/v2.0/.well-known/openid-configuration", &meta)
	if want := b.LoginURL() + "/" + b.Tenant().ID() + "/v2.0"; meta.Issuer != want {
		t.Errorf("issuer %s, want %s", meta.Issuer, want)
	}
	ids := func() []string {
		var set struct {
			Keys []publishedKey `json:"keys"`
		}
		read(meta.Keys, &set)
		var list []string
		for _, k := range set.Keys {
			list = append(list, k.ID)
		}
		return list
	}
	signer := func(token string) string {
		var c accessClaims
		h, err := splitToken(token, &c)
		if err != nil {
			t.Fatal(err)
		}
		return h.KeyID
	}
	before := ids()
	if len(before) < 2 {
		t.Fatalf("%d keys are published, want at least 2", len(before))
	}
	first := b.token(graphScope)
	if !slices.Contains(before, signer(first)) {
		t.Error("the token's key is not published")
	}
	if err := b.RotateKeys(); err != nil {
		t.Fatal(err)
	}
	clear(b.tokens)
	second := b.token(graphScope)
	if signer(first) == signer(second) {
		t.Error("the key was not rotated")
	}
	if after := ids(); !slices.Contains(after, signer(first)) || !slices.Contains(after, signer(second)) || len(after) != 3 {
		t.Errorf("after rotation %v are published, want old, current and next", after)
	}
	b.request(http.MethodGet, b.GraphURL()+"/v1.0/organization", first, "").want(t, 200)
	b.request(http.MethodGet, b.LoginURL()+"/"+"22222222-2222-4222-8222-222222222222"+"/v2.0/.well-known/openid-configuration", "", "").want(t, 400)
}

func TestTokensCarryWhatIsGranted(t *testing.T) {
	b := start(t, nil)
	claims := func(scope string) accessClaims {
		clear(b.tokens)
		var c accessClaims
		if _, err := splitToken(b.token(scope), &c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := claims(graphScope)
	if diff := cmp.Diff([]string{PermissionAuditLog, PermissionDirectory, PermissionIntune, PermissionRisk}, c.Roles); diff != "" {
		t.Error(diff)
	}
	if c.TenantID != b.Tenant().ID() || c.Audience != "https://graph.microsoft.com" || c.AppID != b.ClientID() {
		t.Errorf("claims %+v", c)
	}
	if life := c.Expires - b.clock.Now().Unix(); life < 3600 || life > 5400 {
		t.Errorf("a life of %d s", life)
	}
	b.SetPermissions()
	if c := claims(manageScope); len(c.Roles) != 0 {
		t.Errorf("roles %v without permissions", c.Roles)
	}
}

func TestBadTokensAreRefused(t *testing.T) {
	b := start(t, nil)
	list := b.GraphURL() + "/v1.0/auditLogs/directoryAudits"
	good := b.token(graphScope)
	tampered := []byte(good)
	tampered[len(tampered)-10] ^= 1
	for name, token := range map[string]string{"none": "", "nonsense": "a.b.c", "tampered": string(tampered), "other audience": b.token(manageScope)} {
		a := b.request(http.MethodGet, list, token, "").want(t, 401)
		if a.code(t) != "InvalidAuthenticationToken" || a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %s", name, a.body)
		}
		if name != "other audience" {
			a := b.request(http.MethodGet, b.feed("subscriptions/list"), token, "").want(t, 401)
			if string(a.body) != `{"Message":"Authorization has been denied for this request."}` {
				t.Errorf("%s: %s", name, a.body)
			}
		}
	}
	b.clock.advance(91 * time.Minute)
	b.request(http.MethodGet, list, good, "").want(t, 401)
}

func TestOneListenerServesAllRoles(t *testing.T) {
	b := start(t, func(c *Config) { c.OneListener = true })
	if b.LoginURL() != b.GraphURL() || b.GraphURL() != b.ManageURL() {
		t.Fatal("the roles have different addresses")
	}
	token := b.token(b.GraphURL() + "/.default")
	b.request(http.MethodGet, b.GraphURL()+"/v1.0/organization", token, "").want(t, 200)
	b.request(http.MethodGet, b.feed("subscriptions/list"), token, "").want(t, 200)
}

var _ aoc.Clock = (*testClock)(nil)
