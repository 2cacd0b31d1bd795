// Package export writes events as files for other programs: CSV for spreadsheets, JSON
// Lines for everything else. Events are written one by one, so that an export of any size
// takes no more memory than one event. It is shared by the API and the command line.
package export

import (
	"io"
	"time"

	"aoc"
)

// Format is a kind of file.
type Format string

// The formats.
const (
	CSV       Format = "csv"
	JSONLines Format = "jsonl"
)

// ContentType is the media type of a format.
func (f Format) ContentType() string {
	if f == CSV {
		return "text/csv; charset=utf-8"
	}
	return "application/x-ndjson"
}

// Writer writes events, in the order they come. Its errors are those of what it writes to.
type Writer interface {
	Write(e *aoc.Event) error
	// Flush hands on what has been written so far. It must be the last call, too: a file
	// without events gets its heading from it.
	Flush() error
}

// Options say how a file is written.
type Options struct {
	// Zone is that of times in CSV; nil means UTC. JSON Lines are in UTC.
	Zone *time.Location
	// BOM begins CSV with a byte order mark, without which Excel takes it for another
	// encoding.
	BOM bool
}

// New gives the writer of a format.
func New(f Format, w io.Writer, o Options) Writer {
	if f == CSV {
		return newCSV(w, o)
	}
	return newJSONLines(w)
}
