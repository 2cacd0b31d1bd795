package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
)

// By says what to find: what it is and what it is called, as a screen reader tells.
type By struct {
	// Role, such as button, link, textbox, row, dialog.
	Role string
	// Name is the whole accessible name, in any letter case; "" is any.
	Name string
	// Part is a part of the accessible name.
	Part string
	// Within is what it must be in.
	Within *By
	// Nth is which one, from 0, in the order of the page; -1 is the last.
	Nth int
}

func (b By) String() string {
	s := b.Role
	if b.Name != "" {
		s += fmt.Sprintf(" %q", b.Name)
	}
	if b.Part != "" {
		s += fmt.Sprintf(" with %q", b.Part)
	}
	if b.Nth != 0 {
		s += fmt.Sprintf(" #%d", b.Nth)
	}
	if b.Within != nil {
		s += " in " + b.Within.String()
	}
	return s
}

// Found is something in the page.
type Found struct {
	Role, Name, Value string
	// States are those that are set: "expanded": "true", "pressed": "mixed", "disabled": "true".
	States map[string]string
	node   cdp.BackendNodeID
}

// errNotThere says that nothing like it is in the page now.
var errNotThere = errors.New("not there")

// Find gives what is there now, or an error.
func (t *Tab) Find(by By) (Found, error) {
	all, err := t.FindAll(by)
	if err != nil {
		return Found{}, err
	}
	n := by.Nth
	if n < 0 {
		n += len(all)
	}
	if n < 0 || n >= len(all) {
		return Found{}, fmt.Errorf("%s: %w (%d of that kind)", by, errNotThere, len(all))
	}
	return all[n], nil
}

// FindAll gives all that are there now, in the order of the page. Nth of by does not count.
func (t *Tab) FindAll(by By) ([]Found, error) {
	params := accessibility.QueryAXTreeParams{Role: by.Role}
	if by.Within != nil {
		parent, err := t.Find(*by.Within)
		if err != nil {
			return nil, err
		}
		params.BackendNodeID = parent.node
	} else {
		document, err := call(t, runtime.Evaluate, runtime.EvaluateParams{Expression: "document", ObjectGroup: objects})
		if err != nil {
			return nil, err
		}
		params.ObjectID = document.Result.ObjectID
	}
	answer, err := call(t, accessibility.QueryAXTree, params)
	if err != nil {
		return nil, err
	}
	var all []Found
	for _, n := range answer.Nodes {
		f := Found{Role: text(n.Role), Name: text(n.Name), Value: text(n.Value), node: n.BackendDOMNodeID, States: states(n.Properties)}
		if n.Ignored || f.node == 0 || f.node == params.BackendNodeID || !by.fits(f.Name) {
			continue
		}
		all = append(all, f)
	}
	return all, nil
}

func (b By) fits(name string) bool {
	name = fold(name)
	return (b.Name == "" || name == fold(b.Name)) && strings.Contains(name, fold(b.Part))
}

func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var s any
	if err := json.Unmarshal(v.Value, &s); err != nil || s == nil {
		return ""
	}
	return fmt.Sprint(s)
}

func states(properties []*accessibility.Property) map[string]string {
	set := map[string]string{}
	for _, p := range properties {
		set[string(p.Name)] = text(p.Value)
	}
	return set
}

// objects is the group of what the page keeps for us; a page load frees it.
const objects = "aoc"

// onNode calls a function of JavaScript with this = the element of the node (of a text
// its parent), and awaits its promise.
func onNode[T any](t *Tab, node cdp.BackendNodeID, function string) (v T, err error) {
	resolved, err := call(t, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: node, ObjectGroup: objects})
	if err != nil {
		return v, err
	}
	yes := true
	answer, err := call(t, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: `function() { return (` + function + `).call(this.nodeType === Node.TEXT_NODE ? this.parentElement : this) }`,
		ObjectID:            resolved.Object.ObjectID, ReturnByValue: &yes, AwaitPromise: &yes, UserGesture: &yes,
	})
	if err != nil {
		return v, err
	}
	if answer.ExceptionDetails != nil {
		return v, errors.New(exceptionText(answer.ExceptionDetails))
	}
	if len(answer.Result.Value) == 0 { // undefined
		return v, nil
	}
	return v, json.Unmarshal(answer.Result.Value, &v)
}
