package cli

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"aoc"
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
	if hint := aoc.HintOf(err); hint != "" {
		fmt.Fprintf(s.err, "     %s\n", printable(hint))
	}
}

// json writes one object and a line end.
func (s streams) json(v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// isTerminal reports whether a person reads w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// eventWriter writes events in one of the formats of the -o flag.
type eventWriter interface {
	write(e *aoc.Event) error
	flush() error
}

// newEventWriter gives the writer of a format: table, json (an array), jsonl or csv.
func newEventWriter(format string, w io.Writer, zone *time.Location) eventWriter {
	b := bufio.NewWriterSize(w, 64<<10)
	switch format {
	case "table":
		return &tableWriter{w: b, zone: zone}
	case "json":
		return &jsonWriter{w: b, array: true}
	case "csv":
		return &csvWriter{b: b, w: csv.NewWriter(b), zone: zone}
	}
	return &jsonWriter{w: b}
}

// jsonWriter writes events as the API gives them, one a line.
type jsonWriter struct {
	w     *bufio.Writer
	array bool
	n     int
}

func (j *jsonWriter) write(e *aoc.Event) error {
	text, err := marshalEvent(e)
	if err != nil {
		return err
	}
	if j.array {
		sep := ",\n"
		if j.n == 0 {
			sep = "[\n"
		}
		if _, err := j.w.WriteString(sep); err != nil {
			return err
		}
	}
	j.n++
	if _, err := j.w.Write(text); err != nil {
		return err
	}
	if j.array {
		return nil
	}
	return j.w.WriteByte('\n')
}

func (j *jsonWriter) flush() error {
	if j.array {
		end := "\n]\n"
		if j.n == 0 {
			end = "[]\n"
		}
		if _, err := j.w.WriteString(end); err != nil {
			return err
		}
	}
	return j.w.Flush()
}

// marshalEvent writes an event as one line of JSON. A record that is not valid JSON
// cannot be in the store; if one were, it would be told as a string.
func marshalEvent(e *aoc.Event) ([]byte, error) {
	text, err := json.Marshal(e)
	if err == nil {
		return text, nil
	}
	broken := *e
	if broken.Raw, err = json.Marshal(string(e.Raw)); err != nil {
		return nil, err
	}
	return json.Marshal(&broken)
}

// tableWriter writes a line an event for a person.
type tableWriter struct {
	w    *bufio.Writer
	zone *time.Location
	n    int
}

func (t *tableWriter) write(e *aoc.Event) error {
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

func (t *tableWriter) flush() error { return t.w.Flush() }

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

// csvWriter writes events for a spreadsheet.
type csvWriter struct {
	b    *bufio.Writer
	w    *csv.Writer
	zone *time.Location
	n    int
}

func (c *csvWriter) write(e *aoc.Event) error {
	if c.n == 0 {
		if err := c.w.Write([]string{"timestamp", "workload", "service", "operation", "result", "actor", "client_ip", "targets", "summary", "tenant_id", "source", "id", "key"}); err != nil {
			return err
		}
	}
	c.n++
	row := []string{
		e.Timestamp.In(c.zone).Format(time.RFC3339Nano), e.Workload, e.Service, e.Operation, string(e.Result), e.ActorDisplay, e.ClientIP,
		strings.Join(e.TargetDisplays, "; "), e.DisplaySummary, e.TenantID, string(e.Source), e.ID, e.Key,
	}
	for i := range row {
		row[i] = harmless(row[i])
	}
	return c.w.Write(row)
}

func (c *csvWriter) flush() error {
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return err
	}
	return c.b.Flush()
}

// harmless keeps a spreadsheet from running a cell as a formula, by the apostrophe that
// makes it text.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
