package detect

import (
	"sync"

	"aoc"
	"aoc/internal/sigma"
)

// Detector judges single events by many rules. It is made once for a set of rules; any
// number of goroutines may use it.
type Detector struct {
	env      Env
	families map[aoc.Source]*judged
	reports  []RuleReport
}

// judged is what events of one family are judged by.
type judged struct {
	fields *fields
	rules  []*compiled
	set    *sigma.Set
	views  sync.Pool
}

func newDetector(env Env) *Detector { return &Detector{env: env, families: map[aoc.Source]*judged{}} }

// NewDetector compiles detection rules, with conditions that must hold besides, where there
// are some. Those that cannot judge anything are left out: their reports say why.
func NewDetector(rules []*sigma.Rule, where map[*sigma.Rule][]sigma.Condition, env Env) *Detector {
	d := newDetector(env)
	for _, r := range rules {
		d.reports = append(d.reports, d.compile(r, where[r]))
	}
	for _, j := range d.families {
		programs := make([]*sigma.Program, len(j.rules))
		for i, c := range j.rules {
			programs[i] = c.program
		}
		j.set = sigma.NewSet(programs)
		j.views.New = func() any { return newView(j.fields) }
		newView(j.fields) // so that the reader of records is there before anybody else asks
	}
	return d
}

// Reports gives what is known of each rule, in the order in which they were given.
func (d *Detector) Reports() []RuleReport { return d.reports }

func (d *Detector) judgedOf(f *family) *judged {
	j := d.families[f.source]
	if j == nil {
		j = &judged{fields: newFields(f)}
		d.families[f.source] = j
	}
	return j
}

func (d *Detector) fieldsOf(f *family) *fields { return d.judgedOf(f).fields }

func (d *Detector) add(f *family, c *compiled) {
	j := d.judgedOf(f)
	j.rules = append(j.rules, c)
}

// Judge calls found with every rule that an event matches, in the order of the rules.
func (d *Detector) Judge(e *aoc.Event, found func(*sigma.Rule)) {
	j := d.families[e.Source]
	if j == nil || len(j.rules) == 0 {
		return
	}
	v, ok := j.views.Get().(*view)
	if !ok {
		return
	}
	defer j.views.Put(v)
	v.matches = j.set.Match(v.of(e), v.matches[:0])
	v.event = nil
	for _, i := range v.matches {
		if c := j.rules[i]; c.source.narrow == nil || c.source.narrow(e) {
			found(c.rule)
		}
	}
}
