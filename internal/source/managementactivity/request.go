package managementactivity

import (
	"net/http"
	"net/url"
	"strings"

	"aoc/internal/m365"
)

// get is a request for a path below the feed. Every request names the publisher: without
// it upstream counts it against a quota that all strangers share.
func (s *Source) get(operation string, query ...string) m365.Request {
	return m365.Request{
		API: m365.Manage, Class: m365.ClassActivity,
		Path: "/api/v1.0/" + s.client.TenantID() + "/activity/feed/" + operation +
			"?" + strings.Join(append(query, s.publisherQuery()), "&"),
	}
}

// follow is a request for an address that upstream sent. It is kept byte for byte, for
// content ids hold characters that must not be encoded again; the publisher is added.
func (s *Source) follow(link string) m365.Request {
	separator := "?"
	if _, query, found := strings.Cut(link, "?"); found {
		separator = "&"
		if strings.Contains(strings.ToLower("&"+query), "&publisheridentifier=") {
			return m365.Request{API: m365.Manage, Class: m365.ClassActivity, Link: link}
		}
	}
	return m365.Request{API: m365.Manage, Class: m365.ClassActivity, Link: link + separator + s.publisherQuery()}
}

func (s *Source) publisherQuery() string {
	return "PublisherIdentifier=" + url.QueryEscape(s.publisher)
}

func (s *Source) contentTypeQuery() string { return "contentType=" + url.QueryEscape(s.contentType) }

// nextPage reads the header that leads to the next page of a listing: NextPageUri in the
// reference, NextPageUrl on the troubleshooting page.
func nextPage(h http.Header) string {
	if next := h.Get("NextPageUri"); next != "" {
		return next
	}
	return h.Get("NextPageUrl")
}
