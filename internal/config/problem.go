package config

import (
	"errors"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	"aoc"
)

// Problem is one thing that is wrong with the settings.
type Problem struct {
	Setting string
	What    string // what is wrong, without the value
	Remedy  string
}

func (p Problem) String() string {
	return p.Setting + " " + p.What + ". " + p.Remedy
}

// Problems is everything that is wrong with the settings.
type Problems []Problem

// Error lists the problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func (ps *Problems) add(setting, what, remedy string) {
	*ps = append(*ps, Problem{setting, what, remedy})
}

// addOthers takes over the problems of settings that have none yet: what could not be read
// is told once, not again as the value that stands in its place.
func (ps *Problems) addOthers(others Problems) {
	known := *ps
	for _, p := range others {
		if !slices.ContainsFunc(known, func(k Problem) bool { return k.Setting == p.Setting }) {
			*ps = append(*ps, p)
		}
	}
}

// err gives the problems as an [*aoc.Error] with code invalid that wraps them.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	return &aoc.Error{
		Code: aoc.CodeInvalid, Op: "config.load", Message: "the settings do not fit", Cause: ps,
		Hint: "Correct what is listed in the environment or the .env file; .env.example explains every setting.",
	}
}

// parse takes over what the env package could not parse.
func (ps *Problems) parse(err error, fields []setting) {
	var all env.AggregateError
	if err == nil {
		return
	}
	if !errors.As(err, &all) {
		ps.add("settings", "cannot be read", err.Error())
		return
	}
	for _, e := range all.Errors {
		if p, ok := errors.AsType[env.ParseError](e); ok {
			ps.unparsed(p.Name, fields)
			continue
		}
		ps.add("settings", "cannot be read", e.Error())
	}
}

func (ps *Problems) unparsed(field string, fields []setting) {
	for _, f := range fields {
		if f.field != field {
			continue
		}
		what, remedy := "cannot be read", "See .env.example."
		switch f.value.Interface().(type) {
		case bool:
			what, remedy = "is neither true nor false", "Write true or false."
		case int:
			what, remedy = "is not a whole number", "Write digits only, such as "+f.def+"."
		}
		ps.add(f.name, what, remedy)
	}
}
