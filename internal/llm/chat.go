package llm

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"

	"aoc"
)

const (
	// attempts is how often something is asked that did not come through.
	attempts = 4
	// maxManners is how often a request is written differently because the server wants it so.
	maxManners = 4
	// longestWait is the most that is waited between attempts; a server that wants more is
	// told to the caller.
	longestWait = 20 * time.Second
	firstWait   = 500 * time.Millisecond
)

// Chat asks the model and gives its reply; onText, unless nil, hears the text as it comes.
//
// What fails before anything has come is tried again where that can help. Errors have the
// codes invalid (settings), throttled (with RetryAfter), unavailable (nobody answers),
// upstream; those that [ErrNoTools] and [ErrTooLong] mark can be answered in another way.
func (c *Client) Chat(ctx context.Context, r Request, onText func(string)) (Reply, error) {
	model, err := c.Model(ctx)
	if err != nil {
		return Reply{}, err
	}
	var manners int
	for n := 1; ; n++ {
		x := &exchange{}
		how := c.how()
		reply, err := c.once(x.in(ctx, c.cfg.Timeout), x, request(model, r, c.kind, how), how, onText)
		x.done()
		if err == nil {
			if !reply.Usage.told() {
				reply.Usage = estimate(r, reply)
			}
			return reply, nil
		}
		if manners < maxManners && c.learn(x, err, how) {
			manners++
			n--
			continue
		}
		failed := c.judge(ctx, x, err, len(r.Tools) > 0)
		wait, again := pause(failed, n)
		if !again || x.started || n == attempts || ctx.Err() != nil {
			return Reply{}, failed
		}
		if err := c.cfg.Clock.Sleep(ctx, wait); err != nil {
			return Reply{}, failed
		}
	}
}

// told reports whether the server told it.
func (u Usage) told() bool { return u.Prompt+u.Completion > 0 }

// estimate counts tokens by the bytes: about four to one.
func estimate(r Request, reply Reply) Usage {
	var in, out int
	for _, m := range r.Messages {
		in += len(m.Text) + 16
		for _, call := range m.Calls {
			in += len(call.Arguments) + len(call.Name)
		}
	}
	for _, t := range r.Tools {
		if schema, err := t.Parameters.MarshalJSON(); err == nil {
			in += len(schema) + len(t.Description)
		}
	}
	out = len(reply.Text)
	for _, call := range reply.Calls {
		out += len(call.Arguments) + len(call.Name)
	}
	return Usage{Prompt: int64(in/4 + 1), Completion: int64(out/4 + 1), Estimated: true}
}

func (c *Client) how() manner {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.manner
}

// once asks once.
func (c *Client) once(ctx context.Context, x *exchange, r openai.ChatCompletionRequest, how manner, onText func(string)) (Reply, error) {
	a := &answer{maxText: c.cfg.MaxText}
	if how.whole {
		r.StreamOptions = nil
		if _, err := c.api.CreateChatCompletion(ctx, r); err != nil && len(x.plain) == 0 {
			return Reply{}, err
		}
		return a.one(x.plain, onText)
	}
	stream, err := c.api.CreateChatCompletionStream(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	defer func() { _ = stream.Close() }()
	if len(x.plain) > 0 {
		return a.one(x.plain, onText)
	}
	for !a.full {
		raw, err := stream.RecvRaw()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Reply{}, err
		}
		text, err := a.take(raw)
		if err != nil {
			return Reply{}, err
		}
		if text != "" && onText != nil {
			onText(text)
		}
	}
	return a.reply(x.ended)
}

// one reads an answer that came as a whole.
func (a *answer) one(raw []byte, onText func(string)) (Reply, error) {
	text, err := a.take(raw)
	if err != nil {
		return Reply{}, err
	}
	if text != "" && onText != nil {
		onText(text)
	}
	return a.reply(true)
}

// request writes a request as the server wants it.
func request(model string, r Request, k kind, how manner) openai.ChatCompletionRequest {
	out := openai.ChatCompletionRequest{Model: model, StreamOptions: &openai.StreamOptions{IncludeUsage: true}}
	if how.noUsage {
		out.StreamOptions = nil
	}
	if (k == compatible || how.oldTokens) && !how.newTokens {
		out.MaxTokens = r.MaxTokens //nolint:staticcheck // compatible servers know no other
	} else {
		out.MaxCompletionTokens = r.MaxTokens
	}
	for _, m := range r.Messages {
		message := openai.ChatCompletionMessage{Role: string(m.Role), Content: m.Text, ToolCallID: m.CallID}
		for _, call := range m.Calls {
			message.ToolCalls = append(message.ToolCalls, openai.ToolCall{
				ID: call.ID, Type: openai.ToolTypeFunction, Function: openai.FunctionCall{Name: call.Name, Arguments: call.Arguments},
			})
		}
		out.Messages = append(out.Messages, message)
	}
	for _, t := range r.Tools {
		out.Tools = append(out.Tools, openai.Tool{
			Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{Name: t.Name, Description: t.Description, Parameters: t.Parameters},
		})
	}
	// Some models call tools here only if they do not reason.
	if len(out.Tools) > 0 && errors.Is(openai.NewReasoningValidator().Validate(out), openai.ErrReasoningToolsRequireResponses) {
		out.ReasoningEffort = openai.ReasoningEffortNone
	}
	return out
}

// The words in which servers say what they do not take.
var (
	saysStream    = regexp.MustCompile(`(?i)stream`)
	saysUsage     = regexp.MustCompile(`(?i)stream_options|include_usage`)
	saysMaxTokens = regexp.MustCompile(`(?i)\bmax_tokens\b`)
	saysNewTokens = regexp.MustCompile(`(?i)max_completion_tokens`)
	saysNot       = regexp.MustCompile(`(?i)not support|unsupported|not permitted|not allowed|unrecogni[sz]ed|unknown|unexpected|extra (fields|inputs)|additional properties|invalid|not implemented|cannot|must be false`)
)

// learn reads from a refusal how the server wants to be asked; true if it is worth asking
// again.
func (c *Client) learn(x *exchange, err error, how manner) bool {
	if x.status != 400 && x.status != 404 && x.status != 405 && x.status != 415 && x.status != 422 && x.status != 501 {
		return false
	}
	text := refusalText(err)
	if !saysNot.MatchString(text) {
		return false
	}
	now := how
	switch {
	case saysUsage.MatchString(text):
		now.noUsage = true
	case saysMaxTokens.MatchString(text) && (saysNewTokens.MatchString(text) && c.kind == compatible || !saysNewTokens.MatchString(text)):
		now.newTokens, now.oldTokens = true, false
	case saysNewTokens.MatchString(text):
		now.oldTokens, now.newTokens = true, false
	case saysStream.MatchString(text):
		now.whole = true
	}
	if now == how {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.manner = now
	return true
}

// refusalText is the text in which a server refused.
func refusalText(err error) string {
	if e, ok := errors.AsType[*openai.APIError](err); ok {
		return e.Message
	}
	if e, ok := errors.AsType[*openai.RequestError](err); ok {
		return cut(string(e.Body), 4000)
	}
	if e, ok := errors.AsType[*faultError](err); ok {
		return e.text
	}
	return ""
}

// pause says how long to wait before the next attempt, and whether there should be one.
func pause(failed *aoc.Error, n int) (time.Duration, bool) {
	if !errors.Is(failed, errAgain) {
		return 0, false
	}
	if failed.RetryAfter > 0 {
		return failed.RetryAfter, failed.RetryAfter <= longestWait
	}
	ceiling := min(firstWait<<(n-1), longestWait)
	return ceiling/2 + time.Duration(rand.Int64N(int64(ceiling/2)+1)), true //nolint:gosec // when to ask again is no secret
}

// tidy makes a text of a server fit for a message: one line, no secret-like words, so long.
func tidy(text string, most int) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x206f || r == 0xfeff || r >= 0xe0000 {
			return ' '
		}
		return r
	}, text)), " ")
	return cut(text, most)
}
