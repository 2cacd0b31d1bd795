// Package cli is the command line: one file a command. Data goes to standard output,
// everything else to standard error. It decodes what was typed, lets package app do the
// work, and writes the answer; it decides nothing.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/alecthomas/kong"

	"aoc"
	"aoc/internal/app"
	"aoc/internal/config"
	"aoc/internal/console"
)

// grammar is what can be typed.
type grammar struct {
	Data    string `placeholder:"DIR" help:"Data folder; overrides AOC_DATA_DIR."`
	EnvFile string `default:".env" placeholder:"FILE" help:"File with settings, read when it is there (default .env)."`
	Quiet   bool   `short:"q" help:"Tell only data and errors."`

	Demo        demoCommand        `cmd:"" help:"Run AOC on a simulated Microsoft 365 tenant; nothing to configure."`
	Serve       serveCommand       `cmd:"" help:"Run the service: collection and API."`
	Fetch       fetchCommand       `cmd:"" help:"Collect what is new, then end."`
	Import      importCommand      `cmd:"" help:"Read audit records from export files."`
	Search      searchCommand      `cmd:"" help:"Search the stored events, newest first."`
	Export      exportCommand      `cmd:"" help:"Write all events that a search finds to a file: CSV or JSON Lines."`
	Coverage    coverageCommand    `cmd:"" help:"Tell what is proved to be collected, hour by hour."`
	Token       tokenCommand       `cmd:"" help:"Make, list and revoke API tokens."`
	Rules       rulesCommand       `cmd:"" help:"List, load and try rules."`
	Notifiers   notifiersCommand   `cmd:"" help:"List who is told of alerts, and send a test message."`
	Session     sessionCommand     `cmd:"" help:"List the browsers in which people are signed in, and sign them out."`
	Maintenance maintenanceCommand `cmd:"" help:"Derive stored events anew, join duplicates, replay the quarantine."`
	MCP         mcpCommand         `cmd:"" name:"mcp" help:"Serve the Model Context Protocol on standard input and output, for AI clients on this machine."`
	Simulate    simulateCommand    `cmd:"" help:"Run the simulated Microsoft 365 alone, or write event files."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask the running service whether it is well (for containers)."`
	Openapi     openapiCommand     `cmd:"" hidden:"" help:"Print the description of the API (OpenAPI 3.1, JSON)."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// runner is what commands work with.
type runner struct {
	streams
	ctx     context.Context
	grammar *grammar
	version string
	environ []string
	clock   aoc.Clock
}

// Run does what args say and gives the exit code: 0 done, 1 failed, 2 wrong usage or
// settings, 3 not all data is there, 4 not signed in to Microsoft.
func Run(ctx context.Context, args, environ []string, in io.Reader, out, err io.Writer, version string) int {
	var g grammar
	r := &runner{streams: streams{in: in, out: out, err: err}, ctx: console.WithCaller(ctx, console.Local(console.CommandLine)), grammar: &g, version: version, environ: environ, clock: aoc.SystemClock{}}
	ended := -1
	parser, e := kong.New(&g, kong.Name("aoc"),
		kong.Description("AOC, the Admin Operations Center: every admin change in Microsoft 365, collected, deduplicated, searchable."),
		kong.Writers(out, err), kong.Exit(func(code int) { ended = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.UsageOnError())
	if e != nil {
		fmt.Fprintln(err, "aoc:", e)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, e := parser.Parse(args)
	if ended >= 0 {
		return ended // --help
	}
	if e != nil {
		fmt.Fprintf(err, "aoc: %s\n", printable(e.Error()))
		fmt.Fprintln(err, "     Try: aoc --help")
		return exitUsage
	}
	r.quiet = g.Quiet
	e = command.Run(r)
	if e != nil && !errors.Is(e, errIncomplete) {
		r.fail(e)
	}
	return exitCode(e)
}

// settings reads the configuration. Problems with it are told all at once.
func (r *runner) settings() (config.Config, error) {
	environ := r.environ
	if r.grammar.Data != "" {
		environ = append(environ[:len(environ):len(environ)], "AOC_DATA_DIR="+r.grammar.Data)
	}
	cfg, err := config.Load(environ, r.grammar.EnvFile)
	if problems, ok := errors.AsType[config.Problems](err); ok {
		for _, p := range problems {
			fmt.Fprintf(r.err, "aoc: %s\n", printable(p.String()))
		}
		return cfg, aoc.Errorf(aoc.CodeInvalid, "cli.settings", "the configuration has %d problem(s)", len(problems))
	}
	return cfg, err
}

// logger writes to standard error.
func (r *runner) logger(cfg config.Config) *slog.Logger {
	level := slog.LevelInfo
	// Validate has checked the name.
	_ = level.UnmarshalText([]byte(cfg.Log.Level))
	if r.quiet {
		level = max(level, slog.LevelError)
	}
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(r.err, opts))
	}
	return slog.New(slog.NewTextHandler(r.err, opts))
}

// quietLogger is for commands whose output a person reads: only what went wrong.
func (r *runner) quietLogger() *slog.Logger {
	return slog.New(slog.NewTextHandler(r.err, &slog.HandlerOptions{Level: slog.LevelError}))
}

// open makes an App for one command.
func (r *runner) open(cfg config.Config, opts app.Options) (*app.App, error) {
	opts.Version = r.version
	if opts.Logger == nil {
		opts.Logger = r.quietLogger()
	}
	return app.New(r.ctx, cfg, opts)
}

// openToRead opens what there is beside the process that writes, if any.
func (r *runner) openToRead() (*app.App, error) {
	cfg, err := r.settings()
	if err != nil {
		return nil, err
	}
	return r.open(cfg, app.Options{ReadOnly: true, Offline: true})
}

// closeApp ends an App whatever became of the command's context.
func (r *runner) closeApp(a *app.App, err *error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), stopWithin)
	defer cancel()
	*err = errors.Join(*err, a.Stop(ctx))
}

// interactive reports whether progress should be drawn.
func (r *runner) interactive() bool {
	return !r.quiet && isTerminal(r.err) && os.Getenv("TERM") != "dumb"
}
