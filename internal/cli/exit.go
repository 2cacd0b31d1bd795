package cli

import (
	"context"
	"errors"

	"aoc"
)

// The exit codes, which scripts rely on.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitIncomplete  = 3 // it ended, but not all data is there
	exitNotSignedIn = 4
)

// errIncomplete ends a command that did what it could; what is missing has been told.
var errIncomplete = errors.New("incomplete")

// exitCode gives the exit code of a command's error.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	case errors.Is(err, context.Canceled):
		return exitFailed
	}
	switch aoc.CodeOf(err) {
	case aoc.CodeInvalid:
		return exitUsage
	case aoc.CodeUnauthenticated:
		return exitNotSignedIn
	}
	return exitFailed
}
