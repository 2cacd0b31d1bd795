package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aoc/internal/console"
)

const (
	tagCollection = "collection"
	fetchPath     = "/api/fetch-audit-logs"
	runsPath      = "/api/collections"
)

func (s *server) fetchRoutes() {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		op := get("fetch-audit-logs", fetchPath, tagCollection, "Collect now",
			"Starts a collection, or joins the one under way when that does all that is asked for. Answers 200 with the outcome, "+
				"or after 60 seconds, or as many as wait says, 202 with Location: where to ask how it goes. Faults of single sources are warnings, not errors.")
		op.Method = method
		op = slow(op)
		if method == http.MethodPost {
			op.OperationID = "start-fetch-audit-logs"
		}
		op.Responses = map[string]*huma.Response{"202": {Description: "The collection goes on."}}
		register(s, op, s.fetch)
		op.Responses["202"].Content = op.Responses["200"].Content
	}
	register(s, get("get-fetch", fetchPath+"/{run}", tagCollection, "How a collection goes", "One of the last collections, of all processes that share the store."), s.getFetch)
	register(s, get("list-fetches", runsPath, tagCollection, "The last collections", "Of all processes that share the store, newest first."), s.listFetches)
}

type fetchInput struct {
	Hours  int      `query:"hours" minimum:"0" maximum:"8760" doc:"List this many hours before now again, at most what Microsoft keeps; 0 collects what is due."`
	Wait   int      `query:"wait" default:"60" minimum:"0" maximum:"60" doc:"Seconds to wait for the outcome; 0 answers at once."`
	Source []string `query:"source,explode" doc:"Collectors (directoryaudit), feeds (managementactivity/Audit.Exchange) or sources (directory); none means all."`
}

type fetchOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     fetchResult
}

// fetchResult is the report of a run, and whether it was under way before.
type fetchResult struct {
	console.RunReport
	Joined bool `json:"joined"`
}

func (s *server) fetch(ctx context.Context, in *fetchInput) (*fetchOutput, error) {
	run, joined, err := s.console.Fetch(ctx, in.Hours, in.Source...)
	if err != nil {
		return nil, err
	}
	out := &fetchOutput{Status: http.StatusAccepted, Location: fetchPath + "/" + url.PathEscape(run.ID())}
	waiting, cancel := context.WithTimeout(ctx, min(s.fetchWait, time.Duration(in.Wait)*time.Second))
	defer cancel()
	err = run.Wait(waiting)
	switch {
	case waiting.Err() != nil && ctx.Err() == nil: // still under way
	case err != nil:
		return nil, err
	default:
		out.Status = http.StatusOK
	}
	out.Body = fetchResult{RunReport: run.Report(), Joined: joined}
	return out, nil
}

type fetches struct {
	Items []console.RunReport `json:"items"`
}

func (s *server) listFetches(ctx context.Context, _ *struct{}) (*body[fetches], error) {
	runs, err := s.console.Runs(ctx)
	if err != nil {
		return nil, err
	}
	return &body[fetches]{fetches{Items: runs}}, nil
}

type runInput struct {
	Run string `path:"run" maxLength:"100"`
}

func (s *server) getFetch(ctx context.Context, in *runInput) (*body[console.RunReport], error) {
	report, err := s.console.Run(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	return &body[console.RunReport]{report}, nil
}
