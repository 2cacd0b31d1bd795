package store_test

import (
	"regexp"
	"strings"
	"testing"

	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// expression writes a pattern as a regular expression over folded text.
func expression(parts []string) string {
	quoted := make([]string, len(parts))
	for i, part := range parts {
		quoted[i] = regexp.QuoteMeta(rawjson.Fold(part))
	}
	return strings.Join(quoted, `(?s:.*)`)
}

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		parts  string // with | between them
		value  string
		is, in bool
	}{
		{"ada", "Ada", true, true},
		{"ada", "Ada L", false, true},
		{"ada|", "Ada L", true, true},
		{"|ada", "Ada L", false, true},
		{"|L", "Ada L", true, true},
		{"a|a", "a", false, false},
		{"a|a", "aa", true, true},
		{"ab|ba", "aba", false, false},
		{"|a|a|", "banana", true, true},
		{"|n|n|n|", "banana", false, false},
		{"b|n|a", "banana", true, true},
		{"|", "", true, true},
		{"|", "x", true, true},
		{"k", "\u212a", true, true},
		{"\u212a|", "kelvin", true, true},
		{"straße|", "STRASSE", false, false},
	} {
		p := store.NewPattern(strings.Split(c.parts, "|"))
		folded := []byte(rawjson.Fold(c.value))
		if is, in := p.Is(folded), p.In(folded); is != c.is || in != c.in {
			t.Errorf("%s and %q: is %v, in %v; want %v, %v", c.parts, c.value, is, in, c.is, c.in)
		}
	}
	if none := store.NewPattern(nil); none.Is(nil) || none.Any() || none.MayBegin("x") {
		t.Error("a pattern without parts matches something")
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("a|b", "xaXB")
	f.Add("|", "")
	f.Add("\u212a", "K")
	f.Add("\xff|", "\xfe")
	f.Fuzz(func(t *testing.T, pattern, value string) {
		parts := strings.Split(pattern, "|")
		p, folded := store.NewPattern(parts), rawjson.Fold(value)
		is := regexp.MustCompile("^" + expression(parts) + "$").MatchString(folded)
		in := regexp.MustCompile(expression(parts)).MatchString(folded)
		if got := p.Is([]byte(folded)); got != is {
			t.Errorf("%q is %q: %v; want %v", value, parts, got, is)
		}
		if got := p.In([]byte(folded)); got != in {
			t.Errorf("%q in %q: %v; want %v", value, parts, got, in)
		}
		if is && value != "" && !p.MayBegin(value) {
			t.Errorf("%q is %q and yet may not begin so", value, parts)
		}
	})
}
