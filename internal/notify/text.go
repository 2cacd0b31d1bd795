package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanLine makes text from events fit for one line that people read: control characters and
// line ends become spaces, and what is not seen (it can turn the direction of text around, or
// make one name look like another) goes.
func cleanLine(text string) string {
	return strings.Join(strings.Fields(strip(text, false)), " ")
}

// cleanLines does the same with a text of several lines.
func cleanLines(text string) string {
	text = strip(strings.ReplaceAll(text, "\r\n", "\n"), true)
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func strip(text string, lines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Variation_Selector, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// Cut shortens text to at most so many characters, and shows that.
func Cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	n := 0
	for i := range text {
		if n++; n == most {
			return text[:i] + "…"
		}
	}
	return text
}
