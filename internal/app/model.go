package app

import (
	"cmp"
	"context"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"aoc/internal/assistant"
	"aoc/internal/llm"
	"aoc/internal/m365"
)

// newModel makes the client of the configured language model. It connects to its address alone
// and to where AOC may connect anyway, and follows no redirects.
func (a *App) newModel() (*assistant.ModelConfig, error) {
	ai := a.cfg.AI
	address := ai.LLMBaseURL
	if address == "" {
		address = llm.OpenAI
	}
	r, err := a.receivers(address)
	if err != nil {
		return nil, err
	}
	cfg := llm.Config{
		APIKey: ai.LLMAPIKey.Reveal(), BaseURL: ai.LLMBaseURL, Model: ai.LLMModel, Timeout: ai.Timeout(), APIVersion: ai.LLMAzureAPIVersion,
		HTTP: r.deps.HTTP, Clock: a.opts.Clock,
	}
	if ai.LLMAzureEntra {
		if cfg.Tokens, err = a.entraTokens(llm.TokenScope(address)); err != nil {
			return nil, err
		}
	}
	client, err := llm.New(cfg)
	if err != nil {
		return nil, err
	}
	return &assistant.ModelConfig{
		Client: client, MaxSteps: ai.LLMMaxSteps, MaxTokens: int64(ai.LLMMaxTokens), DailyTokens: int64(ai.LLMDailyTokens), Spent: a.store,
		Timeout: ai.Timeout(), Observer: a.metrics.Models(),
	}, nil
}

// modelHost is the host that questions are sent to; empty where they are read by rules alone.
func (a *App) modelHost() string {
	if !a.aiOn() || !a.cfg.AI.UsesModel() {
		return ""
	}
	u, err := url.Parse(cmp.Or(a.cfg.AI.LLMBaseURL, llm.OpenAI))
	if err != nil {
		return "" // it was validated
	}
	return u.Host
}

// entraTokens gives tokens of the configured application for Azure OpenAI.
func (a *App) entraTokens(scope string) (llm.TokenSource, error) {
	cloud, err := cloudOf(a.cfg)
	if err != nil {
		return nil, err
	}
	client, err := m365.NewHTTPClient(a.cfg.Upstream.CAFile)
	if err != nil {
		return nil, err
	}
	credential, err := m365.NewCredential(credentials(a.cfg), cloud, client)
	return entra{credential, scope}, err
}

type entra struct {
	credential azcore.TokenCredential
	scope      string
}

// Token implements [llm.TokenSource].
func (e entra) Token(ctx context.Context) (string, error) {
	token, err := e.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{e.scope}})
	return token.Token, err
}
