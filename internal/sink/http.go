package sink

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aoc"
)

// maxAnswer bounds how much of an answer is read, in bytes: that of a bulk request tells of
// each of its items.
const maxAnswer = 16 << 20

// Answer is what a receiver said to a request.
type Answer struct {
	Status     int
	Body       []byte
	RetryAfter time.Duration // 0 if it did not say
}

// Request is a request by HTTP to a receiver.
type Request struct {
	Op      string // for errors: "webhook.send"
	URL     string
	Type    string // of the body
	Headers []Header
	Body    []byte
	Gzipped bool          // Body is
	Timeout time.Duration // for all of it
}

// Post sends a request and reads the answer, whatever its status. Its error, code
// unavailable or invalid, holds neither the address nor anything secret.
func Post(ctx context.Context, d *Deps, r Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Answer{}, aoc.Errorf(aoc.CodeInvalid, r.Op, "the address is not one that a request can be sent to")
	}
	req.Header.Set("User-Agent", "aoc/"+d.Version)
	req.Header.Set("Content-Type", r.Type)
	if r.Gzipped {
		req.Header.Set("Content-Encoding", "gzip")
	}
	for _, h := range r.Headers {
		req.Header.Set(h.Name, h.Value)
	}
	res, err := d.HTTP.Do(req)
	if err != nil {
		return Answer{}, Unreachable(r.Op, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return Answer{}, Unreachable(r.Op, err)
	}
	if len(body) > maxAnswer {
		return Answer{}, aoc.Errorf(aoc.CodeUpstream, r.Op, "the receiver's answer is longer than %d MiB", maxAnswer>>20)
	}
	return Answer{Status: res.StatusCode, Body: body, RetryAfter: retryAfter(res.Header.Get("Retry-After"), d.Time().Now())}, nil
}

// Unreachable makes the error of a connection that could not be made or broke. Where AOC's
// operator does not let it go there, that is what it says.
func Unreachable(op string, err error) error {
	if e, ok := errors.AsType[*aoc.Error](err); ok {
		return &aoc.Error{Code: e.Code, Op: op, Message: e.Message, Hint: e.Hint}
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // the address may hold a token
	}
	e := &aoc.Error{Code: aoc.CodeUnavailable, Op: op, Message: "the receiver cannot be reached, or the connection broke", Cause: err}
	e.Hint = "Look whether the receiver runs, its address is right and its certificate is trusted. Nothing is lost meanwhile: it is sent later."
	if errors.Is(err, context.DeadlineExceeded) {
		e.Message = "the receiver did not answer in time"
	}
	return e
}

// retryAfter reads the header of that name, in seconds or as a date; 0 for nothing.
func retryAfter(value string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// Verdict is what a status means for what was sent.
type Verdict int

// The verdicts.
const (
	Taken   Verdict = iota
	Refused         // as it is: a record alone is a rejection, several are sent in parts
	Again           // later
)

// Judge tells what a status means. Those that speak of the address or of who may send, not of
// what was sent, call for a person, and everything is kept until then.
func Judge(status int) Verdict {
	switch status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusProxyAuthRequired, http.StatusRequestTimeout,
		http.StatusGone, http.StatusUnsupportedMediaType, http.StatusMisdirectedRequest, http.StatusLocked,
		http.StatusTooEarly, http.StatusUpgradeRequired, http.StatusTooManyRequests, http.StatusRequestHeaderFieldsTooLarge:
		return Again
	}
	switch {
	case status >= 200 && status < 300:
		return Taken
	case status >= 400 && status < 500:
		return Refused
	}
	return Again
}

// Fault makes the error of an answer that is not what it should be.
func Fault(op string, a Answer) error {
	e := aoc.Errorf(aoc.CodeUpstream, op, "the receiver answered with status %d%s", a.Status, said(a.Body))
	e.RetryAfter = a.RetryAfter
	switch {
	case a.Status == http.StatusTooManyRequests:
		e.Code, e.Hint = aoc.CodeThrottled, "The receiver takes no more for now; AOC goes on by itself."
	case a.Status == http.StatusUnauthorized:
		e.Code, e.Hint = aoc.CodeUnauthenticated, "The receiver does not accept the secret: look whether it is the right one and still valid."
	case a.Status == http.StatusForbidden:
		e.Code, e.Hint = aoc.CodeForbidden, "The receiver does not let AOC write there: give the identity behind the secret that right."
	case a.Status == http.StatusServiceUnavailable || a.Status == http.StatusRequestTimeout || a.Status == http.StatusTooEarly:
		e.Code, e.Hint = aoc.CodeUnavailable, "The receiver is busy or starting; AOC goes on by itself."
	case a.Status >= 300 && a.Status < 400:
		e.Code, e.Hint = aoc.CodeInvalid, "The address has moved; AOC follows no redirects. Set the address that it has now."
	case a.Status >= 400 && a.Status < 500:
		e.Code, e.Hint = aoc.CodeInvalid, "Look at the address and the settings: the receiver does not take what is sent there."
	default:
		e.Hint = "The receiver has a fault; its log says more. AOC goes on by itself."
	}
	return e
}

// said is the beginning of a receiver's own words.
func said(body []byte) string {
	if text := Clean(string(body)); text != "" {
		return ": " + text
	}
	return ""
}

// maxReason bounds a receiver's words, in bytes.
const maxReason = 300

// Clean makes a receiver's words fit to be kept and shown: one line, of bounded length.
func Clean(text string) string {
	if len(text) > 4*maxReason {
		text = text[:4*maxReason]
	}
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if isControl(r) || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))), " ")
	if len(text) <= maxReason {
		return text
	}
	n := maxReason
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

// Reason is why a record was refused, from the answer to it alone.
func Reason(a Answer) string { return fmt.Sprintf("status %d%s", a.Status, said(a.Body)) }

// Gzip packs a body.
func Gzip(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), aoc.Wrap(err, aoc.CodeInternal, "sink.gzip", "a batch could not be packed")
}
