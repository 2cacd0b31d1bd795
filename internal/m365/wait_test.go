package m365

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	for _, tc := range []struct {
		header, message string
		want            time.Duration
	}{
		{"30", "", 30 * time.Second},
		{"2.128", "", 2128 * time.Millisecond},
		{" 7 ", "", 7 * time.Second},
		{"0", "", 0},
		{"-5", "", 0},
		{"NaN", "", 0},
		{"1e300", "", maxSaidWait},
		{testTime.Add(90 * time.Second).Format(http.TimeFormat), "", 90 * time.Second},
		{testTime.Add(-time.Hour).Format(http.TimeFormat), "", 0},
		{"soon", "", 0},
		{"", "Too many frequent subscription start requests. Please retry again after 8m 46s.", 8*time.Minute + 46*time.Second},
		{"", "Please retry after 14m.", 14 * time.Minute},
		{"", "retry again AFTER 1h 2m 3s", time.Hour + 2*time.Minute + 3*time.Second},
		{"", "Please try again after the value specified in the Retry-After header.", 0},
		{"5", "retry again after 8m 46s", 5 * time.Second},
		{"", "after 9999h 9999h 9999h", maxSaidWait},
	} {
		h := http.Header{}
		if tc.header != "" {
			h.Set("Retry-After", tc.header)
		}
		if got := retryAfter(h, tc.message, testTime); got != tc.want {
			t.Errorf("retryAfter(%q, %q) = %v, want %v", tc.header, tc.message, got, tc.want)
		}
	}
}

func TestBackOffStaysWithinItsBoundsAndUsesThem(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)).Float64
	for n, ceiling := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 7: time.Minute, 40: time.Minute, 1000: time.Minute} {
		least, most := time.Hour, time.Duration(0)
		for range 2000 {
			d := backOff(n, time.Second, time.Minute, random)
			least, most = min(least, d), max(most, d)
		}
		if least < 0 || most >= ceiling {
			t.Errorf("attempt %d: between %v and %v, want within [0, %v)", n, least, most, ceiling)
		}
		if least > ceiling/20 || most < ceiling*19/20 {
			t.Errorf("attempt %d: between %v and %v, want the whole of [0, %v)", n, least, most, ceiling)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"30", "2.128", "Wed, 04 Mar 2026 05:06:07 GMT", "after 8m 46s", "inf", "-1", "after 1h,2m.", "0x1p9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, _ := parseRetryAfter(s, testTime); d < 0 || d > maxSaidWait {
			t.Errorf("parseRetryAfter(%q) = %v", s, d)
		}
		if d := spokenWait(s); d < 0 || d > maxSaidWait {
			t.Errorf("spokenWait(%q) = %v", s, d)
		}
	})
}
