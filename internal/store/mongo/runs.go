package mongo

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// run is a maximal run of letters and digits in a folded text.
type run struct {
	text       []byte
	start, end int // of text in what it was found in
	chars      int
	ascii      bool
	digit      bool // has an ASCII digit
}

// wordsIn gives the words of a folded text, in order.
func wordsIn(s []byte) func(yield func(run) bool) {
	return func(yield func(run) bool) {
		for i := 0; i < len(s); {
			r, next := nextWord(s, i)
			if r.chars > 0 && !yield(r) {
				return
			}
			i = next
		}
	}
}

// nextWord gives the first word at or after i, and where to go on.
func nextWord(s []byte, i int) (r run, next int) {
	for ; i < len(s); i++ {
		if c := s[i]; c < utf8.RuneSelf {
			if asciiWord[c] != 0 {
				break
			}
			continue
		}
		width, ok := wordRune(s[i:])
		if ok {
			break
		}
		i += width - 1
	}
	r = run{start: i, ascii: true}
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			kind := asciiWord[c]
			if kind == 0 {
				break
			}
			r.digit = r.digit || kind == isDigit
			i++
		} else {
			width, ok := wordRune(s[i:])
			if !ok {
				break
			}
			r.ascii = false
			i += width
		}
		r.chars++
	}
	r.text, r.end = s[r.start:i], i
	return r, i
}

const (
	isLetter = 1
	isDigit  = 2
)

// asciiWord tells letters and digits of ASCII.
var asciiWord = func() (t [utf8.RuneSelf]uint8) {
	for c := range t {
		switch {
		case '0' <= c && c <= '9':
			t[c] = isDigit
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			t[c] = isLetter
		}
	}
	return t
}()

// wordRune gives the width of the character beyond ASCII that s begins with, and whether it
// is a letter or digit.
func wordRune(s []byte) (width int, ok bool) {
	r, width := utf8.DecodeRune(s)
	return width, unicode.IsLetter(r) || unicode.IsDigit(r)
}

// guidLen is the length of a GUID: 8-4-4-4-12 hexadecimal digits.
const guidLen = 36

// guidsIn gives where GUIDs begin in a folded text: also those with further digits before
// and behind, so that a GUID in a part of a text is one in all of it.
func guidsIn(s []byte) (starts []int) {
	for dash := 8; dash+guidLen-8 <= len(s); dash++ {
		next := bytes.IndexByte(s[dash:], '-')
		if next < 0 {
			break
		}
		dash += next
		if isGUID(s, dash-8) {
			starts = append(starts, dash-8)
		}
	}
	return starts
}

func isGUID(s []byte, at int) bool {
	if at+guidLen > len(s) {
		return false
	}
	for i, c := range s[at : at+guidLen] {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

// span is a part of a text, [start, end).
type span struct{ start, end int }

// dottedIn gives the maximal runs of digits and dots that have two dots and a digit at least,
// as addresses and versions do.
func dottedIn(s []byte) (runs []span) {
	for i := 0; ; {
		dot := bytes.IndexByte(s[i:], '.')
		if dot < 0 {
			return runs
		}
		start := i + dot
		for start > i && asciiDigit(s[start-1]) {
			start--
		}
		dots, digits := 0, 0
		for i += dot; i < len(s) && (s[i] == '.' || asciiDigit(s[i])); i++ {
			if s[i] == '.' {
				dots++
			} else {
				digits++
			}
		}
		if dots >= 2 && (digits > 0 || asciiDigit(s[start])) {
			runs = append(runs, span{start, i})
		}
	}
}

func asciiDigit(c byte) bool { return '0' <= c && c <= '9' }
