package console

import (
	"context"

	"aoc"
	"aoc/internal/store"
)

// DirectoryNames gives the names that the directory knows, of the tenants whose events pass a
// filter: of each object the newest, in no order. It is empty where no names are looked up.
func (c *Console) DirectoryNames(ctx context.Context, f Filter) ([]aoc.DirectoryName, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return nil, err
	}
	q, err := c.selection(ctx, f)
	if err != nil {
		return nil, err
	}
	n, err := c.store.Count(ctx, q, store.CountRequest{Facets: []aoc.Field{aoc.FieldTenant}})
	if err != nil {
		return nil, err
	}
	var names []aoc.DirectoryName
	for _, tenant := range n.Facets[aoc.FieldTenant].Values {
		book, err := c.directoryOf(ctx, tenant.Value)
		if err != nil {
			return nil, err
		}
		for _, versions := range book {
			if newest := versions[len(versions)-1]; newest.Name != "" {
				names = append(names, newest)
			}
		}
	}
	return names, nil
}
