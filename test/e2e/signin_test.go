package e2e_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// signedIn is a browser without a screen: it keeps cookies, and takes those of a secure
// connection to this machine, as browsers do.
type signedIn struct {
	*testing.T
	base   string
	client *http.Client
}

// loopbackJar keeps Secure cookies for http on this machine.
type loopbackJar struct{ *cookiejar.Jar }

func (j loopbackJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.Jar.SetCookies(secured(u), cookies)
}

func (j loopbackJar) Cookies(u *url.URL) []*http.Cookie { return j.Jar.Cookies(secured(u)) }

func secured(u *url.URL) *url.URL {
	s := *u
	s.Scheme = "https"
	return &s
}

func newSignedIn(t *testing.T, base string) *signedIn {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &signedIn{T: t, base: base, client: &http.Client{Jar: loopbackJar{jar}, Timeout: 10 * time.Second}}
}

func (b *signedIn) get(path string, v any) int {
	b.Helper()
	resp, err := b.client.Get(b.base + path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	if v != nil && resp.StatusCode == http.StatusOK {
		if err := json.Unmarshal(body, v); err != nil {
			b.Fatalf("%s: %v: %.200s", path, err, body)
		}
	}
	return resp.StatusCode
}

var (
	formOf  = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)".*?</form>`)
	hiddens = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"`)
	buttons = regexp.MustCompile(`<button[^>]*name="([^"]*)"[^>]*value="([^"]*)"`)
)

// signIn goes through the provider's page as somebody, and gives the answer that it ends with.
func (b *signedIn) signIn(person simulator.Person, returnTo string) (status int, path string) {
	b.Helper()
	resp, err := b.client.Get(b.base + "/auth/login?return=" + url.QueryEscape(returnTo))
	if err != nil {
		b.Fatal(err)
	}
	page, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	form := formOf.FindStringSubmatch(string(page))
	if form == nil {
		b.Fatalf("no form: %d %.500s", resp.StatusCode, page)
	}
	values := url.Values{}
	for _, h := range hiddens.FindAllStringSubmatch(form[0], -1) {
		values.Set(html.UnescapeString(h[1]), html.UnescapeString(h[2]))
	}
	for _, x := range buttons.FindAllStringSubmatch(form[0], -1) {
		if html.UnescapeString(x[2]) == person.ID || html.UnescapeString(x[2]) == person.UPN {
			values.Set(html.UnescapeString(x[1]), html.UnescapeString(x[2]))
		}
	}
	action, err := resp.Request.URL.Parse(html.UnescapeString(form[1]))
	if err != nil {
		b.Fatal(err)
	}
	post, err := http.NewRequestWithContext(b.Context(), http.MethodPost, action.String(), strings.NewReader(values.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	post.Header.Set("Origin", action.Scheme+"://"+action.Host)
	if resp, err = b.client.Do(post); err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode, resp.Request.URL.RequestURI()
}

// guardedHouse is the real program with sign-in, and a simulated tenant that people sign in to.
type guardedHouse struct {
	*books
	sim     *simulator.Server
	base    string
	environ []string
	program *run
}

func newGuardedHouse(t *testing.T, more ...string) *guardedHouse {
	t.Helper()
	sim, err := simulator.New(simulator.Config{
		Tenant: tenant.Config{Seed: 5, Users: 300, EventsPerDay: 200}, GraphHistory: 24 * time.Hour, ManagementHistory: 24 * time.Hour,
		StartInterval: -1, Limits: simulator.Limits{GraphReports: -1, Intune: -1, Directory: -1, Management: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	dir, address := t.TempDir(), freeAddress(t)
	_, port, _ := strings.Cut(address, ":")
	settings := []string{
		"HOME=" + dir, "TMPDIR=" + dir, "AOC_LISTEN=" + address, "AOC_DATA_DIR=" + filepath.Join(dir, "data"), "ENABLE_PERIODIC_FETCH=false",
		"AUTH_ENABLED=true", "AUTH_CLIENT_ID=" + sim.AuthClientID(), "AOC_AUTH_CLIENT_SECRET=" + sim.AuthClientSecret(),
		"AOC_AUTH_READERS=AOC.Reader", "AOC_AUTH_ANALYSTS=AOC.Analyst," + sim.RoleGroups().Analysts, "AOC_AUTH_MANAGERS=AOC.Manager",
	}
	h := &guardedHouse{books: &books{T: t, dir: dir, program: lookAOC(t)}, sim: sim, base: "http://localhost:" + port, environ: startSimulator(t, sim, append(settings, more...)...)}
	h.serve()
	t.Cleanup(func() { h.program.kill() })
	return h
}

// serve starts the program and waits until it answers.
func (h *guardedHouse) serve() {
	h.Helper()
	h.program = h.start(h.environ, "serve")
	nobody := h.browser()
	for began := time.Now(); nobody.reach() != http.StatusOK; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			h.Fatal("the program does not answer")
		}
	}
}

// browser is one in which nobody has signed in; it trusts the simulator.
func (h *guardedHouse) browser() *signedIn {
	b := newSignedIn(h.T, h.base)
	b.client.Transport = h.sim.Client().Transport
	return b
}

// TestSignIn lets people of a simulated tenant sign in to the real program with a browser's
// steps: each may do what their role lets them, a restart keeps them signed in, signing out
// ends it, who has no role is not let in, and all of it is in the log.
func TestSignIn(t *testing.T) {
	t.Parallel()
	h := newGuardedHouse(t)
	nobody := h.browser()
	if status := nobody.get("/api/events", nil); status != http.StatusUnauthorized {
		t.Errorf("without signing in: %d", status)
	}
	people := h.sim.People()
	in := map[string]*signedIn{}
	for role, p := range map[string]simulator.Person{"reader": people.Reader, "analyst": people.Analyst, "manager": people.Manager, "overloaded": people.Overloaded} {
		who := h.browser()
		in[role] = who
		if status, path := who.signIn(p, "/?q=role"); status != http.StatusOK || path != "/?q=role" {
			t.Fatalf("%s: %d at %s", role, status, path)
		}
		var me struct{ Name, Role, Via string }
		if status := who.get("/api/me", &me); status != http.StatusOK || me.Via != "session" || me.Name != p.UPN {
			t.Errorf("%s is %+v, %d", role, me, status)
		}
		if want := strings.Replace(role, "overloaded", "analyst", 1); me.Role != want {
			t.Errorf("%s has the role %s", role, me.Role)
		}
	}
	outsider := h.browser()
	if status, path := outsider.signIn(people.Nobody, "/"); status != http.StatusForbidden || !strings.HasPrefix(path, "/auth/callback") {
		t.Errorf("somebody without a role: %d at %s", status, path)
	}
	for role, want := range map[string]int{"reader": http.StatusForbidden, "analyst": http.StatusForbidden, "manager": http.StatusOK} {
		if got := in[role].get("/api/tokens", nil); got != want {
			t.Errorf("%s and API tokens: %d, want %d", role, got, want)
		}
	}

	// A restart keeps people signed in.
	if err := h.program.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-h.program.done
	h.program.check(t, false)
	h.serve()
	if status := in["reader"].get("/api/events", nil); status != http.StatusOK {
		t.Errorf("after a restart: %d", status)
	}

	// Signing out ends the session, also for who has kept the cookie.
	origin, _ := url.Parse(h.base)
	kept := in["reader"].client.Jar.Cookies(origin)
	resp, err := in["reader"].client.Post(h.base+"/auth/logout", "", nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
	in["reader"].client.Jar.SetCookies(origin, kept)
	if status := in["reader"].get("/api/events", nil); status != http.StatusUnauthorized {
		t.Errorf("after signing out, with the cookie kept: %d", status)
	}

	// All of it is in the log.
	var page struct {
		Items []struct {
			Summary string `json:"display_summary"`
			Result  string
		}
	}
	if status := in["manager"].get("/api/events?q=source:aoc+operation:%22Sign+in%22,%22Sign+out%22&page_size=100", &page); status != http.StatusOK {
		t.Fatal(status)
	}
	var failed, entered, left int
	for _, e := range page.Items {
		switch {
		case e.Result == "failure":
			failed++
		case strings.Contains(e.Summary, "signed out"):
			left++
		case strings.Contains(e.Summary, "signed in"):
			entered++
		}
	}
	if entered != 4 || left != 1 || failed == 0 {
		t.Errorf("%d signed in, %d signed out, %d refused: %+v", entered, left, failed, page.Items)
	}
}

// reach asks for the health of the program; 0 when it does not answer.
func (b *signedIn) reach() int {
	resp, err := b.client.Get(b.base + "/health")
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
