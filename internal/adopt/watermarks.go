package adopt

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"aoc"
)

// Watermark is how far the original had collected something, and what became of that.
type Watermark struct {
	Name string    `json:"name"`
	At   time.Time `json:"at,omitzero"`
	// Feeds are those whose ledger begins there now, by name.
	Feeds []string `json:"feeds"`
	// Note says why it is not, or not for every feed.
	Note string `json:"note,omitempty"`
}

// taken is the window that ends at a watermark. It is the longest that every source can
// list again, which AOC does when it collects for the first time: what the original had not
// got of it is found then.
const taken = 24 * time.Hour

// The names of collectors, as package source has them.
const (
	directoryAudit     = "directoryaudit"
	intuneAudit        = "intuneaudit"
	signIn             = "signin"
	managementActivity = "managementactivity"
)

// mark is a watermark with the tenant it is of.
type mark struct {
	Watermark
	tenant string
}

// watermarks makes the ledger begin where the original stopped: of several watermarks of one
// feed at the earliest.
func (a *adopter) watermarks(ctx context.Context) error {
	collections, err := a.has(ctx, watermarkCollections)
	if err != nil {
		return err
	}
	var marks []mark
	for _, name := range collections {
		for doc, err := range a.cfg.Original.Documents(ctx, name, Position{}) {
			if err != nil {
				return err
			}
			f := fields{doc.Raw}
			if err := a.keep(ctx, watermarkKind, name, f); err != nil {
				return err
			}
			for _, w := range readWatermarks(f) {
				marks = append(marks, mark{w, a.derive.tenantOf(f)})
			}
		}
	}
	slices.SortStableFunc(marks, func(x, y mark) int { return x.At.Compare(y.At) })
	a.state.Report.Watermarks = []Watermark{}
	for i := range marks {
		if err := a.begin(ctx, &marks[i].Watermark, marks[i].tenant); err != nil {
			return err
		}
		a.state.Report.Watermarks = append(a.state.Report.Watermarks, marks[i].Watermark)
	}
	return nil
}

var markTimes = []string{ //nolint:gochecknoglobals // read-only table
	"watermark", "timestamp", "value", "last_timestamp", "lastTimestamp", "last_event_time", "last_fetched", "last_fetch", "lastFetch",
	"last_success", "last_run", "high_watermark", "until", "end", "time", "at", "updated_at",
}

// readWatermarks reads the times of a document: its own, under the name that it or its _id
// says, or else those of the fields that are named after something that is collected.
func readWatermarks(f fields) []Watermark {
	name := f.text("source", "name", "key", "stream", "content_type", "contentType", "feed")
	if name == "" {
		name = f.text("_id")
	}
	if stream := f.text("content_type", "contentType", "stream"); stream != "" && stream != name {
		name += "/" + stream
	}
	if _, collected := feedsOf(name, nil); collected {
		return []Watermark{{Name: name, At: f.time(markTimes...)}}
	}
	if marks := namedTimes(f.doc); len(marks) > 0 {
		return marks
	}
	return []Watermark{{Name: name, At: f.time(markTimes...)}}
}

// namedTimes reads the fields that are named after something that is collected. What is a
// document may have a time, or times for streams.
func namedTimes(doc bson.Raw) []Watermark {
	var marks []Watermark
	elements, err := doc.Elements()
	if err != nil {
		return nil
	}
	for _, e := range elements {
		if _, collected := feedsOf(e.Key(), nil); !collected || e.Key() == "_id" {
			continue
		}
		inner, ok := e.Value().DocumentOK()
		if !ok {
			marks = append(marks, Watermark{Name: e.Key(), At: timeOf(e.Value())})
			continue
		}
		streams := namedTimes(inner)
		if at := (fields{inner}).time(markTimes...); !at.IsZero() || len(streams) == 0 {
			marks = append(marks, Watermark{Name: e.Key(), At: at})
		}
		marks = append(marks, streams...)
	}
	return marks
}

// contentTypes are the streams of the Management Activity API.
var contentTypes = []string{"Audit.AzureActiveDirectory", "Audit.Exchange", "Audit.SharePoint", "Audit.General", "DLP.All"} //nolint:gochecknoglobals // read-only table

// feedsOf tells the feeds, without their tenant, that a name of the original stands for; for
// the Management Activity API as a whole those of its streams that are given.
func feedsOf(name string, streams []string) (feeds []aoc.Feed, known bool) {
	plain := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(plain, w) {
				return true
			}
		}
		return false
	}
	for _, stream := range contentTypes {
		if strings.Contains(plain, strings.ToLower(stream)) {
			return []aoc.Feed{{Collector: managementActivity, Stream: stream}}, true
		}
	}
	switch {
	case has("signin"):
		return []aoc.Feed{{Collector: signIn}}, true
	case has("intune"):
		return []aoc.Feed{{Collector: intuneAudit}}, true
	case has("unified", "management", "office365", "o365"):
		for _, stream := range streams {
			feeds = append(feeds, aoc.Feed{Collector: managementActivity, Stream: stream})
		}
		return feeds, true
	case has("directory", "entra", "azuread"):
		return []aoc.Feed{{Collector: directoryAudit}}, true
	}
	return nil, false
}

// begin makes the ledgers of the feeds of a watermark begin there, unless they have begun.
func (a *adopter) begin(ctx context.Context, m *Watermark, tenant string) error {
	feeds, known := feedsOf(m.Name, a.cfg.ContentTypes)
	m.Feeds = []string{}
	now := a.cfg.Clock.Now().UTC()
	switch {
	case !known:
		m.Note = "it is not known what this is the watermark of"
	case m.At.IsZero():
		m.Note = "it holds no time"
	case !plausible(m.At) || m.At.After(now):
		m.Note = "its time cannot be"
	case tenant == "":
		m.Note = "it is not known of which tenant this is the watermark: name it with --tenant"
	default:
		for _, feed := range feeds {
			feed.TenantID = tenant
			begun, err := a.beginFeed(ctx, feed, m.At.Truncate(time.Second), now.Truncate(time.Second))
			if err != nil {
				return err
			}
			if begun {
				m.Feeds = append(m.Feeds, feed.Name())
			} else {
				m.Note = fmt.Sprintf("the ledger of %s had begun already", feed.Name())
			}
		}
	}
	return nil
}

// beginFeed puts the window before a watermark into the ledger of a feed that has none. It
// is due to be listed again at once.
func (a *adopter) beginFeed(ctx context.Context, feed aoc.Feed, at, now time.Time) (bool, error) {
	if a.cfg.DryRun {
		first := !a.planned[feed]
		a.planned[feed] = true
		return first, nil
	}
	there, err := a.cfg.Store.ListWindows(ctx, feed, aoc.Window{})
	if err != nil {
		return false, err
	}
	w := aoc.LedgerWindow{
		Feed: feed, Window: aoc.Window{Start: at.Add(-taken), End: at}, State: aoc.WindowClosed,
		PlannedAt: at, OpenedAt: at, ClosedAt: at, NextSweepAt: now,
	}
	if len(there) > 0 { // by an earlier call, it may be
		first := there[0].Window
		return first.Start.Equal(w.Window.Start) && first.End.Equal(w.Window.End), nil
	}
	return true, a.cfg.Store.PutWindows(ctx, []aoc.LedgerWindow{w})
}
