package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// piece is a chunk of a stream, or a whole answer. Fields that servers write differently are
// read as they come.
type piece struct {
	Choices []struct {
		Delta        *said  `json:"delta"`
		Message      *said  `json:"message"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
	Usage *struct {
		Prompt     int64 `json:"prompt_tokens"`
		Completion int64 `json:"completion_tokens"`
	} `json:"usage"`
	Error json.RawMessage `json:"error"`
}

// said is what a model says, or a part of it.
type said struct {
	Content json.RawMessage `json:"content"`
	Refusal string          `json:"refusal"`
	Calls   []struct {
		Index    *int   `json:"index"`
		ID       string `json:"id"`
		Function struct {
			Name      string          `json:"name"`
			Arguments json.RawMessage `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
	FunctionCall *struct {
		Name      string          `json:"name"`
		Arguments json.RawMessage `json:"arguments"`
	} `json:"function_call"`
}

const (
	// maxCalls is the most calls of one answer that are taken.
	maxCalls = 32
	// maxArguments is the most bytes of arguments.
	maxArguments = 64 << 10
)

var (
	errFault    = errors.New("the server told of a fault in the middle of its answer")
	errRefused  = errors.New("the model refused")
	errFiltered = errors.New("the provider's content filter stepped in")
	errCutOff   = errors.New("the answer broke off before its end")
	errEmpty    = errors.New("the answer is empty")
	errJSON     = errors.New("the answer is not the JSON that it should be")
)

// answer is a reply in the making.
type answer struct {
	maxText int
	text    strings.Builder
	refusal strings.Builder
	calls   []Call
	byIndex map[int]int // index of the server → place in calls
	finish  string
	usage   Usage
	told    bool // the server told the usage
	full    bool // text or arguments reached their bound
}

// take adds a piece and gives the text that it brought.
func (a *answer) take(raw []byte) (string, error) {
	var p piece
	if err := json.Unmarshal(raw, &p); err != nil {
		return "", errJSON
	}
	if len(p.Error) > 0 && string(p.Error) != "null" {
		return "", &faultError{text: faultText(p.Error)}
	}
	if p.Usage != nil && p.Usage.Prompt+p.Usage.Completion > 0 {
		a.usage, a.told = Usage{Prompt: max(0, p.Usage.Prompt), Completion: max(0, p.Usage.Completion)}, true
	}
	if len(p.Choices) == 0 {
		return "", nil
	}
	choice := p.Choices[0]
	if choice.FinishReason != "" && choice.FinishReason != "null" {
		a.finish = choice.FinishReason
	}
	part := choice.Delta
	if part == nil {
		part = choice.Message
	}
	if part == nil {
		return "", nil
	}
	a.refusal.WriteString(cut(part.Refusal, 2000-min(2000, a.refusal.Len())))
	for _, c := range part.Calls {
		a.call(c.Index, c.ID, c.Function.Name, argumentText(c.Function.Arguments))
	}
	if f := part.FunctionCall; f != nil {
		zero := 0
		a.call(&zero, "", f.Name, argumentText(f.Arguments))
	}
	return a.say(contentText(part.Content)), nil
}

// say adds text as far as there is room.
func (a *answer) say(text string) string {
	if room := a.maxText - a.text.Len(); len(text) > room {
		text, a.full = cut(text, room), true
	}
	a.text.WriteString(text)
	return text
}

// call adds a call or a part of one. Parts belong together by index; where a server gives
// none, by id; where there is neither, a name begins a new call.
func (a *answer) call(index *int, id, name, arguments string) {
	at := -1
	switch {
	case index != nil:
		if known, ok := a.byIndex[*index]; ok && !(id != "" && a.calls[known].ID != "" && a.calls[known].ID != id && name != "") {
			at = known
		}
	case id != "":
		for i := range a.calls {
			if a.calls[i].ID == id {
				at = i
			}
		}
	case name == "":
		at = len(a.calls) - 1
	}
	if at < 0 {
		if len(a.calls) == maxCalls {
			a.full = true
			return
		}
		a.calls = append(a.calls, Call{})
		at = len(a.calls) - 1
		if index != nil {
			if a.byIndex == nil {
				a.byIndex = map[int]int{}
			}
			a.byIndex[*index] = at
		}
	}
	c := &a.calls[at]
	if c.ID == "" {
		c.ID = cut(id, 200)
	}
	if c.Name == "" || !strings.HasPrefix(name, c.Name) { // some servers repeat the name
		c.Name += cut(name, 100-min(100, len(c.Name)))
	} else if len(name) > len(c.Name) {
		c.Name = cut(name, 100)
	}
	if len(c.Arguments)+len(arguments) > maxArguments {
		a.full = true
		return
	}
	c.Arguments += arguments
}

// argumentText is what arguments say: a string of JSON, a part of one or, from some servers,
// the object itself.
func argumentText(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// contentText is the text of a content: a string, or a list of parts.
func contentText(raw json.RawMessage) string {
	var text string
	if len(raw) == 0 || json.Unmarshal(raw, &text) == nil {
		return text
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return ""
	}
	for _, p := range parts {
		text += p.Text
	}
	return text
}

// reply is what the pieces make. ended says that the server said it had come to its end.
func (a *answer) reply(ended bool) (Reply, error) {
	r := Reply{Text: a.text.String(), Calls: a.calls, Cut: a.full || a.finish == "length", Usage: a.usage}
	switch {
	case a.finish == "content_filter":
		return r, errFiltered
	case a.refusal.Len() > 0 && len(a.calls) == 0:
		return r, errRefused
	case a.full:
	case a.finish == "" && !ended:
		return r, errCutOff
	case a.finish == "length" && len(a.calls) > 0:
		r.Calls = whole(a.calls)
	}
	if strings.TrimSpace(r.Text) == "" && len(r.Calls) == 0 {
		return r, errEmpty
	}
	for i := range r.Calls {
		if r.Calls[i].ID == "" {
			r.Calls[i].ID = "call_" + strconv.Itoa(i+1)
		}
	}
	return r, nil
}

// whole leaves out calls that were cut off.
func whole(calls []Call) []Call {
	var kept []Call
	for _, c := range calls {
		if json.Valid([]byte(c.Arguments)) {
			kept = append(kept, c)
		}
	}
	return kept
}

// cut gives the first n bytes of a text, without half a character at the end.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:max(0, n)], "")
}

// faultError is a fault that the server told in the middle of an answer.
type faultError struct{ text string }

func (e *faultError) Error() string { return errFault.Error() + ": " + e.text }

func (e *faultError) Unwrap() error { return errFault }

// faultText is what a server says of a fault: a text, or an object with a message.
func faultText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var object struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(raw, &object)
	return object.Message
}
