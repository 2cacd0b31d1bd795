package forward

import (
	"context"
	"encoding/json"
	"time"

	"aoc"
	"aoc/internal/fleet"
	"aoc/internal/sink"
	"aoc/internal/store"
)

// DeadLetterKind is the kind of item that a dead letter is.
const DeadLetterKind = "dead-letter"

// The labels of a dead letter. The tenant bounds who may see it.
const (
	LabelSink   = "sink"
	LabelTenant = "tenant"
	LabelState  = "state"
)

// The states of a dead letter.
const (
	LetterKept   = "kept"
	LetterResend = "resend" // somebody wants it sent again
)

// DeadLetter tells of an event that a receiver refused. The event itself is in the store, as
// long as it is kept there.
type DeadLetter struct {
	ID       string `json:"id"`
	Sink     string `json:"sink"`
	TenantID string `json:"tenant_id"`
	// Key names the event; Summary and EventAt tell what it is.
	Key     string    `json:"key"`
	Summary string    `json:"summary"`
	EventAt time.Time `json:"event_at"`
	Reason  string    `json:"reason"`
	FirstAt time.Time `json:"first_at"`
	At      time.Time `json:"at"`    // of the last refusal
	Times   int       `json:"times"` // it was refused
	State   string    `json:"state"`
}

// DeadLetterFilter selects dead letters; zero values do not narrow.
type DeadLetterFilter struct {
	IDs     []string // at most a few hundred
	Sinks   []string
	Tenants []string // nil: all; empty: none
	State   string
	From    time.Time
	To      time.Time
	After   *store.ItemPlace
	Limit   int
}

func (f *DeadLetterFilter) items() store.ItemFilter {
	labels := map[string][]string{}
	if len(f.Sinks) > 0 {
		labels[LabelSink] = f.Sinks
	}
	if f.Tenants != nil {
		labels[LabelTenant] = f.Tenants
	}
	if f.State != "" {
		labels[LabelState] = []string{f.State}
	}
	return store.ItemFilter{Kind: DeadLetterKind, Labels: labels, From: f.From, To: f.To, After: f.After, Limit: f.Limit}
}

// none reports whether a filter selects nothing at all, which a filter of items cannot say.
func (f *DeadLetterFilter) none() bool { return f.Tenants != nil && len(f.Tenants) == 0 }

// letterID is the id of an event's dead letter: one for each sink.
func letterID(sinkID, key string) string { return sinkID + "." + key }

// bury keeps a dead letter for each rejection of a batch.
func (w *follower) bury(ctx context.Context, batch []aoc.Event, rejected []sink.Rejection) error {
	for _, r := range rejected {
		if r.Index < 0 || r.Index >= len(batch) {
			return aoc.Errorf(aoc.CodeInternal, "forward.bury", "sink kind %q rejects a record that it was not given", w.cfg.Kind)
		}
		if err := w.f.bury(ctx, w.cfg.ID, &batch[r.Index], r.Reason); err != nil {
			return err
		}
	}
	return nil
}

// bury writes a dead letter, or counts another refusal of it.
func (f *Forwarder) bury(ctx context.Context, sinkID string, e *aoc.Event, reason string) error {
	for {
		now := f.cfg.Clock.Now()
		letter := DeadLetter{
			ID: letterID(sinkID, e.Key), Sink: sinkID, TenantID: e.TenantID, Key: e.Key, Summary: sink.Clean(e.DisplaySummary), EventAt: e.Timestamp,
			Reason: sink.Clean(reason), FirstAt: now, At: now, Times: 1, State: LetterKept,
		}
		known, err := f.cfg.Store.Item(ctx, DeadLetterKind, letter.ID)
		switch {
		case aoc.CodeOf(err) == aoc.CodeNotFound:
		case err != nil:
			return err
		default:
			before, err := letterOf(&known)
			if err != nil {
				return err
			}
			letter.FirstAt, letter.Times = before.FirstAt, before.Times+1
		}
		if err := f.putLetter(ctx, letter, known.Version); aoc.CodeOf(err) != aoc.CodeConflict {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (f *Forwarder) putLetter(ctx context.Context, l DeadLetter, version int64) error {
	body, err := json.Marshal(l)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, "forward.put_letter", "a dead letter cannot be written")
	}
	labels := map[string]string{LabelSink: l.Sink, LabelState: l.State}
	if l.TenantID != "" {
		labels[LabelTenant] = l.TenantID
	}
	_, err = f.cfg.Store.PutItem(ctx, store.Item{Kind: DeadLetterKind, ID: l.ID, Version: version, At: l.At, Labels: labels, Body: body})
	return err
}

func letterOf(it *store.Item) (DeadLetter, error) {
	var l DeadLetter
	err := json.Unmarshal(it.Body, &l)
	return l, aoc.Wrap(err, aoc.CodeInternal, "forward.letter", "a dead letter cannot be read")
}

// DeadLetters lists dead letters, the one refused last first.
func (f *Forwarder) DeadLetters(ctx context.Context, filter DeadLetterFilter) ([]DeadLetter, error) {
	letters := []DeadLetter{}
	err := f.eachLetter(ctx, filter, func(_ store.Item, l DeadLetter) error {
		letters = append(letters, l)
		return nil
	})
	return letters, err
}

// eachLetter calls visit with the dead letters that a filter selects.
func (f *Forwarder) eachLetter(ctx context.Context, filter DeadLetterFilter, visit func(store.Item, DeadLetter) error) error {
	items, err := f.letterItems(ctx, filter)
	if err != nil {
		return err
	}
	for i := range items {
		l, err := letterOf(&items[i])
		if err == nil {
			err = visit(items[i], l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *Forwarder) letterItems(ctx context.Context, filter DeadLetterFilter) ([]store.Item, error) {
	if filter.none() {
		return nil, nil
	}
	want := filter.items()
	if filter.IDs == nil {
		return f.cfg.Store.ListItems(ctx, want)
	}
	var items []store.Item
	for _, id := range filter.IDs {
		it, err := f.cfg.Store.Item(ctx, DeadLetterKind, id)
		if aoc.CodeOf(err) == aoc.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if want.Matches(&it) {
			items = append(items, it)
		}
	}
	return items, nil
}

// CountDeadLetters counts dead letters by the values of a label: [LabelSink], [LabelTenant] or
// [LabelState].
func (f *Forwarder) CountDeadLetters(ctx context.Context, filter DeadLetterFilter, label string) (map[string]int64, error) {
	if filter.none() {
		return map[string]int64{}, nil
	}
	return f.cfg.Store.CountItems(ctx, filter.items(), label)
}

// Resend asks for dead letters to be sent again, and tells how many. Whichever process feeds
// their sinks does so within seconds; those that are taken are gone then.
func (f *Forwarder) Resend(ctx context.Context, filter DeadLetterFilter) (int64, error) {
	filter.State = LetterKept
	var n int64
	err := f.eachLetter(ctx, filter, func(it store.Item, l DeadLetter) error {
		l.State = LetterResend
		err := f.putLetter(ctx, l, it.Version)
		switch aoc.CodeOf(err) {
		case "":
			n++
		case aoc.CodeConflict: // somebody has dealt with it just now
			return nil
		}
		return err
	})
	for _, w := range f.crew.Workers() {
		w.mu.Lock()
		w.letters = true
		w.mu.Unlock()
		fleet.Nudge(w.hurry)
	}
	return n, err
}

// DropDeadLetters removes dead letters for good, and tells how many.
func (f *Forwarder) DropDeadLetters(ctx context.Context, filter DeadLetterFilter) (int64, error) {
	if filter.IDs == nil {
		return f.dropSelected(ctx, filter)
	}
	var n int64
	err := f.eachLetter(ctx, filter, func(it store.Item, _ DeadLetter) error {
		err := f.cfg.Store.DropItem(ctx, it)
		if code := aoc.CodeOf(err); code == aoc.CodeNotFound || code == aoc.CodeConflict {
			return nil
		}
		if err == nil {
			n++
		}
		return err
	})
	return n, err
}

// dropSelected removes whatever a filter without ids selects.
func (f *Forwarder) dropSelected(ctx context.Context, filter DeadLetterFilter) (n int64, err error) {
	const atOnce = 500
	if filter.none() {
		return 0, nil
	}
	for {
		dropped, err := f.cfg.Store.DropItems(ctx, filter.items(), atOnce)
		if n += dropped; err != nil || dropped < atOnce {
			return n, err
		}
	}
}

const (
	lettersEvery = 5 * time.Second
	lettersAt    = 100 // at once
)

// resend sends dead letters again that somebody wants to be, unless the receiver is known to
// take nothing. Its errors are the store's.
func (w *follower) resend(ctx context.Context) error {
	if w.fails > 0 || !w.asked() && w.now().Before(w.looked.Add(lettersEvery)) {
		return nil
	}
	w.looked = w.now()
	items, err := w.f.cfg.Store.ListItems(ctx, store.ItemFilter{
		Kind: DeadLetterKind, Limit: lettersAt, Labels: map[string][]string{LabelSink: {w.cfg.ID}, LabelState: {LetterResend}},
	})
	if err != nil {
		return err
	}
	var failed []func() error
	taken := false
	for i := range items {
		answered, fault, err := w.resendOne(ctx, &items[i])
		if err != nil {
			return err
		}
		if fault == nil {
			taken = taken || answered
			continue
		}
		failed = append(failed, func() error { return w.unwant(ctx, &items[i], fault) })
		if !taken && len(failed) >= probes {
			break
		}
	}
	if !taken || ctx.Err() != nil {
		return nil // they stay wanted: the receiver takes nothing
	}
	for _, unwant := range failed {
		if err := unwant(); err != nil {
			return err
		}
	}
	return nil
}

// asked reports whether a person of this process has asked for a resend since last time.
func (w *follower) asked() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked := w.letters
	w.letters = false
	return asked
}

// resendOne sends one dead letter by itself; answered says that the receiver has
// taken or refused it, fault how the sink failed. One whose event has expired is dropped.
func (w *follower) resendOne(ctx context.Context, it *store.Item) (answered bool, fault, err error) {
	l, err := letterOf(it)
	if err != nil {
		return false, nil, err
	}
	e, err := w.f.cfg.Store.Get(ctx, l.Key)
	if aoc.CodeOf(err) == aoc.CodeNotFound {
		return false, nil, w.dropLetter(ctx, it)
	}
	if err != nil {
		return false, nil, err
	}
	rejected, fault := w.send(ctx, []aoc.Event{e})
	switch {
	case fault != nil && ctx.Err() == nil:
		w.failed(ctx, fault)
		return false, fault, nil
	case fault != nil:
		return false, fault, nil
	case len(rejected) > 0:
		return true, nil, w.f.bury(ctx, w.cfg.ID, &e, rejected[0].Reason)
	}
	w.at.Sent, w.at.SentAt, w.dirty = w.at.Sent+1, w.now(), true
	w.f.cfg.Observer.Sent(w.cfg.ID, w.cfg.Kind, 1)
	return true, nil, w.dropLetter(ctx, it)
}

// unwant puts a dead letter back on which the receiver fails while it takes others.
func (w *follower) unwant(ctx context.Context, it *store.Item, fault error) error {
	l, err := letterOf(it)
	if err != nil {
		return err
	}
	l.State, l.At, l.Times, l.Reason = LetterKept, w.now(), l.Times+1, sink.Clean(aoc.MessageOf(fault))
	return ignore(w.f.putLetter(ctx, l, it.Version), aoc.CodeConflict)
}

func (w *follower) dropLetter(ctx context.Context, it *store.Item) error {
	return ignore(ignore(w.f.cfg.Store.DropItem(ctx, *it), aoc.CodeNotFound), aoc.CodeConflict)
}

// ignore makes nothing of an error with a code.
func ignore(err error, code aoc.Code) error {
	if aoc.CodeOf(err) == code {
		return nil
	}
	return err
}
