// Package aoc is the domain of the Admin Operations Center: the nouns that every
// other package speaks in (events, records, windows, units, queries) and the one
// error type. It imports the standard library only and knows no database, no HTTP
// and no Microsoft API.
package aoc
