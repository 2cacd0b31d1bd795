// Package webhook sends events as JSON by HTTP POST to any receiver.
//
// A request can be signed. Its headers are then
//
//	X-AOC-Timestamp: 1793000000          (seconds since 1970, when it was sent)
//	X-AOC-Signature: v1=5f2c…            (hex)
//
// and the signature is HMAC-SHA256, with the secret, over the timestamp, a full stop, and
// the body's bytes as they were sent (before unpacking, if they are packed). To verify: make
// the same, compare in constant time, and refuse a timestamp that is more than five minutes
// away, so that nobody can send an old request again.
package webhook

import (
	"bytes"
	"context"
	"time"

	"aoc"
	"aoc/internal/sink"
)

// Name is the kind's name.
const Name = "webhook"

const op = "webhook.send"

// The forms of a request's body.
const (
	array  = "array"  // [{…},{…}]
	lines  = "lines"  // an event a line
	single = "single" // {…}: a request for each event
)

// Kind describes the sink.
func Kind() sink.Kind {
	return sink.Kind{Make: makeSink, Spec: sink.Spec{
		Kind: Name, Title: "Webhook", Batch: sink.Limits{Events: 500, Bytes: 2 << 20},
		Help: "Events as JSON by POST. A status of 2xx says that they are taken; 400, 409, 413, 422 and the like refuse a record; everything else is tried again. Requests can arrive twice: tell events apart by their key.",
		Settings: []sink.Setting{
			{Name: "url", Title: "Address", Kind: sink.Address, Required: true, Help: "Where events are posted to."},
			{Name: "format", Title: "Body", Kind: sink.Choice, Choices: []string{array, lines, single}, Default: array, Help: "array: a JSON array of events; lines: JSON Lines; single: each event in a request of its own."},
			{Name: "signing_secret", Title: "Signing secret", Kind: sink.Secret, Help: "Signs each request: X-AOC-Signature is v1= and the hex HMAC-SHA256 of X-AOC-Timestamp, a full stop and the body as sent."},
			{Name: "authorization", Title: "Authorization", Kind: sink.Secret, Help: "The secret that is sent as the Authorization header, such as Bearer and a token."},
			{Name: "headers", Title: "Further headers", Kind: sink.Headers, Help: "A line for each, Name: value. Nothing secret."},
			{Name: "gzip", Title: "Packed", Kind: sink.Switch, Default: "false", Help: "Pack bodies (Content-Encoding: gzip)."},
			{Name: "timeout", Title: "Patience", Kind: sink.Number, Default: "30", Min: 1, Max: 300, Help: "Seconds until a request counts as failed."},
			sink.RawSetting(),
		},
	}}
}

type webhook struct {
	deps          sink.Deps
	url, format   string
	secret, authz string
	headers       []sink.Header
	gzip, raw     bool
	timeout       time.Duration
	progress      sink.Progress
}

func makeSink(_ sink.Config, v sink.Values, d sink.Deps) (sink.Sink, error) {
	return &webhook{
		deps: d, url: v.Text("url"), format: v.Text("format"), secret: v.Secret("signing_secret"), authz: v.Secret("authorization"),
		headers: v.Headers("headers"), gzip: v.On("gzip"), raw: v.On("raw"), timeout: time.Duration(v.Number("timeout")) * time.Second,
	}, nil
}

// Send implements [sink.Sink].
func (w *webhook) Send(ctx context.Context, batch []aoc.Event) ([]sink.Rejection, error) {
	rest := sink.Pick(batch, w.progress.Rest(batch))
	most := max(1, len(rest))
	if w.format == single {
		most = 1
	}
	for ; len(rest) > 0; rest = rest[min(most, len(rest)):] {
		part := rest[:min(most, len(rest))]
		if err := w.progress.InParts(part, func(part []aoc.Event) (sink.Reply, error) { return w.post(ctx, part) }); err != nil {
			return nil, err
		}
	}
	return w.progress.Finish(batch), nil
}

// Close implements [sink.Sink].
func (w *webhook) Close() error { return nil }

// post sends events in one request.
func (w *webhook) post(ctx context.Context, part []aoc.Event) (sink.Reply, error) {
	body, err := w.body(part)
	if err != nil {
		return sink.Reply{}, err
	}
	contentType := "application/json"
	if w.format == lines {
		contentType = "application/x-ndjson"
	}
	a, err := sink.Post(ctx, &w.deps, sink.Request{
		Op: op, URL: w.url, Type: contentType, Headers: w.sign(body), Body: body, Gzipped: w.gzip, Timeout: w.timeout,
	})
	if err != nil {
		return sink.Reply{}, err
	}
	r := sink.Reply{Verdict: sink.Judge(a.Status), Reason: sink.Reason(a)}
	if r.Verdict == sink.Again {
		return r, sink.Fault(op, a)
	}
	return r, nil
}

// body writes events in the form that is set.
func (w *webhook) body(part []aoc.Event) ([]byte, error) {
	var b bytes.Buffer
	if w.format == array {
		b.WriteByte('[')
	}
	for i := range part {
		line, err := sink.JSON(&part[i], w.raw)
		if err != nil {
			return nil, err
		}
		if w.format == array && i > 0 {
			b.WriteByte(',')
		}
		b.Write(line)
		if w.format == lines {
			b.WriteByte('\n')
		}
	}
	if w.format == array {
		b.WriteByte(']')
	}
	if w.gzip {
		return sink.Gzip(b.Bytes())
	}
	return b.Bytes(), nil
}

// sign gives the headers of a request with a body.
func (w *webhook) sign(body []byte) []sink.Header {
	headers := w.headers[:len(w.headers):len(w.headers)]
	if w.authz != "" {
		headers = append(headers, sink.Header{Name: "Authorization", Value: w.authz})
	}
	return append(headers, sink.Sign(w.secret, w.deps.Time().Now(), body)...)
}
