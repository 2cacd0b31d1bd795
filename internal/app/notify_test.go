package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/console"
	"aoc/internal/detect"
	"aoc/internal/normalise"
	"aoc/internal/notify"
	"aoc/internal/store"
)

// TestAnAlertReachesPeople runs the whole service: what is collected raises an alert, which a
// receiver is told of, once, and an import raises one that nobody is told of.
func TestAnAlertReachesPeople(t *testing.T) {
	arrived := make(chan []byte, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil {
			arrived <- body
		}
	}))
	defer receiver.Close()
	cfg, err := config.Load([]string{
		"AOC_DATA_DIR=" + t.TempDir(), "AOC_LISTEN=127.0.0.1:0", "ALERTS_ENABLED=true", "AOC_OUTGOING_ALLOWED=127.0.0.1", "AOC_PUBLIC_URL=https://soc.contoso.example",
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	_, s := start(t, cfg)
	ctx, c := console.WithCaller(t.Context(), console.Local("test")), s.app.Console()
	if _, err := c.MakeRule(ctx, detect.RuleSpec{Name: "A user is deleted", Enabled: true, Severity: aoc.SeverityHigh, Conditions: []detect.Condition{{Field: "operation", Operator: "is", Value: "Delete user"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.MakeNotifier(ctx, notify.NotifierSpec{Name: "SOC", Kind: "webhook", Enabled: true, Settings: map[string]string{"url": receiver.URL}}); err != nil {
		t.Fatal(err)
	}
	await(t, "detection has begun", time.Minute, func() bool {
		its, err := s.app.store.ListItems(ctx, store.ItemFilter{Kind: "detection"})
		return err == nil && len(its) == 1
	})
	for id, origin := range map[string]aoc.Origin{"one": aoc.OriginCollected, "two": aoc.OriginImported} {
		raw := `{"id":"` + id + `","category":"UserManagement","activityDisplayName":"Delete user","result":"success","activityDateTime":"` + time.Now().UTC().Format(time.RFC3339) + `","initiatedBy":{"user":{"displayName":"Ada ` + id + `"}},"targetResources":[{"displayName":"Bob Ray","type":"User"}]}`
		e, err := normalise.Normalise(aoc.Record{Kind: aoc.KindDirectoryAudit, TenantID: "11111111-2222-3333-4444-555555555555", Origin: origin, ReceivedAt: time.Now().UTC(), Raw: []byte(raw)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.app.store.Append(ctx, []aoc.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	var alerts console.AlertPage
	await(t, "both raise an alert", time.Minute, func() bool {
		alerts, err = c.Alerts(ctx, console.AlertFilter{}, "", 0)
		return err == nil && len(alerts.Items) == 2
	})
	var told struct {
		Title, Link, Text string
		Alerts            []aoc.Alert
	}
	select {
	case body := <-arrived:
		if err := json.Unmarshal(body, &told); err != nil {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("nobody was told")
	}
	if len(told.Alerts) != 1 || told.Alerts[0].Origin != aoc.OriginCollected || told.Title != "high: A user is deleted" || told.Link != "https://soc.contoso.example/alerts?open="+told.Alerts[0].ID {
		t.Errorf("%+v", told)
	}
	await(t, "the notifier says so", time.Minute, func() bool {
		all, err := c.Notifiers(ctx)
		return err == nil && all[0].Status.Alerts == 1 && all[0].Status.Waiting == 0
	})
	if len(arrived) != 0 {
		t.Errorf("%d more messages", len(arrived))
	}
}
