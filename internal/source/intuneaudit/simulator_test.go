package intuneaudit_test

import (
	"testing"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
	"aoc/internal/source/intuneaudit"
	"aoc/internal/source/sourcetest"
)

func TestSimulated(t *testing.T) {
	sourcetest.Simulated(t, aoc.KindIntuneAudit, "", func(c *m365.Client, _ aoc.Clock) source.Source { return intuneaudit.New(c) })
}
