package metrics_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/httpapi/metrics"
	"aoc/internal/store"
)

// How far judging is behind stands on the page, and that it cannot be told.
func TestDetection(t *testing.T) {
	for name, c := range map[string]struct {
		lag  store.Lag
		err  error
		want []string
	}{
		"behind": {lag: store.Lag{Events: 7, Since: time.Now().Add(-time.Hour)}, want: []string{"aoc_detection_up 1\n", "aoc_detection_lag_events 7\n", "aoc_detection_lag_seconds 36"}},
		"done":   {want: []string{"aoc_detection_up 1\n", "aoc_detection_lag_events 0\n", "aoc_detection_lag_seconds 0\n"}},
		"down":   {err: errors.New("no store"), want: []string{"aoc_detection_up 0\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := metrics.New("1.2.3")
			m.WatchDetection(func(context.Context) (store.Lag, error) { return c.lag, c.err }, aoc.SystemClock{})
			w := httptest.NewRecorder()
			m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
			for _, line := range c.want {
				if !strings.Contains(w.Body.String(), line) {
					t.Errorf("%s is missing", line)
				}
			}
		})
	}
}
