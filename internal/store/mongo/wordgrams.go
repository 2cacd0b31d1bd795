package mongo

import (
	"slices"
	"unicode/utf8"

	"aoc/internal/store"
)

// Entries of the vocabulary are words, dotted runs and values of fields, as terms. Their
// grams are what the vocabulary is indexed by:
//
//	love        four characters that follow each other in a word
//	é, né       one or two of them, with one beyond ASCII
//	.03.0       four of a dotted run, behind a dot
//	actor=love  four of a value of a field
//	actor=^lov  the one, two or three that a value begins with
//	actor=      a value of the field
const (
	dottedMark = "."
	beginMark  = "^"
	entryGram  = minPiece
)

// entryGrams gives the grams of an entry, each once.
func entryGrams(entry string) []string {
	kind, value := entryKind(entry)
	var grams []string
	add := func(g string) {
		if !slices.Contains(grams, g) {
			grams = append(grams, g)
		}
	}
	chars := []rune(value)
	for i := 0; i+entryGram <= len(chars); i++ {
		add(kind + string(chars[i:i+entryGram]))
	}
	switch kind {
	case "":
		for i := range chars {
			for n := 1; n <= 2 && i+n <= len(chars); n++ {
				if part := string(chars[i : i+n]); !isASCII(part) {
					add(part)
				}
			}
		}
	case dottedMark:
	default:
		add(kind)
		for n := 1; n < entryGram && n <= len(chars); n++ {
			add(kind + beginMark + string(chars[:n]))
		}
	}
	return grams
}

// entryKind gives what stands before the grams of an entry, and what they are of.
func entryKind(entry string) (kind, value string) {
	for i := range len(entry) {
		switch c := entry[i]; {
		case c == '=':
			return entry[:i+1], entry[i+1:]
		case c == '.' || asciiDigit(c):
			if isDottedEntry(entry) {
				return dottedMark, entry
			}
		case c != '_' && (c < 'a' || c > 'z'):
			return "", entry
		}
	}
	return "", entry
}

func isDottedEntry(entry string) bool {
	for i := range len(entry) {
		if entry[i] == '.' {
			return true
		}
		if !asciiDigit(entry[i]) {
			return false
		}
	}
	return false
}

// isWordEntry reports whether an entry is a word.
func isWordEntry(entry string) bool {
	r, _ := nextWord([]byte(entry), 0)
	return r.start == 0 && len(r.text) == len(entry)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// maxLookupGrams bounds the grams of a lookup.
const maxLookupGrams = 6

// gramsOfPart gives grams that every entry of a kind has which contains a part: spread over
// it, the end included. A part beyond ASCII may be shorter than a gram.
func gramsOfPart(kind string, part []byte) (grams []string) {
	chars := []rune(string(part))
	n := len(chars)
	if n < entryGram {
		for i := range chars {
			if two := string(chars[i:min(i+2, n)]); !isASCII(two) && (n == 1 || i+2 <= n) {
				grams = append(grams, kind+two)
			}
		}
		return grams
	}
	step := max(1, (n-entryGram+maxLookupGrams-2)/(maxLookupGrams-1))
	for i := 0; i+entryGram < n; i += step {
		grams = append(grams, kind+string(chars[i:i+entryGram]))
	}
	return append(grams, kind+string(chars[n-entryGram:]))
}

// gramsOfPattern gives grams of the listed values of a field that are, from beginning to
// end, the parts of a pattern.
func gramsOfPattern(kind string, pattern store.Pattern) (grams []string) {
	for _, part := range pattern {
		if utf8.RuneCount(part) >= entryGram {
			grams = append(grams, gramsOfPart(kind, part)...)
		}
	}
	if len(grams) > 0 {
		return grams[:min(maxLookupGrams, len(grams))]
	}
	if first := []rune(string(pattern[0])); len(first) > 0 {
		return []string{kind + beginMark + string(first[:min(len(first), entryGram-1)])}
	}
	return []string{kind}
}
