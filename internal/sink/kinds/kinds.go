// Package kinds is the table of all kinds of sink: whoever adds a folder below sink adds a
// line here.
package kinds

import (
	"aoc/internal/sink"
	"aoc/internal/sink/elastic"
	"aoc/internal/sink/jsonl"
	"aoc/internal/sink/splunkhec"
	"aoc/internal/sink/syslog"
	"aoc/internal/sink/webhook"
)

// All lists the kinds, in the order people are shown them.
func All() []sink.Kind {
	return []sink.Kind{webhook.Kind(), syslog.Kind(), splunkhec.Kind(), elastic.Kind(), jsonl.Kind()}
}
