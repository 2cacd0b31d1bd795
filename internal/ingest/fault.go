package ingest

import (
	"errors"
	"time"

	"aoc"
)

// Fault is an error as operators see it: without internal text, with what to do.
type Fault struct {
	Code     aoc.Code  `json:"code"`
	Message  string    `json:"message"`
	Hint     string    `json:"hint,omitempty"`
	Upstream string    `json:"upstream,omitempty"`
	At       time.Time `json:"at"`
}

func faultOf(err error, at time.Time) *Fault {
	if err == nil {
		return nil
	}
	f := &Fault{Code: aoc.CodeOf(err), Message: aoc.MessageOf(err), Hint: aoc.HintOf(err), At: at}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if a, ok := e.(*aoc.Error); ok && a.Upstream != "" { //nolint:errorlint // the chain is walked by hand
			f.Upstream = a.Upstream
			break
		}
	}
	return f
}

// label is the shortest name of what went wrong: upstream's code where there is one.
func (f *Fault) label() string {
	if f.Upstream != "" {
		return f.Upstream
	}
	return string(f.Code)
}

// text is how the fault reads in the ledger.
func (f *Fault) text() string {
	if f.Upstream != "" {
		return f.Upstream + ": " + f.Message
	}
	return f.Message
}

// retryAfter tells how long upstream asked to be left alone; zero if it did not say.
func retryAfter(err error) time.Duration {
	for err != nil {
		if a, ok := errors.AsType[*aoc.Error](err); ok {
			if a.RetryAfter > 0 {
				return a.RetryAfter
			}
			err = a.Cause
			continue
		}
		return 0
	}
	return 0
}

// concernsFeed reports whether an error says something about the whole feed rather than
// about the one window or unit it came from.
func concernsFeed(code aoc.Code) bool {
	switch code {
	case aoc.CodeThrottled, aoc.CodeUnauthenticated, aoc.CodeForbidden, aoc.CodeUnavailable:
		return true
	}
	return false
}

// permanent reports whether an error stays until a person does something about it.
func permanent(code aoc.Code) bool {
	switch code {
	case aoc.CodeUnauthenticated, aoc.CodeForbidden, aoc.CodeInvalid:
		return true
	}
	return false
}
