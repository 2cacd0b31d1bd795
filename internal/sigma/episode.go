package sigma

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// arrive puts a record into its group and tells what holds by it.
func (k *Correlator) arrive(c *correlated, a arrival) (Firing, bool) {
	g := c.groups[a.key]
	if g == nil {
		g = &group{Values: a.values, ids: map[recordID]struct{}{}}
		c.groups[a.key] = g
	}
	g.prune(k.horizon(), c.span)
	id := recordID{a.record.ID, a.record.Via}
	if _, ok := g.ids[id]; ok {
		return Firing{}, false
	}
	g.ids[id] = struct{}{}
	c.touches++
	g.Touched = c.touches
	at, _ := slices.BinarySearchFunc(g.Records, &a.record, compareRecords)
	g.Records = slices.Insert(g.Records, at, a.record)

	e, begun := k.judge(c, g, a.key, at)
	if over := len(g.Records) - k.options.MaxEvents; over > 0 {
		over = max(over, k.options.MaxEvents/8) // some at once, so that this is seldom
		g.drop(over)
		k.loss.Events += uint64(over)
	}
	if e == nil {
		return Firing{}, false
	}
	return c.firing(g, e, begun), true
}

func compareRecords(a record, b *record) int {
	return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Position, b.Position), cmp.Compare(a.Via, b.Via))
}

// judge looks at the windows that the record at an index is in, and gives the episode that
// the record, or what holds by it, belongs to; nil when there is none.
func (k *Correlator) judge(c *correlated, g *group, key string, at int) (e *episode, begun bool) {
	held, ok := c.judge(g, at)
	if !ok {
		t := g.Records[at].Time
		i := slices.IndexFunc(g.Episodes, func(e *episode) bool { return e.Start <= t && t <= e.End })
		if i < 0 {
			return nil, false
		}
		e = g.Episodes[i]
		k.count(e, g.Records[at:at+1])
		return e, false
	}
	c.held = append(c.held, holding{at: held.since, values: g.Values})
	start, end := g.Records[held.from].Time, held.until
	i := slices.IndexFunc(g.Episodes, func(e *episode) bool { return start <= e.End+c.span && end >= e.Start-c.span })
	if i >= 0 {
		e = g.Episodes[i]
		e.Start, e.End = min(e.Start, start), max(e.End, end)
	} else {
		e = &episode{Key: c.episodeKey(key, &g.Records[at]), Start: start, End: end}
		g.Episodes = append(g.Episodes, e)
		begun = true
		if len(g.Episodes) > maxEpisodes {
			g.Episodes = slices.Delete(g.Episodes, 0, 1)
			k.loss.Events++
		}
	}
	e.Measure = held.measure
	k.count(e, g.Records[held.from:held.to])
	return e, begun
}

// count adds the records to an episode that are in none yet.
func (k *Correlator) count(e *episode, records []record) {
	for i := range records {
		r := &records[i]
		if r.Counted {
			continue
		}
		r.Counted = true
		e.Count++
		if len(e.Events) < k.options.MaxListed && !slices.Contains(e.Events, r.ID) {
			e.Events = append(e.Events, r.ID)
		}
	}
}

// episodeKey is what the episode that a record begins is known by. One event may begin
// several, by several ways through other correlations.
func (c *correlated) episodeKey(groupKey string, r *record) string {
	name := c.rule.ID
	if name == "" {
		name = c.identity
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d", name, groupKey, r.ID, r.Via))
	return hex.EncodeToString(sum[:16])
}

func (c *correlated) firing(g *group, e *episode, begun bool) Firing {
	f := Firing{
		Key: e.Key, Rule: c.rule, Start: time.UnixMicro(e.Start).UTC(), End: time.UnixMicro(e.End).UTC(),
		Events: slices.Clone(e.Events), Count: e.Count, New: begun, Measure: e.Measure,
	}
	for i, field := range c.c.GroupBy {
		f.Group = append(f.Group, GroupValue{Field: field, Value: g.Values[i]})
	}
	return f
}

// prune lets go of what no event that may still come can be with: windows of such an event
// begin at most a timespan before the horizon, and join episodes that ended a timespan
// before.
func (g *group) prune(horizon, span int64) {
	// The rest is moved when it is not much more than what goes.
	if n := firstAt(g.Records, horizon-span); 4*n >= len(g.Records) {
		g.drop(n)
	}
	g.Episodes = slices.DeleteFunc(g.Episodes, func(e *episode) bool { return e.End < horizon-2*span })
}

// drop lets go of the oldest records.
func (g *group) drop(n int) {
	g.sliding.drop(n)
	for i := range n {
		delete(g.ids, recordID{g.Records[i].ID, g.Records[i].Via})
	}
	g.Records = slices.Delete(g.Records, 0, n)
}

// sweep lets go of groups that nothing can come to any more, now and then, and of those
// longest untouched when there are too many.
func (k *Correlator) sweep(c *correlated) {
	every := max((c.span+k.options.Lateness.Microseconds())/4, 1)
	if k.newest-c.swept < every && len(c.groups) <= k.options.MaxGroups {
		return
	}
	c.swept = k.newest
	for key, g := range c.groups {
		g.prune(k.horizon(), c.span)
		if len(g.Records) == 0 && len(g.Episodes) == 0 {
			delete(c.groups, key)
		}
	}
	if len(c.groups) <= k.options.MaxGroups {
		return
	}
	// A quarter at once, so that this is seldom.
	keys := make([]string, 0, len(c.groups))
	for key := range c.groups {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Compare(c.groups[a].Touched, c.groups[b].Touched) })
	for _, key := range keys[:len(keys)-k.options.MaxGroups*3/4] {
		delete(c.groups, key)
		k.loss.Groups++
	}
}
