package directoryaudit_test

import (
	"testing"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
	"aoc/internal/source/directoryaudit"
	"aoc/internal/source/sourcetest"
)

func TestSimulated(t *testing.T) {
	sourcetest.Simulated(t, aoc.KindDirectoryAudit, "", func(c *m365.Client, _ aoc.Clock) source.Source { return directoryaudit.New(c) })
}
