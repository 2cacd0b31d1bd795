package m365

import "aoc"

// verdict is what to do about a failed attempt.
type verdict int

const (
	giveUp    verdict = iota // the same request will fail again
	tryAgain                 // it may work later
	slowDown                 // it was refused for being one too many
	renewOnce                // it may work with a new token
)

// remedy is what a code of Microsoft's means to AOC.
type remedy struct {
	code    aoc.Code
	verdict verdict
	message string // for users
	hint    string // for the operator: what to do
}
