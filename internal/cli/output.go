package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"aoc"
	"aoc/internal/export"
)

// streams are where a command reads and writes: data goes to out, everything else to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
	quiet    bool
}

// note tells a person something; data never goes this way.
func (s streams) note(format string, args ...any) {
	if !s.quiet {
		fmt.Fprintf(s.err, format+"\n", args...)
	}
}

// print writes a line of data.
func (s streams) print(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }

// fail tells what went wrong and what to do about it.
func (s streams) fail(err error) {
	fmt.Fprintf(s.err, "aoc: %s\n", printable(aoc.MessageOf(err)))
	if wrong, ok := errors.AsType[*wrongQuery](err); ok {
		fmt.Fprint(s.err, wrong.pointer("     "))
	}
	if hint := aoc.HintOf(err); hint != "" {
		fmt.Fprintf(s.err, "     %s\n", printable(hint))
	}
	if aoc.CodeOf(err) == aoc.CodeInternal { // here this stream is the log that the message speaks of
		fmt.Fprintf(s.err, "     %s\n", printable(err.Error()))
	}
}

// json writes one object and a line end.
func (s streams) json(v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// isTerminal reports whether a person reads w.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// newEventWriter gives the writer of a format of the -o flag: table, json (an array), jsonl
// or csv.
func newEventWriter(format string, w io.Writer, zone *time.Location) export.Writer {
	switch format {
	case "table":
		return &tableWriter{w: bufio.NewWriterSize(w, 64<<10), zone: zone}
	case "json":
		return &arrayWriter{w: bufio.NewWriterSize(w, 64<<10)}
	}
	return export.New(export.Format(format), w, export.Options{Zone: zone})
}

// arrayWriter writes events as one JSON array.
type arrayWriter struct {
	w *bufio.Writer
	n int
}

func (j *arrayWriter) Write(e *aoc.Event) error {
	text, err := export.JSON(e)
	if err != nil {
		return err
	}
	before := ",\n"
	if j.n == 0 {
		before = "[\n"
	}
	j.n++
	if _, err := j.w.WriteString(before); err != nil {
		return err
	}
	_, err = j.w.Write(text)
	return err
}

func (j *arrayWriter) Flush() error {
	end := "\n]\n"
	if j.n == 0 {
		end = "[]\n"
	}
	if _, err := j.w.WriteString(end); err != nil {
		return err
	}
	return j.w.Flush()
}

// tableWriter writes a line an event for a person.
type tableWriter struct {
	w    *bufio.Writer
	zone *time.Location
	n    int
}

func (t *tableWriter) Write(e *aoc.Event) error {
	if t.n == 0 {
		if _, err := fmt.Fprintf(t.w, "%-19s  %-12s  %-8s  %s\n", "TIME "+zoneName(t.zone), "WORKLOAD", "RESULT", "WHAT HAPPENED"); err != nil {
			return err
		}
	}
	t.n++
	_, err := fmt.Fprintf(t.w, "%-19s  %-12s  %-8s  %s\n", e.Timestamp.In(t.zone).Format("2006-01-02 15:04:05"),
		clip(printable(e.Workload), 12), e.Result, printable(e.DisplaySummary))
	return err
}

func (t *tableWriter) Flush() error { return t.w.Flush() }

func zoneName(zone *time.Location) string {
	if zone == time.UTC {
		return "(UTC)"
	}
	return "(" + zone.String() + ")"
}

// clip cuts a text to n runes.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// printable keeps text that an attacker may have written from moving the cursor or
// changing the order of what is read.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20 || r >= 0x7f && r < 0xa0,
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
			return '\ufffd'
		}
		return r
	}, s)
}
