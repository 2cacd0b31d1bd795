package console

import (
	"errors"
	"strings"

	"aoc"
)

// InvalidParam says which parameter of a request is wrong.
type InvalidParam struct {
	Name string // as in the API: "cursor"
	Err  *aoc.Error
}

func (e *InvalidParam) Error() string { return e.Name + ": " + e.Err.Error() }

func (e *InvalidParam) Unwrap() error { return e.Err }

func invalid(param, format string, args ...any) error {
	return &InvalidParam{Name: param, Err: aoc.Errorf(aoc.CodeInvalid, "console.params", format, args...)}
}

// within says that a wrong parameter is part of another: "select.q".
func within(param string, err error) error {
	if p, ok := errors.AsType[*InvalidParam](err); ok {
		return &InvalidParam{Name: param + "." + p.Name, Err: p.Err}
	}
	return err
}

// blame puts a parameter's name on an error that came from using it; other codes than
// invalid are not the parameter's fault.
func blame(param string, err error) error {
	e, ok := err.(*aoc.Error) //nolint:errorlint // a wrapped one is not about the parameter
	if ok && e.Code == aoc.CodeInvalid {
		return &InvalidParam{Name: param, Err: e}
	}
	return err
}

// oneOf checks values, in any letter case, against those there are.
func oneOf[T ~string](param string, values []string, known []T) error {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
next:
	for _, v := range values {
		for _, n := range names {
			if strings.EqualFold(n, v) {
				continue next
			}
		}
		return invalid(param, "%q is not one of %s", v, strings.Join(names, ", "))
	}
	return nil
}
