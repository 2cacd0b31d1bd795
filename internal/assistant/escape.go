package assistant

import (
	"regexp"
	"strings"

	"aoc/internal/console/tool"
)

// maxPlain is the most characters of a text of an event that an answer shows.
const maxPlain = 300

var (
	markup     = regexp.MustCompile("[\\\\`*_{}\\[\\]()<>|~&!@#]")
	webAddress = regexp.MustCompile(`(?i)\b(www)\.`)
	lineBegins = regexp.MustCompile(`^([-+=:]|\d+[.)])`)
)

// Plain makes a text of an event one that Markdown reads as nothing but text, wherever it
// stands in a line: no markup, no citation, no address that becomes a link by itself.
// Characters that cannot be seen are written out, line ends become blanks, and what is longer
// than 300 characters is cut.
func Plain(s string) string {
	s = tool.Visible(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(s), maxPlain)
	s = markup.ReplaceAllString(s, `\$0`)
	s = webAddress.ReplaceAllString(strings.ReplaceAll(s, "://", "[:]//"), "$1[.]")
	if m := lineBegins.FindString(s); m != "" {
		s = m[:len(m)-1] + `\` + s[len(m)-1:]
	}
	return s
}
