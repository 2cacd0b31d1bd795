package ingest

import (
	"context"
	"encoding/json"
	"fmt"

	"aoc"
	"aoc/internal/fleet"
)

// ReportKind is the kind of the reports of runs in the store.
const ReportKind = "run"

// ReportOf gives the report of one of the last runs of all processes that share the store.
// Code not_found.
func (c *Collector) ReportOf(ctx context.Context, id string) (Report, error) {
	if run, ok := c.RunByID(id); ok {
		return run.Report(), nil
	}
	s, err := c.fleet.Report(ctx, ReportKind, id)
	if err != nil {
		return Report{}, err
	}
	return reportOn(s)
}

// Reports gives the reports of the last runs of all processes, newest first.
func (c *Collector) Reports(ctx context.Context) ([]Report, error) {
	sheets, err := c.fleet.Reports(ctx, ReportKind)
	if err != nil {
		return nil, err
	}
	reports, known := []Report{}, map[string]bool{}
	for _, s := range sheets {
		known[s.ID] = true
	}
	for _, run := range c.Runs() { // those that are not written yet
		if !known[run.ID()] {
			reports = append(reports, run.Report())
		}
	}
	for _, s := range sheets {
		if run, ok := c.RunByID(s.ID); ok {
			reports = append(reports, run.Report())
			continue
		}
		r, err := reportOn(s)
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// reportOn reads the report of another process's run.
func reportOn(s fleet.Sheet) (Report, error) {
	var r Report
	if err := json.Unmarshal(s.Body, &r); err != nil {
		return r, aoc.Wrap(err, aoc.CodeInternal, "ingest.report", "the report of a collection cannot be read")
	}
	if s.Lost {
		r.State, r.WaitsFor, r.Complete = RunLost, "", false
		r.Error = &Fault{
			Code: aoc.CodeConflict, Message: fmt.Sprintf("the process %s, which worked on it, is not heard of any more", s.Process),
			Hint: "What it had collected is stored. The next collection goes on from there.", At: r.StartedAt,
		}
	}
	return r, nil
}
