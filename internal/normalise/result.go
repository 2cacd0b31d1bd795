package normalise

import (
	"strings"

	"aoc"
)

// outcome reads the words in which services tell how an operation ended. Words that say
// that it has not ended, and unknown ones, are unknown.
func outcome(word string) aoc.Result {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "success", "succeeded", "successful", "true", "ok", "completed", "complete", "passed":
		return aoc.ResultSuccess
	case "failure", "failed", "fail", "false", "timeout", "timedout", "error", "denied", "clienterror", "servererror":
		return aoc.ResultFailure
	case "partiallysucceeded", "partialsuccess", "partial", "partially succeeded", "partialfailure", "partially completed":
		return aoc.ResultPartial
	default:
		return aoc.ResultUnknown
	}
}

// isPending reports words for an operation that has begun and not ended.
func isPending(word string) bool {
	switch strings.ToLower(strings.ReplaceAll(word, " ", "")) {
	case "inprogress", "pending", "started", "running", "queued", "notstarted":
		return true
	}
	return false
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
