package httpapi

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"aoc"
)

const (
	adaID    = "aaaaaaaa-0000-4000-8000-00000000000a"
	groupID  = "bbbbbbbb-0000-4000-8000-00000000000b"
	unknown  = "cccccccc-0000-4000-8000-00000000000c"
	graphApp = "00000003-0000-0000-c000-000000000000"
	request  = "dddddddd-0000-4000-8000-00000000000d"
)

// explorer is a bench with events about objects that have ids:
//
//	11:59 Ada adds Bob to Admins, from 192.0.2.7; names ids that nobody else does
//	11:58 ada@contoso.example, of whom the record knows no id, makes a mailbox rule
//	11:57 the service does something by itself
//	11:56 Eve renames the group Admins
func explorer(t *testing.T) (b *bench, keys []string) {
	t.Helper()
	b = newBench(t)
	user := fmt.Sprintf(`{"user":{"id":%q,"displayName":"Ada Lovelace","userPrincipalName":"ada@contoso.example","ipAddress":"192.0.2.7"}}`, adaID)
	eve := `{"user":{"id":"eeeeeeee-0000-4000-8000-00000000000e","displayName":"Eve","userPrincipalName":"eve@contoso.example"}}`
	group := fmt.Sprintf(`{"id":%q,"displayName":"Admins","type":"Group"}`, groupID)
	audit := func(id, operation, by, target string, ago time.Duration) aoc.Event {
		return eventOf(t, aoc.Record{Kind: aoc.KindDirectoryAudit, TenantID: contoso, Raw: fmt.Appendf(nil,
			`{"id":%q,"category":"GroupManagement","activityDisplayName":%q,"result":"success","activityDateTime":%q,"correlationId":%q,"initiatedBy":%s,`+
				`"targetResources":[%s],"additionalDetails":[{"key":"a","value":%q},{"key":"b","value":%q}]}`,
			id, operation, noon.Add(-ago).Format(time.RFC3339), request, by, target, unknown, graphApp)})
	}
	unified := func(id, operation, userID, userType string, ago time.Duration) aoc.Event {
		return eventOf(t, aoc.Record{Kind: aoc.KindUnified, TenantID: contoso, Raw: fmt.Appendf(nil,
			`{"Id":%q,"CreationTime":%q,"Operation":%q,"OrganizationId":%q,"RecordType":1,"Workload":"Exchange","UserId":%q,"UserType":%s,"ResultStatus":"True"}`,
			id, noon.Add(-ago).Format("2006-01-02T15:04:05"), operation, contoso, userID, userType)})
	}
	events := []aoc.Event{
		audit("member", "Add member to group", user, group, time.Minute),
		unified("rule", "New-InboxRule", "ada@contoso.example", "0", 2*time.Minute),
		unified("service", "Set-Mailbox", "NT AUTHORITY\\SYSTEM (w3wp)", "4", 3*time.Minute),
		audit("rename", "Update group", eve, group, 4*time.Minute),
	}
	if _, err := b.store.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		keys = append(keys, e.Key)
	}
	return b, keys
}

func TestSummary(t *testing.T) {
	b, _ := explorer(t)
	s := b.get(t, "/api/events/summary?facets=source,actor_kind,tag&width=15m", 200)
	if s["total"] != 9.0 || s["hidden"] != 0.0 || s["complete"] != true || s["first"] != "2026-03-02T11:10:00Z" || s["last"] != "2026-03-02T11:59:00Z" {
		t.Errorf("summary %v", s)
	}
	facets := s["facets"].([]any)
	if got := text(facets[0]); got != `{"distinct":2,"field":"source","missing":0,"values":[{"count":6,"value":"directory"},{"count":3,"value":"unified"}]}` {
		t.Errorf("sources %s", got)
	}
	if got := text(facets[2]); got != `{"distinct":0,"field":"tag","missing":9,"values":[]}` {
		t.Errorf("tags %s", got)
	}
	bars := 0.0
	for _, bar := range s["histogram"].(object)["buckets"].([]any) {
		bars += bar.(object)["count"].(float64)
	}
	if bars != 9 {
		t.Errorf("bars hold %v", bars)
	}
	for query, want := range map[string]string{
		"noise=hide":                        "8 1",
		"noise=hide&q=kind:system":          "1 0", // asked for
		"noise=hide&q=exchange":             "2 1",
		"q=" + url.QueryEscape("ada -rule"): "3 0",
		"start=2026-03-02T11:57:30Z":        "2 0",
		"q=nothingatall":                    "0 0",
	} {
		s := b.get(t, "/api/events/summary?"+query, 200)
		if got := fmt.Sprint(s["total"], " ", s["hidden"]); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
		if page := b.get(t, "/api/events?"+query, 200); float64(len(page["items"].([]any))) != s["total"] || page["last_seq"] != 9.0 {
			t.Errorf("%s: %d rows, last_seq %v", query, len(page["items"].([]any)), page["last_seq"])
		}
	}
}

func TestFacet(t *testing.T) {
	b, _ := explorer(t)
	for query, want := range map[string]string{
		"field=operation&contains=GROUP":      `[{"count":2,"value":"Add member to group"},{"count":1,"value":"Update group"}] 2 9`,
		"field=operation&contains=group&n=1":  `[{"count":2,"value":"Add member to group"}] 2 9`,
		"field=actor&contains=zz":             `[] 0 9`,
		"field=ip":                            `[{"count":1,"value":"192.0.2.7"}] 1 9`,
		"field=result&q=operation:%22Delete*": ``,
	} {
		if want == "" {
			b.get(t, "/api/facets?"+query, 422) // the quotation mark is never closed
			continue
		}
		f := b.get(t, "/api/facets?"+query, 200)
		if got := text(f["values"]) + fmt.Sprint(" ", f["distinct"], " ", f["total"]); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if f := b.get(t, "/api/facets?field=ip", 200); f["missing"] != 8.0 {
		t.Errorf("missing: %v", f)
	}
}

func TestComplete(t *testing.T) {
	b, _ := explorer(t)
	b.send(t, "PATCH", "/api/events/a1/tags", object{"add": []string{"incident 7"}}, 200)
	for _, tt := range []struct {
		q    string // | is where somebody types
		kind string
		want string // from-to, then what the first items are and how often they occur
	}{
		{"op|", "field", `0-2 operation:(null)`},
		{"ada oper|", "field", `4-8 operation:(null)`},
		{"operation:|", "value", `10-10 "Add member to group"(2) New-InboxRule(2)`},
		{"operation:upd|", "value", `10-13 "Update user"(2) "Update group"(1)`},
		{"actor:Bob operation:|", "value", `20-20 "Update user"(2)`},
		{`actor:"ada|`, "value", `6-10 Ada(2) "Ada Lovelace"(1)`},
		{"-result:fail|", "value", `8-12 failure(1)`},
		{"-𝕏 tag:inc|", "value", `8-11 "incident 7"(1)`},
		{"is:un|", "value", `3-5 unreviewed(null)`},
		{"review:|", "value", `7-7 expected(null) unexpected(null)`},
		{"after:-2|", "value", `6-8 -24h(null)`},
		{"target:adm|", "value", `7-10 Admins(null)`},
		{"x OR| y", "keyword", `2-4 "OR "(null)`},
		{"bo|", "field", `0-2 actor:Bob(2)`},
		{"actor:(( operation:new|", "value", ``},
		{"(source:|", "value", `8-8 directory(6) unified(3)`},
		{"nofield:x|", "none", ``},
	} {
		t.Run(tt.q, func(t *testing.T) {
			before, after, _ := strings.Cut(tt.q, "|")
			at := len([]rune(before))
			if strings.Contains(before, "𝕏") {
				at++ // two code units
			}
			c := b.get(t, fmt.Sprintf("/api/complete?q=%s&at=%d", url.QueryEscape(before+after), at), 200)
			if c["kind"] != tt.kind {
				t.Errorf("kind %v, want %s", c["kind"], tt.kind)
			}
			got := fmt.Sprint(c["from"], "-", c["to"])
			for i, item := range c["items"].([]any) {
				if i < 2 {
					got += fmt.Sprintf(" %v(%s)", item.(object)["insert"], text(item.(object)["count"]))
				}
			}
			if tt.want != "" && !strings.HasPrefix(strings.ReplaceAll(got, "OR (", `"OR "(`), tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if c := b.get(t, "/api/complete", 200); len(c["items"].([]any)) < 10 {
		t.Errorf("nothing typed yet: %v", c)
	}
}

func TestQueryErrors(t *testing.T) {
	b := newBench(t)
	for query, want := range map[string]string{
		"actro:ada":                `"ctx":{"at":0,"to":`,
		"ada AND (x":               `"ctx":{"at":8,"to":`,
		"𝕏 result:maybe(":          `"ctx":{"at":`,
		"is:strange":               `"ctx":{"at":`,
		"after:whenever":           `"hint":`,
		strings.Repeat("x ", 3000): `"loc":["query","q"]`,
	} {
		for _, path := range []string{"/api/events", "/api/events/summary", "/api/events/histogram", "/api/events/export", "/api/events/stream", "/api/review/queue"} {
			w := b.ask("GET", path+"?q="+url.QueryEscape(query), "")
			if w.Code != 422 || !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), `"loc":["query","q"]`) {
				t.Errorf("%s %.20q: %d %s", path, query, w.Code, w.Body)
			}
		}
	}
	if w := b.ask("GET", "/api/events?tz=Mars/Base", ""); w.Code != 422 || !strings.Contains(w.Body.String(), "Europe/Berlin") {
		t.Errorf("zone: %d %s", w.Code, w.Body)
	}
}

func TestNamesOfGUIDs(t *testing.T) {
	b, keys := explorer(t)
	if err := b.store.PutNames(t.Context(), []aoc.DirectoryName{
		{TenantID: contoso, ID: groupID, Kind: "group", Name: "Admins of old", Since: noon.Add(-48 * time.Hour), Seen: noon},
		{TenantID: contoso, ID: groupID, Kind: "group", Name: "Admins of later", Since: noon.Add(time.Hour), Seen: noon.Add(time.Hour)},
	}); err != nil {
		t.Fatal(err)
	}
	items := b.get(t, "/api/events/"+keys[0]+"/names", 200)["items"].(object)
	want := map[string]string{
		groupID:  `{"kind":"group","name":"Admins of old"}`, // as it was called then
		adaID:    `{"kind":"user","name":"Ada Lovelace","upn":"ada@contoso.example"}`,
		graphApp: `{"kind":"app","name":"Microsoft Graph"}`,
	}
	for id, name := range want {
		if got := text(items[id]); got != name {
			t.Errorf("%s: %s, want %s", id, got, name)
		}
	}
	if len(items) != len(want) {
		t.Errorf("names %v", items)
	}
	// A name that only another event knows.
	e := eventOf(t, aoc.Record{Kind: aoc.KindDirectoryAudit, TenantID: contoso, Raw: fmt.Appendf(nil,
		`{"id":"device","category":"Device","activityDisplayName":"Add device","result":"success","activityDateTime":"2026-03-02T10:00:00Z","targetResources":[{"id":%q,"displayName":"LAPTOP-7","type":"Device"}]}`, unknown)})
	if _, err := b.store.Append(t.Context(), []aoc.Event{e}); err != nil {
		t.Fatal(err)
	}
	items = b.get(t, "/api/events/"+keys[3]+"/names", 200)["items"].(object)
	if got := text(items[unknown]); got != `{"kind":"device","name":"LAPTOP-7"}` && got != "null" { // null: asked a moment ago
		t.Errorf("from another event: %s", got)
	}
	b.get(t, "/api/events/none/names", 404)
}

func TestRelated(t *testing.T) {
	b, keys := explorer(t)
	items := b.get(t, "/api/events/"+keys[0]+"/related", 200)["items"].([]any)
	want := map[string]float64{"actor": 4, "target": 2, "ip": 1, "correlation": 2}
	for _, item := range items {
		r := item.(object)
		by := r["by"].(string)
		if r["total"] != want[by] {
			t.Errorf("%s: %v, want %v", by, r["total"], want[by])
		}
		// The link shows the same.
		page := b.get(t, "/api/events?q="+url.QueryEscape(r["q"].(string))+"&start="+url.QueryEscape(r["start"].(string))+"&end="+url.QueryEscape(r["end"].(string)), 200)
		if float64(len(page["items"].([]any))) != r["total"] {
			t.Errorf("%s: q %v finds %d", by, r["q"], len(page["items"].([]any)))
		}
		if got := float64(len(r["events"].([]any))); got != r["total"].(float64)-1 {
			t.Errorf("%s: %v events", by, got)
		}
		delete(want, by)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	b.get(t, "/api/events/"+keys[0]+"/related?hours=0", 422)
	b.get(t, "/api/events/"+keys[0]+"/related?hours=169", 422)
	b.get(t, "/api/events/none/related", 404)
}

func TestEntity(t *testing.T) {
	b, _ := explorer(t)
	for target, want := range map[string]string{
		// The id stands for the principal name and the other way round; the stock's Ada has
		// the same principal name.
		"user/" + adaID:            `Ada Lovelace 4 4 0`,
		"user/ADA@contoso.example": `Ada Lovelace 4 4 0`,
		"group/" + groupID:         `Admins 2 0 2`,
		"group/Admins":             `Admins 2 0 2`,
		"user/Ada":                 `Ada 2 2 0`, // a name means the name
		"address/192.0.2.7":        `192.0.2.7 1 1 0`,
		"object/nothing":           `nothing 0 0 0`,
		"app/" + graphApp:          `Microsoft Graph 0 0 0`,
	} {
		e := b.get(t, "/api/entities/"+target, 200)
		got := fmt.Sprint(e["name"], " ", e["total"], " ", e["by"].(object)["total"], " ", e["to"].(object)["total"])
		if got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
		for _, side := range []string{"by", "to"} {
			a := e[side].(object)
			if a["q"] == "" {
				continue
			}
			if page := b.get(t, "/api/events?q="+url.QueryEscape(a["q"].(string)), 200); float64(len(page["items"].([]any))) != a["total"] {
				t.Errorf("%s: %s: q %v finds %d", target, side, a["q"], len(page["items"].([]any)))
			}
		}
	}
	e := b.get(t, "/api/entities/group/"+groupID, 200)
	if len(e["changes_to"].([]any)) != 2 || len(e["changes_by"].([]any)) != 0 || e["first"] != "2026-03-02T11:56:00Z" {
		t.Errorf("group: %v", e)
	}
	if e := b.get(t, "/api/entities/group/"+groupID+"?start=2026-03-02T11:58:00Z", 200); e["total"] != 1.0 {
		t.Errorf("group of late: %v", e["total"])
	}
	b.get(t, "/api/entities/planet/x", 422)
	b.get(t, "/api/entities/user/x?start=2026-03-02&end=2026-03-01", 422)
	hostile := b.get(t, "/api/entities/user/"+url.PathEscape(`"><script> OR (`), 200)
	if hostile["total"] != 0.0 {
		t.Errorf("hostile: %v", hostile)
	}
	address := "https://contoso.example/sites//a b?c#d%2F"
	if e := b.get(t, "/api/entities/object/"+url.PathEscape(address), 200); e["id"] != address {
		t.Errorf("an address as id: %v", e["id"])
	}
}
