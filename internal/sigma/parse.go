package sigma

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Parse reads all rules of a file: detection rules, correlations and filters. It fails with
// code invalid and [Problems] that tell all that is wrong, with line, column and key; then
// no rule is given.
func Parse(b []byte) ([]*Rule, error) {
	const op = "sigma.parse"
	b = bytes.TrimPrefix(b, []byte("\uFEFF"))
	var problems Problems
	switch {
	case len(b) > maxFileBytes:
		problems.add(Problem{Message: fmt.Sprintf("the file has %d bytes; the most is %d", len(b), maxFileBytes), Hint: "Split it into several files."})
	case !utf8.Valid(b):
		problems.add(Problem{Message: "the file is no UTF-8 text", Hint: "Save it in UTF-8."})
	}
	if err := problems.err(op); err != nil {
		return nil, err
	}
	documents, lines := splitDocuments(string(b))
	if len(documents) > maxDocuments {
		problems.add(Problem{Message: fmt.Sprintf("the file has %d documents; the most is %d", len(documents), maxDocuments), Hint: "Split it into several files."})
		return nil, problems.err(op)
	}
	var rules []*Rule
	for i, text := range documents {
		rule, wrong := parseDocument(text, lines[i])
		for _, p := range wrong {
			problems.add(p)
		}
		if rule != nil {
			rules = append(rules, rule)
		}
	}
	if len(rules) == 0 && len(problems) == 0 {
		problems.add(Problem{Message: "the file has no rule", Hint: "A rule has at least a title, a logsource and a detection."})
	}
	if err := problems.err(op); err != nil {
		return nil, err
	}
	return rules, nil
}

// yamlLine finds the line in an error of the decoder.
var yamlLine = regexp.MustCompile(`line (\d+): `)

// parseDocument reads one document that begins on a line of the file. A rule is given only
// when nothing is wrong; neither is given for a document of comments.
func parseDocument(text string, line int) (*Rule, Problems) {
	r := &reader{offset: line - 1}
	node, err := decodeDocument(text)
	if err != nil {
		return nil, Problems{yamlProblem(err, r.offset)}
	}
	if node == nil {
		return nil, nil
	}
	if !r.measure(node, 0) {
		return nil, r.problems
	}
	rule := &Rule{Source: strings.TrimSpace(text) + "\n", Line: line, Taxonomy: "sigma"}
	r.rule(node, rule)
	rule.Warnings = r.warnings
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return rule, nil
}

// yamlProblem tells of a text that is no YAML.
func yamlProblem(err error, offset int) Problem {
	p := Problem{Message: "the text is no YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		if _, err := fmt.Sscan(m[1], &p.Line); err == nil {
			p.Line += offset
			p.Column = 1
		}
		p.Message = "the text is no YAML: " + err.Error()[strings.Index(err.Error(), m[0])+len(m[0]):]
	}
	p.Hint = "Mind the indentation, and put values with special characters into single quotes."
	return p
}

// rule reads the attributes of a rule.
func (r *reader) rule(n *yaml.Node, rule *Rule) {
	seen := map[string]pair{}
	for _, p := range r.pairs(n, "") {
		seen[p.key] = p
		r.attribute(rule, p)
	}
	if len(seen) == 0 {
		return // pairs has told
	}
	if _, ok := seen["title"]; !ok {
		r.fail(n, "title", "the rule has no title", "Say in a few words what the rule detects.")
	}
	r.kind(n, seen, rule)
	if rule.ID == "" {
		r.warn(n, "id", "the rule has no id; a UUID is advised")
	}
}

// kind reads what makes a rule one of its kind.
func (r *reader) kind(n *yaml.Node, seen map[string]pair, rule *Rule) {
	var kinds []string
	for _, key := range []string{"detection", "correlation", "filter"} {
		if _, ok := seen[key]; ok {
			kinds = append(kinds, key)
		}
	}
	if len(kinds) != 1 {
		found := "has none"
		if len(kinds) > 1 {
			found = "has " + strings.Join(kinds, " and ")
		}
		r.fail(n, "", "a rule has one of detection, correlation and filter; this one "+found, "")
		return
	}
	p := seen[kinds[0]]
	switch p.key {
	case "detection":
		rule.Detection = r.detection(p.value, p.key)
	case "correlation":
		rule.Correlation = r.correlation(p)
		if g, ok := seen["generate"]; ok {
			rule.Correlation.Generate = r.flag(g.value, "generate")
			if delete(rule.Custom, "generate"); len(rule.Custom) == 0 {
				rule.Custom = nil
			}
		}
	case "filter":
		rule.Filter = r.filter(p)
	}
	source, ok := seen["logsource"]
	switch {
	case ok && p.key == "correlation":
		r.warn(source.at, "logsource", "a correlation has no log source of its own; this one is not used")
	case !ok && p.key != "correlation":
		r.fail(n, "logsource", "the rule has no logsource", "Name the category, product or service whose records it is for.")
	}
}

// attribute reads one attribute. Those that make the kind of a rule are read by kind.
func (r *reader) attribute(rule *Rule, p pair) {
	texts := map[string]*string{
		"title": &rule.Title, "id": &rule.ID, "name": &rule.Name, "taxonomy": &rule.Taxonomy, "status": &rule.Status,
		"description": &rule.Description, "license": &rule.License, "author": &rule.Author, "level": &rule.Level,
	}
	lists := map[string]*[]string{
		"references": &rule.References, "fields": &rule.Fields, "falsepositives": &rule.FalsePositives,
		"tags": &rule.Tags, "scope": &rule.Scope,
	}
	switch p.key {
	case "detection", "correlation", "filter":
	case "date":
		rule.Date = r.date(p)
	case "modified":
		rule.Modified = r.date(p)
	case "related":
		rule.Related = r.related(p)
	case "logsource":
		rule.LogSource = r.logSource(p)
	default:
		if text, ok := texts[p.key]; ok {
			*text, _ = r.text(p.value, p.key)
			r.checkText(p, *text)
		} else if list, ok := lists[p.key]; ok {
			*list = r.texts(p.value, p.key)
			r.checkList(p, *list)
		} else {
			r.custom(&rule.Custom, p)
		}
	}
}

// custom keeps an attribute that Sigma does not know.
func (r *reader) custom(into *map[string]any, p pair) {
	var value any
	if err := p.value.Decode(&value); err != nil {
		r.fail(p.value, p.key, "the value cannot be read", "")
		return
	}
	if *into == nil {
		*into = map[string]any{}
	}
	(*into)[p.key] = value
}

var (
	statuses = []string{"stable", "test", "experimental", "deprecated", "unsupported"}
	levels   = []string{"informational", "low", "medium", "high", "critical"}
	uuid     = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)
	tag      = regexp.MustCompile(`^[a-z0-9_-]+\.[a-z0-9._-]+$`)
	spdx     = regexp.MustCompile(`^[A-Za-z0-9.+() -]+$`)
)

// Lengths in characters.
const (
	maxTitle       = 256
	maxName        = 256
	maxDescription = 65535
)

// checkText holds a text to what its attribute may be.
func (r *reader) checkText(p pair, text string) {
	length := utf8.RuneCountInString(text)
	tooLong := func(most int) {
		if length > most {
			r.fail(p.value, p.key, fmt.Sprintf("it has %d characters; the most is %d", length, most), "")
		}
	}
	oneOf := func(choice []string) {
		if !slices.Contains(choice, text) {
			r.fail(p.value, p.key, fmt.Sprintf("%q is no %s", text, p.key), "Write one of "+strings.Join(choice, ", ")+".")
		}
	}
	switch p.key {
	case "title":
		tooLong(maxTitle)
		if strings.TrimSpace(text) == "" {
			r.fail(p.value, p.key, "the title is empty", "Say in a few words what the rule detects.")
		}
	case "name":
		tooLong(maxName)
	case "description":
		tooLong(maxDescription)
	case "status":
		oneOf(statuses)
	case "level":
		oneOf(levels)
	case "taxonomy":
		if text != "sigma" {
			r.fail(p.value, p.key, fmt.Sprintf("the taxonomy %q is not known", text), "Only the taxonomy sigma can be used: write the rule's fields in it.")
		}
	case "id":
		if !uuid.MatchString(text) {
			r.warn(p.value, p.key, "a UUID is advised")
		}
	case "license":
		if !spdx.MatchString(text) {
			r.warn(p.value, p.key, "an SPDX identifier is advised")
		}
	}
}

// checkList holds the entries of a list to what is advised.
func (r *reader) checkList(p pair, list []string) {
	seen := map[string]bool{}
	for _, text := range list {
		if seen[text] {
			r.warn(p.value, p.key, fmt.Sprintf("%q is there twice", text))
		}
		seen[text] = true
		switch {
		case p.key == "tags" && !tag.MatchString(text):
			r.warn(p.value, p.key, fmt.Sprintf("the tag %q is not in the form namespace.name in lower case", text))
		case (p.key == "falsepositives" || p.key == "scope") && utf8.RuneCountInString(text) < 2:
			r.warn(p.value, p.key, "an entry of two characters or more is advised")
		}
	}
}

// date reads a day.
func (r *reader) date(p pair) time.Time {
	text, ok := r.text(p.value, p.key)
	if !ok {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		r.fail(p.value, p.key, fmt.Sprintf("%q is no date", text), "Write it as YYYY-MM-DD.")
	}
	return day
}

// related reads how the rule relates to others.
func (r *reader) related(p pair) []Related {
	list := resolve(p.value)
	if list.Kind != yaml.SequenceNode {
		r.fail(p.value, p.key, "a list is expected here, not "+kindName(list), "")
		return nil
	}
	types := []string{"derived", "obsolete", "merged", "renamed", "similar"}
	var all []Related
	for _, item := range list.Content {
		var one Related
		for _, q := range r.pairs(item, p.key) {
			key := join(p.key, q.key)
			switch q.key {
			case "id":
				one.ID, _ = r.text(q.value, key)
			case "type":
				one.Type, _ = r.text(q.value, key)
				if one.Type != "" && !slices.Contains(types, one.Type) {
					r.fail(q.value, key, fmt.Sprintf("%q is no relation", one.Type), "Write one of "+strings.Join(types, ", ")+".")
				}
			default:
				r.fail(q.at, key, "a related rule has an id and a type only", "")
			}
		}
		if one.ID == "" || one.Type == "" {
			r.fail(item, p.key, "a related rule needs an id and a type", "")
		}
		all = append(all, one)
	}
	return all
}

// logSource reads what records the rule is for.
func (r *reader) logSource(p pair) LogSource {
	var l LogSource
	for _, q := range r.pairs(p.value, p.key) {
		key := join(p.key, q.key)
		into := map[string]*string{"category": &l.Category, "product": &l.Product, "service": &l.Service, "definition": &l.Definition}[q.key]
		if into == nil {
			r.custom(&l.Custom, q)
			continue
		}
		*into, _ = r.text(q.value, key)
		if q.key != "definition" && (*into != strings.ToLower(*into) || strings.Contains(*into, " ")) {
			r.warn(q.value, key, "lower case with underscores for spaces is advised")
		}
	}
	if l.Category == "" && l.Product == "" && l.Service == "" {
		r.fail(p.value, p.key, "the log source has none of category, product and service", "Name at least one of them.")
	}
	return l
}
