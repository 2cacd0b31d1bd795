package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"aoc"
	"aoc/internal/ingest"
	"aoc/internal/source/file"
	"aoc/internal/store"
)

// logsQuery is a query in LogsQL.
type logsQuery struct {
	text  string
	limit int // of rows, the newest ones; 0: all
}

// victoriaLogs is a VictoriaLogs of our own, with a folder that goes when it is stopped.
type victoriaLogs struct {
	binary, dir, addr string
	process           *exec.Cmd
}

func startVictoriaLogs(ctx context.Context, binary string) (v *victoriaLogs, err error) {
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "aoc-bench-victorialogs-*")
	if err != nil {
		return nil, err
	}
	v = &victoriaLogs{binary: binary, dir: dir, addr: addr}
	if err := v.start(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return v, nil
}

func (v *victoriaLogs) start(ctx context.Context) error {
	v.process = exec.CommandContext(context.WithoutCancel(ctx), v.binary, "-storageDataPath="+v.dir, "-httpListenAddr="+v.addr,
		"-retentionPeriod=100y", "-futureRetention=10y", "-loggerLevel=ERROR")
	if err := v.process.Start(); err != nil {
		return err
	}
	err := v.await(ctx, "VictoriaLogs to start", func() bool { return v.count(ctx) >= 0 })
	if err != nil {
		return errors.Join(err, v.end())
	}
	return nil
}

// freeAddress gives an address of this machine that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (v *victoriaLogs) stop() error { return errors.Join(v.end(), os.RemoveAll(v.dir)) }

// end ends the process, which writes everything to disk.
func (v *victoriaLogs) end() error {
	err := v.process.Process.Signal(os.Interrupt)
	if e := v.process.Wait(); e != nil && err == nil {
		var exit *exec.ExitError // it was told to go
		if !errors.As(e, &exit) {
			err = e
		}
	}
	return err
}

// await waits until done, for a minute at most.
func (v *victoriaLogs) await(ctx context.Context, what string, done func() bool) error {
	for range 300 {
		if done() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return errors.New("waited too long for " + what)
}

// load does with it the job that an import does: the records of files are recognised,
// normalised and put in, until all of them can be found.
func (v *victoriaLogs) load(ctx context.Context, files string, unused store.Store) error {
	peer := &logsStore{Store: unused, logs: v}
	source := file.New(file.Options{Paths: []string{files}, Clock: aoc.SystemClock{}})
	defer source.Close() //nolint:errcheck // a temporary file at most
	began := time.Now()
	report, err := ingest.Import(ctx, ingest.ImportConfig{Store: peer, Source: source, Clock: aoc.SystemClock{}})
	if err != nil {
		return err
	}
	total := int(report.Counts.New)
	if err := v.await(ctx, "all records in VictoriaLogs", func() bool { return v.count(ctx) == total }); err != nil {
		return err
	}
	took := time.Since(began)
	if err := v.end(); err != nil {
		return err
	}
	size, err := diskBytes(v.dir)
	if err != nil {
		return err
	}
	fmt.Printf("VictoriaLogs %12.0f events/s in place of the store (%s; %.0f while it accepts), %d bytes/event\n",
		rate(total, took), round(took), rate(total, peer.accepting), size/int64(total))
	return v.start(ctx)
}

// logsStore appends to VictoriaLogs, and is a store for nothing else.
type logsStore struct {
	store.Store
	logs      *victoriaLogs
	accepting time.Duration // how long it took to take the events in
}

// Append puts events in with the columns that the questions use.
func (s *logsStore) Append(ctx context.Context, events []aoc.Event) ([]store.Outcome, error) {
	var body bytes.Buffer
	lines := json.NewEncoder(&body)
	lines.SetEscapeHTML(false)
	outcomes := make([]store.Outcome, len(events))
	for i, e := range events {
		outcomes[i] = store.New
		if err := lines.Encode(map[string]string{
			"_time": e.Timestamp.Format(time.RFC3339Nano), "_msg": string(e.Raw), "key": e.Key, "source": string(e.Source),
			"service": e.Service, "operation": e.Operation, "result": string(e.Result), "actor": e.ActorDisplay, "upn": e.Actor.UPN,
		}); err != nil {
			return nil, err
		}
	}
	began := time.Now()
	err := s.logs.insert(ctx, &body)
	s.accepting += time.Since(began)
	return outcomes, err
}

func (v *victoriaLogs) insert(ctx context.Context, lines io.Reader) error {
	params := url.Values{"_stream_fields": {"source,service"}, "_time_field": {"_time"}, "_msg_field": {"_msg"}}
	body, err := v.post(ctx, "/insert/jsonline?"+params.Encode(), "application/stream+json", lines)
	if err != nil {
		return err
	}
	return body.Close()
}

func (v *victoriaLogs) post(ctx context.Context, path, contentType string, body io.Reader) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+v.addr+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", contentType)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		return nil, errors.Join(fmt.Errorf("VictoriaLogs answers %s: %s", res.Status, text), res.Body.Close())
	}
	return res.Body, nil
}

// count is how many records can be found, or -1.
func (v *victoriaLogs) count(ctx context.Context) int {
	n := -1
	_ = v.ask(ctx, logsQuery{text: "* | stats count() n"}, func(line []byte) {
		var answer struct {
			N string `json:"n"`
		}
		if json.Unmarshal(line, &answer) == nil {
			n, _ = strconv.Atoi(answer.N)
		}
	})
	return n
}

// askAll gives the number of rows of all queries together.
func (v *victoriaLogs) askAll(ctx context.Context, queries []logsQuery) (rows int, err error) {
	for _, q := range queries {
		if err := v.ask(ctx, q, func([]byte) { rows++ }); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

func (v *victoriaLogs) ask(ctx context.Context, query logsQuery, row func(line []byte)) error {
	form := url.Values{"query": {query.text}, "timeout": {"60s"}}
	if query.limit > 0 {
		form.Set("limit", strconv.Itoa(query.limit))
	}
	body, err := v.post(ctx, "/select/logsql/query", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	defer body.Close()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		row(lines.Bytes())
	}
	return lines.Err()
}

func quote(s string) string { return strconv.Quote(s) }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func logsSpan(start, end time.Time) string {
	return "_time:[" + stamp(start) + ", " + stamp(end) + ")"
}

// logsText looks for a term in the record: as a phrase if it is of whole words, which has
// an index, else as a regular expression.
func logsText(term string, word bool) string {
	if word {
		return "_msg:" + quote(term)
	}
	return "_msg:~" + quote(regexp.QuoteMeta(term))
}
