package sigma

import (
	"strings"
	"testing"
)

// obvious is a matcher that tries everything: pattern in Sigma's notation over characters.
func obvious(pattern, text []rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	literal := pattern[0]
	rest := pattern[1:]
	switch {
	case literal == '*':
		for i := range len(text) + 1 {
			if obvious(rest, text[i:]) {
				return true
			}
		}
		return false
	case literal == '?':
		return len(text) > 0 && obvious(rest, text[1:])
	case literal == '\\' && len(rest) > 0 && strings.ContainsRune(`\*?`, rest[0]):
		literal, rest = rest[0], rest[1:]
	}
	return len(text) > 0 && strings.EqualFold(string(literal), string(text[0])) && obvious(rest, text[1:])
}

func FuzzWildcards(f *testing.F) {
	for _, seed := range [][2]string{
		{"a*b", "axxb"}, {"*a?b*", "xxaybz"}, {`\*\\*`, `*\x`}, {"aba*ba", "aba"}, {"?*?", "ab"}, {"*aab", "aaab"},
		{"*ab*ab", "abab"}, {"ſ?", "Sx"}, {"**", ""}, {`a\`, `A\`}, {"*?b?*c", "abbcbc"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if strings.Count(pattern, "*") > 5 || len(pattern) > 40 || len(text) > 60 {
			t.Skip("the obvious matcher would take too long")
		}
		pattern, text = strings.ToValidUTF8(pattern, "?"), strings.ToValidUTF8(text, "?")
		pieces := parsePattern(pattern)
		m := newMatcher(pieces, false)
		want := obvious([]rune(pattern), []rune(text))
		if got := m.matches(fold(text)); got != want {
			t.Errorf("%q matches %q: %v, want %v", pattern, text, got, want)
		}
		if again := newMatcher(parsePattern(formatPattern(pieces)), false); again.matches(fold(text)) != want {
			t.Errorf("%q written again as %q matches otherwise", pattern, formatPattern(pieces))
		}
		if want {
			for _, literal := range m.literals() {
				if !strings.Contains(fold(text), literal) {
					t.Errorf("%q matches %q without %q", pattern, text, literal)
				}
			}
		}
		exact := newMatcher(parsePattern(Escape(text)), false)
		if exact.shape != shapeExact || !exact.matches(fold(text)) {
			t.Errorf("%q escaped is %q", text, Escape(text))
		}
	})
}

func TestAutomatonFindsEveryText(t *testing.T) {
	var b automatonBuilder
	texts := []string{"he", "she", "his", "hers", "e", "she", "ß", "rss"}
	for i, text := range texts {
		b.add(text, int32(i))
	}
	a := b.build()
	for _, in := range []string{"", "ushers", "hishe", "xyz", "ße", "hhhe", "hershe"} {
		found := map[int32]bool{}
		a.scan(in, func(i int32) { found[i] = true })
		for i, text := range texts {
			if found[int32(i)] != strings.Contains(in, text) {
				t.Errorf("%q in %q: %v", text, in, found[int32(i)])
			}
		}
	}
}
