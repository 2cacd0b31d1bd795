package sourcetest

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"aoc"
	"aoc/internal/m365"
)

// TenantID is the tenant that the suite's server serves.
const TenantID = "0f0f0f0f-1111-4222-8333-444444444444"

// Now is the time at which the suite's clock starts.
var Now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// Server is a Microsoft 365 that behaves as its script says.
type Server struct {
	// Client is signed in at the server.
	Client *m365.Client
	// Clock is the client's: sleeping moves it at once.
	Clock *Clock
	// Intercept, if set, sees every request for a page, a listing or a blob first, with
	// its number from 1, and reports whether it has answered it.
	Intercept func(w http.ResponseWriter, r *http.Request, n int) bool

	http  *httptest.Server
	pages []page
	mu    sync.Mutex
	n     int
}

// page is one page of a Graph collection, or one blob with the page of the listing that
// names it.
type page struct {
	elements iter.Seq[[]byte]
	cut      bool   // the answer breaks off behind the elements
	next     string // instead of the link to the next page
	content  string // instead of the blob's address
}

// NewServer starts a server that holds nothing: what is asked of it beyond subscriptions
// must be answered by Intercept.
func NewServer(t testing.TB) *Server {
	t.Helper()
	return newServer(t)
}

func newServer(t testing.TB, pages ...page) *Server {
	t.Helper()
	s := &Server{pages: pages, Clock: &Clock{now: Now}}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.http.Close)
	cloud, err := m365.Cloud{Name: "test"}.With(s.http.URL, s.http.URL, s.http.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.Client, err = m365.New(m365.Config{
		Cloud: cloud, TenantID: TenantID, Credential: issuer{s.Clock}, Clock: s.Clock, HTTP: s.http.Client(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	feed, isActivity := strings.CutPrefix(r.URL.Path, "/api/v1.0/"+TenantID+"/activity/feed/")
	if isActivity && r.URL.Query().Get("PublisherIdentifier") == "" {
		http.Error(w, "no publisher", http.StatusTeapot)
		return
	}
	if feed == "subscriptions/list" {
		io.WriteString(w, `[{"contentType":"Audit.AzureActiveDirectory","status":"enabled"},{"contentType":"Audit.Exchange","status":"enabled"},
			{"contentType":"Audit.SharePoint","status":"enabled"},{"contentType":"Audit.General","status":"enabled"},{"contentType":"DLP.All","status":"enabled"}]`)
		return
	}
	s.mu.Lock()
	s.n++
	n := s.n
	s.mu.Unlock()
	if s.Intercept != nil && s.Intercept(w, r, n) {
		return
	}
	switch {
	case feed == "subscriptions/content":
		s.listing(w, r)
	case isActivity:
		i, _ := strconv.Atoi(strings.TrimPrefix(feed, "audit/blob$")) // our own number
		s.elements(w, s.pages[i], "[", "]")
	default:
		s.graph(w, r)
	}
}

func (s *Server) listing(w http.ResponseWriter, r *http.Request) {
	i, _ := strconv.Atoi(r.URL.Query().Get("nextPage")) // our own number, or the first page
	p := s.pages[i]
	base := s.http.URL + "/api/v1.0/" + TenantID + "/activity/feed/"
	switch {
	case p.next != "":
		w.Header().Set("NextPageUri", p.next)
	case i+1 < len(s.pages):
		w.Header().Set("NextPageUri", fmt.Sprintf("%ssubscriptions/content?nextPage=%d", base, i+1))
	}
	content := p.content
	if content == "" {
		content = fmt.Sprintf("%saudit/blob$%d", base, i)
	}
	fmt.Fprintf(w, `[{"contentType":"x","contentId":"blob$%d","contentUri":%q,"contentCreated":%q,"contentExpiration":%q}]`,
		i, content, Now.Add(-90*time.Minute).Format(time.RFC3339), Now.Add(6*24*time.Hour).Format(time.RFC3339))
}

func (s *Server) graph(w http.ResponseWriter, r *http.Request) {
	i, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken")) // our own number, or the first page
	p := s.pages[i]
	tail := "]}"
	if p.next == "" {
		p.next = p.content
	}
	switch {
	case p.next != "":
		tail = fmt.Sprintf(`],"@odata.nextLink":%q}`, p.next)
	case i+1 < len(s.pages):
		tail = fmt.Sprintf(`],"@odata.nextLink":"%s%s?$skiptoken=%d"}`, s.http.URL, r.URL.Path, i+1)
	}
	s.elements(w, p, `{"@odata.context":"c","value":[`, tail)
}

func (s *Server) elements(w http.ResponseWriter, p page, head, tail string) {
	io.WriteString(w, head)
	separator := ""
	for e := range p.elements {
		io.WriteString(w, separator)
		w.Write(e)
		separator = ","
	}
	if p.cut {
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	io.WriteString(w, tail)
}

// Clock is a clock on which sleeping takes no time but moves it.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now implements [aoc.Clock].
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep implements [aoc.Clock].
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return nil
}

// issuer gives tokens without asking anyone; a new one for each sign-in.
type issuer struct{ clock aoc.Clock }

func (i issuer) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "suite", ExpiresOn: i.clock.Now().Add(time.Hour)}, nil
}
