package console

import (
	"context"

	"aoc/internal/store"
)

// Features tell what this service can do and is set up to do. They hold nothing secret.
type Features struct {
	Version              string   `json:"version"`
	Store                string   `json:"store"` // sqlite
	AuthEnabled          bool     `json:"auth_enabled"`
	AIEnabled            bool     `json:"ai_features_enabled"`
	AlertsEnabled        bool     `json:"alerts_enabled"`
	SIEMEnabled          bool     `json:"siem_enabled"`
	CollectionEnabled    bool     `json:"collection_enabled"`
	PeriodicFetchEnabled bool     `json:"periodic_fetch_enabled"`
	FetchIntervalMinutes int      `json:"fetch_interval_minutes"`
	RetentionDays        int      `json:"retention_days"` // 0: for ever
	WebhookEnabled       bool     `json:"webhook_enabled"`
	Cloud                string   `json:"cloud"`
	Sources              []string `json:"sources"` // collectors that are on; none without a tenant
}

// Features tells what this service can do.
func (c *Console) Features(context.Context) Features {
	f := c.features
	f.CollectionEnabled = c.collector != nil && len(f.Sources) > 0
	f.PeriodicFetchEnabled = f.PeriodicFetchEnabled && f.CollectionEnabled
	f.Sources = append([]string{}, f.Sources...)
	return f
}

// Health fails with code unavailable when the data cannot be reached. It is open to all.
func (c *Console) Health(ctx context.Context) error { return c.store.Ping(ctx) }

// Stats gives sizes and counts of the store.
func (c *Console) Stats(ctx context.Context) (store.Stats, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return store.Stats{}, err
	}
	return c.store.Stats(ctx)
}
