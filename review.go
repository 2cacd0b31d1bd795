package aoc

import "time"

// Review is the verdict of a person on an event.
type Review struct {
	State string    `json:"state"` // expected, unexpected, investigating
	By    string    `json:"by"`
	Note  string    `json:"note,omitempty"`
	At    time.Time `json:"at"`
}
