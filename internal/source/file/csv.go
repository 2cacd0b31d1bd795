package file

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"aoc/internal/rawjson"
)

// delimiters of CSV files, in the order they are tried: Excel writes semicolons where
// commas are decimal points.
var delimiters = []byte{',', ';', '\t', '|'}

// rowReader reads CSV (RFC 4180) row by row. Cells may span lines. Quotes inside a cell
// that is not quoted are text, and text after a closing quote belongs to the cell, so that
// every row comes out as something.
type rowReader struct {
	r         *bufio.Reader
	name      string // of the file, for errors
	delimiter byte

	line  int    // of the row, from 1
	next  int    // of what follows
	row   []byte // with its line break
	cells []span
}

// span is one cell of the row, its quotes excluded.
type span struct {
	start, end int
	escaped    bool // there are doubled quotes
}

// maxRow bounds what an unclosed quote can gather.
const maxRow = rawjson.HardLimit

func newRowReader(r *bufio.Reader, name string, delimiter byte) *rowReader {
	return &rowReader{r: r, name: name, delimiter: delimiter, next: 1}
}

// read reads the next row that is not blank; io.EOF ends. A row that ends inside quotes
// comes with io.ErrUnexpectedEOF.
func (rr *rowReader) read() error {
	for {
		rr.row, rr.cells = rr.row[:0], rr.cells[:0]
		rr.line = rr.next
		if err := rr.readLine(); err != nil {
			return err
		}
		if len(bytes.TrimSpace(rr.row)) > 0 {
			return rr.split()
		}
	}
}

// skipLine skips a line that is no row.
func (rr *rowReader) skipLine() error {
	rr.row = rr.row[:0]
	return rr.readLine()
}

// readLine adds a line to the row; io.EOF when there is none.
func (rr *rowReader) readLine() error {
	before := len(rr.row)
	for {
		part, err := rr.r.ReadSlice('\n')
		rr.row = append(rr.row, part...)
		switch {
		case len(rr.row) > maxRow:
			return invalid("A quote is probably not closed: check the file from this line on.", "%s has a row of more than 64 MiB at line %d", rr.name, rr.line)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(rr.row) > before:
			return nil
		case err == nil:
			rr.next++
		}
		return err
	}
}

// split finds the cells, reading further lines while a quoted cell is open.
func (rr *rowReader) split() error {
	pos := 0
	for {
		cell := span{start: pos}
		quoted := pos < len(rr.row) && rr.row[pos] == '"'
		if quoted {
			var err error
			if cell, err = rr.quoted(pos); err != nil {
				return err
			}
			pos = cell.end + 1
		}
		end := pos + bytes.IndexByte(rr.row[pos:], rr.delimiter)
		last := end < pos
		if last {
			end = max(pos, len(bytes.TrimRight(rr.row, "\r\n")))
		}
		if !quoted {
			cell.end = end
		} else if len(bytes.TrimSpace(rr.row[pos:end])) > 0 {
			cell.end, cell.escaped = end, true
		}
		rr.cells = append(rr.cells, cell)
		if last {
			return nil
		}
		pos = end + 1
	}
}

// quoted finds the cell whose opening quote is at pos.
func (rr *rowReader) quoted(pos int) (span, error) {
	cell := span{start: pos + 1}
	for pos++; ; {
		q := bytes.IndexByte(rr.row[pos:], '"')
		if q < 0 {
			pos = len(rr.row)
			err := rr.readLine()
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				return cell, err
			}
			continue
		}
		cell.end = pos + q
		if pos = cell.end + 1; pos >= len(rr.row) || rr.row[pos] != '"' {
			return cell, nil
		}
		cell.escaped = true
		pos++
	}
}

// cell gives the text of the nth cell as a slice of its own, nil when the row is shorter.
func (rr *rowReader) cell(n int) []byte {
	if n < 0 || n >= len(rr.cells) {
		return nil
	}
	c := rr.cells[n]
	text := rr.row[c.start:c.end]
	if !c.escaped {
		return bytes.Clone(text)
	}
	return undouble(text)
}

// undouble makes one quote of each two.
func undouble(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for {
		q := bytes.IndexByte(text, '"')
		if q < 0 {
			return append(out, text...)
		}
		out = append(out, text[:q+1]...)
		if text = text[q+1:]; len(text) > 0 && text[0] == '"' {
			text = text[1:]
		}
	}
}

// headerColumns reads the names of the columns in a text that may be CSV with this
// delimiter, and tells how many lines come before them: the #TYPE line that PowerShell
// writes, or Excel's sep= line.
func headerColumns(head []byte, delimiter byte) (columns []string, preamble int) {
	for {
		line, rest, ok := bytes.Cut(head, []byte("\n"))
		trimmed := bytes.TrimSpace(line)
		if !ok || len(trimmed) > 0 && !bytes.HasPrefix(trimmed, []byte("#TYPE")) && !bytes.HasPrefix(bytes.ToLower(trimmed), []byte("sep=")) {
			break
		}
		head = rest
		preamble++
	}
	rr := newRowReader(bufio.NewReader(bytes.NewReader(head)), "", delimiter)
	if rr.read() != nil {
		return nil, preamble
	}
	return rr.columns(), preamble
}

// columns gives the cells as the names of columns.
func (rr *rowReader) columns() []string {
	columns := make([]string, len(rr.cells))
	for i := range columns {
		columns[i] = strings.TrimSpace(string(rr.cell(i)))
	}
	return columns
}

// sameWidth reports whether the second row of a text has as many cells as the first.
func sameWidth(head []byte, delimiter byte, width int) bool {
	_, preamble := headerColumns(head, delimiter)
	rr := newRowReader(bufio.NewReader(bytes.NewReader(head)), "", delimiter)
	for range preamble {
		if rr.skipLine() != nil {
			return false
		}
	}
	if rr.read() != nil { // the header
		return false
	}
	return rr.read() == nil && len(rr.cells) == width
}
