package detect

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"aoc"
	"aoc/internal/sigma"
	"aoc/internal/store"
)

// KindAlert is the kind of items that alerts are kept as.
const KindAlert = "alert"

// The labels of an alert. That of its tenant bounds who may see it.
const (
	LabelState    = "state"
	LabelSeverity = "severity"
	LabelRule     = "rule"
	LabelAssignee = "assignee"
	LabelTenant   = string(aoc.FieldTenant)
)

// AlertItem is an alert as it is kept, with the version of the item that it was read from.
func AlertItem(a *aoc.Alert, version int64) (store.Item, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return store.Item{}, aoc.Wrap(err, aoc.CodeInternal, "detect.alert", "an alert cannot be written")
	}
	labels := map[string]string{LabelState: string(a.State), LabelSeverity: string(a.Severity), LabelRule: a.RuleID}
	if a.TenantID != "" {
		labels[LabelTenant] = a.TenantID
	}
	if a.Assignee != "" {
		labels[LabelAssignee] = a.Assignee
	}
	return store.Item{Kind: KindAlert, ID: a.ID, Version: version, At: a.RaisedAt, Labels: labels, Body: body}, nil
}

// AlertOf reads an alert.
func AlertOf(it *store.Item) (*aoc.Alert, error) {
	var a aoc.Alert
	if err := json.Unmarshal(it.Body, &a); err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInternal, "detect.alert", "a stored alert cannot be read")
	}
	return &a, nil
}

// FollowerConfig is what a Follower is made of.
type FollowerConfig struct {
	Store interface {
		store.Log
		store.Items
		store.Searcher
		store.Finder
	}
	// Rules gives the rules that there are now. It is asked for each batch.
	Rules       func(ctx context.Context) ([]*Kept, error)
	Env         Env
	Correlation sigma.CorrelatorOptions
	Clock       aoc.Clock    // nil: the machine's
	Logger      *slog.Logger // nil: silent
	// Batch is how many events are read at once; 0 means 500.
	Batch int
}

// Follower judges the events of the log in the order in which they arrive, and raises alerts.
// What it has seen is kept with its place in the log: after a crash it judges some events
// again, which raises nothing twice.
type Follower struct {
	cfg     FollowerConfig
	rules   *Ruleset
	version int64  // of the kept state
	parts   string // what its parts are labelled with; empty without
	saved   int64  // the place in the log that is kept
	at      int64  // the place in the log
	savedAt time.Time
	run     *past     // over the past; nil for none
	sought  time.Time // when such runs were last looked for
}

const (
	// runsEvery is how often runs over the past are looked for.
	runsEvery = 5 * time.Second
	// pollEvery is how often the log is looked at for more.
	pollEvery = time.Second
	// restAfter is for how many times as long as a full batch took the next one waits, so that
	// judging takes no more than a fourth of a processor from those who bring much at once.
	restAfter = 3
	// saveEvery and saveAfter are after which time and how many events the state is kept.
	saveEvery = 10 * time.Second
	saveAfter = 5000
	// listed is how many events an alert names.
	listed = 100
	// attempts are how often an alert is written that others change meanwhile.
	attempts = 20
)

// NewFollower makes a follower.
func NewFollower(cfg FollowerConfig) *Follower {
	if cfg.Clock == nil {
		cfg.Clock = aoc.SystemClock{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Batch = cmp.Or(cfg.Batch, 500)
	return &Follower{cfg: cfg}
}

// Run follows the log until ctx ends, or the store fails: it can be called again then.
func (f *Follower) Run(ctx context.Context) error {
	if err := f.restore(ctx); err != nil {
		return err
	}
	for {
		begun := f.cfg.Clock.Now()
		n, err := f.Step(ctx)
		rest := time.Duration(0)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case n == 0:
			rest = pollEvery
		case n >= f.cfg.Batch: // far behind: whoever brings so much goes before
			rest = min(restAfter*f.cfg.Clock.Now().Sub(begun), pollEvery)
		}
		if rest > 0 && f.cfg.Clock.Sleep(ctx, rest) != nil {
			return nil
		}
	}
}

// Step judges the next events, and does a piece of what is run over the past. It tells how
// much that was: nothing when there is nothing to do.
func (f *Follower) Step(ctx context.Context) (n int, err error) {
	events, err := f.cfg.Store.ReadLog(ctx, f.at, f.cfg.Batch)
	if err != nil {
		return 0, err
	}
	if len(events) > 0 { // after they were read: a rule that was there before an event judges it
		if err := f.refresh(ctx); err != nil {
			return 0, err
		}
	}
	for i := range events {
		e := &events[i]
		if e.Source != aoc.SourceAOC { // its own doings raise nothing
			for _, r := range f.rules.judge(e) {
				if err := f.raise(ctx, &r, e); err != nil {
					return i, err
				}
			}
		}
		f.at = e.Seq
	}
	if err := f.save(ctx, false); err != nil {
		return len(events), err
	}
	running, err := f.runPast(ctx)
	if running {
		return len(events) + 1, err
	}
	return len(events), err
}

// restore goes on where the kept state stands; without one, from now on.
func (f *Follower) restore(ctx context.Context) error {
	it, err := f.cfg.Store.Item(ctx, kindState, stateID)
	var kept state
	switch {
	case aoc.CodeOf(err) == aoc.CodeNotFound:
		if f.at, err = f.cfg.Store.LastSeq(ctx); err != nil {
			return err
		}
		f.version = 0
	case err != nil:
		return err
	default:
		if kept, err = readState(ctx, f.cfg.Store, &it); err != nil {
			return err
		}
		f.at, f.version, f.parts = kept.Position, it.Version, kept.Of
	}
	f.saved, f.savedAt, f.rules, f.run = f.at, f.cfg.Clock.Now(), nil, nil
	if err := f.refresh(ctx); err != nil {
		return err
	}
	if kept.Correlation != nil {
		if err := f.rules.correlator.Restore(kept.Correlation); err != nil {
			f.cfg.Logger.WarnContext(ctx, "what was correlated before cannot be read; correlations begin anew", "error", err)
		}
	}
	if f.version == 0 {
		return f.save(ctx, true)
	}
	return nil
}

// refresh takes up rules that have changed. What was correlated by those that have not stays.
func (f *Follower) refresh(ctx context.Context) error {
	kept, err := f.cfg.Rules(ctx)
	if err != nil {
		return err
	}
	if f.rules != nil && f.rules.identity == identityOf(kept) {
		return nil
	}
	next, err := NewRuleset(kept, f.cfg.Env, f.cfg.Correlation)
	if err != nil {
		return err
	}
	if f.rules != nil {
		was, err := f.rules.correlator.State()
		if err != nil {
			return err
		}
		if err := next.correlator.Restore(was); err != nil {
			return err
		}
	}
	f.rules = next
	return nil
}

// save keeps the state, now and then or at once.
func (f *Follower) save(ctx context.Context, must bool) error {
	now := f.cfg.Clock.Now()
	if !must && (f.at == f.saved || f.at-f.saved < saveAfter && now.Sub(f.savedAt) < saveEvery) {
		return nil
	}
	correlation, err := f.rules.correlator.State()
	if err != nil {
		return err
	}
	it, parts, err := putState(ctx, f.cfg.Store, f.cfg.Clock, f.at, correlation, f.version, f.parts)
	if it.Version > f.version {
		f.version, f.parts, f.saved, f.savedAt = it.Version, parts, f.at, now
	}
	if err != nil {
		return err
	}
	return nil
}

// Save keeps the state at once, as before an end.
func (f *Follower) Save(ctx context.Context) error {
	if f.rules == nil || f.at == f.saved {
		return nil
	}
	err := f.save(ctx, true)
	if aoc.CodeOf(err) == aoc.CodeConflict { // another process has gone on already
		return nil
	}
	return err
}

// raise writes an alert, or adds to it. People may change it at the same time.
func (f *Follower) raise(ctx context.Context, r *raised, e *aoc.Event) error {
	var err error
	for range attempts {
		var alert *aoc.Alert
		var version int64
		it, missing := f.cfg.Store.Item(ctx, KindAlert, r.id)
		switch {
		case aoc.CodeOf(missing) == aoc.CodeNotFound:
			alert = f.begin(r, e)
			if err := announce(ctx, f.cfg.Store, alert); err != nil {
				return err
			}
		case missing != nil:
			return missing
		default:
			if alert, err = AlertOf(&it); err != nil {
				return err
			}
			if !r.addTo(alert, e) {
				return nil
			}
			version = it.Version
		}
		next, err := AlertItem(alert, version)
		if err != nil {
			return err
		}
		if _, err = f.cfg.Store.PutItem(ctx, next); aoc.CodeOf(err) != aoc.CodeConflict {
			return err
		}
	}
	return err
}

// begin makes the alert that an event raises.
func (f *Follower) begin(r *raised, e *aoc.Event) *aoc.Alert {
	a := &aoc.Alert{
		ID: r.id, RuleID: r.kept.ID, RuleVersion: r.kept.Version, Title: r.rule.Title, Severity: severityOf(r.kept, r.rule), Tags: append([]string{}, r.rule.Tags...),
		TenantID: e.TenantID, Group: r.group, First: e.Timestamp, Last: e.Timestamp, Events: []string{}, RaisedAt: f.cfg.Clock.Now().UTC(), ReceivedAt: e.ReceivedAt,
		Origin: e.Origin, State: aoc.AlertOpen,
	}
	r.addTo(a, e)
	return a
}

// addTo adds an event to an alert; false when it is in it already.
func (r *raised) addTo(a *aoc.Alert, e *aoc.Event) bool {
	if a.UpTo >= e.Seq {
		return false
	}
	a.UpTo = e.Seq
	if r.count > 0 { // the correlation counts
		a.First, a.Last, a.Count, a.Events = r.start, r.end, r.count, append([]string{}, r.events...)
		a.Summary = e.DisplaySummary
		return true
	}
	if slices.Contains(a.Events, e.Key) { // a revision of what is in it
		return true
	}
	a.Count++
	if len(a.Events) < listed {
		a.Events = append(a.Events, e.Key)
	}
	if e.Timestamp.Before(a.First) {
		a.First = e.Timestamp
	}
	if !e.Timestamp.Before(a.Last) {
		a.Last, a.Summary = e.Timestamp, e.DisplaySummary
	}
	return true
}
