package mongo

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"aoc/internal/store"
)

// tallyRolled counts the events that are sure to match by roll-ups, and from documents in
// hours that have none.
func (s *Store) tallyRolled(ctx context.Context, p *plan, t *tally) error {
	settled, err := s.settledFrom(ctx)
	if err != nil {
		return err
	}
	direct := []during{p.time.and(during{p.time.from, settled})}
	rolled := p.time.and(during{settled, p.time.to})
	if rolled.from < rolled.to {
		gaps, err := s.tallyHours(ctx, p, rolled, t)
		if err != nil {
			return err
		}
		direct = append(direct, gaps...)
	}
	for _, time := range direct {
		if time.from < time.to {
			if err := s.tallyDocuments(ctx, p.sure, time, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// settledFrom gives the time, in ns, the beginning of an hour, from which on no event can
// have expired.
func (s *Store) settledFrom(ctx context.Context) (int64, error) {
	d, err := s.expiry(ctx)
	if err != nil {
		return 0, err
	}
	if s.caps.ttl && s.opts.NoChain && s.opts.RetentionDays > 0 {
		const skew = 48 * time.Hour // of the server's clock and this one
		d.Before = max(d.Before, s.clock.Now().Add(skew-time.Duration(s.opts.RetentionDays)*24*time.Hour).UnixNano())
	}
	hour := int64(time.Hour)
	return floorTo(min(max(d.Before, store.MinTime.UnixNano()), store.MaxTime.UnixNano())+hour-1, hour), nil
}

// tallyHours counts by the roll-ups of a time. It gives the times whose events are to be
// counted from their documents, because there is no roll-up of a tenant that is asked for.
func (s *Store) tallyHours(ctx context.Context, p *plan, within during, t *tally) (gaps []during, err error) {
	cursor, err := s.rollups.Find(ctx, hoursIn(within), options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetBatchSize(largestBatch))
	if err != nil {
		return nil, err
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	h := hourTally{plan: p, within: within, tally: t}
	for cursor.Next(ctx) {
		d := &rollupDoc{}
		if err := cursor.Decode(d); err != nil {
			return nil, err
		}
		if p.tenants != nil && !slices.Contains(p.tenants, hourTenant(d.ID)) {
			continue
		}
		if start := hourStart(d.ID); start != h.start || h.docs == nil {
			if err := h.flush(); err != nil {
				return nil, err
			}
			h.start = start
		}
		h.docs = append(h.docs, d)
	}
	if err := cursor.Err(); err != nil {
		return nil, err
	}
	return h.gaps, h.flush()
}

// hoursIn is the filter of the hours that a time touches.
func hoursIn(within during) bson.D {
	return bson.D{{Key: "_id", Value: bson.D{
		{Key: "$gte", Value: fromNanos(within.from).Format(hourFormat)},
		{Key: "$lt", Value: fromNanos(within.to - 1).Add(time.Hour).Format(hourFormat)},
	}}}
}

// hourTally counts one hour after the other.
type hourTally struct {
	plan   *plan
	within during
	tally  *tally
	start  int64
	docs   []*rollupDoc // of the hour, one for each tenant
	gaps   []during
	open   bool // the hour before this one had no roll-up
}

// flush counts the hour in hand, or notes that it is to be counted from documents.
func (h *hourTally) flush() error {
	if len(h.docs) == 0 {
		return nil
	}
	hour := h.within.and(during{h.start, h.start + int64(time.Hour)})
	missing := slices.ContainsFunc(h.docs, func(d *rollupDoc) bool { return len(d.Data) == 0 })
	switch {
	case missing && h.open:
		h.gaps[len(h.gaps)-1].to = hour.to
	case missing:
		h.gaps = append(h.gaps, hour)
	}
	h.open = missing
	for _, d := range h.docs {
		if missing {
			break
		}
		b, err := decodeHourBlock(d.Data)
		if err != nil {
			return err
		}
		if err := b.each(h.start, func(d *eventDoc, times []int64) { h.count(d, times, hour) }); err != nil {
			return err
		}
	}
	h.docs = nil
	return nil
}

// count counts the events of a row that match.
func (h *hourTally) count(d *eventDoc, times []int64, within during) {
	from, _ := slices.BinarySearch(times, within.from)
	to, _ := slices.BinarySearch(times, within.to)
	times = times[from:to]
	if !timeless(h.plan.sure) {
		var match []int64
		for _, at := range times {
			if d.At = at; h.plan.sure.holds(d) {
				match = append(match, at)
			}
		}
		times = match
	} else if !h.plan.sure.holds(d) {
		return
	}
	if len(times) > 0 {
		h.tally.add(d, times...)
	}
}
