package riskdetection_test

import (
	"testing"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
	"aoc/internal/source/riskdetection"
	"aoc/internal/source/sourcetest"
)

func TestSimulated(t *testing.T) {
	sourcetest.Simulated(t, aoc.KindRiskDetection, "", func(c *m365.Client, _ aoc.Clock) source.Source { return riskdetection.New(c) })
}
