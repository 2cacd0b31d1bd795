package rawjson

import (
	"unicode"
	"unicode/utf8"
)

// Fold is Unicode simple case folding: every character becomes the one that stands for
// all characters it equals but for case, so that Fold(a) == Fold(b) exactly when
// strings.EqualFold(a, b), for valid UTF-8. Latin letters fold to lower case, with them
// the Kelvin sign (to k) and the long s (to s). Invalid bytes become U+FFFD, one each.
func Fold(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return string(AppendFold(make([]byte, 0, len(s)+utf8.UTFMax), s))
		}
	}
	return s
}

// AppendFold appends Fold(s) to dst.
func AppendFold(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		start := len(dst)
		for j := i; ; j++ { // a run of ASCII is copied, then lowered in place
			if j < len(s) && s[j] < utf8.RuneSelf {
				continue
			}
			dst = append(dst, s[i:j]...)
			i = j
			break
		}
		run := dst[start:]
		for k, c := range run {
			if c-'A' < 26 {
				run[k] = c + ('a' - 'A')
			}
		}
		for i < len(s) && s[i] >= utf8.RuneSelf {
			r, width := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, foldRune(r))
			i += width
		}
	}
	return dst
}

// foldTableSize covers Latin, Greek, Cyrillic and Armenian.
const foldTableSize = 0x590

// foldTable spares the binary searches of [unicode.SimpleFold] for the scripts that have
// most letters with case.
var foldTable = func() (t [foldTableSize]uint16) {
	for r := range t {
		t[r] = uint16(orbitFold(rune(r)))
	}
	return t
}()

// foldRune gives the character that stands for r's orbit.
func foldRune(r rune) rune {
	switch {
	case r < foldTableSize:
		return rune(foldTable[r])
	case 0x2E80 <= r && r < 0xA640, 0xAC00 <= r && r < 0xD800: // CJK, Kana, Yi; Hangul
		return r
	}
	return orbitFold(r)
}

// orbitFold gives the smallest character of r's case orbit, or its lower case when that
// is a Latin capital.
func orbitFold(r rune) rune {
	smallest := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		smallest = min(smallest, next)
	}
	if 'A' <= smallest && smallest <= 'Z' {
		return smallest + ('a' - 'A')
	}
	return smallest
}
