// Package control hands work to the process that owns the store. Only one process may
// write to a store; another one that is asked to (an import, maintenance, a collection)
// gives the work to it through a loopback listener, whose address and secret stand in a
// file of the data folder that only its owner can read. The package knows the shape of
// the conversation and nothing of the work.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"aoc"
)

// FileName is the name of the file in the data folder that tells where to call.
const FileName = "control.json"

// tokenHeader carries the secret of the file.
const tokenHeader = "Aoc-Control"

// endpoint is what the file says.
type endpoint struct {
	URL   string `json:"url"`
	Token string `json:"token"`
	PID   int    `json:"pid"`
}

// Task is work that can be handed over.
type Task string

// The tasks.
const (
	TaskImport      Task = "import"
	TaskFetch       Task = "fetch"
	TaskRenormalise Task = "renormalize"
	TaskDedupe      Task = "dedupe"
	TaskReplay      Task = "replay"
	TaskMakeToken   Task = "make-token"
	TaskRevokeToken Task = "revoke-token"
	TaskEndSessions Task = "end-sessions"
	TaskLoadRules   Task = "load-rules"
)

// Request asks for a task; fields a task does not use are empty.
type Request struct {
	Task     Task     `json:"task"`
	Paths    []string `json:"paths,omitempty"` // absolute
	TenantID string   `json:"tenant_id,omitempty"`
	Hours    int      `json:"hours,omitempty"`
	Sources  []string `json:"sources,omitempty"`
	Limit    int64    `json:"limit,omitempty"`
	// Token says what an API token is to be, in JSON; TokenID which one is to be revoked.
	Token   json.RawMessage `json:"token,omitempty"`
	TokenID string          `json:"token_id,omitempty"`
	// Pack is what rules are called together; Enable lets new ones raise alerts.
	Pack    string `json:"pack,omitempty"`
	License string `json:"license,omitempty"` // of the pack
	Enable  bool   `json:"enable,omitempty"`
	// Sessions are the ids of those that are to end; none: all.
	Sessions []string `json:"sessions,omitempty"`
}

// Worker does the tasks. progress may be called any number of times with something that
// can be written as JSON; the result is written as JSON too.
type Worker func(ctx context.Context, r Request, progress func(any)) (result any, err error)

// message is one line of an answer: progress, then a result or a fault.
type message struct {
	Progress json.RawMessage `json:"progress,omitempty"`
	Result   json.RawMessage `json:"result,omitempty"`
	Fault    *fault          `json:"fault,omitempty"`
}

// fault is an error as it crosses between processes.
type fault struct {
	Code    aoc.Code `json:"code"`
	Message string   `json:"message"`
	Hint    string   `json:"hint,omitempty"`
}

func faultOf(err error) *fault {
	return &fault{Code: aoc.CodeOf(err), Message: aoc.MessageOf(err), Hint: aoc.HintOf(err)}
}

func (f *fault) error() error {
	return &aoc.Error{Code: f.Code, Op: "control.do", Message: f.Message, Hint: f.Hint}
}

// writeFile publishes an endpoint, readable by its owner only.
func writeFile(dir string, e endpoint) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	tmp := filepath.Join(dir, fmt.Sprintf("%s.%d", FileName, e.PID))
	if err := os.WriteFile(tmp, text, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, FileName))
}

// readFile gives the endpoint of the process that owns the store in dir; not_found when
// none has published one.
func readFile(dir string) (endpoint, error) {
	text, err := os.ReadFile(filepath.Join(dir, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		e := aoc.Errorf(aoc.CodeNotFound, "control.dial", "no running service was found for this data folder")
		e.Hint = "Another aoc command is writing to the store; wait until it is done."
		return endpoint{}, e
	}
	var e endpoint
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	return e, aoc.Wrap(err, aoc.CodeUnavailable, "control.dial", "the running service cannot be reached")
}
