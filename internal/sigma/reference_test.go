package sigma

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// reference evaluates correlations of the tests in the most obvious way: it keeps everything
// and looks at every window anew. It has a group of one field, U, values in V and numbers
// in N.
type reference struct {
	rules    []*Rule // those referred to come first
	lateness int
	listed   int
	newest   int
	begun    bool
	groups   map[string]*referenceGroup // by rule and user
}

type referenceGroup struct {
	user     string
	items    []*referenceItem
	episodes []*referenceEpisode
}

type referenceItem struct {
	at, position int
	id, via      string
	rules        map[string]bool
	values       []string
	numbers      []float64
	counted      bool
}

type referenceEpisode struct {
	start, end, count int
	events            []string
	measure           float64
}

func newReference(rules []*Rule, lateness, listed int) *reference {
	return &reference{rules: rules, lateness: lateness, listed: listed, groups: map[string]*referenceGroup{}}
}

func (r *reference) add(position int, e testEvent) []told {
	if !r.begun || e.at > r.newest {
		r.newest, r.begun = e.at, true
	}
	if e.at < r.newest-r.lateness || len(e.values["U"]) == 0 {
		return nil
	}
	user := strings.ToLower(e.values["U"][0])
	var firings []told
	var of []*referenceEpisode // by firing
	heldAt := map[string]int{} // since when a correlation holds by this event
	for _, rule := range r.rules {
		key := rule.Name + "/" + user
		g := r.groups[key]
		if g == nil {
			g = &referenceGroup{user: user}
		}
		direct := &referenceItem{at: e.at, position: position, id: e.id, rules: map[string]bool{}}
		items := []*referenceItem{direct}
		for _, ref := range rule.Correlation.Rules {
			if at, ok := heldAt[ref]; ok {
				items = append(items, &referenceItem{at: at, position: position, id: e.id, via: ref, rules: map[string]bool{ref: true}})
			} else if slices.Contains(e.matched, ref) {
				direct.rules[ref] = true
				direct.values = e.values["V"]
				for _, n := range e.values["N"] {
					f, err := strconv.ParseFloat(n, 64)
					if err == nil {
						direct.numbers = []float64{f}
					}
				}
			}
		}
		for _, item := range items {
			if len(item.rules) == 0 || slices.ContainsFunc(g.items, func(o *referenceItem) bool { return o.id == item.id && o.via == item.via }) {
				continue
			}
			r.groups[key] = g
			g.items = append(g.items, item)
			episode, begun := r.judge(rule, g, item, heldAt)
			if episode == nil {
				continue
			}
			f := told{rule.Name, g.user, episode.start, episode.end, episode.count, strings.Join(episode.events, " "), begun, episode.measure}
			if i := slices.Index(of, episode); i >= 0 {
				f.New = f.New || firings[i].New
				firings[i] = f
				continue
			}
			firings, of = append(firings, f), append(of, episode)
		}
	}
	return firings
}

// judge looks at all windows that have the item in them.
func (r *reference) judge(rule *Rule, g *referenceGroup, item *referenceItem, heldAt map[string]int) (episode *referenceEpisode, begun bool) {
	span := int(rule.Correlation.Timespan.Seconds())
	slices.SortFunc(g.items, func(a, b *referenceItem) int {
		return cmp.Or(a.at-b.at, a.position-b.position, slices.Index(rule.Correlation.Rules, a.via)-slices.Index(rule.Correlation.Rules, b.via))
	})
	var united []*referenceItem
	start, end, measure := 0, 0, 0.0
	for _, last := range g.items {
		if last.at < item.at || last.at > item.at+span {
			continue
		}
		var window []*referenceItem
		for _, o := range g.items {
			if o.at >= last.at-span && o.at <= last.at {
				window = append(window, o)
			}
		}
		m, ok := referenceMeasure(rule.Correlation, window, last.at)
		if !ok || !referenceHolds(rule.Correlation, m) {
			continue
		}
		if united == nil {
			start = window[0].at
			if at, ok := heldAt[rule.Name]; !ok || last.at < at {
				heldAt[rule.Name] = last.at
			}
		}
		start, end, measure = min(start, window[0].at), last.at, m
		for _, o := range window {
			if !slices.Contains(united, o) {
				united = append(united, o)
			}
		}
	}
	if united == nil {
		for _, episode := range g.episodes {
			if episode.start <= item.at && item.at <= episode.end {
				r.count(episode, []*referenceItem{item})
				return episode, false
			}
		}
		return nil, false
	}
	for _, episode := range g.episodes {
		if start <= episode.end+span && end >= episode.start-span {
			episode.start, episode.end, episode.measure = min(start, episode.start), max(end, episode.end), measure
			r.count(episode, united)
			return episode, false
		}
	}
	episode = &referenceEpisode{start: start, end: end, measure: measure}
	g.episodes = append(g.episodes, episode)
	r.count(episode, united)
	return episode, true
}

func (r *reference) count(episode *referenceEpisode, items []*referenceItem) {
	for _, item := range items {
		if item.counted {
			continue
		}
		item.counted = true
		episode.count++
		if len(episode.events) < r.listed && !slices.Contains(episode.events, item.id) {
			episode.events = append(episode.events, item.id)
		}
	}
}

func referenceHolds(c *Correlation, m float64) bool {
	if len(c.Conditions) == 0 {
		return m == float64(len(c.Rules))
	}
	for _, t := range c.Conditions {
		ok := map[string]bool{"gt": m > t.Value, "gte": m >= t.Value, "lt": m < t.Value, "lte": m <= t.Value, "eq": m == t.Value, "neq": m != t.Value}[t.Op]
		if !ok {
			return false
		}
	}
	return true
}

func referenceMeasure(c *Correlation, window []*referenceItem, end int) (float64, bool) {
	values, total := map[string]int{}, 0
	var numbers []float64
	rules := map[string]bool{}
	for _, item := range window {
		for _, v := range item.values {
			values[v]++
			total++
		}
		numbers = append(numbers, item.numbers...)
		for rule := range item.rules {
			rules[rule] = true
		}
	}
	sum := 0.0
	for _, n := range numbers {
		sum += n
	}
	switch c.Type {
	case EventCount:
		return float64(len(window)), true
	case ValueCount:
		return float64(len(values)), total > 0
	case ValueSum:
		return sum, len(numbers) > 0
	case ValueAvg:
		return sum / float64(len(numbers)), len(numbers) > 0
	case Temporal:
		return float64(len(rules)), true
	case TemporalOrdered:
		return float64(referenceChain(c.Rules, window, -1<<60)), true
	}
	least, ok := 0.0, false
	for _, item := range window {
		for _, v := range item.values {
			if share := 100 * float64(values[v]) / float64(total); item.at == end && (!ok || share < least) {
				least, ok = share, true
			}
		}
	}
	return least, ok
}

// referenceChain gives the most of the rules that occur in order, none before a time.
func referenceChain(rules []string, window []*referenceItem, after int) int {
	if len(rules) == 0 {
		return 0
	}
	most := referenceChain(rules[1:], window, after)
	for _, item := range window {
		if item.at >= after && item.rules[rules[0]] {
			most = max(most, 1+referenceChain(rules[1:], window, item.at))
		}
	}
	return most
}
