package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc"
)

type mcpCommand struct {
	TZ string `default:"UTC" placeholder:"ZONE" help:"Time zone for times without one and for the times of results, such as Europe/Berlin."`
}

// Run serves one client, straight on the store: no service needs to run, and one that does
// is not disturbed.
func (c *mcpCommand) Run(r *runner) (err error) {
	zone, err := time.LoadLocation(c.TZ)
	if err != nil {
		return aoc.Errorf(aoc.CodeInvalid, "cli.mcp", "--tz: %q is not a time zone; use a name such as Europe/Berlin", c.TZ)
	}
	a, err := r.openToRead()
	if err != nil {
		return err
	}
	defer r.closeApp(a, &err)
	if isTerminal(r.in) {
		r.note("This is for AI clients, which talk to it on standard input and output. docs/operations/mcp.md says how to set them up. Ctrl-D ends it.")
	}
	err = a.MCP(zone).Run(r.ctx, &mcp.IOTransport{Reader: io.NopCloser(r.in), Writer: unclosed{r.out}})
	if errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) && r.ctx.Err() != nil {
		return nil // the client is gone
	}
	return err
}

// unclosed is a writer that others close.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }
