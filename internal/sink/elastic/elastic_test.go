package elastic

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"aoc"
	"aoc/internal/sink"
	"aoc/internal/sink/sinktest"
)

// cluster is a bulk API that keeps documents by _id.
type cluster struct {
	mu   sync.Mutex
	docs map[string]bool
}

// sent is what a bulk request holds.
type sent struct {
	id, index string
	doc       map[string]any
}

func parse(t *testing.T, r *http.Request, body []byte) []sent {
	t.Helper()
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Error(err)
			return nil
		}
		if body, err = io.ReadAll(z); err != nil {
			t.Error(err)
		}
	}
	var all []sent
	dec := json.NewDecoder(bytes.NewReader(body))
	for dec.More() {
		var action map[string]map[string]string
		var doc map[string]any
		if err := dec.Decode(&action); err != nil {
			t.Error(err)
			return all
		}
		if err := dec.Decode(&doc); err != nil {
			t.Error(err)
			return all
		}
		all = append(all, sent{action["create"]["_id"], action["create"]["_index"], doc})
	}
	if n := bytes.Count(body, []byte("\n")); n != 2*len(all) || !bytes.HasSuffix(body, []byte("\n")) {
		t.Errorf("%d lines for %d documents", n, len(all))
	}
	return all
}

func TestConformance(t *testing.T) {
	sinktest.Run(t, sinktest.Rig{
		Refuses: true, Unordered: true,
		Faults: []sinktest.Fault{sinktest.Cut, sinktest.Half, sinktest.Unsaid, sinktest.Stall, sinktest.Busy, sinktest.Broken},
		Start: func(t *testing.T, s *sinktest.Script) func() sink.Sink {
			c := &cluster{docs: map[string]bool{}}
			server := sinktest.Serve(t, s, func(w http.ResponseWriter, r *http.Request, body []byte, most int) {
				c.mu.Lock()
				defer c.mu.Unlock()
				var items []string
				for i, one := range parse(t, r, body) {
					status, fault := 201, ""
					switch {
					case s.Refuses(one.id):
						status, fault = 400, `,"error":{"type":"document_parsing_exception","reason":"no"}`
					case most >= 0 && (i+most)%3 == 0:
						status, fault = []int{429, 503, 500}[i%3], `,"error":{"type":"es_rejected_execution_exception","reason":"full"}`
					case c.docs[one.id]:
						status, fault = 409, `,"error":{"type":"version_conflict_engine_exception","reason":"there"}`
					default:
						c.docs[one.id] = true
						s.Take(one.id)
					}
					items = append(items, fmt.Sprintf(`{"create":{"_id":%q,"status":%d%s}}`, one.id, status, fault))
				}
				fmt.Fprintf(w, `{"errors":true,"items":[%s]}`, strings.Join(items, ","))
			})
			return func() sink.Sink {
				return sinktest.Make(t, Kind(), sinktest.Deps(t, map[string]string{"PASS": "p"}), map[string]string{"url": server.URL + "/x/", "username": "u", "password": "PASS"})
			}
		},
	})
}

// Of a batch whose items the cluster has no room for only those come again.
func TestOnlyTheRestIsSentAgain(t *testing.T) {
	var sizes []int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n := len(parse(t, r, body))
		sizes = append(sizes, n)
		statuses := []string{`{"create":{"status":201}}`}
		for range n - 1 {
			statuses = append(statuses, `{"create":{"status":429}}`)
		}
		fmt.Fprintf(w, `{"items":[%s]}`, strings.Join(statuses, ","))
	}))
	defer server.Close()
	s := sinktest.Make(t, Kind(), sinktest.Deps(t, nil), map[string]string{"url": server.URL})
	batch := sinktest.Events(3, 1)
	for i, want := range []aoc.Code{aoc.CodeThrottled, aoc.CodeThrottled, ""} {
		if _, err := s.Send(t.Context(), batch); aoc.CodeOf(err) != want {
			t.Errorf("time %d: %v", i, err)
		}
	}
	if fmt.Sprint(sizes) != "[3 2 1]" {
		t.Errorf("sizes of requests: %v", sizes)
	}
}

// What is wrong with the settings refuses no record.
func TestSettingsRefuseNoRecord(t *testing.T) {
	for _, item := range []string{`{"status":403,"error":{"type":"security_exception"}}`, `{"status":404,"error":{"type":"index_not_found_exception"}}`, `{"status":403,"error":{"type":"cluster_block_exception"}}`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"items":[{"create":%s}]}`, item) }))
		s := sinktest.Make(t, Kind(), sinktest.Deps(t, nil), map[string]string{"url": server.URL})
		if rejected, err := s.Send(t.Context(), sinktest.Events(1, 1)); err == nil || rejected != nil || aoc.HintOf(err) == "" {
			t.Errorf("%s: %v, %v", item, rejected, err)
		}
		server.Close()
	}
	for _, settings := range []map[string]string{
		{"url": "http://x", "api_key": "K", "username": "u", "password": "P"}, {"url": "http://x", "username": "u"}, {"url": "http://user:pass@x"}, {"url": "x"}, {"url": "http://x", "query": "%zz"}, {"url": "http://x", "api_key": "lower"}, {"url": "http://x", "nothing": "1"},
	} {
		_, _, err := sink.New([]sink.Kind{Kind()}, sink.Config{ID: "a", Kind: Name, Settings: settings}, sinktest.Deps(t, map[string]string{"K": "k", "P": "p"}))
		if aoc.CodeOf(err) != aoc.CodeInvalid || strings.Contains(err.Error(), "pass@") {
			t.Errorf("%v: %v", settings, err)
		}
	}
}

// A document says in ECS's fields what the event says, and is taken by fields of strict types.
func TestDocument(t *testing.T) {
	e := sinktest.Events(1, 1)[0]
	e.Operation, e.Actor.Name, e.Revisions, e.Tags = "Add member to role", "Ada Lovelace", 2, []string{"vip"}
	e.Targets = append([]aoc.Target{{ID: "r", Name: "Role", Type: "Role"}}, e.Targets...)
	d, err := newDocument(&e, true)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]any{
		"@timestamp": "2026-03-04T05:06:07.89Z", "event.id": e.Key, "event.kind": "event", "event.category": []any{"iam"}, "event.type": []any{"creation"}, "event.action": "Add member to role",
		"event.outcome": string(e.Result), "event.original": string(e.Raw), "user.id": "a-1", "user.name": "ada@contoso.example", "user.email": "ada@contoso.example", "user.domain": "contoso.example",
		"user.full_name": "Ada Lovelace", "user.target.id": "t-1", "source.ip": "192.0.2.7", "related.ip": []any{"192.0.2.7"}, "organization.id": e.TenantID, "cloud.account.id": e.TenantID,
		"ecs.version": ecsVersion, "message": e.DisplaySummary, "aoc.key": e.Key, "aoc.raw": nil, "tags": []any{"vip"},
	} {
		var got any = m
		for part := range strings.SplitSeq(path, ".") {
			got = got.(map[string]any)[part]
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if id := docID(&e); id != e.Key+".r2" {
		t.Errorf("the _id of a later version is %s", id)
	}
	e.ClientIP, e.Result = "not an address", aoc.ResultPartial
	if d, err := newDocument(&e, false); err != nil || d.Source != nil || d.Event.Outcome != "unknown" || d.Event.Original != "" {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestCategories: what each source is about, in ECS's words; a type must be one that ECS
// expects beside its category.
func TestCategories(t *testing.T) {
	for source, want := range map[aoc.Source][2]string{
		aoc.SourceSignIn: {"authentication", "start"}, aoc.SourceDirectory: {"iam", "info"}, aoc.SourceIntune: {"configuration", "info"},
		aoc.SourceRisk: {"intrusion_detection", "info"},
	} {
		e := &aoc.Event{Source: source, Workload: "Entra ID", Operation: "Risk detected: password spray"}
		if source == aoc.SourceIntune {
			e.Workload = "Intune"
		}
		if c, k := categories(e), types(e); len(c) != 1 || len(k) != 1 || c[0] != want[0] || k[0] != want[1] {
			t.Errorf("%s: %v, %v, want %v", source, c, k, want)
		}
	}
}
