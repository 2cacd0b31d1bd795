package webhook

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/sink"
	"aoc/internal/sink/sinktest"
)

// keysOf reads the events of a body.
func keysOf(t *testing.T, r *http.Request, body []byte) []string {
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
	body = bytes.TrimSpace(body)
	if bytes.HasPrefix(body, []byte("{")) {
		body = []byte("[" + strings.ReplaceAll(string(body), "}\n{", "},{") + "]")
	}
	var events []aoc.Event
	if err := json.Unmarshal(body, &events); err != nil {
		t.Errorf("a body cannot be read: %v", err)
	}
	keys := make([]string, len(events))
	for i := range events {
		keys[i] = events[i].Key
	}
	return keys
}

func TestConformance(t *testing.T) {
	for _, settings := range []map[string]string{
		{"format": array, "raw": "false"}, {"format": lines, "gzip": "true"}, {"format": single},
	} {
		t.Run(settings["format"]+settings["gzip"], func(t *testing.T) {
			sinktest.Run(t, sinktest.Rig{
				Refuses: true,
				Faults:  []sinktest.Fault{sinktest.Cut, sinktest.Half, sinktest.Unsaid, sinktest.Stall, sinktest.Busy, sinktest.Broken},
				Start: func(t *testing.T, s *sinktest.Script) func() sink.Sink {
					server := sinktest.Serve(t, s, func(w http.ResponseWriter, r *http.Request, body []byte, most int) {
						keys := keysOf(t, r, body)
						for _, key := range keys { // all or nothing, as a receiver should
							if s.Refuses(key) {
								w.WriteHeader(http.StatusUnprocessableEntity)
								io.WriteString(w, "I do not like\nit")
								return
							}
						}
						for i, key := range keys {
							if i == most {
								w.WriteHeader(http.StatusBadGateway)
								return
							}
							s.Take(key)
						}
						w.WriteHeader(http.StatusAccepted)
					})
					with := map[string]string{"url": server.URL, "timeout": "1"}
					for k, v := range settings {
						with[k] = v
					}
					return func() sink.Sink { return sinktest.Make(t, Kind(), sinktest.Deps(t, nil), with) }
				},
			})
		})
	}
}

type clock struct{ aoc.SystemClock }

func (clock) Now() time.Time { return time.Unix(1_793_000_000, 0).UTC() }

// The signature is one that whoever reads the documentation can verify, and headers are as set.
func TestSignature(t *testing.T) {
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	}))
	defer server.Close()
	d := sinktest.Deps(t, map[string]string{"SIGN": "a secret", "TOKEN": "Bearer xyz"})
	d.Clock = clock{}
	s := sinktest.Make(t, Kind(), d, map[string]string{"url": server.URL, "gzip": "true", "signing_secret": "SIGN", "authorization": "TOKEN", "headers": "X-Team: soc\n x-two:2 \n"})
	if rejected, err := s.Send(t.Context(), sinktest.Events(3, 1)); err != nil || rejected != nil {
		t.Fatal(rejected, err)
	}
	if len(keysOf(t, got, body)) != 3 {
		t.Error("not three events")
	}
	h := got.Header
	if h.Get("X-AOC-Timestamp") != "1793000000" || !hmac.Equal([]byte(h.Get("X-AOC-Signature")), []byte("v1="+sink.Signature("a secret", "1793000000", body))) {
		t.Errorf("headers %v", h)
	}
	// By another implementation (openssl dgst -sha256 -hmac key): HMAC("key", "1.x").
	if s := sink.Signature("key", "1", []byte("x")); s != "fc4913c41a7bf793267e2a384f3261c9436ec2cd097bd745e7b0d99113f510ec" {
		t.Errorf("signature %s", s)
	}
	if h.Get("Authorization") != "Bearer xyz" || h.Get("X-Team") != "soc" || h.Get("X-Two") != "2" || h.Get("User-Agent") != "aoc/1.2.3" {
		t.Errorf("headers %v", h)
	}
}

// What a status means for one event, and for what is behind it.
func TestStatuses(t *testing.T) {
	for status, want := range map[int]aoc.Code{
		200: "", 204: "", 400: "rejected", 409: "rejected", 413: "rejected", 422: "rejected",
		301: aoc.CodeInvalid, 401: aoc.CodeUnauthenticated, 403: aoc.CodeForbidden, 404: aoc.CodeInvalid, 405: aoc.CodeInvalid,
		408: aoc.CodeUnavailable, 425: aoc.CodeUnavailable, 429: aoc.CodeThrottled, 500: aoc.CodeUpstream, 503: aoc.CodeUnavailable,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "9")
			w.WriteHeader(status)
		}))
		d := sinktest.Deps(t, nil)
		s := sinktest.Make(t, Kind(), d, map[string]string{"url": server.URL + "/?token=hidden"})
		rejected, err := s.Send(t.Context(), sinktest.Events(1, 1))
		got := aoc.CodeOf(err)
		if len(rejected) == 1 {
			got = "rejected"
		}
		if got != want {
			t.Errorf("status %d: %q, want %q", status, got, want)
		}
		if err != nil && strings.Contains(err.Error(), "hidden") {
			t.Errorf("the address is in the error: %v", err)
		}
		server.Close()
		if _, err := s.Send(t.Context(), sinktest.Events(1, 2)); err == nil || strings.Contains(err.Error(), "hidden") || aoc.CodeOf(err) != aoc.CodeUnavailable {
			t.Errorf("without a receiver: %v", err)
		}
	}
}
