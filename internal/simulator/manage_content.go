package simulator

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	longestListing = 24 * time.Hour
	listingGrace   = time.Hour // how much further back than 7 days is still accepted
	contentLayout  = "2006-01-02T15:04:05.000Z"
	windowLayout   = "2006-01-02T15:04:05"
)

// descriptor is how the content listing shows a blob.
type descriptor struct {
	ContentType string `json:"contentType"`
	ContentID   string `json:"contentId"`
	ContentURI  string `json:"contentUri"`
	Created     string `json:"contentCreated"`
	Expiration  string `json:"contentExpiration"`
}

// window reads the times of a listing. Neither given means the last 24 hours.
func (s *Server) window(q url.Values, now time.Time) (from, to time.Time, code, message string) {
	const (
		rule   = "Start time and end time must both be specified (or both omitted) and must be less than or equal to 24 hours apart, with the start time no more than 7 days in the past."
		sorted = "Start time and end time must both be specified (or both omitted) and must be less than or equal to 24 hours apart, with the start time prior to end time and start time no more than 7 days in the past."
	)
	start, end := q.Get("startTime"), q.Get("endTime")
	if start == "" && end == "" {
		return now.Add(-longestListing), now, "", ""
	}
	if start == "" || end == "" {
		return from, to, "AF20030", rule
	}
	var ok1, ok2 bool
	from, ok1 = parseWindowTime(start)
	to, ok2 = parseWindowTime(end)
	switch {
	case !ok1:
		return from, to, "AF20002", "Invalid parameter type: startTime. Expected type: datetime"
	case !ok2:
		return from, to, "AF20002", "Invalid parameter type: endTime. Expected type: datetime"
	case now.Sub(from) > managementRetention+listingGrace:
		return from, to, "AF20030", rule
	case !from.Before(to), to.Sub(from) > longestListing:
		return from, to, "AF20055", sorted
	}
	return from, to, "", ""
}

// parseWindowTime reads the forms that the service does: a date, to the minute, to the
// second, with or without a fraction and a Z.
func parseWindowTime(v string) (time.Time, bool) {
	v = strings.TrimSuffix(v, "Z")
	for _, layout := range []string{windowLayout, "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, v); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// listContent lists the blobs that were created in a window.
func (s *Server) listContent(c manageCall) {
	feed, echo, ok := s.contentType(c)
	if !ok {
		return
	}
	x, ok := s.subscribed(c, feed)
	if !ok {
		return
	}
	now := s.now()
	q := c.r.URL.Query()
	from, to, code, message := s.window(q, now)
	if code != "" {
		s.manageError(c, http.StatusBadRequest, code, message)
		return
	}
	list := s.available(feed, x, from, to, now)
	after := ""
	if next := q.Get("nextPage"); next != "" {
		plain, err := base64.RawURLEncoding.DecodeString(next)
		if _, _, _, ok := parseContentID(string(plain)); err != nil || !ok {
			s.manageError(c, http.StatusBadRequest, "AF20031", "Invalid nextPage Input: "+next+".")
			return
		}
		after = string(plain)
	}
	// Ids begin with the time of creation, so they are in the order of the listing.
	page := []descriptor{}
	for i, b := range list {
		if after != "" && b.id <= after {
			continue
		}
		if len(page) == s.cfg.ContentPage {
			token := base64.RawURLEncoding.EncodeToString([]byte(list[i-1].id))
			// The link has the version v1, the window filled in, and no publisher.
			c.w.Header().Set("NextPageUri", "https://"+c.r.Host+"/api/v1/"+s.tenant.ID()+"/activity/feed/subscriptions/content?contentType="+url.QueryEscape(echo)+
				"&startTime="+from.Format(windowLayout)+"&endTime="+to.Format(windowLayout)+"&nextPage="+token)
			break
		}
		page = append(page, descriptor{
			ContentType: echo, ContentID: b.id,
			ContentURI: "https://" + c.r.Host + "/api/v1.0/" + s.tenant.ID() + "/activity/feed/audit/" + b.id,
			Created:    b.created.Format(contentLayout), Expiration: b.created.Add(managementRetention).Format(contentLayout),
		})
	}
	s.manageJSON(c, page)
}

// available lists the blobs of a feed that a subscriber can list now, in order. With a
// warm-up, what was there before its end is created at its end.
func (s *Server) available(feed uint8, x *subscription, from, to, now time.Time) []blob {
	var list []blob
	add := func(b blob, created time.Time) {
		if created.Before(from) || !created.Before(to) || created.After(now) || created.Add(managementRetention).Before(now) || x.lost(b.created) {
			return
		}
		b.created = created
		list = append(list, b)
	}
	ready := x.started.Add(s.cfg.Warmup)
	natural := later(from, s.manageFloor)
	if s.cfg.Warmup > 0 {
		if !ready.Before(from) && ready.Before(to) && !ready.After(now) {
			for _, b := range s.blobs(feed, s.manageFloor, ready) {
				add(b, ready)
			}
		}
		natural = later(natural, ready)
	}
	for _, b := range s.blobs(feed, natural, earlier(to, now.Add(time.Millisecond))) {
		add(b, b.created)
	}
	return list
}

// blobs lists all blobs of a feed created in [from, to), those with records put in by
// hand among them.
func (s *Server) blobs(feed uint8, from, to time.Time) []blob {
	list := s.packer.created(feed, from, to)
	return s.withInjected(list, feed, from, to)
}

// getBlob serves the records of a blob.
func (s *Server) getBlob(c manageCall) {
	id := c.r.PathValue("id")
	feed, created, _, ok := parseContentID(id)
	if !ok {
		s.manageError(c, http.StatusBadRequest, "AF20052", "Content ID "+id+" in the URL is invalid.")
		return
	}
	if !c.claims.has(permissionFor(feeds[feed])) {
		s.noPermission(c)
		return
	}
	x, ok := s.subscribed(c, feed)
	if !ok {
		return
	}
	now := s.now()
	b, exists := s.findBlob(id, feed, created)
	if exists && s.cfg.Warmup > 0 {
		b.created = later(b.created, x.started.Add(s.cfg.Warmup))
	}
	switch {
	case !exists, b.created.After(now), created.Before(s.manageFloor), x.lost(created):
		s.manageError(c, http.StatusBadRequest, "AF20050", "The specified content ("+id+") does not exist.")
		return
	case b.created.Add(managementRetention).Before(now):
		s.manageError(c, http.StatusBadRequest, "AF20051", "Content requested with the key "+id+" has already expired. Content older than 7 days cannot be retrieved.")
		return
	}
	var body bytes.Buffer
	body.WriteByte('[')
	for i, at := range b.refs {
		if i > 0 {
			body.WriteByte(',')
		}
		e, _ := s.archive.event(at)
		body.Write(e.Raw)
	}
	body.WriteByte(']')
	s.sendRecords(c.r, b.refs, func() bool { return s.send(c.w, c.r, http.StatusOK, body.Bytes()) })
}

func (s *Server) findBlob(id string, feed uint8, created time.Time) (blob, bool) {
	if b, _, ok := s.packer.find(id); ok {
		return b, true
	}
	for _, b := range s.withInjected(nil, feed, created, created.Add(time.Millisecond)) {
		if b.id == id {
			return b, true
		}
	}
	return blob{}, false
}

// listNotifications has nothing to tell: no notification is ever sent.
func (s *Server) listNotifications(c manageCall) {
	feed, _, ok := s.contentType(c)
	if !ok {
		return
	}
	if _, ok := s.subscribed(c, feed); ok {
		s.manageJSON(c, []descriptor{})
	}
}
