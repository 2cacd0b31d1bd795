package splunkhec

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"aoc"
	"aoc/internal/sink"
	"aoc/internal/sink/sinktest"
)

type received struct {
	Time       json.Number
	Host       string
	SourceType string
	Index      string
	Event      aoc.Event
}

func parse(t *testing.T, r *http.Request, body []byte) []received {
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
	var all []received
	for dec := json.NewDecoder(bytes.NewReader(body)); dec.More(); {
		var one received
		if err := dec.Decode(&one); err != nil {
			t.Error(err)
			return all
		}
		all = append(all, one)
	}
	return all
}

// indexer is a collector whose indexers have a batch only at the second question, and lose
// some before that.
type indexer struct {
	mu     sync.Mutex
	held   map[int64][]string
	polled map[int64]int
	next   int64
}

func TestConformance(t *testing.T) {
	for _, acknowledge := range []string{"true", "false"} {
		t.Run("acknowledge "+acknowledge, func(t *testing.T) {
			sinktest.Run(t, sinktest.Rig{
				Refuses: true,
				Faults:  []sinktest.Fault{sinktest.Cut, sinktest.Half, sinktest.Unsaid, sinktest.Stall, sinktest.Busy, sinktest.Broken},
				Start: func(t *testing.T, s *sinktest.Script) func() sink.Sink {
					x := &indexer{held: map[int64][]string{}, polled: map[int64]int{}}
					server := sinktest.Serve(t, s, func(w http.ResponseWriter, r *http.Request, body []byte, most int) {
						x.mu.Lock()
						defer x.mu.Unlock()
						if r.Header.Get("Authorization") != "Splunk tok" || r.Header.Get("X-Splunk-Request-Channel") == "" {
							w.WriteHeader(http.StatusUnauthorized)
							return
						}
						if strings.HasSuffix(r.URL.Path, "/ack") {
							x.ack(t, w, s, body)
							return
						}
						x.take(t, w, r, s, body, most, acknowledge == "true")
					})
					return func() sink.Sink {
						return sinktest.Make(t, Kind(), sinktest.Deps(t, map[string]string{"TOKEN": "tok"}), map[string]string{"url": server.URL, "token": "TOKEN", "acknowledge": acknowledge})
					}
				},
			})
		})
	}
}

func (x *indexer) take(t *testing.T, w http.ResponseWriter, r *http.Request, s *sinktest.Script, body []byte, most int, ack bool) {
	var keys []string
	for i, one := range parse(t, r, body) {
		if s.Refuses(one.Event.Key) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"text":"Invalid data format","code":6,"invalid-event-number":%d}`, i)
			return
		}
		if i == most {
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, `{"text":"Server is busy","code":9}`)
			return
		}
		keys = append(keys, one.Event.Key)
		if !ack {
			s.Take(one.Event.Key)
		}
	}
	if !ack {
		io.WriteString(w, `{"text":"Success","code":0}`)
		return
	}
	x.held[x.next] = keys
	fmt.Fprintf(w, `{"text":"Success","code":0,"ackId":%d}`, x.next)
	x.next++
}

func (x *indexer) ack(t *testing.T, w http.ResponseWriter, s *sinktest.Script, body []byte) {
	var q struct{ Acks []int64 }
	if err := json.Unmarshal(body, &q); err != nil || len(q.Acks) != 1 {
		t.Errorf("%s: %v", body, err)
		return
	}
	id := q.Acks[0]
	if x.polled[id]++; x.polled[id] == 2 {
		for _, key := range x.held[id] {
			s.Take(key)
		}
	}
	fmt.Fprintf(w, `{"acks":{"%d":%t}}`, id, x.polled[id] >= 2)
}

// What the collector answers about the settings refuses no record, and tells the remedy.
func TestSettingsRefuseNoRecord(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		code   aoc.Code
	}{
		{400, `{"text":"Incorrect index","code":7,"invalid-event-number":0}`, aoc.CodeInvalid},
		{400, `{"text":"ACK is disabled","code":14}`, aoc.CodeInvalid},
		{403, `{"text":"Invalid token","code":4}`, aoc.CodeForbidden},
		{401, `{"text":"Token is required","code":2}`, aoc.CodeUnauthenticated},
		{503, `{"text":"Server is busy","code":9}`, aoc.CodeUnavailable},
		{200, `{"text":"Success","code":0}`, aoc.CodeInvalid}, // no ackId
		{200, `<html>`, aoc.CodeUpstream},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		}))
		s := sinktest.Make(t, Kind(), sinktest.Deps(t, map[string]string{"TOKEN": "tok"}), map[string]string{"url": server.URL, "token": "TOKEN"})
		rejected, err := s.Send(t.Context(), sinktest.Events(2, 1))
		if aoc.CodeOf(err) != c.code || rejected != nil {
			t.Errorf("%s: %v, %v", c.body, rejected, err)
		}
		if strings.Contains(fmt.Sprint(err), "tok") && !strings.Contains(c.body, "oken") {
			t.Errorf("the token is told: %v", err)
		}
		server.Close()
	}
}

// An event has its own time, and what is set of index and the like.
func TestEnvelope(t *testing.T) {
	var got []received
	var path string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, path = parse(t, r, body), r.URL.Path
		io.WriteString(w, `{"code":0}`)
	}))
	defer server.Close()
	s := sinktest.Make(t, Kind(), sinktest.Deps(t, map[string]string{"TOKEN": "tok"}), map[string]string{"url": server.URL + "/services/collector/", "token": "TOKEN", "acknowledge": "false", "index": "sec", "host": "h", "raw": "false"})
	if _, err := s.Send(t.Context(), sinktest.Events(1, 1)); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Time != "1772600767.890" || got[0].Index != "sec" || got[0].Host != "h" || got[0].SourceType != "aoc:event" || path != "/services/collector/event" || string(got[0].Event.Raw) != "null" {
		t.Errorf("%s %+v", path, got)
	}
	if guid := ownChannel("a"); !regexp.MustCompile(`\A[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\z`).MatchString(guid) || guid == ownChannel("b") {
		t.Errorf("the channel is %s", guid)
	}
}
