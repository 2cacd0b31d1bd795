package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"aoc/internal/simulator/tenant"
)

// claimsOf reads the claims of a token.
func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	var c map[string]any
	if _, err := splitToken(token, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func (b *bench) signedIn(p Person, o TokenOptions) map[string]any {
	b.t.Helper()
	token, err := b.SignIn(p, o)
	if err != nil {
		b.t.Fatal(err)
	}
	return claimsOf(b.t, token)
}

// names are the names of claims, in order.
func names(c map[string]any) []string {
	var list []string
	for name := range c {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func TestClaimsOfBothVersions(t *testing.T) {
	b := start(t, nil)
	who := b.People().Manager
	two, one := b.signedIn(who, TokenOptions{}), b.signedIn(who, TokenOptions{Version: 1})
	common := "aio aud exp groups iat iss name nbf oid rh roles scp sid sub tid uti ver"
	for _, c := range []struct {
		got  map[string]any
		more string
		want map[string]any
	}{
		{two, "azp azpacr preferred_username", map[string]any{"ver": "2.0", "iss": b.Issuer(), "aud": b.AuthClientID(), "azp": b.AuthClientID()}},
		{one, "acr amr appid appidacr family_name given_name unique_name upn", map[string]any{
			"ver": "1.0", "iss": "https://sts.windows.net/" + b.Tenant().ID() + "/", "aud": b.AuthURI(), "appid": b.AuthClientID(), "upn": who.UPN,
		}},
	} {
		want := strings.Fields(common + " " + c.more)
		slices.Sort(want)
		if diff := cmp.Diff(want, names(c.got)); diff != "" {
			t.Error(diff)
		}
		for name, value := range c.want {
			if c.got[name] != value {
				t.Errorf("%s is %v, want %v", name, c.got[name], value)
			}
		}
		if diff := cmp.Diff([]any{"AOC.Manager"}, c.got["roles"]); diff != "" {
			t.Error(diff)
		}
	}
	if two["sub"] != one["sub"] || two["sub"] == who.ID {
		t.Error("sub is not the person's own in this application")
	}
}

func TestPeopleAreOfTheTenant(t *testing.T) {
	b := start(t, nil)
	people := b.People()
	seen := map[string]bool{}
	for _, p := range people.All() {
		got := b.graphGet("/v1.0/users/"+p.ID).want(t, http.StatusOK).body
		if gjson.GetBytes(got, "userPrincipalName").String() != p.UPN || gjson.GetBytes(got, "displayName").String() != p.Name || seen[p.ID] {
			t.Errorf("%+v in the directory: %s", p, got)
		}
		seen[p.ID] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d people", len(seen))
	}
	if diff := cmp.Diff(people, start(t, nil).People()); diff != "" {
		t.Error("other people the next time: ", diff)
	}
	named := map[string]int{}
	for e := range b.Manifest() {
		for _, p := range people.All() {
			if strings.Contains(string(e.Raw), p.UPN) {
				named[p.UPN]++
			}
		}
	}
	for _, p := range []Person{people.Manager, people.Analyst, people.Reader} {
		if named[p.UPN] == 0 {
			t.Errorf("no audit event names %s", p.UPN)
		}
	}
	small := start(t, func(c *Config) { c.Tenant = tenant.Config{Seed: 1, Users: 3, EventsPerDay: 10} })
	if got := small.People().All(); len(got) != 3 {
		t.Errorf("%d people of 3", len(got))
	}
	if _, err := small.SignIn(small.People().Overloaded, TokenOptions{}); err == nil {
		t.Error("nobody can sign in")
	}
}

func TestTooManyGroupsAreLeftOut(t *testing.T) {
	b := start(t, nil)
	who := b.People().Overloaded
	for version, endpoint := range map[int]string{
		1: "https://graph.windows.net/" + b.Tenant().ID() + "/users/" + who.ID + "/getMemberObjects",
		2: "https://graph.microsoft.com/v1.0/users/" + who.ID + "/getMemberObjects",
	} {
		c := b.signedIn(who, TokenOptions{Version: version})
		want := map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": endpoint}}}
		got := map[string]any{"_claim_names": c["_claim_names"], "_claim_sources": c["_claim_sources"]}
		if diff := cmp.Diff(want, got); diff != "" || c["groups"] != nil || c["roles"] != nil {
			t.Errorf("version %d: %s %v", version, diff, c["groups"])
		}
	}
	if c := b.signedIn(who, TokenOptions{Implicit: true}); c["hasgroups"] != true || c["groups"] != nil || c["_claim_names"] != nil {
		t.Errorf("implicit: %v", c)
	}
	code := b.signInCode(who, nil)
	if c := claimsOf(t, tokensOf(t, b.form(b.tokenPath(), b.redeem(code))).IDToken); c["_claim_names"] == nil || c["groups"] != nil {
		t.Errorf("the ID token: %v", c)
	}
	none := start(t, func(c *Config) { c.Auth.Groups = GroupsNone })
	if c := none.signedIn(none.People().Overloaded, TokenOptions{}); c["_claim_names"] != nil || c["groups"] != nil {
		t.Errorf("no groups: %v", c)
	}
	nobody := b.People().Nobody
	var secure []any
	for _, id := range nobody.Groups {
		if gjson.GetBytes(b.graphGet("/v1.0/groups/"+id).want(t, http.StatusOK).body, "securityEnabled").Bool() {
			secure = append(secure, id)
		}
	}
	if len(secure) == len(nobody.Groups) {
		t.Fatal("there is no Microsoft 365 group to leave out")
	}
	got, _ := b.signedIn(nobody, TokenOptions{})["groups"].([]any)
	if diff := cmp.Diff(secure, got); diff != "" {
		t.Errorf("security groups: %s", diff)
	}
	all := start(t, func(c *Config) { c.Auth.Groups = GroupsAll })
	if c := all.signedIn(all.People().Nobody, TokenOptions{}); len(c["groups"].([]any)) != len(all.People().Nobody.Groups) {
		t.Errorf("all groups: %v", c["groups"])
	}
}

func TestApplicationTokensForAOC(t *testing.T) {
	for _, version := range []int{1, 2} {
		b := start(t, func(c *Config) { c.Auth.TokenVersion = version })
		get := func(v url.Values) map[string]any {
			return claimsOf(t, gjson.GetBytes(b.form(b.tokenPath(), v).want(t, http.StatusOK).body, "access_token").String())
		}
		own := url.Values{"grant_type": {"client_credentials"}, "client_id": {b.AuthClientID()}, "client_secret": {b.AuthClientSecret()}, "scope": {b.AuthURI() + "/.default"}}
		c := get(own)
		aud, client := map[int]string{1: b.AuthURI(), 2: b.AuthClientID()}[version], map[int]string{1: "appid", 2: "azp"}[version]
		if c["aud"] != aud || c[client] != b.AuthClientID() || c["idtyp"] != "app" || c["sub"] != c["oid"] || c["scp"] != nil || c["groups"] != nil {
			t.Errorf("version %d: %v", version, c)
		}
		if diff := cmp.Diff([]any{"AOC.Reader"}, c["roles"]); diff != "" {
			t.Error(diff)
		}
		other := url.Values{"grant_type": {"client_credentials"}, "client_id": {b.ClientID()}, "client_secret": {b.ClientSecret()}, "scope": {b.AuthClientID() + "/.default"}}
		if c := get(other); c[client] != b.ClientID() {
			t.Errorf("the other application: %v", c)
		}
		// The application that people sign in to may read nothing.
		own.Set("scope", graphScope)
		if c := get(own); c["roles"] != nil {
			t.Errorf("roles %v", c["roles"])
		}
	}
	bare := start(t, func(c *Config) { c.Auth.NoIDType, c.Auth.AppRoles = true, []string{} })
	v := url.Values{"grant_type": {"client_credentials"}, "client_id": {bare.AuthClientID()}, "client_secret": {bare.AuthClientSecret()}, "scope": {bare.AuthURI() + "/.default"}}
	if c := claimsOf(t, gjson.GetBytes(bare.form(bare.tokenPath(), v).want(t, 200).body, "access_token").String()); c["idtyp"] != nil || c["roles"] != nil {
		t.Errorf("without both: %v", c)
	}
}

func TestOneApplicationForBoth(t *testing.T) {
	id := "99999999-8888-4777-8666-555555555555"
	b := start(t, func(c *Config) { c.ClientID, c.Auth.ClientID = id, id })
	if b.AuthClientSecret() != b.ClientSecret() {
		t.Error("one application has two secrets")
	}
	tokensOf(t, b.form(b.tokenPath(), b.redeem(b.signInCode(b.People().Reader, nil))))
	b.graphGet("/v1.0/organization").want(t, http.StatusOK)
}

// TestScopesDecideWhatIsGiven signs in with different scopes.
func TestScopesDecideWhatIsGiven(t *testing.T) {
	b := start(t, nil)
	get := func(scope string) personAnswer {
		code := b.signInCode(b.People().Reader, func(v url.Values) { v.Set("scope", scope) })
		return tokensOf(t, b.form(b.tokenPath(), b.redeem(code)))
	}
	plain := get("openid profile email")
	if c := claimsOf(t, plain.AccessToken); c["aud"] != graphResource.appID || plain.RefreshToken != "" || plain.IDToken == "" || plain.Scope != "openid profile email" {
		t.Errorf("sign-in alone: %+v %v", plain, c)
	}
	b.request(http.MethodGet, b.GraphURL()+"/v1.0/users", plain.AccessToken, "").want(t, http.StatusForbidden)
	if c := claimsOf(t, get("openid").IDToken); c["name"] != nil || c["email"] != nil || c["preferred_username"] != nil || c["oid"] == nil {
		t.Errorf("openid alone: %v", c)
	}
	api := get(b.AuthURI() + "/.default offline_access")
	if c := claimsOf(t, api.AccessToken); c["scp"] != "access" || api.IDToken != "" || api.RefreshToken == "" {
		t.Errorf("the API alone: %+v", api)
	}
}

func TestMemberships(t *testing.T) {
	b := start(t, func(c *Config) { c.Permissions = []string{PermissionUserBasic, PermissionGroupMember} })
	who, of := b.People().Overloaded, b.RoleGroups()
	post := func(token, path string, body any) answer {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return b.request(http.MethodPost, b.GraphURL()+"/v1.0/"+path, token, string(text))
	}
	list := func(a answer) (ids []string) {
		for _, v := range gjson.GetBytes(a.want(t, http.StatusOK).body, "value").Array() {
			ids = append(ids, v.String())
		}
		return ids
	}
	token := b.token(graphScope)
	ask := map[string]any{"groupIds": []string{strings.ToUpper(of.Analysts), of.Managers, "44444444-4444-4444-8444-444444444444"}}
	for _, path := range []string{"users/" + who.ID, "users/" + url.PathEscape(who.UPN), "directoryObjects/" + who.ID} {
		if got := list(post(token, path+"/checkMemberGroups", ask)); !slices.Equal(got, []string{of.Analysts}) {
			t.Errorf("%s is in %v", path, got)
		}
	}
	every := list(post(token, "users/"+who.ID+"/getMemberObjects", map[string]any{"securityEnabledOnly": false}))
	secure := list(post(token, "users/"+who.ID+"/getMemberGroups", map[string]any{"securityEnabledOnly": true}))
	if len(every) <= mostGroups || len(secure) > len(every) || !slices.Contains(secure, of.Analysts) {
		t.Errorf("%d groups, %d for security", len(every), len(secure))
	}
	if got := list(post(token, "users/"+b.Tenant().Users[60].ID+"/getMemberObjects", map[string]any{})); len(got) != 0 {
		t.Errorf("somebody else is in %v", got)
	}
	var many []string
	for range maxCheckGroups + 1 {
		many = append(many, of.Analysts)
	}
	for name, c := range map[string]struct {
		path   string
		body   any
		status int
		code   string
	}{
		"no groups":   {"users/" + who.ID, map[string]any{}, 400, "Request_BadRequest"},
		"no JSON":     {"users/" + who.ID, "x", 400, "BadRequest"},
		"no id":       {"users/" + who.ID, map[string]any{"groupIds": []string{"x"}}, 400, "Request_BadRequest"},
		"too many":    {"users/" + who.ID, map[string]any{"groupIds": many}, 400, "Request_BadRequest"},
		"nobody":      {"users/44444444-4444-4444-8444-444444444444", ask, 404, "Request_ResourceNotFound"},
		"another way": {"groups/" + of.Analysts, ask, 400, "BadRequest"},
	} {
		if a := post(token, c.path+"/checkMemberGroups", c.body).want(t, c.status); a.code(t) != c.code {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	for _, permissions := range [][]string{{PermissionGroupMember}, {PermissionUserBasic}, {PermissionAuditLog}} {
		b.SetPermissions(permissions...)
		clear(b.tokens)
		if a := post(b.token(graphScope), "users/"+who.ID+"/checkMemberGroups", ask).want(t, http.StatusForbidden); a.code(t) != "Authorization_RequestDenied" {
			t.Errorf("%v: %s", permissions, a.body)
		}
	}
	b.SetPermissions(PermissionDirectory)
	clear(b.tokens)
	list(post(b.token(graphScope), "users/"+who.ID+"/checkMemberGroups", ask))
	limited := start(t, func(c *Config) { c.Limits.Directory = 1 })
	for _, status := range []int{http.StatusOK, http.StatusTooManyRequests} {
		limited.request(http.MethodPost, limited.GraphURL()+"/v1.0/users/"+limited.People().Reader.ID+"/getMemberObjects", limited.token(graphScope), "{}").want(t, status)
	}
}
