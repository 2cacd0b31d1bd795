package rawjson

import (
	"bytes"
	"errors"
	"io"
)

// scanner finds where a value ends by its brackets and quotes. It takes broken values in
// its stride: a closing bracket closes the nearest bracket of its kind, and where a new
// record begins at a place where none can, the old one ends.
type scanner struct {
	stack   []byte // the opening brackets that are open
	objects int    // how many of them are objects
	arrays  int

	// keys make container stop at the bracket of an array under one of them, directly in
	// the outermost object; found is the last one that did.
	keys  []string
	found string

	// lines: values are separated by line breaks as well, so a line break can end a
	// broken one.
	lines bool
	// oneLine is set once values came one a line, and cleared by one that did not.
	oneLine, manyLines bool

	// cut is set when the last value was ended before its brackets and quotes were; it is
	// then cutLength long.
	cut       bool
	cutLength int
}

const (
	plain byte = iota
	quote
	opening
	closing
	lineBreak
)

var class = [256]byte{'"': quote, '{': opening, '[': opening, '}': closing, ']': closing, '\n': lineBreak}

func (s *scanner) reset() {
	s.stack = s.stack[:0]
	s.objects, s.arrays = 0, 0
	s.cut = false
}

func (s *scanner) push(c byte) {
	s.stack = append(s.stack, c)
	if c == '{' {
		s.objects++
	} else {
		s.arrays++
	}
}

// pop closes the innermost bracket that c belongs to, and those inside it. A bracket that
// belongs to none is ignored.
func (s *scanner) pop(c byte) {
	if c == '}' && s.objects == 0 || c == ']' && s.arrays == 0 {
		return
	}
	for {
		last := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		if last == '{' {
			s.objects--
		} else {
			s.arrays--
		}
		if last == c-2 {
			return
		}
	}
}

// length is how long the value is that ends at the input's position.
func (s *scanner) length(in *input) int {
	if s.cut {
		return s.cutLength
	}
	return len(in.held())
}

// noteLine remembers whether values come one a line, given a well-formed one that is
// alone on its last line.
func (s *scanner) noteLine(value []byte) {
	s.manyLines = s.manyLines || bytes.IndexByte(value, '\n') >= 0
	s.oneLine = !s.manyLines
}

// stop ends the value before the input's position.
func (s *scanner) stop(in *input) {
	s.cut = true
	s.cutLength = len(bytes.TrimRight(in.held(), " \t\r\n,"))
}

// container moves past the container at the position, or, with brackets on the stack
// already, to their end. It stops before the array under one of the keys and says so.
func (s *scanner) container(in *input) (found bool, err error) {
	firstLine := true
	for {
		b := in.buf
		i := in.pos
		for i < len(b) {
			switch class[b[i]] {
			case quote:
				in.pos = i
				if err := s.text(in); err != nil || s.cut {
					return false, err
				}
				b, i = in.buf, in.pos
				continue
			case opening:
				in.pos = i
				if b[i] == '{' && len(s.stack) > 0 && s.newRecord(in) {
					s.stop(in)
					return false, nil
				}
				if b[i] == '[' && s.keys != nil && len(s.stack) == 1 && s.underKey(in) {
					return true, nil
				}
				s.push(b[i])
			case closing:
				if s.pop(b[i]); len(s.stack) == 0 {
					in.pos = i + 1
					return false, nil
				}
			case lineBreak:
				if s.lines && s.oneLine && firstLine {
					in.pos = i
					if !continues(lastByte(in.held())) {
						s.stop(in)
						return false, nil
					}
				}
				firstLine = false
			}
			i++
		}
		in.pos = i
		if err := in.fill(); err != nil {
			return false, err
		}
	}
}

// newRecord reports whether the brace at the position, inside a value, can only be the
// beginning of the next record: an object stands in an object without a colon before it.
// Inside an array it may as well be a broken neighbour, so there only a brace at the
// beginning of a line counts, and only where records are lines.
func (s *scanner) newRecord(in *input) bool {
	if in.pos == in.start {
		return true // right after the array of a top-level object
	}
	if s.stack[len(s.stack)-1] == '{' && lastByte(in.held()) != ':' {
		if s.arrays == 0 {
			return true
		}
		return s.lines && in.buf[in.pos-1] == '\n'
	}
	return s.lines && s.oneLine && in.buf[in.pos-1] == '\n'
}

// underKey reports whether the bracket at the position follows one of the keys.
func (s *scanner) underKey(in *input) bool {
	b := bytes.TrimRight(in.held(), " \t\r\n")
	if len(b) == 0 || b[len(b)-1] != ':' {
		return false
	}
	b = bytes.TrimRight(b[:len(b)-1], " \t\r\n")
	for _, key := range s.keys {
		n := len(b) - len(key) - 2
		if n > 0 && b[n] == '"' && b[n-1] != '\\' && b[len(b)-1] == '"' && string(b[n+1:len(b)-1]) == key {
			s.found = key
			return true
		}
	}
	return false
}

// lastByte gives the last byte of b that is no white space, 0 without one.
func lastByte(b []byte) byte {
	for i := len(b) - 1; i >= 0; i-- {
		if !isSpace(b[i]) {
			return b[i]
		}
	}
	return 0
}

// continues reports whether a value can go on in the next line after c, as
// pretty-printed JSON does.
func continues(c byte) bool { return c == '{' || c == '[' || c == ',' || c == ':' }

// text moves past the string at the position. Where records are lines, a line break cuts it.
func (s *scanner) text(in *input) error {
	open := in.pos - in.start // distances survive a fill
	from := open + 1
	for {
		b := in.buf[in.start:]
		q := bytes.IndexByte(b[from:], '"')
		end := from + q
		if q < 0 {
			end = len(b)
		}
		if s.lines {
			if n := bytes.IndexByte(b[from:end], '\n'); n >= 0 {
				in.pos = in.start + from + n
				s.stop(in)
				return nil
			}
		}
		if q >= 0 {
			if !escaped(b[open+1 : end]) {
				in.pos = in.start + end + 1
				return nil
			}
			from = end + 1
			continue
		}
		in.pos = in.start + end
		if err := in.fill(); err != nil {
			return err
		}
		from = end
	}
}

// escaped reports whether what follows b inside a string is escaped: b ends in an odd
// number of backslashes.
func escaped(b []byte) bool {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// scalar moves past a number, a literal or text that is no JSON, to what can follow a
// value; where values are separated by lines, to the end of the line.
func (s *scanner) scalar(in *input) error {
	for {
		c, err := in.peek()
		switch {
		case errors.Is(err, io.EOF) && s.lines:
			s.stop(in)
			return nil
		case err != nil:
			return err
		case s.lines && c == '\n':
			s.stop(in)
			return nil
		case !s.lines && (isSpace(c) || c == ',' || c == ']' || c == '{' || c == '[' || c == '"'):
			return nil
		}
		in.pos++
	}
}
