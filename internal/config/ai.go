package config

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// AI is the assistant, and the language model that it asks.
type AI struct {
	AIEnabled         bool   `env:"AI_FEATURES_ENABLED" envDefault:"false"`
	LLMAPIKey         Secret `env:"LLM_API_KEY"`
	LLMBaseURL        string `env:"LLM_BASE_URL"`
	LLMModel          string `env:"LLM_MODEL"`
	LLMTimeoutSeconds int    `env:"LLM_TIMEOUT_SECONDS" envDefault:"60"`
	// LLMAzureAPIVersion is that of Azure OpenAI; a server for which it is set is taken for one.
	LLMAzureAPIVersion string `env:"AOC_LLM_AZURE_API_VERSION"`
	// LLMAzureEntra asks with a token of the configured application in place of a key.
	LLMAzureEntra bool `env:"AOC_LLM_AZURE_ENTRA" envDefault:"false"`
	// LLMMaxSteps and LLMMaxTokens bound one question, LLMDailyTokens a day; 0: unbounded.
	LLMMaxSteps    int `env:"AOC_LLM_MAX_STEPS" envDefault:"8"`
	LLMMaxTokens   int `env:"AOC_LLM_MAX_TOKENS" envDefault:"150000"`
	LLMDailyTokens int `env:"AOC_LLM_DAILY_TOKENS" envDefault:"2000000"`
}

// Provider reports whether a language model is configured.
func (a AI) Provider() bool { return a.LLMAPIKey.IsSet() || a.LLMBaseURL != "" }

// UsesModel reports whether a language model is asked.
func (a AI) UsesModel() bool { return a.AIEnabled && a.Provider() }

// Timeout is how long the model may send nothing.
func (a AI) Timeout() time.Duration { return time.Duration(a.LLMTimeoutSeconds) * time.Second }

// azure reports whether the model is at Azure OpenAI.
func (a AI) azure() bool {
	u, err := url.Parse(a.LLMBaseURL)
	return a.LLMAzureAPIVersion != "" || err == nil && strings.Contains(u.Hostname()+"/", ".azure.")
}

func (c Config) checkAI(bad *Problems) {
	a := c.AI
	bad.number("LLM_TIMEOUT_SECONDS", a.LLMTimeoutSeconds, 5, 900)
	bad.number("AOC_LLM_MAX_STEPS", a.LLMMaxSteps, 2, 30)
	bad.number("AOC_LLM_MAX_TOKENS", a.LLMMaxTokens, 4000, 10_000_000)
	bad.number("AOC_LLM_DAILY_TOKENS", a.LLMDailyTokens, 0, 1_000_000_000)
	a.checkAddress(bad)
	if a.azure() && a.LLMModel == "" {
		bad.add("LLM_MODEL", "is missing", "Set it to the name of the deployment in Azure OpenAI.")
	}
	if a.azure() && a.LLMBaseURL == "" {
		bad.add("LLM_BASE_URL", "is missing", "Set it to the address of the resource in Azure OpenAI, or remove AOC_LLM_AZURE_API_VERSION.")
	}
	if a.azure() && !a.LLMAzureEntra && !a.LLMAPIKey.IsSet() {
		bad.add("LLM_API_KEY", "is missing", "Set it to a key of the resource in Azure OpenAI, or AOC_LLM_AZURE_ENTRA=true.")
	}
	switch {
	case !a.LLMAzureEntra:
	case !a.azure():
		bad.add("AOC_LLM_AZURE_ENTRA", "is set, but LLM_BASE_URL is not at Azure OpenAI", "Set LLM_BASE_URL to the address of the resource, or remove it: a token goes nowhere else.")
	case a.LLMAPIKey.IsSet():
		bad.add("AOC_LLM_AZURE_ENTRA", "is set, and LLM_API_KEY as well", "Keep one of them.")
	case !c.Collects():
		bad.add("AOC_LLM_AZURE_ENTRA", "is set, but there is no application to sign in as", "Set TENANT_ID and what belongs to it, or LLM_API_KEY.")
	}
}

// checkAddress checks where the model is: https, or http in the own network.
func (a AI) checkAddress(bad *Problems) {
	if a.LLMBaseURL == "" {
		return
	}
	u, err := url.Parse(a.LLMBaseURL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		bad.add("LLM_BASE_URL", "is not a plain web address", "Write it like https://host.example/v1. A key belongs into LLM_API_KEY, a version into AOC_LLM_AZURE_API_VERSION.")
	case u.Scheme == "https":
	case u.Scheme != "http" || !isNear(u.Hostname()):
		bad.add("LLM_BASE_URL", "is not https", "Use https: what is asked tells of audits. Plain http is for this machine and the own network.")
	}
}

// isNear reports whether a host is this machine or in a private network, as far as its name
// tells.
func isNear(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback() || a.IsPrivate()
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	for _, end := range []string{".internal", ".local", ".localhost", ".lan", ".home.arpa"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return !strings.Contains(name, ".")
}

func (a AI) warnings() []string {
	var ws []string
	switch {
	case !a.AIEnabled && a.Provider():
		ws = append(ws, "a language model is configured (LLM_API_KEY or LLM_BASE_URL), but AI_FEATURES_ENABLED is false: it is not asked")
	case a.AIEnabled && !a.Provider():
		ws = append(ws, "AI_FEATURES_ENABLED is set without LLM_API_KEY and LLM_BASE_URL: questions are read by rules, no language model is asked")
	}
	if u, err := url.Parse(a.LLMBaseURL); err == nil && a.UsesModel() && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		ws = append(ws, "LLM_BASE_URL is plain http: whoever is on the way to "+u.Host+" can read questions, events and the key")
	}
	return ws
}
