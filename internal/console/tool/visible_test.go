package tool

import (
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain, Grüße 漢字 🙂":  "plain, Grüße 漢字 🙂",
		"a\u202eb":           `a\u{202E}b`,
		"a\nb\tc":            `a\u{A}b\u{9}c`,
		"tag\U000e0041":      `tag\u{E0041}`,
		"zero\u200bwidth":    `zero\u{200B}width`,
		"nb\u00a0sp\u3164":   `nb\u{A0}sp\u{3164}`,
		"bad\xff":            `bad\xFF`,
		"\x1b[31mred":        `\u{1B}[31mred`,
		"one\ufe0ftwo\u2028": `one\u{FE0F}two\u{2028}`,
	} {
		if got := Visible(in, 0); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := Visible(strings.Repeat("é", 10), 4); got != "éééé… (6 more characters)" {
		t.Errorf("cut: %q", got)
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\u202eb\xff", 3)
	f.Fuzz(func(t *testing.T, s string, n int) {
		for _, r := range Visible(s, n%100) {
			if Hidden(r) {
				t.Errorf("%q has a hidden character", s)
			}
		}
	})
}
