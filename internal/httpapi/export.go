package httpapi

import (
	"context"
	"iter"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"aoc/internal/export"
)

func (s *server) exportRoutes() {
	op := slow(get("export-events", "/api/events/export", tagEvents, "Download a selection",
		"All events of it, newest first, as a file: CSV that a spreadsheet runs nothing of, or JSON Lines with the whole events. "+
			"A connection that breaks before its end means that the file is not complete."))
	op.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{
		export.CSV.ContentType():       {Schema: &huma.Schema{Type: huma.TypeString}},
		export.JSONLines.ContentType(): {Schema: &huma.Schema{Type: huma.TypeString}},
	}}}
	register(s, op, s.export)
}

type exportInput struct {
	FilterParams
	Format string `query:"format" enum:"csv,jsonl" default:"csv"`
}

func (s *server) export(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	done, err := s.turns.long.Take(ctx, whose(ctx))
	if err != nil {
		return nil, err
	}
	events, err := s.console.Export(ctx, in.filter())
	if err != nil {
		done()
		return nil, err
	}
	next, stop := iter.Pull2(events)
	first, err, some := next() // what goes wrong at once is told as any other error
	if err != nil {
		stop()
		done()
		return nil, err
	}
	format := export.Format(in.Format)
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer done()
		defer stop()
		hc.SetHeader("Content-Type", format.ContentType())
		hc.SetHeader("Content-Disposition", `attachment; filename="aoc-events-`+s.clock.Now().UTC().Format("20060102T150405Z")+"."+in.Format+`"`)
		if hc.Method() == http.MethodHead {
			return
		}
		w := export.New(format, newPatientWriter(hc), export.Options{Zone: in.Zone.Location, BOM: true})
		for e := first; some && err == nil; e, err, some = next() {
			err = w.Write(new(e))
		}
		s.finish(hc.Context(), w, err)
	}}, nil
}

// finish ends a download. After an error the connection is broken off: an answer that
// ended well would look complete.
func (s *server) finish(ctx context.Context, w export.Writer, err error) {
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		s.log.WarnContext(ctx, "an export ended early", "request_id", requestID(ctx), "error", err)
		panic(http.ErrAbortHandler)
	}
}
