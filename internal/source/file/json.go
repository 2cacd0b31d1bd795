package file

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"aoc"
	"aoc/internal/rawjson"
)

// pageKeys are the keys under which envelopes hold arrays of records: "value" in Graph
// pages, "records" in Azure Monitor's diagnostic logs.
var pageKeys = []string{"value", "records"}

// json reads records out of JSON in any arrangement: lines, concatenated values, arrays, pages.
func (r *reading) json(text *bufio.Reader) error {
	stream := rawjson.NewPages(text, pageKeys...)
	for n := 1; ; n++ {
		raw, err := stream.Next()
		line := stream.Line()
		place := atLine(line)
		if stream.InArray() {
			place = atElement(line, n)
		}
		tooLarge, isTooLarge := errors.AsType[*rawjson.TooLarge](err)
		switch {
		case errors.Is(err, io.EOF):
			return r.ctx.Err()
		case isTooLarge:
			raw = tooLarge.Raw
			if !r.emit(finding{raw: slices.Clone(raw), problem: fmt.Sprintf("the record at line %d is larger than %d MiB", line, rawjson.MaxElement>>20)}, place) {
				return r.ctx.Err()
			}
			continue
		case err == io.ErrUnexpectedEOF: //nolint:errorlint // the reader's own is wrapped, and is another matter
			return r.cutOff(stream, place)
		case err != nil:
			return r.unreadable(err)
		}
		if !rawjson.Valid(raw) {
			if !r.emit(finding{raw: slices.Clone(raw), problem: notJSON(raw, line)}, place) {
				return r.ctx.Err()
			}
			continue
		}
		if !examine(slices.Clone(raw), 0, func(f finding) bool { return r.emit(f, place) }) {
			return r.ctx.Err()
		}
	}
}

// cutOff ends a file that stops inside a value: the piece is a record with a problem, and
// a document that should have gone on is an error besides.
func (r *reading) cutOff(stream *rawjson.Stream, place string) error {
	if rest := stream.Rest(); len(rest) > 0 {
		f := finding{raw: slices.Clone(rest), problem: fmt.Sprintf("the file ends inside the record at line %d: it is cut off", stream.Line())}
		if !r.emit(f, place) {
			return r.ctx.Err()
		}
	}
	if !stream.InArray() {
		return r.ctx.Err()
	}
	return invalid("What was readable has been read. Download or copy the file again.", "%s is cut off: it ends inside a JSON array", r.unit.ID)
}

// unreadable makes of what ends the stream of records the error of the file.
func (r *reading) unreadable(err error) error {
	if e, ok := errors.AsType[*aoc.Error](err); ok {
		if e.Code == aoc.CodeUpstream {
			e = invalid(e.Hint, "%s cannot be cut into records: %s", r.unit.ID, e.Message)
		}
		return e
	}
	e := aoc.Errorf(aoc.CodeUnavailable, "file.read", "%s cannot be read to its end", r.unit.ID)
	e.Cause = err
	return e
}

// notJSON tells what is wrong with an element that is no valid JSON.
func notJSON(raw []byte, line int) string {
	switch {
	case raw[0] != '{' && raw[0] != '[':
		return fmt.Sprintf("line %d is not JSON", line)
	case bytes.Count(raw, []byte("{"))+bytes.Count(raw, []byte("[")) > rawjson.MaxDepth:
		return fmt.Sprintf("the record at line %d is not valid JSON, or nests deeper than %d levels", line, rawjson.MaxDepth)
	}
	return fmt.Sprintf("the record at line %d is not valid JSON: cut off or damaged", line)
}
