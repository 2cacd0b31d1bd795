package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"aoc/internal/simulator/tenant"
)

// BenchmarkServeBlobs fetches a day of Exchange blobs, as fast as one client can.
func BenchmarkServeBlobs(b *testing.B) {
	s, err := New(Config{
		Tenant: tenant.Config{Seed: 1, EventsPerDay: 200_000}, Clock: &testClock{now: thursday}, ManagementHistory: 30 * time.Hour, BlobRecords: 200,
		Limits: Limits{Management: -1},
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	client := s.Client()
	defer client.CloseIdleConnections()
	form := strings.NewReader("grant_type=client_credentials&client_id=" + s.ClientID() + "&client_secret=" + s.ClientSecret() + "&scope=" + manageScope)
	resp, err := client.Post(s.LoginURL()+"/"+s.Tenant().ID()+"/oauth2/v2.0/token", "application/x-www-form-urlencoded", form)
	if err != nil {
		b.Fatal(err)
	}
	var token tokenAnswer
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
	call := func(method, target string) ([]byte, http.Header) {
		req, err := http.NewRequestWithContext(b.Context(), method, target, nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token.AccessToken)
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatalf("%d %v %.200s", resp.StatusCode, err, body)
		}
		return body, resp.Header
	}
	feed := s.ManageURL() + "/api/v1.0/" + s.Tenant().ID() + "/activity/feed/"
	call(http.MethodPost, feed+"subscriptions/start?contentType=Audit.Exchange")
	var blobs []descriptor
	for next := feed + window("Audit.Exchange", thursday.Add(-24*time.Hour), thursday); next != ""; {
		body, header := call(http.MethodGet, next)
		var page []descriptor
		if err := json.Unmarshal(body, &page); err != nil {
			b.Fatal(err)
		}
		blobs = append(blobs, page...)
		next = header.Get("NextPageUri")
	}
	size, n := 0, 0
	for b.Loop() {
		body, _ := call(http.MethodGet, blobs[n%len(blobs)].ContentURI)
		size += len(body)
		n++
	}
	b.ReportMetric(float64(size)/1e6/b.Elapsed().Seconds(), "MB/s")
}
