package mongo

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/store"
)

// Terms are what an event is found by: the strings of the array terms of its document. All
// of them are folded. No kind can be mistaken for another one:
//
//	lovelace                  a word: a maximal run of letters and digits of a value
//	#4qRk…                    a word of more than maxWord characters, by its hash
//	~f3a91                    a gram: five characters that follow each other in a coded word
//	~3a91                     the last four characters of one
//	3f2a91c4-7b1d-4c55-…      a GUID
//	203.0.113.7               a dotted run: digits and dots, two dots at least
//	operation=update user     a value of a field
//	target#b7Tq…              a value of a field of more than maxValue bytes, by its hash
//	target#                   the field has such a value
//	ip!                       the field has no value
//	id!                       the id of the event is no part of a value that text searches look into
//	~*                        grams or words are missing: parts of words are not all told
//	*                         there are more terms than are kept: only what they tell is so
//
// A coded word is ASCII with a digit and of five characters or more: pieces of ids, numbers,
// base64. There is no end to those, so the vocabulary does not list them; their grams stand
// in for it. So do the grams of a word of ASCII letters that is too long for the vocabulary.
const (
	// maxTerms bounds the terms of an event, but for those of its fields of one value.
	maxTerms = 4000
	// maxGrams bounds the grams among them.
	maxGrams = 2000
	maxWord  = 64  // characters
	maxValue = 160 // bytes
	// gramLen is the length of a gram; pieces of words of minPiece characters and more are
	// found by them.
	gramLen  = 5
	minPiece = gramLen - 1

	gramMark   = "~"
	cutTerm    = "*"  // of the whole event
	insideTerm = "~*" // of the insides of its words
	hiddenID   = "id!"
)

// termFields are the fields whose values are terms: all that an [aoc.Is] can ask for but those
// that people change.
func termFields() []aoc.Field {
	return []aoc.Field{
		aoc.FieldTenant, aoc.FieldSource, aoc.FieldService, aoc.FieldWorkload, aoc.FieldRecordType, aoc.FieldOperation, aoc.FieldResult,
		aoc.FieldActorKind, aoc.FieldIP, aoc.FieldOrigin, aoc.FieldActor, aoc.FieldID, aoc.FieldChanged, aoc.FieldTarget,
	}
}

// listedField reports whether the vocabulary lists the values of a field. It does not where
// there is no end to them.
func listedField(f aoc.Field) bool { return f != aoc.FieldID && f != aoc.FieldTarget }

// fieldTerm is the term of a folded value of a field.
func fieldTerm(f aoc.Field, folded string) string {
	if len(folded) > maxValue {
		return longValues(f) + hashed(folded)
	}
	return string(f) + "=" + folded
}

// longValues is the term of events that have a value in the field which is told by its hash.
func longValues(f aoc.Field) string { return string(f) + "#" }

// noValue is the term of events that have no value in the field.
func noValue(f aoc.Field) string { return string(f) + "!" }

// wordTerm is the term of a folded word.
func wordTerm(word []byte) string {
	if utf8.RuneCount(word) > maxWord {
		return "#" + hashed(string(word))
	}
	return string(word)
}

// hashed stands for a text: 132 bits of its SHA-256.
func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:22]
}

// termsOf gives the terms of an event, whose earlier versions are older, and those of them
// that the vocabulary lists. An event has the same terms whenever it is asked for.
func termsOf(e *aoc.Event, older [][]byte) (terms, words []string) {
	t := termSet{has: make(map[string]struct{}, 256)}
	t.fields(e, termFields())
	id, idSeen := rawjson.AppendFold(nil, e.ID), e.ID == ""
	store.EachText(e, older, func(value string) bool {
		t.folded = rawjson.AppendFold(t.folded[:0], value)
		idSeen = idSeen || bytes.Contains(t.folded, id)
		t.text(t.folded)
		return !t.full()
	})
	if !idSeen {
		t.add(hiddenID)
	}
	if t.full() {
		t.add(cutTerm)
	} else if t.inside {
		t.add(insideTerm)
	}
	return t.terms, t.words
}

// termSet collects terms.
type termSet struct {
	has    map[string]struct{}
	terms  []string
	words  []string
	grams  int
	inside bool // a part of a word would not be found
	folded []byte
	gram   [len(gramMark) + gramLen]byte
}

// full reports whether there are as many terms as are kept.
func (t *termSet) full() bool { return len(t.terms) >= maxTerms }

// add reports whether the term is new.
func (t *termSet) add(term string) bool {
	if _, ok := t.has[term]; ok {
		return false
	}
	t.put(term)
	return true
}

// addBytes is add for a term in a buffer; it gives an empty string for a term that is there.
func (t *termSet) addBytes(term []byte) string {
	if _, ok := t.has[string(term)]; ok {
		return ""
	}
	s := string(term)
	t.put(s)
	return s
}

func (t *termSet) put(term string) {
	t.has[term] = struct{}{}
	t.terms = append(t.terms, term)
}

func (t *termSet) list(term string) { t.words = append(t.words, term) }

// fields adds the values of the fields; those of one value come first, so that they are there
// whatever else is cut.
func (t *termSet) fields(e *aoc.Event, fields []aoc.Field) {
	for _, f := range fields {
		values := store.FieldValues(e, f)
		if len(values) == 0 {
			t.add(noValue(f))
		}
		for _, v := range values {
			if t.full() {
				break
			}
			term := fieldTerm(f, rawjson.Fold(v))
			switch {
			case !t.add(term):
			case strings.HasPrefix(term, longValues(f)):
				t.add(longValues(f))
			case listedField(f):
				t.list(term)
			}
		}
	}
}

// text adds the terms of a folded value.
func (t *termSet) text(value []byte) {
	for run := range wordsIn(value) {
		if t.full() {
			return
		}
		t.word(run)
	}
	for _, g := range guidsIn(value) {
		t.addBytes(value[g : g+guidLen])
	}
	for _, d := range dottedIn(value) {
		run := value[d.start:d.end]
		if len(run) > maxWord {
			t.add(wordTerm(run))
			t.inside = true
		} else if s := t.addBytes(run); s != "" {
			t.list(s)
		}
	}
}

func (t *termSet) word(r run) {
	switch {
	case r.chars > maxWord:
		if !t.add(wordTerm(r.text)) {
			return
		}
		if r.ascii {
			t.gramsOf(r.text)
		} else {
			t.inside = true
		}
	case r.chars == 1 || r.ascii && r.chars <= minPiece:
		t.addBytes(r.text) // whatever part of it is looked up is all of it
	case r.ascii && r.digit:
		if t.addBytes(r.text) != "" {
			t.gramsOf(r.text)
		}
	default:
		if s := t.addBytes(r.text); s != "" {
			t.list(s)
		}
	}
}

// gramsOf adds the grams of an ASCII word of gramLen characters or more.
func (t *termSet) gramsOf(word []byte) {
	for i := 0; i+minPiece <= len(word); i++ {
		if t.grams >= maxGrams || t.full() {
			t.inside = true
			return
		}
		if i > 0 && i+minPiece == len(word) || i+gramLen <= len(word) {
			gram := append(append(t.gram[:0], gramMark...), word[i:min(i+gramLen, len(word))]...)
			if t.addBytes(gram) != "" {
				t.grams++
			}
		}
	}
}

// marksOf gives the marks of an event, by which it is found as people have annotated it:
//
//	tag=incident 7            a tag, folded
//	tag                       there are tags
//	review=benign             the state of the review
//	review                    there is a review
func marksOf(tags []string, review *aoc.Review) []string {
	var marks []string
	if len(tags) > 0 {
		marks = append(marks, string(aoc.FieldTag))
	}
	for _, value := range slices.Sorted(maps.Keys(store.FoldSet(tags))) {
		marks = append(marks, mark(aoc.FieldTag, value))
	}
	if review != nil && review.State != "" {
		marks = append(marks, string(aoc.FieldReview), mark(aoc.FieldReview, rawjson.Fold(string(review.State))))
	}
	return marks
}

// mark is the mark of a folded value.
func mark(f aoc.Field, folded string) string { return string(f) + "=" + folded }
