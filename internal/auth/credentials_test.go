package auth

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/simulator"
	"aoc/internal/store"
	"aoc/internal/store/sqlite"
)

// gatehouse is a house with everything that recognises people.
type gatehouse struct {
	*house
	*Keeper
	db *sqlite.Store
}

func newGatehouse(t *testing.T) *gatehouse {
	t.Helper()
	h := newHouse(t, nil, nil)
	db := h.sessions.Sessions.(*sqlite.Store)
	gate := NewGate(GateConfig{Roles: map[string]aoc.Role{"AOC.Reader": aoc.RoleReader, "AOC.Analyst": aoc.RoleAnalyst, "AOC.Manager": aoc.RoleManager}})
	return &gatehouse{h, &Keeper{Provider: h.provider, Gate: gate, Tokens: NewTokens(db, h.clock), SignIn: h.SignIn}, db}
}

// make keeps an API token and gives its secret.
func (g *gatehouse) make(token Token) string {
	g.t.Helper()
	secret, kept := NewToken(token)
	g.keep(kept.ID, must(json.Marshal(kept)))
	return secret
}

func (g *gatehouse) keep(id string, body []byte) {
	g.t.Helper()
	if _, err := g.db.PutDocument(g.t.Context(), store.Document{Kind: KindToken, ID: id, By: "ada", At: g.clock.Now(), Body: body}); err != nil {
		g.t.Fatal(err)
	}
	g.clock.advance(tokensKept)
}

// session puts a session into the store as it is, and gives its secret.
func (g *gatehouse) session(name string, began, lasts time.Duration, data string) string {
	g.t.Helper()
	secret, at := strings.Repeat(name, 52)[:52], g.clock.Now().Add(began)
	err := g.db.NewSession(g.t.Context(), store.Session{ID: SessionID(secret), Subject: "x", Began: at, Expires: at.Add(lasts), Data: json.RawMessage(data)})
	if err != nil {
		g.t.Fatal(err)
	}
	return secret
}

// asked is a request with headers: names and values in turn.
func (g *gatehouse) asked(headers ...string) *http.Request {
	r := must(http.NewRequestWithContext(g.t.Context(), http.MethodGet, "http://localhost:8000/api/events", nil))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// check wants nobody to be recognised by any of some requests.
func (g *gatehouse) check(bad map[string]*http.Request) {
	for name, r := range bad {
		g.t.Run(name, func(t *testing.T) {
			for _, recognise := range []func() (aoc.Caller, error){
				func() (aoc.Caller, error) { return g.Recognise(t.Context(), r) },
				func() (aoc.Caller, error) { return g.Still(t.Context(), r) },
			} {
				who, err := recognise()
				if code := aoc.CodeOf(err); err != nil && code != aoc.CodeUnauthenticated && code != aoc.CodeForbidden {
					t.Errorf("%v; want that nobody is let in", err)
				}
				if who.Via != aoc.ViaNothing || err == nil && (who.Role != aoc.RoleNone || who.Name != "") {
					t.Errorf("taken for %+v, %v", who, err)
				}
				for _, values := range r.Header {
					for _, v := range values {
						if len(v) > 20 && strings.Contains(fmt.Sprintf("%v %+v", err, err), v[len(v)-20:]) {
							t.Errorf("the error holds the secret: %v", err)
						}
					}
				}
			}
		})
	}
}

// TestBadCookies is the table of cookies by which nobody is known, beside ones that work.
func TestBadCookies(t *testing.T) {
	g := newGatehouse(t)
	people := g.sim.People()
	good, second, ended := g.enter(people.Manager), g.enter(people.Reader), g.enter(people.Manager)
	if err := g.End(t.Context(), ended); err != nil {
		t.Fatal(err)
	}
	attempt, _ := g.attempt(people.Manager)
	token := g.make(Token{Name: "x", Role: aoc.RoleManager, Expires: g.clock.Now().Add(time.Hour)})
	bearer := must(g.sim.SignIn(people.Manager, simulator.TokenOptions{}))
	identity := `{"Issuer":"x","Subject":"x","Name":"mallory","Roles":["AOC.Manager"]}`
	unused := g.session("U", -2*time.Hour, time.Hour, identity)
	old := g.session("O", -13*time.Hour, 24*time.Hour, identity)
	future := g.session("F", time.Hour, time.Hour, identity)
	broken := g.session("B", 0, time.Hour, `["no identity"]`)
	empty := g.session("E", 0, time.Hour, `{}`)
	null := g.session("N", 0, time.Hour, `null`)
	fallen := g.session("R", 0, time.Hour, `{"Issuer":"x","Subject":"x","Name":"x","Roles":["AOC.Visitor"]}`)
	alive := g.session("A", 0, time.Hour, identity)

	for name, r := range map[string]*http.Request{
		"signed in":           g.asked("Cookie", "__Host-aoc="+good),
		"beside other things": g.asked("Cookie", "theme=dark; __Host-aoc="+good+"; x=y"),
		"one from the store":  g.asked("Cookie", "__Host-aoc="+alive),
	} {
		if who, err := g.Recognise(t.Context(), r); err != nil || who.Role != aoc.RoleManager || who.Via != aoc.ViaSession {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}

	cookie := func(value string) *http.Request { return g.asked("Cookie", "__Host-aoc="+value) }
	changed := func(s string, i int) string {
		b := []byte(s)
		if b[i] == 'A' {
			b[i] = 'B'
		} else {
			b[i] = 'A'
		}
		return string(b)
	}
	g.check(map[string]*http.Request{
		// malformed
		"none": g.asked(), "no value": cookie(""), "quotes around nothing": cookie(`""`), "white space": cookie(" "),
		"no name": g.asked("Cookie", good), "a name alone": g.asked("Cookie", "__Host-aoc"), "cut short": cookie(good[:len(good)-1]), "half": cookie(good[:26]),
		"one character": cookie(good[:1]), "one more character": cookie(good + "A"), "twice in one": cookie(good + good), "escaped": cookie(url.QueryEscape("%" + good)),
		"percent encoded": cookie("%" + fmt.Sprintf("%X", good[0]) + good[1:]), "a line end": cookie(good + "\\n"), "NUL": cookie(good + "\x00"),
		"lower case": cookie(strings.ToLower(good)), "base64": cookie(base64.StdEncoding.EncodeToString([]byte(good))), "oversized": cookie(strings.Repeat(good, 1000)),
		"not ASCII": cookie("É" + good[1:]), "full width": cookie("Ａ" + good[1:]), "a pattern": cookie("%"), "a wildcard": cookie("*"),
		"SQL": cookie("' OR 1=1 --"), "an operator": cookie(`{"$ne":null}`), "an array": cookie(`["` + good + `"]`), "a path": cookie("../" + good),
		// forged and mixed up
		"first character changed": cookie(changed(good, 0)), "last character changed": cookie(changed(good, len(good)-1)), "in the middle": cookie(changed(good, 26)),
		"halves of two": cookie(good[:26] + second[26:]), "reversed": cookie(good[26:] + good[:26]), "how the store knows it": cookie(SessionID(good)),
		"its hash's hash": cookie(SessionID(SessionID(good))), "somebody's id": cookie(people.Manager.ID), "somebody's name": cookie(people.Manager.UPN),
		"an attempt": cookie(attempt.Encode()), "the state of one": cookie(attempt.State), "its verifier": cookie(attempt.Verifier), "an API token": cookie(token), "an access token": cookie(bearer),
		// stale
		"signed out": cookie(ended), "unused for an hour": cookie(unused), "older than twelve hours": cookie(old), "from the future": cookie(future),
		"no identity": cookie(broken), "an empty one": cookie(empty), "nothing": cookie(null), "a role that was taken away": cookie(fallen),
		// under other names
		"without the prefix": g.asked("Cookie", "aoc="+good), "another prefix": g.asked("Cookie", "__Secure-aoc="+good), "prefix in lower case": g.asked("Cookie", "__host-aoc="+good),
		"name in capitals": g.asked("Cookie", "__Host-AOC="+good), "that of attempts": g.asked("Cookie", "__Host-aoc-signin="+good), "a blank before": g.asked("Cookie", "_ _Host-aoc="+good),
		// several: somebody may have put one there
		"two of one": g.asked("Cookie", "__Host-aoc="+good+"; __Host-aoc="+good), "a bad one and a good one": g.asked("Cookie", "__Host-aoc=x; __Host-aoc="+good),
		"a good one and a bad one": g.asked("Cookie", "__Host-aoc="+good+"; __Host-aoc=x"), "in two headers": g.asked("Cookie", "__Host-aoc="+good, "Cookie", "__Host-aoc="+second),
		// elsewhere
		"as a bearer": g.asked("Authorization", "Bearer "+good), "as an API token": g.asked("Authorization", "Bearer aoc_"+good[:16]+"_"+(good + good)[:52]),
		"in another header": g.asked("X-Session", good, "Set-Cookie", "__Host-aoc="+good), "beside a bad token": g.asked("Cookie", "__Host-aoc="+good, "Authorization", "Bearer nonsense"),
		"beside a password": g.asked("Cookie", "__Host-aoc="+good, "Authorization", "Basic YWRhOmFkYQ=="), "beside an empty header": g.asked("Cookie", "__Host-aoc="+good, "Authorization", ""),
	})
}

// TestBadAPITokens is the table of API tokens by which nobody is known, beside ones that work.
func TestBadAPITokens(t *testing.T) {
	g := newGatehouse(t)
	now := g.clock.Now()
	token := func(name string, role aoc.Role, lasts time.Duration) Token {
		return Token{Name: name, Role: role, Expires: now.Add(lasts)}
	}
	good, second := g.make(token("one", aoc.RoleManager, time.Hour)), g.make(token("two", aoc.RoleReader, time.Hour))
	expired := g.make(token("old", aoc.RoleManager, time.Second))
	norole, strange := g.make(token("none", "", time.Hour)), g.make(token("root", "root", time.Hour))
	endless := g.make(Token{Name: "no end", Role: aoc.RoleManager})
	revoked := g.make(token("revoked", aoc.RoleManager, time.Hour))
	if err := g.db.DropDocument(t.Context(), store.Document{Kind: KindToken, ID: revoked[4:20], Version: 1, By: "ada", At: now}); err != nil {
		t.Fatal(err)
	}
	moved, kept := NewToken(token("under another id", aoc.RoleManager, time.Hour))
	g.keep("ANOTHERIDANOTHER", must(json.Marshal(kept)))
	blank := TokenPrefix + "BLANKBLANKBLANKA_" + strings.Repeat("A", 52)
	g.keep("BLANKBLANKBLANKA", []byte(`{"id":"BLANKBLANKBLANKA","name":"no hash","role":"manager","expires":"2099-01-01T00:00:00Z"}`))
	g.keep("BROKENBROKENBROK", []byte(`["of another version"]`))
	session := g.enter(g.sim.People().Manager)
	bearer := func(value string) *http.Request { return g.asked("Authorization", "Bearer "+value) }

	for name, r := range map[string]*http.Request{
		"as it was made": bearer(good), "scheme in lower case": g.asked("Authorization", "bearer "+good), "before a cookie": g.asked("Authorization", "Bearer "+good, "Cookie", "__Host-aoc="+session),
	} {
		if who, err := g.Recognise(t.Context(), r); err != nil || who.Name != "one" || who.Via != aoc.ViaToken || who.Role != aoc.RoleManager || who.Tenants != nil {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
	id, secret := good[4:20], good[21:]
	var hash string
	docs := must(g.db.ListDocuments(t.Context(), KindToken))
	for _, d := range docs {
		if d.ID == id {
			var kept Token
			if err := json.Unmarshal(d.Body, &kept); err != nil {
				t.Fatal(err)
			}
			hash = kept.Hash
		}
		if strings.Contains(string(d.Body), secret) {
			t.Error("the store knows a secret")
		}
	}
	g.check(map[string]*http.Request{
		// malformed
		"prefix alone": bearer("aoc_"), "id alone": bearer("aoc_" + id), "no secret": bearer("aoc_" + id + "_"), "cut short": bearer(good[:len(good)-1]), "one more": bearer(good + "A"),
		"no id": bearer("aoc__" + secret), "another separator": bearer("aoc_" + id + "-" + secret), "secret first": bearer("aoc_" + secret + "_" + id), "lower case": bearer("aoc_" + strings.ToLower(id+"_"+secret)),
		"prefix in capitals": bearer("AOC_" + id + "_" + secret), "without prefix": bearer(id + "_" + secret), "prefix twice": bearer("aoc_" + good), "a blank behind": bearer(good + " "),
		"a tab before": g.asked("Authorization", "Bearer \t"+good), "a line end": bearer(good + "\n"), "NUL": bearer(good + "\x00"), "oversized": bearer(good + strings.Repeat("A", 1<<20)),
		"not ASCII": bearer("aoc_" + id + "_" + "É" + secret[2:]), "a wildcard": bearer("aoc_****************_" + secret), "SQL": bearer("aoc_' OR 1=1 --"), "an operator": bearer(`aoc_{"$ne":null}`), "quoted": bearer(`"` + good + `"`),
		// forged and mixed up
		"never made": bearer("aoc_" + strings.Repeat("A", 16) + "_" + strings.Repeat("A", 52)), "another's secret": bearer("aoc_" + id + "_" + second[21:]), "another's id": bearer("aoc_" + second[4:20] + "_" + secret),
		"last character changed": bearer(good[:len(good)-1] + string('A'+(good[len(good)-1]-'A'+1)%26)), "its hash": bearer("aoc_" + id + "_" + (strings.ToUpper(hash) + hash)[:52]), "hash of nothing": bearer(blank), "kept under another id": bearer(moved),
		// stale
		"expired": bearer(expired), "revoked": bearer(revoked), "without a role": bearer(norole), "of a role that nobody knows": bearer(strange), "without an end": bearer(endless),
		// in the wrong place
		"as a password": g.asked("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("aoc:"+good))), "as it is": g.asked("Authorization", good), "another scheme": g.asked("Authorization", "Token "+good),
		"no blank": g.asked("Authorization", "Bearer"+good), "twice": g.asked("Authorization", "Bearer "+good, "Authorization", "Bearer "+good), "two in one": g.asked("Authorization", "Bearer "+good+", Bearer "+second),
		"as a cookie": g.asked("Cookie", "__Host-aoc="+good), "in another header": g.asked("X-Api-Key", good), "a bad one before a good cookie": g.asked("Authorization", "Bearer "+revoked, "Cookie", "__Host-aoc="+session),
	})
}

// TestRevokedInAnotherProcess: a token that is revoked elsewhere stops within seconds, also
// while it is in use.
func TestRevokedInAnotherProcess(t *testing.T) {
	g := newGatehouse(t)
	secret := g.make(Token{Name: "one", Role: aoc.RoleReader, Expires: g.clock.Now().Add(time.Hour)})
	r := g.asked("Authorization", "Bearer "+secret)
	if _, err := g.Recognise(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if err := g.db.DropDocument(t.Context(), store.Document{Kind: KindToken, ID: secret[4:20], Version: 1, By: "ada", At: g.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	for range 5 { // asking does not put it off
		_, _ = g.Recognise(t.Context(), r)
		g.clock.advance(tokensKept / 5)
	}
	if who, err := g.Recognise(t.Context(), r); aoc.CodeOf(err) != aoc.CodeUnauthenticated {
		t.Errorf("%+v, %v", who, err)
	}
}
