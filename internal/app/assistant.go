package app

import (
	"net/http"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aoc/internal/assistant"
	"aoc/internal/auth"
	"aoc/internal/console"
	"aoc/internal/console/tool"
	"aoc/internal/mcpserver"
)

// Assistant answers questions; without a language model it reads them by rules.
func (a *App) Assistant() *assistant.Assistant { return a.assistant }

func (a *App) newAssistant() (*assistant.Assistant, error) {
	cfg := assistant.Config{Console: a.console, Clock: a.opts.Clock, Logger: a.opts.Logger}
	if a.cfg.AI.UsesModel() {
		var err error
		if cfg.Model, err = a.newModel(); err != nil {
			return nil, err
		}
	}
	return assistant.New(cfg), nil
}

// offered is the assistant for those who ask over the network: nil where AI features are off.
func (a *App) offered() *assistant.Assistant {
	if !a.aiOn() {
		return nil
	}
	return a.assistant
}

// MCP gives a server of the Model Context Protocol over the console. Times that it shows are
// those of zone.
func (a *App) MCP(zone *time.Location) *mcp.Server {
	return mcpserver.New(mcpserver.Config{
		Console: a.console, Tools: tool.New(a.console, a.opts.Clock, zone), Assistant: a.assistant, Version: a.opts.Version, Logger: a.opts.Logger, Observer: a.metrics,
	})
}

// aiOn reports whether the features are on that let programs and models ask.
func (a *App) aiOn() bool { return a.cfg.AI.AIEnabled }

// mcpHandler makes the transports of the Model Context Protocol over HTTP, and lets them end
// with the App; nil where they are off.
func (a *App) mcpHandler(keeper *auth.Keeper) http.Handler {
	if !a.aiOn() {
		return nil
	}
	cfg := mcpserver.HTTPConfig{
		Server: a.MCP(time.UTC), PublicAddress: a.cfg.Server.PublicAddress(), Hosts: a.cfg.Server.AllowedHosts(), Origins: a.cfg.Server.CORSOrigins,
		Observer: a.metrics, Clock: a.opts.Clock, Logger: a.opts.Logger,
	}
	if keeper != nil {
		cfg.Still = func(r *http.Request) bool { return keeper.Holds(r.Context(), r, console.CallerOf(r.Context())) }
	}
	a.mcp = mcpserver.NewHTTP(cfg)
	return a.mcp
}
