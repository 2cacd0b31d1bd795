package normalise

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
)

// The traps are the surprises that real records hold. Each has a test of its name.

func TestTrap01FailedSignInsThatSaySuccess(t *testing.T) {
	for _, tt := range []struct {
		name, fields string
		want         aoc.Result
		reason       string
	}{
		{"bad password", `"Operation":"UserLoginFailed","ResultStatus":"Success","ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword"`, aoc.ResultFailure, "wrong password (AADSTS50126)"},
		{"number as number", `"Operation":"UserLoginFailed","ResultStatus":"Success","ErrorNumber":50053`, aoc.ResultFailure, "the account is locked (AADSTS50053)"},
		{"older name of the code", `"Operation":"UserLoginFailed","ResultStatus":"Success","ErrorCode":"50057"`, aoc.ResultFailure, "the account is disabled (AADSTS50057)"},
		{"text only", `"Operation":"UserLoginFailed","ResultStatus":"Success","LogonError":"InvalidUserNameOrPassword"`, aoc.ResultFailure, "wrong password (AADSTS50126)"},
		{"unknown text", `"Operation":"UserLoginFailed","ResultStatus":"Success","LogonError":"UserFellAsleep"`, aoc.ResultFailure, "user fell asleep"},
		{"nothing but the operation", `"Operation":"UserLoginFailed","ResultStatus":"Success"`, aoc.ResultFailure, ""},
		{"unknown code", `"Operation":"UserLoginFailed","ResultStatus":"Failed","ErrorNumber":"4242","LogonError":"UserFellAsleep"`, aoc.ResultFailure, "user fell asleep (AADSTS4242)"},
		{"asked to stay signed in", `"Operation":"UserLoggedIn","ResultStatus":"Success","ErrorNumber":"50140"`, aoc.ResultSuccess, "asked whether to stay signed in (AADSTS50140)"},
		{"signed in", `"Operation":"UserLoggedIn","ResultStatus":"Success","ErrorNumber":"0"`, aoc.ResultSuccess, ""},
		{"signed in, no code", `"Operation":"UserLoggedIn","ResultStatus":"Succeeded"`, aoc.ResultSuccess, ""},
		{"an error that the operation hides", `"Operation":"UserLoggedIn","ResultStatus":"Success","ErrorNumber":"53003"`, aoc.ResultFailure, "blocked by conditional access (AADSTS53003)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ev := normalised(t, aoc.KindUnified, `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":15,"Workload":"AzureActiveDirectory","UserId":"bob@contoso.example",`+tt.fields+`}`)
			if ev.Result != tt.want || ev.ResultReason != tt.reason {
				t.Errorf("%s, %q; want %s, %q", ev.Result, ev.ResultReason, tt.want, tt.reason)
			}
			if failed := strings.Contains(ev.DisplaySummary, "failed to sign in"); failed != (tt.want == aoc.ResultFailure) {
				t.Errorf("summary %q", ev.DisplaySummary)
			}
		})
	}
}

func TestTrap02TimesWithAndWithoutZone(t *testing.T) {
	want := time.Date(2026, 3, 2, 6, 7, 8, 0, time.UTC)
	for s, extra := range map[string]time.Duration{
		"2026-03-02T06:07:08":                 0,
		"2026-03-02T06:07:08Z":                0,
		"2026-03-02 06:07:08":                 0,
		"2026-03-02 06:07:08Z":                0,
		"2026-03-02T06:07:08+00:00":           0,
		"2026-03-02T01:07:08-05:00":           0,
		"2026-03-02T11:37:08+0530":            0,
		"2026-03-02T06:07:08.5":               500 * time.Millisecond,
		"2026-03-02T06:07:08.1234567Z":        123456700,
		"2026-03-02 06:07:08.087554000":       87554000,
		"2026-03-02T06:07:08.123456789+00:00": 123456789,
		"3/2/2026 6:07:08 AM":                 0,
	} {
		ev := normalised(t, aoc.KindUnified, fmt.Sprintf(`{"Id":"1","CreationTime":%q}`, s))
		if !ev.Timestamp.Equal(want.Add(extra)) || ev.TimeFlag != "" {
			t.Errorf("%s: %v %q, want %v", s, ev.Timestamp, ev.TimeFlag, want.Add(extra))
		}
	}
}

func TestTrap03SameIdTwice(t *testing.T) {
	one := `{"Id":"1","CreationTime":"2026-03-02T06:00:00","Operation":"Send","OrganizationId":"99999999-aaaa-4bbb-8ccc-000000000000","RecordType":2,"UserId":"Bob@contoso.example"}`
	later := `{"UserId":"bob@CONTOSO.example","RecordType":"2","Id":"1","Operation":"Send","CreationTime":"2026-03-02T06:00:01","OrganizationId":"99999999-AAAA-4BBB-8CCC-000000000000"}`
	if a, b := normalised(t, aoc.KindUnified, one), normalised(t, aoc.KindUnified, later); a.Key != b.Key {
		t.Errorf("one event, keys of %q and %q", a.DedupeKey, b.DedupeKey)
	}
	dlp := `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":%s,"Operation":%q,"UserId":"DlpAgent"}`
	keys := map[string]string{}
	for _, op := range []string{"DlpRuleMatch", "DlpRuleUndo", "DlpInfo"} {
		ev := normalised(t, aoc.KindUnified, fmt.Sprintf(dlp, "13", op))
		if other, ok := keys[ev.Key]; ok {
			t.Errorf("%s and %s of one incident have one key", op, other)
		}
		keys[ev.Key] = op
	}
	for _, recordType := range []string{"11", "13", "33", "63", "107", "9999"} {
		match := normalised(t, aoc.KindUnified, fmt.Sprintf(dlp, recordType, "DLPRuleMatch"))
		if keys[match.Key] != "DlpRuleMatch" {
			t.Errorf("record type %s: key of %q", recordType, match.DedupeKey)
		}
	}
}

func TestTrap04JSONInsideStrings(t *testing.T) {
	ev := normalised(t, aoc.KindUnified, `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":8,"Workload":"AzureActiveDirectory","Operation":"Update group.","ModifiedProperties":[
		{"Name":"Single","NewValue":"[\r\n  \"SMTP:x@contoso.example\"\r\n]","OldValue":"[]"},
		{"Name":"Several","NewValue":"[\r\n  \"a b\",\r\n  \"c\\\"d\"\r\n]","OldValue":"[ \"a b\" ]"},
		{"Name":"Object","NewValue":"[ { \"RelyingParty\": \"*\", \"State\": 1 } ]","OldValue":""},
		{"Name":"Same","NewValue":"[ true ]","OldValue":"true"},
		{"Name":"NotJSON","NewValue":"[] => [[Id: 1, Scope: Mail.Read]]; ","OldValue":""},
		{"Name":"Real","NewValue":[1, 2],"OldValue":{"a": null}}]}`)
	want := []aoc.Change{
		{Property: "Single", Before: ptr(""), After: ptr("SMTP:x@contoso.example")},
		{Property: "Several", Before: ptr("a b"), After: ptr(`["a b","c\"d"]`)},
		{Property: "Object", Before: ptr(""), After: ptr(`{"RelyingParty":"*","State":1}`)},
		{Property: "NotJSON", Before: ptr(""), After: ptr("[] => [[Id: 1, Scope: Mail.Read]];")},
		{Property: "Real", Before: ptr(`{"a":null}`), After: ptr("[1,2]")},
	}
	if diff := cmp.Diff(want, ev.Changes); diff != "" {
		t.Errorf("unified (-want +got):\n%s", diff)
	}
	ev = normalised(t, aoc.KindDirectoryAudit, `{"id":"1","activityDateTime":"2026-03-02T06:00:00Z","activityDisplayName":"Update policy","targetResources":[{"displayName":"P","modifiedProperties":[
		{"displayName":"Role.DisplayName","oldValue":null,"newValue":"\"Global Administrator\""},
		{"displayName":"PolicyDetail","oldValue":"[\"{\\\"State\\\":\\\"Enabled\\\"}\"]","newValue":"[\"{\\\"State\\\": \\\"Disabled\\\"}\"]"},
		{"displayName":"Quoted null","oldValue":"\"<null>\"","newValue":"\"x\""}]}]}`)
	want = []aoc.Change{
		{Target: "P", Property: "Role.DisplayName", After: ptr("Global Administrator")},
		{Target: "P", Property: "PolicyDetail", Before: ptr(`{"State":"Enabled"}`), After: ptr(`{"State":"Disabled"}`)},
		{Target: "P", Property: "Quoted null", After: ptr("x")},
	}
	if diff := cmp.Diff(want, ev.Changes); diff != "" {
		t.Errorf("Graph (-want +got):\n%s", diff)
	}
	// The same member twice, in two formats, inside a string.
	ev = normalised(t, aoc.KindUnified, `{"Id":"1","RecordType":40,"Operation":"AlertTriggered","UserId":"SecurityComplianceAlerts","Name":"A","Data":"{\"QueryTime\":\"1\",\"QueryTime\":\"2\",\"f3u\":\"bob@contoso.example\"}"}`)
	if diff := cmp.Diff([]string{"A", "bob@contoso.example"}, ev.TargetDisplays); diff != "" {
		t.Errorf("alert targets (-want +got):\n%s", diff)
	}
}

func TestTrap05OneFieldManyTypes(t *testing.T) {
	base := normalised(t, aoc.KindUnified, `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":1,"UserType":2,"Workload":"Exchange","UserId":"ada","Operation":"Set-Mailbox","ObjectId":"mary","ExternalAccess":false,"ResultStatus":"True","Parameters":[{"Name":"HiddenFromAddressListsEnabled","Value":"True"}]}`)
	for name, raw := range map[string]string{
		"numbers as strings":      `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":"1","UserType":"2","Workload":"Exchange","UserId":"ada","Operation":"Set-Mailbox","ObjectId":"mary","ExternalAccess":"False","ResultStatus":true,"Parameters":[{"Name":"HiddenFromAddressListsEnabled","Value":"True"}]}`,
		"numbers as fractions":    `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":1.0,"UserType":"2.0","Workload":"Exchange","UserId":"ada","Operation":"Set-Mailbox","ObjectId":"mary","ResultStatus":"TRUE","Parameters":"-HiddenFromAddressListsEnabled:True"}`,
		"names for numbers":       `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":"ExchangeAdmin","UserType":"Admin","Workload":"Exchange","UserId":"ada","Operation":"Set-Mailbox","ObjectId":"mary","ResultStatus":"True","Parameters":"-HiddenFromAddressListsEnabled \"True\""}`,
		"a list inside a string":  `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":"1e0","UserType":2,"Workload":"Exchange","UserId":"ada","Operation":"Set-Mailbox","ObjectId":"mary","ResultStatus":"True","Parameters":"[{\"Name\":\"HiddenFromAddressListsEnabled\",\"Value\":\"True\"}]"}`,
		"one object for the list": `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":1,"UserType":2,"Workload":"Exchange","UserId":"ada","Operation":"Set-Mailbox","ObjectId":"mary","ResultStatus":"True","Parameters":{"Name":"HiddenFromAddressListsEnabled","Value":"True"}}`,
	} {
		got := normalised(t, aoc.KindUnified, raw)
		got.Raw = base.Raw
		if diff := cmp.Diff(base, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, raw := range []string{
		`{"Id":{"a":1},"CreationTime":[],"RecordType":{},"UserType":[],"Workload":7,"UserId":["x"],"Operation":{"o":1},"Parameters":7,"ClientIP":9,"ModifiedProperties":"text","Message":{"x":1},"Sender":{"y":2}}`,
		`{"Id":1,"RecordType":2,"Item":"x","Folders":"y","AffectedItems":{"Subject":1},"MailboxOwnerUPN":false,"OperationCount":"1e9"}`,
		`{"Id":1,"RecordType":25,"Members":["ada@contoso.example",{"UPN":7}],"ExtraProperties":{}}`,
		`{"Id":1,"RecordType":13,"ExchangeMetaData":"x","PolicyDetails":{"PolicyName":3,"Rules":"r"}}`,
		`{"Id":1,"RecordType":8,"Actor":"x","Target":{"ID":1,"Type":"5"},"ModifiedProperties":{"Name":"n"}}`,
	} {
		if _, err := Normalise(record(aoc.KindUnified, raw), nil); err != nil {
			t.Errorf("%v: %s", err, raw)
		}
	}
}

func TestTrap06Addresses(t *testing.T) {
	for in, want := range map[string]string{
		"203.0.113.7":                  "203.0.113.7",
		"203.0.113.7:51234":            "203.0.113.7",
		"2001:DB8::0009":               "2001:db8::9",
		"[2001:db8::9]":                "2001:db8::9",
		"[2001:db8::9]:30943":          "2001:db8::9",
		"::ffff:203.0.113.7":           "203.0.113.7",
		"[::ffff:203.0.113.7]:443":     "203.0.113.7",
		"HOST (203.0.113.7)":           "203.0.113.7",
		"HOST (203.0.113.7:25)":        "203.0.113.7",
		"203.0.113.7, 198.51.100.1":    "203.0.113.7",
		" 203.0.113.7 ":                "203.0.113.7",
		"fe80::1%eth0":                 "fe80::1",
		"::1":                          "::1",
		"<null>":                       "",
		"":                             "",
		"NOTANIPV4 (10.9000.0.1)":      "",
		"ffff:10.11.0.229":             "",
		"0.0.0.0":                      "",
		"Ip Address value":             "",
		"66666666-6666-6666-6666-6666": "",
	} {
		if got := cleanIP(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTrap07MissingFields(t *testing.T) {
	ev := normalised(t, aoc.KindUnified, `{"CreationTime":"2026-03-02T06:33:00","RecordType":1,"OriginatingServer":"DB8 (15.20)\r\n"}`)
	if len(ev.ID) != 64 || ev.Service != "Exchange" || ev.RecordType != "ExchangeAdmin" || ev.Result != aoc.ResultUnknown {
		t.Errorf("%+v", ev)
	}
	again := normalised(t, aoc.KindUnified, ` {"OriginatingServer":"DB8 (15.20)\r\n", "RecordType":1,"CreationTime":"2026-03-02T06:33:00"} `)
	if again.Key != ev.Key || again.ID != ev.ID {
		t.Errorf("the same content in another order has another key: %q, %q", ev.DedupeKey, again.DedupeKey)
	}
	if other := normalised(t, aoc.KindUnified, `{"CreationTime":"2026-03-02T06:33:00","RecordType":1}`); other.Key == ev.Key {
		t.Error("different records without id have one key")
	}
	for _, kind := range kinds {
		ev := normalised(t, kind, `{}`)
		if ev.TimeFlag != "missing" || !ev.Timestamp.Equal(testReceived) || ev.DisplaySummary == "" || ev.Service == "" {
			t.Errorf("%s: %+v", kind, ev)
		}
		if strings.Contains(ev.DedupeKey, "2026") {
			t.Errorf("%s: the time of arrival is part of the key %q", kind, ev.DedupeKey)
		}
	}
	space := normalised(t, aoc.KindUnified, `{"Id":"1","RecordType":93,"Operation":"Access","Data State":"Use","ObjectId":"C:\\a\\b.docx","UserId":"bob@contoso.example"}`)
	if want := "bob@contoso.example opened protected file b.docx"; space.DisplaySummary != want {
		t.Errorf("%q, want %q", space.DisplaySummary, want)
	}
}

func TestTrap08EscapesStayInRaw(t *testing.T) {
	raw := `{"Id":"1","CreationTime":"2026-03-02T06:00:00","RecordType":6,"Workload":"SharePoint","Operation":"FileAccessed","UserId":"a\u006da@contoso.example","ObjectId":"https:\/\/contoso.sharepoint.example\/sites\/Finance\/\u003cx\u003e \ud83d\ude00.docx","Odd":"\ud83d"}`
	ev := normalised(t, aoc.KindUnified, raw)
	if string(ev.Raw) != raw {
		t.Errorf("raw changed: %s", ev.Raw)
	}
	if want := "ama@contoso.example accessed <x> 😀.docx in SharePoint site Finance"; ev.DisplaySummary != want {
		t.Errorf("%q, want %q", ev.DisplaySummary, want)
	}
}

func TestTrap09SystemNoiseIsMarked(t *testing.T) {
	for user, want := range map[string]struct {
		kind    aoc.ActorKind
		display string
	}{
		`NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)`: {aoc.ActorSystem, "Exchange (system)"},
		`NT AUTHORITY\\SYSTEM (w3wp)`:                           {aoc.ActorSystem, "Exchange (system)"},
		`S-1-5-18`:                                              {aoc.ActorSystem, "Local System"},
		`Microsoft\\ServiceOperator`:                            {aoc.ActorSystem, "Microsoft (service operator)"},
		`S-1-5-21-1-2-3-4`:                                      {aoc.ActorPerson, "account S-1-5-21-1-2-3-4"},
		`ada@contoso.example`:                                   {aoc.ActorPerson, "ada@contoso.example"},
	} {
		ev := normalised(t, aoc.KindUnified, `{"Id":"1","RecordType":1,"Workload":"Exchange","Operation":"Set-Mailbox","ResultStatus":"True","UserType":2,"UserId":"`+user+`"}`)
		if ev.ActorKind != want.kind || ev.ActorDisplay != want.display {
			t.Errorf("%s: %s %q, want %s %q", user, ev.ActorKind, ev.ActorDisplay, want.kind, want.display)
		}
	}
}

func TestTrap10LargeRecords(t *testing.T) {
	big := strings.Repeat("x", 1<<20)
	var list strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&list, `{"Name":"P%d","NewValue":"%d","OldValue":""},`, i, i)
	}
	ev := normalised(t, aoc.KindUnified, `{"Id":"1","RecordType":8,"Workload":"AzureActiveDirectory","Operation":"Update service principal.","ResultStatus":"Success","UserId":"`+big+`","ObjectId":"`+big+`",
		"ModifiedProperties":[`+list.String()+`{"Name":"Big","NewValue":"`+big+`"}]}`)
	if len(ev.Changes) > maxChanges || len([]rune(ev.ActorDisplay)) > maxDisplay || len([]rune(ev.DisplaySummary)) > maxSummary ||
		len([]rune(ev.TargetDisplays[0])) > maxDisplay {
		t.Errorf("%d changes, display %d, summary %d", len(ev.Changes), len(ev.ActorDisplay), len(ev.DisplaySummary))
	}
	deep := strings.Repeat(`{"a":`, 600) + "1" + strings.Repeat("}", 600)
	if _, err := Normalise(record(aoc.KindUnified, deep), nil); aoc.CodeOf(err) != aoc.CodeInvalid {
		t.Errorf("a record that nests 600 deep: %v", err)
	}
	inside := normalised(t, aoc.KindUnified, fmt.Sprintf(`{"Id":"1","RecordType":40,"Operation":"AlertTriggered","Name":"A","Data":%q}`, deep))
	if want := "Alert 'A' was raised"; inside.DisplaySummary != want {
		t.Errorf("%q, want %q", inside.DisplaySummary, want)
	}
}

func TestTrap11CaseDrifts(t *testing.T) {
	want := normalised(t, aoc.KindUnified, `{"Id":"1","CreationTime":"2026-03-02T06:00:00","OrganizationId":"99999999-aaaa-4bbb-8ccc-000000000000","RecordType":8,"Workload":"AzureActiveDirectory","Operation":"Add user.","ResultStatus":"Success","UserId":"ada@contoso.example","ObjectId":"bob@contoso.example"}`)
	got := normalised(t, aoc.KindUnified, `{"id":"1","creationtime":"2026-03-02T06:00:00","organizationid":"99999999-AAAA-4bbb-8ccc-000000000000","recordtype":8,"workload":"AzureActiveDirectory","operation":"Add user","resultstatus":"success","userid":"ada@contoso.example","objectid":"bob@contoso.example"}`)
	got.Raw = want.Raw
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	upper := normalised(t, aoc.KindUnified, `{"Id":"1","RecordType":8,"Workload":"AzureActiveDirectory","Operation":"Add User.","ResultStatus":"SUCCESS","UserId":"ADA@contoso.example","ObjectId":"Ada@contoso.example"}`)
	if upper.Result != aoc.ResultSuccess || !strings.Contains(upper.DisplaySummary, "added user") {
		t.Errorf("%s: %s", upper.Result, upper.DisplaySummary)
	}
	graph := normalised(t, aoc.KindDirectoryAudit, `{"id":"1","activityDisplayName":"Add user","result":"Success","targetResources":[{"displayName":"Bob","Type":"User"}]}`)
	if graph.Targets[0].Type != "User" || graph.Result != aoc.ResultSuccess {
		t.Errorf("%+v", graph)
	}
	workspace := normalised(t, aoc.KindUnified, `{"Id":"1","RecordType":20,"Workload":"PowerBI","Operation":"ViewWorkspace","UserId":"bob@contoso.example","WorkSpaceName":"Sales"}`)
	if want := "bob@contoso.example viewed workspace Sales"; workspace.DisplaySummary != want {
		t.Errorf("%q, want %q", workspace.DisplaySummary, want)
	}
}

func TestTrap12TextBeyondASCII(t *testing.T) {
	ev := normalised(t, aoc.KindDirectoryAudit, `{"id":"1","activityDisplayName":"Update application – Certificates and secrets management ","result":"success","initiatedBy":{"user":{"displayName":"Łukasz 李","id":"1"}},"targetResources":[{"displayName":"Bücher\u202egnp.exe\r\nx\u0000y","type":"Application","modifiedProperties":[]}]}`)
	if want := "Update application – Certificates and secrets management"; ev.Operation != want {
		t.Errorf("operation %q, want %q", ev.Operation, want)
	}
	if want := "Łukasz 李 changed the secrets and certificates of application Bücher\uFFFDgnp.exe x\uFFFDy"; ev.DisplaySummary != want {
		t.Errorf("%q, want %q", ev.DisplaySummary, want)
	}
	broken := normalised(t, aoc.KindUnified, "{\"Id\":\"1\",\"Operation\":\"FooCreated\",\"UserId\":\"b\xffb\",\"\xfe\":1}")
	if want := "b\uFFFDb"; broken.ActorDisplay != want {
		t.Errorf("%q, want %q", broken.ActorDisplay, want)
	}
}

func ptr(s string) *string { return &s }
