package httpapi

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestValidationToken(t *testing.T) {
	b := newBench(t)
	for name, tt := range map[string]struct{ query, want string }{
		"as Graph sends it": {"Validation%3a+Testing+client+application+reachability+for+subscription+Request-Id%3a+1-2", "Validation: Testing client application reachability for subscription Request-Id: 1-2"},
		"blank as %20":      {"a%20b", "a b"},
		"an encoded plus":   {"a%2Bb", "a+b"},
		"markup":            {"%3Cscript%3Ealert(1)%3C/script%3E", "<script>alert(1)</script>"},
	} {
		t.Run(name, func(t *testing.T) {
			w := b.ask("POST", webhookPath+"?validationToken="+tt.query, "", "Content-Type", "text/plain; charset=utf-8")
			if w.Code != 200 || w.Body.String() != tt.want {
				t.Errorf("%d %q", w.Code, w.Body)
			}
			if ct := w.Header().Get("Content-Type"); ct != "text/plain; charset=utf-8" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("could be taken for something else: %q", ct)
			}
		})
	}
	for name, query := range map[string]string{"too long": strings.Repeat("x", maxToken+1), "not UTF-8": "%ff"} {
		if w := b.ask("POST", webhookPath+"?validationToken="+query, ""); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestNotifications(t *testing.T) {
	hint := func(clientState string) string {
		return fmt.Sprintf(`{"value":[{"clientState":%q,"resource":"Users/1","changeType":"updated"}]}`, clientState)
	}
	b := newBench(t)
	for name, tt := range map[string]struct{ body, outcome string }{
		"a hint":         {hint(state), outcomeHint},
		"a lifecycle":    {fmt.Sprintf(`{"value":[{"clientState":%q,"lifecycleEvent":"missed"}]}`, state), outcomeHint},
		"one of several": {fmt.Sprintf(`{"value":[{"clientState":"x"},{"clientState":%q}]}`, state), outcomeHint},
		"a stranger":     {hint("guess"), outcomeStranger},
		"no state":       {`{"value":[{}]}`, outcomeStranger},
		"nothing":        {``, outcomeUnreadable},
		"not JSON":       {`<xml>`, outcomeUnreadable},
		"another shape":  {`{"value":7}`, outcomeUnreadable},
		"too large":      {`{"value":[{"clientState":"` + strings.Repeat("x", maxBody) + `"}]}`, outcomeUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			before := b.notified(t, tt.outcome)
			if w := b.ask("POST", webhookPath, tt.body); w.Code != http.StatusAccepted || w.Body.Len() != 0 {
				t.Errorf("%d %q", w.Code, w.Body)
			}
			if got := b.notified(t, tt.outcome); got != before+1 {
				t.Errorf("counted as something else than %s", tt.outcome)
			}
		})
	}
	deaf := newBench(t, func(c *Config) { c.WebhookClientState = "" })
	if w := deaf.ask("POST", webhookPath, hint("")); w.Code != http.StatusAccepted || deaf.notified(t, outcomeIgnored) != 1 {
		t.Errorf("without a client state: %d", w.Code)
	}
}

func (b *bench) notified(t *testing.T, outcome string) float64 {
	t.Helper()
	return b.metric(t, "aoc_webhook_notifications_total", "outcome", outcome)
}

// TestFlood sends many notifications at once: all are answered, nothing is left running,
// the log stays short and no collection starts by itself.
func TestFlood(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Logger = nil })
	before := runtime.NumGoroutine()
	body := fmt.Sprintf(`{"value":[{"clientState":%q,"resource":"Users/1"},{"clientState":"guess"}]}`, state)
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for range 1250 {
				if w := b.ask("POST", webhookPath, body); w.Code != http.StatusAccepted {
					t.Errorf("status %d", w.Code)
				}
			}
		})
	}
	senders.Wait()
	if n := b.notified(t, outcomeHint); n != 10_000 {
		t.Errorf("%v of 10000 counted", n)
	}
	wait(t, func() bool { return runtime.NumGoroutine() <= before+2 })

	loud := newBench(t)
	for range 200 {
		loud.ask("POST", webhookPath, `{"value":[{"clientState":"guess"}]}`)
	}
	if n := strings.Count(loud.log.String(), "level=WARN"); n != 1 {
		t.Errorf("%d warnings for 200 strangers in one minute", n)
	}
}

func FuzzNotification(f *testing.F) {
	f.Add(`{"value":[{"clientState":"x","resource":"Users/1"}]}`)
	f.Add(`{"value":[[]]}`)
	f.Fuzz(func(t *testing.T, body string) {
		s := &server{clientState: "a state that nobody sends \x00"}
		if got := s.take(strings.NewReader(body)); got == outcomeHint {
			t.Errorf("%q passed for one who knows the state", body)
		}
	})
}

func FuzzMoment(f *testing.F) {
	f.Add("2026-03-02T09:30:00 01:00")
	f.Add("2026-03-02 09:30")
	f.Fuzz(func(t *testing.T, text string) {
		var m, again moment
		if m.UnmarshalText([]byte(text)) != nil {
			return
		}
		written, err := m.MarshalText()
		if err != nil {
			return // a year that RFC 3339 cannot write
		}
		if err := again.UnmarshalText(written); err != nil || !again.Equal(m.Time) {
			t.Errorf("%q is read as %s and then as %s: %v", text, m, again, err)
		}
	})
}
