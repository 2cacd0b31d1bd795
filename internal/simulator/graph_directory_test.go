package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

func TestDirectoryCollections(t *testing.T) {
	b := start(t, nil)
	tn := b.Tenant()
	for path, want := range map[string]int{
		"/v1.0/users?$top=13": len(tn.Users), "/v1.0/groups": len(tn.Groups) + roleGroups + projectGroups, "/v1.0/servicePrincipals?$top=7": len(tn.Apps),
		"/v1.0/devices?$top=999": len(tn.Devices), "/v1.0/directoryRoles": len(tn.Roles), "/v1.0/roleManagement/directory/roleDefinitions": len(tn.Roles),
	} {
		if got := len(b.all(path)); got != want {
			t.Errorf("%s: %d objects, want %d", path, got, want)
		}
	}
	b.graphGet("/v1.0/users?$top=1000").want(t, 400)
	u := tn.Users[3]
	if got := b.graphGet("/v1.0/users/"+url.PathEscape(u.UPN)+"?$select=id,displayName").want(t, 200); gjson.GetBytes(got.body, "id").String() != u.ID ||
		gjson.GetBytes(got.body, "mail").Exists() {
		t.Errorf("user: %s", got.body)
	}
	b.graphGet("/v1.0/users/nobody").want(t, 404)
}

func TestDirectoryFilter(t *testing.T) {
	b := start(t, nil)
	a, z := b.Tenant().Apps[0], b.Tenant().Apps[20]
	for filter, want := range map[string]int{
		"appId in ('" + a.AppID + "','" + z.AppID + "')":    2,
		"appId eq '" + strings.ToUpper(z.AppID) + "'":       1,
		"appId in ('33333333-3333-4333-8333-333333333333')": 0,
	} {
		if got := b.all("/v1.0/servicePrincipals?$select=appId,displayName&$filter=" + url.QueryEscape(filter)); len(got) != want {
			t.Errorf("%s: %d objects, want %d", filter, len(got), want)
		}
	}
	for _, filter := range []string{"appId gt 'a'", "appId in (", "appId in ('a'", "appId in ('a' 'b')", "appId in (" + strings.Repeat("'a',", 15) + "'a')"} {
		b.graphGet("/v1.0/servicePrincipals?$filter="+url.QueryEscape(filter)).want(t, 400)
	}
}

func TestGetByIDs(t *testing.T) {
	b := start(t, nil)
	tn := b.Tenant()
	ask := func(ids []string, types ...string) answer {
		body, err := json.Marshal(map[string]any{"ids": ids, "types": types})
		if err != nil {
			t.Fatal(err)
		}
		return b.request(http.MethodPost, b.GraphURL()+"/v1.0/directoryObjects/getByIds", b.token(graphScope), string(body))
	}
	ids := []string{tn.Users[0].ID, tn.Groups[0].ID, tn.Apps[0].PrincipalID, tn.Devices[0].ID, tn.Users[0].ID, "44444444-4444-4444-8444-444444444444"}
	list := ask(ids).page(t).Value
	kinds := make(map[string]string)
	for _, raw := range list {
		kinds[gjson.GetBytes(raw, "@odata\\.type").String()] = gjson.GetBytes(raw, "displayName").String()
	}
	if len(list) != 4 || kinds["#microsoft.graph.user"] != tn.Users[0].DisplayName || kinds["#microsoft.graph.device"] != tn.Devices[0].DisplayName {
		t.Errorf("%d objects: %v", len(list), kinds)
	}
	if list := ask(ids, "group").page(t).Value; len(list) != 1 {
		t.Errorf("%d groups", len(list))
	}
	ask(nil).want(t, 400)
	ask([]string{"x"}).want(t, 400)
	many := make([]string, 1001)
	for i := range many {
		many[i] = tn.Users[0].ID
	}
	ask(many).want(t, 400)
}
