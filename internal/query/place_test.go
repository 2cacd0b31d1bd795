package query

import (
	"strings"
	"testing"
)

func TestAt(t *testing.T) {
	for _, c := range []struct {
		query   string // | is where the caret stands
		kind    PlaceKind
		field   string
		prefix  string
		replace string // what a proposal replaces
		without string
	}{
		{"|", PlaceTerm, "", "", "", " * "},
		{"ac|", PlaceTerm, "", "ac", "ac", "*"},
		{"a|ct", PlaceTerm, "", "a", "act", "*"},
		{"|act", PlaceTerm, "", "", "", "*"},
		{"x -ac|", PlaceTerm, "", "ac", "ac", "x *"},
		{"x NOT ac| y", PlaceTerm, "", "ac", "ac", "x * y"},
		{"x AN|", PlaceTerm, "", "AN", "AN", "x *"},
		{"x OR| y", PlaceTerm, "", "OR", "OR", "x * y"},
		{"x OR | y", PlaceTerm, "", "", "", "x OR  *  y"},
		{"(|)", PlaceTerm, "", "", "", "( * )"},
		{"-|", PlaceTerm, "", "", "", "*"},
		{"-|foo", PlaceTerm, "", "", "", "*"},
		{"-|actor:x y", PlaceTerm, "", "", "", "* y"},
		{"12|", PlaceWord, "", "12", "12", "*"},
		{`"add m|`, PlaceWord, "", "add m", `"add m`, "*"},
		{`"add m|em" x`, PlaceWord, "", "add m", `"add mem"`, "* x"},
		{"act|or:ada x", PlaceTerm, "", "act", "actor:", "* x"},
		{"actor:|", PlaceValue, "actor", "", "", "*"},
		{"actor:|ada", PlaceValue, "actor", "", "ada", "*"},
		{"x actor:ad|a y", PlaceValue, "actor", "ad", "ada", "x * y"},
		{"-actor:ad|", PlaceValue, "actor", "ad", "ad", "*"},
		{`actor:"Love, A|`, PlaceValue, "actor", "Love, A", `"Love, A`, "*"},
		{"actor:a,b|,c d", PlaceValue, "actor", "b", "b", "* d"},
		{"actor:a,| d", PlaceValue, "actor", "", "", "* d"},
		{"actor:a,|b d", PlaceValue, "actor", "", "b", "* d"},
		{"actor:(a OR b|) d", PlaceValue, "actor", "b", "b", "* d"},
		{"actor:(a OR | d", PlaceValue, "actor", "", "", "*"},
		{"actor:(|", PlaceValue, "actor", "", "", "*"},
		{"actor:(a |", PlaceNone, "actor", "", "", "* "},
		{"actor:(a)| d", PlaceTerm, "", "", "", "actor:(a) *  d"},
		{"actor:a |", PlaceTerm, "", "", "", "actor:a  * "},
		{"operation:New*|", PlaceValue, "operation", "New*", "New*", "*"},
		{"TAGS:v|", PlaceValue, "tag", "v", "v", "*"},
		{"after:-2|", PlaceValue, "after", "-2", "-2", "*"},
		{"is:ch|", PlaceValue, "is", "ch", "ch", "*"},
		{"actro:a|", PlaceNone, "", "a", "a", "*"},
		{"after:soon ac| )", PlaceTerm, "", "ac", "ac", "after:soon * )"},
		{"😀 actor:ü😀|", PlaceValue, "actor", "ü😀", "ü😀", "😀 *"},
	} {
		before, after, _ := strings.Cut(c.query, "|")
		text := before + after
		p := At(text, utf16Len(before))
		replaced := text[byteOffset(text, p.From):byteOffset(text, p.To)]
		if p.Kind != c.kind || p.Field.Name != c.field || p.Prefix != c.prefix || replaced != c.replace || p.Without != c.without {
			t.Errorf("%s: %+v replaces %q", c.query, p, replaced)
		}
	}
	// Offsets outside the text are its ends.
	if p := At("ab", 99); p.Prefix != "ab" || p.To != 2 {
		t.Errorf("%+v", p)
	}
	if p := At("ab", -1); p.Prefix != "" || p.From != 0 {
		t.Errorf("%+v", p)
	}
}
