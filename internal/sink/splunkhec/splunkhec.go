// Package splunkhec sends events to Splunk's HTTP Event Collector, and waits, if that is
// switched on there, until the indexers have them. Facts of the protocol: Splunk, "Format
// events for HTTP Event Collector", "Troubleshoot HTTP Event Collector" (codes) and "About
// HTTP Event Collector Indexer Acknowledgment".
package splunkhec

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aoc"
	"aoc/internal/sink"
)

// Name is the kind's name.
const Name = "splunkhec"

const op = "splunkhec.send"

// Kind describes the sink.
func Kind() sink.Kind {
	return sink.Kind{Make: makeSink, Spec: sink.Spec{
		Kind: Name, Title: "Splunk HTTP Event Collector", Batch: sink.Limits{Events: 500, Bytes: 800 << 10},
		Help: "Events to Splunk's HTTP Event Collector. With acknowledgement a batch counts when the indexers have it; without, when the collector has taken it, which a crash of Splunk can lose. Events can arrive twice: key tells them apart.",
		Settings: []sink.Setting{
			{Name: "url", Title: "Address", Kind: sink.Address, Required: true, Help: "Of the collector, such as https://splunk.contoso.example:8088."},
			{Name: "token", Title: "Token", Kind: sink.Secret, Required: true, Help: "The secret that holds the collector's token."},
			{Name: "acknowledge", Title: "Wait for acknowledgement", Kind: sink.Switch, Default: "true", Help: "As indexer acknowledgement of the token is set in Splunk."},
			{Name: "index", Title: "Index", Kind: sink.Text, Help: "Empty: the token's own."},
			{Name: "sourcetype", Title: "Source type", Kind: sink.Text, Default: "aoc:event", Help: "What searches in Splunk find events by."},
			{Name: "source", Title: "Source", Kind: sink.Text, Default: "aoc", Help: "Splunk's source of the events."},
			{Name: "host", Title: "Host", Kind: sink.Text, Default: "aoc", Help: "Splunk's host of the events."},
			{Name: "channel", Title: "Channel", Kind: sink.Text, Help: "A GUID; empty: one of the sink's own."},
			{Name: "gzip", Title: "Packed", Kind: sink.Switch, Default: "true", Help: "Pack bodies (Content-Encoding: gzip)."},
			{Name: "ack_timeout", Title: "Patience", Kind: sink.Number, Default: "120", Min: 5, Max: 600, Help: "Seconds to wait for an acknowledgement, until the batch is sent again."},
			sink.RawSetting(),
		},
	}}
}

const requestTime = 60 * time.Second

type collector struct {
	deps         sink.Deps
	events, acks string // addresses
	headers      []sink.Header
	meta         envelope
	acknowledge  bool
	gzip, raw    bool
	patience     time.Duration
	progress     sink.Progress
}

// envelope is an event as the collector takes it.
type envelope struct {
	Time       json.Number     `json:"time"` // seconds since 1970
	Host       string          `json:"host"`
	Source     string          `json:"source"`
	SourceType string          `json:"sourcetype"`
	Index      string          `json:"index,omitempty"`
	Event      json.RawMessage `json:"event"`
}

func makeSink(cfg sink.Config, v sink.Values, d sink.Deps) (sink.Sink, error) {
	base, err := url.Parse(v.Text("url"))
	if err != nil {
		return nil, aoc.Errorf(aoc.CodeInvalid, "splunkhec.make", "settings.url: not an address")
	}
	base.RawQuery, base.Fragment = "", ""
	root := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(base.String(), "/"), "/services/collector/event"), "/services/collector")
	channel := v.Text("channel")
	if channel == "" {
		channel = ownChannel(cfg.ID)
	}
	return &collector{
		deps: d, events: root + "/services/collector/event", acks: root + "/services/collector/ack?channel=" + url.QueryEscape(channel),
		headers:     []sink.Header{{Name: "Authorization", Value: "Splunk " + v.Secret("token")}, {Name: "X-Splunk-Request-Channel", Value: channel}},
		meta:        envelope{Host: v.Text("host"), Source: v.Text("source"), SourceType: v.Text("sourcetype"), Index: v.Text("index")},
		acknowledge: v.On("acknowledge"), gzip: v.On("gzip"), raw: v.On("raw"), patience: time.Duration(v.Number("ack_timeout")) * time.Second,
	}, nil
}

// ownChannel makes the GUID of a sink's channel: the same one after each start.
func ownChannel(id string) string {
	h := sha256.Sum256([]byte("aoc splunk channel " + id))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80 // RFC 9562, version 8
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// Send implements [sink.Sink].
func (c *collector) Send(ctx context.Context, batch []aoc.Event) ([]sink.Rejection, error) {
	rest := sink.Pick(batch, c.progress.Rest(batch))
	if err := c.progress.InParts(rest, func(part []aoc.Event) (sink.Reply, error) { return c.post(ctx, part) }); err != nil {
		return nil, err
	}
	return c.progress.Finish(batch), nil
}

// Close implements [sink.Sink].
func (c *collector) Close() error { return nil }

// said is an answer of the collector.
type said struct {
	Text    string `json:"text"`
	Code    int    `json:"code"`
	Invalid *int   `json:"invalid-event-number"`
	AckID   *int64 `json:"ackId"`
}

// The codes of answers that speak of a record; others of status 4xx speak of the settings.
const (
	codeFormat   = 6  // invalid data format
	codeNoEvent  = 12 // the event field is required
	codeBlank    = 13 // the event field cannot be blank
	codeIndexed  = 15 // error in handling indexed fields
	codeNoIndex  = 7
	codeAckIsOff = 14
)

// post sends events in one request and waits until they are acknowledged.
func (c *collector) post(ctx context.Context, part []aoc.Event) (sink.Reply, error) {
	body, err := c.body(part)
	if err != nil {
		return sink.Reply{}, err
	}
	a, err := sink.Post(ctx, &c.deps, sink.Request{Op: op, URL: c.events, Type: "application/json", Headers: c.headers, Body: body, Gzipped: c.gzip, Timeout: requestTime})
	if err != nil {
		return sink.Reply{}, err
	}
	var s said
	known := json.Unmarshal(a.Body, &s) == nil
	switch verdict := sink.Judge(a.Status); {
	case verdict == sink.Taken && !known || verdict == sink.Taken && s.Code != 0:
		return sink.Reply{}, sink.Fault(op, a)
	case verdict == sink.Taken && c.acknowledge:
		return sink.Reply{}, c.await(ctx, s.AckID)
	case verdict == sink.Taken:
		return sink.Reply{}, nil
	case verdict == sink.Refused && (!known || a.Status == http.StatusRequestEntityTooLarge):
		return sink.Reply{Verdict: sink.Refused, Reason: sink.Reason(a)}, nil
	case verdict == sink.Refused && (s.Code == codeFormat || s.Code == codeNoEvent || s.Code == codeBlank || s.Code == codeIndexed):
		r := sink.Reply{Verdict: sink.Refused, Reason: sink.Reason(a)}
		if s.Invalid != nil {
			r.Named, r.At = true, *s.Invalid
		}
		return r, nil
	}
	return sink.Reply{}, c.fault(a, s.Code)
}

// fault makes the error of an answer that only a person can change.
func (c *collector) fault(a sink.Answer, code int) error {
	err := sink.Fault(op, a)
	e, ok := errors.AsType[*aoc.Error](err)
	switch {
	case !ok:
	case code == codeNoIndex:
		e.Hint = "Splunk has no such index, or the token may not write to it: look at the sink's index and the token's."
	case code == codeAckIsOff:
		e.Hint = "Indexer acknowledgement is off for this token: switch it on in Splunk, or off in the sink."
	}
	return err
}

// body writes events as the collector takes them: one JSON object after the other.
func (c *collector) body(part []aoc.Event) ([]byte, error) {
	var b bytes.Buffer
	for i := range part {
		line, err := sink.JSON(&part[i], c.raw)
		if err != nil {
			return nil, err
		}
		e := c.meta
		ms := part[i].Timestamp.UnixMilli()
		e.Time, e.Event = json.Number(strconv.FormatFloat(float64(ms)/1000, 'f', 3, 64)), line
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(&e); err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInternal, op, "an event cannot be written as JSON")
		}
	}
	if c.gzip {
		return sink.Gzip(b.Bytes())
	}
	return b.Bytes(), nil
}

const (
	firstPoll   = 20 * time.Millisecond
	longestPoll = 5 * time.Second
)

// await asks until the indexers have what was sent under an id.
func (c *collector) await(ctx context.Context, id *int64) error {
	if id == nil {
		e := aoc.Errorf(aoc.CodeInvalid, op, "Splunk takes events but acknowledges none")
		e.Hint = "Switch indexer acknowledgement on for the token in Splunk, or off in the sink."
		return e
	}
	body := fmt.Appendf(nil, `{"acks":[%d]}`, *id)
	end := c.deps.Time().Now().Add(c.patience)
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		a, err := sink.Post(ctx, &c.deps, sink.Request{Op: op, URL: c.acks, Type: "application/json", Headers: c.headers, Body: body, Timeout: requestTime})
		if err != nil {
			return err
		}
		var got struct {
			Acks map[string]bool `json:"acks"`
		}
		if a.Status != http.StatusOK || json.Unmarshal(a.Body, &got) != nil {
			return sink.Fault(op, a)
		}
		if got.Acks[strconv.FormatInt(*id, 10)] {
			return nil
		}
		if !c.deps.Time().Now().Add(wait).Before(end) {
			e := aoc.Errorf(aoc.CodeUnavailable, op, "Splunk has not acknowledged a batch within %s", c.patience)
			e.Hint = "The indexers are slow or away; the batch is sent again."
			return e
		}
		if err := c.deps.Time().Sleep(ctx, wait); err != nil {
			return sink.Unreachable(op, err)
		}
	}
}
