package normalise

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aoc"
	"aoc/internal/rawjson"
)

func TestNormaliseRefusesOnlyWhatCannotBeDecoded(t *testing.T) {
	for name, tt := range map[string]struct {
		record aoc.Record
		want   string
	}{
		"not JSON":       {record(aoc.KindUnified, `{"Id":`), "not valid JSON"},
		"two values":     {record(aoc.KindUnified, `{"Id":"1"}{"Id":"2"}`), "not valid JSON"},
		"empty":          {record(aoc.KindUnified, ``), "not valid JSON"},
		"an array":       {record(aoc.KindUnified, `[{"Id":"1"}]`), "not a JSON object"},
		"a string":       {record(aoc.KindUnified, `"x"`), "not a JSON object"},
		"no kind":        {record("", `{"Id":"1"}`), "kind"},
		"an odd kind":    {record("toaster", `{"Id":"1"}`), "toaster"},
		"a problem":      {aoc.Record{Kind: aoc.KindUnified, Raw: []byte(`{}`), Problem: "line 7 is cut off"}, "line 7 is cut off"},
		"broken in text": {record(aoc.KindUnified, "{\"Id\":\"a\nb\"}"), "not valid JSON"},
	} {
		_, err := Normalise(tt.record, nil)
		if aoc.CodeOf(err) != aoc.CodeInvalid || !strings.Contains(aoc.MessageOf(err), tt.want) {
			t.Errorf("%s: %v, want code invalid and %q", name, err, tt.want)
		}
	}
}

func TestEventTimeOutsideReason(t *testing.T) {
	late := normalised(t, aoc.KindUnified, `{"Id":"1","CreationTime":"0001-01-01T00:00:00","StartTime":"2026-03-02T01:02:03"}`)
	if want := time.Date(2026, 3, 2, 1, 2, 3, 0, time.UTC); !late.Timestamp.Equal(want) || late.TimeFlag != "" {
		t.Errorf("%v %q, want %v from the other field", late.Timestamp, late.TimeFlag, want)
	}
	for s, flag := range map[string]string{
		"1989-12-31T23:59:59": "implausible",
		"0001-01-01T00:00:00": "implausible",
		"2026-03-05T00:00:01": "implausible", // received 2026-03-03
		"2026-03-05T00:00:00": "",
		"1990-01-01T00:00:00": "",
		"2026-02-30T00:00:00": "missing",
		"2026-13-01T00:00:00": "missing",
		"2026-03-02T25:00:00": "missing",
		"2026-03-02":          "missing",
		"yesterday":           "missing",
		"":                    "missing",
	} {
		ev := normalised(t, aoc.KindUnified, `{"Id":"1","CreationTime":"`+s+`"}`)
		if ev.TimeFlag != flag {
			t.Errorf("%s: flag %q, want %q", s, ev.TimeFlag, flag)
		}
		if flag != "" && !ev.Timestamp.Equal(testReceived) {
			t.Errorf("%s: %v, want the time it was received", s, ev.Timestamp)
		}
	}
}

func TestTenant(t *testing.T) {
	const other = "88888888-aaaa-4bbb-8ccc-000000000000"
	for name, tt := range map[string]struct {
		kind       aoc.RecordKind
		raw, given string
		want       string
	}{
		"unified names it":          {aoc.KindUnified, `{"OrganizationId":"88888888-AAAA-4bbb-8ccc-000000000000"}`, testTenant, other},
		"unified does not":          {aoc.KindUnified, `{}`, strings.ToUpper(testTenant), testTenant},
		"nobody does":               {aoc.KindUnified, `{}`, "", ""},
		"envelope":                  {aoc.KindIntuneDiagnostic, `{"tenantId":"` + other + `","properties":{}}`, testTenant, other},
		"a guest's home is not it":  {aoc.KindDirectoryAudit, `{"initiatedBy":{"user":{"homeTenantId":"` + other + `"}}}`, testTenant, testTenant},
		"sign-in, transport knows":  {aoc.KindSignIn, `{"homeTenantId":"` + other + `","resourceTenantId":"` + other + `"}`, testTenant, testTenant},
		"sign-in in one tenant":     {aoc.KindSignIn, `{"homeTenantId":"` + other + `","resourceTenantId":"` + other + `"}`, "", other},
		"sign-in between tenants":   {aoc.KindSignIn, `{"homeTenantId":"` + other + `","resourceTenantId":"` + testTenant + `"}`, "", ""},
		"directory from Azure logs": {aoc.KindDirectoryAudit, `{"tenantId":"` + other + `","properties":{"activityDisplayName":"x"}}`, "", other},
	} {
		r := record(tt.kind, tt.raw)
		r.TenantID = tt.given
		ev, err := Normalise(r, nil)
		if err != nil || ev.TenantID != tt.want {
			t.Errorf("%s: %q (%v), want %q", name, ev.TenantID, err, tt.want)
		}
	}
}

func TestNamesAreAskedForWhatIsNotNamed(t *testing.T) {
	names := &directory{missed: map[string]bool{}}
	raw := `{"id":"1","activityDateTime":"2026-03-02T09:15:27Z","activityDisplayName":"Add member to group","result":"success",
		"initiatedBy":{"app":{"servicePrincipalId":"DDDDDDDD-aaaa-4bbb-8ccc-000000000001","appId":"88888888-AAAA-4bbb-8ccc-000000000001"}},
		"targetResources":[{"id":"11111111-aaaa-4bbb-8ccc-000000000002","type":"User"},{"id":"66666666-aaaa-4bbb-8ccc-000000000009","type":"Group"},{"id":"66666666-aaaa-4bbb-8ccc-00000000000a","displayName":"Known","type":"Group"}]}`
	ev, err := Normalise(record(aoc.KindDirectoryAudit, raw), names)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Backup robot added Bob Ray to group 66666666-aaaa-4bbb-8ccc-000000000009"; ev.DisplaySummary != want {
		t.Errorf("%q, want %q", ev.DisplaySummary, want)
	}
	if diff := cmp.Diff(map[string]bool{"66666666-aaaa-4bbb-8ccc-000000000009": true}, names.missed); diff != "" {
		t.Errorf("missed (-want +got):\n%s", diff)
	}
}

func TestKeysDoNotDependOnNames(t *testing.T) {
	for _, kind := range kinds {
		for _, raw := range fixtures(t, kind) {
			with, err1 := Normalise(record(kind, raw), &directory{})
			without, err2 := Normalise(record(kind, raw), nil)
			if err1 != nil || err2 != nil || with.Key != without.Key || with.ID != without.ID {
				t.Errorf("%q and %q (%v, %v)", with.DedupeKey, without.DedupeKey, err1, err2)
			}
		}
	}
}

func TestReadAccount(t *testing.T) {
	for in, want := range map[string]account{
		"ada@contoso.example":                         {display: "ada@contoso.example", upn: "ada@contoso.example", kind: aoc.ActorPerson, typ: "User"},
		"cy_fabrikam.example#EXT#@contoso.example":    {display: "cy@fabrikam.example", upn: "cy_fabrikam.example#EXT#@contoso.example", kind: aoc.ActorPerson, typ: "User"},
		"a_b_fabrikam.example#ext#@contoso.example":   {display: "a_b@fabrikam.example", upn: "a_b_fabrikam.example#ext#@contoso.example", kind: aoc.ActorPerson, typ: "User"},
		"urn:spo:guest#cy@fabrikam.example":           {display: "cy@fabrikam.example", upn: "cy@fabrikam.example", kind: aoc.ActorPerson, typ: "User"},
		"urn:spo:anon#8a7f":                           {display: "Anonymous user", kind: aoc.ActorPerson, typ: "User"},
		"i:0#.f|membership|ada@contoso.example":       {display: "ada@contoso.example", upn: "ada@contoso.example", kind: aoc.ActorPerson, typ: "User"},
		"i:0h.f|membership|1003200000abcdef@live.com": {display: "account 1003200000abcdef", kind: aoc.ActorPerson, typ: "User"},
		"c:0(.s|true": {display: "Everyone", typ: "Group"},
		"c:0-.f|rolemanager|spo-grid-all-users/9999":                                    {display: "Everyone except external users", typ: "Group"},
		"c:0o.c|federateddirectoryclaimprovider|66666666-aaaa-4bbb-8ccc-000000000009_o": {display: "66666666-aaaa-4bbb-8ccc-000000000009", id: "66666666-aaaa-4bbb-8ccc-000000000009", typ: "Group"},
		"ServicePrincipal_66666666-aaaa-4bbb-8ccc-000000000009":                         {display: "66666666-aaaa-4bbb-8ccc-000000000009", id: "66666666-aaaa-4bbb-8ccc-000000000009", kind: aoc.ActorApp, typ: "ServicePrincipal"},
		"Certificate":                    {display: "Microsoft (certificate)", kind: aoc.ActorSystem},
		"app@sharepoint":                 {display: "SharePoint app", kind: aoc.ActorApp},
		`SHAREPOINT\system`:              {display: "SharePoint (system)", kind: aoc.ActorSystem},
		`NT AUTHORITY\SYSTEM (x)`:        {display: "Exchange (system)", kind: aoc.ActorSystem},
		"DlpAgent":                       {display: "DLP (system)", kind: aoc.ActorSystem},
		"S-1-1-0":                        {display: "Everyone"},
		"S-1-5-21-9":                     {display: "account S-1-5-21-9"},
		"Not Available":                  {},
		"<null>":                         {},
		"":                               {},
		"#ext#@":                         {display: "#ext#@", upn: "#ext#@", kind: aoc.ActorPerson, typ: "User"},
		"Sync_HOST_1a2b@contoso.example": {display: "Directory sync (Sync_HOST_1a2b)", upn: "Sync_HOST_1a2b@contoso.example", kind: aoc.ActorApp, typ: "User"},
	} {
		if got := readAccount(in, "Exchange"); got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"FooBarCreated": "foo bar created", "DLPRuleMatch": "DLP rule match", "DlpRuleMatch": "dlp rule match",
		"Update user": "update user", "assignDeviceManagementScript": "assign device management script",
		"ManagedURLsUpdated": "managed URLs updated", "SearchQueryInitiatedSharePoint": "search query initiated SharePoint",
		"Set-MailboxPlan": "set mailbox plan", "": "", "A": "a", "__x__": "x", "X509Added": "X509 added",
	} {
		if got := words(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", " a  b ": "a b", "a\r\n\tb": "a b", "a\u2028b": "a b", "a\x00b": "a\uFFFDb",
		"a\u202eb": "a\uFFFDb", "a\u200bb": "a\uFFFDb", "\ufeffa": "\uFFFDa", "a\xffb": "a\uFFFDb",
		"👩\u200d💻": "👩\u200d💻", "0123456789ABCDEF": "012345678…", "éééééééééé": "éééééééééé", "ééééééééééé": "ééééééééé…",
	} {
		if got := clean(in, 10); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPastTense(t *testing.T) {
	for in, want := range map[string]string{
		"add": "added", "create": "created", "copy": "copied", "deploy": "deployed", "run": "ran", "set": "set",
		"sign in to Teams": "signed in to Teams", "cancel": "cancelled", "send a message": "sent a message",
		"take part": "took part", "break the rule": "broke the rule", "get": "got",
	} {
		if got := pastTense(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCommandLine(t *testing.T) {
	got := map[string]string{}
	for name, value := range commandLine(`-Name "Default - policy" -Locations ("A (b)", "C") -Enabled -Mode:Enforce -Empty "" -Rest "cut off`) {
		got[name] = value
	}
	want := map[string]string{"Name": "Default - policy", "Locations": `A (b)", "C`, "Enabled": "True", "Mode": "Enforce", "Empty": "", "Rest": "cut off"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestObjectOfPath(t *testing.T) {
	for in, want := range map[string]string{
		"EURPR01.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/contoso.example/mary":         "mary",
		`EURPR01.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/contoso.example/mary\archive`: "archive",
		`contoso.example\Transport Settings`:              "Transport Settings",
		"/o=ExchangeLabs/ou=X/cn=Recipients/cn=1a2b-mary": "1a2b-mary",
		`\1a2b`: "1a2b", "mary": "mary", "": "", `mary\`: `mary\`, "https://contoso.example/x": "https://contoso.example/x",
	} {
		if got := objectOfPath(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestRecordTypes(t *testing.T) {
	if len(recordTypes) < 470 {
		t.Errorf("%d record types are named", len(recordTypes))
	}
	for n, want := range map[int64]string{
		0: "Generic", 1: "ExchangeAdmin", 15: "AzureActiveDirectoryStsLogon", 22: "Viva Engage", 79: "PowerAppsResource",
		261: "CopilotInteraction", 372: "CrossTenantAccessPolicy", 422: "VivaEngageEvents", 475: "SparkCoreCustomLivePool",
		9999: "RecordType 9999", -1: "RecordType -1",
	} {
		if got := recordTypeName(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for name := range unifiedTypes {
		found := false
		for _, known := range recordTypes {
			found = found || known == name
		}
		if !found {
			t.Errorf("%s is read in its own way and is no record type", name)
		}
	}
}

func TestWellKnownTables(t *testing.T) {
	for _, table := range []map[string]string{wellKnownApps, wellKnownRoles} {
		for id, name := range table {
			if !isGUID(id) || id != strings.ToLower(id) || name == "" {
				t.Errorf("%q: %q", id, name)
			}
		}
	}
}

// FuzzNormalise puts any bytes through every kind: nothing may panic, the same record must
// give the same event, and what people read must stay on one line and within bounds.
func FuzzNormalise(f *testing.F) {
	for _, kind := range kinds {
		for _, raw := range fixtures(f, kind) {
			f.Add([]byte(raw))
		}
	}
	f.Add([]byte(`{"Id":"1","Operation":"x_y#ext#","UserId":"|","ObjectId":"://","RecordType":1e999,"Parameters":"-(\")","EventData":"<a><b></"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, kind := range kinds {
			r := aoc.Record{Kind: kind, TenantID: testTenant, Raw: raw, ReceivedAt: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)}
			ev, err := Normalise(r, &directory{})
			again, err2 := Normalise(r, nil)
			if (err == nil) != (err2 == nil) || ev.Key != again.Key || ev.ID != again.ID {
				t.Fatalf("%s: %q and %q (%v, %v)", kind, ev.DedupeKey, again.DedupeKey, err, err2)
			}
			if err != nil {
				if rawjson.Valid(raw) && raw[0] == '{' {
					t.Fatalf("%s: a JSON object is refused: %v", kind, err)
				}
				continue
			}
			if ev.Key == "" || ev.ID == "" || ev.DisplaySummary == "" || ev.ActorDisplay == "" || ev.Timestamp.IsZero() ||
				len(ev.Targets) != len(ev.TargetDisplays) || ev.Changes == nil {
				t.Fatalf("%s: %+v", kind, ev)
			}
			for _, shown := range append([]string{ev.DisplaySummary, ev.ActorDisplay, ev.Operation, ev.Service}, ev.TargetDisplays...) {
				if clean(shown, maxSummary) != shown {
					t.Fatalf("%s: %q is not fit to be shown", kind, shown)
				}
			}
		}
	})
}

func BenchmarkNormalise(b *testing.B) {
	for _, kind := range kinds {
		b.Run(string(kind), func(b *testing.B) {
			var records []aoc.Record
			size := 0
			for _, raw := range fixtures(b, kind) {
				records = append(records, record(kind, raw))
				size += len(raw)
			}
			b.SetBytes(int64(size / len(records)))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := Normalise(records[i%len(records)], nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
