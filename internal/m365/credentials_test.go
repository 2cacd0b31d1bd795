package m365

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"aoc"
)

func askFor(scope string) policy.TokenRequestOptions {
	return policy.TokenRequestOptions{Scopes: []string{scope}}
}

func TestCredentialMethods(t *testing.T) {
	pemFile := writeCertificate(t)
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte("projected.service.token"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		give Credentials
		want map[string]string // "*": anything but empty
	}{
		{"secret", Credentials{Secret: testSecret}, map[string]string{"client_secret": testSecret, "client_id": testClient, "grant_type": "client_credentials"}},
		{"certificate", Credentials{CertificateFile: pemFile}, map[string]string{"client_assertion": "*", "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}},
		{"workload identity", Credentials{Method: MethodWorkloadIdentity, TokenFile: tokenFile}, map[string]string{"client_assertion": "projected.service.token"}},
		{"managed identity", Credentials{Method: MethodManagedIdentity}, map[string]string{"resource": "https://graph.microsoft.com", "client_id": testClient, "header": "msi-header"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := newLogin(t)
			t.Setenv("IDENTITY_ENDPOINT", l.URL+"/msi/token")
			t.Setenv("IDENTITY_HEADER", "msi-header")
			tc.give.TenantID, tc.give.ClientID = testTenant, testClient
			credential, err := NewCredential(tc.give, l.cloud(t), l.Client())
			if err != nil {
				t.Fatal(err)
			}
			token, err := credential.GetToken(t.Context(), askFor("https://graph.microsoft.com/.default"))
			if err != nil {
				t.Fatal(err)
			}
			if token.Token != "token-1" || time.Until(token.ExpiresOn) < 50*time.Minute {
				t.Errorf("token %q until %v", token.Token, token.ExpiresOn)
			}
			for k, want := range tc.want {
				if got := l.forms[0][k]; got != want && (want != "*" || got == "") {
					t.Errorf("%s = %q, want %q", k, got, want)
				}
			}
		})
	}
}

func TestCredentialConfigurationFaults(t *testing.T) {
	noKey := filepath.Join(t.TempDir(), "broken.pem")
	if err := os.WriteFile(noKey, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, give := range map[string]Credentials{
		"no secret":         {},
		"no such file":      {CertificateFile: filepath.Join(t.TempDir(), "absent.pfx")},
		"not a certificate": {CertificateFile: noKey, CertificatePassword: testSecret},
		"unknown method":    {Method: "magic"},
		"bad tenant":        {Secret: testSecret, TenantID: "not a tenant!"},
	} {
		t.Run(name, func(t *testing.T) {
			if give.TenantID == "" {
				give.TenantID = testTenant
			}
			give.ClientID = testClient
			cloud, _ := ParseCloud("gcch")
			_, err := NewCredential(give, cloud, nil)
			if aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" {
				t.Errorf("got %v (code %s, hint %q), want code invalid with a hint", err, aoc.CodeOf(err), aoc.HintOf(err))
			}
			noSecret(t, err, testSecret)
		})
	}
}

func TestWorkloadIdentityWithoutTokenFile(t *testing.T) {
	l := newLogin(t)
	credential, err := NewCredential(Credentials{
		Method: MethodWorkloadIdentity, TenantID: testTenant, ClientID: testClient, TokenFile: filepath.Join(t.TempDir(), "absent"),
	}, l.cloud(t), l.Client())
	if err != nil {
		t.Fatal(err)
	}
	_, err = credential.GetToken(t.Context(), askFor("s/.default"))
	if aoc.CodeOf(err) != aoc.CodeUnauthenticated || aoc.HintOf(err) == "" {
		t.Errorf("got %v, want unauthenticated with a hint", err)
	}
}

func TestSignInFaults(t *testing.T) {
	type row struct {
		number int
		remedy remedy
	}
	var rows []row
	for n, r := range signInRemedies {
		rows = append(rows, row{n, r})
	}
	l := newLogin(t)
	for _, r := range rows {
		t.Run(fmt.Sprintf("AADSTS%d", r.number), func(t *testing.T) {
			l.answer = func(map[string]string) (int, string) {
				// A service that echoes what it was sent must not put it into our logs.
				return 401, fmt.Sprintf(`{"error":"invalid_client","error_description":"AADSTS%d: Something about '%s' and %s.\r\nTrace ID: 0\r\n","error_codes":[%d]}`,
					r.number, testSecret, url.QueryEscape(testSecret), r.number)
			}
			credential, err := NewCredential(Credentials{Secret: testSecret, TenantID: testTenant, ClientID: testClient}, l.cloud(t), l.Client())
			if err != nil {
				t.Fatal(err)
			}
			_, err = credential.GetToken(t.Context(), askFor("https://graph.microsoft.com/.default"))
			got, ok := errors.AsType[*aoc.Error](err)
			if !ok {
				t.Fatalf("got %v, want an *aoc.Error", err)
			}
			if got.Code != r.remedy.code || got.Upstream != fmt.Sprintf("AADSTS%d", r.number) || got.Hint == "" || got.Hint != r.remedy.hint {
				t.Errorf("got code %s, upstream %s, hint %q; want %s and %q", got.Code, got.Upstream, got.Hint, r.remedy.code, r.remedy.hint)
			}
			noSecret(t, err, testSecret, url.QueryEscape(testSecret))
		})
	}
}

func TestSignInFaultsWithoutKnownNumber(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		body   string
		code   aoc.Code
		up     string
	}{
		{"oauth code only", 400, `{"error":"invalid_scope"}`, aoc.CodeUnauthenticated, "invalid_scope"},
		{"unknown number", 400, `{"error":"invalid_grant","error_description":"AADSTS123456: New."}`, aoc.CodeUnauthenticated, "AADSTS123456"},
		{"unknown all", 400, `nonsense`, aoc.CodeUnauthenticated, "HTTP 400"},
		{"throttled", 429, ``, aoc.CodeThrottled, "HTTP 429"},
		{"down", 503, `<html>busy</html>`, aoc.CodeUnavailable, "HTTP 503"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := judgeSignIn("op", tc.status, http.Header{}, []byte(tc.body), testTime)
			if got.err.Code != tc.code || got.err.Upstream != tc.up || got.err.Hint == "" {
				t.Errorf("got %s %q hint %q, want %s %q", got.err.Code, got.err.Upstream, got.err.Hint, tc.code, tc.up)
			}
		})
	}
}

func TestSignInHostUnreachable(t *testing.T) {
	l := newLogin(t)
	client, cloud := l.Client(), l.cloud(t)
	l.Close()
	credential, err := NewCredential(Credentials{Secret: testSecret, TenantID: testTenant, ClientID: testClient}, cloud, client)
	if err != nil {
		t.Fatal(err)
	}
	_, err = credential.GetToken(t.Context(), askFor("https://graph.microsoft.com/.default"))
	if aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Errorf("got %v, want code unavailable", err)
	}
	noSecret(t, err, testSecret)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = credential.GetToken(ctx, askFor("https://graph.microsoft.com/.default")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error in the chain", err)
	}
}

func TestSignInCertificateNotTrusted(t *testing.T) {
	l := newLogin(t)
	l.Config.ErrorLog = nil
	credential, err := NewCredential(Credentials{Secret: testSecret, TenantID: testTenant, ClientID: testClient}, l.cloud(t), &http.Client{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = credential.GetToken(t.Context(), askFor("https://graph.microsoft.com/.default"))
	if aoc.CodeOf(err) != aoc.CodeUnavailable || !strings.Contains(aoc.HintOf(err), "CA file") {
		t.Errorf("got %v, hint %q; want a hint at the CA file", err, aoc.HintOf(err))
	}
}

func TestCredentialsHideSecrets(t *testing.T) {
	c := Credentials{Secret: testSecret, CertificatePassword: testSecret, TenantID: testTenant, ClientID: testClient}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("configured", "credentials", c)
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s", c, c, c, c), log.String()} {
		if strings.Contains(text, testSecret) {
			t.Errorf("the secret shows in %q", text)
		}
		if !strings.Contains(text, testClient) {
			t.Errorf("the client id does not show in %q", text)
		}
	}
}

// writeCertificate writes a self-signed certificate and its key as PEM.
func writeCertificate(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "aoc.contoso.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	data := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})...)
	path := filepath.Join(t.TempDir(), "client.pem")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPFX reads testdata/client.pfx: a self-signed certificate with a throw-away key.
func TestPFX(t *testing.T) {
	l := newLogin(t)
	give := Credentials{CertificateFile: "testdata/client.pfx", CertificatePassword: "pfx-password", TenantID: testTenant, ClientID: testClient}
	credential, err := NewCredential(give, l.cloud(t), l.Client())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = credential.GetToken(t.Context(), askFor("s/.default")); err != nil {
		t.Fatal(err)
	}
	give.CertificatePassword = "wrong-password"
	_, err = NewCredential(give, l.cloud(t), l.Client())
	if aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("got %v, want code invalid for a wrong password", err)
	}
	noSecret(t, err, "wrong-password")
}
