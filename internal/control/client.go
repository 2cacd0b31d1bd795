package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"aoc"
)

// Do hands a task to the process that owns the store in dir and waits for its end.
// progress hears what it tells on the way and may be nil; the result is decoded into
// result. Code not_found when no process has published an address, unavailable when it
// does not answer; else the error of the task itself.
func Do(ctx context.Context, dir string, r Request, progress func(json.RawMessage), result any) error {
	const op = "control.do"
	e, err := readFile(dir)
	if err != nil {
		return err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, op, "the running service cannot be reached")
	}
	request.Header.Set(tokenHeader, e.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeUnavailable, op, "the running service cannot be reached")
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return aoc.Errorf(aoc.CodeUnavailable, op, "the running service refused the work (HTTP %d)", response.StatusCode)
	}
	return follow(response.Body, progress, result)
}

// follow reads an answer to its end.
func follow(body io.Reader, progress func(json.RawMessage), result any) error {
	const op = "control.do"
	lines := bufio.NewReaderSize(body, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return aoc.Wrap(err, aoc.CodeUnavailable, op, "the running service ended before the work did")
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			return aoc.Wrap(err, aoc.CodeUnavailable, op, "the running service gave an answer that cannot be read")
		}
		switch {
		case m.Fault != nil:
			return m.Fault.error()
		case m.Result != nil:
			return json.Unmarshal(m.Result, result)
		case progress != nil:
			progress(m.Progress)
		}
	}
}
