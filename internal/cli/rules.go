package cli

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/console"
	"aoc/internal/control"
	"aoc/internal/detect"
)

type rulesCommand struct {
	List   rulesListCommand   `cmd:"" default:"withargs" help:"List the rules with whether they can fire."`
	Import rulesImportCommand `cmd:"" help:"Load Sigma rules from files and folders."`
	Try    rulesTryCommand    `cmd:"" help:"Tell what a rule would have raised of what is stored."`
}

type rulesListCommand struct {
	JSON bool `help:"Print one JSON object."`
}

func (c *rulesListCommand) Run(r *runner) (err error) {
	a, err := r.openToRead()
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	rules, err := a.Console().Rules(r.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(map[string][]console.Rule{"items": rules})
	}
	for _, rule := range rules {
		on := "off"
		if rule.Enabled {
			on = "on"
		}
		r.print("%-3s  %-13s  %-10s  %s  %s%s", on, rule.Level, rule.Report.State, rule.ID, printable(rule.Name), lacks(rule.Report))
	}
	if len(rules) == 0 {
		r.note("There are no rules.")
	}
	return nil
}

type rulesImportCommand struct {
	Path    []string `arg:"" optional:"" type:"path" help:"Sigma files, or folders with files that end in .yml; none: AOC's own rules."`
	Pack    string   `placeholder:"NAME" help:"What they are called together."`
	License string   `placeholder:"TEXT" help:"Under what terms they may be used, for rules that do not say; by default what a file LICENSE beside or above them says."`
	Enable  bool     `help:"Let new rules that can fire raise alerts."`
	JSON    bool     `help:"Print one JSON object."`
}

func (c *rulesImportCommand) Run(r *runner) error {
	paths := make([]string, len(c.Path))
	for i, p := range c.Path {
		absolute, err := filepath.Abs(p)
		if err != nil {
			return aoc.Wrap(err, aoc.CodeInvalid, "cli.rules", "the path is no path")
		}
		paths[i] = absolute
	}
	request := control.Request{Task: control.TaskLoadRules, Paths: paths, Pack: c.Pack, License: c.License, Enable: c.Enable}
	report, err := maintain(r, request, func(console.LoadReport) {}, func(a *app.App) (console.LoadReport, error) {
		return a.LoadRules(r.ctx, paths, console.Pack{Name: c.Pack, License: c.License}, c.Enable)
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(report)
	}
	for _, f := range report.Failed {
		r.note("%s: %s", printable(f.Path), printable(f.Error))
	}
	for _, rule := range report.Rules {
		if rule.State != detect.CanFire {
			r.note("%s: %s%s", printable(rule.Path), printable(rule.Title), lacks(rule.RuleReport))
		}
	}
	r.print("%d loaded: %d can fire, %d need a source that is not collected, %d name fields or placeholders that are not there; %d failed",
		report.Loaded, report.CanFire, report.SourceOff, report.Unmapped, len(report.Failed))
	return nil
}

// lacks says what a rule lacks, to go behind its name; empty for nothing.
func lacks(r detect.RuleReport) string {
	var parts []string
	if len(r.Sources) > 0 {
		parts = append(parts, "needs "+strings.Join(r.Sources, ", "))
	}
	if len(r.Fields) > 0 {
		parts = append(parts, "its records have no "+strings.Join(r.Fields, ", "))
	}
	parts = append(parts, r.Problems...)
	if len(parts) == 0 {
		return ""
	}
	return "  (" + printable(strings.Join(parts, "; ")) + ")"
}

type rulesTryCommand struct {
	File string        `arg:"" type:"existingfile" help:"A Sigma file."`
	For  time.Duration `name:"since" placeholder:"720h" help:"How far back; all there is by default."`
	JSON bool          `help:"Print one JSON object."`
}

func (c *rulesTryCommand) Run(r *runner) (err error) {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInvalid, "cli.rules", "the file cannot be read")
	}
	a, err := r.openToRead()
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	var span aoc.Window
	if c.For > 0 {
		span.Start = r.clock.Now().Add(-c.For)
	}
	result, err := a.Console().TryRule(r.ctx, detect.RuleSpec{Sigma: string(text)}, span, nil)
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(result)
	}
	r.print("%d events would have raised %d alerts on %d days", result.Events, result.Alerts, len(result.Days))
	for _, f := range result.Values {
		for _, v := range f.Values[:min(3, len(f.Values))] {
			r.print("  %-14s %6d  %s", f.Field, v.Count, printable(v.Value))
		}
	}
	if s := result.Suggested; s != nil {
		r.note("Without %s %q: %d events.", s.Field, printable(s.Value), result.Events-s.Events)
	}
	return nil
}
