package m365

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"aoc"
)

const (
	opRequest = "m365.request"

	maxFaultBody = 64 << 10
	maxJSONBody  = 32 << 20

	firstBackOff = time.Second
	maxBackOff   = time.Minute
)

// Request is one request to a service. It can be sent again as it is.
type Request struct {
	API   API
	Class Class // empty: subject to no pacing
	// Method is GET when empty.
	Method string
	// Path with query, below the service's address: "/v1.0/auditLogs/signIns?$top=1000".
	Path string
	// Link, when set, takes the place of Path: an absolute address that upstream sent,
	// followed byte for byte if it leads to the same service and tenant.
	Link string
	Body []byte // JSON
	// Header is added to the request.
	Header http.Header
	// MaxWait overrides the client's.
	MaxWait time.Duration
	// Permission is the remedy to tell when access is refused without a reason.
	Permission string
}

// Response is a successful answer. Its body must be closed; a body that breaks off fails
// with code upstream, and never looks like an end.
type Response struct {
	Status int
	Header http.Header
	Body   io.ReadCloser
}

// Do sends a request until it is answered with success, within the client's bounds, and
// gives the answer for streaming. Errors are [*aoc.Error]: throttled (RetryAfter is set),
// unauthenticated, forbidden, not_found (only where the Management API says that content
// is gone for good), conflict, invalid, upstream, unavailable. Upstream holds Microsoft's
// code and Hint the remedy.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	target, err := c.target(r)
	if err != nil {
		return nil, err
	}
	r.MaxWait = orDefault(r.MaxWait, c.cfg.MaxWait)
	renewed := false
	for n := 1; ; n++ {
		token, response, failed := c.attempt(ctx, r, target.String())
		if failed == nil {
			return response, nil
		}
		secrets{token}.scrub(failed.err)
		if r.Permission != "" && failed.err.Hint == hintPermission {
			failed.err.Hint = r.Permission
		}
		if failed.verdict == renewOnce {
			if renewed || failed.err.Code == aoc.CodeForbidden && c.tokens[r.API].isFresh(token) {
				return nil, failed.err
			}
			renewed = true
			asked, err := c.tokens[r.API].renew(ctx, token)
			if asked {
				c.cfg.Observer.SignedIn(r.API, err)
			}
			if err == nil {
				continue
			}
			failed = tokenFailure(err)
		}
		if err := c.pause(ctx, r, n, failed); err != nil {
			return nil, err
		}
	}
}

// pause waits before another attempt after n of them, or gives the error to end with.
func (c *Client) pause(ctx context.Context, r Request, n int, failed *failure) error {
	if failed.verdict == giveUp || failed.verdict == renewOnce {
		return failed.err
	}
	said := failed.err.RetryAfter
	reason := WaitFailed
	if failed.verdict == slowDown {
		reason = WaitThrottled
		c.pacer(r.Class).throttled(said)
	}
	wait := said
	if wait == 0 {
		wait = backOff(n, firstBackOff, maxBackOff, c.cfg.Random)
	}
	if n >= c.cfg.Attempts || wait > r.MaxWait {
		if failed.verdict == slowDown && said == 0 {
			failed.err.RetryAfter = maxBackOff
		}
		if failed.verdict == tryAgain && wait > r.MaxWait {
			failed.err.Code = aoc.CodeThrottled
		}
		return failed.err
	}
	c.cfg.Observer.Waited(r.API, r.Class, reason, wait)
	c.cfg.Logger.DebugContext(ctx, "trying again after a failed request", "api", string(r.API), "class", string(r.Class),
		"attempt", n, "wait", wait, "upstream", failed.err.Upstream, "cause", failed.err.Cause)
	if err := c.cfg.Clock.Sleep(ctx, wait); err != nil {
		return cancelled(ctx, opRequest)
	}
	return nil
}

// attempt sends a request once. The token is given back so that it can be renewed.
func (c *Client) attempt(ctx context.Context, r Request, target string) (string, *Response, *failure) {
	token, asked, err := c.tokens[r.API].get(ctx)
	if asked {
		c.cfg.Observer.SignedIn(r.API, err)
	}
	if err != nil {
		return "", nil, tokenFailure(err)
	}
	pacer := c.pacer(r.Class)
	if err := pacer.wait(ctx, r.MaxWait, func(d time.Duration) { c.cfg.Observer.Waited(r.API, r.Class, WaitPaced, d) }); err != nil {
		if ctx.Err() != nil {
			return token, nil, &failure{err: cancelled(ctx, opRequest)}
		}
		return token, nil, &failure{err: asError(err)}
	}
	response, failed := c.send(ctx, r, target, token)
	if failed == nil {
		pacer.succeeded()
	}
	return token, response, failed
}

// tokenFailure judges a failed sign-in by its code: what may pass is tried again.
func tokenFailure(err error) *failure {
	out := &failure{err: asError(err)}
	switch out.err.Code {
	case aoc.CodeThrottled, aoc.CodeUnavailable:
		out.verdict = tryAgain
	}
	return out
}

// asError gives the [*aoc.Error] that everything in this package fails with.
func asError(err error) *aoc.Error {
	if known, ok := errors.AsType[*aoc.Error](err); ok {
		return known
	}
	return &aoc.Error{Code: aoc.CodeInternal, Op: opRequest, Message: "the request failed", Cause: err}
}

func (c *Client) pacer(class Class) *pacer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if class == "" {
		return newPacer(class, c.cfg.Clock)
	}
	p, ok := c.pacers[class]
	if !ok {
		p = newPacer(class, c.cfg.Clock)
		c.pacers[class] = p
	}
	return p
}

func (c *Client) send(ctx context.Context, r Request, target, token string) (*Response, *failure) {
	inner, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(c.cfg.Stall, func() { cancel(errStalled) })
	done := func() { watch.Stop(); cancel(nil) }

	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	request, err := http.NewRequestWithContext(inner, method, target, bytes.NewReader(r.Body))
	if err != nil {
		done()
		return nil, &failure{err: &aoc.Error{Code: aoc.CodeInvalid, Op: opRequest, Message: "the request is malformed", Cause: err}}
	}
	for k, vs := range r.Header {
		request.Header[http.CanonicalHeaderKey(k)] = vs
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/json")
	if c.cfg.UserAgent != "" {
		request.Header.Set("User-Agent", c.cfg.UserAgent)
	}
	if len(r.Body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}

	began := c.cfg.Clock.Now()
	response, err := c.cfg.HTTP.Do(request) //nolint:bodyclose // newBody closes it
	watch.Stop()
	status := 0
	if response != nil && err == nil {
		status = response.StatusCode
	}
	c.cfg.Observer.Attempted(r.API, r.Class, status, c.cfg.Clock.Now().Sub(began))
	if err != nil {
		if errors.Is(context.Cause(inner), errStalled) {
			err = errStalled
		}
		done()
		failed := judgeTransport(ctx, opRequest, r.API.title(), err)
		return nil, &failed
	}
	answer := newBody(response.Body, inner, cancel, watch, c.cfg.Stall, func(n int) { c.cfg.Observer.Received(r.API, r.Class, n) })
	if status >= 200 && status < 300 {
		return &Response{Status: status, Header: response.Header, Body: answer}, nil
	}
	defer func() { _ = answer.Close() }()
	said, _ := io.ReadAll(io.LimitReader(answer, maxFaultBody)) // the status alone decides if it breaks off
	failed := judgeAnswer(opRequest, r.API, status, response.Header, said, c.cfg.Clock.Now())
	return nil, &failed
}

// JSON sends a request and decodes its answer, of at most 32 MiB, into out.
func (c *Client) JSON(ctx context.Context, r Request, out any) error {
	response, err := c.Do(ctx, r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxJSONBody+1))
	if err != nil {
		return err
	}
	if len(data) > maxJSONBody {
		return aoc.Errorf(aoc.CodeUpstream, opRequest, "an answer of %s is too large", r.API.title())
	}
	if err := json.Unmarshal(data, out); err != nil {
		return aoc.Wrap(err, aoc.CodeUpstream, opRequest, "an answer of "+r.API.title()+" is not the JSON it should be")
	}
	return nil
}
