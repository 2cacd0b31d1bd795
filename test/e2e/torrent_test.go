package e2e_test

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aoc/internal/store/sqlite"
)

const (
	// torrentTenant is the tenant that a torrent serves.
	torrentTenant = "0f0f0f0f-1111-4222-8333-444444444444"
	// chainPage is how many records a page of a chain holds.
	chainPage = 1000
)

// torrentID is the id of the i-th record.
func torrentID(i int) string { return fmt.Sprintf("%08x-0000-4000-8000-000000000001", i) }

// torrent is a Microsoft 365 that has one thing to tell, but much of it, which is made
// while it is sent: a content blob, or a chain of pages of Intune's audit events. (Those
// of the directory are read by the same code, but no faster than five pages in ten
// seconds.)
type torrent struct {
	n      int
	record func(i int, at time.Time) []byte
	paged  bool

	at   time.Time // when all of it happened
	http *httptest.Server
	sent *atomic.Int64 // bytes of records
}

// start lets a torrent loose until the test ends.
func (s torrent) start(t *testing.T) *torrent {
	s.at, s.sent = time.Now().Add(-30*time.Minute).UTC().Truncate(time.Second), new(atomic.Int64)
	s.http = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.http.Close)
	return &s
}

// environ sets the program up to collect from the torrent into a folder.
func (s *torrent) environ(t *testing.T, dir string) []string {
	t.Helper()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.http.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	sources := "intuneaudit"
	if !s.paged {
		sources = "managementactivity"
	}
	return []string{
		"HOME=" + dir, "TMPDIR=" + dir, "TENANT_ID=" + torrentTenant, "CLIENT_ID=" + torrentTenant, "CLIENT_SECRET=synthetic",
		"AOC_LOGIN_URL=" + s.http.URL, "AOC_GRAPH_URL=" + s.http.URL, "AOC_MANAGE_URL=" + s.http.URL, "AOC_CA_FILE=" + ca,
		"AOC_DATA_DIR=" + dir, "AOC_LOG_LEVEL=warn", "AOC_DIRECTORY_NAMES=off", "AOC_FIRST_FETCH_HOURS=2",
		"AOC_SOURCES=" + sources, "AOC_CONTENT_TYPES=Audit.SharePoint",
	}
}

func (s *torrent) serve(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/openid-configuration"):
		base := s.http.URL + "/" + torrentTenant
		fmt.Fprintf(w, `{"token_endpoint":"%s/oauth2/v2.0/token","authorization_endpoint":"%[1]s/oauth2/v2.0/authorize","issuer":"%[1]s/v2.0"}`, base)
	case strings.HasSuffix(path, "/token"):
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"synthetic"}`)
	case strings.HasSuffix(path, "/subscriptions/list"):
		io.WriteString(w, `[{"contentType":"Audit.SharePoint","status":"enabled"}]`)
	case strings.HasSuffix(path, "/subscriptions/content"):
		s.listing(w, query.Get("startTime"), query.Get("endTime"))
	case strings.HasSuffix(path, "/audit/blob"):
		s.records(w, "[", 0, s.n, "]")
	case strings.HasSuffix(path, "/auditEvents"):
		s.page(w, query.Get("$filter"), query.Get("$skiptoken"))
	default:
		http.NotFound(w, r)
	}
}

// listing names the blob to whom it may concern.
func (s *torrent) listing(w io.Writer, start, end string) {
	const form = "2006-01-02T15:04:05"
	if at := s.at.Format(form); at < start || at >= end {
		io.WriteString(w, "[]")
		return
	}
	fmt.Fprintf(w, `[{"contentType":"Audit.SharePoint","contentId":"blob","contentUri":"%s/api/v1.0/%s/activity/feed/audit/blob","contentCreated":"%s.000Z","contentExpiration":"%s.000Z"}]`,
		s.http.URL, torrentTenant, s.at.Format(form), s.at.AddDate(0, 0, 7).Format(form))
}

// page gives a page of the chain: the first to who asks for the time in which all of it
// happened, the others by the link of the page before.
func (s *torrent) page(w io.Writer, filter, token string) {
	n, _ := strconv.Atoi(token) // our own number; none: the first
	if token == "" {
		var start, end string
		fmt.Sscanf(filter, "activityDateTime ge %s and activityDateTime le %s", &start, &end)
		if at := s.at.Format(time.RFC3339); at < start || at >= end {
			io.WriteString(w, `{"value":[]}`)
			return
		}
	}
	tail := "]}"
	if (n+1)*chainPage < s.n {
		tail = fmt.Sprintf(`],"@odata.nextLink":"%s/v1.0/deviceManagement/auditEvents?$skiptoken=%d"}`, s.http.URL, n+1)
	}
	s.records(w, `{"value":[`, n*chainPage, (n+1)*chainPage, tail)
}

func (s *torrent) records(w io.Writer, head string, from, to int, tail string) {
	io.WriteString(w, head)
	for i := from; i < to; i++ {
		if i > from {
			io.WriteString(w, ",")
		}
		n, err := w.Write(s.record(i, s.at))
		s.sent.Add(int64(n))
		if err != nil {
			return
		}
	}
	io.WriteString(w, tail)
}

// checkStored looks whether all that was sent is there, byte for byte where it looks.
func (s *torrent) checkStored(t *testing.T, in *sqlite.Store, quarantined int64) {
	t.Helper()
	stats, err := in.Stats(t.Context())
	if err != nil || stats.Events != int64(s.n)-quarantined || stats.Quarantined != quarantined {
		t.Errorf("the store holds %+v (%v), want %d records, %d of them quarantined", stats, err, s.n, quarantined)
	}
	for _, i := range []int{0, s.n/2 - 1, s.n/2 + 1, s.n - 1} {
		events, err := in.FindByID(t.Context(), torrentID(i))
		if err != nil || len(events) != 1 || !bytes.Equal(events[0].Raw, s.record(i, s.at)) {
			t.Errorf("record %d is not stored as it was sent: %d events, %v", i, len(events), err)
		}
	}
	if quarantined == 0 {
		return
	}
	qs, err := in.ListQuarantine(t.Context(), "", 10)
	if err != nil || len(qs) != 1 || !bytes.Equal(qs[0].Raw, s.record(s.n/2, s.at)) {
		t.Errorf("the record in the middle is not quarantined whole: %d are, %v", len(qs), err)
	}
}
