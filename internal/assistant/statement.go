package assistant

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var citation = regexp.MustCompile(`\[([a-z2-7]{26})\]`)

// statements cuts a line of Markdown into sentences. Citations behind the stop belong to the
// sentence before them. Put together they are the line again.
func statements(md string) []string {
	var all []string
	start, code := 0, false
	for i := 0; i < len(md); i++ {
		switch md[i] {
		case '\\':
			if !code {
				i++
			}
		case '`':
			code = !code
		case '.', '!', '?':
			if code {
				continue
			}
			if end := sentenceEnd(md, start, i); end > 0 {
				all = append(all, md[start:end])
				start, i = end, end-1
			}
		}
	}
	if start < len(md) {
		all = append(all, md[start:])
	}
	return all
}

var behindStop = regexp.MustCompile(`\A[.!?]+["”')*\]]*((\\?[(]?\s*(\[[a-z2-7]{26}\][,;]?\s*)+[)]?[.]?)+)?(\s+|\z)`)

var abbreviations = []string{"e.g", "i.e", "etc", "vs", "approx", "no", "st", "dr", "mr", "mrs", "ms", "inc", "ltd", "resp", "cf"} //nolint:gochecknoglobals // read-only table

// sentenceEnd gives where the next sentence begins if the stop at a place ends one; else 0.
func sentenceEnd(md string, start, stop int) int {
	m := behindStop.FindStringIndex(md[stop:])
	if m == nil {
		return 0
	}
	end := stop + m[1]
	if end == len(md) {
		return end
	}
	before := strings.ToLower(md[strings.LastIndexAny(md[:stop], " (")+1 : stop])
	if slices.Contains(abbreviations, before) || utf8.RuneCountInString(before) == 1 && !isDigits(before) {
		return 0
	}
	if isDigits(before) && strings.TrimSpace(md[start:stop]) == before { // the number of an item
		return 0
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(md[end:], "*`\"“'(\\["))
	if !unicode.IsUpper(next) && !unicode.IsDigit(next) {
		return 0
	}
	return end
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// words is a statement without its markup: the text, what is in code or quotes, and the keys
// that it cites.
type words struct {
	text   string
	quoted []string
	keys   []string
}

var inQuotes = regexp.MustCompile(`"([^"]{2,300})"|“([^”]{2,300})”|«([^»]{2,300})»`)

// statementOf takes the markup off a statement.
func statementOf(md string) words {
	var w words
	var b, code strings.Builder
	inCode := false
	for i := 0; i < len(md); i++ {
		c := md[i]
		switch {
		case c == '`':
			if inCode = !inCode; !inCode {
				w.quoted = append(w.quoted, code.String())
				code.Reset()
			}
		case inCode:
			code.WriteByte(c)
			b.WriteByte(c)
		case c == '\\' && i+1 < len(md) && special.MatchString(md[i+1:i+2]) || c == '\\' && i+1 < len(md) && strings.ContainsRune(":(#+-=.)", rune(md[i+1])):
			i++
			b.WriteByte(md[i])
		case c == '*':
		case c == '[' && citation.FindStringIndex(md[i:]) != nil && citation.FindStringIndex(md[i:])[0] == 0:
			w.keys = append(w.keys, md[i+1:i+27])
			i += 27
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	w.text = strings.NewReplacer("[:]//", "://", "www[.]", "www.").Replace(b.String())
	for _, m := range inQuotes.FindAllStringSubmatch(w.text, -1) {
		w.quoted = append(w.quoted, strings.TrimRight(m[1]+m[2]+m[3], ".,;:"))
	}
	w.keys = slices.Compact(w.keys)
	return w
}

// isClaim reports whether a statement says something that events could bear out: not one that
// only leads over to a list.
func (w words) isClaim() bool {
	text := strings.TrimSpace(w.text)
	return strings.ContainsFunc(text, unicode.IsLetter) && (len(w.keys) > 0 || !strings.HasSuffix(text, ":"))
}
