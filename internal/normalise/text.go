package normalise

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of what people are shown, in characters.
const (
	maxDisplay = 256
	maxSummary = 512
	// maxValue bounds one side of a change. What is longer is a file or a key; the raw
	// record has it whole.
	maxValue = 16 << 10
)

// clean makes text from a record safe to show on one line: white space of any kind
// becomes single spaces; control characters, direction marks and other invisible
// characters, with which a record could fake what people read, become U+FFFD; what is
// longer than limit characters is cut and ends in an ellipsis.
func clean(s string, limit int) string {
	if isClean(s, limit) {
		return s
	}
	out := make([]rune, 0, min(len(s), limit+1))
	space := false
	for _, r := range s { // broken UTF-8 reads as U+FFFD
		if unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' {
			space = len(out) > 0
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200C' && r != '\u200D' {
			r = utf8.RuneError
		}
		if space {
			out = append(out, ' ')
			space = false
		}
		if out = append(out, r); len(out) > limit {
			return strings.TrimSpace(string(out[:limit-1])) + "…"
		}
	}
	return string(out)
}

// isClean reports that s is printable ASCII within the limit with single inner spaces.
func isClean(s string, limit int) bool {
	if len(s) > limit || s == "" {
		return s == ""
	}
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7F || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return before != ' '
}

// bound cuts s to at most limit bytes at a character.
func bound(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

// words splits a name such as FooBarCreated, set-mailbox or "Update user" into words in
// lower case; abbreviations (DLP) keep their capitals, product names their spelling.
func words(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	start := 0
	flush := func(end int) {
		if start >= end {
			return
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		w := s[start:end]
		if isAbbreviation(w) {
			b.WriteString(w)
		} else {
			b.WriteString(strings.ToLower(w))
		}
		start = end
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' || c == '_' || c == '-' || c == '.' || c == ':' || c == '/':
			flush(i)
			start = i + 1
		case !isUpper(c) || i == start:
		case !isUpper(s[i-1]): // fooBar
			flush(i)
		case i+1 < len(s) && isLower(s[i+1]) && !(s[i+1] == 's' && (i+2 == len(s) || !isLower(s[i+2]))): // DLPRule, but not URLs
			flush(i)
		}
	}
	flush(len(s))
	return products.Replace(b.String())
}

// products puts back together what words takes apart.
var products = strings.NewReplacer(
	"share point", "SharePoint", "one drive", "OneDrive", "power point", "PowerPoint",
	"power bi", "Power BI", "power BI", "Power BI", "you tube", "YouTube", "e discovery", "eDiscovery",
	"o auth", "OAuth", "microsoft graph", "Microsoft Graph", "i os", "iOS", "mac os", "macOS",
)

// isAbbreviation reports capitals only, with digits or a plural s: DLP, URLs, MS365D.
func isAbbreviation(w string) bool {
	if len(w) > 2 && w[len(w)-1] == 's' {
		w = w[:len(w)-1]
	}
	if len(w) < 2 {
		return false
	}
	for i := range len(w) {
		if !isUpper(w[i]) && (w[i] < '0' || w[i] > '9') {
			return false
		}
	}
	return true
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

// quoted puts a name that could be taken for words of the sentence into quotes.
func quoted(s string) string { return "'" + s + "'" }

// and joins names as a sentence does, at most three of them: "a, b and 4 more".
func and(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	case 2, 3:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return strings.Join(names[:2], ", ") + " and " + plural(n-2, "more", "more")
	}
}

// plural says "1 item", "3 items".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// byName looks s up, whatever its letter case, in a table whose keys are in lower case.
func byName[V any](table map[string]V, s string) (v V, ok bool) {
	var lower [80]byte
	if len(s) > len(lower) {
		return v, false
	}
	for i := range len(s) {
		c := s[i]
		if isUpper(c) {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	v, ok = table[string(lower[:len(s)])] // does not allocate
	return v, ok
}

// isGUID reports the shape 8-4-4-4-12 of hexadecimal digits.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case !isHex(c):
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// zeroGUID is written where there is no id.
const zeroGUID = "00000000-0000-0000-0000-000000000000"

// first gives the first of its arguments that is not empty.
func first(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return ""
}

// before gives the part of s before the first sep, or all of it.
func before(s, sep string) string {
	head, _, _ := strings.Cut(s, sep)
	return head
}

// after gives the part of s after the last sep, or all of it.
func after(s string, sep byte) string {
	return s[strings.LastIndexByte(s, sep)+1:]
}

// hasPrefixFold is strings.HasPrefix without regard to the case of ASCII letters.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// hasSuffixFold is strings.HasSuffix without regard to the case of ASCII letters.
func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
