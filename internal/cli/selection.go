package cli

import (
	"errors"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/text/width"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/query"
)

// selection is how the events of a command are chosen.
type selection struct {
	Query   []string `arg:"" optional:"" name:"query" help:"What to look for, in the query language: words and \"phrases\", field:value, -term, OR, ( ), after:-24h. Put all of it in single quotes; arguments are joined by blanks. Where one begins with a dash, write -- before the first."`
	Literal bool     `help:"Take each argument as a text that must occur as it stands."`
	Noise   string   `enum:"show,hide" default:"show" help:"hide leaves out what services do by themselves, as the web page does; default show."`

	// A name may hold a comma ("Lovelace, Ada"): these flags are repeated for several.
	Service   []string `placeholder:"NAME" sep:"none" help:"Only these services."`
	Actor     []string `placeholder:"NAME" sep:"none" help:"Only these actors: name, UPN or object id."`
	Operation []string `placeholder:"NAME" sep:"none" help:"Only these operations."`
	Result    []string `placeholder:"RESULT" help:"Only success, failure, partial or unknown."`
	Source    []string `placeholder:"SOURCE" help:"Only directory, intune, unified, signin, risk or aoc."`
	Tag       []string `placeholder:"TAG" sep:"none" help:"Only events with these tags."`
	Tenant    []string `placeholder:"GUID" help:"Only these tenants."`

	Since time.Duration `placeholder:"24h" xor:"start" help:"Only the last hours; not together with --from."`
	From  string        `placeholder:"TIME" xor:"start" help:"Only from this time on (2026-01-02 or 2026-01-02T03:04:05Z)."`
	To    string        `placeholder:"TIME" help:"Only before this time."`
	TZ    string        `default:"UTC" placeholder:"ZONE" help:"Time zone for tables, CSV and times without a zone, such as Europe/Berlin."`
}

// filter checks what was typed, all of it before there is a store to ask. Its Zone is set.
func (s *selection) filter(now time.Time) (f console.Filter, err error) {
	const op = "cli.selection"
	zone, err := time.LoadLocation(s.TZ)
	if err != nil {
		return f, aoc.Errorf(aoc.CodeInvalid, op, "--tz: %q is not a time zone; use a name such as Europe/Berlin", s.TZ)
	}
	if s.Since < 0 {
		return f, aoc.Errorf(aoc.CodeInvalid, op, "--since: must not be negative")
	}
	span, err := parseSpan(op, s.From, s.To, zone)
	if err != nil {
		return f, err
	}
	if s.Since > 0 {
		span.Start = now.Add(-s.Since)
	}
	f = console.Filter{
		Service: s.Service, Actor: s.Actor, Operation: s.Operation, Result: s.Result, Source: s.Source, Tags: s.Tag, Tenant: s.Tenant,
		Start: span.Start, End: span.End, Zone: zone, NoiseHidden: s.Noise == "hide",
	}
	if s.Literal {
		f.Search = s.Query
	} else {
		f.Query = strings.Join(s.Query, " ")
	}
	return f, blame(op, f, f.Validate(now))
}

// blame says of a wrong parameter what it was typed as.
func blame(op string, f console.Filter, err error) error {
	wrong, ok := errors.AsType[*console.InvalidParam](err)
	if !ok {
		return err
	}
	typed := "--" + wrong.Name
	switch wrong.Name {
	case "search", "q":
		typed = "query"
	case "tags":
		typed = "--tag"
	case "end":
		typed = "--to"
	}
	if place, ok := errors.AsType[*query.Error](err); ok {
		err = &wrongQuery{text: f.Query, at: place.At, to: place.To, err: err}
	}
	return &aoc.Error{Code: wrong.Err.Code, Op: op, Message: typed + ": " + wrong.Err.Message, Hint: wrong.Err.Hint, Cause: err}
}

// wrongQuery is an error about a place in a query.
type wrongQuery struct {
	text   string
	at, to int // UTF-16 code units
	err    error
}

func (e *wrongQuery) Error() string { return e.err.Error() }

func (e *wrongQuery) Unwrap() error { return e.err }

// The columns of a query that are shown before and from the place of an error on.
const (
	shownBefore = 40
	shownFrom   = 36
)

// pointer shows the place: a line with the query, or what is around the place, and one that
// marks it.
func (e *wrongQuery) pointer(indent string) string {
	units := utf16.Encode([]rune(printable(e.text)))
	before, place, after := string(utf16.Decode(units[:e.at])), string(utf16.Decode(units[e.at:e.to])), string(utf16.Decode(units[e.to:]))
	if r := []rune(before); len(r) > shownBefore {
		before = "…" + string(r[len(r)-shownBefore:])
	}
	marked := max(1, min(columns(place), shownFrom))
	return indent + before + clip(place+after, shownFrom) + "\n" + indent + strings.Repeat(" ", columns(before)) + strings.Repeat("^", marked) + "\n"
}

// columns is how many columns of a terminal a text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
