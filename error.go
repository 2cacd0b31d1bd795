package aoc

import (
	"errors"
	"fmt"
	"time"
)

// Code classifies an error for callers. It decides the HTTP status and the exit code;
// text never does.
type Code string

// The codes an error can have. An error that is not an [*Error] counts as CodeInternal.
const (
	CodeInvalid         Code = "invalid"         // the caller's input is wrong
	CodeUnauthenticated Code = "unauthenticated" // no or bad credentials
	CodeForbidden       Code = "forbidden"       // credentials without the right
	CodeNotFound        Code = "not_found"
	CodeConflict        Code = "conflict"
	CodeThrottled       Code = "throttled"   // try again after RetryAfter
	CodeUpstream        Code = "upstream"    // Microsoft answered wrongly or with a fault
	CodeUnavailable     Code = "unavailable" // a dependency cannot be reached now
	CodeInternal        Code = "internal"
)

// Error is the one error type that crosses package borders.
type Error struct {
	Code Code
	// Op is what was being done, as package.verb: "managementactivity.list".
	Op string
	// Message may be shown to any user. It holds no secret and no internal text.
	Message string
	// Hint tells an operator what to do about it.
	Hint string
	// Upstream is the code Microsoft gave, such as AF20023 or AADSTS7000215.
	Upstream string
	// RetryAfter is how long to wait before trying again; zero if upstream did not say.
	RetryAfter time.Duration
	// Cause stays in the log.
	Cause error
}

func (e *Error) Error() string {
	s := e.Message
	if s == "" {
		s = string(e.Code)
	}
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an error with a code and a message that users may see.
func Errorf(code Code, op, format string, args ...any) *Error {
	return &Error{Code: code, Op: op, Message: fmt.Sprintf(format, args...)}
}

// Wrap puts a code and a user-safe message on a cause. Wrapping nil gives nil.
func Wrap(cause error, code Code, op, message string) error {
	if cause == nil {
		return nil
	}
	return &Error{Code: code, Op: op, Message: message, Cause: cause}
}

// CodeOf tells the code of the outermost [*Error] in err's chain; CodeInternal for
// other errors, empty for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}

// HintOf tells the first hint in err's chain.
func HintOf(err error) string {
	for err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok {
			return ""
		}
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Cause
	}
	return ""
}

// MessageOf tells what a user may read of err: the message of the outermost [*Error],
// or a plain sentence for an unknown error, whose text belongs in the log.
func MessageOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && e.Message != "" {
		return e.Message
	}
	return "an internal error occurred; the log has the details"
}
