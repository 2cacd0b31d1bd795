package ui_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"aoc/test/ui/demo"
)

// api calls the program as a script would, and decodes what it answers into v unless that
// is nil. It gives the status.
func api(t *testing.T, server *demo.Server, method, path string, body, v any) int {
	t.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		content = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, content)
	if err != nil {
		t.Fatal(err)
	}
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if answer.StatusCode >= 500 {
		t.Errorf("%s %.200s answers %s: %.300s", method, path, answer.Status, raw)
	}
	if v == nil {
		return answer.StatusCode
	}
	if b, ok := v.(*[]byte); ok {
		*b = raw
	} else if answer.StatusCode < 300 {
		if err := json.Unmarshal(raw, v); err != nil {
			t.Fatalf("%s %s: %v: %.300s", method, path, err, raw)
		}
	}
	return answer.StatusCode
}

// must is api for what must work.
func must(t *testing.T, server *demo.Server, method, path string, body, v any) {
	t.Helper()
	var raw []byte
	if status := api(t, server, method, path, body, &raw); status >= 300 {
		t.Fatalf("%s %.200s answers %d: %.500s", method, path, status, raw)
	}
	if v != nil {
		if err := json.Unmarshal(raw, v); err != nil {
			t.Fatalf("%s %s: %v: %.300s", method, path, err, raw)
		}
	}
}

// event is what the tests look at of an event.
type event struct {
	Key           string   `json:"key"`
	ID            string   `json:"id"`
	Timestamp     string   `json:"timestamp"`
	Operation     string   `json:"operation"`
	Service       string   `json:"service"`
	Result        string   `json:"result"`
	Source        string   `json:"source"`
	Actor         string   `json:"actor_display"`
	ActorKind     string   `json:"actor_kind"`
	Summary       string   `json:"display_summary"`
	Targets       []string `json:"target_displays"`
	ClientIP      string   `json:"client_ip"`
	CorrelationID string   `json:"correlation_id"`
	Tags          []string `json:"tags"`
	Comments      []struct {
		Text string `json:"text"`
		By   string `json:"by"`
	} `json:"comments"`
	Changes []struct {
		Property string `json:"property"`
		Before   string `json:"before"`
		After    string `json:"after"`
	} `json:"changes"`
	Review *struct {
		State string `json:"state"`
		Note  string `json:"note"`
	} `json:"review"`
}

// events gives all events of a selection, newest first.
func events(t *testing.T, server *demo.Server, selection url.Values) (all []event) {
	t.Helper()
	params := url.Values{"page_size": {"500"}}
	for name, values := range selection {
		params[name] = values
	}
	for {
		var page struct {
			Items    []event `json:"items"`
			Cursor   string  `json:"next_cursor"`
			Complete bool    `json:"complete"`
		}
		must(t, server, "GET", "/api/events?"+params.Encode(), nil, &page)
		all = append(all, page.Items...)
		if page.Cursor == "" {
			return all
		}
		params.Set("cursor", page.Cursor)
	}
}

// importing imports a file and waits for its end.
func importing(t *testing.T, server *demo.Server, name, tenant string, content []byte) (imported int64) {
	t.Helper()
	var job struct {
		ID     string `json:"id"`
		State  string `json:"state"`
		Error  any    `json:"error"`
		Counts struct {
			New         int64 `json:"new"`
			Quarantined int64 `json:"quarantined"`
		} `json:"counts"`
	}
	path := "/api/imports?name=" + url.QueryEscape(name)
	if tenant != "" {
		path += "&tenant=" + tenant
	}
	must(t, server, "POST", path, content, &job)
	for deadline := time.Now().Add(2 * time.Minute); job.State == "running"; {
		if time.Now().After(deadline) {
			t.Fatalf("the import does not end: %+v", job)
		}
		time.Sleep(50 * time.Millisecond)
		must(t, server, "GET", "/api/imports/"+url.PathEscape(job.ID), nil, &job)
	}
	if job.State != "done" {
		t.Fatalf("the import failed: %+v", job)
	}
	return job.Counts.New
}
