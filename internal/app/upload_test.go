package app

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/config"
	"aoc/internal/console"
)

const tenantID = "11111111-2222-3333-4444-555555555555"

// service runs the whole program on a free port, without a tenant.
func service(t *testing.T, environ ...string) (base, data string, s *Service) {
	t.Helper()
	data = t.TempDir()
	cfg, err := config.Load(append([]string{"AOC_DATA_DIR=" + data, "AOC_LISTEN=127.0.0.1:0"}, environ...), "")
	if err != nil {
		t.Fatal(err)
	}
	base, s = start(t, cfg)
	return base, data, s
}

func start(t *testing.T, cfg config.Config) (string, *Service) {
	t.Helper()
	a, err := New(t.Context(), cfg, Options{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.WithoutCancel(t.Context())) })
	return "http://" + s.Addr().String(), s
}

// unified is one record of the unified log, as Purview exports have it.
func unified(id string) string {
	return fmt.Sprintf(`{"Id":%q,"CreationTime":"2026-03-02T11:10:00","Operation":"New-InboxRule","OrganizationId":%q,"RecordType":1,"Workload":"Exchange","UserId":"eve@contoso.example","ResultStatus":"True"}`, id, tenantID)
}

// graphAudit is one record of Graph, which does not say whose it is.
func graphAudit(id string) string {
	return fmt.Sprintf(`{"id":%q,"category":"Policy","activityDisplayName":"Update policy","result":"success","activityDateTime":"2026-03-02T10:00:00Z","initiatedBy":{},"targetResources":[]}`, id)
}

// purview is a CSV export of Purview.
func purview(ids ...string) []byte {
	var b bytes.Buffer
	b.WriteString("RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n")
	for _, id := range ids {
		fmt.Fprintf(&b, "%s,2026-03-02T11:10:00.0000000Z,1,New-InboxRule,eve@contoso.example,\"%s\",,\r\n", id, strings.ReplaceAll(unified(id), `"`, `""`))
	}
	return b.Bytes()
}

func send(t *testing.T, base, name, query string, content io.Reader, header ...string) (int, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/imports?name="+url.QueryEscape(name)+query, content)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

func getJSON(t *testing.T, address string, v any) int {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if v != nil && resp.StatusCode == http.StatusOK {
		if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
			t.Fatal(err)
		}
	}
	return resp.StatusCode
}

// ended waits for the import that an answer tells of.
func ended(t *testing.T, base string, answer []byte) console.Upload {
	t.Helper()
	var u console.Upload
	if err := json.Unmarshal(answer, &u); err != nil || u.ID == "" {
		t.Fatalf("%s: %v", answer, err)
	}
	for range 1000 {
		getJSON(t, base+"/api/imports/"+u.ID, &u)
		if u.State != console.UploadRunning {
			return u
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("it never ends: %+v", u)
	return u
}

func TestUploads(t *testing.T) {
	base, data, _ := service(t)
	status, answer := send(t, base, `C:\fakepath\Audit <b>.csv`, "", bytes.NewReader(purview("one", "two")), "X-AOC-Name", "Ada")
	if status != http.StatusAccepted {
		t.Fatalf("%d %s", status, answer)
	}
	u := ended(t, base, answer)
	if u.State != console.UploadDone || u.Counts.New != 2 || u.Name != "Audit <b>.csv" || u.By != "Ada" || u.ReadBytes != u.TotalBytes || len(u.Files) != 1 || u.Files[0].Path != u.Name {
		t.Errorf("a CSV file: %+v", u)
	}
	var page struct {
		Items []aoc.Event `json:"items"`
	}
	if getJSON(t, base+"/api/events?q=new-inboxrule", &page); len(page.Items) != 2 {
		t.Errorf("%d events are found", len(page.Items))
	}

	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, content := range map[string]string{"a/one.json": unified("one"), "three.jsonl": unified("three") + "\n" + unified("four") + "\n"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, answer = send(t, base, "all.zip", "", &packed)
	u = ended(t, base, answer)
	if u.State != console.UploadDone || u.Counts.New != 2 || u.Counts.Duplicate != 1 || len(u.Files) != 2 || !strings.HasPrefix(u.Files[0].Path, "all.zip!/") {
		t.Errorf("an archive: %+v", u)
	}

	// Records that do not say whose they are.
	status, answer = send(t, base, "graph.json", "", strings.NewReader(graphAudit("d1")))
	if status != http.StatusUnprocessableEntity || !strings.Contains(string(answer), `["query","tenant"]`) || !strings.Contains(string(answer), `"hint"`) {
		t.Errorf("without a tenant: %d %s", status, answer)
	}
	if status, answer = send(t, base, "graph.json", "&tenant=contoso", strings.NewReader(graphAudit("d1"))); status != 422 || !strings.Contains(string(answer), "GUID") {
		t.Errorf("with a name for a tenant: %d %s", status, answer)
	}
	_, answer = send(t, base, "graph.json", "&tenant="+tenantID, strings.NewReader(graphAudit("d1")))
	if u = ended(t, base, answer); u.Counts.New != 1 {
		t.Errorf("with a tenant: %+v", u)
	}

	// What is no export at all.
	_, answer = send(t, base, "cat.png", "", strings.NewReader("\x89PNG\r\n\x1a\n0000"))
	if u = ended(t, base, answer); u.State != console.UploadFailed || u.Error == "" || strings.Contains(u.Error+u.Hint, data) {
		t.Errorf("a picture: %+v", u)
	}
	// A file is read whatever it is called; its name cannot pass for another.
	_, answer = send(t, base, "invoice\u202efdp.csv\n", "", bytes.NewReader(purview("of a hostile name")))
	if u := ended(t, base, answer); u.State != console.UploadDone || u.Counts.New != 1 || u.Name != "invoice\ufffdfdp.csv" {
		t.Errorf("a file with a hostile name: %+v", u)
	}
	for what, want := range map[string]int{"empty": 422, "cross-site": 403, "no name": 422} {
		content, name, header := "x", "x.csv", []string(nil)
		switch what {
		case "empty":
			content = ""
		case "cross-site":
			header = []string{"Origin", "https://evil.example"}
		default:
			name = ""
		}
		if status, answer := send(t, base, name, "", strings.NewReader(content), header...); status != want {
			t.Errorf("%s: %d %s", what, status, answer)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(data, uploadFolder)); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
	if status := getJSON(t, base+"/api/imports/none", nil); status != 404 {
		t.Errorf("an unknown import: %d", status)
	}
}

// TestLargeUpload sends more than other requests may, and more than a file may.
func TestLargeUpload(t *testing.T) {
	base, data, _ := service(t, "AOC_IMPORT_MAX_MB=1")
	var ids []string
	for i := range 1200 {
		ids = append(ids, fmt.Sprint("id-", i))
	}
	fits := purview(ids...)
	if len(fits) < 300<<10 || len(fits) > 1<<20 {
		t.Fatalf("the file has %d bytes", len(fits))
	}
	_, answer := send(t, base, "large.csv", "", bytes.NewReader(fits))
	if u := ended(t, base, answer); u.Counts.New != 1200 {
		t.Errorf("%+v", u)
	}
	// Sent in pieces of unknown number, so that its size shows only as it comes.
	status, answer := send(t, base, "huge.csv", "", io.MultiReader(bytes.NewReader(bytes.Repeat(fits, 3))))
	if status != 422 || !strings.Contains(string(answer), "AOC_IMPORT_MAX_MB") {
		t.Errorf("%d %s", status, answer)
	}
	if left, _ := os.ReadDir(filepath.Join(data, uploadFolder)); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
}

// TestCrashedUploads holds that what a crash left behind is removed at the next start, and
// that who only reads removes nothing.
func TestCrashedUploads(t *testing.T) {
	_, data, s := service(t)
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(data, uploadFolder, "left")
	if err := errors.Join(os.MkdirAll(filepath.Dir(left), 0o700), os.WriteFile(left, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load([]string{"AOC_DATA_DIR=" + data, "AOC_LISTEN=127.0.0.1:0"}, "")
	if err != nil {
		t.Fatal(err)
	}
	reader, err := New(t.Context(), cfg, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Stop(t.Context())
	if _, err := os.Stat(left); err != nil {
		t.Errorf("a reader: %v", err)
	}
	base, _ := start(t, cfg)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the next start: %v", err)
	}
	if status := getJSON(t, base+"/api/imports/none", nil); status != 404 {
		t.Errorf("%d", status)
	}
}

// TestServiceStopsUnderStreams holds that a browser that follows the log does not keep the
// service from stopping.
func TestServiceStopsUnderStreams(t *testing.T) {
	base, _, s := service(t)
	resp, err := http.Get(base + "/api/events/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewReader(resp.Body)
	if line, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, "retry:") {
		t.Fatalf("%q, %v", line, err)
	}
	stop, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.Stop(stop); err != nil || stop.Err() != nil {
		t.Errorf("stopping: %v", err)
	}
}

// TestScreens holds that the service serves the screens and still answers for the API.
func TestScreens(t *testing.T) {
	base, _, _ := service(t)
	for _, path := range []string{"/", "/review", "/sources", "/events/x", "/entities/user/ada"} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") || !bytes.Contains(body, []byte("<script")) ||
			!strings.Contains(resp.Header.Get("Content-Security-Policy"), "script-src 'self'") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, resp.Header)
		}
	}
	if status := getJSON(t, base+"/api/nothing", nil); status != 404 {
		t.Errorf("%d", status)
	}
}
