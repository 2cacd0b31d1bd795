package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/detect"
)

const (
	dutyDetection = "detection"
	// detectAgain is how long detection rests after the store has failed.
	detectAgain = 5 * time.Second
)

// ruleEnv is what rules are compiled for.
func ruleEnv(cfg config.Config) detect.Env {
	return detect.Env{Collected: collectedSources(cfg), Placeholders: placeholders(cfg.Detect.Placeholders)}
}

// collectedSources tells which sources are collected. Where nothing is collected events come
// from files, and may be of any.
func collectedSources(cfg config.Config) func(aoc.Source) bool {
	if !cfg.Collects() {
		return nil
	}
	collected := map[aoc.Source]bool{}
	for name, source := range map[string]aoc.Source{
		"directoryaudit": aoc.SourceDirectory, "signin": aoc.SourceSignIn, "intuneaudit": aoc.SourceIntune, "managementactivity": aoc.SourceUnified,
		"riskdetection": aoc.SourceRisk,
	} {
		collected[source] = slices.ContainsFunc(cfg.Collect.Sources, func(s string) bool { return strings.EqualFold(s, name) })
	}
	return func(s aoc.Source) bool { return collected[s] }
}

// placeholders gives the values of AOC_RULE_PLACEHOLDERS, by their names in any letter case.
func placeholders(entries []string) func(name string) ([]string, bool) {
	values := map[string][]string{}
	for _, entry := range entries {
		name, list, _ := strings.Cut(entry, "=")
		values[strings.ToLower(strings.TrimSpace(name))] = strings.Split(list, "|")
	}
	return func(name string) ([]string, bool) {
		v, ok := values[strings.ToLower(name)]
		return v, ok
	}
}

// detect judges events by rules and raises alerts, until ctx ends.
func (a *App) detect(ctx context.Context) error {
	rules := detect.NewRuleSource(a.store, a.opts.Logger)
	f := detect.NewFollower(detect.FollowerConfig{Store: a.store, Rules: rules.Rules, Env: ruleEnv(a.cfg), Clock: a.opts.Clock, Logger: a.opts.Logger})
	for ctx.Err() == nil {
		if err := f.Run(ctx); err != nil && ctx.Err() == nil {
			a.opts.Logger.Warn("detection cannot go on; trying again", "error", err)
			if a.opts.Clock.Sleep(ctx, detectAgain) != nil {
				break
			}
		}
	}
	return f.Save(context.WithoutCancel(ctx))
}
