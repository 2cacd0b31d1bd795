package tool

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible writes out every character of a text that cannot be seen, or that changes how
// others are shown, as \u{202E}: controls and line ends, marks of direction, characters of no
// width, tags, variation selectors, private use and bytes that are no UTF-8. What is beyond
// max characters is cut, and said; 0 means no bound.
func Visible(s string, max int) string { //nolint:predeclared // the word for it
	var b strings.Builder
	n := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if max > 0 && n == max {
			fmt.Fprintf(&b, "… (%d more characters)", utf8.RuneCountInString(s[i:]))
			break
		}
		n++
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02X`, s[i])
		case Hidden(r):
			fmt.Fprintf(&b, `\u{%X}`, r)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// Hidden reports whether a character cannot be seen or changes how others are shown. A space
// of another width counts, too: it could stand for text.
func Hidden(r rune) bool {
	switch {
	case r == ' ':
		return false
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef, // variation selectors
		r >= 0xe0000 && r <= 0xe007f,                                    // tags
		r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, r == 0x2800, // letters without a glyph
		r == 0x034f, r == 0x17b4, r == 0x17b5:
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Zs)
}
