package ui_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"aoc/internal/console"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
	"aoc/test/ui/browser"
	"aoc/test/ui/demo"
)

// smallTenant is a tenant of which nearly nothing has to be collected.
var smallTenant = tenant.Config{Seed: 2, Users: 40, EventsPerDay: 20}

// guarded gives the program that people have to sign in to.
func guarded(t *testing.T) *demo.Server {
	t.Helper()
	chromium(t)
	server, err := theHouse.guarded()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// signedOut opens a path in a browser in which nobody has signed in. The simulated sign-in
// page is of another origin, as Microsoft's is.
func signedOut(t *testing.T, path string, change ...func(o *browser.TabOptions)) *page {
	t.Helper()
	server := guarded(t)
	p := openPage(t, server, path, change...)
	p.allow(browser.KindForeign, server.SignInOrigin()+"/")
	p.allow(browser.KindResponse, "401 "+server.URL+"/api/")
	return p
}

// choose says on the simulated sign-in page who one is.
func (p *page) choose(who simulator.Person) {
	p.Helper()
	p.waitText("choose who you are")
	p.click(like("button", who.UPN))
}

// signIn goes from the sign-in screen to the page that was asked for.
func (p *page) signIn(who simulator.Person) {
	p.Helper()
	p.click(by("link", "Sign in"))
	p.choose(who)
	p.wait(like("button", "Settings: "+who.UPN))
	p.settle()
}

// signedIn opens a path as somebody.
func signedIn(t *testing.T, path string, who func(simulator.People) simulator.Person, change ...func(o *browser.TabOptions)) *page {
	t.Helper()
	p := signedOut(t, path, change...)
	p.signIn(who(p.server.People))
	return p
}

func manager(p simulator.People) simulator.Person    { return p.Manager }
func analyst(p simulator.People) simulator.Person    { return p.Analyst }
func reader(p simulator.People) simulator.Person     { return p.Reader }
func overloaded(p simulator.People) simulator.Person { return p.Overloaded }

// status asks the API from the page, as somebody with the developer tools would, and gives
// the status of the answer.
func (p *page) status(method, path, body string) int {
	p.Helper()
	n, err := browser.Eval[int](p.tab, `fetch(`+strconv.Quote(path)+`, {method: `+strconv.Quote(method)+`, headers: {"Content-Type": "application/json"}, body: `+
		strconv.Quote(body)+` || undefined}).then(async r => (await r.text(), r.status))`)
	return value(p, n, err)
}

// TestRoles signs in as people of each role: what they see, what they may do, and that the
// API refuses the rest also where the page does not ask.
func TestRoles(t *testing.T) {
	t.Parallel()
	const (
		nobodysEvent = `{"keys":["aaaaaaaaaaaaaaaaaaaaaaaaaa"],"state":"expected"}`
		saved        = `{"name":"mine","view":"q=x"}`
		token        = `{"name":"mine","role":"reader","days":1}`
	)
	for _, tt := range []struct {
		name                       string
		who                        func(simulator.People) simulator.Person
		role                       string
		annotates, collects, token bool
	}{
		{"manager", manager, "manager", true, true, true},
		{"analyst", analyst, "analyst", true, false, false},
		{"analyst by a group that tokens leave out", overloaded, "analyst", true, false, false},
		{"reader", reader, "reader", false, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := signedIn(t, "/sources", tt.who)
			p.allow(browser.KindResponse, "403 ")
			p.allow(browser.KindResponse, "404 "+p.server.URL+"/api/")
			p.wait(by("heading", "Sources"))
			if got := p.has(by("button", "Collect now")); got != tt.collects {
				t.Errorf("a button to collect is there: %t", got)
			}
			p.click(like("button", "Settings"))
			settings := by("dialog", "Settings")
			if text := p.text(settings); !strings.Contains(text, tt.role) || !strings.Contains(text, tt.who(p.server.People).UPN) {
				t.Errorf("the settings do not say who one is: %s", text)
			}
			if got := p.has(in(settings, by("link", "API tokens"))); got != tt.token {
				t.Errorf("a way to the API tokens is there: %t", got)
			}
			p.open("/review?tab=windows")
			p.waitText("What falls in a change window")
			if got := p.has(by("button", "New change window")); got != tt.annotates {
				t.Errorf("a button to make change windows is there: %t", got)
			}
			for _, c := range []struct {
				method, path, body string
				may                bool
			}{
				{"GET", "/api/events?page_size=1", "", true},
				{"PATCH", "/api/events/review", nobodysEvent, tt.annotates},
				{"POST", "/api/saved-searches", saved, tt.annotates},
				{"POST", "/api/fetch-audit-logs", "", tt.collects},
				{"GET", "/api/tokens", "", tt.token},
				{"POST", "/api/tokens", token, tt.token},
				{"DELETE", "/api/tokens/AAAAAAAAAAAAAAAA", "", tt.token},
			} {
				if got := p.status(c.method, c.path, c.body); got == http.StatusUnauthorized || (got != http.StatusForbidden) != c.may {
					t.Errorf("%s %s answers %d, and may be done: %t", c.method, c.path, got, c.may)
				}
			}
		})
	}
}

// TestSignInReturns leads back to the address that was asked for, with all of its parts.
func TestSignInReturns(t *testing.T) {
	t.Parallel()
	const asked = "/?range=7d&noise=show&q=kind:person+-result:success&tz=UTC"
	p := signedOut(t, asked)
	if p.has(by("navigation", "Pages")) {
		t.Error("the bar is there before anybody has signed in")
	}
	p.signIn(p.server.People.Reader)
	p.until("the address asked for", func() bool { return p.url() == asked })
	f, err := p.tab.Wait(by("button", "UTC"))
	if p.do(err); f.States["pressed"] != "true" {
		t.Error("the zone of the address is lost")
	}
}

// TestNotLetIn tells somebody without a role so, and lets them choose another account, with
// which they come to where they wanted.
func TestNotLetIn(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	p := signedOut(t, "/sources?span=30d")
	p.allow(browser.KindResponse, "403 "+p.server.URL+"/auth/callback")
	p.click(by("link", "Sign in"))
	p.choose(p.server.People.Nobody)
	p.waitText("This account has no role in AOC")
	for _, want := range []string{p.server.People.Nobody.UPN, "AOC_AUTH_READERS"} {
		p.waitText(want)
	}
	p.checkAxe(script, "refused")
	p.do(p.tab.Theme(true))
	p.checkAxe(script, "refused dark")
	other := p.beside("/")
	other.wait(by("link", "Sign in"))
	if got := other.status("GET", "/api/events", ""); got != http.StatusUnauthorized {
		t.Errorf("somebody who is not let in is answered %d", got)
	}
	other.tab.Close() // which brings the other one to the front
	p.click(like("link", "Sign in"))
	p.choose(p.server.People.Reader)
	p.wait(by("heading", "Sources"))
	if got := p.url(); got != "/sources?span=30d" {
		t.Errorf("came back to %s", got)
	}
}

// TestCancelledSignIn says that nobody was signed in, and how to go on.
func TestCancelledSignIn(t *testing.T) {
	t.Parallel()
	p := signedOut(t, "/")
	p.allow(browser.KindResponse, "401 "+p.server.URL+"/auth/callback")
	p.click(by("link", "Sign in"))
	p.click(by("button", "Cancel"))
	p.waitText("The identity provider did not sign you in")
	p.wait(like("link", "Sign in"))
}

// TestSignOut ends the session: neither Back nor the API shows anything afterwards.
func TestSignOut(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "/?range=7d&noise=show", analyst)
	p.wait(grid)
	p.click(by("link", "Sources"))
	p.wait(by("heading", "Sources"))
	p.click(like("button", "Settings"))
	p.click(by("button", "Sign out"))
	p.wait(by("link", "Sign in"))
	p.settle()
	if got := p.status("GET", "/api/events", ""); got != http.StatusUnauthorized {
		t.Errorf("after signing out the API answers %d", got)
	}
	for range 2 {
		p.do(p.tab.Back())
		p.wait(by("link", "Sign in"))
		p.settle()
		if p.has(grid) || p.has(by("navigation", "Pages")) {
			t.Error("Back shows what only those see who have signed in")
		}
	}
	// Signed out at the provider, too: it asks who one is.
	p.signIn(p.server.People.Reader)
}

// TestSessionEnds in the middle of work: it is said at once and in front of everything, also
// of an open form, and signing in leads back to the same address.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "/tokens", manager)
	p.click(by("button", "New token"))
	p.fill(by("textbox", "What it is for"), "too late")
	if got := p.status("POST", "/auth/logout", ""); got != http.StatusOK {
		t.Fatalf("signing out in another tab answers %d", got)
	}
	p.click(by("button", "Make token"))
	over := by("alertdialog", "You have been signed out")
	p.wait(over)
	p.settle()
	focused, err := p.tab.Focused(in(over, by("link", "Sign in")))
	if p.do(err); !focused {
		t.Error("the keyboard is not where one signs in")
	}
	p.press("Escape")
	p.press("Tab")
	if focused, err = p.tab.Focused(in(over, by("link", "Sign in"))); err != nil || !focused {
		t.Errorf("the keyboard leaves what is in front: %v", err)
	}
	p.press("Enter")
	// The provider's session lasts, so that nobody is asked who they are.
	p.wait(by("heading", "API tokens"))
	if got := p.url(); got != "/tokens" {
		t.Errorf("came back to %s", got)
	}
}

// TestSessionEndsWhileAway: whoever comes back to a tab whose news have ended with the
// session is told so without asking for anything.
func TestSessionEndsWhileAway(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "/?range=7d&noise=show", reader)
	p.wait(grid)
	p.settle()
	show := func(state string) {
		if _, err := browser.Eval[bool](p.tab, `Object.defineProperty(document, "visibilityState", {value: "`+state+`", configurable: true}), document.dispatchEvent(new Event("visibilitychange"))`); err != nil {
			t.Fatal(err)
		}
	}
	show("hidden")
	p.status("POST", "/auth/logout", "")
	show("visible")
	p.wait(by("alertdialog", "You have been signed out"))
}

// TestSignInElsewhere: whoever signs in again in another tab goes on where they were, with
// what they had begun to write.
func TestSignInElsewhere(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "/tokens", manager)
	p.click(by("button", "New token"))
	name := by("textbox", "What it is for")
	p.fill(name, "half a nam")
	other := p.beside("/sources")
	other.click(like("button", "Settings"))
	other.click(by("button", "Sign out"))
	other.wait(by("link", "Sign in"))
	p.click(by("button", "Make token"))
	over := by("alertdialog", "You have been signed out")
	p.wait(over)
	other.signIn(p.server.People.Manager)
	if _, err := browser.Eval[bool](p.tab, `dispatchEvent(new Event("focus"))`); err != nil { // as coming back to the tab does
		t.Fatal(err)
	}
	p.waitGone(over)
	if got := p.inputValue(name); got != "half a nam" {
		t.Errorf("the form says %q", got)
	}
}

// TestNoTokensForOthers: the address of the page of tokens says whom it is for.
func TestNoTokensForOthers(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "/tokens", analyst)
	p.wait(by("heading", "API tokens are for managers"))
	p.waitText("whose role is analyst")
	if p.has(by("button", "New token")) || p.has(by("table", "")) {
		t.Error("an analyst sees tokens")
	}
	open := openPage(t, tenantServer(t), "/tokens")
	open.wait(by("heading", "Nobody has to sign in here"))
}

// bearer asks the API with a token, as a script would.
func bearer(t *testing.T, server *demo.Server, secret, method, path string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// beside opens a path in another tab of the same browser.
func (p *page) beside(path string) *page {
	p.Helper()
	tab, err := p.tab.Beside()
	p.do(err)
	p.Cleanup(tab.Close)
	other := &page{T: p.T, tab: tab, server: p.server}
	other.open(path)
	return other
}

// row gives the text of the row of a table that holds another one.
func (p *page) row(holds string) string {
	p.Helper()
	text, err := browser.Eval[string](p.tab, `[...document.querySelectorAll("tbody tr")].find(r => r.innerText.includes(`+strconv.Quote(holds)+`))?.innerText ?? ""`)
	return value(p, text, err)
}

// TestToken makes a token, uses it, and revokes it.
func TestToken(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "/", manager)
	p.click(like("button", "Settings"))
	p.click(by("link", "API tokens"))
	p.wait(by("heading", "API tokens"))
	name := "nightly export " + p.Name()
	p.click(by("button", "New token"))
	form := by("dialog", "New API token")
	p.fill(in(form, by("textbox", "What it is for")), name)
	p.click(in(form, like("radio", "Analyst")))
	p.fill(in(form, like("spinbutton", "days")), "7")
	p.waitText("until ")
	p.click(in(form, by("button", "Make token")))
	p.waitGone(form)
	made := by("region", "Copy the token "+name+" now")
	p.wait(made)
	p.waitText("It is not shown again")
	p.click(in(made, by("button", "Copy")))
	p.wait(in(made, by("button", "Copied")))
	secret, err := p.tab.Copied()
	if p.do(err); !strings.HasPrefix(secret, "aoc_") {
		t.Fatalf("%q was copied", secret)
	}
	if got := bearer(t, p.server, secret, "GET", "/api/events?page_size=1"); got != http.StatusOK {
		t.Errorf("with the token the API answers %d", got)
	}
	if got := bearer(t, p.server, secret, "GET", "/api/tokens"); got != http.StatusForbidden {
		t.Errorf("an analyst's token is answered %d about tokens", got)
	}
	p.click(in(made, by("button", "Done")))
	p.waitGone(made)
	p.do(p.tab.Reload())
	revoke := by("button", "Revoke "+name)
	p.wait(revoke)
	row := p.row(name)
	for _, want := range []string{"Ends in", "Analyst", "all", p.server.People.Manager.UPN, "ago"} {
		if !strings.Contains(row, want) && (want != "ago" || !strings.Contains(row, "just now")) {
			t.Errorf("the row of the token does not say %q: %s", want, row)
		}
	}
	if text, err := p.tab.Text(); err != nil || strings.Contains(text, secret) {
		t.Errorf("the secret is shown again, %v", err)
	}
	p.click(revoke)
	p.click(by("button", "Keep it"))
	p.click(revoke)
	p.click(in(by("dialog", "Revoke this API token?"), by("button", "Revoke")))
	p.waitGone(revoke)
	p.until("the token to be refused", func() bool {
		return bearer(t, p.server, secret, "GET", "/api/events?page_size=1") == http.StatusUnauthorized
	})
}

// TestSessions: a manager sees every browser that is signed in and signs one out; others see
// their own alone.
func TestSessions(t *testing.T) {
	t.Parallel()
	chromium(t)
	server := ownServer(t, demo.Options{SignIn: true, Tenant: &smallTenant})
	enter := func(who simulator.Person) *page {
		p := openPage(t, server, "/sessions")
		p.allow(browser.KindForeign, server.SignInOrigin()+"/")
		p.allow(browser.KindResponse, "401 "+server.URL+"/api/")
		p.signIn(who)
		p.wait(by("heading", "Signed-in browsers"))
		return p
	}
	lost, kept, boss := enter(server.People.Reader), enter(server.People.Reader), enter(server.People.Manager)
	out := like("button", "Sign out "+server.People.Reader.UPN)
	boss.until("both browsers of the reader to be shown", func() bool { return boss.count("li", server.People.Reader.UPN) == 2 })
	if text := boss.text(by("region", "Sessions")); !strings.Contains(text, "This browser") || !strings.Contains(text, "127.0.0.1") {
		t.Errorf("the sessions: %s", text)
	}
	boss.checkAxe(axeScript(t), "sessions")
	boss.checkSound("sessions")
	if n := kept.count("li", ""); n != 2 || kept.count("li", server.People.Manager.UPN) != 0 {
		t.Errorf("a reader sees %d sessions", n)
	}
	kept.click(out) // of the other one: for one's own the button is without a name
	kept.click(in(by("dialog", "Sign this browser out?"), by("button", "Sign out")))
	kept.waitText("Signed out")
	kept.until("one to be left", func() bool { return kept.count("li", server.People.Reader.UPN) == 1 })
	if got := lost.status("GET", "/api/events", ""); got != http.StatusUnauthorized {
		t.Errorf("the browser that was signed out is answered %d", got)
	}
	boss.open("/sessions")
	boss.click(out)
	boss.click(in(by("dialog", "Sign this browser out?"), by("button", "Sign out")))
	boss.until("one to be left", func() bool { return boss.count("li", "") == 1 })
	if got := kept.status("GET", "/api/events", ""); got != http.StatusUnauthorized {
		t.Errorf("the browser that a manager signed out is answered %d", got)
	}
	boss.click(in(by("region", "Sessions"), by("button", "Sign out")))
	boss.wait(by("link", "Sign in"))
	if left, err := browser.Eval[int](boss.tab, "sessionStorage.length"); left != 0 {
		t.Errorf("%d things are left in the tab, %v", left, err)
	}
}

// count counts the elements of a kind within the page that hold a text.
func (p *page) count(element, text string) int {
	p.Helper()
	n, err := browser.Eval[int](p.tab, `[...document.querySelectorAll("main `+element+`")].filter(e => e.innerText.includes(`+strconv.Quote(text)+`)).length`)
	return value(p, n, err)
}

// TestTokenRefused shows what the server says of a token that cannot be.
func TestTokenRefused(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "/tokens", manager)
	p.allow(browser.KindResponse, "422 "+p.server.URL+"/api/tokens")
	p.click(by("button", "New token"))
	p.fill(by("textbox", "What it is for"), "north")
	if got := p.status("POST", "/api/tokens", `{"name":"invoice\u202egpj.exe","role":"reader","days":1}`); got != http.StatusUnprocessableEntity {
		t.Errorf("a name that turns text around is answered %d", got)
	}
	p.fill(like("combobox", "Tenants"), "no tenant")
	p.press("Enter")
	p.click(by("button", "Make token"))
	p.waitText("A tenant is named by its id")
	p.fill(like("spinbutton", "days"), "400")
	p.waitText("1 to 366")
	f, err := p.tab.Wait(by("button", "Make token"))
	if p.do(err); f.States["disabled"] != "true" {
		t.Error("a token of 400 days can be asked for")
	}
}

// TestHostileNames shows names of people and tokens that attackers chose as the texts they
// are.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	names := []string{
		`<img src=x onerror=__pwned=1><script>__pwned=2</script>`, "مدير النظام שלום admin", "{{constructor.constructor('__pwned=1')()}} ${__pwned=3}",
		strings.Repeat("W", 200), `"><svg onload=__pwned=4>`,
	}
	server := hostileTokens(t, names)
	for size, set := range map[string]func(o *browser.TabOptions){"desktop": func(*browser.TabOptions) {}, "phone": phone} {
		t.Run(size, func(t *testing.T) {
			t.Parallel()
			p := openPage(t, server, "/tokens", set)
			p.allow(browser.KindForeign, server.SignInOrigin()+"/")
			p.allow(browser.KindResponse, "401 "+server.URL+"/api/")
			p.click(by("link", "Sign in"))
			p.choose(server.People.Manager)
			p.wait(like("button", "Revoke <img src=x"))
			p.checkSound("the tokens")
			text, err := p.tab.Text()
			if p.do(err); !strings.Contains(text, names[0]) || !strings.Contains(text, names[2]) {
				t.Errorf("the names are not shown as they are: %s", text)
			}
			p.click(nth(like("button", "Revoke"), 0))
			p.wait(by("dialog", "Revoke this API token?"))
			p.checkSound("the question")
			p.press("Escape")
			p.click(like("button", "Settings"))
			p.wait(by("dialog", "Settings"))
			if got := p.text(by("dialog", "Settings")); !strings.Contains(got, strings.ReplaceAll(hostileUPN, "\u202e", "")) {
				t.Errorf("the settings name %s", got)
			}
			p.checkSound("the settings")
		})
	}
}

// hostileUPN is what somebody calls themselves who may sign in. What turns text around is left
// out of names.
const hostileUPN = "\u202e" + `<img/src=x/onerror=__pwned=5>{{1}}WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW@contoso.example`

// TestSignInAccessible lets axe-core look at the sign-in screen, the one for an ended session
// and the page of tokens, in both themes and on a phone.
func TestSignInAccessible(t *testing.T) {
	t.Parallel()
	script := axeScript(t)
	for _, l := range looks() {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			p := signedOut(t, "/tokens?"+url.QueryEscape(l.name), l.set...)
			p.wait(by("link", "Sign in"))
			p.checkAxe(script, "sign-in", l.rules...)
			p.checkSound("sign-in")
			p.signIn(p.server.People.Manager)
			p.wait(by("heading", "API tokens"))
			p.checkAxe(script, "tokens", l.rules...)
			p.click(by("button", "New token"))
			p.fill(by("textbox", "What it is for"), "seen by axe "+l.name)
			p.checkAxe(script, "form", l.rules...)
			p.checkSound("form")
			p.click(by("button", "Make token"))
			p.wait(like("region", "Copy the token"))
			p.checkAxe(script, "made", l.rules...)
			p.checkSound("made")
			p.click(like("button", "Revoke seen by axe "+l.name))
			p.wait(by("dialog", "Revoke this API token?"))
			p.checkAxe(script, "question", l.rules...)
			p.status("POST", "/auth/logout", "")
			p.click(in(by("dialog", "Revoke this API token?"), by("button", "Revoke")))
			p.wait(by("alertdialog", "You have been signed out"))
			p.checkAxe(script, "session over", l.rules...)
		})
	}
}

// hostileTokens gives a program in which tokens, and the manager, are called what is given.
func hostileTokens(t *testing.T, names []string) *demo.Server {
	t.Helper()
	server := ownServer(t, demo.Options{SignIn: true, Tenant: &smallTenant, Rename: func(p *simulator.People) { p.Manager.UPN = hostileUPN }})
	for _, name := range names {
		if err := server.MakeToken(t.Context(), console.TokenSpec{Name: name, Role: "reader", Days: 30}); err != nil {
			t.Fatal(err)
		}
	}
	return server
}
