package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/detect"
	"aoc/internal/export"
)

const (
	tagRules  = "rules"
	rulesPath = "/api/rules"
)

func (s *server) ruleRoutes() {
	register(s, get("list-rules", rulesPath, tagRules, "Rules", "All of them, by name, with whether they can fire and what they lack."), s.listRules)
	register(s, get("get-rule", rulesPath+"/{id}", tagRules, "A rule", "With the version that a change of it has to name."), s.getRule)
	create := change(http.MethodPost, "create-rule", rulesPath, tagRules, "Make a rule",
		"Of conditions, or of a Sigma rule in YAML. One that names fields or sources that AOC does not have is kept, and its report says so; one that is no rule is refused.")
	create.DefaultStatus = http.StatusCreated
	register(s, create, s.createRule)
	register(s, change(http.MethodPut, "update-rule", rulesPath+"/{id}", tagRules, "Change a rule", "Replaces it. Alerts of the version before stay."+versionedText), s.updateRule)
	drop := change(http.MethodDelete, "delete-rule", rulesPath+"/{id}", tagRules, "Delete a rule", "Alerts that it raised stay."+versionedText)
	drop.DefaultStatus = http.StatusNoContent
	register(s, drop, s.deleteRule)
	load := change(http.MethodPost, "load-rules", rulesPath+"/load", tagRules, "Load files of rules",
		"Sigma files. Loading them again takes up what has changed, and leaves alone whether they are enabled, and exclusions.")
	load.MaxBodyBytes = maxRuleFiles
	register(s, load, s.loadRules)
	try := slow(change(http.MethodPost, "try-rule", rulesPath+"/try", tagRules, "Try a rule on what is stored",
		"JSON Lines: `{\"read\",\"matched\"}` while it goes on, then one with `result`, or with `error`. Closing the connection cancels it. Nothing is raised."))
	try.Responses = map[string]*huma.Response{"200": {Description: "Progress, then the result", Content: map[string]*huma.MediaType{
		export.JSONLines.ContentType(): {Schema: &huma.Schema{Type: huma.TypeString}, Example: `{"read":500,"matched":3}`},
	}}}
	register(s, try, s.tryRule)
	run := change(http.MethodPost, "run-rule", rulesPath+"/{id}/run", tagRules, "Run a rule over the past",
		"Raises the alerts that it would have raised of what is stored; nobody is notified of them. Alerts that are there already become whole.")
	run.DefaultStatus = http.StatusAccepted
	register(s, run, s.runRule)
	register(s, get("get-rule-run", rulesPath+"/{id}/run", tagRules, "How far a run over the past is", "Of the last one that was asked for; `none` without."), s.ruleRun)
	cancel := change(http.MethodDelete, "cancel-rule-run", rulesPath+"/{id}/run", tagRules, "Cancel a run over the past", "Alerts that it has raised stay.")
	cancel.DefaultStatus = http.StatusNoContent
	register(s, cancel, s.cancelRuleRun)
}

// runStart says over what a rule is run.
type runStart struct {
	Start time.Time `json:"start,omitzero" doc:"From when on; all there is without."`
}

type runRuleInput struct {
	DocumentParams
	Body runStart
}

func (s *server) runRule(ctx context.Context, in *runRuleInput) (*body[detect.PastRun], error) {
	run, err := s.console.RunRule(ctx, in.ID, in.Body.Start)
	if err != nil {
		return nil, err
	}
	return &body[detect.PastRun]{run}, nil
}

func (s *server) ruleRun(ctx context.Context, in *DocumentParams) (*body[detect.PastRun], error) {
	run, err := s.console.RuleRun(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[detect.PastRun]{run}, nil
}

func (s *server) cancelRuleRun(ctx context.Context, in *DocumentParams) (*nothing, error) {
	return &nothing{}, s.console.CancelRuleRun(ctx, in.ID)
}

// maxRuleFiles bounds files of rules that come in one request, in bytes.
const maxRuleFiles = 32 << 20

type rulesBody struct {
	Items []console.Rule `json:"items"`
}

func (s *server) listRules(ctx context.Context, _ *struct{}) (*body[rulesBody], error) {
	rules, err := s.console.Rules(ctx)
	if err != nil {
		return nil, err
	}
	return &body[rulesBody]{rulesBody{rules}}, nil
}

func (s *server) getRule(ctx context.Context, in *DocumentParams) (*body[console.Rule], error) {
	rule, err := s.console.Rule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[console.Rule]{rule}, nil
}

type createRuleInput struct{ Body detect.RuleSpec }

func (s *server) createRule(ctx context.Context, in *createRuleInput) (*body[console.Rule], error) {
	rule, err := s.console.MakeRule(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[console.Rule]{rule}, nil
}

// ruleChange is a rule as it is to be.
type ruleChange struct {
	detect.RuleSpec
	Version int64 `json:"version" minimum:"1" doc:"The version that was looked at."`
}

type updateRuleInput struct {
	DocumentParams
	Body ruleChange
}

func (s *server) updateRule(ctx context.Context, in *updateRuleInput) (*body[console.Rule], error) {
	rule, err := s.console.ChangeRule(ctx, in.ID, in.Body.Version, in.Body.RuleSpec)
	if err != nil {
		return nil, err
	}
	return &body[console.Rule]{rule}, nil
}

func (s *server) deleteRule(ctx context.Context, in *dropInput) (*nothing, error) {
	return &nothing{}, s.console.DropRule(ctx, in.ID, in.Version)
}

// ruleFiles are files of rules.
type ruleFiles struct {
	Files   []ruleFile `json:"files,omitempty" maxItems:"5000"`
	Pack    string     `json:"pack,omitempty" maxLength:"100" doc:"What they are called together." example:"sigmahq"`
	License string     `json:"license,omitempty" maxLength:"100" doc:"Under what terms they may be used, for rules that do not say." example:"DRL 1.1"`
	// Starter stands for AOC's own rules, in place of files.
	Starter bool `json:"starter,omitempty" doc:"Loads AOC's own rules, in place of files."`
	Enable  bool `json:"enable,omitempty" doc:"Lets new rules that can fire raise alerts."`
}

type ruleFile struct {
	Path    string `json:"path" maxLength:"1000" example:"cloud/azure/role.yml"`
	Content string `json:"content" maxLength:"1048576"`
}

type loadRulesInput struct{ Body ruleFiles }

func (s *server) loadRules(ctx context.Context, in *loadRulesInput) (*body[console.LoadReport], error) {
	files := make([]console.RuleFile, len(in.Body.Files))
	for i, f := range in.Body.Files {
		files[i] = console.RuleFile{Path: f.Path, Content: []byte(f.Content)}
	}
	load := func() (console.LoadReport, error) {
		return s.console.LoadRules(ctx, console.Pack{Name: in.Body.Pack, License: in.Body.License}, files, in.Body.Enable)
	}
	if in.Body.Starter {
		load = func() (console.LoadReport, error) { return s.console.LoadStarter(ctx, in.Body.Enable) }
	}
	report, err := load()
	if err != nil {
		return nil, err
	}
	return &body[console.LoadReport]{report}, nil
}

type tryRuleInput struct {
	Start time.Time `query:"start" doc:"Events at or after."`
	End   time.Time `query:"end" doc:"Events before."`
	Body  detect.RuleSpec
}

// tried is one line of an answer.
type tried struct {
	Read    int64            `json:"read"`
	Matched int64            `json:"matched"`
	Result  *detect.BackTest `json:"result,omitempty"`
	Error   string           `json:"error,omitempty"`
}

// triedEvery is how often progress is told.
const triedEvery = 250 * time.Millisecond

func (s *server) tryRule(ctx context.Context, in *tryRuleInput) (*huma.StreamResponse, error) {
	done, err := s.turns.long.Take(ctx, whose(ctx))
	if err != nil {
		return nil, err
	}
	if err := s.console.CheckRule(ctx, in.Body); err != nil {
		done()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer done()
		hc.SetHeader("Content-Type", export.JSONLines.ContentType())
		w := newPatientWriter(hc)
		lines := json.NewEncoder(w)
		ctx, cancel := context.WithCancel(hc.Context())
		defer cancel()
		var last time.Time
		result, err := s.console.TryRule(ctx, in.Body, aoc.Window{Start: in.Start, End: in.End}, func(read, matched int64) {
			if now := s.clock.Now(); now.Sub(last) >= triedEvery {
				last = now
				if lines.Encode(tried{Read: read, Matched: matched}) != nil || w.Flush() != nil {
					cancel() // nobody listens any more
				}
			}
		})
		line := tried{Read: result.Read, Matched: result.Events, Result: &result}
		if err != nil {
			s.log.WarnContext(ctx, "trying a rule ended early", "request_id", requestID(ctx), "error", err)
			line = tried{Read: result.Read, Error: aoc.MessageOf(err)}
		}
		_ = lines.Encode(line)
	}}, nil
}
