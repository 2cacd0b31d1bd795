// Package query is the language in which people ask for events: one grammar for the API,
// the web page and the command line. [Parse] turns a text into a predicate, [Format] a
// predicate into a text, [Term] raw values into a piece of one, and [At] tells what is
// being typed. docs/query-language.md is the page for its users.
//
// The grammar, in EBNF. White space may stand between any two symbols of query to
// operand, and within the parentheses of values; nowhere else.
//
//	query   = [ either ] .
//	either  = all { "OR" all } .
//	all     = some { [ "AND" ] some } .
//	some    = ( "-" | "NOT" ) some | operand .
//	operand = "(" either ")" | term | atom .
//	term    = name ":" values .
//	values  = atom { "," atom } | "(" atom { ( "OR" | "," ) atom } ")" .
//	name    = letter { letter } .                      (* A-Z a-z _ ; any letter case *)
//	atom    = piece { piece } .
//	piece   = bare | "*" | quoted .
//	bare    = char { char } .                          (* no space " * ( ) ; among values no , *)
//	quoted  = '"' { char | '\"' | '\\' } '"' .         (* any other \ is itself *)
//
// A "-" stands for NOT when anything but white space or ")" follows it. AND, OR and NOT are
// keywords in upper case and without quotation marks only.
//
// A name is one of [Fields]. Other text with a colon is an atom when what stands before the
// colon is no name by its form (12:30), is a single letter (C:, i:0#), is a well-known scheme
// (smtp:, urn:), or when // or \ follows; anything else is an unknown field, and an error.
//
// An atom outside a term is text to be found anywhere ([aoc.Text]); with a * between pieces it
// is pieces in order ([aoc.TextLike]); a * at an end says nothing, since any fragment is
// found; a * alone holds for every event. A value is compared as a whole ([aoc.Is]), with a
// * it is a pattern ([aoc.Like]), and a * alone means any value. after: and before: take a
// time ([ParseTime]) and bound the event time ([aoc.Between]). is: takes the name of a macro.
package query

import (
	"time"

	"aoc"
)

// The most a query may hold.
const (
	MaxBytes = 4096
	MaxTerms = 200 // words and values
	MaxDepth = 32  // parentheses and NOT within each other
)

// Options are what a query is read with.
type Options struct {
	// Now is what relative times count from.
	Now time.Time
	// Zone is that of times that name none; nil means UTC.
	Zone *time.Location
	// Macros are what is:NAME stands for, by name in lower case.
	Macros map[string]aoc.Expr
}

// Error says what is wrong with a query, and where.
type Error struct {
	// At and To bound the place, At ≤ To, in UTF-16 code units from the beginning: what
	// browsers count a text in.
	At, To  int
	Message string
	Hint    string // what to write instead; may be empty
}

func (e *Error) Error() string { return e.Message }

// utf16Len is the length of a text in UTF-16 code units. Bytes that are not UTF-8 count one.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// byteOffset is where the code unit n of a text begins in bytes; within the text always.
func byteOffset(s string, n int) int {
	for i, r := range s {
		if n <= 0 {
			return i
		}
		n--
		if r > 0xffff {
			n--
		}
	}
	return len(s)
}
