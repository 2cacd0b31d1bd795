package sigma

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// CorrelatorOptions bound what a [Correlator] keeps. Zero means the default.
type CorrelatorOptions struct {
	// Lateness is how much older than the newest time an event may be; 7 days by default. An
	// event that comes later is not correlated, but counted.
	Lateness time.Duration
	// MaxEvents is how many events of one group are kept; 10,000 by default.
	MaxEvents int
	// MaxGroups is how many groups of one correlation are kept; 100,000 by default.
	MaxGroups int
	// MaxListed is how many events a firing lists; 100 by default. It counts all.
	MaxListed int
}

// The defaults of [CorrelatorOptions], and what has no option.
const (
	defaultLateness  = 7 * 24 * time.Hour
	defaultMaxEvents = 10_000
	defaultMaxGroups = 100_000
	defaultMaxListed = 100
	maxCombinations  = 16    // groups, or counted tuples, of one event with lists in its fields
	maxEpisodes      = 1_000 // firings of one group that are remembered
)

// Input is an event of the log that some rule matched.
type Input struct {
	// Position is that in the log. It decides between events of one time.
	Position uint64
	// ID names the event. What comes again within a group is not counted again.
	ID string
	// Time is when it happened. What is finer than a microsecond is not looked at.
	Time time.Time
	// Matched are the detection rules that matched, of those the correlator was made with.
	Matched []*Rule
	// Values gives the values of a field, by the name that the rule has for it.
	Values func(rule *Rule, field string) []string
}

// GroupValue is one of the values that make a group.
type GroupValue struct {
	Field, Value string
}

// Firing tells that a correlation holds. It begins an episode of a group or adds to one:
// what holds no more than the timespan before or after an episode belongs to it, and so
// does an event that falls into it, however late it comes.
type Firing struct {
	// Key is the episode's for good: made of the rule, the group and the event whose arrival
	// began it. The same log gives the same keys.
	Key   string
	Rule  *Rule
	Group []GroupValue
	// Start and End are the times of the first and the last event of the episode.
	Start, End time.Time
	// Events are the first that were added, Count says how many there were.
	Events []string
	Count  int
	// New is set when this begins the episode.
	New bool
	// Measure is what the condition was compared with when it held last.
	Measure float64
}

// Loss counts what the bounds of a correlator let go, since the state began.
type Loss struct {
	Late   uint64 // events that came too late
	Events uint64 // events, or episodes, of groups that had too many
	Groups uint64 // groups
}

// Correlator follows a log. Its state depends on its inputs and their order alone. Each
// condition is asked of every window of the timespan that ends with an event, bounds
// included, as soon as an event arrives in it; what held once is not taken back. It is not
// for use by several goroutines at once.
type Correlator struct {
	options CorrelatorOptions
	all     []*correlated // those that others refer to come first
	newest  int64         // the newest time, µs since 1970
	begun   bool
	loss    Loss
}

// correlated is one correlation with its state.
type correlated struct {
	rule     *Rule
	c        *Correlation
	refs     []*Rule
	chained  []*correlated // by reference: the correlation that it is, if any
	span     int64         // µs
	identity string        // changes when the rule or one it refers to does
	groups   map[string]*group
	swept    int64  // the newest time when old groups were last looked for
	touches  uint64 // counts additions

	held []holding // by the event at hand
}

// holding says that a correlation holds by the event at hand: for whom, and since when.
type holding struct {
	at     int64
	values []string // by group-by field
}

// group is what is kept of one group.
type group struct {
	Values   []string   `json:"values"`
	Records  []record   `json:"records"` // by time, then position
	Episodes []*episode `json:"episodes,omitempty"`
	Touched  uint64     `json:"touched"`

	ids     map[recordID]struct{}
	sliding sliding
}

// recordID tells records of one group apart.
type recordID struct {
	id  string
	via int
}

// record is what is kept of an event in a group.
type record struct {
	Time     int64     `json:"t"` // µs since 1970
	Position uint64    `json:"p"`
	ID       string    `json:"id"`
	Via      int       `json:"v,omitempty"` // 0, or the number from 1 of the correlation it comes through
	Rules    uint64    `json:"r"`           // a bit for each reference
	Texts    []string  `json:"s,omitempty"` // what value_count and value_percentile count
	Numbers  []float64 `json:"n,omitempty"`
	Counted  bool      `json:"c,omitempty"` // in an episode
}

// episode is a firing as it is kept.
type episode struct {
	Key     string   `json:"key"`
	Start   int64    `json:"start"`
	End     int64    `json:"end"`
	Count   int      `json:"count"`
	Events  []string `json:"events"`
	Measure float64  `json:"measure"`
}

// NewCorrelator makes a correlator of the correlations among rules, and the rules they refer
// to. It fails with code invalid when one refers to a rule that is not there or to itself, or
// asks for more than is kept.
func NewCorrelator(rules []*Rule, o CorrelatorOptions) (*Correlator, error) {
	o.Lateness = cmp.Or(max(o.Lateness, 0), defaultLateness)
	o.MaxEvents = cmp.Or(max(o.MaxEvents, 0), defaultMaxEvents)
	o.MaxGroups = cmp.Or(max(o.MaxGroups, 0), defaultMaxGroups)
	o.MaxListed = cmp.Or(max(o.MaxListed, 0), defaultMaxListed)
	b := correlatorBuilder{rules: rules, options: o, done: map[*Rule]*correlated{}, open: map[*Rule]bool{}}
	for _, r := range rules {
		if r.Correlation != nil {
			b.build(r)
		}
	}
	if err := b.problems.err("sigma.newcorrelator"); err != nil {
		return nil, err
	}
	return &Correlator{options: o, all: b.all}, nil
}

// correlatorBuilder puts correlations in order.
type correlatorBuilder struct {
	rules    []*Rule
	options  CorrelatorOptions
	all      []*correlated
	done     map[*Rule]*correlated
	open     map[*Rule]bool // those being built
	problems Problems
}

func (b *correlatorBuilder) fail(r *Rule, message, hint string) {
	p := r.Correlation.problem(fmt.Sprintf("%q %s", r.Title, message), hint)
	b.problems.add(p)
}

// build makes what a correlation refers to, then the correlation.
func (b *correlatorBuilder) build(r *Rule) *correlated {
	if c := b.done[r]; c != nil {
		return c
	}
	if b.open[r] {
		b.fail(r, "refers to itself by way of its rules", "A correlation cannot be among the rules it correlates.")
		return nil
	}
	b.open[r] = true
	defer delete(b.open, r)
	c := &correlated{rule: r, c: r.Correlation, span: r.Correlation.Timespan.Microseconds(), groups: map[string]*group{}}
	identity := sha256.New()
	fmt.Fprintf(identity, "%q", r.Source)
	for _, ref := range r.Correlation.Rules {
		of := find(b.rules, ref)
		if of == nil {
			b.fail(r, fmt.Sprintf("refers to the rule %q, which is not there", ref), "Add that rule, or take it out of the list.")
			continue
		}
		var chained *correlated
		if of.Correlation != nil {
			if chained = b.build(of); chained == nil {
				continue
			}
			fmt.Fprintf(identity, "%q", chained.identity)
		} else {
			fmt.Fprintf(identity, "%q", of.Source)
		}
		c.refs = append(c.refs, of)
		c.chained = append(c.chained, chained)
	}
	c.identity = hex.EncodeToString(identity.Sum(nil))
	b.checkThreshold(r)
	b.done[r] = c
	b.all = append(b.all, c)
	return c
}

// checkThreshold refuses what could never hold.
func (b *correlatorBuilder) checkThreshold(r *Rule) {
	for _, t := range r.Correlation.Conditions {
		counts := r.Correlation.Type == EventCount || r.Correlation.Type == ValueCount
		if counts && (t.Op == "gt" || t.Op == "gte" || t.Op == "eq") && t.Value >= float64(b.options.MaxEvents) {
			b.fail(r, fmt.Sprintf("asks for %g events, more than the %d of a group that are kept", t.Value, b.options.MaxEvents), "Lower the number, or raise the bound.")
		}
	}
}

// Rules gives the correlations that are followed.
func (k *Correlator) Rules() []*Rule {
	rules := make([]*Rule, len(k.all))
	for i, c := range k.all {
		rules[i] = c.rule
	}
	return rules
}

// Loss tells what the bounds let go.
func (k *Correlator) Loss() Loss { return k.loss }

// Standalone reports whether a rule is an alert of its own: nothing among the rules
// correlates it, or what does says generate.
func Standalone(rules []*Rule, r *Rule) bool {
	correlated := false
	for _, other := range rules {
		if other.Correlation != nil && names(other.Correlation.Rules, r) {
			if other.Correlation.Generate {
				return true
			}
			correlated = true
		}
	}
	return !correlated
}

// Correlated gives those of some rules that a correlation is about.
func Correlated(rules []*Rule, c *Correlation) []*Rule {
	var about []*Rule
	for _, r := range rules {
		if names(c.Rules, r) {
			about = append(about, r)
		}
	}
	return about
}

// Add takes the next event of the log and gives what holds by it, each episode once.
func (k *Correlator) Add(in Input) []Firing {
	at := in.Time.UnixMicro()
	if !k.begun || at > k.newest {
		k.newest, k.begun = at, true
	}
	if at < k.horizon() {
		k.loss.Late++
		return nil
	}
	in.ID = strings.ToValidUTF8(in.ID, "\uFFFD")
	var firings []Firing
	for _, c := range k.all {
		c.held = c.held[:0]
		for _, a := range c.arrivals(&in, at) {
			if f, ok := k.arrive(c, a); ok {
				firings = appendFiring(firings, f)
			}
		}
		k.sweep(c)
	}
	return firings
}

// appendFiring appends a firing, in the place of an earlier one of the same episode: an event
// that reaches a group in two ways tells of it once.
func appendFiring(firings []Firing, f Firing) []Firing {
	i := slices.IndexFunc(firings, func(other Firing) bool { return other.Key == f.Key && other.Rule == f.Rule })
	if i < 0 {
		return append(firings, f)
	}
	f.New = f.New || firings[i].New
	firings[i] = f
	return firings
}

// horizon is the oldest time that is still correlated.
func (k *Correlator) horizon() int64 { return k.newest - k.options.Lateness.Microseconds() }

// arrival is a record on its way into a group.
type arrival struct {
	key    string
	values []string // of the group
	record record
}

// arrivals gives what an event is to a correlation: a record in each group it belongs to, in
// the order of their keys.
func (c *correlated) arrivals(in *Input, at int64) []arrival {
	var all []arrival
	for i, ref := range c.refs {
		if inner := c.chained[i]; inner != nil {
			for _, h := range inner.held {
				values := func(field string) []string {
					if j := slices.Index(inner.c.GroupBy, field); j >= 0 {
						return []string{h.values[j]}
					}
					return in.values(ref, field)
				}
				all = c.arrive(all, i, record{Time: h.at, Position: in.Position, ID: in.ID, Via: i + 1}, values)
			}
			continue
		}
		if slices.Contains(in.Matched, ref) {
			values := func(field string) []string { return in.values(ref, field) }
			all = c.arrive(all, i, record{Time: at, Position: in.Position, ID: in.ID}, values)
		}
	}
	// Of several times that a correlation holds since, the earliest comes first and counts.
	slices.SortStableFunc(all, func(a, b arrival) int {
		return cmp.Or(strings.Compare(a.key, b.key), a.record.Via-b.record.Via, cmp.Compare(a.record.Time, b.record.Time))
	})
	return all
}

// values reads a field of the event. What matched a correlation has the fields of all
// rules that matched, in their order.
func (in *Input) values(ref *Rule, field string) []string {
	if in.Values == nil {
		return nil
	}
	if ref.Correlation == nil {
		return in.Values(ref, field)
	}
	for _, r := range in.Matched {
		if values := in.Values(r, field); len(values) > 0 {
			return values
		}
	}
	return nil
}

// arrive appends a record of reference i for each group it belongs to. An event that several
// references match is one record of a group, with the values the first one gives.
func (c *correlated) arrive(all []arrival, i int, r record, values func(field string) []string) []arrival {
	r.Rules = 1 << i
	of := func(name string) []string { return values(c.fieldOf(name, c.c.Rules[i])) }
	groups := tuples(c.c.GroupBy, of)
	if len(groups) == 0 {
		return all
	}
	c.measures(&r, of)
	for _, g := range groups {
		key := foldedKey(g)
		j := slices.IndexFunc(all, func(a arrival) bool {
			return a.key == key && a.record.Via == r.Via && a.record.Time == r.Time
		})
		if j >= 0 {
			all[j].record.Rules |= r.Rules
			continue
		}
		all = append(all, arrival{key: key, values: g, record: r})
	}
	return all
}

// fieldOf resolves an alias.
func (c *correlated) fieldOf(name, ref string) string {
	if field := c.c.Aliases[name][ref]; field != "" {
		return field
	}
	return name
}

// measures reads what the correlation counts or adds up.
func (c *correlated) measures(r *record, of func(string) []string) {
	switch c.c.Type {
	case ValueCount, ValuePercentile:
		for _, t := range tuples(c.c.Fields, of) {
			if key := foldedKey(t); !slices.Contains(r.Texts, key) {
				r.Texts = append(r.Texts, key)
			}
		}
	case ValueSum, ValueAvg:
		for _, v := range of(c.c.Fields[0]) {
			if n, ok := parseNumber(v); ok && len(r.Numbers) < maxCombinations {
				r.Numbers = append(r.Numbers, n)
			}
		}
	}
}

// tuples gives the combinations of the values of fields, one empty one of no fields, and
// none when a field has no value.
func tuples(fields []string, of func(string) []string) [][]string {
	made := [][]string{{}}
	for _, field := range fields {
		var longer [][]string
		for _, t := range made {
			for _, v := range of(field) {
				if len(longer) == maxCombinations {
					break
				}
				longer = append(longer, append(slices.Clone(t), strings.ToValidUTF8(v, "\uFFFD")))
			}
		}
		made = longer
	}
	return made
}

// foldedKey makes one text of several, such that other texts give another one, but for case.
func foldedKey(texts []string) string {
	var b strings.Builder
	for _, t := range texts {
		t = fold(t)
		fmt.Fprintf(&b, "%d:%s", len(t), t)
	}
	return b.String()
}
