package managementactivity_test

import (
	"testing"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
	"aoc/internal/source/managementactivity"
	"aoc/internal/source/sourcetest"
)

func TestSimulated(t *testing.T) {
	for _, contentType := range managementactivity.ContentTypes() {
		t.Run(contentType, func(t *testing.T) {
			sourcetest.Simulated(t, aoc.KindUnified, contentType, func(c *m365.Client, clock aoc.Clock) source.Source {
				src, err := managementactivity.New(managementactivity.Config{Client: c, ContentType: contentType, Clock: clock})
				if err != nil {
					t.Fatal(err)
				}
				return src
			})
		})
	}
}
