package notify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/sink"
	"aoc/internal/store"
)

// KindNotifier is the kind of documents that notifiers are kept as.
const KindNotifier = "notifier"

// NotifierSpec is what people set of a notifier. It holds no secret: a setting of kind secret is the
// name of one that the operator gave the process.
type NotifierSpec struct {
	Name    string `json:"name" maxLength:"200" example:"Security on call"`
	Kind    string `json:"kind" maxLength:"64" doc:"One of the kinds." example:"teams"`
	Enabled bool   `json:"enabled"`
	// Rules, Severity and Tenants say which alerts it tells of.
	Rules    []string     `json:"rules,omitempty" maxItems:"1000" doc:"Ids of rules; none: all."`
	Severity aoc.Severity `json:"severity,omitempty" enum:"informational,low,medium,high,critical" doc:"The least severity; none: all."`
	Tenants  []string     `json:"tenants,omitempty" maxItems:"1000" doc:"Ids of tenants; none: all."`
	// Digest gathers alerts.
	Digest int `json:"digest_minutes,omitempty" minimum:"0" maximum:"1440" doc:"For how many minutes alerts are gathered into one message; 0: each has its own."`
	// Most is the rate cap.
	Most  int    `json:"most_per_hour,omitempty" minimum:"0" maximum:"1000" doc:"The most messages within an hour; what is beyond is told in one, with how many more there are. 0: 30."`
	Title string `json:"title_template,omitempty" maxLength:"2000" doc:"Go template of the title; empty: AOC's own."`
	Body  string `json:"body_template,omitempty" maxLength:"16000" doc:"Go template of the text; empty: AOC's own."`
	// Settings are those of the kind.
	Settings map[string]string `json:"settings" doc:"By the names of the kind's settings. Secrets are named, never given."`
}

// Notifier is a kept one.
type Notifier struct {
	ID string
	NotifierSpec
}

const (
	usualMost = 30
	maxMost   = 1000
	maxDigest = 24 * 60
	maxList   = 1000
	maxName   = 200
)

// most is how many messages may be sent within an hour.
func (s *NotifierSpec) most() int { return cmp.Or(s.Most, usualMost) }

// Wants reports whether a notifier tells of an alert.
func (s *NotifierSpec) Wants(a *aoc.Alert) bool {
	rank := func(v aoc.Severity) int { return slices.Index(aoc.Severities(), v) }
	return rank(a.Severity) >= rank(cmp.Or(s.Severity, aoc.SeverityInformational)) &&
		(len(s.Rules) == 0 || slices.Contains(s.Rules, a.RuleID)) &&
		(len(s.Tenants) == 0 || slices.ContainsFunc(s.Tenants, func(t string) bool { return strings.EqualFold(t, a.TenantID) }))
}

// check reports what is wrong with a notifier, but for its templates and the settings of its
// kind.
func (s *NotifierSpec) check() error {
	switch {
	case strings.TrimSpace(s.Name) == "" || len(s.Name) > maxName || cleanLine(s.Name) != s.Name:
		return wrong("name: 1 to %d bytes of text in one line, without invisible characters", maxName)
	case s.Severity != "" && !slices.Contains(aoc.Severities(), s.Severity):
		return wrong("severity: choose from informational, low, medium, high, critical")
	case s.Digest < 0 || s.Digest > maxDigest:
		return wrong("digest_minutes: from 0 to %d", maxDigest)
	case s.Most < 0 || s.Most > maxMost:
		return wrong("most_per_hour: from 1 to %d", maxMost)
	case len(s.Rules) > maxList:
		return wrong("rules: at most %d", maxList)
	case len(s.Tenants) > maxList:
		return wrong("tenants: at most %d", maxList)
	}
	return nil
}

func wrong(format string, args ...any) error {
	e := aoc.Errorf(aoc.CodeInvalid, "notify.check", format, args...)
	e.Hint = "Correct the notifier."
	return e
}

// Stored reads notifiers as they are kept. What is none any more is left out.
func Stored(docs []store.Document) []Notifier {
	var all []Notifier
	for i := range docs {
		if n, err := NotifierOf(&docs[i]); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// NotifierOf reads a notifier.
func NotifierOf(d *store.Document) (Notifier, error) {
	n := Notifier{ID: d.ID}
	if err := json.Unmarshal(d.Body, &n.NotifierSpec); err != nil {
		return n, aoc.Wrap(err, aoc.CodeInternal, "notify.read", "a stored notifier cannot be read")
	}
	return n, nil
}

// Kinds lists the kinds of notifier, for people to choose from.
func (d *Dispatcher) Kinds() []KindSpec {
	specs := make([]KindSpec, len(d.cfg.Kinds))
	for i := range d.cfg.Kinds {
		specs[i] = d.cfg.Kinds[i].Spec
	}
	return specs
}

// Check reports what is wrong with a notifier, code invalid: what a person can set right
// before it is kept.
func (d *Dispatcher) Check(s NotifierSpec) error {
	if err := s.check(); err != nil {
		return err
	}
	if _, err := newTexts(&s); err != nil {
		return err
	}
	_, err := d.Open(&s)
	return err
}

// Open makes the channel of a notifier, whose errors tell no secret. Code invalid.
func (d *Dispatcher) Open(s *NotifierSpec) (Channel, error) {
	i := slices.IndexFunc(d.cfg.Kinds, func(k Kind) bool { return k.Spec.Kind == s.Kind })
	if i < 0 {
		return nil, wrong("kind: there is no kind of notifier %q", cleanLine(s.Kind))
	}
	k := d.cfg.Kinds[i]
	v, problems := sink.ReadSettings(k.Spec.Kind, k.Spec.Settings, s.Settings, d.cfg.Deps.Secrets)
	for j := range k.Spec.Settings {
		if t := &k.Spec.Settings[j]; t.Kind == sink.Address && v.Text(t.Name) != "" {
			if err := d.cfg.Deps.Allowed(v.Text(t.Name)); err != nil {
				problems = append(problems, fmt.Sprintf("settings.%s: %s", t.Name, aoc.MessageOf(err)))
			}
		}
	}
	if len(problems) > 0 {
		return nil, wrong("%s", strings.Join(problems, "; "))
	}
	c, err := k.Make(v, d.cfg.Deps)
	if err != nil {
		return nil, newScrubber(v).error(err)
	}
	return &guarded{c, newScrubber(v)}, nil
}
