// Package llm talks to a language model over the chat completions of OpenAI: OpenAI itself,
// Azure OpenAI, and any server that speaks the same, such as Ollama, vLLM and LM Studio. It
// streams, bounds everything that comes back, tries again where nothing has come yet, and
// copes with what servers do differently.
//
// Errors are [*aoc.Error]. Their text names settings, never a key or a token.
package llm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sashabaranov/go-openai"

	"aoc"
)

// DefaultModel is asked at OpenAI when no model is set: small, quick, and calls tools.
const DefaultModel = openai.GPT5Dot4Mini

// OpenAI is where OpenAI is.
const OpenAI = "https://api.openai.com/v1"

// Config is what a [Client] is made of.
type Config struct {
	// APIKey is empty for servers that want none, and where Tokens is set.
	APIKey string
	// BaseURL is the address in front of /chat/completions; empty means OpenAI.
	BaseURL string
	// Model is its name, for Azure that of the deployment. Empty means [DefaultModel] at
	// OpenAI, elsewhere the only one that the server has.
	Model string
	// Timeout is how long nothing may come; 0 means a minute.
	Timeout time.Duration
	// APIVersion is that of Azure OpenAI. When it is set the server is taken for one.
	APIVersion string
	// Tokens gives tokens of Entra in place of an API key; nil for none.
	Tokens TokenSource
	// HTTP sends the requests; it must follow no redirects.
	HTTP *http.Client
	// Clock is what retries wait on; nil means the machine's.
	Clock aoc.Clock
	// MaxText is the most bytes of an answer's text that are taken; 0 means 64 KiB.
	MaxText int
}

// TokenSource gives a token of Entra for Azure OpenAI.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// TokenScope is what such a token has to be for, by the address of the resource.
func TokenScope(address string) string {
	if u, err := url.Parse(address); err == nil {
		for _, end := range []string{".us", ".cn"} {
			if strings.HasSuffix(u.Hostname(), ".azure"+end) {
				return "https://cognitiveservices.azure" + end + "/.default"
			}
		}
	}
	return "https://cognitiveservices.azure.com/.default"
}

// Client asks one language model. It is safe for concurrent use.
type Client struct {
	cfg      Config
	api      *openai.Client
	provider string
	kind     kind

	mu     sync.Mutex
	model  string
	manner manner
}

// kind is what server it is.
type kind int

const (
	compatible kind = iota
	openAIItself
	azure   // addressed by deployments
	azureV1 // as compatible, with Azure's headers
)

// manner is how the server wants to be asked, as far as it has told.
type manner struct {
	whole     bool // it does not stream
	noUsage   bool // it does not know stream_options
	oldTokens bool // it wants max_tokens
	newTokens bool // it wants max_completion_tokens
}

// New makes a client; nothing is asked yet. Code invalid for an address that is none, and for
// Azure without a deployment.
func New(cfg Config) (*Client, error) {
	if cfg.BaseURL == "" {
		cfg.BaseURL = OpenAI
	}
	cfg.BaseURL = strings.TrimRight(strings.TrimSpace(cfg.BaseURL), "/")
	u, err := url.Parse(cfg.BaseURL)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, invalid("LLM_BASE_URL is not a web address", "Write it like https://host.example/v1.")
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = time.Minute
	}
	if cfg.Clock == nil {
		cfg.Clock = aoc.SystemClock{}
	}
	if cfg.MaxText <= 0 {
		cfg.MaxText = 64 << 10
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	c := &Client{cfg: cfg, provider: u.Host, kind: kindOf(u, cfg.APIVersion), model: strings.TrimSpace(cfg.Model)}
	switch {
	case c.kind == openAIItself && c.model == "":
		c.model = DefaultModel
	case (c.kind == azure || c.kind == azureV1) && c.model == "":
		return nil, invalid("LLM_MODEL is missing", "Set it to the name of the deployment in Azure OpenAI.")
	}
	c.api = openai.NewClientWithConfig(c.settings())
	return c, nil
}

func kindOf(u *url.URL, apiVersion string) kind {
	host := strings.ToLower(u.Hostname())
	isAzure := apiVersion != ""
	for _, end := range []string{".openai.azure.com", ".cognitiveservices.azure.com", ".openai.azure.us", ".openai.azure.cn"} {
		isAzure = isAzure || strings.HasSuffix(host, end)
	}
	switch {
	case isAzure && apiVersion == "" && strings.HasSuffix(u.Path, "/openai/v1"):
		return azureV1
	case isAzure:
		return azure
	case host == "api.openai.com":
		return openAIItself
	}
	return compatible
}

// defaultAPIVersion is the version of Azure OpenAI that is asked when none is set.
const defaultAPIVersion = "2024-10-21"

func (c *Client) settings() openai.ClientConfig {
	s := openai.DefaultConfig(c.cfg.APIKey)
	s.BaseURL = c.cfg.BaseURL
	if c.kind == azure {
		s = openai.DefaultAzureConfig(c.cfg.APIKey, strings.TrimSuffix(c.cfg.BaseURL, "/openai"))
		s.AzureModelMapperFunc = func(model string) string { return url.PathEscape(model) }
		s.APIVersion = defaultAPIVersion
		if c.cfg.APIVersion != "" {
			s.APIVersion = c.cfg.APIVersion
		}
	}
	s.HTTPClient = &wire{client: c}
	s.EmptyMessagesLimit = 1 << 20 // the wire bounds what comes
	return s
}

// Provider is the host that is asked.
func (c *Client) Provider() string { return c.provider }

// Local reports whether that is this machine.
func (c *Client) Local() bool {
	host, _, _ := strings.Cut(c.provider, ":")
	if u, err := url.Parse(c.cfg.BaseURL); err == nil {
		host = u.Hostname()
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Model is the name of the model that is asked. Where none is set the server is asked which it
// has: code invalid, naming LLM_MODEL, unless that is one.
func (c *Client) Model(ctx context.Context) (string, error) {
	c.mu.Lock()
	model := c.model
	c.mu.Unlock()
	if model != "" {
		return model, nil
	}
	x := &exchange{}
	list, err := c.api.ListModels(x.in(ctx, c.cfg.Timeout))
	x.done()
	if err != nil {
		return "", c.judge(ctx, x, err, false)
	}
	if len(list.Models) != 1 || list.Models[0].ID == "" {
		return "", invalid("LLM_MODEL is missing, and the server has not just one model", "Set LLM_MODEL to one of those that the server has: "+modelNames(list.Models)+".")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.model = list.Models[0].ID
	return c.model, nil
}

func modelNames(models []openai.Model) string {
	var names []string
	for _, m := range models {
		if len(names) == 12 {
			names = append(names, "…")
			break
		}
		names = append(names, tidy(m.ID, 80))
	}
	if len(names) == 0 {
		return "it names none"
	}
	return strings.Join(names, ", ")
}

func invalid(message, hint string) error {
	e := aoc.Errorf(aoc.CodeInvalid, "llm.new", "%s", message)
	e.Hint = hint
	return e
}

// Role is who says something.
type Role string

// The roles.
const (
	System    Role = openai.ChatMessageRoleSystem
	User      Role = openai.ChatMessageRoleUser
	Assistant Role = openai.ChatMessageRoleAssistant
	ToolRole  Role = openai.ChatMessageRoleTool
)

// Message is something that is said.
type Message struct {
	Role Role
	Text string
	// Calls are those that the assistant made; CallID says which one a tool answers.
	Calls  []Call
	CallID string
}

// Call is a tool that the model wants to be called.
type Call struct {
	ID, Name string
	// Arguments are what the model wrote, mostly a JSON object.
	Arguments string
}

// Tool is one that the model may call. Parameters is its JSON Schema.
type Tool struct {
	Name, Description string
	Parameters        json.Marshaler
}

// Request is what the model is asked.
type Request struct {
	Messages []Message
	Tools    []Tool
	// MaxTokens is the most that the model may write; 0 leaves it to the server.
	MaxTokens int
}

// Reply is what the model answers: a text, calls, or both.
type Reply struct {
	Text  string
	Calls []Call
	// Cut says that the text ended at a bound: the server's or the client's.
	Cut   bool
	Usage Usage
}

// Usage is how many tokens a call took.
type Usage struct {
	Prompt, Completion int64
	// Estimated says that the server did not tell.
	Estimated bool
}

// Total is both.
func (u Usage) Total() int64 { return u.Prompt + u.Completion }

// ErrNoTools marks errors that say that the model, or its server, cannot call tools.
var ErrNoTools = errors.New("the model does not support tools")

// ErrTooLong marks errors that say that the conversation is longer than the model takes.
var ErrTooLong = errors.New("the conversation is too long for the model")
