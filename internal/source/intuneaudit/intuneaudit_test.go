package intuneaudit_test

import (
	"testing"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/source/intuneaudit"
	"aoc/internal/source/sourcetest"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, aoc.KindIntuneAudit, func(s *sourcetest.Server) source.Source { return intuneaudit.New(s.Client) })
}
