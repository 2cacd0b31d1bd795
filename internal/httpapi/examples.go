package httpapi

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aoc"
	"aoc/internal/assistant"
	"aoc/internal/auth"
	"aoc/internal/console"
	"aoc/internal/detect"
	"aoc/internal/forward"
	"aoc/internal/notify"
	"aoc/internal/sink"
)

// examples puts an example on every body of the operations that people write clients for.
// They are made of the types of the handlers, so that they cannot have another shape.
func examples(doc *huma.OpenAPI) {
	asked, answered := requestExamples(), answerExamples()
	for _, path := range doc.Paths {
		for _, op := range operationsOf(path) {
			if op.RequestBody != nil {
				exemplify(op.RequestBody.Content, asked[op.OperationID])
			}
			for _, r := range op.Responses {
				exemplify(r.Content, answered[op.OperationID])
			}
		}
	}
	exemplify(defaultError(doc), Problem{
		Detail: []Fault{{
			Loc: []any{"query", "q"}, Msg: `"actro" is not a field`, Type: "value_error",
			Ctx: &Place{At: 0, To: 5, Hint: "Write actor:, or put it in quotation marks to search for the text."},
		}},
		Hint: "Write actor:, or put it in quotation marks to search for the text.",
	})
}

// defaultError is the documentation of errors, which all operations share the shape of.
func defaultError(doc *huma.OpenAPI) map[string]*huma.MediaType {
	return doc.Paths["/api/events"].Get.Responses["default"].Content
}

// exemplify sets the example of a JSON body that has none.
func exemplify(content map[string]*huma.MediaType, example any) {
	if m := content["application/json"]; m != nil && m.Example == nil && example != nil {
		m.Example = example
	}
}

func operationsOf(path *huma.PathItem) []*huma.Operation {
	var ops []*huma.Operation
	for _, op := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
		if op != nil {
			ops = append(ops, op)
		}
	}
	return ops
}

var exampleTime = time.Date(2026, 3, 2, 11, 50, 0, 0, time.UTC) //nolint:gochecknoglobals // read-only

const (
	exampleKey    = "mfzwk3tfmrzw64tjojuw4zzaef"
	exampleID     = "k5qw4zdfnzsxi2dbnr2c4y3p"
	exampleTenant = "11111111-2222-3333-4444-555555555555"
	exampleUser   = "aaaaaaaa-0000-4000-8000-00000000000a"
	exampleQuery  = `actor:"Ada Lovelace" operation:"Add member to role"`
)

func requestExamples() map[string]any {
	review := Verdict{State: "expected", Note: "Agreed in the change board.", Ticket: "https://tickets.contoso.example/CHG-1042"}
	selected := Targets{Select: &selection{Query: exampleQuery + " is:unreviewed", UpToSeq: 1042}}
	return map[string]any{
		"ask":                   question{Question: "Who was added to an admin role last week?", Filters: selection{Workload: []string{"Entra ID"}}},
		"make-token":            console.TokenSpec{Name: "nightly export", Role: "reader", Days: 90},
		"tag-event":             TagChange{Add: []string{"incident-7"}, Remove: []string{"to do"}},
		"comment-event":         remark{Text: "Asked Ada: it was **planned**."},
		"review-event":          reviewChange{Verdict: review},
		"tag-events":            bulkTags{Targets: Targets{Keys: []string{exampleKey}}, TagChange: TagChange{Add: []string{"incident-7"}}},
		"review-events":         bulkReview{Targets: selected, Verdict: review, OnlyUnreviewed: true},
		"create-rule":           exampleRule().RuleSpec,
		"update-rule":           ruleChange{exampleRule().RuleSpec, 1},
		"try-rule":              exampleRule().RuleSpec,
		"load-rules":            ruleFiles{Files: []ruleFile{{"cloud/azure/role.yml", "title: Role granted\n…"}}, Pack: "sigmahq", Enable: true},
		"change-alert":          alertChange{console.AlertChange{State: exampleText("closed"), Reason: exampleText("Agreed in the change board.")}, 3},
		"run-rule":              runStart{exampleTime},
		"create-sink":           exampleSink().SinkSpec,
		"update-sink":           sinkChange{SinkSpec: exampleSink().SinkSpec, Version: 1},
		"test-sink":             exampleSink().SinkSpec,
		"resend-dead-letters":   console.LetterSelection{Sink: exampleID},
		"drop-dead-letters":     console.LetterSelection{IDs: []string{exampleKey}},
		"create-notifier":       exampleNotifier().NotifierSpec,
		"update-notifier":       notifierChange{exampleNotifier().NotifierSpec, 1},
		"test-notifier":         notifierToTest{ID: exampleID},
		"create-saved-search":   exampleSearch().SavedSearchSpec,
		"update-saved-search":   savedSearchChange{exampleSearch().SavedSearchSpec, 1},
		"create-change-window":  exampleWindow().ChangeWindowSpec,
		"preview-change-window": exampleWindow().ChangeWindowSpec,
		"update-change-window":  changeWindowChange{exampleWindow().ChangeWindowSpec, 1},
	}
}

func answerExamples() map[string]any {
	e := exampleEvent()
	events, none := []event{e}, []event{}
	values := []aoc.FacetValue{{Value: "Add member to role", Count: 3}}
	facet := console.Facet{Field: "operation", Values: values, Distinct: 1}
	bars := console.Histogram{
		WidthSeconds: 900, Start: exampleTime, End: exampleTime.Add(time.Hour), Total: 3, Complete: true,
		Buckets: []aoc.Bucket{{Start: exampleTime.Truncate(15 * time.Minute), Count: 3, Result: map[aoc.Result]int64{aoc.ResultSuccess: 3}}},
	}
	activity := console.Activity{Total: 3, Query: "actor:" + exampleUser + ",ada@contoso.example", Operations: values, Histogram: bars}
	count := int64(3)
	return map[string]any{
		"ask":           exampleAnswer(e),
		"explain-event": exampleExplanation(e),
		"list-tokens":   tokensBody{[]console.APIToken{exampleToken()}},
		"run-rule":      detect.PastRun{RuleID: exampleID, State: detect.RunWaiting, Start: exampleTime, AskedBy: "ada@contoso.example", AskedAt: exampleTime},
		"get-rule-run": detect.PastRun{
			RuleID: exampleID, State: detect.RunDone, Start: exampleTime, AskedBy: "ada@contoso.example", AskedAt: exampleTime, Read: 1042, Matched: 5, Alerts: 2,
		},
		"list-sinks":  sinksBody{[]console.Sink{exampleSink()}},
		"create-sink": exampleSink(),
		"list-sink-kinds": console.SinkKinds{Secrets: []string{"SOC_KEY"}, Kinds: []sink.Spec{{
			Kind: "webhook", Title: "Webhook", Help: "Posts events as JSON.", Batch: sink.Limits{Events: 500, Bytes: 1 << 20},
			Settings: []sink.Setting{{Name: "url", Title: "Address", Kind: sink.Address, Required: true, Help: "Where events are posted to."}},
		}}},
		"list-dead-letters": console.DeadLetterPage{Sinks: map[string]int64{exampleID: 1}, Items: []forward.DeadLetter{{
			ID: exampleKey, Sink: exampleID, TenantID: exampleTenant, Key: exampleKey, Summary: "Ada Lovelace added Bob to Helpdesk", EventAt: exampleTime,
			Reason: "422: unknown field", FirstAt: exampleTime, At: exampleTime, Times: 1, State: forward.LetterKept,
		}}},
		"resend-dead-letters": lettersChanged{1},
		"drop-dead-letters":   lettersChanged{1},
		"update-sink":         exampleSink(),
		"list-rules":          rulesBody{[]console.Rule{exampleRule()}},
		"create-rule":         exampleRule(),
		"update-rule":         exampleRule(),
		"get-rule":            exampleRule(),
		"load-rules": console.LoadReport{
			Loaded: 1, CanFire: 1, Failed: []console.LoadFailed{}, Rules: []console.LoadedRule{{Path: "cloud/azure/role.yml", ID: exampleID, Title: "Role granted", RuleReport: detect.RuleReport{State: detect.CanFire}}},
		},
		"list-alerts":         console.AlertPage{Items: []console.Alert{exampleAlert()}, States: map[string]int64{"open": 1}, Severities: map[string]int64{"high": 1}},
		"get-alert":           exampleAlert(),
		"change-alert":        exampleAlert(),
		"list-notifiers":      notifiersBody{[]console.Notifier{exampleNotifier()}},
		"list-notifier-kinds": exampleNotifierKinds(),
		"create-notifier":     exampleNotifier(),
		"update-notifier":     exampleNotifier(),
		"test-notifier":       console.NotifierTest{Code: aoc.CodeUnavailable, Error: "the receiver cannot be reached, or the connection broke", Hint: "Look whether the receiver runs."},
		"list-sessions": sessionsBody{[]session{{auth.Session{
			ID: "Zk3vXk0aJ0bWq1o9m8oJrQ7w2l5n4c6d8e0f1a2b3c4", Name: "ada@contoso.example", Address: "203.0.113.7", Began: exampleTime, Expires: exampleTime.Add(time.Hour),
		}, true}}},
		"make-token":          madeToken{exampleToken(), "aoc_4QRK2M7NZ5TJ3WYB_…"},
		"get-me":              me{Name: "ada@contoso.example", Via: "session", Role: aoc.RoleAnalyst, Rights: []string{"annotate", "export", "read", "saved", "windows"}, Tenants: []string{}},
		"list-events":         eventPage{Items: events, PageSize: 50, Complete: true, LastSeq: 1042},
		"get-event":           e,
		"list-event-versions": versions{[]version{{Seq: 1042, ReceivedAt: exampleTime, Raw: e.Raw}}},
		"get-filter-options": console.FilterOptions{
			Service: []aoc.FacetValue{}, Operation: values, Result: []aoc.FacetValue{}, Source: []aoc.FacetValue{}, Workload: []aoc.FacetValue{},
			Actor: []aoc.FacetValue{}, ActorKind: []aoc.FacetValue{}, Tags: []aoc.FacetValue{}, Tenant: []aoc.FacetValue{},
		},
		"get-event-histogram": bars,
		"get-event-summary": console.Summary{
			Total: 3, Complete: true, First: exampleTime, Last: exampleTime, Hidden: 1204, Facets: []console.Facet{facet}, Histogram: bars,
		},
		"get-facet": console.FacetPage{Facet: facet, Total: 3, Complete: true},
		"complete-query": console.Completion{
			From: 10, To: 13, Kind: console.CompleteValue, Field: "operation",
			Items: []console.Proposal{{Insert: `"Add member to role"`, Label: "Add member to role", Count: &count}},
		},
		"get-event-names": names{map[string]console.ObjectName{exampleUser: {Name: "Ada Lovelace", Kind: console.KindUser, UPN: "ada@contoso.example"}}},
		"list-related-events": relations{[]relation{{
			Related: console.Related{
				By: "actor", Value: exampleUser, Label: "Ada Lovelace", Query: activity.Query,
				Start: exampleTime.Add(-time.Hour), End: exampleTime.Add(time.Hour), Total: 1,
			},
			Events: none,
		}}},
		"list-event-edits": edits{[]edit{{
			Seq: 7, Action: aoc.EditTags, By: "Ada Lovelace", At: exampleTime, Batch: exampleID, Before: anyJSON(`[]`), After: anyJSON(`["incident-7"]`),
		}}},
		"tag-event": e, "comment-event": e, "review-event": e,
		"tag-events":    console.BulkResult{Batch: exampleID, Matched: 12, Changed: 11},
		"review-events": console.BulkResult{Batch: exampleID, Matched: 12, Changed: 11},
		"undo-edits":    console.Undone{Undone: 10, Kept: 1, Batch: exampleID},
		"get-review-queue": console.Queue{Total: 3, Complete: true, Groups: []console.QueueGroup{{
			Actor: "Ada Lovelace", Kind: aoc.ActorPerson, Operation: "Add member to role", Count: 3, First: exampleTime, Last: exampleTime,
			Query: exampleQuery + " is:change is:unreviewed",
		}}},
		"list-saved-searches": savedSearches{[]console.SavedSearch{exampleSearch()}},
		"create-saved-search": exampleSearch(), "update-saved-search": exampleSearch(),
		"list-change-windows":  changeWindows{[]console.ChangeWindow{exampleWindow()}},
		"create-change-window": exampleWindow(), "update-change-window": exampleWindow(),
		"preview-change-window": windowPreview{Total: 1, Complete: true, Next: []aoc.Window{{Start: exampleTime, End: exampleTime.Add(time.Hour)}}, Events: events},
		"get-entity": entity{
			Entity: console.Entity{
				Kind: console.KindUser, ID: exampleUser, Name: "Ada Lovelace", Aliases: []string{exampleUser, "ada@contoso.example"},
				First: exampleTime, Last: exampleTime, Total: 3, By: activity, To: console.Activity{Query: "target:" + exampleUser, Operations: values, Histogram: bars},
			},
			ChangesBy: events, ChangesTo: none,
		},
		"import-file": exampleUpload(), "get-import": exampleUpload(),
	}
}

func exampleEvent() event {
	return viewOf(aoc.Event{
		Key: exampleKey, ID: "Directory_0a1b2c", DedupeKey: "directory/" + exampleTenant + "/Directory_0a1b2c", Seq: 1042,
		Source: aoc.SourceDirectory, TenantID: exampleTenant, Timestamp: exampleTime, ReceivedAt: exampleTime.Add(2 * time.Minute), Origin: aoc.OriginCollected,
		Service: "RoleManagement", Workload: "Entra ID", RecordType: "directoryAudit", Operation: "Add member to role", Result: aoc.ResultSuccess,
		Actor: aoc.Actor{ID: exampleUser, Name: "Ada Lovelace", UPN: "ada@contoso.example"}, ActorKind: aoc.ActorPerson, ActorDisplay: "Ada Lovelace",
		ClientIP: "192.0.2.7", Targets: []aoc.Target{{Name: "Bob Ray", Type: "User", UPN: "bob@contoso.example"}}, TargetDisplays: []string{"Bob Ray"},
		DisplaySummary: "Ada Lovelace added Bob Ray to Global Administrator",
		Review:         &aoc.Review{State: aoc.ReviewExpected, By: "Ada Lovelace", Ticket: "CHG-1042", At: exampleTime.Add(time.Hour), Edit: 7},
		Raw:            []byte(`{"id":"Directory_0a1b2c"}`),
	})
}

func exampleMade() console.Made {
	return console.Made{ID: exampleID, Version: 1, By: "Ada Lovelace", At: exampleTime}
}

func exampleSearch() console.SavedSearch {
	return console.SavedSearch{Made: exampleMade(), SavedSearchSpec: console.SavedSearchSpec{Name: "Role changes", View: "q=operation%3A%22Add+member+to+role%22&range=7d"}}
}

func exampleWindow() console.ChangeWindow {
	return console.ChangeWindow{Made: exampleMade(), ChangeWindowSpec: console.ChangeWindowSpec{
		Title: "Mail platform maintenance", Zone: "Europe/Berlin", Weekly: &console.WeeklyHours{Days: []string{"sat"}, From: "20:00", To: "23:00"},
		Actors: []string{"ops@contoso.example"}, Query: "workload:Exchange is:change", Ticket: "CHG-1042",
	}}
}

func exampleUpload() console.Upload {
	counts := aoc.Counts{Read: 1000, New: 990, Duplicate: 10}
	return console.Upload{
		ID: exampleID, Name: "AuditLog.csv", By: "Ada Lovelace", State: console.UploadDone, StartedAt: exampleTime, EndedAt: exampleTime.Add(time.Second),
		ReadBytes: 1 << 20, TotalBytes: 1 << 20, Counts: counts,
		Files: []console.UploadedFile{{Path: "AuditLog.csv", Format: "Purview audit search export", Counts: counts}},
	}
}

func exampleToken() console.APIToken {
	return console.APIToken{
		ID: "4QRK2M7NZ5TJ3WYB", Name: "nightly export", Role: aoc.RoleReader, Tenants: []string{}, By: "ada@contoso.example",
		Created: exampleTime, Expires: exampleTime.AddDate(0, 0, 90), Used: exampleTime,
	}
}

func exampleText(s string) *string { return &s }

func exampleRule() console.Rule {
	return console.Rule{
		Made: console.Made{ID: exampleID, Version: 1, By: "ada@contoso.example", At: exampleTime},
		RuleSpec: detect.RuleSpec{
			Name: "Role granted", Enabled: true, Severity: aoc.SeverityHigh,
			Conditions: []detect.Condition{{Field: "operation", Operator: "is", Value: "Add member to role"}},
		},
		Title: "Role granted", Level: aoc.SeverityHigh, References: []string{}, Tags: []string{}, Source: "title: Role granted\n…", Report: detect.RuleReport{State: detect.CanFire},
	}
}

func exampleNotifier() console.Notifier {
	return console.Notifier{
		Made: console.Made{ID: exampleID, Version: 1, By: "ada@contoso.example", At: exampleTime},
		NotifierSpec: notify.NotifierSpec{
			Name: "Security on call", Kind: "teams", Enabled: true, Severity: aoc.SeverityHigh, Digest: 5, Most: 20, Settings: map[string]string{"url": "TEAMS_SOC"},
		},
		Status: notify.NotifierStatus{State: notify.StateRunning, Waiting: 2, Messages: 42, Alerts: 57, SentAt: exampleTime},
	}
}

func exampleNotifierKinds() console.NotifierKinds {
	return console.NotifierKinds{
		Kinds: []notify.KindSpec{{Kind: "teams", Title: "Microsoft Teams", Help: "An adaptive card, through a workflow.", Settings: []sink.Setting{
			{Name: "url", Title: "Address", Kind: sink.Secret, Required: true, Help: "The secret that holds the address that the workflow shows."},
		}}},
		Secrets: []string{"TEAMS_SOC"},
	}
}

func exampleAlert() console.Alert {
	return console.Alert{Version: 3, Alert: aoc.Alert{
		ID: exampleKey, RuleID: exampleID, RuleVersion: 1, Title: "Role granted", Severity: aoc.SeverityHigh, Tags: []string{"attack.t1098.003"}, TenantID: exampleTenant,
		Group: []aoc.AlertValue{{Field: "aoc.entity", Value: "ada@contoso.example"}}, First: exampleTime, Last: exampleTime, Events: []string{exampleKey}, Count: 1, UpTo: 1042,
		RaisedAt: exampleTime, ReceivedAt: exampleTime, Origin: aoc.OriginCollected, Summary: "Ada Lovelace added Bob Ray to Global Administrator", State: aoc.AlertOpen,
	}}
}

func exampleSink() console.Sink {
	return console.Sink{
		Made: console.Made{ID: exampleID, Version: 1, By: "ada@contoso.example", At: exampleTime},
		SinkSpec: console.SinkSpec{
			Name: "SOC", Kind: "webhook", Enabled: true, Filter: "result:failure", Start: console.SinkStart{From: sink.FromNow},
			Settings: map[string]string{"url": "https://soc.contoso.example/aoc", "signing_secret": "SOC_KEY"},
		},
		Status: forward.Status{ID: exampleID, Name: "SOC", Kind: "webhook", State: forward.StateRunning, Seq: 1042, Sent: 1040, SentAt: exampleTime},
	}
}

func exampleAnswer(e event) answer {
	text := "1 event: Ada Lovelace added Bob Ray to Global Administrator [" + e.Key + "]."
	return answer{Answer: assistant.Answer{
		By: assistant.ByRules, Text: text, Claims: []assistant.Claim{{Text: text, Events: []string{e.Key}, Supported: true}}, Kind: "list",
		Query: exampleQuery, Start: exampleTime.AddDate(0, 0, -7), End: exampleTime, Total: 1, Complete: true, Counts: []assistant.Count{},
		Notes:    []assistant.Note{{Words: "last week", Meaning: "Monday 16 February to Monday 23 February 2026"}},
		Warnings: []string{}, Steps: []assistant.Step{{Tool: "search_events", Says: "looking for role changes last week", Query: exampleQuery, Events: 1}},
	}, Events: []event{e}}
}

func exampleExplanation(e event) assistant.Explanation {
	text := "Ada Lovelace added Bob Ray to Global Administrator [" + e.Key + "]."
	return assistant.Explanation{
		Key: e.Key, By: assistant.ByRules, Text: text, Claims: []assistant.Claim{{Text: text, Events: []string{e.Key}, Supported: true}}, Warnings: []string{},
		Facts: assistant.Facts{
			Summary: "Ada Lovelace added Bob Ray to Global Administrator", Changes: []aoc.Change{}, Usual: assistant.Usual{First: true, ActorEvents: 40, Complete: true, Known: true},
			Habits:     []assistant.Habit{{Text: "In the 90 days before, this actor never did it; 2 others did. The actor has 40 events in that time.", Unusual: true}},
			Why:        "Who has a role of administration can do what it allows, everywhere.",
			Techniques: []assistant.Technique{{ID: "T1098.003", Name: "Account Manipulation: Additional Cloud Roles"}}, Alerts: []assistant.FactAlert{},
			Next: []assistant.Suggestion{{Text: "Who else did the same", Query: `operation:"Add member to role"`, Start: exampleTime.AddDate(0, 0, -7), End: exampleTime.AddDate(0, 0, 7)}},
		},
	}
}
