package normalise

import (
	"strings"
	"testing"
	"time"

	"aoc"
)

// TestRiskResolved: in another state a detection is the same event, at the same time.
func TestRiskResolved(t *testing.T) {
	raw := fixtures(t, aoc.KindRiskDetection)[0]
	first := normalised(t, aoc.KindRiskDetection, raw)
	resolved := strings.NewReplacer(`"riskState":"atRisk"`, `"riskState":"dismissed"`, `"riskDetail":"none"`, `"riskDetail":"adminDismissedAllRiskForUser"`,
		`"lastUpdatedDateTime":"2026-03-02T08:05:00Z"`, `"lastUpdatedDateTime":"2026-03-05T08:05:00Z"`).Replace(raw)
	later := normalised(t, aoc.KindRiskDetection, resolved)
	if later.Key != first.Key || !later.Timestamp.Equal(first.Timestamp) || later.Operation != first.Operation {
		t.Errorf("%s at %s is another event than %s at %s", later.Key, later.Timestamp, first.Key, first.Timestamp)
	}
	if !strings.HasSuffix(later.DisplaySummary, "(dismissed)") || later.ResultReason != "admin dismissed all risk for user" || later.DisplaySummary == first.DisplaySummary {
		t.Errorf("%q, because %q", later.DisplaySummary, later.ResultReason)
	}
}

// TestRiskTime: Graph lists detections by when they were detected.
func TestRiskTime(t *testing.T) {
	for name, c := range map[string]struct{ raw, want, summary string }{
		"detected later":   {`{"id":"1","riskEventType":"passwordSpray","activity":"signin","activityDateTime":"2026-03-01T08:00:00Z","detectedDateTime":"2026-03-02T09:30:00Z"}`, "2026-03-02T09:30:00Z", "sign-in at 2026-03-01 08:00 UTC"},
		"about an account": {`{"id":"1","riskEventType":"passwordSpray","activity":"user","activityDateTime":"2026-03-01T08:00:00Z","detectedDateTime":"2026-03-02T09:30:00Z"}`, "2026-03-02T09:30:00Z", "activity at 2026-03-01 08:00 UTC"},
		"at once":          {`{"id":"1","riskEventType":"passwordSpray","activity":"signin","activityDateTime":"2026-03-02T09:29:50Z","detectedDateTime":"2026-03-02T09:30:00Z"}`, "2026-03-02T09:30:00Z", ""},
		"only the other":   {`{"id":"1","riskEventType":"passwordSpray","activityDateTime":"2026-03-01T08:00:00Z"}`, "2026-03-01T08:00:00Z", ""},
	} {
		e := normalised(t, aoc.KindRiskDetection, c.raw)
		if got := e.Timestamp.Format(time.RFC3339); got != c.want || !strings.Contains(e.DisplaySummary, c.summary) || c.summary == "" && strings.Contains(e.DisplaySummary, " at 20") {
			t.Errorf("%s: %s, %q", name, got, e.DisplaySummary)
		}
	}
}
