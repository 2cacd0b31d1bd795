package query

import (
	"errors"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

func seeds(f *testing.F) {
	for _, q := range []string{
		"", "add member", `-actor:"Lovelace, Ada" OR (role NOT tag:*)`, "operation:New-*,Set-* after:-7d", `target:(a OR "b c", d*)`, "actor:a,", `"open`, "((a)",
		"😀 actro:x", "is:change -is:noise", "after:2026-11-01 10:00", `C:\x urn:y https://z`, "- -a --b NOT NOT c", "*", `"a"*"b"`, "actor:(a b)", "actor:((a),b) x)",
	} {
		f.Add(q, len(q)/2)
	}
}

// FuzzParse: whatever is typed, there is an answer, an error has a place between characters,
// and what was read can be written and read again.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string, _ int) {
		opt := options(t)
		x, err := Parse(text, opt)
		if err != nil {
			wrong, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("%T is no Error", err)
			}
			checkBounds(t, text, wrong.At, wrong.To)
			return
		}
		written := Format(x)
		if len(written) > MaxBytes {
			return
		}
		y, err := Parse(written, opt)
		if wrong, ok := errors.AsType[*Error](err); ok && wrong.Message == "a query has at most 200 words and values" {
			return // a macro is worth more than one
		}
		if err != nil {
			t.Fatalf("%q is written %q, which is wrong: %v", text, written, err)
		}
		if diff := cmp.Diff(x, y); diff != "" {
			t.Errorf("%q is written %q, which is read:\n%s", text, written, diff)
		}
	})
}

// FuzzAt: the place of a completion is between characters, around the offset, and what is
// left of a right query without the term is right.
func FuzzAt(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string, offset int) {
		p := At(text, offset)
		checkBounds(t, text, p.From, p.To)
		at := utf16Len(text[:byteOffset(text, offset)])
		if p.From > at || p.To < at {
			t.Errorf("%q at %d: replaces %d–%d", text, at, p.From, p.To)
		}
		if len(p.Without) > MaxBytes || len(text) > MaxBytes {
			return
		}
		if _, err := Parse(text, options(t)); err != nil {
			return
		}
		if _, err := Parse(p.Without, options(t)); err != nil {
			t.Errorf("%q at %d: without its term it is %q: %v", text, at, p.Without, err)
		}
	})
}

func checkBounds(t *testing.T, text string, at, to int) {
	t.Helper()
	units := utf16.Encode([]rune(text))
	if at < 0 || at > to || to > len(units) {
		t.Fatalf("%q: %d–%d of %d", text, at, to, len(units))
	}
	for _, i := range []int{at, to} {
		// The second half of a pair does not begin anything.
		if i > 0 && i < len(units) && units[i-1]>>10 == 0xd800>>10 && units[i]>>10 == 0xdc00>>10 {
			t.Errorf("%q: %d is within a character", text, i)
		}
	}
}
