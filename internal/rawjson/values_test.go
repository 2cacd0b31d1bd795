package rawjson_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"aoc/internal/rawjson"
)

func values(raw []byte) []string {
	var got []string
	rawjson.Values(raw, func(v string) bool {
		got = append(got, strings.Clone(v))
		return true
	})
	return got
}

func TestValues(t *testing.T) {
	tests := []struct {
		name, raw string
		want      []string
	}{
		{"strings and numbers in order, no keys and literals", `{"k":"a","n":[1,-2.50,true,false,null,"b"],"o":{"k2" : "c"}}`, []string{"a", "1", "-2.50", "b", "c"}},
		{"escapes", `["a\"b","\\","\u00e9\/","\ud83d\ude00","\ud800","x\n"]`, []string{`a"b`, `\`, "é/", "😀", "\uFFFD", "x\n"}},
		{"brackets and colons in strings", `{"a":"{\"k\":1}","b":":","c":"]"}`, []string{`{"k":1}`, ":", "]"}},
		{"an escaped key", `{"a\"b":1}`, []string{"1"}},
		{"one value", ` "x" `, []string{"x"}},
		{"empty strings count", `["",""]`, []string{"", ""}},
		{"none", `{"a":{},"b":[null]}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, values([]byte(tt.raw))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValuesStops(t *testing.T) {
	n := 0
	rawjson.Values([]byte(`["a","b","c"]`), func(string) bool { n++; return n < 2 })
	if n != 2 {
		t.Errorf("called %d times, want 2", n)
	}
}

func decodedValues(raw []byte) []string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out []string
	var walk func()
	walk = func() {
		tok, _ := d.Token()
		switch v := tok.(type) {
		case string:
			out = append(out, v)
		case json.Number:
			out = append(out, v.String())
		case json.Delim:
			for d.More() {
				if v == '{' {
					_, _ = d.Token()
				}
				walk()
			}
			_, _ = d.Token()
		}
	}
	walk()
	return out
}

func FuzzValues(f *testing.F) {
	for _, s := range corpus {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := values(raw) // must not panic, whatever raw is
		if !rawjson.Valid(raw) {
			return
		}
		for i, v := range got {
			got[i] = strings.ToValidUTF8(v, "")
		}
		want := decodedValues(raw)
		for i, v := range want {
			want[i] = strings.ToValidUTF8(v, "")
		}
		if utf8.Valid(raw) && !cmp.Equal(want, got) {
			t.Errorf("Values(%q): %s", raw, cmp.Diff(want, got))
		}
	})
}

func TestFold(t *testing.T) {
	tests := []struct{ s, want string }{
		{"", ""}, {"abc-123", "abc-123"}, {"ABC xyz", "abc xyz"}, {"\u212A", "k"}, {"ſ", "s"},
		{"é", rawjson.Fold("É")}, {"Σσς", strings.Repeat(rawjson.Fold("σ"), 3)},
		{"ß", rawjson.Fold("ẞ")}, {"日本", "日本"}, {"a\xffB", "a\uFFFDb"}, {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
	}
	for _, tt := range tests {
		if got := rawjson.Fold(tt.s); got != tt.want {
			t.Errorf("Fold(%q) = %q, want %q", tt.s, got, tt.want)
		}
		if got := string(rawjson.AppendFold([]byte("X"), tt.s)); got != "X"+tt.want {
			t.Errorf("AppendFold(X, %q) = %q", tt.s, got)
		}
	}
}

func TestFoldOfEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		folded := rawjson.Fold(string(r))
		if rawjson.Fold(folded) != folded {
			t.Errorf("Fold(%U) = %q is not stable", r, folded)
		}
		next := string(unicode.SimpleFold(r))
		if rawjson.Fold(next) != folded {
			t.Errorf("%U and %q fold to %q and %q", r, next, folded, rawjson.Fold(next))
		}
		if !strings.EqualFold(string(r), folded) {
			t.Errorf("Fold(%U) = %q is another character", r, folded)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Straße", "STRASSE")
	f.Add("\u212Aelvin", "kELVIN")
	f.Add("ſ\xff", "S")
	f.Fuzz(func(t *testing.T, a, b string) {
		fa, fb := rawjson.Fold(a), rawjson.Fold(b)
		if !utf8.ValidString(fa) {
			t.Errorf("Fold(%q) = %q is not UTF-8", a, fa)
		}
		if utf8.ValidString(a) && utf8.ValidString(b) && (fa == fb) != strings.EqualFold(a, b) {
			t.Errorf("Fold(%q) = %q, Fold(%q) = %q; EqualFold says %v", a, fa, b, fb, strings.EqualFold(a, b))
		}
	})
}

func BenchmarkValues(b *testing.B) {
	raw := []byte(record(1))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		rawjson.Values(raw, func(string) bool { return true })
	}
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{
		"ascii":    strings.Repeat("Set-Mailbox Ada.Lovelace@contoso.example ", 10),
		"lower":    strings.Repeat("set-mailbox ada.lovelace@contoso.example ", 10),
		"cyrillic": strings.Repeat("Изменить почтовый ящик ", 10),
		"japanese": strings.Repeat("メールボックスの設定を変更する", 10),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			var dst []byte
			for b.Loop() {
				dst = rawjson.AppendFold(dst[:0], s)
			}
		})
	}
}
