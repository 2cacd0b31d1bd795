package rawjson_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"aoc/internal/rawjson"
)

func TestCanonical(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"spaces and order of keys", "{ \"b\" : [ 1 , 2 ] ,\n\t\"a\" : { } }", `{"a":{},"b":[1,2]}`},
		{"nested order", `{"z":{"b":1,"a":2},"a":[{"d":1,"c":2}]}`, `{"a":[{"c":2,"d":1}],"z":{"a":2,"b":1}}`},
		{"escaped keys sort as what they say", `{"\u0062":1,"a":2}`, `{"a":2,"b":1}`},
		{"equal keys keep their order", `{"b":0,"a":2,"a":1,"\u0061":3}`, `{"a":2,"a":1,"a":3,"b":0}`},
		{"a key sorts before those it begins", `{"ab":1,"a":2,"a b":3}`, `{"a":2,"a b":3,"ab":1}`},
		{"escapes", `["\/","\u003c","\u00e9","\n","\u000A","\"","\\"]`, "[\"/\",\"<\",\"é\",\"\\u000a\",\"\\u000a\",\"\\\"\",\"\\\\\"]"},
		{"surrogate pair", `"\ud83d\ude00 \uD83D\uDE00"`, `"😀 😀"`},
		{"unpaired surrogates", `"\uD83D \ude00 \ud83dx\ud83d"`, `"\ud83d \ude00 \ud83dx\ud83d"`},
		{"high surrogate before a pair", `"\ud83d\ud83d\ude00"`, `"\ud83d😀"`},
		{"numbers", `[1,1.0,1e0,10e-1,0.1,1.50,100,1e2,-0,-0.0,0e99999999999,-12.5]`, `[1,1,1,1,1e-1,15e-1,100,100,0,0,0,-125e-1]`},
		{"large integers stay exact", `[9007199254740993,9007199254740992,1e25,10000000000000000000000000]`, `[9007199254740993,9007199254740992,1e25,1e25]`},
		{"absurd exponents keep their text", `[1e99999999999,1E99999999999]`, `[1e99999999999,1E99999999999]`},
		{"literals", `[true,false,null]`, `[true,false,null]`},
		{"order of arrays counts", `[2,1]`, `[2,1]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := rawjson.Canonical([]byte(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCanonicalKeepsDifferentRecordsApart(t *testing.T) {
	texts := []string{
		`"\ud800"`, `"\ud801"`, `"\ufffd"`, "\"\xff\"", "\"\xfe\"", "\"\xed\xa0\x80\"", `"\\ud800"`,
		`"1"`, `1`, `"a"`, `"A"`, `""`, `null`, `{}`, `[]`, `{"a":1,"a":2}`, `{"a":2,"a":1}`, `{"a":2}`,
	}
	seen := map[string]string{}
	for _, text := range texts {
		c, err := rawjson.Canonical([]byte(text))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if other, ok := seen[string(c)]; ok {
			t.Errorf("%q and %q are both %q", text, other, c)
		}
		seen[string(c)] = text
	}
}

func TestCanonicalRefusesWhatIsNotJSON(t *testing.T) {
	for _, raw := range []string{"", "{", `{"a":1,}`, `{} {}`, `{a:1}`, `[01]`, "\"\n\"", deep(rawjson.MaxDepth + 1)} {
		if c, err := rawjson.Canonical([]byte(raw)); err == nil {
			t.Errorf("Canonical(%.20q) = %.20q, want an error", raw, c)
		}
		if _, err := rawjson.Sum([]byte(raw)); err == nil {
			t.Errorf("Sum(%.20q): no error", raw)
		}
	}
}

func TestSumIsOfTheCanonicalForm(t *testing.T) {
	a, _ := rawjson.Sum([]byte(`{"a":1.0,"b":"\u00e9"}`))
	b, _ := rawjson.Sum([]byte(`{"b":"é","a":1}`))
	c, _ := rawjson.Sum([]byte(`{"b":"é","a":2}`))
	if a != b || a == c {
		t.Errorf("equal records: %v, different ones: %v", a == b, a != c)
	}
}

func TestValidBoundsDepth(t *testing.T) {
	if !rawjson.Valid([]byte(deep(rawjson.MaxDepth))) {
		t.Error("the deepest allowed nesting is refused")
	}
	if rawjson.Valid([]byte(deep(rawjson.MaxDepth + 1))) {
		t.Error("deeper nesting passes")
	}
	if rawjson.Valid(bytes.Repeat([]byte("["), 10<<20)) || rawjson.Valid(bytes.Repeat([]byte(`{"a":`), 1<<20)) {
		t.Error("unclosed nesting passes")
	}
}

func deep(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// corpus seeds every fuzz target of the package.
var corpus = []string{
	``, ` `, `{}`, `[]`, `null`, `{"a":[1,2.50,-3e4,{"b":"c\n"}]}`, `[{"a":1},{"b":2}]`, `{"value":[{"id":"1"},{"id":"2"}],"n":1}`,
	"{\"a\":1}\n{\"b\":2}\n", `"\ud83d\ude00\ud83d"`, "\"\xff\x00\"", `{"a":"x},{"b":"y"}`, `[{"a":1}},{"b":2}]`, `[{"a":[1,2},{"b":2}]`,
	"\xEF\xBB\xBF[1]", `{"a":1{"b":2}`, "{\"a\":\"x\n{\"b\":2}", `{"z":1,"a":{"z":1,"a":2}}`, `[1e400,0.00,-0,1E+2]`, `\`, `"\`, `"\u12`, `:}`,
	`["\u0000","\/"]`, `{"value":{"value":[1]}}`, "{\"\xcc\":0,\"\xc0\":1}", `{"\ufffd":0,"\ud83d":1}`, `{"x":1,"value":[],"value":[2],"y":[3]}`, "{\n \"a\": 1\n}\n{\n \"a\": 2\n}", `[tru,false]`, `{"a":1}x`,
}

func FuzzValid(f *testing.F) {
	for _, s := range corpus {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := rawjson.Valid(raw)
		brackets := bytes.Count(raw, []byte("[")) + bytes.Count(raw, []byte("{"))
		if want := json.Valid(raw); got != want && (got || brackets <= rawjson.MaxDepth) {
			t.Errorf("Valid(%q) = %v, encoding/json says %v", raw, got, want)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	for _, s := range corpus {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := rawjson.Canonical(raw)
		if (err == nil) != rawjson.Valid(raw) {
			t.Fatalf("Canonical(%q): %v", raw, err)
		}
		if err != nil {
			return
		}
		if !json.Valid(c) {
			t.Fatalf("Canonical(%q) = %q is not JSON", raw, c)
		}
		again, err := rawjson.Canonical(c)
		if err != nil || !bytes.Equal(c, again) {
			t.Fatalf("canonical form of %q is not stable: %q, then %q, %v", raw, c, again, err)
		}
		var before, after any
		if json.Unmarshal(raw, &before) == nil && !hasReplacement(before) {
			if err := json.Unmarshal(c, &after); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("%q means something else in canonical form %q: %s", raw, c, diff)
			}
		}
	})
}

// hasReplacement tells whether v, as encoding/json decodes it, has U+FFFD in it: there
// that package cannot serve as judge, because it reads every ill-formed byte and lone
// surrogate as U+FFFD and so takes keys for equal that are not.
func hasReplacement(v any) bool {
	text, err := json.Marshal(v)
	return err != nil || bytes.ContainsRune(text, utf8.RuneError)
}

func TestCanonicalKeepsIllFormedKeysApart(t *testing.T) {
	for _, raw := range []string{"{\"\xcc\":0,\"\xc0\":1}", `{"\ufffd":0,"\ud83d":1}`, "{\"\xff\":0,\"\ufffd\":1}"} {
		c, err := rawjson.Canonical([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		other, err := rawjson.Canonical([]byte(strings.NewReplacer(":0", ":1", ":1", ":0").Replace(raw)))
		if err != nil || bytes.Equal(c, other) {
			t.Errorf("%q with its values swapped has the same canonical form %q, %v", raw, c, err)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	raw := []byte(record(1))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rawjson.Canonical(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValid(b *testing.B) {
	raw := []byte(record(1))
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if !rawjson.Valid(raw) {
			b.Fatal("not valid")
		}
	}
}
