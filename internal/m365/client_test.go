package m365

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

var get = Request{API: Graph, Class: ClassDirectory, Path: "/v1.0/users?$top=1"}

func TestDoSendsTheTokenAndStreamsTheAnswer(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer token-1" {
			t.Errorf("Authorization = %q", got)
		}
		if r.URL.RequestURI() != "/v1.0/users?$top=1" || r.UserAgent() != "aoc/test" || r.Header.Get("Prefer") != "x" {
			t.Errorf("request %s by %q, Prefer %q", r.URL.RequestURI(), r.UserAgent(), r.Header.Get("Prefer"))
		}
		w.Header().Set("NextPageUri", "n")
		io.WriteString(w, "hello")
	})
	r := get
	r.Header = http.Header{"prefer": {"x"}}
	response, err := f.Do(t.Context(), r)
	if got := read(t, response, err); got != "hello" || response.Header.Get("nextpageuri") != "n" {
		t.Errorf("got %q, header %v", got, response.Header)
	}
	if diff := cmp.Diff([]string{f.server.URL + "/.default"}, f.issuer.scopes); diff != "" {
		t.Error(diff)
	}
	if f.seen.bytes != 5 || f.seen.signIns != 1 || !cmp.Equal(f.seen.statuses, []int{200}) {
		t.Errorf("observed %+v", f.seen)
	}
}

func TestDoTriesAgain(t *testing.T) {
	ok := answer{body: "done"}
	for _, tc := range []struct {
		name    string
		answers []answer
		sleeps  []time.Duration // back-off uses half of its bounds here
	}{
		{"500", []answer{{status: 500}, ok}, []time.Duration{500 * time.Millisecond}},
		{"408 and 503", []answer{{status: 408}, {status: 503}, ok}, []time.Duration{500 * time.Millisecond, time.Second}},
		{"503 with Retry-After", []answer{{status: 503, header: map[string]string{"Retry-After": "7"}}, ok}, []time.Duration{7 * time.Second}},
		{"429 integer", []answer{{status: 429, header: map[string]string{"Retry-After": "10"}}, ok}, []time.Duration{10 * time.Second}},
		{"429 decimal", []answer{{status: 429, header: map[string]string{"Retry-After": "2.128"}}, ok}, []time.Duration{2128 * time.Millisecond}},
		{"429 date", []answer{{status: 429, header: map[string]string{"Retry-After": testTime.Add(time.Minute).Format(http.TimeFormat)}}, ok}, []time.Duration{time.Minute}},
		// The pacer adds its distance to what is left of the second after the back-off.
		{"429 unspoken", []answer{{status: 429}, ok}, []time.Duration{500 * time.Millisecond, 500 * time.Millisecond}},
		{"AF50000", []answer{{status: 500, body: `{"error":{"code":"AF50000","message":"m"}}`}, ok}, []time.Duration{500 * time.Millisecond}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := serve(t, script(tc.answers...))
			response, err := f.Do(t.Context(), get)
			if got := read(t, response, err); got != "done" {
				t.Errorf("got %q", got)
			}
			if diff := cmp.Diff(tc.sleeps, f.clock.slept()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDoTriesAgainAfterALostConnection(t *testing.T) {
	var n atomic.Int32
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); string(body) != `{"ids":[]}` {
			t.Errorf("body = %q on attempt %d", body, n.Load()+1)
		}
		if n.Add(1) < 3 {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, "done")
	})
	response, err := f.Do(t.Context(), Request{API: Graph, Method: http.MethodPost, Path: "/v1.0/x", Body: []byte(`{"ids":[]}`)})
	if got := read(t, response, err); got != "done" {
		t.Errorf("got %q", got)
	}
}

func TestDoGivesUp(t *testing.T) {
	for _, tc := range []struct {
		name     string
		answer   answer
		code     aoc.Code
		wait     time.Duration
		attempts int
	}{
		{"after 6 attempts", answer{status: 500}, aoc.CodeUpstream, 0, 6},
		{"unavailable", answer{status: 503}, aoc.CodeUnavailable, 0, 6},
		{"throttled without a word", answer{status: 429}, aoc.CodeThrottled, time.Minute, 6},
		{"throttled for long", answer{status: 429, header: map[string]string{"Retry-After": "601"}}, aoc.CodeThrottled, 601 * time.Second, 1},
		{"unavailable for long", answer{status: 503, header: map[string]string{"Retry-After": "3600"}}, aoc.CodeThrottled, time.Hour, 1},
		{"bad request", answer{status: 400}, aoc.CodeUpstream, 0, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := serve(t, script(tc.answer))
			_, err := f.Do(t.Context(), get)
			got, ok := errors.AsType[*aoc.Error](err)
			if !ok || got.Code != tc.code || got.RetryAfter != tc.wait || got.Hint == "" {
				t.Errorf("got %#v, want %s, RetryAfter %v and a hint", err, tc.code, tc.wait)
			}
			if len(f.seen.statuses) != tc.attempts {
				t.Errorf("%d attempts, want %d", len(f.seen.statuses), tc.attempts)
			}
		})
	}
}

func TestLongThrottlingHoldsTheClassAndNoOther(t *testing.T) {
	f := serve(t, script(answer{status: 429, header: map[string]string{"Retry-After": "3600"}}, answer{body: "ok"}))
	if _, err := f.Do(t.Context(), get); aoc.CodeOf(err) != aoc.CodeThrottled {
		t.Fatal(err)
	}
	if _, err := f.Do(t.Context(), get); aoc.CodeOf(err) != aoc.CodeThrottled {
		t.Errorf("got %v, want throttled again", err)
	}
	if len(f.seen.statuses) != 1 {
		t.Errorf("%d requests were sent, want the second held back", len(f.seen.statuses))
	}
	other := get
	other.Class = ClassIntune
	response, err := f.Do(t.Context(), other)
	if read(t, response, err) != "ok" {
		t.Error("another class is held back too")
	}
}

func TestTokenRenewal(t *testing.T) {
	denied := answer{status: 401, body: `{"Message":"Authorization has been denied for this request."}`}
	forbidden := answer{status: 403, body: `{"error":{"code":"Authentication_MSGraphPermissionMissing","message":"m"}}`}
	for _, tc := range []struct {
		name   string
		age    time.Duration // of the token
		answer answer
		heals  bool // with the next token
		code   aoc.Code
		tokens int
	}{
		{"401 heals", 0, denied, true, "", 2},
		{"401 stays", 0, denied, false, aoc.CodeUnauthenticated, 2},
		{"403 with an old token heals", 10 * time.Minute, forbidden, true, "", 2},
		{"403 with an old token stays", 10 * time.Minute, forbidden, false, aoc.CodeForbidden, 2},
		{"403 with a fresh token", time.Minute, forbidden, true, aoc.CodeForbidden, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			armed := false
			f := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if armed && (!tc.heals || r.Header.Get("Authorization") == "Bearer token-1") {
					tc.answer.write(w)
					return
				}
				io.WriteString(w, "ok")
			})
			response, err := f.Do(t.Context(), get)
			read(t, response, err)
			f.clock.Sleep(t.Context(), tc.age)
			armed = true
			response, err = f.Do(t.Context(), get)
			if aoc.CodeOf(err) != tc.code {
				t.Errorf("got %v, want code %q", err, tc.code)
			}
			if err == nil {
				read(t, response, err)
			} else if aoc.HintOf(err) == "" {
				t.Error("no hint")
			}
			if f.issuer.n != tc.tokens {
				t.Errorf("%d tokens were issued, want %d", f.issuer.n, tc.tokens)
			}
		})
	}
}

func TestTokenIsReplacedBeforeItEnds(t *testing.T) {
	f := serve(t, script(answer{body: "ok"}))
	for range 3 {
		response, err := f.Do(t.Context(), get)
		read(t, response, err)
		f.clock.Sleep(t.Context(), 20*time.Minute)
	}
	if len(f.issuer.scopes) != 1 {
		t.Errorf("asked for %d tokens within 40 minutes, want 1", len(f.issuer.scopes))
	}
	response, err := f.Do(t.Context(), get)
	read(t, response, err)
	if len(f.issuer.scopes) != 2 {
		t.Errorf("asked for %d tokens within the hour, want 2", len(f.issuer.scopes))
	}
}

// TestRenewalPassesOverTheLibrarysCache goes through the sign-in library, which keeps
// tokens itself.
func TestRenewalPassesOverTheLibrarysCache(t *testing.T) {
	l := newLogin(t)
	credential, err := NewCredential(Credentials{Secret: testSecret, TenantID: testTenant, ClientID: testClient}, l.cloud(t), l.Client())
	if err != nil {
		t.Fatal(err)
	}
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token-2" {
			w.WriteHeader(401)
			return
		}
		io.WriteString(w, "ok")
	}, func(c *Config) { c.Credential = credential })
	response, err := f.Do(t.Context(), get)
	if read(t, response, err) != "ok" || len(l.forms) != 2 || !json.Valid([]byte(l.forms[1]["claims"])) {
		t.Errorf("asked for %d tokens, claims %q", len(l.forms), l.forms[len(l.forms)-1]["claims"])
	}
}

func TestTemporarySignInFaultIsTriedAgain(t *testing.T) {
	l := newLogin(t)
	n := 0
	l.answer = func(map[string]string) (int, string) {
		if n++; n < 3 {
			return 400, `{"error":"temporarily_unavailable","error_codes":[90033]}`
		}
		return 200, ""
	}
	credential, err := NewCredential(Credentials{Secret: testSecret, TenantID: testTenant, ClientID: testClient}, l.cloud(t), l.Client())
	if err != nil {
		t.Fatal(err)
	}
	f := serve(t, script(answer{body: "ok"}), func(c *Config) { c.Credential = credential })
	response, err := f.Do(t.Context(), get)
	if read(t, response, err) != "ok" || n != 3 {
		t.Errorf("%d sign-ins", n)
	}

	l.answer = func(map[string]string) (int, string) {
		n++
		return 401, `{"error":"invalid_client","error_codes":[7000222]}`
	}
	n = 0
	f.clock.Sleep(t.Context(), 2*time.Hour)
	f = serve(t, script(answer{body: "ok"}), func(c *Config) { c.Credential = credential; c.Cloud.GraphScope = "other/.default" })
	_, err = f.Do(t.Context(), get)
	if got, ok := errors.AsType[*aoc.Error](err); !ok || got.Upstream != "AADSTS7000222" || n != 1 {
		t.Errorf("got %v after %d sign-ins, want AADSTS7000222 after 1", err, n)
	}
}

func TestLinksArePinned(t *testing.T) {
	stray := 0
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { stray++ })
	f := serve(t, script(answer{body: "ok"}))
	u := f.server.URL
	for _, tc := range []struct {
		api  API
		link string
		ok   bool
	}{
		{Graph, u + "/v1.0/auditLogs/signIns?$skiptoken=a%2Fb$c", true},
		{Graph, strings.ToUpper(u[:5]) + u[5:] + "/v1.0/x", true},
		{Graph, elsewhere.server.URL + "/v1.0/x", false},
		{Graph, strings.Replace(u, "https", "http", 1) + "/v1.0/x", false},
		{Graph, strings.Replace(u, "https://", "https://me@", 1) + "/v1.0/x", false},
		{Graph, strings.Replace(u, "127.0.0.1", "127.0.0.1.evil.example", 1) + "/v1.0/x", false},
		{Graph, strings.Replace(u, "https://", "//", 1) + "/v1.0/x", false},
		{Graph, u + "/v1.0/../secret", false},
		{Graph, "/v1.0/x", false},
		{Graph, "\x00", false},
		{Manage, u + "/api/v1.0/" + testTenant + "/activity/feed/audit/2026$01$audit", true},
		{Manage, u + "/api/v1/" + strings.ToUpper(testTenant) + "/activity/feed/subscriptions/content?nextPage=1", true},
		{Manage, u + "/api/v1.0/99999999-2222-3333-4444-555555555555/activity/feed/audit/1", false},
		{Manage, u + "/api/v1.0/" + testTenant + "/activity/../../x/activity/feed", false},
		{Manage, u + "/api/v1.0/" + testTenant + "/activity/%2e%2e/%2e%2e/x", false},
		{Manage, u + "/other/" + testTenant, false},
		{Manage, u + "/api/v1.0/" + testTenant + "/servicecomms/messages/feed", false},
		{Manage, elsewhere.server.URL + "/api/v1.0/" + testTenant + "/activity/feed/audit/1", false},
	} {
		response, err := f.Do(t.Context(), Request{API: tc.api, Link: tc.link})
		if tc.ok {
			if err != nil {
				t.Errorf("%s link %q: %v", tc.api, tc.link, err)
				continue
			}
			read(t, response, err)
		} else if aoc.CodeOf(err) != aoc.CodeUpstream || aoc.HintOf(err) == "" {
			t.Errorf("%s link %q: got %v, want upstream with a hint", tc.api, tc.link, err)
		}
	}
	if stray != 0 {
		t.Errorf("%d requests went elsewhere", stray)
	}
}

func TestPathsStayOnTheHost(t *testing.T) {
	f := serve(t, script(answer{body: "ok"}))
	for _, path := range []string{"", "@evil.example/v1.0/x", ".evil.example/", ":1/x", "/v1.0/../x", "/%zz"} {
		if _, err := f.Do(t.Context(), Request{API: Graph, Path: path}); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("path %q: got %v, want code invalid", path, err)
		}
	}
	if len(f.seen.statuses) != 0 {
		t.Errorf("%d requests were sent", len(f.seen.statuses))
	}
}

func TestLinksGoOutByteForByte(t *testing.T) {
	const path = "/api/v1.0/" + testTenant + "/activity/feed/audit/2026$a%24b$Audit_SharePoint?x=%2f$+a%20b"
	f := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RequestURI) })
	response, err := f.Do(t.Context(), Request{API: Manage, Link: f.server.URL + path})
	if got := read(t, response, err); got != path {
		t.Errorf("sent %q, want %q", got, path)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	reached := false
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { reached = true })
	f := serve(t, script(answer{status: 307, header: map[string]string{"Location": elsewhere.server.URL + "/v1.0/x"}}))
	if _, err := f.Do(t.Context(), get); aoc.CodeOf(err) != aoc.CodeUpstream || reached {
		t.Errorf("got %v, reached %v", err, reached)
	}
}

func TestABodyThatBreaksOffIsNoEnd(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "half")
		},
		"chunks": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := serve(t, h)
			response, err := f.Do(t.Context(), get)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			got, err := io.ReadAll(response.Body)
			if string(got) != "half" || aoc.CodeOf(err) != aoc.CodeUpstream {
				t.Errorf("got %q, %v; want the half and code upstream", got, err)
			}
		})
	}
}

func TestAStalledBodyIsAnError(t *testing.T) {
	release := make(chan struct{})
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}, func(c *Config) { c.Stall = 500 * time.Millisecond })
	defer close(release)
	response, err := f.Do(t.Context(), get)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err = io.ReadAll(response.Body); aoc.CodeOf(err) != aoc.CodeUpstream || !errors.Is(err, errStalled) {
		t.Errorf("got %v, want a stall with code upstream", err)
	}
}

func TestAnAnswerThatNeverComesIsTriedAgain(t *testing.T) {
	var n atomic.Int32
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			<-r.Context().Done()
			return
		}
		io.WriteString(w, "ok")
	}, func(c *Config) { c.Stall = 2 * time.Second })
	response, err := f.Do(t.Context(), get)
	if read(t, response, err) != "ok" {
		t.Error("not answered")
	}
}

func TestCancellationEndsAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	})
	response, err := f.Do(ctx, get)
	if err == nil {
		defer response.Body.Close()
		_, err = io.ReadAll(response.Body)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if _, err = f.Do(ctx, get); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if n := len(f.seen.statuses); n > 2 {
		t.Errorf("%d attempts with a cancelled context", n)
	}
}

func TestNoTokenInErrorsAndLogs(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		fmt.Fprintf(w, `{"error":{"code":"%s","message":"you sent %s"}}`, r.Header.Get("Authorization"), r.Header.Get("Authorization"))
	})
	_, err := f.Do(t.Context(), get)
	noSecret(t, err, "token-1")
	if strings.Contains(f.log.String(), "token-1") {
		t.Errorf("the log holds the token: %s", f.log)
	}
	if !strings.Contains(f.log.String(), "attempt=1") {
		t.Errorf("the log does not tell of the attempts: %s", f.log)
	}
}

func TestPacedClassesWaitOnTheClock(t *testing.T) {
	f := serve(t, script(answer{body: "ok"}))
	for range 11 {
		r := Request{API: Graph, Class: ClassReports, Path: "/v1.0/auditLogs/signIns"}
		response, err := f.Do(t.Context(), r)
		read(t, response, err)
	}
	if got := f.clock.Now().Sub(testTime); got != 21*time.Second {
		t.Errorf("11 requests took %v, want 21s", got)
	}
	if f.seen.waits[WaitPaced] != 21*time.Second {
		t.Errorf("observed %v", f.seen.waits)
	}
}

func TestJSON(t *testing.T) {
	f := serve(t, script(answer{body: `{"value":[1,2]}`}, answer{body: `{"value":[1`}))
	var out struct{ Value []int }
	if err := f.JSON(t.Context(), get, &out); err != nil || len(out.Value) != 2 {
		t.Errorf("got %v, %v", out, err)
	}
	if err := f.JSON(t.Context(), get, &out); aoc.CodeOf(err) != aoc.CodeUpstream {
		t.Errorf("got %v, want code upstream", err)
	}
}

func TestNewNeedsItsParts(t *testing.T) {
	cloud, _ := ParseCloud("")
	good := Config{Cloud: cloud, TenantID: strings.ToUpper(testTenant), Credential: &issuer{}}
	c, err := New(good)
	if err != nil || c.TenantID() != testTenant {
		t.Fatalf("got %v, %v", c, err)
	}
	for name, spoil := range map[string]func(*Config){
		"credential": func(c *Config) { c.Credential = nil },
		"tenant":     func(c *Config) { c.TenantID = "" },
		"cloud":      func(c *Config) { c.Cloud = Cloud{} },
	} {
		bad := good
		spoil(&bad)
		if _, err := New(bad); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("without %s: got %v, want code invalid", name, err)
		}
	}
}
