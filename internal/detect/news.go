package detect

import (
	"context"
	"encoding/json"

	"aoc"
	"aoc/internal/store"
)

// KindNews is the kind of items that say of an alert, by its id, that nobody has been told of
// it. Whoever tells people takes them away. They are apart from alerts, which people and
// detection rewrite all the time.
const KindNews = "alert-news"

// IsNews reports whether people are to be told of an alert: it is about something that has
// just happened, not about what was imported or had been stored for long.
func IsNews(a *aoc.Alert) bool { return a.Origin == aoc.OriginCollected && !a.Past }

// announce says that an alert is about to be raised. It is written before the alert: of a
// process that dies between the two the next one raises the alert, and one that died after
// both has left nothing to do. Announcing twice does no harm.
func announce(ctx context.Context, items store.Items, a *aoc.Alert) error {
	if !IsNews(a) {
		return nil
	}
	labels := map[string]string{}
	if a.TenantID != "" {
		labels[LabelTenant] = a.TenantID
	}
	_, err := items.PutItem(ctx, store.Item{Kind: KindNews, ID: a.ID, At: a.RaisedAt, Labels: labels, Body: json.RawMessage("{}")})
	if aoc.CodeOf(err) == aoc.CodeConflict {
		return nil
	}
	return err
}
