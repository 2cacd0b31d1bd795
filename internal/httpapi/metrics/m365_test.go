package metrics_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"aoc"
	"aoc/internal/httpapi/metrics"
	"aoc/internal/m365"
)

// clock is a clock on which sleeping takes no time but moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// credential gives a token, or fails.
type credential struct {
	clock *clock
	err   error
}

func (c credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "token", ExpiresOn: c.clock.Now().Add(time.Hour)}, c.err
}

// observed is a client of a fake service whose metrics are kept.
type observed struct {
	*m365.Client
	metrics *metrics.Metrics
	clock   *clock
}

// observe starts a service and a client for it. A refused sign-in is given as an error.
func observe(t *testing.T, service http.HandlerFunc, signIn error) *observed {
	t.Helper()
	server := httptest.NewUnstartedServer(service)
	// On a connection that is used again, net/http itself sends a request once more.
	server.Config.SetKeepAlivesEnabled(false)
	server.StartTLS()
	t.Cleanup(server.Close)
	cloud, err := m365.Cloud{Name: "test"}.With(server.URL, server.URL, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	o := &observed{metrics: metrics.New("1.2.3"), clock: &clock{now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}}
	o.Client, err = m365.New(m365.Config{
		Cloud: cloud, TenantID: "0f0f0f0f-1111-4222-8333-444444444444", Credential: credential{o.clock, signIn}, Clock: o.clock,
		HTTP: server.Client(), Observer: o.metrics, Random: func() float64 { return 0.5 },
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// get sends one request and reads its answer.
func (o *observed) get(t *testing.T, class m365.Class) error {
	t.Helper()
	r, err := o.Do(t.Context(), m365.Request{API: m365.Graph, Class: class, Path: "/v1.0/things"})
	if err != nil {
		return err
	}
	defer r.Body.Close()
	_, err = io.Copy(io.Discard, r.Body)
	return err
}

// scrape gives every series of the client as Prometheus sees it, without buckets.
func (o *observed) scrape(t *testing.T) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	o.metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	series := map[string]float64{}
	for line := range strings.Lines(w.Body.String()) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.HasPrefix(name, "aoc_m365_") || strings.Contains(name, "_bucket{") {
			continue
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		series[name] = v
	}
	return series
}

// holds compares series, and reports those that are not expected.
func (o *observed) holds(t *testing.T, want map[string]float64) {
	t.Helper()
	got := o.scrape(t)
	for name, v := range want {
		if had, ok := got[name]; !ok || had != v {
			t.Errorf("%s is %v (there: %v), want %v", name, had, ok, v)
		}
		delete(got, name)
	}
	for name, v := range got {
		t.Errorf("unexpected: %s %v", name, v)
	}
}

func TestARequestOnABadDay(t *testing.T) {
	const refusal, fault, answer = `{"error":{"code":"TooManyRequests"}}`, "<html>not now</html>", `{"value":[]}`
	padded := answer + strings.Repeat(" ", 5000)
	var o *observed
	n := 0
	o = observe(t, func(w http.ResponseWriter, r *http.Request) {
		n++ // attempts come one after the other
		_ = o.clock.Sleep(r.Context(), 2*time.Second)
		switch n {
		case 1:
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
			io.WriteString(w, refusal)
		case 2:
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, fault)
		case 3:
			panic(http.ErrAbortHandler) // no answer
		default:
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			io.WriteString(packed, padded)
			packed.Close()
		}
	}, nil)
	if err := o.get(t, m365.ClassIntune); err != nil {
		t.Fatal(err)
	}
	o.holds(t, map[string]float64{
		`aoc_m365_request_duration_seconds_count{api="graph",class="intune",status="4xx"}`: 1,
		`aoc_m365_request_duration_seconds_sum{api="graph",class="intune",status="4xx"}`:   2,
		`aoc_m365_request_duration_seconds_count{api="graph",class="intune",status="5xx"}`: 1,
		`aoc_m365_request_duration_seconds_sum{api="graph",class="intune",status="5xx"}`:   2,
		`aoc_m365_request_duration_seconds_count{api="graph",class="intune",status="0xx"}`: 1,
		`aoc_m365_request_duration_seconds_sum{api="graph",class="intune",status="0xx"}`:   2,
		`aoc_m365_request_duration_seconds_count{api="graph",class="intune",status="2xx"}`: 1,
		`aoc_m365_request_duration_seconds_sum{api="graph",class="intune",status="2xx"}`:   2,
		// As long as upstream asked for; then half of 2 s and half of 4 s.
		`aoc_m365_waits_total{api="graph",class="intune",reason="throttled"}`:          1,
		`aoc_m365_waited_seconds_total{api="graph",class="intune",reason="throttled"}`: 7,
		`aoc_m365_waits_total{api="graph",class="intune",reason="failed"}`:             2,
		`aoc_m365_waited_seconds_total{api="graph",class="intune",reason="failed"}`:    3,
		`aoc_m365_received_bytes_total{api="graph",class="intune"}`:                    float64(len(refusal) + len(fault) + len(padded)),
		`aoc_m365_sign_ins_total{api="graph",outcome="ok"}`:                            1,
	})
}

func TestRequestsThatArePaced(t *testing.T) {
	o := observe(t, func(http.ResponseWriter, *http.Request) {}, nil)
	for range 6 { // one more than may go at once
		if err := o.get(t, m365.ClassReports); err != nil {
			t.Fatal(err)
		}
	}
	o.holds(t, map[string]float64{
		`aoc_m365_request_duration_seconds_count{api="graph",class="reports",status="2xx"}`: 6,
		`aoc_m365_request_duration_seconds_sum{api="graph",class="reports",status="2xx"}`:   0,
		`aoc_m365_waits_total{api="graph",class="reports",reason="paced"}`:                  1,
		`aoc_m365_waited_seconds_total{api="graph",class="reports",reason="paced"}`:         10.5,
		`aoc_m365_sign_ins_total{api="graph",outcome="ok"}`:                                 1,
	})
}

func TestSignInsThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		err     error
		outcome string
	}{
		"Microsoft's code":  {&aoc.Error{Code: aoc.CodeUnauthenticated, Upstream: "AADSTS7000215"}, "AADSTS7000215"},
		"no code":           {errors.New("nobody knows"), "unauthenticated"},
		"a text, no code":   {&aoc.Error{Code: aoc.CodeForbidden, Upstream: `x"} 1`}, "other"},
		"a code for a page": {&aoc.Error{Code: aoc.CodeForbidden, Upstream: strings.Repeat("A", 41)}, "other"},
	} {
		t.Run(name, func(t *testing.T) {
			o := observe(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }, c.err)
			if err := o.get(t, m365.ClassDirectory); err == nil {
				t.Error("there is no error")
			}
			o.holds(t, map[string]float64{`aoc_m365_sign_ins_total{api="graph",outcome="` + c.outcome + `"}`: 1})
		})
	}
}
