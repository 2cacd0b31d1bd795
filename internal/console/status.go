package console

import (
	"context"
	"fmt"
	"time"

	"aoc"
	"aoc/internal/store"
)

// Features tell what this service can do and is set up to do. They hold nothing secret.
type Features struct {
	Version     string `json:"version"`
	Store       string `json:"store"` // sqlite, mongodb
	AuthEnabled bool   `json:"auth_enabled"`
	AIEnabled   bool   `json:"ai_features_enabled"`
	// AIProvider is the host of the language model that questions are sent to; empty where none
	// is, and questions are read by rules.
	AIProvider           string   `json:"ai_provider"`
	AIModel              string   `json:"ai_model"`
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

// Service is how this process is, and what it knows of those that share its store.
type Service struct {
	Store   string // sqlite, mongodb
	Process string // the name of this process
	// Down is for how long the store has not been reached; 0 while it is.
	Down   time.Duration
	Leases []Lease
}

// Lease says which process does a piece of work that one does at a time, as this process
// last saw it.
type Lease struct {
	Name   string `json:"name" example:"collection"`
	Holder string `json:"holder" doc:"The process that has it; empty when it was free." example:"host-1/4711-K3DV"`
	Mine   bool   `json:"mine" doc:"Whether it is the process that answers."`
}

// Service tells how this process is, without asking the store anything. It is open to all.
func (c *Console) Service() Service {
	s := Service{Store: c.features.Store, Process: c.fleet.Process(), Leases: []Lease{}}
	if since, down := c.fleet.Down(); down {
		s.Down = since
	}
	for _, h := range c.fleet.Holdings() {
		s.Leases = append(s.Leases, Lease{Name: h.Name, Holder: h.Holder, Mine: h.Mine})
	}
	return s
}

// Health is Service after a look at the store. It fails, within seconds, with code
// unavailable when the data cannot be reached. It is open to all.
func (c *Console) Health(ctx context.Context) (Service, error) {
	err := c.fleet.Check(ctx)
	return c.Service(), err
}

// Reachable fails with code unavailable while the store is known to be out of reach, so that
// nobody waits for it in vain.
func (c *Console) Reachable() error {
	since, down := c.fleet.Down()
	if !down {
		return nil
	}
	return &aoc.Error{
		Code: aoc.CodeUnavailable, Op: "console.reachable", RetryAfter: retryStore,
		Message: fmt.Sprintf("the store has not been reached for %s", since.Round(time.Second)),
		Hint:    "Nothing is lost: collection goes on when it is back. Look after the database, or the disk of the data folder, and the network to it.",
	}
}

// retryStore is when to ask again while the store is out of reach.
const retryStore = 5 * time.Second

// Stats gives sizes and counts of the store.
func (c *Console) Stats(ctx context.Context) (store.Stats, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return store.Stats{}, err
	}
	return c.store.Stats(ctx)
}
