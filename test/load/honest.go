package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// results are what honest clients got, by what they asked for.
type results map[string]*result

type result struct {
	took     []time.Duration // of what was answered well
	failures map[string]int  // by what went wrong
}

// questions are what honest clients ask for, in turn.
var questions = []struct{ kind, path string }{ //nolint:gochecknoglobals // read-only table
	{"search", "/api/events?raw=false&q=mailbox"},
	{"search", "/api/events?raw=false&q=operation%3A%22Update+user%22"},
	{"count", "/api/events/summary?facets=source,operation,actor&q=group"},
	{"search", "/api/events?raw=false&q=result%3Afailure"},
	{"search", "/api/events?raw=false&q=ada"},
}

// measure lets honest clients work for a while: each asks five times a second, and one asks
// for the health of the service ten times a second.
func measure(ctx context.Context, addr string, honest []credential, during time.Duration) (results, error) {
	ctx, cancel := context.WithTimeout(ctx, during)
	defer cancel()
	all := results{}
	var mu sync.Mutex
	note := func(kind string, took time.Duration, failure string) {
		mu.Lock()
		defer mu.Unlock()
		r := all[kind]
		if r == nil {
			r = &result{failures: map[string]int{}}
			all[kind] = r
		}
		if failure != "" {
			r.failures[failure]++
		} else {
			r.took = append(r.took, took)
		}
	}
	var group sync.WaitGroup
	for i, who := range honest {
		group.Go(func() {
			client, from := newClient(), fmt.Sprintf("203.0.113.%d", i+1)
			each(ctx, 200*time.Millisecond, func(n int) {
				q := questions[n%len(questions)]
				took, failure := get(ctx, client, "http://"+addr+q.path, from, who)
				note(q.kind, took, failure)
			})
		})
	}
	group.Go(func() {
		each(ctx, 100*time.Millisecond, func(int) { // by a new connection each, as probes do
			client := newClient()
			took, failure := get(ctx, client, "http://"+addr+"/health", "", credential{})
			client.CloseIdleConnections()
			note("health", took, failure)
		})
	})
	group.Wait()
	for _, kind := range []string{"search", "health"} {
		if all[kind] == nil {
			return all, fmt.Errorf("nobody asked for %s within %s", kind, during)
		}
	}
	return all, nil
}

// each does something again and again, one after the other.
func each(ctx context.Context, every time.Duration, do func(n int)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; ; n++ {
		do(n)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// get asks and tells how long the whole answer took, or what went wrong. What is under way
// when the time is over is waited for.
func get(ctx context.Context, client *http.Client, target, from string, who credential) (time.Duration, string) {
	began := time.Now()
	request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, target, nil)
	if err != nil {
		return 0, err.Error()
	}
	if from != "" {
		request.Header.Set("X-Forwarded-For", from)
	}
	who.set(request.Header)
	answer, err := client.Do(request)
	if err != nil {
		return 0, "no answer"
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return 0, "half an answer"
	}
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Sprint(answer.StatusCode)
	}
	return time.Since(began), ""
}

// percentile of what was answered; 0 when nothing was.
func (r *result) percentile(p int) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	slices.Sort(r.took)
	return r.took[min(len(r.took)-1, len(r.took)*p/100)]
}

func (r *result) failed() (n int) {
	for _, times := range r.failures {
		n += times
	}
	return n
}

// report is what came of it.
type report struct {
	options             options
	quiet, attacked     results
	open                int64
	answers             map[string]map[string]int
	quietMemory, memory int64 // peaks, bytes
	keys                int64 // how often the provider's keys were asked for during the attack
	took                time.Duration
}

func (r report) print(w io.Writer) {
	o := r.options
	fmt.Fprintf(w, "%d events, %d processors; the service takes %d connections\n", o.events, runtime.NumCPU(), o.connections)
	fmt.Fprintf(w, "attack: %d slow connections (%d open at the end), %d clients with bad tokens and sessions, %d with giant queries of one person, from %d addresses\n\n",
		o.slow, r.open, o.flood, o.giants, o.attackers)
	fmt.Fprintf(w, "%-24s %8s %8s %9s %9s %9s\n", "honest clients", "answers", "failures", "p50 ms", "p95 ms", "p99 ms")
	for _, part := range []struct {
		name string
		of   results
	}{{"quiet", r.quiet}, {"attacked", r.attacked}} {
		for _, kind := range slices.Sorted(maps.Keys(part.of)) {
			got := part.of[kind]
			fmt.Fprintf(w, "%-24s %8d %8d %9.1f %9.1f %9.1f  %s\n", part.name+" "+kind, len(got.took), got.failed(),
				ms(got.percentile(50)), ms(got.percentile(95)), ms(got.percentile(99)), counts(got.failures))
		}
	}
	fmt.Fprintln(w)
	for _, who := range slices.Sorted(maps.Keys(r.answers)) {
		fmt.Fprintf(w, "%-24s %s\n", who, counts(r.answers[who]))
	}
	fmt.Fprintf(w, "\nthe provider's keys were asked for %d times in %s of attack\n", r.keys, r.took.Round(time.Second))
	fmt.Fprintf(w, "peak memory of the service: %d MiB before the attack, %d MiB in all\n", r.quietMemory>>20, r.memory>>20)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// counts puts how often what happened on a line, most often first.
func counts(of map[string]int) string {
	keys := slices.SortedFunc(maps.Keys(of), func(a, b string) int { return cmp.Or(of[b]-of[a], strings.Compare(a, b)) })
	for i, k := range keys {
		keys[i] = fmt.Sprintf("%s × %d", k, of[k])
	}
	return strings.Join(keys, ", ")
}
