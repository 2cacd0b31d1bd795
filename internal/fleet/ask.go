package fleet

import (
	"context"
	"encoding/json"

	"aoc"
)

// Ask leaves a wish to the process that has the thing with an id; at most keep wishes of a
// kind are kept.
func (f *Fleet) Ask(ctx context.Context, kind, id string, keep int) error {
	return f.store.PutReport(ctx, kind, id, json.RawMessage(`{}`), keep)
}

// Asked reports whether a wish was left.
func (f *Fleet) Asked(ctx context.Context, kind, id string) (bool, error) {
	_, err := f.store.Report(ctx, kind, id)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		return false, nil
	}
	return err == nil, err
}
