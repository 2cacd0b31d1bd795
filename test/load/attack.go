package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// attack is everything that goes on against the service.
type attack struct {
	addr string
	o    options
	who  people
	open atomic.Int64 // slow connections that the service has not closed

	group   sync.WaitGroup
	mu      sync.Mutex
	answers map[string]map[string]int // what each kind of attacker was answered, how often
}

func newAttack(addr string, o options, who people) *attack {
	return &attack{addr: addr, o: o, who: who, answers: map[string]map[string]int{}}
}

// begin attacks until ctx ends.
func (a *attack) begin(ctx context.Context) {
	for i := range a.o.slow {
		a.group.Go(func() { a.slow(ctx, i) })
	}
	for i := range a.o.flood {
		a.group.Go(func() { a.flood(ctx, i) })
	}
	for i := range a.o.giants {
		a.group.Go(func() { a.giants(ctx, i) })
	}
}

// waitUntilUp waits until most slow connections are there, or as many as the service takes.
func (a *attack) waitUntilUp(ctx context.Context) {
	want := int64(min(a.o.slow, a.o.connections)) * 8 / 10
	for end := time.Now().Add(20 * time.Second); a.open.Load() < want && ctx.Err() == nil && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
}

func (a *attack) wait() { a.group.Wait() }

// note counts an answer.
func (a *attack) note(who, what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.answers[who] == nil {
		a.answers[who] = map[string]int{}
	}
	a.answers[who][what]++
}

// from is the address that attacker i says to come from.
func (a *attack) from(i int) string { return fmt.Sprintf("198.51.100.%d", 1+i%a.o.attackers) }

// slow keeps one slow connection open, and opens another when it is closed.
func (a *attack) slow(ctx context.Context, i int) {
	kind := []string{"slow header", "slow body", "slow reader"}[i%3]
	for ctx.Err() == nil {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", a.addr)
		if err != nil {
			a.note(kind, "not connected")
		} else {
			a.open.Add(1)
			err = a.drip(ctx, c, kind, a.from(i))
			a.open.Add(-1)
			_ = c.Close()
			if ctx.Err() == nil && err != nil {
				a.note(kind, "closed by the service")
			}
		}
		pause(ctx, 200*time.Millisecond)
	}
}

// drip is slow on a connection until that is closed or ctx ends.
func (a *attack) drip(ctx context.Context, c net.Conn, kind, from string) error {
	reader := a.who.reader // who is not known is answered before anything is slow
	head := " HTTP/1.1\r\nHost: " + a.addr + "\r\nX-Forwarded-For: " + from + "\r\n" + reader.header + ": " + reader.value + "\r\n"
	start := map[string]string{
		"slow header": "GET /api/events" + head + "X-Slow: ",
		"slow body":   "POST /api/saved-searches" + head + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{",
		"slow reader": "GET /docs/swagger-ui-bundle.js" + head + "\r\n",
	}[kind]
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4 << 10)
	}
	if _, err := io.WriteString(c, start); err != nil {
		return err
	}
	gone := make(chan error, 1)
	if kind != "slow reader" { // hears at once when it is closed
		go func() {
			_, err := io.Copy(io.Discard, c)
			gone <- fmt.Errorf("closed: %w", err)
		}()
	}
	b := []byte{' '}
	for tick := time.Tick(time.Second); ; {
		select {
		case <-ctx.Done():
			return nil
		case err := <-gone:
			return err
		case <-tick:
		}
		var err error
		if kind == "slow reader" {
			_ = c.SetReadDeadline(time.Now().Add(time.Second))
			if _, err = c.Read(b); isTimeout(err) {
				err = nil
			}
		} else {
			_, err = c.Write(b)
		}
		if err != nil {
			return err
		}
	}
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error) //nolint:errorlint // as net gives it
	return ok && e.Timeout()
}

// flood sends bad tokens and sessions, one kind after the other, as fast as it can. Every
// second client has a new address each time, so that the limits of addresses do not help.
func (a *attack) flood(ctx context.Context, i int) {
	client := newClient()
	for n := 0; ctx.Err() == nil; n++ {
		bad, from := a.who.bad[n%len(a.who.bad)](), a.from(i)
		if i%2 == 1 {
			from = fmt.Sprintf("10.%d.%d.%d", i, n>>8&255, n&255)
		}
		a.ask(ctx, client, "bad: "+bad.kind, "/api/version", from, bad)
	}
}

// giants asks what is expensive, in turn, as fast as it can: one person from many addresses.
func (a *attack) giants(ctx context.Context, i int) {
	client := newClient()
	var words []string
	for n := range 190 {
		words = append(words, fmt.Sprintf("*%d%c%d*", n%10, 'a'+n%26, n%7))
	}
	any, none := url.QueryEscape(strings.Join(words, " OR ")), url.QueryEscape("-("+strings.Join(words, " OR ")+") zq")
	for n := 0; ctx.Err() == nil; n++ {
		a.ask(ctx, client, "giant queries", []string{
			"/api/events?page_size=500&q=" + none,
			"/api/events/summary?facets=source,workload,operation,actor,ip&values=1000&q=" + any,
			"/api/events/export?format=jsonl&q=" + none,
			"/api/facets?field=actor&n=1000&contains=zq&q=" + any,
		}[n%4], a.from(i), a.who.reader)
	}
}

// ask sends one request and notes the status.
func (a *attack) ask(ctx context.Context, client *http.Client, what, path, from string, who credential) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+a.addr+path, nil)
	if err != nil {
		panic(err) // a fault of this program
	}
	request.Header.Set("X-Forwarded-For", from)
	who.set(request.Header)
	answer, err := client.Do(request)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		a.note(what, "no answer")
	default:
		_, _ = io.Copy(io.Discard, answer.Body)
		a.note(what, fmt.Sprint(answer.StatusCode))
	}
	if err == nil {
		_ = answer.Body.Close()
	}
}

func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}, Timeout: 40 * time.Second}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
