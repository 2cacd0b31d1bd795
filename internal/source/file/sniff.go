package file

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"aoc/internal/rawjson"
)

// layout is how records are arranged in a file.
type layout int

const (
	layoutEmpty layout = iota
	layoutCSV          // a row is a record, with JSON in its AuditData cell
	layoutJSON         // values follow each other, or one holds all records
)

// recognised is what a file was taken for by its beginning.
type recognised struct {
	layout layout
	// container is the arrangement in words, for people: "JSON Lines", "Graph page".
	container string

	// Of a CSV file: the delimiter, and the lines before the header.
	delimiter byte
	preamble  int
}

// sniff recognises a text by its beginning, without consuming it. A text that AOC does
// not read is an error, code invalid, that says what it looks like and what to do.
func sniff(r *bufio.Reader, name string) (recognised, error) {
	head, err := r.Peek(headSize)
	if len(head) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return recognised{}, err // later on it comes again, after what was readable
	}
	text := bytes.TrimLeft(head, " \t\r\n\x1E")
	if len(text) == 0 {
		if len(head) < headSize {
			return recognised{layout: layoutEmpty, container: "empty file"}, nil
		}
		return recognised{}, invalid(whatIsRead, "%s holds nothing but white space", name)
	}
	if what, hint := binary(head); what != "" {
		return recognised{}, invalid(hint, "%s is %s, not a file of audit records", name, what)
	}
	if container := jsonContainer(text); container != "" {
		return recognised{layout: layoutJSON, container: container}, nil
	}
	if found, ok := csvHeader(head); ok {
		return found, nil
	}
	if what, hint := foreignText(head); what != "" {
		return recognised{}, invalid(hint, "%s looks like %s", name, what)
	}
	if hasRecordLine(head, len(head) < headSize) {
		return recognised{layout: layoutJSON, container: containerLines}, nil
	}
	return recognised{}, invalid(whatIsRead, "%s is text, but no audit records were recognised in it", name)
}

// whatIsRead is the hint for files that are nothing of it.
const whatIsRead = "AOC reads exports of the unified audit log (CSV with an AuditData column), JSON and JSON Lines of raw audit records, Graph pages and diagnostic logs; also in .gz and .zip."

const (
	containerLines   = "JSON Lines"
	containerArray   = "JSON array"
	containerPage    = "Graph page"
	containerRecords = "Azure Monitor diagnostic log"
	containerValues  = "JSON"
)

// jsonContainer tells how JSON text that begins so is arranged, empty for what is no JSON.
func jsonContainer(text []byte) string {
	switch text[0] {
	case '[':
		next := bytes.TrimLeft(text[1:], " \t\r\n")
		if len(next) == 0 || strings.IndexByte(`{["]`, next[0]) >= 0 {
			return containerArray
		}
	case '{':
		next := bytes.TrimLeft(text[1:], " \t\r\n")
		if len(next) > 0 && next[0] != '"' && next[0] != '}' {
			return ""
		}
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		oneLine := rawjson.Valid(line)
		if !oneLine || len(bytes.TrimSpace(rest)) == 0 { // one document, as far as can be seen
			switch firstArray(text) {
			case "value":
				return containerPage
			case "records":
				return containerRecords
			}
		}
		if oneLine || hasRecordLine(rest, false) {
			return containerLines
		}
		return containerValues
	case '"': // JSON text as a string, one a line; a quoted CSV header looks like it
		line, _, _ := bytes.Cut(text, []byte("\n"))
		if rawjson.Valid(line) && bytes.Contains(line, []byte(`{\"`)) {
			return containerLines
		}
	}
	return ""
}

// hasRecordLine reports whether one of the lines is a JSON object.
func hasRecordLine(text []byte, complete bool) bool {
	for len(text) > 0 {
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		line = bytes.TrimSpace(line)
		if len(line) > 2 && line[0] == '{' && (ended || complete) && rawjson.Valid(line) {
			return true
		}
		text = rest
	}
	return false
}

// firstArray gives the key of the page's array in the text's first object, if it is a page.
func firstArray(text []byte) string {
	s := rawjson.NewStream(bytes.NewReader(text), pageKeys...)
	_, _ = s.Next() // what the first element is does not matter here, only where it lies
	return s.ArrayKey()
}
