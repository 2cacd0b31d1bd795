package cli

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// forgetful is a Microsoft that lists two content blobs of Exchange and has forgotten both
// when they are read. It gives the settings to collect from it.
func forgetful(t *testing.T) (environ []string) {
	t.Helper()
	const tenant = "11111111-2222-4333-8444-555555555555"
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		base := "https://" + r.Host
		_, operation, _ := strings.Cut(r.URL.Path, tenant+"/")
		switch strings.TrimPrefix(operation, "activity/feed/") {
		case "v2.0/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer":"%[1]s/v2.0","authorization_endpoint":"%[1]s/oauth2/v2.0/authorize","token_endpoint":"%[1]s/oauth2/v2.0/token"}`, base+"/"+tenant)
		case "oauth2/v2.0/token":
			fmt.Fprint(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"token"}`)
		case "subscriptions/list":
			fmt.Fprint(w, `[{"contentType":"Audit.Exchange","status":"enabled","webhook":null}]`)
		case "subscriptions/content":
			entry := func(id string) string {
				return fmt.Sprintf(`{"contentType":"Audit.Exchange","contentId":%q,"contentUri":%q,"contentCreated":%q}`,
					id, base+"/api/v1.0/"+tenant+"/activity/feed/audit/"+id, time.Now().UTC().Add(-2*time.Hour).Format(time.RFC3339))
			}
			fmt.Fprintf(w, "[%s,%s]", entry("blob-1"), entry("blob-2"))
		default:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"error":{"code":"AF20051","message":"Content requested with the key has already expired."}}`)
		}
	}))
	t.Cleanup(service.Close)
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: service.Certificate().Raw})
	if err := os.WriteFile(caFile, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{
		"TENANT_ID=" + tenant, "CLIENT_ID=aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "CLIENT_SECRET=secret", "AOC_CA_FILE=" + caFile,
		"AOC_LOGIN_URL=" + service.URL, "AOC_GRAPH_URL=" + service.URL, "AOC_MANAGE_URL=" + service.URL,
		"AOC_SOURCES=managementactivity", "AOC_CONTENT_TYPES=Audit.Exchange", "AOC_FIRST_FETCH_HOURS=4", "AOC_LOG_LEVEL=error",
	}
}

func TestAFetchThatFindsALossIsIncompleteAndSaysSo(t *testing.T) {
	environ := forgetful(t)
	for _, args := range []string{"fetch", "--quiet fetch", "fetch --json"} {
		e := run(t, environ, strings.Fields(args)...)
		if e.code != exitIncomplete || !strings.Contains(e.err, "aoc: Unified audit: Exchange: 2 losses were found") {
			t.Errorf("%s: exit code %d, want %d and a word about the losses\nstdout %q\nstderr %q", args, e.code, exitIncomplete, e.out, e.err)
		}
	}
}
