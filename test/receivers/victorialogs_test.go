package receivers

import (
	"bufio"
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"

	"aoc/internal/sink"
	"aoc/internal/sink/elastic"
	"aoc/internal/sink/syslog"
)

// VictoriaLogs keeps what it has taken in memory for some seconds and loses it when it is
// killed without warning, as it says itself; so it is asked to stop here.
func TestVictoriaLogs(t *testing.T) {
	path := program(t, "AOC_VICTORIALOGS", "victoria-logs")
	for name, c := range map[string]struct {
		kind     string
		settings func(web, tcp, ca string) map[string]string
		field    string // that holds the key
	}{
		"elastic": {elastic.Name, func(web, _, _ string) map[string]string {
			return map[string]string{"url": "http://" + web + "/insert/elasticsearch", "query": "_msg_field=message&_time_field=@timestamp&_stream_fields=event.module"}
		}, "event.id"},
		"syslog": {syslog.Name, func(_, tcp, ca string) map[string]string {
			return map[string]string{"address": tcp, "ca": ca, "timeout": "10"}
		}, "aoc@32473.key"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			web, tcp := freePort(t), freePort(t)
			ca := certificate(t, folder)
			r := &server{t: t, path: path, address: web, args: []string{
				"-storageDataPath=" + filepath.Join(folder, "data"), "-httpListenAddr=" + web, "-retentionPeriod=10y",
				"-syslog.listenAddr.tcp=" + tcp, "-syslog.tls", "-syslog.tlsCertFile=" + filepath.Join(folder, "cert.pem"), "-syslog.tlsKeyFile=" + filepath.Join(folder, "key.pem"),
			}}
			want := chaos(t, r, sink.Config{Kind: c.kind, Settings: c.settings(web, tcp, ca)})
			r.start() // again: what it has is on its disk
			defer r.stop(false)
			compare(t, query(t, web, c.field), want)
		})
	}
}

// query counts the values of a field in all that VictoriaLogs has.
func query(t *testing.T, web, field string) map[string]int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+web+"/select/logsql/query?query=*", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	arrived := map[string]int{}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var fields map[string]string
		if err := json.Unmarshal(lines.Bytes(), &fields); err != nil {
			t.Fatal(err)
		}
		if fields[field] == "" {
			t.Errorf("no key: %.500s", lines.Bytes())
			return arrived
		}
		arrived[fields[field]]++
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return arrived
}
