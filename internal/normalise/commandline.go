package normalise

import (
	"iter"
	"strings"
)

// commandLine yields the parameters of a PowerShell command line as Security & Compliance
// records them: -Name "Default policy" -Locations ("All") -Enabled -Mode:Enforce. Values lose their
// quotes and brackets. Text that is cut short ends the last value.
func commandLine(s string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for s != "" {
			start := strings.IndexByte(s, '-')
			if start < 0 {
				return
			}
			s = s[start+1:]
			end := strings.IndexAny(s, " :")
			if end < 0 {
				end = len(s)
			}
			name := s[:end]
			value, rest := argument(strings.TrimLeft(s[end:], " :"))
			s = rest
			if name != "" && !yield(name, value) {
				return
			}
		}
	}
}

// argument reads one argument off s: in quotes, in brackets with quotes within, or a word.
func argument(s string) (value, rest string) {
	switch {
	case s == "" || s[0] == '-':
		return "True", s // a switch
	case s[0] == '(':
		end := strings.Index(s, `")`)
		if end >= 0 {
			end++
		} else if end = strings.IndexByte(s, ')'); end < 0 {
			end = len(s)
		}
		rest = strings.TrimPrefix(s[end:], ")")
		return strings.Trim(strings.TrimSpace(s[1:end]), `"`), rest
	case s[0] == '"':
		if end := strings.IndexByte(s[1:], '"'); end >= 0 {
			return s[1 : 1+end], s[end+2:]
		}
		return s[1:], ""
	}
	value, rest, _ = strings.Cut(s, " ")
	return value, rest
}
