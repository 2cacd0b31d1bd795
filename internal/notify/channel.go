package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"net/url"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/sink"
)

// Channel hands messages to one receiver. It is used by one goroutine at a time.
type Channel interface {
	// Send hands a message over and returns when the receiver has taken it, as far as its
	// protocol tells. Everything in a message is plain text, which the channel escapes for
	// its receiver. Messages can come twice; those that tell the same have the same key.
	// Codes: throttled (with RetryAfter), unauthenticated, forbidden, invalid (only a person
	// can help), upstream (the receiver answered with a fault), unavailable. A [*Refusal]
	// says that the receiver does not take this message, a [*Partial] that it did, though
	// not for everybody.
	Send(ctx context.Context, m *Message) error
}

// Refusal says that a receiver works, and does not take what was sent.
type Refusal struct{ Err error }

func (r *Refusal) Error() string { return r.Err.Error() }

func (r *Refusal) Unwrap() error { return r.Err }

// Partial says that a receiver took a message, though not for everybody: it counts as sent.
type Partial struct{ Err error }

func (p *Partial) Error() string { return p.Err.Error() }

func (p *Partial) Unwrap() error { return p.Err }

// IsPartial reports whether an error says so.
func IsPartial(err error) bool {
	_, ok := errors.AsType[*Partial](err)
	return ok
}

// Message is what is sent.
type Message struct {
	// Key is the same for messages that tell the same: the id of the alert, or a hash of several.
	Key   string
	Title string // one line
	Body  string // several lines
	// Link is where to look at it in AOC; empty where nobody has said where that is.
	Link     string
	Severity aoc.Severity // the highest
	// Alerts are those that it tells of, most important first: none in a test. Text names
	// the first of them only.
	Alerts []*aoc.Alert
	Test   bool
}

// KindSpec describes a kind of notifier.
type KindSpec struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	// Help says what people should know before they choose it.
	Help     string         `json:"help"`
	Settings []sink.Setting `json:"settings"`
}

// Kind is a kind of notifier: what people need to know to set one up, and how it is made.
type Kind struct {
	Spec KindSpec
	// Make makes a channel without asking the receiver anything. Code invalid for settings
	// that do not fit together.
	Make func(v sink.Values, d Deps) (Channel, error)
}

// Deps is what the program gives every channel.
type Deps struct {
	sink.Deps
	// Allowed reports whether requests may be sent to an address, as far as can be told
	// before. Code invalid.
	Allowed func(address string) error
	// TLS is what connections other than HTTP's are made with; nil: the usual.
	TLS *tls.Config
}

// SecretAddress gives the address that is a secret: whoever knows it may post there. Code
// invalid; neither address nor secret is in the error.
func (d *Deps) SecretAddress(v sink.Values, setting string) (string, error) {
	address := strings.TrimSpace(v.Secret(setting))
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", wrong("settings.%s: the secret %q is not an address that begins with https://", setting, v.Text(setting))
	}
	if err := d.Allowed(address); err != nil {
		e := aoc.Errorf(aoc.CodeInvalid, "notify.check", "settings.%s: %s", setting, aoc.MessageOf(err))
		e.Hint = aoc.HintOf(err)
		return "", e
	}
	return address, nil
}

// guarded is a channel none of whose errors tells a secret.
type guarded struct {
	Channel
	scrub scrubber
}

// Send implements [Channel].
func (g *guarded) Send(ctx context.Context, m *Message) error {
	return g.scrub.error(g.Channel.Send(ctx, m))
}

// scrubber takes secrets out of texts.
type scrubber struct{ replacer *strings.Replacer }

// hidden stands for a secret.
const hidden = "[secret]"

// shortSecret is the length, in bytes, below which a part of an address is not taken for one.
const shortSecret = 8

func newScrubber(v sink.Values) scrubber {
	var secrets []string
	for _, s := range v.Secrets() {
		secrets = append(secrets, s, url.QueryEscape(s), url.PathEscape(s))
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			secrets = append(secrets, addressParts(u)...)
		}
	}
	secrets = slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // the longest first
	pairs := make([]string, 0, 2*len(secrets))
	for _, s := range secrets {
		pairs = append(pairs, s, hidden)
	}
	return scrubber{strings.NewReplacer(pairs...)}
}

// addressParts are the parts of an address that a receiver may repeat.
func addressParts(u *url.URL) (parts []string) {
	for _, part := range append(strings.Split(u.Path, "/"), u.RequestURI(), u.EscapedPath(), u.Path, u.RawQuery) {
		if len(part) >= shortSecret {
			parts = append(parts, part, url.QueryEscape(part))
		}
	}
	for _, values := range u.Query() {
		for _, value := range values {
			if len(value) >= shortSecret {
				parts = append(parts, value, url.QueryEscape(value))
			}
		}
	}
	return parts
}

// error gives an error of the same meaning without secrets in it, or in what caused it.
func (s scrubber) error(err error) error {
	if err == nil {
		return nil
	}
	_, refused := errors.AsType[*Refusal](err)
	_, partial := errors.AsType[*Partial](err)
	clean := &aoc.Error{Code: aoc.CodeOf(err), Op: "notify.send", Message: s.replacer.Replace(aoc.MessageOf(err)), Hint: s.replacer.Replace(aoc.HintOf(err))}
	if e, ok := errors.AsType[*aoc.Error](err); ok {
		clean.Op, clean.RetryAfter = e.Op, e.RetryAfter
		if e.Cause != nil {
			clean.Cause = errors.New(s.replacer.Replace(e.Cause.Error()))
		}
	} else {
		clean.Cause = errors.New(s.replacer.Replace(err.Error()))
	}
	switch {
	case partial:
		return &Partial{clean}
	case refused:
		return &Refusal{clean}
	}
	return clean
}

// Post sends a message's body by HTTP and judges the answer: the error that [Channel.Send]
// gives. Errors hold neither the address nor anything secret.
func Post(ctx context.Context, d *Deps, r sink.Request) error {
	a, err := sink.Post(ctx, &d.Deps, r)
	if err != nil {
		return err
	}
	return Judge(r.Op, a)
}

// Judge gives the error that an answer stands for.
func Judge(op string, a sink.Answer) error {
	switch sink.Judge(a.Status) {
	case sink.Taken:
		return nil
	case sink.Refused:
		return &Refusal{sink.Fault(op, a)}
	}
	return sink.Fault(op, a)
}
