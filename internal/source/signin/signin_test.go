package signin_test

import (
	"testing"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/source/signin"
	"aoc/internal/source/sourcetest"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, aoc.KindSignIn, func(s *sourcetest.Server) source.Source { return signin.New(s.Client) })
}
