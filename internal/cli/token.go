package cli

import (
	"encoding/json"
	"time"

	"aoc/internal/app"
	"aoc/internal/console"
	"aoc/internal/control"
)

type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Make an API token for a script or an MCP client, and print its secret once."`
	List   tokenListCommand   `cmd:"" help:"List the API tokens with their last use."`
	Revoke tokenRevokeCommand `cmd:"" help:"Revoke an API token: within seconds nobody is let in by it."`
}

type tokenCreateCommand struct {
	Name   string   `arg:"" help:"What it is for; what is done with it is recorded under this name."`
	Role   string   `default:"reader" enum:"reader,analyst,member,manager" placeholder:"ROLE" help:"What it may do: reader, analyst, member or manager (default reader)."`
	Tenant []string `placeholder:"GUID" help:"A tenant it may see; can be repeated. None: all."`
	Days   int      `default:"90" help:"For how many days it holds, at most 366."`
	JSON   bool     `help:"Print one JSON object with the token."`
}

func (c *tokenCreateCommand) Run(r *runner) error {
	spec := console.TokenSpec{Name: c.Name, Role: c.Role, Tenants: c.Tenant, Days: c.Days}
	text, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	made, err := maintain(r, control.Request{Task: control.TaskMakeToken, Token: text}, func(app.MadeToken) {}, func(a *app.App) (app.MadeToken, error) {
		return a.MakeToken(r.ctx, spec)
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(made)
	}
	r.note("Token %s for %s: %s, until %s. It is shown this once:", made.ID, printable(made.Name), made.Role, made.Expires.Format(time.DateOnly))
	r.print("%s", made.Secret)
	return nil
}

type tokenListCommand struct {
	JSON bool `help:"Print one JSON object."`
}

func (c *tokenListCommand) Run(r *runner) (err error) {
	a, err := r.openToRead()
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	tokens, err := a.Console().Tokens(r.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(map[string][]console.APIToken{"tokens": tokens})
	}
	for _, t := range tokens {
		used := "never used"
		if !t.Used.IsZero() {
			used = "used " + t.Used.Local().Format(time.DateTime)
		}
		r.print("%s  %-7s  until %s  %s  %s  by %s", t.ID, t.Role, t.Expires.Format(time.DateOnly), used, printable(t.Name), printable(t.By))
	}
	if len(tokens) == 0 {
		r.note("There are no API tokens.")
	}
	return nil
}

type tokenRevokeCommand struct {
	ID string `arg:"" help:"Its id, as list shows it."`
}

func (c *tokenRevokeCommand) Run(r *runner) error {
	_, err := maintain(r, control.Request{Task: control.TaskRevokeToken, TokenID: c.ID}, func(struct{}) {}, func(a *app.App) (struct{}, error) {
		return struct{}{}, a.Console().RevokeToken(r.ctx, c.ID)
	})
	if err == nil {
		r.note("Revoked.")
	}
	return err
}
