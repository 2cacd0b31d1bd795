package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/m365"
)

const (
	tenant  = "0f0f0f0f-1111-4222-8333-444444444444"
	other   = "0f0f0f0f-1111-4222-8333-555555555555"
	appObj  = "bbbbbbbb-0000-4000-8000-000000000001"
	appID   = "bbbbbbbb-0000-4000-8000-00000000000a"
	foreign = "bbbbbbbb-0000-4000-8000-00000000000b"
	roleID  = "62e90394-69f5-4237-9190-012177145e10"
	nobody  = "cccccccc-0000-4000-8000-000000000001"
)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.pass(d)
	return ctx.Err()
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type issuer struct{}

func (issuer) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "t", ExpiresOn: day.AddDate(1, 0, 0)}, nil
}

// memory is a cache with the rule of store.Names.
type memory struct {
	mu    sync.Mutex
	names []aoc.DirectoryName
	puts  int
	err   error
}

func (m *memory) PutNames(_ context.Context, ns []aoc.DirectoryName) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.puts++
	if m.err != nil {
		return m.err
	}
	for _, n := range ns {
		i := slices.IndexFunc(m.names, func(o aoc.DirectoryName) bool {
			return o.TenantID == n.TenantID && o.ID == n.ID && o.Since.Equal(n.Since)
		})
		if i >= 0 {
			m.names[i] = n
		} else {
			m.names = append(m.names, n)
		}
	}
	return nil
}

func (m *memory) LoadNames(_ context.Context, tenantID string) (out []aoc.DirectoryName, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.names {
		if n.TenantID == tenantID {
			out = append(out, n)
		}
	}
	return out, m.err
}

// graph is a fake directory.
type graph struct {
	t      *testing.T
	clock  *clock
	cache  *memory
	log    bytes.Buffer
	client *m365.Client

	mu     sync.Mutex
	names  map[string]string // object id → display name
	refuse int               // status for everything
	noRole bool
	calls  []string // what was asked
}

func newGraph(t *testing.T) *graph {
	t.Helper()
	g := &graph{t: t, clock: &clock{now: days(10)}, cache: &memory{}, names: map[string]string{ada: "Ada Lovelace", appObj: "Backup Agent"}}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	cloud, err := m365.Cloud{}.With(server.URL, server.URL, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	g.client, err = m365.New(m365.Config{Cloud: cloud, TenantID: tenant, Credential: issuer{}, Clock: g.clock, HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *graph) resolver() *Resolver {
	return New(Config{
		Client: g.client, Cache: g.cache, Clock: g.clock, TenantID: strings.ToUpper(tenant),
		Logger: slog.New(slog.NewTextHandler(&g.log, nil)),
	})
}

func (g *graph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refuse != 0 {
		g.calls = append(g.calls, "refused")
		w.WriteHeader(g.refuse)
		if g.refuse == 403 {
			io.WriteString(w, `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges"}}`)
		}
		return
	}
	switch r.URL.Path {
	case "/v1.0/directoryObjects/getByIds":
		var ask struct{ IDs []string }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || len(ask.IDs) == 0 || len(ask.IDs) > 1000 {
			g.t.Errorf("asked for %d ids, %v", len(ask.IDs), err)
		}
		g.calls = append(g.calls, fmt.Sprintf("objects %d", len(ask.IDs)))
		var found []string
		for _, id := range ask.IDs {
			name, ok := g.names[id]
			switch {
			case !ok:
			case id == appObj:
				found = append(found, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.servicePrincipal","id":%q,"appId":%q,"displayName":%q}`, id, appID, name))
			default:
				found = append(found, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.user","id":%q,"displayName":%q,"userPrincipalName":"ada@contoso.example"}`, strings.ToUpper(id), name))
			}
		}
		fmt.Fprintf(w, `{"value":[%s]}`, strings.Join(found, ","))
	case "/v1.0/servicePrincipals":
		filter := r.URL.Query().Get("$filter")
		n := strings.Count(filter, "'") / 2
		if n > 15 || !strings.HasPrefix(filter, "appId in ('") {
			g.t.Errorf("filter = %q", filter)
		}
		g.calls = append(g.calls, fmt.Sprintf("apps %d", n))
		if strings.Contains(filter, foreign) {
			fmt.Fprintf(w, `{"value":[{"id":"bbbbbbbb-0000-4000-8000-0000000000ff","appId":%q,"displayName":"Azure Portal"}]}`, foreign)
			return
		}
		io.WriteString(w, `{"value":[]}`)
	case "/v1.0/roleManagement/directory/roleDefinitions":
		g.calls = append(g.calls, "roles")
		if g.noRole {
			w.WriteHeader(403)
			return
		}
		fmt.Fprintf(w, `{"value":[{"id":%q,"templateId":%q,"displayName":"Global Administrator"}]}`, roleID, roleID)
	default:
		w.WriteHeader(404)
	}
}

func (g *graph) asked() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	calls := g.calls
	g.calls = nil
	return calls
}

func lookup(r *Resolver, id string) string {
	name, ok := r.Lookup(tenant, id, days(10))
	if !ok {
		return "-"
	}
	return name
}

func TestFetchLooksInEveryPlace(t *testing.T) {
	g := newGraph(t)
	r := g.resolver()
	ids := []string{strings.ToUpper(ada), ada, appObj, foreign, roleID, nobody, "not-a-guid", "", "ada@contoso.example"}
	if err := r.Fetch(t.Context(), tenant, ids); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, id := range []string{ada, appObj, appID, foreign, roleID, nobody} {
		got[id] = lookup(r, id)
	}
	want := map[string]string{ada: "Ada Lovelace", appObj: "Backup Agent", appID: "Backup Agent", foreign: "Azure Portal", roleID: "Global Administrator", nobody: "-"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"objects 5", "apps 3", "roles"}, g.asked()); diff != "" {
		t.Error(diff)
	}
	if lookup(r, strings.ToUpper(ada)) != "Ada Lovelace" {
		t.Error("an id in capitals is not known")
	}

	// All is known now, the unknown included.
	if err := r.Fetch(t.Context(), tenant, ids); err != nil || g.asked() != nil {
		t.Errorf("asked again: %v", err)
	}
	if s := r.Status(); !s.Enabled || s.Known != 6 || s.LastError != "" {
		t.Errorf("status = %+v", s)
	}

	// And after a restart.
	again := g.resolver()
	if err := again.Fetch(t.Context(), tenant, ids); err != nil || g.asked() != nil {
		t.Errorf("asked again after a restart: %v", err)
	}
	if lookup(again, ada) != "Ada Lovelace" {
		t.Error("not known after a restart")
	}
}

func TestUnknownAndOldNamesAreAskedForAgain(t *testing.T) {
	g := newGraph(t)
	r := g.resolver()
	fetch := func(ids ...string) {
		t.Helper()
		if err := r.Fetch(t.Context(), tenant, ids); err != nil {
			t.Fatal(err)
		}
	}
	fetch(ada, nobody)
	g.asked()
	g.clock.pass(59 * time.Minute)
	if fetch(ada, nobody); g.asked() != nil {
		t.Error("asked again within the hour")
	}
	g.clock.pass(time.Minute)
	g.mu.Lock()
	g.names[nobody] = "Nobody Yet"
	g.names[ada] = "Ada King"
	g.mu.Unlock()
	if fetch(ada, nobody); !cmp.Equal(g.asked(), []string{"objects 1"}) || lookup(r, nobody) != "Nobody Yet" || lookup(r, ada) != "Ada Lovelace" {
		t.Errorf("nobody is %q, Ada is %q", lookup(r, nobody), lookup(r, ada))
	}
	// A name that is looked up after its life is asked for along with the next.
	g.clock.pass(24 * time.Hour)
	lookup(r, ada)
	if err := r.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	now, _ := r.Lookup(tenant, ada, g.clock.Now())
	before, _ := r.Lookup(tenant, ada, days(10))
	if now != "Ada King" || before != "Ada Lovelace" {
		t.Errorf("now %q, before %q", now, before)
	}
}

func TestFetchInBatches(t *testing.T) {
	g := newGraph(t)
	r := g.resolver()
	var ids []string
	for i := range 1001 {
		id := fmt.Sprintf("dddddddd-0000-4000-8000-%012d", i)
		g.names[id] = "User " + id
		ids = append(ids, id)
	}
	if err := r.Fetch(t.Context(), tenant, ids); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"objects 1000", "objects 1"}, g.asked()); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutPermissionItSwitchesItselfOff(t *testing.T) {
	g := newGraph(t)
	g.refuse = 403
	r := g.resolver()
	err := r.Fetch(t.Context(), tenant, []string{ada})
	if aoc.CodeOf(err) != aoc.CodeForbidden {
		t.Fatalf("got %v, want code forbidden", err)
	}
	s := r.Status()
	if s.Enabled || s.Reason == "" || !strings.Contains(s.Hint, "Directory.Read.All") || s.LastError == "" {
		t.Errorf("status = %+v", s)
	}
	if !strings.Contains(g.log.String(), "Directory.Read.All") {
		t.Errorf("the log does not tell the remedy: %s", g.log.String())
	}
	g.asked()
	if err := r.Fetch(t.Context(), tenant, []string{ada}); err != nil || g.asked() != nil {
		t.Errorf("asked while off: %v", err)
	}
	r.Learn(t.Context(), []aoc.DirectoryName{{TenantID: tenant, ID: ada, Name: "Ada", Seen: days(1)}})
	if lookup(r, ada) != "Ada" {
		t.Error("learned nothing while off")
	}
	g.refuse = 0
	g.clock.pass(defaultTTL)
	if err := r.Fetch(t.Context(), tenant, []string{appObj}); err != nil || lookup(r, appObj) != "Backup Agent" {
		t.Errorf("not on again: %v", err)
	}
	if s := r.Status(); !s.Enabled || s.LastError != "" {
		t.Errorf("status = %+v", s)
	}
}

func TestRolesAreOptional(t *testing.T) {
	g := newGraph(t)
	g.noRole = true
	r := g.resolver()
	if err := r.Fetch(t.Context(), tenant, []string{ada, roleID}); err != nil {
		t.Fatal(err)
	}
	if s := r.Status(); !s.Enabled || lookup(r, ada) != "Ada Lovelace" {
		t.Errorf("status = %+v", s)
	}
}

func TestAFailingGraphIsToldAndNotSwitchedOff(t *testing.T) {
	g := newGraph(t)
	g.refuse = 503
	r := g.resolver()
	if err := r.Fetch(t.Context(), tenant, []string{ada}); aoc.CodeOf(err) != aoc.CodeUnavailable {
		t.Fatalf("got %v, want code unavailable", err)
	}
	if s := r.Status(); !s.Enabled || s.LastError == "" {
		t.Errorf("status = %+v", s)
	}
	g.refuse = 0
	if err := r.Fetch(t.Context(), tenant, []string{ada}); err != nil || lookup(r, ada) != "Ada Lovelace" {
		t.Errorf("got %v", err)
	}
}

func TestWithoutClientItLearnsOnly(t *testing.T) {
	r := New(Config{TenantID: tenant})
	if err := r.Fetch(t.Context(), tenant, []string{ada}); err != nil {
		t.Fatal(err)
	}
	r.Learn(t.Context(), []aoc.DirectoryName{
		{TenantID: strings.ToUpper(other), ID: strings.ToUpper(ada), Name: " Ada "},
		{TenantID: tenant, ID: "no-guid", Name: "X"}, {TenantID: tenant, ID: nobody}, {ID: nobody, Name: "X"},
	})
	if name, ok := r.Lookup(other, ada, days(1)); !ok || name != "Ada" {
		t.Errorf("got %q, %v", name, ok)
	}
	if lookup(r, ada) != "-" {
		t.Error("a name crossed tenants")
	}
	if s := r.Status(); s.Enabled || s.Reason == "" || s.Hint == "" || s.Known != 1 {
		t.Errorf("status = %+v", s)
	}
}

func TestOtherTenantsAreNotAskedFor(t *testing.T) {
	g := newGraph(t)
	if err := g.resolver().Fetch(t.Context(), other, []string{ada}); err != nil || g.asked() != nil {
		t.Errorf("asked: %v", err)
	}
}

func TestLearnKeepsNewsOnly(t *testing.T) {
	g := newGraph(t)
	r := g.resolver()
	n := aoc.DirectoryName{TenantID: tenant, ID: ada, Kind: "user", Name: "Ada", UPN: "ada@contoso.example", Seen: days(1)}
	for i := range 5 {
		n.Seen = days(i + 1)
		r.Learn(t.Context(), []aoc.DirectoryName{n})
	}
	if g.cache.puts != 1 {
		t.Errorf("put %d times, want once", g.cache.puts)
	}
	g.cache.err = errors.New("disk full")
	n.Name = "Ada King"
	r.Learn(t.Context(), []aoc.DirectoryName{n})
	if name, _ := r.Lookup(tenant, ada, days(9)); name != "Ada King" || !strings.Contains(g.log.String(), "disk full") {
		t.Errorf("name %q, log %s", name, g.log.String())
	}
}

func TestConcurrentUse(t *testing.T) {
	g := newGraph(t)
	r := g.resolver()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 20 {
				_ = r.Fetch(t.Context(), tenant, []string{ada, nobody, roleID})
				r.Lookup(tenant, ada, days(i))
				r.Learn(t.Context(), []aoc.DirectoryName{{TenantID: tenant, ID: ada, Name: "Ada Lovelace", Seen: days(i)}})
				r.Status()
			}
		})
	}
	wg.Wait()
	if n := len(g.asked()); n > 3 {
		t.Errorf("%d requests for the same ids", n)
	}
}

func TestFetchGivesUpWithItsContext(t *testing.T) {
	g := newGraph(t)
	r := g.resolver()
	r.busy <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Fetch(ctx, tenant, []string{ada}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
