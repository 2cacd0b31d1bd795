package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"aoc"
	"aoc/internal/httpapi/metrics"
)

const goldenRoutes = "testdata/routes.golden"

// TestOpenAPI holds the documented routes, with their parameters and answers, against a
// golden file: AOC_UPDATE_GOLDEN=1 writes it anew.
func TestOpenAPI(t *testing.T) {
	b := newBench(t)
	w := b.ask("GET", "/openapi.json", "")
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Parameters  []struct {
				Name, In string
				Explode  bool
				Schema   map[string]any
			}
			Responses map[string]any
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", doc.OpenAPI)
	}
	var lines []string
	for path, methods := range doc.Paths {
		for method, op := range methods {
			line := strings.ToUpper(method) + " " + path + " " + op.OperationID
			for _, p := range op.Parameters {
				line += " " + p.In + ":" + p.Name
				if p.Explode && p.Schema["type"] != "string" {
					line += "*"
				}
			}
			var statuses []string
			for s := range op.Responses {
				statuses = append(statuses, s)
			}
			slices.Sort(statuses)
			lines = append(lines, line+" -> "+strings.Join(statuses, ","))
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	if os.Getenv("AOC_UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(goldenRoutes, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenRoutes)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("routes (-golden +now):\n%s", diff)
	}
	for _, ref := range regexp.MustCompile(`#/components/schemas/(\w+)`).FindAllStringSubmatch(w.Body.String(), -1) {
		if doc.Components.Schemas[ref[1]] == nil {
			t.Errorf("schema %s is referred to and missing", ref[1])
		}
	}
	if strings.Contains(w.Body.String(), "problem+json") || strings.Contains(w.Body.String(), "ErrorModel") {
		t.Error("errors are documented in a shape that they do not have")
	}
}

// TestDocs holds the documentation page to this service: no other host.
func TestDocs(t *testing.T) {
	b := newBench(t)
	page := b.ask("GET", "/docs", "")
	if page.Code != http.StatusOK || !strings.Contains(page.Header().Get("Content-Security-Policy"), "script-src 'self';") {
		t.Errorf("%d, policy %q", page.Code, page.Header().Get("Content-Security-Policy"))
	}
	assets := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page.Body.String(), -1)
	if len(assets) < 4 {
		t.Fatalf("assets: %v", assets)
	}
	for _, a := range assets {
		if strings.HasPrefix(a[1], "data:") {
			continue
		}
		for _, encoding := range []string{"", "gzip"} {
			w := b.ask("GET", a[1], "", "Accept-Encoding", encoding)
			if w.Code != http.StatusOK || w.Body.Len() == 0 || !strings.HasPrefix(a[1], "/") {
				t.Errorf("%s: %d, %d bytes", a[1], w.Code, w.Body.Len())
			}
			if got := w.Header().Get("Content-Encoding"); encoding == "" && got != "" {
				t.Errorf("%s came as %s", a[1], got)
			}
		}
	}
	if strings.Contains(page.Body.String(), "<script>") || strings.Contains(page.Body.String(), "://") {
		t.Error("inline script or another host")
	}
}

// metric gives the value of a metric whose label has a value; 0 when there is none.
func (b *bench) metric(t *testing.T, name, label, value string) float64 {
	t.Helper()
	for _, m := range b.scrape(t)[name].GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == label && l.GetValue() == value {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return 0
}

func (b *bench) scrape(t *testing.T) map[string]*dto.MetricFamily {
	t.Helper()
	w := b.ask("GET", "/metrics", "")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatalf("metrics: %v\n%s", err, w.Body)
	}
	return families
}

func TestMetrics(t *testing.T) {
	b := newBench(t)
	close(b.feed.gate)
	done := b.get(t, "/api/fetch-audit-logs", 200)
	b.get(t, "/api/events/"+b.events[0].Key, 200)
	b.get(t, "/api/events/nothing", 404)
	b.ask("GET", "/no/such/page", "")
	families := b.scrape(t)
	for _, name := range []string{
		"aoc_build_info", "aoc_http_request_duration_seconds", "aoc_ingest_records_total", "aoc_ingest_records_read_total",
		"aoc_ingest_duration_seconds", "aoc_collection_lag_seconds", "aoc_collection_units_open", "aoc_collection_state",
		"aoc_store_events", "aoc_store_bytes", "aoc_state_up", "go_goroutines",
	} {
		if families[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	for _, tt := range []struct {
		name, label, value string
		want               float64
	}{
		{"aoc_ingest_records_total", "outcome", "new", 2},
		{"aoc_ingest_records_read_total", "feed", "directoryaudit", done["counts"].(map[string]any)["read"].(float64)},
		{"aoc_collection_state", "state", "ok", 1},
		{"aoc_http_request_duration_seconds", "route", "none", 1},
	} {
		if got := b.metric(t, tt.name, tt.label, tt.value); got != tt.want {
			t.Errorf("%s{%s=%q} is %v, want %v", tt.name, tt.label, tt.value, got, tt.want)
		}
	}
	routes := fmt.Sprint(families["aoc_http_request_duration_seconds"])
	if !strings.Contains(routes, "/api/events/{id}") || strings.Contains(routes, b.events[0].Key) {
		t.Errorf("routes are not told by pattern: %s", routes)
	}
}

// TestDocumentsAreComplete holds that every operation says what it does, and that every
// JSON body of those that clients are written for has an example of its shape.
func TestDocumentsAreComplete(t *testing.T) {
	s := &server{metrics: metrics.New("")}
	s.mux()
	doc := s.api.OpenAPI()
	registry := doc.Components.Schemas
	check := func(what string, content map[string]*huma.MediaType, mode huma.ValidateMode) {
		m := content["application/json"]
		if m == nil || m.Schema == nil || (m.Schema.Ref == "" && m.Schema.Type == "") {
			return
		}
		if m.Example == nil {
			t.Errorf("%s has no example", what)
			return
		}
		text, err := json.Marshal(m.Example)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		var result huma.ValidateResult
		huma.Validate(registry, m.Schema, huma.NewPathBuffer(nil, 0), mode, value, &result)
		for _, err := range result.Errors {
			t.Errorf("%s: the example does not fit: %v", what, err)
		}
	}
	for path, item := range doc.Paths {
		for _, op := range operationsOf(item) {
			if op.Summary == "" || len(op.Tags) == 0 {
				t.Errorf("%s %s says nothing of itself", op.Method, path)
			}
			if slices.Contains([]string{tagCollection, tagService}, op.Tags[0]) {
				continue
			}
			if op.Description == "" {
				t.Errorf("%s has no description", op.OperationID)
			}
			if op.RequestBody != nil {
				check(op.OperationID+", body", op.RequestBody.Content, huma.ModeWriteToServer)
			}
			for status, r := range op.Responses {
				if status != "default" && op.OperationID != "get-event-raw" {
					check(op.OperationID+", "+status, r.Content, huma.ModeReadFromServer)
				}
			}
		}
	}
	for id := range answerExamples() {
		if !strings.Contains(string(must(json.Marshal(doc))), `"`+id+`"`) {
			t.Errorf("an example for %s, which there is not", id)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestEverySourceCanBeAskedFor: wherever the API lists sources, it lists all of them.
func TestEverySourceCanBeAskedFor(t *testing.T) {
	var doc any
	if err := json.Unmarshal(newBench(t).ask("GET", "/openapi.json", "").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	want := []any{}
	for _, s := range aoc.Sources() {
		want = append(want, string(s))
	}
	lists := 0
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if enum, ok := v["enum"].([]any); ok && slices.Contains(enum, any("directory")) {
				lists++
				if !slices.Equal(enum, want) {
					t.Errorf("%v, want %v", enum, want)
				}
			}
			for _, part := range v {
				look(part)
			}
		case []any:
			for _, part := range v {
				look(part)
			}
		}
	}
	look(doc)
	if lists == 0 {
		t.Error("the document lists no sources")
	}
}
