package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"aoc/internal/console"
)

// pingEvery keeps connections through proxies open.
const pingEvery = 15 * time.Second

func (s *server) streamRoutes() {
	op := slow(get("stream-events", "/api/events/stream", tagEvents, "Events as they arrive",
		"Server-sent events. Each `events` tells how many events of the selection have arrived since the last one and holds the newest 50; "+
			"its id is the place in the log to go on from, which browsers send as Last-Event-ID. `reset` says that too much has arrived since "+
			"that place: load the list anew. A comment every 15 seconds keeps the connection open. Rights are checked again meanwhile: it ends when the session has ended or the token been revoked."))
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The stream",
		Content: map[string]*huma.MediaType{"text/event-stream": {
			Schema:  &huma.Schema{Type: huma.TypeString},
			Example: "id: 1042\nevent: events\ndata: {\"count\":1,\"last_seq\":1042,\"items\":[…]}\n\n",
		}},
	}}
	register(s, op, s.stream)
}

type streamInput struct {
	FilterParams
	After       int64 `query:"after" minimum:"0" doc:"last_seq of the list that is shown; without it, from now on."`
	Raw         bool  `query:"raw" default:"true" doc:"false leaves the records out."`
	LastEventID int64 `header:"Last-Event-ID" minimum:"0" doc:"Where a connection that broke goes on; goes before after."`
}

func (s *server) stream(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
	after := in.After
	if in.LastEventID > 0 {
		after = in.LastEventID
	}
	done, err := s.turns.streams.Take(ctx, whose(ctx))
	if err != nil {
		return nil, err
	}
	follower, err := s.console.Follow(ctx, in.filter(), after)
	if err != nil {
		done()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer done()
		defer follower.Close()
		hc.SetHeader("Content-Type", "text/event-stream")
		hc.SetHeader("X-Accel-Buffering", "no")
		if hc.Method() != http.MethodHead {
			s.tell(hc.Context(), newPatientWriter(hc), follower, in.Raw, func() bool { return s.still(hc.Context(), requestOf(hc)) })
		}
	}}, nil
}

// requestOf is the request that an answer is to.
func requestOf(hc huma.Context) *http.Request {
	r, _ := humago.Unwrap(hc)
	return r
}

// tell sends news until the client leaves, may have them no more, or the service stops.
func (s *server) tell(ctx context.Context, w *patientWriter, follower *console.Follower, raw bool, still func() bool) {
	asked := s.clock.Now()
	text := []byte("retry: 3000\n\n: welcome\n\n")
	for {
		if _, err := w.Write(text); err != nil || w.Flush() != nil {
			return
		}
		news, err := follower.Next(ctx, pingEvery)
		if err != nil {
			return // the browser asks again, and is then told why
		}
		if now := s.clock.Now(); now.Sub(asked) >= pingEvery {
			if asked = now; !still() {
				return
			}
		}
		text = newsText(news, raw)
	}
}

// arrivals are events that arrived, as a stream tells of them.
type arrivals struct {
	Count   int64   `json:"count"`
	LastSeq int64   `json:"last_seq"`
	Items   []event `json:"items"`
}

// newsText is the server-sent event for news.
func newsText(n console.News, raw bool) []byte {
	var b bytes.Buffer
	told := "events"
	switch {
	case n.Reset:
		told, n.Items = "reset", nil
	case n.Count == 0:
		return []byte(": ping\n\n")
	}
	fmt.Fprintf(&b, "id: %s\nevent: %s\ndata: ", strconv.FormatInt(n.LastSeq, 10), told)
	// The encoder escapes line ends in strings and puts one behind the value.
	_ = json.NewEncoder(&b).Encode(arrivals{n.Count, n.LastSeq, withoutRaw(viewsOf(n.Items), !raw)})
	b.WriteByte('\n')
	return b.Bytes()
}
