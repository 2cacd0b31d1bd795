package managementactivity_test

import (
	"testing"

	"aoc"
	"aoc/internal/source"
	"aoc/internal/source/managementactivity"
	"aoc/internal/source/sourcetest"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, aoc.KindUnified, func(s *sourcetest.Server) source.Source {
		src, err := managementactivity.New(managementactivity.Config{Client: s.Client, ContentType: "audit.general", Clock: s.Clock})
		if err != nil {
			t.Fatal(err)
		}
		return src
	})
}
