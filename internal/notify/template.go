package notify

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"aoc"
)

// Data is what templates are given. It has no methods, and its texts are of one line each.
type Data struct {
	// Alerts are the first ones that the message tells of, at most ten; Total is how many
	// there are, and More how many of them are not in Alerts.
	Alerts []AlertData
	Total  int
	More   int
	// Severity is the highest.
	Severity string
	// Link is where to look at them in AOC.
	Link string
}

// AlertData is an alert in a template.
type AlertData struct {
	ID, Title, Severity, Summary, Tenant, RuleID string
	Who, Whom                                    string // empty where that is not known
	First, Last, Raised                          string // in UTC
	Count                                        int64
	Group                                        []GroupData
	Tags                                         []string
	Link                                         string
}

// GroupData is what the events of an alert have in common.
type GroupData struct{ Field, Value string }

// The templates of those who have set none.
const (
	usualTitle = `{{if eq .Total 1}}{{range .Alerts}}{{.Severity}}: {{.Title}}{{end}}{{else}}{{.Total}} alerts, up to {{.Severity}}{{end}}`
	usualBody  = `{{if eq .Total 1}}{{range .Alerts}}{{.Summary}}

{{with .Who}}Who: {{.}}
{{end}}{{with .Whom}}Whom: {{.}}
{{end}}When: {{.First}}{{if ne .First .Last}} to {{.Last}}{{end}}
Severity: {{.Severity}}
Events: {{.Count}}
Rule: {{.Title}}
Tenant: {{.Tenant}}{{end}}{{else}}{{range .Alerts}}{{.Severity}}: {{.Title}}
{{.Summary}}
{{.First}}, tenant {{.Tenant}}, {{.Count}} {{if eq .Count 1}}event{{else}}events{{end}}

{{end}}{{end}}`
)

const (
	// maxTitle and maxBody bound what templates give, in bytes.
	maxTitle = 1 << 10
	maxBody  = 16 << 10
	// maxTemplate bounds templates themselves.
	maxTemplate = 16_000
)

// texts makes title and body.
type texts struct{ title, body *template.Template }

// newTexts reads the templates of a notifier, and tries them. Code invalid; the message names
// the template and the line.
func newTexts(s *NotifierSpec) (*texts, error) {
	var t texts
	var err error
	if t.title, err = parseTemplate("title_template", cmp.Or(s.Title, usualTitle)); err != nil {
		return nil, err
	}
	if t.body, err = parseTemplate("body_template", cmp.Or(s.Body, usualBody)); err != nil {
		return nil, err
	}
	bare := Data{Alerts: []AlertData{{}}, Total: 1} // nothing is known of it
	for _, sample := range []Data{sampleData(1), sampleData(2), bare} {
		if _, _, err := t.run(&sample); err != nil {
			return nil, err
		}
	}
	return &t, nil
}

// run gives title and body, cleaned. Code invalid.
func (t *texts) run(d *Data) (title, body string, err error) {
	if title, err = execute(t.title, d, maxTitle); err != nil {
		return "", "", err
	}
	if body, err = execute(t.body, d, maxBody); err != nil {
		return "", "", err
	}
	return cleanLine(title), cleanLines(body), nil
}

// errTooLong ends a template that gives more than is allowed.
var errTooLong = errors.New("it gives too much text")

// bounded is a buffer that takes so many bytes.
type bounded struct {
	bytes.Buffer
	most int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, errTooLong
	}
	return b.Buffer.Write(p)
}

func execute(t *template.Template, d *Data, most int) (string, error) {
	bounds := &work{left: maxWork}
	t, err := t.Clone() // with functions of this run alone
	if err != nil {
		return "", aoc.Wrap(err, aoc.CodeInternal, "notify.template", "a template cannot be run")
	}
	out := &bounded{most: most}
	err = t.Funcs(bounds.functions()).Execute(out, d)
	if errors.Is(err, errTooLong) {
		return "", wrong("%s: gives more than %d bytes of text", t.Name(), most)
	}
	if err != nil {
		return "", templateError(t.Name(), err)
	}
	return out.String(), nil
}

func parseTemplate(name, text string) (*template.Template, error) {
	if len(text) > maxTemplate {
		return nil, wrong("%s: at most %d bytes", name, maxTemplate)
	}
	t, err := template.New(name).Option("missingkey=error").Funcs((&work{}).functions()).Parse(text)
	if err != nil {
		return nil, templateError(name, err)
	}
	if len(t.Templates()) > 1 {
		return nil, wrong("%s: define and block cannot be used", name)
	}
	if t.Tree == nil || t.Root == nil {
		return t, nil
	}
	if err := checkNodes(name, t.Tree, t.Root, 0); err != nil {
		return nil, err
	}
	return t, nil
}

// wherePattern is how text/template says where an error is.
var wherePattern = regexp.MustCompile(`^template: [a-z_]+:(\d+)(?::\d+)?: (?:executing "[^"]*" at )?`)

// longContext is from what length on an error is told without the action that it is in, in bytes.
const longContext = 300

// templateError makes an error of text/template one that names the line.
func templateError(name string, err error) error {
	text := err.Error()
	line := ""
	if m := wherePattern.FindStringSubmatch(text); m != nil {
		text, line = text[len(m[0]):], "line "+m[1]+": "
	}
	if _, what, ok := strings.Cut(text, ">: "); ok && len(text) > longContext {
		text = what // without the whole action
	}
	e := aoc.Errorf(aoc.CodeInvalid, "notify.template", "%s: %s%s", name, line, Cut(cleanLine(text), 300))
	e.Hint = "Fields are .Total, .More, .Severity, .Link, and of each of .Alerts: .Title, .Severity, .Summary, .Who, .Whom, .Tenant, .RuleID, .First, .Last, .Raised, .Count, .Group, .Tags, .ID, .Link."
	return e
}

// lists are what a template may go through: each is short. A number, which range would count
// up to, is not.
var lists = []string{"Alerts", "Group", "Tags"} //nolint:gochecknoglobals // read-only table

// maxNesting bounds ranges within each other.
const maxNesting = 3

// checkNodes refuses what could make a template work for ever.
func checkNodes(name string, tree *parse.Tree, n parse.Node, ranges int) error {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, child := range n.Nodes {
			if err := checkNodes(name, tree, child, ranges); err != nil {
				return err
			}
		}
	case *parse.IfNode:
		return checkBranch(name, tree, &n.BranchNode, ranges)
	case *parse.WithNode:
		return checkBranch(name, tree, &n.BranchNode, ranges)
	case *parse.RangeNode:
		if !isList(n.Pipe) {
			return templateProblem(name, tree, n, "range goes through .Alerts, .Group or .Tags alone")
		}
		if ranges == maxNesting {
			return templateProblem(name, tree, n, "too many ranges within each other")
		}
		return checkBranch(name, tree, &n.BranchNode, ranges+1)
	case *parse.TemplateNode:
		return templateProblem(name, tree, n, "template cannot be used")
	}
	return nil
}

func checkBranch(name string, tree *parse.Tree, n *parse.BranchNode, ranges int) error {
	if err := checkNodes(name, tree, n.List, ranges); err != nil {
		return err
	}
	return checkNodes(name, tree, n.ElseList, ranges)
}

// isList reports whether a pipeline is one of the lists and nothing else.
func isList(p *parse.PipeNode) bool {
	if len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return false
	}
	var path []string
	switch a := p.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		path = a.Ident
	case *parse.VariableNode:
		path = a.Ident[1:]
	}
	return len(path) > 0 && slices.Contains(lists, path[len(path)-1])
}

func templateProblem(name string, tree *parse.Tree, n parse.Node, what string) error {
	at, _ := tree.ErrorContext(n)
	line := "1"
	if parts := strings.Split(at, ":"); len(parts) > 1 {
		line = parts[1]
	}
	return wrong("%s: line %s: %s", name, line, what)
}

// sampleData is made up, with everything set.
func sampleData(alerts int) Data {
	d := Data{Total: alerts, Severity: string(aoc.SeverityHigh), Link: "https://soc.contoso.example/alerts"}
	for i := range alerts {
		d.Alerts = append(d.Alerts, AlertData{
			ID: fmt.Sprintf("sample%d", i), Title: "Role granted", Severity: string(aoc.SeverityHigh), Summary: "Ada Lovelace added Bob Ray to Global Administrator",
			Tenant: "11111111-2222-3333-4444-555555555555", RuleID: "sample", Who: "Ada Lovelace", Whom: "Bob Ray", First: "2026-03-02 11:50:00 UTC", Last: "2026-03-02 11:50:00 UTC",
			Raised: "2026-03-02 11:51:00 UTC", Count: 1, Group: []GroupData{{"actor", "ada@contoso.example"}}, Tags: []string{"attack.t1098.003"}, Link: d.Link,
		})
	}
	return d
}
