package cli

import (
	"time"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/console"
	"aoc/internal/control"
)

type sessionCommand struct {
	List sessionListCommand `cmd:"" help:"List the browsers in which people are signed in."`
	End  sessionEndCommand  `cmd:"" help:"Sign browsers out, at once."`
}

type sessionListCommand struct {
	JSON bool `help:"Print one JSON object."`
}

func (c *sessionListCommand) Run(r *runner) (err error) {
	a, err := r.openToRead()
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	sessions, err := a.Console().Sessions(r.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(map[string][]console.Session{"sessions": sessions})
	}
	for _, s := range sessions {
		r.print("%s  since %s  until %s  %s  %s", s.ID, s.Began.Local().Format(time.DateTime), s.Expires.Local().Format(time.DateTime), printable(s.Name), printable(s.Address))
	}
	if len(sessions) == 0 {
		r.note("Nobody is signed in with a browser.")
	}
	return nil
}

type sessionEndCommand struct {
	ID  []string `arg:"" optional:"" help:"Their ids, as list shows them."`
	All bool     `help:"Sign everybody out."`
}

func (c *sessionEndCommand) Run(r *runner) error {
	if c.All == (len(c.ID) > 0) {
		e := aoc.Errorf(aoc.CodeInvalid, "cli.session", "name sessions by their ids, or give --all")
		e.Hint = "aoc session list shows them."
		return e
	}
	ended, err := maintain(r, control.Request{Task: control.TaskEndSessions, Sessions: c.ID}, func(int) {}, func(a *app.App) (int, error) {
		return a.EndSessions(r.ctx, c.ID)
	})
	if err == nil {
		r.note("%d signed out.", ended)
	}
	return err
}
