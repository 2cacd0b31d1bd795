package sigma

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// dashes are what windash takes for each other.
var dashes = []string{"-", "/", "–", "—", "―"}

// windash makes all permutations of the dashes of a text.
func (a *application) windash() {
	a.eachText("windash", func(o operand) []operand {
		made := []string{""}
		for rest := o.raw; rest != ""; {
			i := strings.IndexAny(rest, strings.Join(dashes, ""))
			if i < 0 {
				made = appendEach(made, rest)
				break
			}
			made = appendEach(made, rest[:i])
			if len(made)*len(dashes) > maxPermutations {
				a.tooMany(o)
				return []operand{o}
			}
			made = appendEach(made, dashes...)
			_, width := utf8.DecodeRuneInString(rest[i:])
			rest = rest[i+width:]
		}
		operands := make([]operand, len(made))
		for i, raw := range made {
			operands[i] = o
			operands[i].raw = raw
		}
		return operands
	})
}

// appendEach gives every text with every one of the ends.
func appendEach(texts []string, ends ...string) []string {
	made := make([]string, 0, len(texts)*len(ends))
	for _, t := range texts {
		for _, e := range ends {
			made = append(made, t+e)
		}
	}
	return made
}

// encoding is eachText for modifiers that encode a text; it rejects wildcards.
func (a *application) encoding(name string, f func(text string) []string) {
	a.eachText(name, func(o operand) []operand {
		text, ok := o.plainText()
		if !ok {
			a.problems.add(o.problem("wildcards cannot be encoded", "Write \\* and \\? for the characters themselves, and put contains after the encoding to find a part."))
			return []operand{o}
		}
		var operands []operand
		for _, encoded := range f(text) {
			o.raw, o.literal = encoded, true
			operands = append(operands, o)
		}
		return operands
	})
}

func (a *application) base64() {
	a.form = formEncoded
	a.encoding("base64", func(text string) []string {
		return []string{base64.StdEncoding.EncodeToString([]byte(text))}
	})
}

// base64offset gives what a text looks like within a longer one that is encoded: for each
// of three offsets, the characters that the text alone decides.
func (a *application) base64offset() {
	a.form = formEncoded
	a.encoding("base64offset", func(text string) []string {
		skip := [3]int{0, 2, 3}   // characters at the beginning that what stands before has a part in
		spoilt := [3]int{0, 3, 2} // at the end, with padding, by the length modulo 3
		var made []string
		for offset := range 3 {
			encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", offset) + text))
			end := len(encoded) - spoilt[(len(text)+offset)%3]
			if skip[offset] < end {
				made = append(made, encoded[skip[offset]:end])
			}
		}
		if len(made) == 0 {
			a.fail("the value is too short for base64offset", "")
		}
		return made
	})
}

func (a *application) wide(name string) {
	a.form = formWide
	a.encoding(name, func(text string) []string {
		var b []byte
		var order binary.AppendByteOrder = binary.LittleEndian
		switch name {
		case "utf16be":
			order = binary.BigEndian
		case "utf16":
			b = append(b, 0xff, 0xfe)
		}
		for _, unit := range utf16.Encode([]rune(text)) {
			b = order.AppendUint16(b, unit)
		}
		return []string{string(b)}
	})
}
