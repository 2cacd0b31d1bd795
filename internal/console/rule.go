package console

import (
	"cmp"
	"context"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/detect"
	"aoc/internal/detect/pack"
	"aoc/internal/sigma"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// Rule is a rule with what is known of it.
type Rule struct {
	Made
	detect.RuleSpec
	// Title is the Sigma rule's own; it names alerts.
	Title       string       `json:"title"`
	Level       aoc.Severity `json:"level"`
	Description string       `json:"description"`
	Author      string       `json:"author"`
	License     string       `json:"license"`
	References  []string     `json:"references"`
	Tags        []string     `json:"tags"`
	// Source is the rule in Sigma's YAML, also where it was made of conditions.
	Source string            `json:"source"`
	Report detect.RuleReport `json:"report" doc:"Whether it can fire, and what it lacks."`
}

// maxRules is how many rules can be kept.
const maxRules = 5000

// ruleOf reads a stored rule. What is no rule any more is shown as it is, with why.
func (c *Console) ruleOf(d store.Document) Rule {
	r := Rule{Made: madeOf(d), References: []string{}, Tags: []string{}}
	kept, spec, err := detect.Keep(&d)
	if spec != nil {
		r.RuleSpec, r.Title = *spec, spec.Name
	}
	if err != nil {
		r.Name = cmp.Or(r.Name, d.ID)
		r.Report = detect.RuleReport{State: detect.Invalid, Problems: []string{aoc.MessageOf(err)}}
		return r
	}
	main := mainRule(kept.Rules)
	r.Title, r.Description, r.Author, r.License = cmp.Or(main.Title, spec.Name), main.Description, main.Author, cmp.Or(main.License, spec.PackLicense)
	r.Name = cmp.Or(r.Name, r.Title)
	r.Level = cmp.Or(spec.Severity, aoc.Severity(main.Level), aoc.SeverityMedium)
	r.References, r.Tags = append(r.References, main.References...), append(r.Tags, main.Tags...)
	r.Source = spec.Sigma
	if r.Source == "" {
		r.Source = main.Source
	}
	r.Report = kept.Report(c.ruleEnv)
	return r
}

// mainRule is the one of a file that speaks for it: that which nothing else correlates.
func mainRule(rules []*sigma.Rule) *sigma.Rule {
	for _, r := range rules {
		if r.Filter == nil && sigma.Standalone(rules, r) {
			return r
		}
	}
	return rules[0]
}

// Rules gives all rules, by name.
func (c *Console) Rules(ctx context.Context) ([]Rule, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return nil, err
	}
	docs, err := c.store.ListDocuments(ctx, detect.KindRule)
	if err != nil {
		return nil, err
	}
	rules := []Rule{}
	for _, d := range docs {
		rules = append(rules, c.ruleOf(d))
	}
	slices.SortFunc(rules, func(a, b Rule) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return rules, nil
}

// Rule gives a rule. Code not_found.
func (c *Console) Rule(ctx context.Context, id string) (Rule, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return Rule{}, err
	}
	d, err := c.ruleDocument(ctx, id)
	if err != nil {
		return Rule{}, err
	}
	return c.ruleOf(d), nil
}

func (c *Console) ruleDocument(ctx context.Context, id string) (store.Document, error) {
	docs, err := c.store.ListDocuments(ctx, detect.KindRule)
	if err != nil {
		return store.Document{}, err
	}
	if i := slices.IndexFunc(docs, func(d store.Document) bool { return d.ID == id }); i >= 0 {
		return docs[i], nil
	}
	return store.Document{}, aoc.Errorf(aoc.CodeNotFound, "console.rule", "there is no rule with this id")
}

// signed says of each exclusion who made it and when: what was there before stays as it was,
// whatever the caller says of it.
func (c *Console) signed(ctx context.Context, now, before []detect.Exclusion) []detect.Exclusion {
	out := slices.Clone(now)
	for i := range out {
		x := &out[i]
		x.By, x.At = author(ctx), c.clock.Now().UTC()
		if j := slices.IndexFunc(before, func(b detect.Exclusion) bool { return b.Field == x.Field && b.Value == x.Value }); j >= 0 {
			x.By, x.At = before[j].By, before[j].At
		}
	}
	return out
}

// checkRule checks a rule that somebody wants to keep. One that names fields or sources that
// AOC does not have may be kept: it says so, and fires when they are there.
func (c *Console) checkRule(s detect.RuleSpec, id string) (detect.RuleSpec, error) {
	var err error
	if s.Sigma == "" {
		if s.Name, err = someLine("name", s.Name, maxName); err != nil {
			return s, err
		}
	}
	switch {
	case s.Sigma != "" && len(s.Conditions) > 0:
		return s, invalid("conditions", "give conditions or a Sigma rule, not both")
	case s.Severity != "" && !slices.Contains(aoc.Severities(), s.Severity):
		return s, invalid("severity", "choose from informational, low, medium, high, critical")
	}
	body, err := json.Marshal(s)
	if err != nil {
		return s, err
	}
	kept, _, err := detect.Keep(&store.Document{ID: id, Version: 1, Body: body})
	if err != nil {
		return s, blame(ruleParam(s), err)
	}
	if r := kept.Report(c.ruleEnv); r.State == detect.Invalid {
		return s, invalid(ruleParam(s), "%s", strings.Join(r.Problems, "; "))
	}
	return s, nil
}

func ruleParam(s detect.RuleSpec) string {
	if s.Sigma != "" {
		return "sigma"
	}
	return "conditions"
}

// MakeRule keeps a new rule. Codes invalid; conflict when there are too many.
func (c *Console) MakeRule(ctx context.Context, s detect.RuleSpec) (Rule, error) {
	if err := c.authorise(ctx, actRules); err != nil {
		return Rule{}, err
	}
	id := newID()
	s, err := c.checkRule(s, id)
	if err != nil {
		return Rule{}, err
	}
	s.Exclusions = c.signed(ctx, s.Exclusions, nil)
	docs, err := c.store.ListDocuments(ctx, detect.KindRule)
	if err != nil {
		return Rule{}, err
	}
	if len(docs) >= maxRules {
		return Rule{}, aoc.Errorf(aoc.CodeConflict, "console.rule", "there are %d rules already, which is the most that can be kept", len(docs))
	}
	return c.putRule(ctx, id, 0, s)
}

func (c *Console) putRule(ctx context.Context, id string, version int64, s detect.RuleSpec) (Rule, error) {
	made, err := c.putDocument(ctx, detect.KindRule, id, version, s)
	if err != nil {
		return Rule{}, err
	}
	body, err := json.Marshal(s)
	return c.ruleOf(store.Document{Kind: detect.KindRule, ID: made.ID, Version: made.Version, By: made.By, At: made.At, Body: body}), err
}

// ChangeRule replaces a rule whose version the caller saw. Codes invalid, not_found, conflict.
func (c *Console) ChangeRule(ctx context.Context, id string, version int64, s detect.RuleSpec) (Rule, error) {
	if err := c.authorise(ctx, actRules); err != nil {
		return Rule{}, err
	}
	s, err := c.checkRule(s, id)
	if err != nil {
		return Rule{}, err
	}
	if err := c.checkVersion(ctx, detect.KindRule, id, version); err != nil {
		return Rule{}, err
	}
	d, err := c.ruleDocument(ctx, id)
	if err != nil {
		return Rule{}, err
	}
	var before detect.RuleSpec
	if err := json.Unmarshal(d.Body, &before); err == nil { // else nothing is known of what was there
		s.Exclusions = c.signed(ctx, s.Exclusions, before.Exclusions)
	} else {
		s.Exclusions = c.signed(ctx, s.Exclusions, nil)
	}
	return c.putRule(ctx, id, version, s)
}

// DropRule deletes a rule whose version the caller saw. Alerts that it raised stay. Codes
// not_found, conflict.
func (c *Console) DropRule(ctx context.Context, id string, version int64) error {
	if err := c.authorise(ctx, actRules); err != nil {
		return err
	}
	return c.dropDocument(ctx, detect.KindRule, id, version)
}

// RuleFile is a file of rules.
type RuleFile struct {
	Path    string
	Content []byte
}

// LoadReport tells what became of files of rules.
type LoadReport struct {
	Loaded    int          `json:"loaded" doc:"Rules that are kept."`
	Failed    []LoadFailed `json:"failed"`
	CanFire   int          `json:"can_fire"`
	SourceOff int          `json:"source_off" doc:"Rules whose records are not collected."`
	Unmapped  int          `json:"unmapped" doc:"Rules that name fields that their records do not have."`
	Rules     []LoadedRule `json:"rules"`
}

// LoadFailed is a file that is no rule, or a rule that AOC cannot judge by.
type LoadFailed struct {
	Path  string `json:"path"`
	Error string `json:"error"`
}

// LoadedRule is a rule of a file.
type LoadedRule struct {
	Path  string `json:"path"`
	ID    string `json:"id"`
	Title string `json:"title"`
	detect.RuleReport
}

// Pack is what rules come with.
type Pack struct {
	// Name is what they are called together, License under what terms they may be used, where
	// they do not say so themselves; both may be empty.
	Name, License string
}

// LoadRules keeps the rules of files, under their own ids where they have some: loading them
// again takes up what has changed, and leaves alone whether they are enabled, exclusions and
// what else people have set. enable lets new ones that can fire raise alerts.
func (c *Console) LoadRules(ctx context.Context, of Pack, files []RuleFile, enable bool) (LoadReport, error) {
	report := LoadReport{Failed: []LoadFailed{}, Rules: []LoadedRule{}}
	if err := c.authorise(ctx, actRules); err != nil {
		return report, err
	}
	docs, err := c.store.ListDocuments(ctx, detect.KindRule)
	if err != nil {
		return report, err
	}
	known := map[string]store.Document{}
	for _, d := range docs {
		known[d.ID] = d
	}
	for _, f := range files {
		if err := c.loadFile(ctx, &report, known, of, f, enable); err != nil {
			return report, err
		}
	}
	return report, nil
}

// ruleID is the form of ids that become those of documents.
var ruleID = regexp.MustCompile(`\A[0-9a-fA-F-]{8,64}\z`)

func (c *Console) loadFile(ctx context.Context, report *LoadReport, known map[string]store.Document, of Pack, f RuleFile, enable bool) error {
	failed := func(err error) {
		report.Failed = append(report.Failed, LoadFailed{f.Path, aoc.MessageOf(err)})
	}
	rules, err := sigma.Parse(f.Content)
	if err != nil {
		failed(err)
		return nil
	}
	main := mainRule(rules)
	id := strings.ToLower(main.ID)
	if !ruleID.MatchString(id) {
		id = "file-" + strings.TrimSuffix(path.Base(strings.ReplaceAll(f.Path, "\\", "/")), path.Ext(f.Path))
	}
	before, there := known[id]
	spec := detect.RuleSpec{Name: main.Title, Sigma: string(f.Content), Pack: of.Name, PackLicense: of.License}
	if there {
		if _, was, err := detect.Keep(&before); err == nil {
			spec = *was
			spec.Name, spec.Sigma, spec.Pack, spec.PackLicense = main.Title, string(f.Content), cmp.Or(of.Name, was.Pack), cmp.Or(of.License, was.PackLicense)
		}
	}
	if spec, err = c.checkRule(spec, id); err != nil {
		failed(err)
		return nil
	}
	body, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	kept, _, err := detect.Keep(&store.Document{ID: id, Version: 1, Body: body})
	if err != nil {
		failed(err)
		return nil
	}
	r := kept.Report(c.ruleEnv)
	if spec.Enabled = spec.Enabled || !there && enable && r.State == detect.CanFire; !there || string(before.Body) != string(body) || spec.Enabled != kept.Enabled {
		made, err := c.putRule(ctx, id, before.Version, spec)
		if err != nil {
			return err
		}
		known[id] = store.Document{Kind: detect.KindRule, ID: id, Version: made.Version, By: made.By, At: time.Now(), Body: body}
	}
	report.Loaded++
	switch r.State {
	case detect.CanFire:
		report.CanFire++
	case detect.SourceOff:
		report.SourceOff++
	case detect.Unmapped:
		report.Unmapped++
	}
	report.Rules = append(report.Rules, LoadedRule{f.Path, id, main.Title, r})
	return nil
}

// CheckRule reports what is wrong with a rule that somebody wants to try. Code invalid.
func (c *Console) CheckRule(ctx context.Context, s detect.RuleSpec) error {
	if err := c.authorise(ctx, actRead); err != nil {
		return err
	}
	s.Name = cmp.Or(s.Name, triedName)
	_, err := c.checkRule(s, "tried")
	return err
}

const triedName = "a rule that is tried"

// TryRule tells what a rule would have raised of what is stored, within a span; nothing is
// raised, and the rule need not be kept. progress may be nil. Codes invalid.
func (c *Console) TryRule(ctx context.Context, s detect.RuleSpec, span aoc.Window, progress func(read, matched int64)) (detect.BackTest, error) {
	if err := c.authorise(ctx, actRead); err != nil {
		return detect.BackTest{}, err
	}
	s.Name = cmp.Or(s.Name, triedName)
	s, err := c.checkRule(s, "tried")
	if err != nil {
		return detect.BackTest{}, err
	}
	if err := checkSpan(span.Start, span.End); err != nil {
		return detect.BackTest{}, err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return detect.BackTest{}, err
	}
	kept, _, err := detect.Keep(&store.Document{ID: "tried", Version: 1, Body: body})
	if err != nil {
		return detect.BackTest{}, err
	}
	if err := c.note(ctx, trail.Entry{Operation: "Try rule", Target: trail.Target{Type: detect.KindRule, Name: s.Name}}); err != nil {
		return detect.BackTest{}, err
	}
	return detect.RunBackTest(ctx, c.store, kept, c.ruleEnv, span, progress)
}

// StarterPack is what AOC's own rules are called together.
const StarterPack = "starter"

// LoadStarter keeps AOC's own rules, as LoadRules does those of files.
func (c *Console) LoadStarter(ctx context.Context, enable bool) (LoadReport, error) {
	own, err := pack.Files()
	if err != nil {
		return LoadReport{}, err
	}
	var files []RuleFile
	for _, f := range own {
		files = append(files, RuleFile{Path: f.Name + ".yml", Content: f.Text})
	}
	return c.LoadRules(ctx, Pack{Name: StarterPack}, files, enable)
}
