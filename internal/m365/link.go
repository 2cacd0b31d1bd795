package m365

import (
	"net/url"
	"slices"
	"strings"

	"aoc"
)

// target gives the address of a request. A link is taken as it is, byte for byte, but
// only to where the client's tokens may go.
func (c *Client) target(r Request) (*url.URL, error) {
	base, err := url.Parse(c.cfg.Cloud.base(r.API))
	if err != nil {
		return nil, aoc.Wrap(err, aoc.CodeInvalid, opRequest, "the service's address is malformed")
	}
	if r.Link == "" {
		// A path can come out of a ledger: it is held to the same rules as a link.
		u, err := url.Parse(base.String() + r.Path)
		if err != nil || !c.mayFollow(r.API, base, u) {
			return nil, aoc.Errorf(aoc.CodeInvalid, opRequest, "the request's path is malformed")
		}
		return u, nil
	}
	u, err := url.Parse(r.Link)
	if err != nil || !c.mayFollow(r.API, base, u) {
		return nil, &aoc.Error{
			Code: aoc.CodeUpstream, Op: opRequest,
			Message: r.API.title() + " sent a continuation link to another place, which is not followed",
			Hint:    "Check AOC_CLOUD and overridden addresses: the answers come from another host than the one configured, or something on the way changes them.",
		}
	}
	return u, nil
}

// mayFollow reports whether a link that upstream sent leads to the configured service
// and, for the Management API, to the client's own tenant.
func (c *Client) mayFollow(api API, base, link *url.URL) bool {
	if link.User != nil || link.Opaque != "" ||
		!strings.EqualFold(link.Scheme, base.Scheme) ||
		!strings.EqualFold(link.Hostname(), base.Hostname()) || port(link) != port(base) {
		return false
	}
	path, found := strings.CutPrefix(link.Path, strings.TrimRight(base.Path, "/")+"/")
	if !found || strings.Contains(path, `\`) {
		return false
	}
	segments := strings.Split(path, "/")
	if slices.Contains(segments, "..") || slices.Contains(segments, ".") {
		return false
	}
	if api == Manage { // api/v1.0/{tenant}/activity/feed/…
		return len(segments) > 4 && segments[0] == "api" && strings.EqualFold(segments[2], c.tenantID) &&
			segments[3] == "activity"
	}
	return true
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if strings.EqualFold(u.Scheme, "http") {
		return "80"
	}
	return "443"
}
