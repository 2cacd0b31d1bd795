package rawjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tidwall/gjson"

	"aoc"
)

const (
	// MaxElement is the largest element that comes out of a [Stream] as a plain record.
	MaxElement = 16 << 20
	// HardLimit is the most bytes a [Stream] ever holds for one element.
	HardLimit = 64 << 20

	// maxEnvelopePart bounds what is kept of the members beside an array.
	maxEnvelopePart = 1 << 20

	firstBuffer = 64 << 10
	// largeBuffer is the size from which a buffer is given back once elements are small again.
	largeBuffer = 1 << 20
)

// TooLarge is the error for one element above [MaxElement]. The stream goes on after it.
type TooLarge struct {
	Raw    []byte // the element, whole; valid until the next call
	Offset int64  // where it starts in the input, in bytes
	Line   int    // where it starts in the input, from 1
}

func (e *TooLarge) Error() string {
	return fmt.Sprintf("rawjson: element of %d bytes at line %d is larger than %d bytes", len(e.Raw), e.Line, MaxElement)
}

// Stream cuts the records out of a stream of JSON without decoding it, in memory that
// grows with the largest record only. Elements come as the bytes that were received. A
// broken element is delimited as well as its brackets and quotes allow and comes out
// like any other; whether it is [Valid] is for the caller to see.
type Stream struct {
	in   input
	scan scanner

	// keys name the arrays that are opened in a top-level object.
	keys []string
	// pages: several documents may follow each other, each an array, an object with one
	// of keys, or a record.
	pages bool
	// sequence: documents follow each other and each is a record as it is.
	sequence bool

	where     place
	inObject  bool // the open array is a member of a top-level object
	documents int  // top-level values begun
	envelope  map[string][]byte

	offset int64
	line   int
	err    error // sticky
}

// place is where in the input's structure a Stream stands.
type place int

const (
	atTop     place = iota // between top-level values
	inArray                // between elements of the open array
	afterPart              // in a top-level object, behind its array
)

// NewStream reads one JSON document: the elements of a top-level array, or of the array
// under one of keys in a top-level object ("value", "records"). A top-level value that is
// neither is itself the one element. Anything after the document is an error, code
// upstream; input that ends early, or has no content, ends with [io.ErrUnexpectedEOF].
// A UTF-8 byte order mark is skipped.
func NewStream(r io.Reader, keys ...string) *Stream {
	return &Stream{in: input{r: r}, keys: keys}
}

// NewSequence reads values that follow each other: JSON Lines, or concatenated JSON,
// pretty-printed or not. Every value is one element. A line break inside a string, which
// JSON does not allow, or a new record where none can begin ends a broken element, so
// that it does not take the following lines with it. Text that is no JSON counts as one
// element a line.
func NewSequence(r io.Reader) *Stream {
	return &Stream{in: input{r: r}, sequence: true, scan: scanner{lines: true}}
}

// NewPages reads values that follow each other, as [NewSequence] does, and opens those
// that are arrays or objects with an array under one of keys, as [NewStream] does.
func NewPages(r io.Reader, keys ...string) *Stream {
	return &Stream{in: input{r: r}, keys: keys, pages: true, scan: scanner{lines: true}}
}

// Next gives the next element, as received, without the white space around it; it is
// valid until the next call. [io.EOF] ends the stream; a [*TooLarge] concerns one element
// and the stream goes on; every other error is final: [io.ErrUnexpectedEOF] for input
// that ends inside a value (see [Stream.Rest]), code upstream for input that cannot be
// cut into records, or the reader's own.
func (s *Stream) Next() ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	raw, err := s.next()
	if err != nil {
		s.err = err
		return nil, err
	}
	if len(raw) > MaxElement {
		return nil, &TooLarge{Raw: raw, Offset: s.offset, Line: s.line}
	}
	return raw, nil
}

// Envelope gives the members seen so far of the top-level object whose array is read,
// without that array: complete after [io.EOF]. Parts above 1 MiB are left out.
func (s *Stream) Envelope() map[string][]byte { return s.envelope }

// ArrayKey tells under which of the keys the array lay that was opened last; empty when
// there was none, or a top-level array only.
func (s *Stream) ArrayKey() string { return s.scan.found }

// InArray tells whether the stream stands inside an array that it opened, or the object
// around it, rather than between top-level values.
func (s *Stream) InArray() bool { return s.where != atTop }

// Offset is where the last element, or the unfinished one, starts in the input.
func (s *Stream) Offset() int64 { return s.offset }

// Line is the line, from 1, on which the last element, or the unfinished one, starts.
func (s *Stream) Line() int { return s.line }

// Rest gives what was read of the element that [io.ErrUnexpectedEOF] cut off; empty when
// the input ended between elements.
func (s *Stream) Rest() []byte {
	if !errors.Is(s.err, io.ErrUnexpectedEOF) {
		return nil
	}
	return bytes.TrimSpace(s.in.held())
}

func (s *Stream) next() ([]byte, error) {
	for {
		switch s.where {
		case atTop:
			raw, err := s.top()
			if raw != nil || err != nil {
				return raw, err
			}
		case inArray:
			raw, err := s.element()
			if raw != nil || err != nil {
				return raw, err
			}
		case afterPart:
			s.in.drop()
			s.mark()
			if err := s.object(true); err != nil {
				return nil, err
			}
		}
	}
}

// top begins the next top-level value: it gives it as an element, or gives nothing after
// moving into its array.
func (s *Stream) top() ([]byte, error) {
	many := s.pages || s.sequence
	c, err := s.between(many)
	if errors.Is(err, io.EOF) && !many && s.documents == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	if !many && s.documents > 0 {
		return nil, aoc.Errorf(aoc.CodeUpstream, "rawjson.stream", "the JSON document is followed by something else")
	}
	if !many && !isValueStart(c) {
		return nil, aoc.Errorf(aoc.CodeUpstream, "rawjson.stream", "the answer is not JSON")
	}
	s.documents++
	s.mark()

	switch {
	case c == '[' && !s.sequence:
		s.in.pos++
		s.scan.found = ""
		s.where, s.inObject = inArray, false
		return nil, nil
	case c == '{' && len(s.keys) > 0:
		s.envelope = nil
		if err := s.object(false); err != nil || s.where == inArray {
			return nil, err
		}
	default:
		if err := s.value(c); err != nil {
			return nil, err
		}
	}
	if many {
		return s.restOfElement(), nil
	}
	return s.in.take(s.scan.length(&s.in)), nil
}

// object scans a top-level object, or what is left of it after its array, to its end or
// into the array under one of the keys.
func (s *Stream) object(continued bool) error {
	s.scan.reset()
	if continued {
		s.scan.push('{')
	}
	s.scan.keys = s.keys
	found, err := s.scan.container(&s.in)
	s.scan.keys = nil
	if err != nil {
		return cut(err)
	}
	if found || continued {
		s.collect(s.in.held(), continued)
		s.in.drop()
	}
	s.where = atTop
	if found {
		s.in.pos++ // the bracket
		s.where, s.inObject = inArray, true
	}
	return nil
}

// collect adds the members in part, a piece of a top-level object before, between or
// after arrays, to the envelope.
func (s *Stream) collect(part []byte, continued bool) {
	if len(part) > maxEnvelopePart {
		return
	}
	if s.envelope == nil {
		s.envelope = map[string][]byte{}
	}
	object := slices.Clone(part)
	if continued {
		object = append([]byte{'{'}, bytes.TrimLeft(object, ", \t\r\n")...)
	}
	gjson.ParseBytes(object).ForEach(func(key, value gjson.Result) bool {
		if value.Raw != "" {
			s.envelope[key.String()] = []byte(value.Raw)
		}
		return true
	})
}

// element gives the next element of the open array, or gives nothing at its end.
func (s *Stream) element() ([]byte, error) {
	c, err := s.between(true)
	if err != nil {
		return nil, cut(err)
	}
	s.mark()
	if c == ']' {
		s.in.pos++
		s.where = atTop
		if s.inObject {
			s.where = afterPart
		}
		return nil, nil
	}
	// Inside an array, line breaks mean nothing.
	lines := s.scan.lines
	s.scan.lines = false
	err = s.value(c)
	s.scan.lines = lines
	if err != nil {
		return nil, err
	}
	n := s.scan.length(&s.in)
	for !s.scan.cut {
		c, err := s.in.skipSpace()
		if err != nil || c == ',' || c == ']' || c == '{' || c == '[' || c == '"' {
			break // an error comes again with the next element
		}
		// What cannot follow a value, such as a closing bracket too many, belongs to the
		// broken element before it.
		s.in.pos++
		n = len(s.in.held())
	}
	return s.in.take(n), nil
}

// value moves past the value that starts with c at the input's position.
func (s *Stream) value(c byte) error {
	s.scan.reset()
	switch c {
	case '{', '[':
		_, err := s.scan.container(&s.in)
		return cut(err)
	case '"':
		return cut(s.scan.text(&s.in))
	}
	err := s.scan.scalar(&s.in)
	if errors.Is(err, io.EOF) && s.where == atTop && Valid(s.in.held()) {
		return nil // a document may be a scalar, and that has no end of its own
	}
	return cut(err)
}

// restOfElement gives the top-level value that ends at the input's position, one of
// many, with what follows on its line if that can begin no other value.
func (s *Stream) restOfElement() []byte {
	n := s.scan.length(&s.in)
	for !s.scan.cut {
		c, err := s.in.peek()
		if err != nil || c == '{' || c == '[' || c == '"' || c == ',' || c == recordSeparator {
			break // an error comes again with the next element
		}
		if c == '\n' {
			s.scan.noteLine(s.in.held()[:n])
			break
		}
		s.in.pos++
		if !isSpace(c) {
			n = len(s.in.held())
		}
	}
	return s.in.take(n)
}

// recordSeparator stands before each value of a JSON text sequence (RFC 7464).
const recordSeparator = 0x1E

// isValueStart reports whether a JSON value can begin with c.
func isValueStart(c byte) bool {
	switch c {
	case '{', '[', '"', '-', 't', 'f', 'n':
		return true
	}
	return '0' <= c && c <= '9'
}

// between moves to the next byte that is no white space and, with commas, no separator.
func (s *Stream) between(commas bool) (byte, error) {
	for {
		c, err := s.in.peek()
		s.in.drop() // as it goes, so that no amount of white space fills memory
		if err != nil || !isSpace(c) && (!commas || c != ',' && (c != recordSeparator || s.where != atTop)) {
			return c, err
		}
		s.in.pos++
	}
}

// mark notes the place of the element that begins here.
func (s *Stream) mark() {
	s.offset, s.line = s.in.offset(), s.in.line()
}

// cut turns the end of input inside a value into ErrUnexpectedEOF.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
