package m365

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"aoc"
)

// failure is one failed attempt: what to tell the caller and what to do about it.
type failure struct {
	err     *aoc.Error
	verdict verdict
}

func (r remedy) failure(op, upstream string) failure {
	return failure{verdict: r.verdict, err: &aoc.Error{
		Code: r.code, Op: op, Message: r.message, Hint: r.hint, Upstream: upstream,
	}}
}

// judgeAnswer classifies an error answer of a service. body is what could be read of it.
func judgeAnswer(op string, api API, status int, header http.Header, body []byte, now time.Time) failure {
	f := parseFault(body)
	r := answerRemedy(api, status, f)
	upstream := f.Code
	if !f.Coded || !codeShape.MatchString(upstream) || r == auditingOff {
		upstream = "HTTP " + strconv.Itoa(status)
	}
	out := r.failure(op, upstream)
	if r.verdict == slowDown || r.verdict == tryAgain {
		out.err.RetryAfter = retryAfter(header, f.Message, now)
	}
	cause := "HTTP " + strconv.Itoa(status)
	if s := f.summary(); s != "" {
		cause += ": " + s
	}
	if id := header.Get("request-id"); id != "" {
		cause += " (request-id " + id + ")"
	}
	out.err.Cause = errors.New(cause)
	return out
}

// codeShape is how a code looks. What does not is a sentence, or worse.
var codeShape = regexp.MustCompile(`^[A-Za-z0-9_.]{1,100}$`)

func answerRemedy(api API, status int, f fault) remedy {
	if f.auditingOff() && api == Manage {
		return auditingOff
	}
	if r, ok := activityRemedies[f.Code]; ok && (api == Manage || f.Code == "429") {
		return r
	}
	if strings.HasPrefix(f.Code, "AF5") {
		return activityFault
	}
	for _, code := range []string{f.Code, f.Inner} {
		if r, ok := graphRemedies[strings.ToLower(code)]; ok {
			return r
		}
	}
	return statusRemedy(api, status, f)
}

// statusRemedy judges by HTTP status what no code explains.
func statusRemedy(api API, status int, f fault) remedy {
	service := api.title()
	switch {
	case status == http.StatusTooManyRequests:
		return remedy{aoc.CodeThrottled, slowDown, service + " refuses requests for now: there were too many", hintWait}
	case status == http.StatusUnauthorized:
		return remedy{aoc.CodeUnauthenticated, renewOnce, service + " did not accept the token",
			"Check AOC_CLOUD, overridden addresses and this machine's clock: the token is for another service or time."}
	case status == http.StatusForbidden && strings.Contains(strings.ToLower(f.Message), "allowed roles"):
		return graphRemedies["authentication_requestfromunsupporteduserrole"]
	case status == http.StatusForbidden && strings.Contains(strings.ToLower(f.Message), "premium license"):
		return graphRemedies["authentication_requestfromnonpremiumtenantorb2ctenant"]
	case status == http.StatusForbidden && api == Graph && strings.Contains(strings.ToLower(f.Message), "not licensed"):
		return remedy{aoc.CodeForbidden, renewOnce, "the tenant has no licence for this report", hintPermission}
	case status == http.StatusForbidden && api == Manage:
		return remedy{aoc.CodeForbidden, renewOnce, service + " refuses access", hintActivityPermission}
	case status == http.StatusForbidden:
		return remedy{aoc.CodeForbidden, renewOnce, service + " refuses access", hintPermission}
	case status == http.StatusRequestTimeout, status == http.StatusBadGateway,
		status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		return remedy{aoc.CodeUnavailable, tryAgain, service + " is not available now", hintWait}
	case status >= 500:
		return remedy{aoc.CodeUpstream, tryAgain, service + " had an internal error", hintWait}
	case status >= 300 && status < 400:
		return remedy{aoc.CodeUpstream, giveUp, service + " sent the request elsewhere, which is not followed",
			"Check overridden addresses, and whether a proxy wants a sign-in."}
	case status == http.StatusNotFound:
		// Never not_found: only the API's own word (AF20050 to AF20052) makes a loss of it.
		return remedy{aoc.CodeUpstream, giveUp, service + " does not know this address",
			"Check AOC_CLOUD and overridden addresses; not every cloud has every feed."}
	}
	return remedy{aoc.CodeUpstream, giveUp, service + " did not accept the request", hintReport}
}

// judgeTransport classifies a request that got no answer. Nothing of the address is kept
// but the host: it can hold continuation tokens.
func judgeTransport(ctx context.Context, op, service string, err error) failure {
	if ctx.Err() != nil {
		return failure{verdict: giveUp, err: cancelled(ctx, op)}
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	out := remedy{aoc.CodeUnavailable, tryAgain, service + " cannot be reached",
		"Check the network, DNS, proxy and firewall between this machine and the service."}.failure(op, "")
	if isCertificateProblem(err) {
		out.verdict = giveUp
		out.err.Message = "the certificate of " + service + " is not trusted"
		out.err.Hint = "If a proxy inspects TLS, give its certificate authority in the CA file setting."
	}
	out.err.Cause = err
	return out
}

func isCertificateProblem(err error) bool {
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	return errors.As(err, &authority) || errors.As(err, &invalid) || errors.As(err, &host)
}

func cancelled(ctx context.Context, op string) *aoc.Error {
	return &aoc.Error{Code: aoc.CodeUnavailable, Op: op, Message: "the request was given up", Cause: ctx.Err()}
}

// judgeSignIn classifies an error answer of the token endpoint.
func judgeSignIn(op string, status int, header http.Header, body []byte, now time.Time) failure {
	f := parseFault(body)
	number, r := signInRemedy(status, f)
	upstream := f.Code
	if number != 0 {
		upstream = "AADSTS" + strconv.Itoa(number)
	}
	if !codeShape.MatchString(upstream) {
		upstream = "HTTP " + strconv.Itoa(status)
	}
	out := r.failure(op, upstream)
	out.err.Message = "sign-in to Microsoft Entra failed: " + r.message
	if r.verdict == slowDown || r.verdict == tryAgain {
		out.err.RetryAfter = retryAfter(header, "", now)
	}
	out.err.Cause = errors.New("HTTP " + strconv.Itoa(status) + ": " + f.summary())
	return out
}

func signInRemedy(status int, f fault) (int, remedy) {
	number := 0
	numbers := f.Numbers
	for _, m := range signInCode.FindAllStringSubmatch(f.Message, 4) {
		n, _ := strconv.Atoi(m[1]) // digits only, by the pattern
		numbers = append(numbers, n)
	}
	for _, n := range numbers {
		if r, ok := signInRemedies[n]; ok {
			return n, r
		}
		if number == 0 {
			number = n
		}
	}
	switch {
	case status == http.StatusTooManyRequests:
		return number, signInRemedies[90055]
	case status == http.StatusRequestTimeout, status >= 500:
		return number, remedy{aoc.CodeUnavailable, tryAgain, "sign-in is not available now", hintWait}
	}
	if r, ok := oauthRemedies[strings.ToLower(f.Code)]; ok {
		return number, r
	}
	return number, remedy{aoc.CodeUnauthenticated, giveUp, "the sign-in was not accepted",
		"Look the code up at https://login.microsoftonline.com/error and check TENANT_ID, CLIENT_ID and the credential."}
}

// secrets are texts that must not leave the process in an error or a log line.
type secrets []string

// shortestSecret spares texts that are no secrets, such as an empty password.
const shortestSecret = 4

// scrub takes secrets out of what an error says, plain and as they look in a form.
func (s secrets) scrub(err *aoc.Error) {
	if s.clean(err.Upstream) != err.Upstream {
		err.Upstream = ""
	}
	if err.Cause == nil || errors.Is(err.Cause, context.Canceled) || errors.Is(err.Cause, context.DeadlineExceeded) {
		return
	}
	before := err.Cause.Error()
	if after := s.clean(before); after != before {
		err.Cause = errors.New(after)
	}
}

func (s secrets) clean(text string) string {
	for _, secret := range s {
		if len(secret) < shortestSecret {
			continue
		}
		text = strings.ReplaceAll(text, secret, "[secret]")
		text = strings.ReplaceAll(text, url.QueryEscape(secret), "[secret]")
	}
	return bearer.ReplaceAllString(text, "[token]")
}

// bearer matches a JSON Web Token, complete or cut off.
var bearer = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){0,2}`)
