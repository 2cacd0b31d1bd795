package signin_test

import (
	"testing"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
	"aoc/internal/source/signin"
	"aoc/internal/source/sourcetest"
)

func TestSimulated(t *testing.T) {
	sourcetest.Simulated(t, aoc.KindSignIn, "", func(c *m365.Client, _ aoc.Clock) source.Source { return signin.New(c) })
}
