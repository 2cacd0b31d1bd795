package sqlite

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"aoc/internal/rawjson"
)

func TestTermScanFindsEveryPlace(t *testing.T) {
	for _, c := range []struct {
		text, term string
		want       []int
	}{
		{"", "a", nil},
		{"a", "a", []int{0}},
		{"xAbxaBx", "ab", []int{1, 4}},
		{"aaaa", "aa", []int{0, 1, 2}},
		{"203.0.113.7 and 203.0.113.70", "203.0.113.7", []int{0, 16}},
		{"Person Q", "person q", []int{0}},
		{"ends with q", "qq", nil},
		{strings.Repeat("z", 100) + "@x", "@x", []int{100}},
	} {
		scan, ok := newTermScan([]byte(c.term))
		if !ok {
			t.Fatalf("%q cannot be scanned for", c.term)
		}
		var got []int
		for at := scan.next(c.text, 0); at >= 0; at = scan.next(c.text, at+1) {
			got = append(got, at)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%q in %q: %v, want %v", c.term, c.text, got, c.want)
		}
	}
}

// FuzzTermScan holds the scan against the definition: what it rules out must not match.
func FuzzTermScan(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"a":"Quarterly \u0052eport"}`, "report"}, {`{"a":"x\u003cb\u003e"}`, "<b>"}, {`{"a":"\u212aelvin"}`, "kelvin"},
		{"{\"a\":\"\u017fharp\"}", "sharp"}, {`{"a":"tab\there"}`, "tab"}, {`{"a":"a\/b"}`, "a/b"}, {`{"n":17.50}`, "7.5"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, raw, term string) {
		if !json.Valid([]byte(raw)) || !rawjson.Valid([]byte(raw)) {
			return
		}
		folded := rawjson.AppendFold(nil, term)
		scan, ok := newTermScan(folded)
		if !ok || isOdd(raw) || scan.next(raw, 0) >= 0 {
			return // not ruled out
		}
		rawjson.Values([]byte(raw), func(value string) bool {
			if strings.Contains(rawjson.Fold(value), string(folded)) {
				t.Errorf("%q is ruled out of %q, but is in the value %q", term, raw, value)
			}
			return true
		})
	})
}
