package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"aoc"
	"aoc/internal/simulator"
	"aoc/internal/simulator/tenant"
)

// provider is the simulated tenant that people sign in to.
type provider struct {
	*simulator.Server
	clock  *movedClock
	asked  atomic.Int64 // how often the keys were asked for
	caFile string
}

// movedClock is the machine's clock, put back.
type movedClock struct {
	aoc.SystemClock
	back atomic.Int64 // nanoseconds
}

func (c *movedClock) Now() time.Time {
	return c.SystemClock.Now().Add(-time.Duration(c.back.Load()))
}

// newProvider starts the provider, which counts how often its keys are asked for.
func newProvider(dir string) (*provider, error) {
	p := &provider{clock: &movedClock{}, caFile: filepath.Join(dir, "ca.pem")}
	var err error
	p.Server, err = simulator.New(simulator.Config{
		Tenant: tenant.Config{Seed: 1, Users: 60, EventsPerDay: 50}, Clock: p.clock, GraphHistory: time.Hour, ManagementHistory: time.Hour,
	})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(p.caFile, p.CACertPEM(), 0o600); err != nil {
		return nil, err
	}
	p.SetOutage(func(r *http.Request) bool { // there is none; it sees every request
		if strings.HasSuffix(r.URL.Path, "/keys") {
			p.asked.Add(1)
		}
		return false
	})
	return p, p.Start()
}

// environ are the settings to let people of the tenant sign in.
func (p *provider) environ() []string {
	return []string{
		"TENANT_ID=" + p.Tenant().ID(), "CLIENT_ID=" + p.ClientID(), "CLIENT_SECRET=" + p.ClientSecret(), "ENABLE_PERIODIC_FETCH=false",
		"AOC_LOGIN_URL=" + p.LoginURL(), "AOC_GRAPH_URL=" + p.GraphURL(), "AOC_MANAGE_URL=" + p.ManageURL(), "AOC_CA_FILE=" + p.caFile,
		"AUTH_ENABLED=true", "AUTH_CLIENT_ID=" + p.AuthClientID(), "AOC_AUTH_CLIENT_SECRET=" + p.AuthClientSecret(),
		"AOC_AUTH_READERS=AOC.Reader", "AOC_AUTH_ANALYSTS=AOC.Analyst", "AOC_AUTH_MANAGERS=AOC.Manager",
	}
}

// credential is what a request brings to be recognised by.
type credential struct{ kind, header, value string }

func (c credential) set(h http.Header) {
	if c.header != "" {
		h.Set(c.header, c.value)
	}
}

func bearerOf(kind, token string) credential {
	return credential{kind, "Authorization", "Bearer " + token}
}

// people are those who have signed in.
type people struct {
	honest []credential
	reader credential          // who asks giant queries
	bad    []func() credential // what attackers bring, by kind
}

// admit signs people in.
func admit(ctx context.Context, o options, p *provider, s *service, data string) (all people, err error) {
	reader, err := p.SignIn(p.People().Reader, simulator.TokenOptions{})
	if err != nil {
		return all, err
	}
	manager, err := p.SignIn(p.People().Manager, simulator.TokenOptions{})
	if err != nil {
		return all, err
	}
	all.reader = bearerOf("reader", reader)
	for i := range o.honest { // a person's session, a person's token, and tokens of scripts
		who := bearerOf("access token", manager)
		switch {
		case i == 0:
			who, err = p.session(ctx, s, p.People().Analyst)
		case i != 2:
			who, err = apiToken(ctx, o, s, data, i)
		}
		if err != nil {
			return all, err
		}
		all.honest = append(all.honest, who)
	}
	all.bad, err = p.bad(reader)
	return all, err
}

// apiToken makes an API token as an administrator does.
func apiToken(ctx context.Context, o options, s *service, data string, i int) (credential, error) {
	command, err := aocCommand(ctx, o, data, "token", "create", fmt.Sprint("script ", i), "--days", "1")
	if err != nil {
		return credential{}, err
	}
	command.Env = append(command.Env, s.environ...)
	out, err := command.Output()
	if err != nil {
		if e, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("aoc token create: %w: %s", err, e.Stderr)
		}
		return credential{}, err
	}
	return bearerOf("API token", strings.TrimSpace(string(out))), nil
}

var (
	formAction = regexp.MustCompile(`<form[^>]*action="([^"]*)"`)
	hidden     = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"`)
)

// session signs somebody in step by step as a browser does, and gives its cookie.
func (p *provider) session(ctx context.Context, s *service, who simulator.Person) (credential, error) {
	client := p.Client()
	defer client.CloseIdleConnections()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, port, _ := strings.Cut(s.addr, ":")
	base := "http://localhost:" + port
	begun, err := step(ctx, client, base+"/auth/login", nil, nil)
	if err != nil {
		return credential{}, err
	}
	shown, err := step(ctx, client, begun.location, nil, nil)
	if err != nil {
		return credential{}, err
	}
	form := url.Values{"person": {who.ID}}
	for _, h := range hidden.FindAllStringSubmatch(shown.page, -1) {
		form.Set(html.UnescapeString(h[1]), html.UnescapeString(h[2]))
	}
	action := formAction.FindStringSubmatch(shown.page)
	if action == nil {
		return credential{}, fmt.Errorf("the provider shows no form: %s", shown.status)
	}
	chosen, err := step(ctx, client, p.LoginURL()+html.UnescapeString(action[1]), shown.cookies, form)
	if err != nil {
		return credential{}, err
	}
	back, err := step(ctx, client, chosen.location, begun.cookies, nil)
	if err != nil {
		return credential{}, err
	}
	i := slices.IndexFunc(back.cookies, func(c *http.Cookie) bool { return c.Name == "__Host-aoc" })
	if i < 0 {
		return credential{}, fmt.Errorf("nobody is signed in: %s", back.status)
	}
	c := back.cookies[i]
	return credential{"session", "Cookie", c.Name + "=" + c.Value}, nil
}

// answered is what a step of signing in was answered.
type answered struct {
	status, location, page string
	cookies                []*http.Cookie
}

// step sends one request of signing in, with a form as a POST.
func step(ctx context.Context, client *http.Client, address string, cookies []*http.Cookie, form url.Values) (answered, error) {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return answered{}, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	answer, err := client.Do(r)
	if err != nil {
		return answered{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answered{answer.Status, answer.Header.Get("Location"), string(body), answer.Cookies()}, err
}

// bad are credentials that nobody may be let in by; most are of the form of good ones.
func (p *provider) bad(good string) ([]func() credential, error) {
	p.clock.back.Store(int64(3 * time.Hour))
	expired, err := p.SignIn(p.People().Manager, simulator.TokenOptions{})
	p.clock.back.Store(0)
	if err != nil {
		return nil, err
	}
	parts := strings.Split(good, ".")
	header := map[string]string{}
	text, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err == nil {
		err = json.Unmarshal(text, &header)
	}
	if err != nil {
		return nil, err
	}
	signature := expired[strings.LastIndexByte(expired, '.'):]
	return []func() credential{
		func() credential {
			return bearerOf("junk", "eyJhbGciOiJSUzI1NiJ9."+strings.Repeat("A", 1000)+"."+rand.Text())
		},
		func() credential {
			other := maps.Clone(header)
			other["kid"] = rand.Text()
			text, _ := json.Marshal(other) // texts: cannot fail
			return bearerOf("unknown key", base64.RawURLEncoding.EncodeToString(text)+"."+parts[1]+"."+parts[2])
		},
		func() credential { return bearerOf("another signature", parts[0]+"."+parts[1]+signature) },
		func() credential { return bearerOf("expired", expired) },
		func() credential {
			return bearerOf("unknown API token", "aoc_"+rand.Text()[:16]+"_"+(rand.Text() + rand.Text())[:52])
		},
		func() credential {
			return credential{"unknown session", "Cookie", "__Host-aoc=" + rand.Text() + rand.Text()}
		},
	}, nil
}
