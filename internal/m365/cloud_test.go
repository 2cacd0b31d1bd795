package m365

import (
	"testing"

	"aoc"
)

func TestParseCloud(t *testing.T) {
	for name, want := range map[string]Cloud{
		"":          {Login: "https://login.microsoftonline.com", Graph: "https://graph.microsoft.com", Manage: "https://manage.office.com"},
		"Worldwide": {Login: "https://login.microsoftonline.com", Graph: "https://graph.microsoft.com", Manage: "https://manage.office.com"},
		"gcc":       {Login: "https://login.microsoftonline.com", Graph: "https://graph.microsoft.com", Manage: "https://manage-gcc.office.com"},
		" GCCH ":    {Login: "https://login.microsoftonline.us", Graph: "https://graph.microsoft.us", Manage: "https://manage.office365.us"},
		"dod":       {Login: "https://login.microsoftonline.us", Graph: "https://dod-graph.microsoft.us", Manage: "https://manage.protection.apps.mil"},
		"china":     {Login: "https://login.partner.microsoftonline.cn", Graph: "https://microsoftgraph.chinacloudapi.cn", Manage: "https://manage.office.cn"},
	} {
		got, err := ParseCloud(name)
		if err != nil || got.Login != want.Login || got.Graph != want.Graph || got.Manage != want.Manage {
			t.Errorf("ParseCloud(%q) = %+v, %v", name, got, err)
		}
		if got.GraphScope != want.Graph+"/.default" || got.ManageScope != want.Manage+"/.default" {
			t.Errorf("ParseCloud(%q) has scopes %q, %q", name, got.GraphScope, got.ManageScope)
		}
		if !got.isPublished() {
			t.Errorf("ParseCloud(%q) counts as overridden", name)
		}
	}
	if _, err := ParseCloud("azure"); aoc.CodeOf(err) != aoc.CodeInvalid || aoc.HintOf(err) == "" {
		t.Errorf("got %v for an unknown cloud, want code invalid with a hint", err)
	}
}

func TestCloudWith(t *testing.T) {
	base, err := ParseCloud("gcc")
	if err != nil {
		t.Fatal(err)
	}
	got, err := base.With("https://sim.example:8443/login/", "http://127.0.0.1:8081/graph", "")
	if err != nil {
		t.Fatal(err)
	}
	if got.Login != "https://sim.example:8443/login" || got.Graph != "http://127.0.0.1:8081/graph" || got.Manage != base.Manage {
		t.Errorf("got %+v", got)
	}
	if got.GraphScope != "http://127.0.0.1:8081/graph/.default" || got.ManageScope != base.ManageScope || got.isPublished() {
		t.Errorf("got %+v", got)
	}
	for _, bad := range []string{"http://graph.example", "graph.example", "https://user:pw@graph.example", "https://g.example?x=1", "ftp://localhost", "https://", "http://10.0.0.1"} {
		if _, err := base.With("", bad, ""); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("With(%q): got %v, want code invalid", bad, err)
		}
	}
}
