package managementactivity

import (
	"context"
	"iter"

	"aoc"
	"aoc/internal/m365"
)

// Read implements [source.Source]: the records of a blob, in the order they are stored,
// which is not that of the events. Code not_found means that upstream has forgotten the
// blob (AF20050, AF20051, AF20052).
func (s *Source) Read(ctx context.Context, u aoc.Unit) iter.Seq2[aoc.Record, error] {
	record := aoc.Record{
		Kind:      aoc.KindUnified,
		TenantID:  s.client.TenantID(),
		Transport: s.feed().Name() + " " + u.ID,
	}
	return m365.Records(s.client.Elements(ctx, s.follow(u.Locator), "", nil), record)
}
