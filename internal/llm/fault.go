package llm

import (
	"context"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"

	"aoc"
)

const op = "llm.chat"

// errAgain marks faults that may be gone at the next attempt.
var errAgain = errors.New("may be gone soon")

// cause is what the log keeps of a fault, without secrets.
type cause struct {
	text string
	also []error
}

func (c *cause) Error() string { return c.text }

func (c *cause) Unwrap() []error { return c.also }

// noTools are the words in which servers say that a model calls no tools.
var noTools = regexp.MustCompile(`(?i)(does not|doesn't|do not|not) support(ed)?( for)?( the)?( use of)?[^.]{0,40}(tool|function)|(tool|function)s?[ _-]?(use|call(s|ing)?|choice|param)?[^.]{0,60}(not (supported|available|enabled|permitted|allowed)|unsupported|requires? --)|no endpoints found that support tool|unsupported (parameter|value)[^.]{0,20}tools?\b|extra (inputs|fields)[^.]{0,60}tools?\b|(unrecogni[sz]ed|unknown|unexpected)[^.]{0,40}\btools?\b`)

var tooLong = regexp.MustCompile(`(?i)context[_ ](length|window|size)|maximum context|too many tokens|prompt is too long|exceeds? the (available|maximum)`)

// judge makes an error of a fault. Text that came from the server goes into the cause, for the
// log, with secrets taken out.
func (c *Client) judge(ctx context.Context, x *exchange, err error, withTools bool) *aoc.Error {
	if known, ok := errors.AsType[*aoc.Error](err); ok { // of the source of tokens, or of the egress policy
		return known
	}
	text := refusalText(err)
	kept := &cause{text: c.scrub(tidy(err.Error(), 600))}
	out := &aoc.Error{Code: aoc.CodeUpstream, Op: op, Cause: kept}
	switch {
	case ctx.Err() != nil:
		out.Code, out.Message = aoc.CodeUnavailable, "the language model was not waited for any longer"
		kept.also = append(kept.also, ctx.Err())
	case errors.Is(context.Cause(x.ctx), errStalled) && !errors.Is(err, openai.ErrTooManyEmptyStreamMessages):
		out.Message = "the language model has sent nothing for " + c.cfg.Timeout.String()
		out.Hint = "Try again, or set LLM_TIMEOUT_SECONDS higher if the model takes long to begin."
	case errors.Is(err, openai.ErrReasoningEffortUnsupported), errors.Is(err, openai.ErrReasoningToolsRequireResponses):
		out.Message, kept.also = "the model calls no tools here", []error{ErrNoTools}
	case errors.Is(err, errFiltered), x.status == 400 && isFilter(err, text):
		out.Message = "the content filter of the language model's provider stopped the answer"
		out.Hint = "Ask in other words, or look at the filter of the deployment."
	case errors.Is(err, errRefused):
		out.Message = "the language model refused to answer"
	case errors.Is(err, errTooMuch):
		out.Message = "the language model sent more than is read"
	case errors.Is(err, errCutOff):
		out.Message = "the answer of the language model broke off before its end"
	case errors.Is(err, errEmpty):
		out.Message = "the language model's answer is empty"
		out.Hint = "It may have used up its tokens by reasoning, or not know how to call tools: set another LLM_MODEL."
	case errors.Is(err, errNoModel), errors.Is(err, errRedirect), errors.Is(err, errJSON):
		out.Message = "what answers at LLM_BASE_URL does not answer as a language model"
		out.Hint = "LLM_BASE_URL has to be the address in front of /chat/completions, such as http://localhost:11434/v1."
	case x.status >= 400:
		c.judgeStatus(out, kept, x, text, withTools)
	case errors.Is(err, errFault):
		out.Message = "the language model told of a fault"
		kept.also = append(kept.also, errAgain)
		if withTools && noTools.MatchString(text) {
			kept.also = []error{ErrNoTools}
		}
	case x.started:
		out.Message = "the answer of the language model broke off before its end"
	default:
		out.Code, out.Message = aoc.CodeUnavailable, "nobody answers at "+c.provider
		out.Hint = "Check LLM_BASE_URL, that the server runs, and AOC_OUTGOING_ALLOWED."
		kept.also = append(kept.also, errAgain)
	}
	return out
}

// isFilter reports whether a refusal is a content filter's.
func isFilter(err error, text string) bool {
	if e, ok := errors.AsType[*openai.APIError](err); ok && e.Code == "content_filter" {
		return true
	}
	return strings.Contains(strings.ToLower(text), "content management policy")
}

func (c *Client) judgeStatus(out *aoc.Error, kept *cause, x *exchange, text string, withTools bool) {
	switch {
	case withTools && x.status != 401 && x.status != 403 && x.status != 429 && noTools.MatchString(text):
		out.Message, kept.also = "the model calls no tools", []error{ErrNoTools}
		out.Hint = "Set LLM_MODEL to one that supports tools."
	case x.status == 401:
		out.Message, out.Hint = "the language model's provider does not accept the key", "Set LLM_API_KEY, or LLM_API_KEY_FILE, to a valid one."
		if c.cfg.Tokens != nil {
			out.Hint = "Give the identity of AOC the role Cognitive Services OpenAI User on the resource, or set LLM_API_KEY and AOC_LLM_AZURE_ENTRA=false."
		}
	case x.status == 403:
		out.Message, out.Hint = "the language model's provider lets this key do nothing here", "Check the rights of LLM_API_KEY, and from where the provider may be asked."
	case x.status == 404:
		out.Message, out.Hint = "the language model's server does not know this model", "Set LLM_MODEL to one that it has (for Azure, the name of the deployment), and check LLM_BASE_URL."
	case x.status == 408 || x.status == 409:
		out.Message, kept.also = "the language model's server was too busy", []error{errAgain}
	case x.status == 429:
		out.Code, out.Message = aoc.CodeThrottled, "the language model's provider takes no more requests at the moment"
		out.Hint = "Try again later; the provider's quota may be used up."
		out.RetryAfter = retryAfter(x.header, c.cfg.Clock.Now())
		if !strings.Contains(strings.ToLower(text), "quota") || out.RetryAfter > 0 {
			kept.also = []error{errAgain}
		}
	case x.status >= 500:
		out.Message, kept.also = "the language model's server has a fault (HTTP "+strconv.Itoa(x.status)+")", []error{errAgain}
		out.RetryAfter = retryAfter(x.header, c.cfg.Clock.Now())
	case tooLong.MatchString(text):
		out.Message, kept.also = "the conversation is too long for the language model", []error{ErrTooLong}
		out.Hint = "Ask about less, or set LLM_MODEL to one that takes more."
	default:
		out.Message = "the language model's server refused the request (HTTP " + strconv.Itoa(x.status) + ")"
		out.Hint = "The log has what it said. Check LLM_MODEL and LLM_BASE_URL."
	}
}

// retryAfter reads how long a server asks to wait; zero when it does not say.
func retryAfter(header http.Header, now time.Time) time.Duration {
	const most = 24 * time.Hour
	if ms, err := strconv.ParseFloat(header.Get("Retry-After-Ms"), 64); err == nil && ms >= 0 {
		return time.Duration(math.Min(ms, float64(most/time.Millisecond)) * float64(time.Millisecond))
	}
	value := header.Get("Retry-After")
	if s, err := strconv.ParseFloat(value, 64); err == nil && s >= 0 {
		return time.Duration(math.Min(s, most.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), most)
	}
	return 0
}

// keyLike are words that look like keys, also shortened ones that providers repeat.
var keyLike = regexp.MustCompile(`(?i)\b(sk|pk|gsk|xai|api|key)-[a-z0-9_*.-]{6,}|\beyJ[A-Za-z0-9_.-]{20,}|bearer +[^\s"]+`)

// scrub takes secrets out of a text.
func (c *Client) scrub(text string) string {
	if key := c.cfg.APIKey; len(key) > 3 {
		text = strings.ReplaceAll(text, key, "********")
	}
	return keyLike.ReplaceAllString(text, "********")
}
