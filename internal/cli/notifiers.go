package cli

import (
	"time"

	"aoc"
	"aoc/internal/console"
)

type notifiersCommand struct {
	List notifiersListCommand `cmd:"" default:"withargs" help:"List the notifiers with how they are."`
	Test notifiersTestCommand `cmd:"" help:"Send a test message by a notifier, and tell how that went."`
}

type notifiersListCommand struct {
	JSON bool `help:"Print one JSON object."`
}

func (c *notifiersListCommand) Run(r *runner) (err error) {
	a, err := r.openToRead()
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	all, err := a.Console().Notifiers(r.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(map[string][]console.Notifier{"items": all})
	}
	for i := range all {
		n := &all[i]
		on, sent := "off", "nothing sent"
		if n.Enabled {
			on = "on"
		}
		if !n.Status.SentAt.IsZero() {
			sent = "last sent " + n.Status.SentAt.Local().Format(time.DateTime)
		}
		r.print("%s  %-3s  %-10s  %s waiting, %s  %s", n.ID, on, n.Kind, count(n.Status.Waiting), sent, printable(n.Name))
	}
	if len(all) == 0 {
		r.note("There are no notifiers.")
	}
	return nil
}

type notifiersTestCommand struct {
	ID   string `arg:"" help:"Its id, as list shows it."`
	JSON bool   `help:"Print one JSON object."`
}

func (c *notifiersTestCommand) Run(r *runner) (err error) {
	a, err := r.openToRead()
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	result, err := a.Console().TestNotifier(r.ctx, c.ID, nil)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := r.json(result); err != nil {
			return err
		}
	}
	if result.Error != "" {
		e := aoc.Errorf(result.Code, "cli.notifiers", "%s", result.Error)
		e.Hint = result.Hint
		return e
	}
	r.note("The receiver has taken the message.")
	return nil
}
