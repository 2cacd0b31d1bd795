package rawjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

// escape is one backslash sequence of a JSON string, decoded.
type escape struct {
	r     rune // the character; an unpaired surrogate stays one
	width int  // bytes it took
}

// readEscape decodes the escape at s[i], a backslash. A surrogate pair counts as one
// escape of twelve bytes. What is no valid escape is taken as the backslash itself.
func readEscape(s string, i int) escape {
	if i+1 >= len(s) {
		return escape{'\\', 1}
	}
	switch c := s[i+1]; c {
	case '"', '\\', '/':
		return escape{rune(c), 2}
	case 'b':
		return escape{'\b', 2}
	case 'f':
		return escape{'\f', 2}
	case 'n':
		return escape{'\n', 2}
	case 'r':
		return escape{'\r', 2}
	case 't':
		return escape{'\t', 2}
	case 'u':
		r := unicodeEscape(s, i)
		if r < 0 {
			return escape{'\\', 1}
		}
		if !utf16.IsSurrogate(r) {
			return escape{r, 6}
		}
		if pair := utf16.DecodeRune(r, unicodeEscape(s, i+6)); pair != utf8.RuneError {
			return escape{pair, 12}
		}
		return escape{r, 6}
	}
	return escape{'\\', 1}
}

// unicodeEscape gives the code unit of a \uXXXX at s[i], or -1.
func unicodeEscape(s string, i int) rune {
	if len(s)-i < 6 || s[i] != '\\' || s[i+1] != 'u' {
		return -1
	}
	return hex4(s[i+2 : i+6])
}

// appendDecoded appends the text of a JSON string, given without its quotes. An unpaired
// surrogate becomes U+FFFD, since no UTF-8 text can hold it.
func appendDecoded(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			i++
			continue
		}
		e := readEscape(s, i)
		dst = append(dst, s[from:i]...)
		dst = utf8.AppendRune(dst, e.r)
		i += e.width
		from = i
	}
	return append(dst, s[from:]...)
}

// appendCanonicalString appends a JSON string, given without its quotes, in the one way
// its text is written in canonical form: quotes, backslashes, control characters and
// unpaired surrogates escaped, everything else as it is. Bytes that are no valid UTF-8
// stay as they are, so that different texts always stay different.
func appendCanonicalString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			i++
			continue
		}
		e := readEscape(s, i)
		dst = append(dst, s[from:i]...)
		switch {
		case e.r == '"' || e.r == '\\':
			dst = append(dst, '\\', byte(e.r))
		case e.r < 0x20 || utf16.IsSurrogate(e.r):
			dst = append(dst, '\\', 'u', hex[e.r>>12&15], hex[e.r>>8&15], hex[e.r>>4&15], hex[e.r&15])
		default:
			dst = utf8.AppendRune(dst, e.r)
		}
		i += e.width
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}
