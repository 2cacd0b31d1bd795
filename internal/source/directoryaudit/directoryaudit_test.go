package directoryaudit_test

import (
	"testing"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/source/directoryaudit"
	"aoc/internal/source/sourcetest"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, aoc.KindDirectoryAudit, func(s *sourcetest.Server) source.Source { return directoryaudit.New(s.Client) })
}
