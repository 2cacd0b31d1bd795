package console

import (
	"context"
	"slices"

	"aoc"
	"aoc/internal/store"
)

// bound is a store as far as whoever asks may see it: those who are bound to tenants find,
// count, read and change nothing of others. What it does not say otherwise about is no
// tenant's: it passes to the store.
type bound struct{ store.Store }

// tenantsOf are those that the caller is bound to; nil for all.
func tenantsOf(ctx context.Context) []string { return CallerOf(ctx).Tenants }

// seenBy narrows a query to the scope of the context and to what the caller may see.
func seenBy(ctx context.Context, q aoc.Query) aoc.Query {
	if s, ok := scopeOf(ctx); ok {
		q = s.narrow(q)
	}
	tenants := tenantsOf(ctx)
	if tenants == nil {
		return q
	}
	only := aoc.And{aoc.Is{Field: aoc.FieldTenant, Values: tenants}}
	if len(tenants) == 0 {
		only = aoc.And{aoc.Or{}} // nothing at all
	}
	if q.Where != nil {
		only = append(only, q.Where)
	}
	q.Where = only
	return q
}

// Search implements [store.Searcher].
func (b bound) Search(ctx context.Context, q aoc.Query) (aoc.Page, error) {
	return b.Store.Search(ctx, seenBy(ctx, q))
}

// Count implements [store.Searcher].
func (b bound) Count(ctx context.Context, q aoc.Query, r store.CountRequest) (store.Counts, error) {
	return b.Store.Count(ctx, seenBy(ctx, q), r)
}

// Get implements [store.Finder]. An event of another tenant is not there.
func (b bound) Get(ctx context.Context, key string) (aoc.Event, error) {
	e, err := b.Store.Get(ctx, key)
	if err != nil {
		return e, err
	}
	seen, err := b.visible(ctx, []aoc.Event{e})
	if err == nil && len(seen) == 0 {
		return aoc.Event{}, aoc.Errorf(aoc.CodeNotFound, "console.get", "there is no event with this key")
	}
	return e, err
}

// FindByID implements [store.Finder].
func (b bound) FindByID(ctx context.Context, id string) ([]aoc.Event, error) {
	events, err := b.Store.FindByID(ctx, id)
	if err != nil {
		return nil, err
	}
	return b.visible(ctx, events)
}

// visible gives those of some events that the caller may see, in the scope of the context.
func (b bound) visible(ctx context.Context, events []aoc.Event) ([]aoc.Event, error) {
	if tenantsOf(ctx) != nil {
		events = slices.DeleteFunc(events, func(e aoc.Event) bool { return !CallerOf(ctx).Sees(e.TenantID) })
	}
	return b.inScope(ctx, events)
}

// Versions implements [store.Finder].
func (b bound) Versions(ctx context.Context, key string) ([]store.Version, error) {
	if err := b.checkKey(ctx, key); err != nil {
		return nil, err
	}
	return b.Store.Versions(ctx, key)
}

// checkKey fails with not_found for an event that the caller may not see.
func (b bound) checkKey(ctx context.Context, key string) error {
	if !isNarrowed(ctx) {
		return nil
	}
	_, err := b.Get(ctx, key)
	return err
}

// ReadLog implements [store.Log].
func (b bound) ReadLog(ctx context.Context, after int64, limit int) ([]aoc.Event, error) {
	events, err := b.Store.ReadLog(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	return b.visible(ctx, events)
}

// Annotate implements [store.Annotator].
func (b bound) Annotate(ctx context.Context, edits []aoc.Edit) ([]aoc.EditRecord, error) {
	for i := range edits {
		if err := b.checkKey(ctx, edits[i].Key); err != nil {
			return nil, err
		}
	}
	return b.Store.Annotate(ctx, edits)
}

// Edits implements [store.Annotator]: of those of events only what is of events that can be
// seen.
func (b bound) Edits(ctx context.Context, f store.EditFilter, limit int) ([]aoc.EditRecord, error) {
	records, err := b.Store.Edits(ctx, f, limit)
	if err != nil || !isNarrowed(ctx) {
		return records, err
	}
	var seen []aoc.EditRecord
	for i := range records {
		if err := b.checkKey(ctx, records[i].Subject); err == nil {
			seen = append(seen, records[i])
		} else if aoc.CodeOf(err) != aoc.CodeNotFound {
			return nil, err
		}
	}
	return seen, nil
}

// LoadNames implements [store.Names].
func (b bound) LoadNames(ctx context.Context, tenantID string) ([]aoc.DirectoryName, error) {
	if !CallerOf(ctx).Sees(tenantID) {
		return nil, nil
	}
	return b.Store.LoadNames(ctx, tenantID)
}

// Stats implements [store.Store]. The size of the store is not told to those who may see a
// part of it.
func (b bound) Stats(ctx context.Context) (store.Stats, error) {
	if !isNarrowed(ctx) {
		return b.Store.Stats(ctx)
	}
	n, err := b.Count(ctx, aoc.Query{}, store.CountRequest{})
	return store.Stats{Events: n.Total, Oldest: n.First, Newest: n.Last}, err
}

// Feeds implements [store.Windows].
func (b bound) Feeds(ctx context.Context) ([]aoc.Feed, error) {
	feeds, err := b.Store.Feeds(ctx)
	return slices.DeleteFunc(feeds, func(f aoc.Feed) bool { return !CallerOf(ctx).Sees(f.TenantID) }), err
}

// ListWindows implements [store.Windows].
func (b bound) ListWindows(ctx context.Context, feed aoc.Feed, span aoc.Window) ([]aoc.LedgerWindow, error) {
	if !CallerOf(ctx).Sees(feed.TenantID) {
		return nil, nil
	}
	return b.Store.ListWindows(ctx, feed, span)
}

// ListUnits implements [store.Units].
func (b bound) ListUnits(ctx context.Context, feed aoc.Feed, f store.UnitFilter) ([]aoc.LedgerUnit, error) {
	if !CallerOf(ctx).Sees(feed.TenantID) {
		return nil, nil
	}
	return b.Store.ListUnits(ctx, feed, f)
}

// ListQuarantine implements [store.Quarantine].
func (b bound) ListQuarantine(ctx context.Context, after string, limit int) ([]aoc.Quarantined, error) {
	qs, err := b.Store.ListQuarantine(ctx, after, limit)
	return slices.DeleteFunc(qs, func(q aoc.Quarantined) bool { return !CallerOf(ctx).Sees(q.TenantID) }), err
}

// LabelTenant is the label of items that says whose they are. Those who are bound to tenants
// see and change no others.
const LabelTenant = string(aoc.FieldTenant)

// itemsSeenBy narrows a filter to what the caller may see; false where that is nothing.
func itemsSeenBy(ctx context.Context, f store.ItemFilter) (store.ItemFilter, bool) {
	tenants := tenantsOf(ctx)
	if tenants == nil {
		return f, true
	}
	labels := map[string][]string{LabelTenant: tenants}
	for name, values := range f.Labels {
		if name == LabelTenant {
			values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return !slices.Contains(tenants, v) })
		}
		labels[name] = values
	}
	f.Labels = labels
	return f, len(labels[LabelTenant]) > 0
}

// checkItem fails with not_found for an item that the caller may not see.
func checkItem(ctx context.Context, it *store.Item) error {
	if tenantsOf(ctx) != nil && !slices.Contains(tenantsOf(ctx), it.Labels[LabelTenant]) {
		return store.NoItem("console.item")
	}
	return nil
}

// Item implements [store.Items].
func (b bound) Item(ctx context.Context, kind, id string) (store.Item, error) {
	it, err := b.Store.Item(ctx, kind, id)
	if err == nil {
		err = checkItem(ctx, &it)
	}
	if err != nil {
		return store.Item{}, err
	}
	return it, nil
}

// ListItems implements [store.Items].
func (b bound) ListItems(ctx context.Context, f store.ItemFilter) ([]store.Item, error) {
	f, some := itemsSeenBy(ctx, f)
	if !some {
		return nil, nil
	}
	return b.Store.ListItems(ctx, f)
}

// CountItems implements [store.Items].
func (b bound) CountItems(ctx context.Context, f store.ItemFilter, label string) (map[string]int64, error) {
	f, some := itemsSeenBy(ctx, f)
	if !some {
		return map[string]int64{}, nil
	}
	return b.Store.CountItems(ctx, f, label)
}

// PutItem implements [store.Items]: neither the item that is stored nor what becomes of it may
// be another tenant's.
func (b bound) PutItem(ctx context.Context, it store.Item) (store.Item, error) {
	if err := checkItem(ctx, &it); err != nil {
		return store.Item{}, err
	}
	if it.Version > 0 && tenantsOf(ctx) != nil {
		if _, err := b.Item(ctx, it.Kind, it.ID); err != nil {
			return store.Item{}, err
		}
	}
	return b.Store.PutItem(ctx, it)
}

// DropItem implements [store.Items].
func (b bound) DropItem(ctx context.Context, it store.Item) error {
	if tenantsOf(ctx) != nil {
		if _, err := b.Item(ctx, it.Kind, it.ID); err != nil {
			return err
		}
	}
	return b.Store.DropItem(ctx, it)
}

// DropItems implements [store.Items].
func (b bound) DropItems(ctx context.Context, f store.ItemFilter, limit int) (int64, error) {
	f, some := itemsSeenBy(ctx, f)
	if !some {
		return 0, nil
	}
	return b.Store.DropItems(ctx, f, limit)
}
