// Package directory tells the names of directory objects (users, groups, applications,
// service principals, devices, roles) by their ids. Names come from Microsoft Graph in
// batches and from audit records themselves; they are dated, so that an event keeps the
// name its actor had, and cached, so that a deleted user still has one. Telling a name
// never waits; asking for unknown ones is a call of its own. The package knows no event
// and no database: what it learns is kept through [Cache].
package directory

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"aoc"
	"aoc/internal/m365"
)

const (
	defaultTTL = 24 * time.Hour
	// maxStale bounds the ids noted for another look.
	maxStale = 10_000

	permission = "Add the Microsoft Graph application permission Directory.Read.All to the app registration and have an administrator grant consent. Until then events show the names that their records carry."
)

// Cache keeps names over restarts, as store.Names does.
type Cache interface {
	PutNames(ctx context.Context, names []aoc.DirectoryName) error
	LoadNames(ctx context.Context, tenantID string) ([]aoc.DirectoryName, error)
}

// Config is what a [Resolver] is made of.
type Config struct {
	Client   *m365.Client // nil: nothing is asked for
	Cache    Cache        // nil: nothing is kept
	Clock    aoc.Clock
	TenantID string // the tenant of the client
	Logger   *slog.Logger
	// TTL is how long a name counts as current; 0 means 24 hours.
	TTL time.Duration
}

// Resolver tells names. It is safe for concurrent use.
type Resolver struct {
	client *m365.Client
	cache  Cache
	clock  aoc.Clock
	tenant string
	log    *slog.Logger
	ttl    time.Duration

	busy chan struct{} // held while Graph is asked

	mu       sync.RWMutex
	book     book
	loaded   map[string]bool // tenants whose names were taken out of the cache
	off      *aoc.Error      // why Graph is not asked
	offUntil time.Time
	lastErr  string
	rolesAt  time.Time // when the roles were last asked for

	staleMu sync.Mutex
	stale   map[string]struct{} // ids of the client's tenant whose names are worth another look
}

// New makes a resolver. It asks and loads nothing; see [Resolver.Load].
func New(c Config) *Resolver {
	r := &Resolver{
		client: c.Client, cache: c.Cache, clock: c.Clock, tenant: strings.ToLower(c.TenantID), log: c.Logger, ttl: c.TTL,
		busy: make(chan struct{}, 1), book: book{}, loaded: map[string]bool{}, stale: map[string]struct{}{},
	}
	if r.clock == nil {
		r.clock = aoc.SystemClock{}
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.ttl <= 0 {
		r.ttl = defaultTTL
	}
	return r
}

// Load takes a tenant's names out of the cache, once. Fetch and Learn do it by themselves;
// calling it at start lets the first lookups know them.
func (r *Resolver) Load(ctx context.Context, tenantID string) error {
	tenantID = strings.ToLower(tenantID)
	r.mu.RLock()
	done := r.cache == nil || r.loaded[tenantID]
	r.mu.RUnlock()
	if done {
		return nil
	}
	names, err := r.cache.LoadNames(ctx, tenantID)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range names {
		r.book.load(normalised(n))
	}
	r.loaded[tenantID] = true
	return nil
}

// Reload takes in what other processes that share the cache have learnt since.
func (r *Resolver) Reload(ctx context.Context, tenantID string) error {
	if r.cache == nil {
		return nil
	}
	names, err := r.cache.LoadNames(ctx, strings.ToLower(tenantID))
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range names {
		r.book.load(normalised(n))
	}
	return nil
}

// Lookup tells the name that an object had at a time: the newest that was known by then,
// else the earliest known. It looks into memory only.
func (r *Resolver) Lookup(tenantID, id string, at time.Time) (name string, ok bool) {
	k := keyOf(tenantID, id)
	r.mu.RLock()
	history := r.book[k]
	entry, ok := history.at(at)
	var seen time.Time
	if ok {
		seen = history.seen()
	}
	r.mu.RUnlock()
	if !ok {
		return "", false
	}
	if k.tenant == r.tenant && r.clock.Now().Sub(seen) >= r.ttl {
		r.noteStale(k.id)
	}
	return entry.Name, true
}

// noteStale remembers an id for the next Fetch.
func (r *Resolver) noteStale(id string) {
	r.staleMu.Lock()
	defer r.staleMu.Unlock()
	if len(r.stale) < maxStale {
		r.stale[id] = struct{}{}
	}
}

func (r *Resolver) takeStale() (ids []string) {
	r.staleMu.Lock()
	defer r.staleMu.Unlock()
	for id := range r.stale {
		ids = append(ids, id)
	}
	clear(r.stale)
	return ids
}

// Learn takes in names that records carry themselves, dated by Seen (now, if zero). What
// the records leave out (kind, user principal name) does not count against what is known.
// A cache that fails is logged; the names are then known until the next start.
func (r *Resolver) Learn(ctx context.Context, names []aoc.DirectoryName) {
	now := r.clock.Now()
	tenants := map[string]bool{}
	var news []aoc.DirectoryName
	for _, n := range names {
		n = normalised(n)
		if n.Name == "" || n.TenantID == "" || !isGUID(n.ID) {
			continue
		}
		if !tenants[n.TenantID] {
			tenants[n.TenantID] = true
			if err := r.Load(ctx, n.TenantID); err != nil {
				r.log.WarnContext(ctx, "names could not be loaded", "tenant", n.TenantID, "code", string(aoc.CodeOf(err)), "error", err)
			}
		}
		if n.Seen.IsZero() {
			n.Seen = now
		}
		n.Since = n.Seen
		r.mu.Lock()
		entry, isNews := r.book.learn(n)
		r.mu.Unlock()
		if isNews {
			news = append(news, entry)
		}
	}
	r.keep(ctx, news)
}

func (r *Resolver) keep(ctx context.Context, names []aoc.DirectoryName) {
	if r.cache == nil || len(names) == 0 {
		return
	}
	if err := r.cache.PutNames(ctx, names); err != nil {
		r.log.WarnContext(ctx, "names could not be kept", "names", len(names), "code", string(aoc.CodeOf(err)), "error", err)
	}
}

// Status is how the resolver does, for people.
type Status struct {
	// Enabled says whether Graph is asked for unknown names.
	Enabled bool `json:"enabled"`
	// Reason says why it is not, and Hint what to do about it.
	Reason string `json:"reason,omitempty"`
	Hint   string `json:"hint,omitempty"`
	// Known counts the objects with a name.
	Known int `json:"known"`
	// LastError is the newest fault of asking; empty after a success.
	LastError string `json:"last_error,omitempty"`
}

// Status tells how the resolver does.
func (r *Resolver) Status() Status {
	off := r.offReason()
	r.mu.RLock()
	defer r.mu.RUnlock()
	s := Status{Enabled: off == nil, Known: r.book.known(), LastError: r.lastErr}
	if off != nil {
		s.Reason, s.Hint = off.Message, off.Hint
	}
	return s
}

// offReason tells why Graph is not asked; nil when it is.
func (r *Resolver) offReason() *aoc.Error {
	if r.client == nil {
		return &aoc.Error{
			Code: aoc.CodeUnavailable, Message: "there is no connection to Microsoft Graph",
			Hint: "Set TENANT_ID, CLIENT_ID and a credential, so that names can be looked up.",
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.off != nil && !r.clock.Now().Before(r.offUntil) {
		r.off = nil
	}
	return r.off
}

// switchOff stops asking for a while: what is forbidden now will be in a minute.
func (r *Resolver) switchOff(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := errors.AsType[*aoc.Error](err)
	if !ok {
		return
	}
	r.off, r.offUntil = known, r.clock.Now().Add(r.ttl)
	r.log.Warn("names are not looked up", "reason", known.Message, "hint", known.Hint, "until", r.offUntil)
}
