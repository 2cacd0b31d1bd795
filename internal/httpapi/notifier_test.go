package httpapi

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"aoc/internal/console"
	"aoc/internal/egress"
	"aoc/internal/notify"
	"aoc/internal/notify/channels"
	"aoc/internal/sink"
	"aoc/internal/store/sqlite"
)

// mailbox is a receiver by HTTP that keeps what it gets.
type mailbox struct {
	mu     sync.Mutex
	bodies []string
}

// ServeHTTP takes everything, except under /broken, where it repeats what is secret.
func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || strings.HasPrefix(r.URL.Path, "/broken") {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, r.URL.Path+" "+r.Header.Get("Authorization"))
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bodies = append(m.bodies, string(body))
}

func (m *mailbox) got() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.bodies...)
}

const hidden = "of-a-secret-that-nobody-is-told"

// notifying gives the API of a service that can tell a mailbox of alerts.
func notifying(t *testing.T) (*bench, *mailbox, string) {
	t.Helper()
	m := &mailbox{}
	receiver := httptest.NewTLSServer(m)
	t.Cleanup(receiver.Close)
	policy, err := egress.New("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	secrets := map[string]string{"TOKEN": "Bearer " + hidden, "HOOK": receiver.URL + "/broken/" + hidden}
	d := notify.New(notify.Config{
		Store: s, Kinds: channels.All(), Clock: clock{}, Address: "https://soc.contoso.example",
		Notifiers: func(ctx context.Context) ([]notify.Notifier, error) {
			docs, err := s.ListDocuments(ctx, notify.KindNotifier)
			return notify.Stored(docs), err
		},
		Deps: notify.Deps{
			Deps:    sink.Deps{HTTP: policy.Client(receiver.Client().Transport.(*http.Transport)), Dial: policy.DialContext, Clock: clock{}, Secrets: func(n string) (string, bool) { v, ok := secrets[n]; return v, ok }},
			Allowed: policy.Check,
		},
	})
	var c *console.Console
	b := newBench(t, func(cfg *Config) {
		if c, err = console.New(console.Config{Store: s, Clock: clock{}, Logger: cfg.Logger, Notifiers: d, SecretNames: []string{"HOOK", "TOKEN"}}); err != nil {
			t.Fatal(err)
		}
		cfg.Console = c
		cfg.Metrics.WatchNotifiers(d)
	})
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return b, m, receiver.URL
}

// TestNotifiers makes, tests, changes and deletes a notifier, as the screens do.
func TestNotifiers(t *testing.T) {
	b, m, address := notifying(t)
	kinds := b.get(t, "/api/notifiers/kinds", 200)
	if len(kinds["kinds"].([]any)) != len(channels.All()) || text(kinds["secrets"]) != `["HOOK","TOKEN"]` {
		t.Errorf("kinds: %s", text(kinds))
	}
	spec := object{"name": "SOC", "kind": "webhook", "enabled": true, "severity": "high", "settings": object{"url": address + "/in", "authorization": "TOKEN"}}
	made := b.send(t, "POST", "/api/notifiers", spec, 201)
	id := made["id"].(string)
	if s := made["status"].(map[string]any); s["state"] != "waiting" || made["version"] != 1.0 {
		t.Errorf("made: %s", text(made))
	}
	if r := b.send(t, "POST", "/api/notifiers/test", object{"id": id}, 200); r["delivered"] != true || len(m.got()) != 1 || !strings.Contains(m.got()[0], `"title":"TEST: `) {
		t.Errorf("test: %s, %v", text(r), m.got())
	}
	spec["settings"] = object{"url": address + "/broken", "authorization": "TOKEN"}
	failed := b.send(t, "POST", "/api/notifiers/test", object{"notifier": spec}, 200)
	if failed["delivered"] != false || failed["code"] != "upstream" || failed["hint"] == "" {
		t.Errorf("a test that fails: %s", text(failed))
	}
	hook := object{"name": "Chat", "kind": "slack", "enabled": false, "settings": object{"url": "HOOK"}}
	failed = b.send(t, "POST", "/api/notifiers/test", object{"notifier": hook}, 200)
	if failed["delivered"] != false || failed["error"] == "" {
		t.Errorf("a test that fails: %s", text(failed))
	}

	spec["version"], spec["enabled"] = 1, false
	changed := b.send(t, "PUT", "/api/notifiers/"+id, spec, 200)
	if changed["version"] != 2.0 || changed["status"].(map[string]any)["state"] != "disabled" {
		t.Errorf("changed: %s", text(changed))
	}
	b.send(t, "PUT", "/api/notifiers/"+id, spec, 409)
	b.send(t, "PUT", "/api/notifiers/none", spec, 404)
	b.send(t, "POST", "/api/notifiers/test", object{"id": "none"}, 404)
	b.send(t, "POST", "/api/notifiers/test", object{}, 422)
	for want, change := range map[string]object{
		`"name"`:           {"name": " "},
		`"kind"`:           {"kind": "fax"},
		`"settings"`:       {"settings": object{"url": "https://198.51.100.7/x"}},
		`"body_template"`:  {"body_template": "a\n{{.Nothing}}"},
		`"severity"`:       {"severity": "dire"},
		`"digest_minutes"`: {"digest_minutes": 1441},
	} {
		wrong := object{"name": "SOC", "kind": "webhook", "enabled": true, "settings": object{"url": address}}
		for k, v := range change {
			wrong[k] = v
		}
		if got := b.send(t, "POST", "/api/notifiers", wrong, 422); !strings.Contains(text(got), want) {
			t.Errorf("%v: %s", change, text(got))
		}
	}
	listed := b.get(t, "/api/notifiers", 200)
	if items := listed["items"].([]any); len(items) != 1 || items[0].(map[string]any)["id"] != id {
		t.Errorf("listed: %s", text(listed))
	}
	if w := b.ask("GET", "/metrics", ""); !strings.Contains(w.Body.String(), `aoc_notifier_waiting_alerts{kind="webhook",notifier="`+id+`"} 0`) || !strings.Contains(w.Body.String(), "aoc_notifiers_up 1") {
		t.Error("metrics do not tell of it")
	}
	b.send(t, "DELETE", "/api/notifiers/"+id+"?version=1", nil, 409)
	b.send(t, "DELETE", "/api/notifiers/"+id+"?version=2", nil, 204)
	for _, told := range []string{b.log.String(), text(listed), text(failed), text(kinds), text(made)} {
		if strings.Contains(told, hidden) {
			t.Errorf("a secret is told: %s", told)
		}
	}
}
