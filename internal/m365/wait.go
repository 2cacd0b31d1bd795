package m365

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// retryAfter reads how long an answer asks to wait: the Retry-After header as a whole or
// decimal number of seconds (Graph sends 2.128) or as an HTTP date, else a "retry again
// after 8m 46s" in the message, which is how the Management API limits the starting of
// subscriptions. Zero when nothing was said.
func retryAfter(header http.Header, message string, now time.Time) time.Duration {
	if d, ok := parseRetryAfter(header.Get("Retry-After"), now); ok {
		return d
	}
	return spokenWait(message)
}

// maxSaidWait bounds what is believed.
const maxSaidWait = 24 * time.Hour

func parseRetryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if math.IsNaN(seconds) || seconds < 0 {
			return 0, false
		}
		return time.Duration(math.Min(seconds, maxSaidWait.Seconds()) * float64(time.Second)), true
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxSaidWait), true
	}
	return 0, false
}

var spoken = regexp.MustCompile(`(?i)\bafter ((?:\d{1,4} ?(?:h|m|s)[ .,]*)+)`)

func spokenWait(message string) time.Duration {
	found := spoken.FindStringSubmatch(message)
	if found == nil {
		return 0
	}
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == ',' {
			return -1
		}
		return r
	}, strings.ToLower(found[1]))
	d, err := time.ParseDuration(plain)
	if err != nil {
		return 0
	}
	return min(d, maxSaidWait)
}

// backOff gives the wait before attempt n+1, n counting from 1: exponential with full
// jitter, uniform between nothing and min(most, first·2ⁿ⁻¹), so that clients that failed
// together do not come back together.
func backOff(n int, first, most time.Duration, random func() float64) time.Duration {
	ceiling := most
	if n < 32 && first<<(n-1) < most {
		ceiling = first << (n - 1)
	}
	return time.Duration(random() * float64(ceiling))
}
