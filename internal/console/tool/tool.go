// Package tool is what programs that answer questions can ask of a console: one set of typed,
// bounded tools with JSON Schemas, used by the assistant and by the MCP server alike, so that
// the two cannot differ. A tool asks the console as the caller of its context, so that roles
// and tenants hold as they do everywhere.
//
// What tools give is data about events, which anybody who acts in a tenant can write into. It
// is cut to bounds, characters that cannot be seen are written out, and whoever shows it to a
// model must say that it is data.
package tool

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"aoc"
	"aoc/internal/console"
)

// MaxResult is the most bytes of JSON that a tool gives, which keeps a result within the
// 25,000 tokens that MCP clients take. What does not fit is left for the next page, and said.
const MaxResult = 48_000

// Tool is one thing that can be asked. It is safe for concurrent use.
type Tool struct {
	// Name is what programs call it: search_events.
	Name string
	// Title is its name for people, Description says to a model what it is for.
	Title, Description string
	// Input and Output are the schemas of arguments and result, both objects.
	Input, Output *jsonschema.Schema

	call func(ctx context.Context, arguments []byte) (Result, error)
}

// Result is what a tool gives.
type Result struct {
	// Value fulfils the tool's Output; as JSON it has at most [MaxResult] bytes.
	Value any
	// Events are the keys of the events that Value shows.
	Events []string
}

// Call runs the tool with a JSON object of arguments. Errors are [*aoc.Error]: code invalid,
// naming the argument, for those that do not fulfil Input; else those of the console.
func (t Tool) Call(ctx context.Context, arguments json.RawMessage) (Result, error) {
	return t.call(ctx, arguments)
}

// New gives the tools over a console. Times without a zone, and days, are those of zone; nil
// means UTC. A nil clock is the system's.
func New(c *console.Console, clock aoc.Clock, zone *time.Location) []Tool {
	if clock == nil {
		clock = aoc.SystemClock{}
	}
	if zone == nil {
		zone = time.UTC
	}
	d := &desk{console: c, clock: clock, zone: zone}
	return []Tool{
		d.searchEvents(), d.getEvent(), d.getSummary(), d.getTimeline(),
		d.getRelated(), d.getChanges(), d.getCoverage(), d.listAlerts(),
	}
}

// desk is what all tools work with.
type desk struct {
	console *console.Console
	clock   aoc.Clock
	zone    *time.Location
}

// describe makes a tool of a function over types; their json and jsonschema tags become the
// schemas.
func describe[In, Out any](t Tool, run func(context.Context, In) (Out, []string, error)) Tool {
	t.Input, t.Output = schemaOf[In](), schemaOf[Out]()
	checked, err := t.Input.Resolve(nil)
	if err != nil {
		panic(fmt.Sprintf("tool %s: %v", t.Name, err))
	}
	t.call = func(ctx context.Context, arguments []byte) (Result, error) {
		var in In
		if err := decode(t, checked, arguments, &in); err != nil {
			return Result{}, err
		}
		out, events, err := run(ctx, in)
		if err != nil {
			return Result{}, err
		}
		return Result{Value: out, Events: events}, nil
	}
	return t
}

func schemaOf[T any]() *jsonschema.Schema {
	s, err := jsonschema.For[T](nil)
	if err != nil {
		panic(err) // a type of this package
	}
	return s
}

// maxArguments is the most bytes of arguments that are read.
const maxArguments = 100_000

// decode reads arguments, which must be one object that fulfils the tool's schema.
func decode(t Tool, schema *jsonschema.Resolved, arguments []byte, into any) error {
	if len(bytes.TrimSpace(arguments)) == 0 {
		arguments = []byte("{}")
	}
	if len(arguments) > maxArguments {
		return refuse(t, "more than %d bytes of arguments", maxArguments)
	}
	dec := json.NewDecoder(bytes.NewReader(arguments))
	var object map[string]any
	if err := dec.Decode(&object); err != nil || object == nil {
		return refuse(t, "the arguments are not one JSON object")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return refuse(t, "the arguments are more than one JSON object")
	}
	// Models send null for what they leave out.
	for name, value := range object {
		if value == nil {
			delete(object, name)
		} else if t.Input.Properties[name] == nil {
			return refuse(t, "there is no argument %q; there are %s", Visible(name, 60), strings.Join(t.Input.PropertyOrder, ", "))
		}
	}
	if err := schema.Validate(object); err != nil {
		return refuse(t, "%s", Visible(strings.TrimPrefix(err.Error(), "validating root: "), 300))
	}
	clean, err := json.Marshal(object)
	if err == nil {
		err = json.Unmarshal(clean, into)
	}
	if err != nil {
		return refuse(t, "%s", Visible(err.Error(), 300))
	}
	return nil
}

func refuse(t Tool, format string, args ...any) error {
	e := aoc.Errorf(aoc.CodeInvalid, "tool."+t.Name, format, args...)
	e.Hint = "The input schema of " + t.Name + " says what it takes."
	return e
}

// wrong says that an argument cannot be used.
func wrong(argument, format string, args ...any) error {
	return &console.InvalidParam{Name: argument, Err: aoc.Errorf(aoc.CodeInvalid, "tool.arguments", format, args...)}
}
