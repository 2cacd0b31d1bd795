package console

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The most that people can write, in bytes.
const (
	maxName    = 200
	maxTag     = 100
	maxTicket  = 1000
	maxNote    = 4000
	maxComment = 20_000
	maxView    = 8000
)

// line checks a text of one line that a person wrote, and trims it. Control characters and
// those that turn the direction of text around have no place in a name: they would let
// one name look like another.
func line(param, text string, most int) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case len(text) > most:
		return "", invalid(param, "at most %d bytes can be given", most)
	case !utf8.ValidString(text):
		return "", invalid(param, "not UTF-8")
	}
	for _, r := range text {
		if unicode.IsControl(r) || isBidi(r) || r == '\u2028' || r == '\u2029' {
			return "", invalid(param, "the character %s cannot be part of it", fmt.Sprintf("U+%04X", r))
		}
	}
	return text, nil
}

// someLine is a line that must not be empty.
func someLine(param, text string, most int) (string, error) {
	text, err := line(param, text, most)
	if err == nil && text == "" {
		err = invalid(param, "must not be empty")
	}
	return text, err
}

// prose checks a text of several lines that a person wrote, and trims it. Text may run in
// any direction; of control characters it has line ends and tabs only.
func prose(param, text string, most int) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case len(text) > most:
		return "", invalid(param, "at most %d bytes can be given", most)
	case !utf8.ValidString(text):
		return "", invalid(param, "not UTF-8")
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return "", invalid(param, "the character %s cannot be part of it", fmt.Sprintf("U+%04X", r))
		}
	}
	return text, nil
}

// ticket checks the address or number of a ticket. Addresses are of the web: others could
// run something when they are followed.
func ticket(text string) (string, error) {
	text, err := line("ticket", text, maxTicket)
	if err != nil {
		return "", err
	}
	scheme, _, _ := strings.Cut(strings.ToLower(text), ":")
	switch strings.TrimSpace(scheme) {
	case "javascript", "data", "vbscript", "file", "blob":
		return "", invalid("ticket", "a ticket is a number or an address that begins with https://")
	}
	return text, nil
}

// isBidi reports whether a character turns the direction of text without being seen.
func isBidi(r rune) bool {
	return r == '\u061c' || (r >= '\u200e' && r <= '\u200f') || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

// CheckName checks the name that a person gives for themselves: at most 100 characters,
// none of them invisible. Code invalid.
func CheckName(name string) (string, error) {
	name, err := line("X-AOC-Name", name, maxName*2)
	if err == nil && utf8.RuneCountInString(name) > 100 {
		err = invalid("X-AOC-Name", "a name has at most 100 characters")
	}
	return name, err
}
