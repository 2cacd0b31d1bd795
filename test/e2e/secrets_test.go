package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"aoc/internal/simulator"
)

// anyJWT finds tokens of the identity provider and of Microsoft's APIs, whoever has them.
var anyJWT = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`)

// TestSecretsStayInside uses every kind of secret there is, goes wrong with each, and looks for
// them in what others may see: the log at its most talkative with the dump of a crash, all
// answers, the metrics, the list of processes, and the files of the store.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	h := newGuardedHouse(t, "AOC_LOG_LEVEL=debug", "AOC_WEBHOOK_CLIENT_STATE=the-state-of-the-webhook", "GOTRACEBACK=all")
	people := h.sim.People()
	manager := h.browser()
	if status, _ := manager.signIn(people.Manager, "/"); status != http.StatusOK {
		t.Fatal(status)
	}
	bearer, err := h.sim.SignIn(people.Manager, simulator.TokenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s := &spy{guardedHouse: h, client: h.browser().client}
	var made struct{ Secret string }
	if err := json.Unmarshal(s.ask("POST", "/api/tokens", `{"name":"spy","role":"manager","days":1}`, bearer), &made); err != nil || made.Secret == "" {
		t.Fatal(err)
	}
	at, _ := url.Parse(h.base)
	session := manager.client.Jar.Cookies(at)[0].Value
	secrets := map[string]string{
		"the tenant's secret": h.sim.ClientSecret(), "the secret of signing in": h.sim.AuthClientSecret(), "the webhook's state": "the-state-of-the-webhook",
		"an API token": made.Secret, "a session": session, "an access token": bearer,
	}
	s.seen.Reset() // that it is told once is meant

	// Everything is used, well and badly.
	for _, token := range []string{bearer, made.Secret, bearer + "x", made.Secret[:70] + "AAA", "aoc_" + session, strings.Replace(bearer, ".", "..", 1)} {
		for _, path := range []string{"/api/events", "/api/me", "/api/tokens", "/api/sessions", "/api/source-health", "/metrics", "/health", "/api/events/nothing", "/api/events?token=" + token, "/auth/login?return=" + token} {
			s.ask("GET", path, "", token)
		}
	}
	s.ask("POST", "/api/fetch-audit-logs?wait=5", "", made.Secret)
	s.ask("POST", "/api/webhooks/graph", `{"value":[{"clientState":"the-state-of-the-webhook"}]}`, "")
	s.ask("POST", "/api/webhooks/graph", `{"value":[{"clientState":"the-state-of-the-webhook"}`, "")
	s.ask("POST", "/api/tokens", `{"name":"spy","role":"`+made.Secret+`"}`, made.Secret)
	s.ask("GET", "/auth/callback?code="+session+"&state=x", "", "")
	s.ask("GET", "/api/events?q=source:aoc&page_size=500", "", made.Secret)
	s.ask("GET", "/metrics", "", made.Secret)

	if runtime.GOOS == "linux" {
		for _, file := range []string{"cmdline", "comm"} {
			b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", h.program.cmd.Process.Pid, file))
			if err != nil {
				t.Fatal(err)
			}
			s.seen.Write(b)
		}
	}
	if err := h.program.cmd.Process.Signal(syscall.SIGQUIT); err != nil { // Go's dump of a crash
		t.Fatal(err)
	}
	<-h.program.done
	log := h.program.errs.String()
	if !strings.Contains(log, "goroutine ") || !strings.Contains(log, "level=DEBUG") {
		t.Fatalf("no dump, or no talkative log: %.500s", log)
	}
	for name, text := range map[string]string{"the log": log, "answers": s.seen.String(), "files of the store": s.files()} {
		for what, secret := range secrets {
			// What came in a path or query is the sender's own text, and is in no log.
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s: %s shows: …%s…", name, what, text[max(0, i-200):min(len(text), i+len(secret)+50)])
			}
		}
		if found := anyJWT.FindString(text); found != "" {
			t.Errorf("%s: a token shows: %.60s…", name, found)
		}
	}
}

// spy keeps all that it is answered.
type spy struct {
	*guardedHouse
	client *http.Client
	seen   bytes.Buffer
}

func (s *spy) ask(method, path, body, token string) []byte {
	s.Helper()
	u, err := url.Parse(s.base)
	if err != nil {
		s.Fatal(err)
	}
	u.Path, u.RawQuery, _ = strings.Cut(path, "?")
	r, err := http.NewRequestWithContext(s.Context(), method, u.String(), strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	c := *s.client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	fmt.Fprintf(&s.seen, "\n%d %v\n%s", resp.StatusCode, resp.Header, answer)
	return answer
}

// files is what lies in the program's folders.
func (s *spy) files() string {
	var all strings.Builder
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return all.String()
}
