package normalise

import (
	"strings"

	"aoc"
)

// outcome reads the words in which services tell how an operation ended. Words that say
// that it has not ended, and unknown ones, are unknown.
func outcome(word string) aoc.Result {
	if r, ok := byName(outcomes, strings.TrimSpace(word)); ok {
		return r
	}
	return aoc.ResultUnknown
}

// outcomes holds the words for an outcome, in lower case.
var outcomes = map[string]aoc.Result{
	"success": aoc.ResultSuccess, "succeeded": aoc.ResultSuccess, "successful": aoc.ResultSuccess, "true": aoc.ResultSuccess,
	"ok": aoc.ResultSuccess, "completed": aoc.ResultSuccess, "complete": aoc.ResultSuccess, "passed": aoc.ResultSuccess,
	"failure": aoc.ResultFailure, "failed": aoc.ResultFailure, "fail": aoc.ResultFailure, "false": aoc.ResultFailure,
	"timeout": aoc.ResultFailure, "timedout": aoc.ResultFailure, "error": aoc.ResultFailure, "denied": aoc.ResultFailure,
	"clienterror": aoc.ResultFailure, "servererror": aoc.ResultFailure,
	"partiallysucceeded": aoc.ResultPartial, "partially succeeded": aoc.ResultPartial, "partially completed": aoc.ResultPartial,
	"partialsuccess": aoc.ResultPartial, "partialfailure": aoc.ResultPartial, "partial": aoc.ResultPartial,
}

// isPending reports words for an operation that has begun and not ended.
func isPending(word string) bool {
	return pendings[strings.ToLower(word)]
}

// pendings holds the words for what has not ended, in lower case.
var pendings = map[string]bool{
	"inprogress": true, "in progress": true, "pending": true, "started": true, "running": true, "queued": true, "notstarted": true,
}

// signInResult decides a sign-in by its error code (0 is success) and puts the reason into
// words. failureReason is the service's own text.
func (d *draft) signInResult(code int64, failureReason string) {
	switch code {
	case 0:
		d.Result = aoc.ResultSuccess
		return
	case keepMeSignedIn:
		// The sign-in is done; only "Stay signed in?" was still on the screen.
		d.Result = aoc.ResultSuccess
	default:
		d.Result = aoc.ResultFailure
	}
	d.ResultReason = signInReason(code, failureReason)
}

// keepMeSignedIn is AADSTS50140, the interrupt that asks whether to stay signed in.
const keepMeSignedIn = 50140
