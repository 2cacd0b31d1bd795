package notify

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/store"
)

// KindTelling is the kind of items that say that a notifier is to tell of an alert, or has.
const KindTelling = "notification"

// The labels of a telling.
const (
	LabelNotifier = "notifier"
	LabelState    = "state"
)

// The states of a telling.
const (
	stateWaiting = "waiting"
	stateTold    = "told"
	stateOver    = "over" // the alert was closed or snoozed before, or is there no more
)

// telling is the body of such an item.
type telling struct {
	Alert    string    `json:"alert"`
	Notifier string    `json:"notifier"`
	ToldAt   time.Time `json:"told_at,omitzero"`
}

// tellingID names the item of a notifier and an alert: there is one at most, so that an alert
// that is announced again is not told again.
func tellingID(notifier, alert string) string { return notifier + "." + alert }

func tellingItem(t *telling, state, tenant string, at time.Time, version int64) (store.Item, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return store.Item{}, aoc.Wrap(err, aoc.CodeInternal, "notify.queue", "what is to be told cannot be written")
	}
	labels := map[string]string{LabelNotifier: t.Notifier, LabelState: state}
	if tenant != "" {
		labels[detect.LabelTenant] = tenant
	}
	return store.Item{Kind: KindTelling, ID: tellingID(t.Notifier, t.Alert), Version: version, At: at, Labels: labels, Body: body}, nil
}

const (
	// routed is how many news are handed over at once.
	routed = 500
	// newsKept is how long news of an alert are kept that is not there: detection died
	// before it raised the alert, and raises it when it goes on.
	newsKept = 24 * time.Hour
	// tidyEvery is how often what nobody needs any more is looked for, and toldKept how long
	// it is kept who was told.
	tidyEvery = time.Hour
	toldKept  = 30 * 24 * time.Hour
	tidied    = 1000
)

// route hands new alerts to the notifiers that want them, while this process has the duty.
func (d *Dispatcher) route(ctx context.Context) error {
	var tidiedAt time.Time
	for ctx.Err() == nil {
		if now := d.cfg.Clock.Now(); now.Sub(tidiedAt) >= tidyEvery {
			if err := d.tidy(ctx, now); err != nil {
				return err
			}
			tidiedAt = now
		}
		n, err := d.handOver(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			_ = d.cfg.Clock.Sleep(ctx, d.cfg.Tuning.Poll) // ended: so does the loop
		}
	}
	return nil
}

// handOver hands over the news that there are, and tells how many were.
func (d *Dispatcher) handOver(ctx context.Context) (n int, err error) {
	news, err := d.cfg.Store.ListItems(ctx, store.ItemFilter{Kind: detect.KindNews, Limit: routed})
	if err != nil || len(news) == 0 {
		return 0, err
	}
	notifiers, err := d.cfg.Notifiers(ctx)
	if err != nil {
		return 0, err
	}
	woken := map[string]bool{}
	for i := range news {
		done, err := d.hand(ctx, &news[i], notifiers, woken)
		if err != nil {
			return n, err
		}
		if done {
			n++
		}
	}
	for id := range woken {
		d.wake(id)
	}
	return n, nil
}

// hand hands over one alert. The news go last: until then all of it is done again after a crash.
func (d *Dispatcher) hand(ctx context.Context, news *store.Item, notifiers []Notifier, woken map[string]bool) (done bool, err error) {
	a, err := d.alert(ctx, news.ID)
	switch {
	case err != nil:
		return false, err
	case a == nil && d.cfg.Clock.Now().Sub(news.At) < newsKept:
		return false, nil
	case a != nil && detect.IsNews(a):
		for i := range notifiers {
			if n := &notifiers[i]; n.Enabled && n.Wants(a) {
				if err := d.enqueue(ctx, n.ID, a); err != nil {
					return false, err
				}
				woken[n.ID] = true
			}
		}
	}
	err = d.cfg.Store.DropItem(ctx, *news)
	if code := aoc.CodeOf(err); code == aoc.CodeNotFound || code == aoc.CodeConflict {
		err = nil // another process was faster, or it has been announced again
	}
	return true, err
}

func (d *Dispatcher) enqueue(ctx context.Context, notifier string, a *aoc.Alert) error {
	it, err := tellingItem(&telling{Alert: a.ID, Notifier: notifier}, stateWaiting, a.TenantID, d.cfg.Clock.Now().UTC(), 0)
	if err != nil {
		return err
	}
	if _, err = d.cfg.Store.PutItem(ctx, it); aoc.CodeOf(err) == aoc.CodeConflict {
		return nil // it is there already
	}
	return err
}

// alert gives an alert; nil if it is not there.
func (d *Dispatcher) alert(ctx context.Context, id string) (*aoc.Alert, error) {
	it, err := d.cfg.Store.Item(ctx, detect.KindAlert, id)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return detect.AlertOf(&it)
}

// tidy drops old marks, and what waits for notifiers that are gone.
func (d *Dispatcher) tidy(ctx context.Context, now time.Time) error {
	old := store.ItemFilter{Kind: KindTelling, Labels: map[string][]string{LabelState: {stateTold, stateOver}}, To: now.Add(-toldKept)}
	if err := d.drop(ctx, old); err != nil {
		return err
	}
	notifiers, err := d.cfg.Notifiers(ctx)
	if err != nil {
		return err
	}
	counts, err := d.cfg.Store.CountItems(ctx, store.ItemFilter{Kind: KindTelling}, LabelNotifier)
	if err != nil {
		return err
	}
	for id := range counts {
		if !slices.ContainsFunc(notifiers, func(n Notifier) bool { return n.ID == id }) {
			if err := d.Forget(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Dispatcher) drop(ctx context.Context, f store.ItemFilter) error {
	for {
		if n, err := d.cfg.Store.DropItems(ctx, f, tidied); err != nil || n == 0 {
			return err
		}
	}
}

// Forget drops what is kept of a notifier that has been removed.
func (d *Dispatcher) Forget(ctx context.Context, id string) error {
	if err := d.drop(ctx, store.ItemFilter{Kind: KindTelling, Labels: map[string][]string{LabelNotifier: {id}}}); err != nil {
		return err
	}
	return d.cfg.Store.SetCheckpoint(ctx, CheckpointName(id), "")
}

// waiting gives what waits for a notifier, oldest first: up to most, which are the newest
// where there are more.
func (d *Dispatcher) waiting(ctx context.Context, notifier string, most int) ([]store.Item, error) {
	its, err := d.cfg.Store.ListItems(ctx, store.ItemFilter{
		Kind: KindTelling, Labels: map[string][]string{LabelNotifier: {notifier}, LabelState: {stateWaiting}}, Limit: most,
	})
	slices.Reverse(its)
	return its, err
}

// alertIn is the alert that an item is about.
func alertIn(it *store.Item) string {
	_, alert, _ := strings.Cut(it.ID, ".")
	return alert
}

// mark notes what has become of items. It can be done again.
func (d *Dispatcher) mark(ctx context.Context, notifier string, alerts []string, state string) error {
	for _, alert := range alerts {
		it, err := d.cfg.Store.Item(ctx, KindTelling, tellingID(notifier, alert))
		if aoc.CodeOf(err) == aoc.CodeNotFound || err == nil && it.Labels[LabelState] != stateWaiting {
			continue
		}
		if err != nil {
			return err
		}
		next, err := tellingItem(&telling{Alert: alert, Notifier: notifier, ToldAt: d.cfg.Clock.Now().UTC()}, state, it.Labels[detect.LabelTenant], it.At, it.Version)
		if err != nil {
			return err
		}
		if _, err := d.cfg.Store.PutItem(ctx, next); err != nil && aoc.CodeOf(err) != aoc.CodeConflict {
			return err
		}
	}
	return nil
}
