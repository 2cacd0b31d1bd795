package app

import (
	"context"

	"aoc/internal/notify"
	"aoc/internal/notify/channels"
)

// newDispatcher makes what tells people of alerts.
func (a *App) newDispatcher() (*notify.Dispatcher, error) {
	r, err := a.receivers()
	if err != nil {
		return nil, err
	}
	return notify.New(notify.Config{
		Store: a.store, Duties: a.fleet, Kinds: channels.All(), Deps: notify.Deps{Deps: r.deps, Allowed: r.policy.Check, TLS: r.tls},
		Notifiers: a.storedNotifiers, Address: a.cfg.Server.PublicAddress(), Shared: a.fleet.Shared(),
		Clock: a.opts.Clock, Logger: a.opts.Logger, Observer: a.metrics.Notifiers(),
	}), nil
}

// storedNotifiers gives the notifiers that people have set.
func (a *App) storedNotifiers(ctx context.Context) ([]notify.Notifier, error) {
	docs, err := a.store.ListDocuments(ctx, notify.KindNotifier)
	if err != nil {
		return nil, err
	}
	return notify.Stored(docs), nil
}
