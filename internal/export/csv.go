package export

import (
	"bufio"
	"encoding/csv"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aoc"
)

// columns are the heading of a CSV file.
var columns = []string{ //nolint:gochecknoglobals // read-only table
	"timestamp", "workload", "service", "operation", "result", "actor", "actor_upn", "client_ip", "targets",
	"summary", "changes", "tags", "review", "tenant_id", "source", "id", "key",
}

// maxCell is the most bytes of a cell: what a spreadsheet takes, less a little.
const maxCell = 32_000

const clipped = " … (clipped; JSON Lines have all of it)"

// csvWriter writes events for a spreadsheet.
type csvWriter struct {
	b    *bufio.Writer
	w    *csv.Writer
	zone *time.Location
	bom  bool
	head bool // the heading is written
}

func newCSV(w io.Writer, o Options) *csvWriter {
	b := bufio.NewWriterSize(w, 64<<10)
	c := &csvWriter{b: b, w: csv.NewWriter(b), zone: o.Zone, bom: o.BOM}
	if c.zone == nil {
		c.zone = time.UTC
	}
	return c
}

func (c *csvWriter) Write(e *aoc.Event) error {
	if err := c.heading(); err != nil {
		return err
	}
	review := ""
	if e.Review != nil {
		review = string(e.Review.State)
	}
	row := []string{
		e.Timestamp.In(c.zone).Format(time.RFC3339Nano), e.Workload, e.Service, e.Operation, string(e.Result), e.ActorDisplay, e.Actor.UPN, e.ClientIP,
		list(e.TargetDisplays, func(s string) string { return s }), e.DisplaySummary, list(e.Changes, changed), list(e.Tags, func(s string) string { return s }),
		review, e.TenantID, string(e.Source), e.ID, e.Key,
	}
	for i := range row {
		row[i] = harmless(row[i])
	}
	return c.w.Write(row)
}

func (c *csvWriter) heading() error {
	if c.head {
		return nil
	}
	c.head = true
	if c.bom {
		if _, err := c.b.WriteString("\ufeff"); err != nil {
			return err
		}
	}
	return c.w.Write(columns)
}

func (c *csvWriter) Flush() error {
	if err := c.heading(); err != nil {
		return err
	}
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return err
	}
	return c.b.Flush()
}

// list puts several things into one cell; what no cell can hold is not even put together.
func list[T any](items []T, text func(T) string) string {
	var b strings.Builder
	for i, item := range items {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(text(item))
		if b.Len() > maxCell {
			break
		}
	}
	return b.String()
}

// changed writes a change for reading: "property: before → after". A side that the source
// did not tell stays empty, one that it told to be empty is "".
func changed(ch aoc.Change) string {
	side := func(s *string) string {
		switch {
		case s == nil:
			return ""
		case *s == "":
			return ` ""`
		}
		return " " + *s
	}
	if ch.Before == nil && ch.After == nil {
		return ch.Property
	}
	return ch.Property + ":" + side(ch.Before) + " →" + side(ch.After)
}

// harmless makes a cell that is text and nothing else, whatever somebody wrote into an
// audit record: no formula that a spreadsheet runs, no character that ends the line or
// turns the order of letters around.
func harmless(cell string) string {
	if len(cell) > maxCell {
		n := maxCell
		for !utf8.RuneStart(cell[n]) {
			n--
		}
		cell = cell[:n] + clipped
	}
	return quoteFormulas(strings.Map(visible, cell))
}

// visible maps white space to a blank and what shows in no cell to U+FFFD.
func visible(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\v', r == '\f', r == '\r', r == 0x85, r == 0x2028, r == 0x2029:
		return ' '
	case unicode.IsControl(r), bidi(r):
		return utf8.RuneError
	}
	return r
}

// bidi reports whether a character only changes the direction of others.
func bidi(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// quoteFormulas puts an apostrophe, which makes it text, before each beginning of a formula:
// at the start of a cell, and after a semicolon, since where the comma is the decimal sign a
// spreadsheet begins a new cell there. Blanks and invisible characters before it count as
// nothing.
func quoteFormulas(cell string) string {
	if !strings.ContainsAny(cell, "=+-@＝＋－＠") {
		return cell
	}
	var b strings.Builder
	b.Grow(len(cell) + 8)
	begins := true
	for _, r := range cell {
		switch {
		case begins && strings.ContainsRune("=+-@＝＋－＠", r):
			b.WriteByte('\'')
			begins = false
		case r == ';':
			begins = true
		case !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && r != '"':
			begins = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
