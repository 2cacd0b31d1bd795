package detect

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"aoc"
	"aoc/internal/store"
)

// KindRun is the kind of items by which people ask for a rule to be run over the past. Their
// ids are those of the rules.
const KindRun = "rule-run"

// RunState is how far a run over the past is.
type RunState string

// The states of a run.
const (
	RunNone    RunState = "none" // nobody has asked for one
	RunWaiting RunState = "waiting"
	RunRunning RunState = "running"
	RunDone    RunState = "done"
	RunFailed  RunState = "failed"
)

// PastRun is a rule that is run over what is stored: it raises the alerts that it would have,
// had it been there, but tells nobody.
type PastRun struct {
	RuleID string   `json:"rule_id"`
	State  RunState `json:"state" enum:"none,waiting,running,done,failed"`
	// Start is from when on; zero for all there is.
	Start   time.Time `json:"start,omitzero"`
	AskedBy string    `json:"asked_by"`
	AskedAt time.Time `json:"asked_at"`
	// Read is how many events were looked at, Matched how many match.
	Read    int64 `json:"read"`
	Matched int64 `json:"matched"`
	// Alerts is how many alerts were raised, Known how many of those that the events make
	// were there already.
	Alerts int64  `json:"alerts"`
	Known  int64  `json:"known"`
	Error  string `json:"error,omitempty"`
}

// RunItem is a run as it is kept.
func RunItem(r *PastRun, version int64) (store.Item, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return store.Item{}, aoc.Wrap(err, aoc.CodeInternal, "detect.run", "a run cannot be written")
	}
	return store.Item{Kind: KindRun, ID: r.RuleID, Version: version, At: r.AskedAt, Labels: map[string]string{LabelState: string(r.State)}, Body: body}, nil
}

// RunOf reads a run.
func RunOf(it *store.Item) (*PastRun, error) {
	var r PastRun
	return &r, aoc.Wrap(json.Unmarshal(it.Body, &r), aoc.CodeInternal, "detect.run", "a stored run cannot be read")
}

// past is a run that is under way. Between its pages the log is judged as ever. It is in the
// memory of one process: another one begins it anew.
type past struct {
	PastRun
	version int64
	told    time.Time
	scan    *scan
	// upTo is the place in the log up to which the scan answers; what comes after is read from
	// the log in the end.
	upTo   int64
	places []place
	judged int
	alerts map[string]*pastAlert
	order  []string
}

// pastAlert is an alert that a run has found. A correlation's is also known by its events.
type pastAlert struct {
	*aoc.Alert
	correlated bool
}

// place is an event that matches, by its place in the log.
type place struct {
	seq int64
	key string
}

const (
	// maxPast is how many events a run takes up.
	maxPast = 1_000_000
	// tellEvery is how often a run tells how far it is.
	tellEvery = time.Second
	// judgedAtOnce is how many events that match are judged between two looks at the log.
	judgedAtOnce = 500
)

// runPast does a piece of a run that somebody has asked for; false when there is none. Its
// errors are the store's.
func (f *Follower) runPast(ctx context.Context) (bool, error) {
	if f.run == nil {
		if err := f.nextRun(ctx); err != nil || f.run == nil {
			return false, err
		}
	}
	more, err := f.continueRun(ctx, f.run)
	if aoc.CodeOf(err) == aoc.CodeInvalid {
		f.run.State, f.run.Error, err = RunFailed, aoc.MessageOf(err), nil
		more = false
	}
	if err != nil {
		f.run = nil // begun anew
		return false, err
	}
	if !more && f.run.State == RunRunning {
		f.run.State = RunDone
	}
	if err := f.tellRun(ctx, !more); err != nil || !more {
		f.run = nil
		return false, err
	}
	return true, nil
}

// nextRun takes up the run that was asked for first.
func (f *Follower) nextRun(ctx context.Context) error {
	if now := f.cfg.Clock.Now(); now.Sub(f.sought) >= runsEvery {
		f.sought = now
	} else {
		return nil
	}
	its, err := f.cfg.Store.ListItems(ctx, store.ItemFilter{Kind: KindRun, Labels: map[string][]string{LabelState: {string(RunWaiting), string(RunRunning)}}})
	if err != nil || len(its) == 0 {
		return err
	}
	it := its[len(its)-1]
	asked, err := RunOf(&it)
	if err != nil {
		return err
	}
	f.run = &past{PastRun: *asked, version: it.Version, upTo: f.at, alerts: map[string]*pastAlert{}}
	f.run.State, f.run.Error, f.run.Read, f.run.Matched, f.run.Alerts, f.run.Known = RunRunning, "", 0, 0, 0, 0
	return nil
}

// beginRun finds the rule of a run.
func (f *Follower) beginRun(ctx context.Context, r *past) error {
	kept, err := f.cfg.Rules(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(kept, func(k *Kept) bool { return k.ID == r.RuleID })
	if i < 0 {
		return aoc.Errorf(aoc.CodeInvalid, "detect.past", "the rule is not there any more, or is no rule")
	}
	k := kept[i]
	start := r.Start
	if !start.IsZero() { // the windows of alerts are whole
		start = start.UTC().Truncate(cmp.Or(k.Window, defaultWindow))
	}
	r.scan, err = newScan(f.cfg.Store, k, f.cfg.Env, aoc.Window{Start: start})
	return err
}

// continueRun looks at a page, or judges some of what was found; false when all is done.
func (f *Follower) continueRun(ctx context.Context, r *past) (more bool, err error) {
	if r.scan == nil {
		if err := f.beginRun(ctx, r); err != nil {
			return false, err
		}
	}
	if len(r.scan.queries) > 0 {
		return true, r.look(ctx)
	}
	for end := r.judged + judgedAtOnce; r.judged < len(r.places); r.judged++ {
		if r.judged == end {
			return true, nil
		}
		e, err := f.cfg.Store.Get(ctx, r.places[r.judged].key)
		switch {
		case aoc.CodeOf(err) == aoc.CodeNotFound: // it has expired
		case err != nil:
			return false, err
		default:
			r.judge(f, &e)
		}
	}
	if err := r.catchUp(ctx, f); err != nil {
		return false, err
	}
	return false, f.raisePast(ctx, r)
}

// look looks at a page of events.
func (r *past) look(ctx context.Context) error {
	more, err := r.scan.next(ctx, func(m matchedEvent) {
		if m.event.Seq <= r.upTo {
			r.places = append(r.places, place{m.event.Seq, m.event.Key})
		}
	})
	r.Read, r.Matched = r.scan.read, int64(len(r.places))
	switch {
	case err != nil:
		return err
	case len(r.places) > maxPast:
		e := aoc.Errorf(aoc.CodeInvalid, "detect.past", "more than %d events match", maxPast)
		e.Hint = "Run it over a shorter time, or make the rule narrower."
		return e
	case !more:
		slices.SortFunc(r.places, func(a, b place) int { return cmp.Compare(a.seq, b.seq) })
	}
	return nil
}

// judge adds an event to the alerts that it makes.
func (r *past) judge(f *Follower, e *aoc.Event) {
	for _, one := range r.scan.set.judge(e) {
		if a := r.alerts[one.id]; a != nil {
			one.addTo(a.Alert, e)
			continue
		}
		a := f.begin(&one, e)
		a.Past = true
		r.alerts[one.id] = &pastAlert{a, one.count > 0}
		r.order = append(r.order, one.id)
	}
}

// catchUp judges what has arrived since the run began, up to where detection is.
func (r *past) catchUp(ctx context.Context, f *Follower) error {
	for r.upTo < f.at {
		events, err := f.cfg.Store.ReadLog(ctx, r.upTo, min(f.cfg.Batch, int(f.at-r.upTo)))
		if err != nil || len(events) == 0 {
			return err
		}
		for i := range events {
			if e := &events[i]; e.Seq > f.at {
				return nil
			} else if e.Source != aoc.SourceAOC {
				r.judge(f, e)
			}
		}
		r.upTo = events[len(events)-1].Seq
	}
	return nil
}

// raisePast writes the alerts of a run. Those that are there already, because their events
// arrived while the rule was in force, become whole.
func (f *Follower) raisePast(ctx context.Context, r *past) error {
	its, err := f.cfg.Store.ListItems(ctx, store.ItemFilter{Kind: KindAlert, Labels: map[string][]string{LabelRule: {r.RuleID}}})
	if err != nil {
		return err
	}
	known := make([]*aoc.Alert, len(its))
	for i := range its {
		if known[i], err = AlertOf(&its[i]); err != nil {
			return err
		}
	}
	for _, id := range r.order {
		a := r.alerts[id]
		if b := a.among(known); b != nil {
			a.ID = b.ID
			r.Known++
		} else {
			r.Alerts++
		}
		if err := f.enlarge(ctx, a.Alert); err != nil {
			return err
		}
	}
	return nil
}

// among finds the alert that was raised of the same events: that with the same id, or one
// that a correlation began at another event, because it had not seen those before; nil for
// none.
func (a *pastAlert) among(known []*aoc.Alert) *aoc.Alert {
	for _, b := range known {
		if b.ID == a.ID {
			return b
		}
	}
	for _, b := range known {
		if a.correlated && b.RuleVersion == a.RuleVersion && b.Title == a.Title && slices.Equal(b.Group, a.Group) &&
			slices.ContainsFunc(b.Events, func(key string) bool { return slices.Contains(a.Events, key) }) {
			return b
		}
	}
	return nil
}

// enlarge writes an alert, or what it has more than the one that is there.
func (f *Follower) enlarge(ctx context.Context, a *aoc.Alert) error {
	var err error
	for range attempts {
		next, version := a, int64(0)
		it, missing := f.cfg.Store.Item(ctx, KindAlert, a.ID)
		switch {
		case aoc.CodeOf(missing) == aoc.CodeNotFound:
		case missing != nil:
			return missing
		default:
			if next, err = AlertOf(&it); err != nil {
				return err
			}
			if !unite(next, a) {
				return nil
			}
			version = it.Version
		}
		item, err := AlertItem(next, version)
		if err != nil {
			return err
		}
		if _, err = f.cfg.Store.PutItem(ctx, item); aoc.CodeOf(err) != aoc.CodeConflict {
			return err
		}
	}
	return err
}

// unite adds to an alert what another one of the same events has more: false for nothing. What
// has expired since stays counted.
func unite(a, more *aoc.Alert) bool {
	events := slices.Clone(more.Events)
	for _, key := range a.Events {
		if !slices.Contains(events, key) {
			events = append(events, key)
		}
	}
	count := max(a.Count, more.Count, int64(len(events)))
	if count == a.Count && len(events) == len(a.Events) {
		return false
	}
	if !more.Last.Before(a.Last) {
		a.Last, a.Summary = more.Last, more.Summary
	}
	if more.First.Before(a.First) {
		a.First = more.First
	}
	a.Events, a.Count, a.UpTo = events[:min(len(events), listed)], count, max(a.UpTo, more.UpTo)
	return true
}

// tellRun writes how far a run is. One that somebody has cancelled is given up.
func (f *Follower) tellRun(ctx context.Context, must bool) error {
	now := f.cfg.Clock.Now()
	if !must && now.Sub(f.run.told) < tellEvery {
		return nil
	}
	item, err := RunItem(&f.run.PastRun, f.run.version)
	if err != nil {
		return err
	}
	item, err = f.cfg.Store.PutItem(ctx, item)
	if aoc.CodeOf(err) == aoc.CodeConflict {
		f.run = nil
		return nil
	}
	if err == nil {
		f.run.version, f.run.told = item.Version, now
	}
	return err
}
