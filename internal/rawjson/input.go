package rawjson

import (
	"bytes"
	"io"

	"aoc"
)

// input is a window over a reader: what is held for the element at hand, and a position
// in it.
type input struct {
	r     io.Reader
	buf   []byte
	start int   // buf[start:] is held
	pos   int   // where scanning stands
	base  int64 // input bytes before buf[0]
	lines int   // line breaks before buf[counted]
	// counted is how far line breaks are counted; at most start.
	counted int
	begun   bool
	err     error
}

// held gives the bytes from the start of the element to the position.
func (in *input) held() []byte { return in.buf[in.start:in.pos] }

// drop lets go of everything before the position.
func (in *input) drop() { in.start = in.pos }

// take gives the first n held bytes and lets go of everything before the position.
func (in *input) take(n int) []byte {
	raw := in.buf[in.start : in.start+n : in.start+n]
	in.start = in.pos
	return raw
}

// offset is where the held bytes start in the input.
func (in *input) offset() int64 { return in.base + int64(in.start) }

// line is the line, from 1, on which the held bytes start.
func (in *input) line() int {
	in.lines += bytes.Count(in.buf[in.counted:in.start], newline)
	in.counted = in.start
	return in.lines + 1
}

var newline = []byte{'\n'}

// peek gives the byte at the position, io.EOF at the end of the input.
func (in *input) peek() (byte, error) {
	for in.pos >= len(in.buf) {
		if err := in.fill(); err != nil {
			return 0, err
		}
	}
	return in.buf[in.pos], nil
}

// skipSpace moves to the next byte that is no white space and gives it.
func (in *input) skipSpace() (byte, error) {
	for {
		c, err := in.peek()
		if err != nil || !isSpace(c) {
			return c, err
		}
		in.pos++
	}
}

// fill reads more behind what is held, or fails with the reader's error. It moves the
// bytes: indexes other than start and pos do not survive it, distances from start do.
func (in *input) fill() error {
	if in.err != nil {
		return in.err
	}
	if len(in.buf)-in.start >= HardLimit {
		in.err = &aoc.Error{
			Code: aoc.CodeUpstream, Op: "rawjson.stream",
			Message: "one record is larger than 64 MiB",
			Hint:    "This is no audit record: check what the input is.",
		}
		return in.err
	}
	in.makeRoom()
	for range 100 {
		n, err := in.r.Read(in.buf[len(in.buf):cap(in.buf)])
		in.buf = in.buf[:len(in.buf)+n]
		in.err = err
		if !in.begun && (len(in.buf) >= len(byteOrderMark) || err != nil) {
			in.begun = true
			if bytes.HasPrefix(in.buf, byteOrderMark) {
				in.start, in.pos, in.counted = len(byteOrderMark), len(byteOrderMark), len(byteOrderMark)
			}
		}
		if in.begun && in.pos < len(in.buf) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	in.err = io.ErrNoProgress
	return in.err
}

var byteOrderMark = []byte("\xEF\xBB\xBF")

// makeRoom moves the held bytes to the front of a buffer that has room behind them.
func (in *input) makeRoom() {
	if in.start > 0 {
		in.line()
	}
	held := in.buf[in.start:]
	switch {
	case cap(in.buf) > largeBuffer && len(held) < firstBuffer/2:
		in.buf = append(make([]byte, 0, firstBuffer), held...)
	case cap(in.buf)-len(held) < firstBuffer/2:
		in.buf = append(make([]byte, 0, max(firstBuffer, 2*cap(in.buf))), held...)
	case in.start > 0:
		in.buf = append(in.buf[:0], held...)
	}
	in.base += int64(in.start)
	in.pos -= in.start
	in.start, in.counted = 0, 0
}
