// Package managementactivity reads the unified audit log through the Office 365
// Management Activity API: Exchange, SharePoint, OneDrive, Teams, Entra and everything
// else that writes to it. Upstream collects records into content blobs, lists the blobs
// by the time they became available, and keeps each for 7 days; nothing can be asked by
// the time of an event. Each content type is a feed of its own. The package lists and
// reads; it starts a subscription where there is none, and knows nothing of ledgers.
package managementactivity

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"aoc"
	"aoc/internal/m365"
	"aoc/internal/source"
)

// Collector is the source's name in feeds; the content type is the stream.
const Collector = "managementactivity"

const (
	lookback  = 7 * 24 * time.Hour
	maxWindow = 24 * time.Hour
	// clampMargin keeps the start of a listing clear of upstream's limit while clocks
	// differ and the request travels.
	clampMargin = 5 * time.Minute
)

// contentTypes are the content types upstream knows, with their titles for people.
var contentTypes = []struct{ name, title string }{
	{"Audit.AzureActiveDirectory", "Unified audit: Entra ID"},
	{"Audit.Exchange", "Unified audit: Exchange"},
	{"Audit.SharePoint", "Unified audit: SharePoint and OneDrive"},
	{"Audit.General", "Unified audit: Teams, Power BI, Defender and all others"},
	{"DLP.All", "Unified audit: data loss prevention"},
}

// ContentTypes lists the content types that can be read.
func ContentTypes() []string {
	var names []string
	for _, c := range contentTypes {
		names = append(names, c.name)
	}
	return names
}

// Config is what a [Source] is made of.
type Config struct {
	Client *m365.Client
	// ContentType is one of [ContentTypes], in any letter case.
	ContentType string
	// Publisher is sent as PublisherIdentifier, by which upstream counts requests: the
	// tenant id of who wrote the application. Empty takes the tenant's own.
	Publisher string
	Clock     aoc.Clock
	Logger    *slog.Logger
}

// Source implements [source.Source] for one content type.
type Source struct {
	client       *m365.Client
	contentType  string
	title        string
	publisher    string
	clock        aoc.Clock
	log          *slog.Logger
	subscription subscription
}

// New makes the source of a content type; code invalid when there is no such type.
func New(c Config) (*Source, error) {
	i := slices.IndexFunc(contentTypes, func(t struct{ name, title string }) bool { return strings.EqualFold(t.name, c.ContentType) })
	if i < 0 {
		return nil, &aoc.Error{
			Code: aoc.CodeInvalid, Op: Collector + ".new", Message: "there is no such content type",
			Hint: "Use " + strings.Join(ContentTypes(), ", ") + ".",
		}
	}
	s := &Source{
		client: c.Client, contentType: contentTypes[i].name, title: contentTypes[i].title,
		publisher: c.Publisher, clock: c.Clock, log: c.Logger,
	}
	if s.publisher == "" {
		s.publisher = c.Client.TenantID()
	}
	if s.clock == nil {
		s.clock = aoc.SystemClock{}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

func (s *Source) feed() aoc.Feed {
	return aoc.Feed{TenantID: s.client.TenantID(), Collector: Collector, Stream: s.contentType}
}

// Spec implements [source.Source].
func (s *Source) Spec() source.Spec {
	permissions := []string{"ActivityFeed.Read"}
	if s.contentType == "DLP.All" {
		permissions = append(permissions, "ActivityFeed.ReadDlp")
	}
	return source.Spec{
		Feed:        s.feed(),
		Source:      aoc.SourceUnified,
		Title:       s.title,
		Permissions: permissions,
		MaxWindow:   maxWindow,
		Lookback:    lookback,
		Margin:      clampMargin + time.Minute, // the minute is for asking
		Resweep:     []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour, 6 * 24 * time.Hour},
		LossHint:    "Microsoft keeps the content of this feed for 7 days. What is not read by then can only be searched for by hand in Purview and imported.",
	}
}
