// Package elastic sends events to Elasticsearch, OpenSearch and what speaks their bulk API,
// as documents of the Elastic Common Schema. A document's _id is the key of its event and it
// is created, never overwritten: what is sent twice is there once.
package elastic

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"aoc"
	"aoc/internal/sink"
)

// Name is the kind's name.
const Name = "elastic"

const op = "elastic.send"

// Kind describes the sink.
func Kind() sink.Kind {
	return sink.Kind{Make: makeSink, Spec: sink.Spec{
		Kind: Name, Title: "Elasticsearch or OpenSearch", Batch: sink.Limits{Events: 1000, Bytes: 4 << 20},
		Help: "Events in the Elastic Common Schema by the bulk API, into an index or a data stream. Each is there once: its _id is its key, and a later version of a record gets one of its own (key.r1 …). Items that the cluster has no room for are sent again alone, so that order is that of @timestamp and event.sequence, not of arrival.",
		Settings: []sink.Setting{
			{Name: "url", Title: "Address", Kind: sink.Address, Required: true, Help: "Of the cluster, such as https://elastic.contoso.example:9200; /_bulk is added."},
			{Name: "index", Title: "Index or data stream", Kind: sink.Text, Required: true, Default: "logs-aoc.audit-default", Help: "Where documents are created."},
			{Name: "api_key", Title: "API key", Kind: sink.Secret, Help: "The secret that holds an API key, encoded as Elasticsearch shows it."},
			{Name: "username", Title: "User name", Kind: sink.Text, Help: "Instead of an API key."},
			{Name: "password", Title: "Password", Kind: sink.Secret, Help: "The secret that holds the user's password."},
			{Name: "query", Title: "Parameters", Kind: sink.Text, Help: "Added to the address, such as pipeline=aoc."},
			{Name: "gzip", Title: "Packed", Kind: sink.Switch, Default: "true", Help: "Pack bodies (Content-Encoding: gzip)."},
			sink.RawSetting(),
		},
	}}
}

const requestTime = 2 * time.Minute

type bulk struct {
	deps      sink.Deps
	url       string
	index     string
	headers   []sink.Header
	gzip, raw bool
	progress  sink.Progress
}

func makeSink(_ sink.Config, v sink.Values, d sink.Deps) (sink.Sink, error) {
	u, err := url.Parse(v.Text("url"))
	if err != nil {
		return nil, aoc.Errorf(aoc.CodeInvalid, "elastic.make", "settings.url: not an address")
	}
	query, err := url.ParseQuery(v.Text("query"))
	if err != nil {
		return nil, aoc.Errorf(aoc.CodeInvalid, "elastic.make", "settings.query: parameters such as a=b&c=d")
	}
	u = u.JoinPath("_bulk")
	u.RawQuery, u.Fragment = query.Encode(), ""
	b := &bulk{deps: d, url: u.String(), index: v.Text("index"), gzip: v.On("gzip"), raw: v.On("raw")}
	switch key, password := v.Secret("api_key"), v.Secret("password"); {
	case v.Text("api_key") != "" && v.Text("username") != "":
		return nil, aoc.Errorf(aoc.CodeInvalid, "elastic.make", "settings.api_key, settings.username: one of them")
	case (v.Text("username") == "") != (v.Text("password") == ""):
		return nil, aoc.Errorf(aoc.CodeInvalid, "elastic.make", "settings.username, settings.password: both or neither")
	case key != "":
		b.headers = []sink.Header{{Name: "Authorization", Value: "ApiKey " + key}}
	case v.Text("username") != "":
		b.headers = []sink.Header{{Name: "Authorization", Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(v.Text("username")+":"+password))}}
	}
	return b, nil
}

// Send implements [sink.Sink]. Of a batch that comes again only those items are sent of which
// the cluster had not said what became of them.
func (b *bulk) Send(ctx context.Context, batch []aoc.Event) ([]sink.Rejection, error) {
	rest := sink.Pick(batch, b.progress.Rest(batch))
	if err := b.send(ctx, rest); err != nil {
		return nil, err
	}
	return b.progress.Finish(batch), nil
}

// Close implements [sink.Sink].
func (b *bulk) Close() error { return nil }

// send sends events in one request, or in halves where that is too large.
func (b *bulk) send(ctx context.Context, part []aoc.Event) error {
	if len(part) == 0 {
		return nil
	}
	body, err := b.body(part)
	if err != nil {
		return err
	}
	a, err := sink.Post(ctx, &b.deps, sink.Request{
		Op: op, URL: b.url, Type: "application/x-ndjson", Headers: b.headers, Body: body, Gzipped: b.gzip, Timeout: requestTime,
	})
	if err != nil {
		return err
	}
	switch v := sink.Judge(a.Status); {
	case v == sink.Again:
		return sink.Fault(op, a)
	case v == sink.Refused && len(part) == 1:
		b.progress.Refused(&part[0], sink.Reason(a))
		return nil
	case v == sink.Refused:
		if err := b.send(ctx, part[:len(part)/2]); err != nil {
			return err
		}
		return b.send(ctx, part[len(part)/2:])
	}
	return b.read(part, a)
}

// answer is what the bulk API says, as far as it is read.
type answer struct {
	Errors bool `json:"errors"`
	Items  []map[string]struct {
		Status int `json:"status"`
		Error  struct {
			Type   string `json:"type"`
			Reason string `json:"reason"`
		} `json:"error"`
	} `json:"items"`
}

// read notes what became of each event. Its error is that of the first item that must be
// sent again.
func (b *bulk) read(part []aoc.Event, a sink.Answer) error {
	var got answer
	if err := json.Unmarshal(a.Body, &got); err != nil || len(got.Items) != len(part) {
		e := aoc.Errorf(aoc.CodeUpstream, op, "the answer is none of the bulk API: %d items for %d events", len(got.Items), len(part))
		e.Hint = "Look whether the address is that of Elasticsearch, OpenSearch or what speaks their bulk API."
		return e
	}
	var again error
	for i, item := range got.Items {
		for _, r := range item {
			reason := sink.Clean(r.Error.Type + ": " + r.Error.Reason)
			switch v := sink.Judge(r.Status); {
			case v == sink.Taken || r.Status == http.StatusConflict: // it is there
				b.progress.Took(&part[i])
			case v == sink.Refused && r.Error.Type != "cluster_block_exception":
				b.progress.Refused(&part[i], fmt.Sprintf("status %d: %s", r.Status, reason))
			case again == nil:
				again = sink.Fault(op, sink.Answer{Status: r.Status, Body: []byte(reason), RetryAfter: a.RetryAfter})
			}
		}
		if len(item) != 1 && again == nil {
			again = aoc.Errorf(aoc.CodeUpstream, op, "the answer does not say what became of each event")
		}
	}
	return again
}

// body writes events as the bulk API takes them: two lines for each.
func (b *bulk) body(part []aoc.Event) ([]byte, error) {
	var w bytes.Buffer
	enc := json.NewEncoder(&w)
	enc.SetEscapeHTML(false)
	for i := range part {
		action := map[string]map[string]string{"create": {"_index": b.index, "_id": docID(&part[i])}}
		doc, err := newDocument(&part[i], b.raw)
		if err == nil {
			err = enc.Encode(action)
		}
		if err == nil {
			err = enc.Encode(doc)
		}
		if err != nil {
			return nil, aoc.Wrap(err, aoc.CodeInternal, op, "an event cannot be written as JSON")
		}
	}
	if b.gzip {
		return sink.Gzip(w.Bytes())
	}
	return w.Bytes(), nil
}

// docID is the _id of an event's document: each version of its record has one, since
// documents of data streams cannot be changed, and evidence should not be.
func docID(e *aoc.Event) string {
	if e.Revisions == 0 {
		return e.Key
	}
	return fmt.Sprintf("%s.r%d", e.Key, e.Revisions)
}
