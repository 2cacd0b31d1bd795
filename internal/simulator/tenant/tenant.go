package tenant

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"aoc"
)

// Config says what tenant to invent. The zero value is a tenant of 3,000 people with
// 20,000 records a day.
type Config struct {
	// Seed decides everything; equal configurations give equal bytes.
	Seed uint64
	// ID is the tenant GUID, derived from the seed when empty.
	ID string
	// Name is the organisation's display name and Domain its verified domain; its
	// initial domain is derived from the first label. Default: Contoso, contoso.example.
	Name, Domain string
	// Users is the number of people, default 3,000. Everything else scales with it.
	Users int
	// EventsPerDay is the mean number of records over all sources, default 20,000.
	// Working hours carry most of them, nights and weekends the system's noise.
	EventsPerDay int
	// RisksPerDay is the mean number of risks that Entra ID Protection detects on ordinary
	// days, all of them low; default one for each thousand people, at least one. The attack
	// stories have theirs besides.
	RisksPerDay int
	// Delays says how late records surface.
	Delays Delays
	// QuietStories leaves the attack stories out.
	QuietStories bool
}

// Event is one audit record.
type Event struct {
	Source aoc.Source
	// Stream is the content type of a unified record (Audit.Exchange), else empty.
	Stream string
	// ID is the record's own id. It is unique per source but for DLP, whose undo repeats
	// the id of the match.
	ID        string
	Operation string
	// Time is the event's time exactly as the record tells it.
	Time time.Time
	// Visible is when the record surfaces at Microsoft's API, at or after Time.
	Visible time.Time
	// Revised is how the record reads later on, if it changes; else nil.
	Revised *Revision
	// Story names the attack the event is part of, if any.
	Story string
	// Raw is the record, one JSON object. It must not be modified.
	Raw []byte
}

// Revision is what a record is from some time on.
type Revision struct {
	From time.Time
	Raw  []byte // must not be modified
}

// RawAt is the record as it reads at a time.
func (e *Event) RawAt(now time.Time) []byte {
	if e.Revised != nil && !now.Before(e.Revised.From) {
		return e.Revised.Raw
	}
	return e.Raw
}

// Tenant is an invented tenant. It is safe for concurrent use.
type Tenant struct {
	cfg     Config
	initial string // the initial domain, contoso.onmicrosoft.com

	Users        []User
	Groups       []Group
	Apps         []App
	Devices      []Device
	Sites        []Site
	Teams        []Team
	Roles        []Role
	staff        []int // indexes of users that administer something
	members      []int // indexes of users that are not guests
	rates        [7 * 24]rate
	offices      []office
	policies     []string // names of conditional access policies
	exchangeHost []string
}

// New invents the tenant of a configuration.
func New(cfg Config) *Tenant {
	if cfg.Name == "" {
		cfg.Name = "Contoso"
	}
	if cfg.Domain == "" {
		cfg.Domain = "contoso.example"
	}
	if cfg.Users <= 0 {
		cfg.Users = 3000
	}
	if cfg.EventsPerDay <= 0 {
		cfg.EventsPerDay = 20_000
	}
	if cfg.RisksPerDay <= 0 {
		cfg.RisksPerDay = max(1, cfg.Users/1000)
	}
	cfg.Delays = cfg.Delays.withDefaults()
	rng := rand.New(rand.NewPCG(cfg.Seed, streamPeople))
	if cfg.ID == "" {
		cfg.ID = newGUID(rng)
	}
	cfg.ID = strings.ToLower(cfg.ID)
	label, _, _ := strings.Cut(cfg.Domain, ".")
	t := &Tenant{cfg: cfg, initial: label + ".onmicrosoft.com"}
	t.settle(rng)
	t.rates = rates(t.offices, cfg.EventsPerDay)
	return t
}

// The streams of randomness that are drawn from one seed.
const (
	streamPeople  = 0x70656f706c65
	streamHour    = 0x686f7572
	streamStories = 0x73746f7279
	streamRisks   = 0x7269736b73
)

// ID is the tenant GUID in lower case.
func (t *Tenant) ID() string { return t.cfg.ID }

// Name is the display name of the organisation.
func (t *Tenant) Name() string { return t.cfg.Name }

// Domain is the verified domain people's names end in.
func (t *Tenant) Domain() string { return t.cfg.Domain }

// InitialDomain is the onmicrosoft.com domain.
func (t *Tenant) InitialDomain() string { return t.initial }

// MaxDelay is the longest time between an event and its record's surfacing.
func (t *Tenant) MaxDelay() time.Duration { return t.cfg.Delays.Max }

// Events gives the records of events in [from, to), in order of time. Slices of time
// add up: whoever asks for two halves gets what one call for the whole gives.
func (t *Tenant) Events(from, to time.Time) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for h := HourOf(from); HourTime(h).Before(to); h++ {
			for _, e := range t.Hour(h) {
				if e.Time.Before(from) || !e.Time.Before(to) {
					continue
				}
				if !yield(e) {
					return
				}
			}
		}
	}
}

// HourOf numbers the hour that holds a time: hours since the Unix epoch.
func HourOf(at time.Time) int64 {
	s := at.Unix()
	h := s / 3600
	if s%3600 < 0 {
		h--
	}
	return h
}

// HourTime is the beginning of an hour.
func HourTime(hour int64) time.Time { return time.Unix(hour*3600, 0).UTC() }

// Hour gives the records of events in an hour (see [HourOf]), in order of time.
func (t *Tenant) Hour(hour int64) []Event {
	s := newScribe(t, hour)
	r := t.rateAt(hour)
	want := int(r.total())
	if s.rng.Float64() < r.total()-float64(want) {
		want++
	}
	s.out = make([]Event, 0, want+8)
	for len(s.out) < want {
		s.at = HourTime(hour).Add(time.Duration(s.rng.Int64N(int64(time.Hour))))
		// A burst must not leave its hour, so that slices of time add up.
		s.room = HourTime(hour + 1).Sub(s.at)
		if s.rng.Float64()*r.total() < r.system {
			systemMix.pick(s.rng)(s)
		} else {
			personMix.pick(s.rng)(s)
		}
	}
	if !t.cfg.QuietStories {
		s.tellStories(hour)
	}
	s.detectRisks(hour, r)
	s.compact()
	slices.SortFunc(s.out, func(a, b Event) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Operation, b.Operation))
	})
	return s.out
}
