package cli

import (
	"time"

	"aoc"
)

// parseSpan reads what was typed for --from and --to. A bound that was not stays zero,
// which is open.
func parseSpan(op, from, to string, zone *time.Location) (span aoc.Window, err error) {
	for _, bound := range []struct {
		flag, text string
		at         *time.Time
	}{{"--from", from, &span.Start}, {"--to", to, &span.End}} {
		if bound.text == "" {
			continue
		}
		if *bound.at, err = parseTime(bound.text, zone); err != nil {
			return aoc.Window{}, aoc.Errorf(aoc.CodeInvalid, op, "%s: %q is not a time; write 2026-01-02 or 2026-01-02T03:04:05Z", bound.flag, bound.text)
		}
	}
	if from != "" && to != "" && !span.Start.Before(span.End) {
		return aoc.Window{}, aoc.Errorf(aoc.CodeInvalid, op, "--to: must be after --from")
	}
	return span, nil
}

// parseTime reads a time as people write it; without a zone of its own it is in zone.
func parseTime(text string, zone *time.Location) (t time.Time, err error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err = time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return t, err
}
