package m365

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"aoc"
)

func ignore(time.Duration) {}

func TestPacerKeepsTheReportLimitInEverySpan(t *testing.T) {
	c := newClock()
	p := newPacer(ClassReports, c)
	var sent []time.Time
	for range 40 {
		if err := p.wait(t.Context(), time.Hour, ignore); err != nil {
			t.Fatal(err)
		}
		sent = append(sent, c.Now())
	}
	for i := 5; i < len(sent); i++ {
		if gap := sent[i].Sub(sent[i-5]); gap <= 10*time.Second {
			t.Errorf("requests %d to %d, six, within %v", i-5, i, gap)
		}
	}
	if took := sent[39].Sub(sent[0]); took > 80*time.Second {
		t.Errorf("40 requests took %v: the limit is not used", took)
	}
}

func TestPacerSharesSlotsAmongWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(ClassReports, aoc.SystemClock{})
		times := make(chan time.Time, 20)
		for range 20 {
			go func() {
				if err := p.wait(t.Context(), time.Hour, ignore); err != nil {
					t.Error(err)
				}
				times <- time.Now()
			}()
		}
		var sent []time.Time
		for range 20 {
			sent = append(sent, <-times)
		}
		for i := 5; i < len(sent); i++ {
			if gap := sent[i].Sub(sent[i-5]); gap <= 10*time.Second {
				t.Errorf("requests %d to %d within %v", i-5, i, gap)
			}
		}
	})
}

func TestPacerSlowsDownAfterUnspokenThrottlingAndRecovers(t *testing.T) {
	c := newClock()
	p := newPacer(ClassActivity, c)
	distance := func() time.Duration {
		t.Helper()
		before := c.Now()
		if err := p.wait(t.Context(), time.Hour, ignore); err != nil {
			t.Fatal(err)
		}
		return c.Now().Sub(before)
	}
	if d := distance(); d != 0 {
		t.Fatalf("an unthrottled request waited %v", d)
	}
	for _, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		p.throttled(0)
		if d := distance(); d != want {
			t.Errorf("distance = %v, want %v", d, want)
		}
	}
	for range 20 { // under way together: one refusal
		p.throttled(0)
	}
	if d := distance(); d != 8*time.Second {
		t.Errorf("distance = %v after refusals that came together, want 8s", d)
	}
	for range 10 {
		p.throttled(0)
		if d := distance(); d > maxSpacing {
			t.Errorf("distance = %v, want no more than %v", d, maxSpacing)
		}
	}
	for range 100 {
		p.succeeded()
	}
	if d := distance(); d != 0 {
		t.Errorf("distance = %v after 100 successes, want none", d)
	}
}

func TestPacerHoldsTheClassForASpokenWait(t *testing.T) {
	c := newClock()
	p := newPacer(ClassActivity, c)
	p.throttled(42 * time.Second)
	if err := p.wait(t.Context(), time.Hour, ignore); err != nil {
		t.Fatal(err)
	}
	if got := c.Now().Sub(testTime); got != 42*time.Second {
		t.Errorf("waited %v, want 42s", got)
	}
	p.throttled(20 * time.Minute)
	err := p.wait(t.Context(), 10*time.Minute, ignore)
	if e, ok := err.(*aoc.Error); !ok || e.Code != aoc.CodeThrottled || e.RetryAfter != 20*time.Minute {
		t.Errorf("got %v, want throttled for 20m", err)
	}
}

func TestPacerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := newPacer(ClassActivity, newClock())
	p.throttled(time.Minute)
	cancel()
	if err := p.wait(ctx, time.Hour, ignore); err != context.Canceled {
		t.Errorf("got %v, want the context's error", err)
	}
}
