package sqlite

import (
	"strconv"
	"strings"
)

// A termScan rules documents out without decoding them. A term that consists of plain
// ASCII stands in a document as it is, in any letter case, unless the record writes one
// of its characters as an escape or as one of the two letters beyond ASCII that fold to
// ASCII; such documents are marked odd when they are encoded and are never ruled out.
type termScan struct {
	term string // folded
	rare int    // the place of its rarest byte
	// lower and upper are the two spellings of that byte, the same if it has one.
	lower, upper byte
}

// newTermScan gives the scan of a folded term; ok is false for terms it cannot rule out.
func newTermScan(folded []byte) (scan termScan, ok bool) {
	if len(folded) == 0 {
		return termScan{}, false
	}
	best := 1 << 30
	for i, c := range folded {
		if !isPlain(rune(c)) {
			return termScan{}, false
		}
		if f := byteFrequency(c); f < best {
			best, scan.rare = f, i
		}
	}
	scan.term = string(folded)
	c := scan.term[scan.rare]
	scan.lower, scan.upper = c, c
	if 'a' <= c && c <= 'z' {
		scan.upper = c - 'a' + 'A'
	}
	return scan, true
}

// byteFrequency ranks bytes by how often they occur in audit records, rarest lowest.
func byteFrequency(c byte) int {
	const frequent = "zqjxkv@wyhu#gpml_:fsbdcnroait.-e 9876543210"
	if i := strings.IndexByte(frequent, c); i >= 0 {
		return i + 1
	}
	return 0
}

// next gives the place of the first occurrence in text from i on, or -1.
func (s *termScan) next(text string, i int) int {
	lower, upper := -2, -2 // not looked for yet
	for from := i + s.rare; ; {
		if lower != -1 && lower < from {
			lower = indexFrom(text, s.lower, from)
		}
		if s.upper == s.lower {
			upper = -1
		} else if upper != -1 && upper < from {
			upper = indexFrom(text, s.upper, from)
		}
		at := lower
		if at < 0 || upper >= 0 && upper < at {
			at = upper
		}
		if at < 0 {
			return -1
		}
		if start := at - s.rare; s.at(text, start) {
			return start
		}
		from = at + 1
	}
}

func indexFrom(text string, c byte, from int) int {
	if from >= len(text) {
		return -1
	}
	if i := strings.IndexByte(text[from:], c); i >= 0 {
		return from + i
	}
	return -1
}

// at reports whether the term stands at a place of text.
func (s *termScan) at(text string, start int) bool {
	if start < 0 || start+len(s.term) > len(text) {
		return false
	}
	for i := range len(s.term) {
		c := text[start+i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != s.term[i] {
			return false
		}
	}
	return true
}

// isPlain reports whether a character can be in a term that is scanned for: printable
// ASCII that JSON need not escape and that Microsoft does not.
func isPlain(r rune) bool {
	return 0x20 <= r && r < 0x7f && !strings.ContainsRune(`"\/<>&'+`, r)
}

// isOdd reports whether text has what a termScan cannot see through: an escape of a plain
// character, or one of the letters beyond ASCII that fold to k and s, escaped or not.
func isOdd(text string) bool {
	if strings.Contains(text, kelvin) || strings.Contains(text, longS) {
		return true
	}
	for {
		_, after, ok := strings.Cut(text, `\u`)
		if !ok {
			return false
		}
		if len(after) < 4 {
			return true
		}
		v, err := strconv.ParseUint(after[:4], 16, 16)
		if r := rune(v); err != nil || isPlain(r) || r == '\u212a' || r == '\u017f' {
			return true
		}
		text = after
	}
}

// The letters beyond ASCII that fold to k and s.
const (
	kelvin = "\u212a"
	longS  = "\u017f"
)

// hits gives the documents of a block that may have the term.
func (s *termScan) hits(b *blockText) bitmap {
	hits := newBitmap(len(b.docs))
	for i, d := range b.docs {
		if d.isOdd() {
			hits.set(i)
		}
	}
	doc := 0
	for at := s.next(b.body, 0); at >= 0; at = s.next(b.body, at) {
		for at >= b.ends[doc] {
			doc++
		}
		hits.set(doc)
		at = b.ends[doc] // the next document
	}
	return hits
}
