package simulator

import (
	"bytes"
	"crypto/sha256"
	"iter"
	"slices"
	"time"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// Entry is a record that the server has made available.
type Entry struct {
	Source    aoc.Source
	Stream    string // content type of a unified record, else empty
	TenantID  string
	ID        string // the record's own id; see [tenant.Event]
	Operation string
	Time      time.Time // of the event
	Visible   time.Time // since when the record can be had: for unified ones, when its blob was created
	Expires   time.Time // when it no longer can
	Raw       []byte    // as served; must not be modified
	Before    []byte    // as it was served until it changed, if it did
	Sum       [32]byte  // SHA-256 of Raw
	Blobs     []string  // content ids, more than one where the record was delivered again
	Delivered bool      // it was written out completely in at least one answer
	Poison    bool      // it is served broken
	Injected  bool      // it was put in by hand
	Story     string    // the attack it is part of, if any
}

// Manifest lists every record that the server has made available so far.
func (s *Server) Manifest() iter.Seq[Entry] { return s.Visible(s.now()) }

// Visible lists what a complete collection must hold at a time: every record that had
// surfaced by then and could be had since the server was made, whether it was asked for
// or not. Content types and lists that the application may not read are left out, as is
// what fell between a stop and the next start of a subscription. A DLP match and its
// undo share an id.
func (s *Server) Visible(now time.Time) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		granted := s.granted()
		for _, list := range auditLists {
			if !s.mayList(list.source, granted) {
				continue
			}
			if !s.visibleAudits(list, now, yield) {
				return
			}
		}
		for _, stream := range tenant.Streams() {
			if slices.Contains(granted, permissionFor(stream)) && !s.visibleContent(stream, now, yield) {
				return
			}
		}
	}
}

// mayList reports whether an application with permissions may read a list.
func (s *Server) mayList(source aoc.Source, granted []string) bool {
	has := func(permission string) bool { return slices.Contains(granted, permission) }
	switch source {
	case aoc.SourceIntune:
		return has(PermissionIntune)
	case aoc.SourceRisk:
		return has(PermissionRisk) && !s.cfg.Free
	case aoc.SourceSignIn:
		return has(PermissionAuditLog) && has(PermissionDirectory) && !s.cfg.Free
	}
	return has(PermissionAuditLog)
}

func (s *Server) entry(at ref) Entry {
	e, poison := s.archive.event(at)
	return Entry{
		Source: e.Source, Stream: e.Stream, TenantID: s.tenant.ID(), ID: e.ID, Operation: e.Operation, Time: e.Time, Visible: e.Visible,
		Raw: e.Raw, Sum: sha256.Sum256(e.Raw), Delivered: s.archive.wasSent(at), Poison: poison, Injected: at.n < 0, Story: e.Story,
	}
}

func (s *Server) visibleAudits(list auditList, now time.Time, yield func(Entry) bool) bool {
	feed := feedOf(&tenant.Event{Source: list.source})
	for h := tenant.HourOf(s.graphFloor); h <= tenant.HourOf(now); h++ {
		for _, row := range s.archive.hour(h, feed, now) {
			if row.at < s.graphFloor.UnixNano() {
				continue
			}
			e := s.entry(row.ref)
			e.Expires = e.Time.Add(s.retention(list.source))
			if made, _ := s.archive.event(row.ref); !bytes.Equal(made.RawAt(now), e.Raw) {
				e.Before, e.Raw = e.Raw, made.RawAt(now)
				e.Sum = sha256.Sum256(e.Raw)
			}
			if !yield(e) {
				return false
			}
		}
	}
	return true
}

// visibleContent goes through the blobs. A record that repeats in the next bucket is
// listed once, with both blobs.
func (s *Server) visibleContent(stream string, now time.Time, yield func(Entry) bool) bool {
	feed := uint8(slices.Index(feeds, stream))
	x := s.content.get(feed)
	end := now.Add(time.Millisecond)
	var ready time.Time // the end of the warm-up, if there is one
	if s.cfg.Warmup > 0 {
		if x == nil || now.Before(x.started.Add(s.cfg.Warmup)) {
			return true
		}
		ready = x.started.Add(s.cfg.Warmup)
	}
	var open map[ref]*Entry // of the bucket before
	flush := func() bool {
		for _, at := range sortedRefs(open) {
			if !yield(*open[at]) {
				return false
			}
		}
		return true
	}
	last := s.packer.bucketHolding(end)
	for b := s.packer.bucketHolding(s.manageFloor) - 1; b <= last; b++ {
		next := make(map[ref]*Entry)
		for _, blob := range s.packer.cut(feed, b) {
			if blob.created.Before(s.manageFloor) || blob.created.After(now) || x.lost(blob.created) {
				continue
			}
			blob.created = later(blob.created, ready)
			for _, at := range blob.refs {
				s.noteBlob(at, blob, open, next)
			}
		}
		if !flush() {
			return false
		}
		open = next
	}
	if !flush() {
		return false
	}
	for _, blob := range s.withInjected(nil, feed, time.Time{}, end) {
		e := s.entry(blob.refs[0])
		e.Blobs, e.Expires = []string{blob.id}, blob.created.Add(managementRetention)
		if !x.lost(blob.created) && !yield(e) {
			return false
		}
	}
	return true
}

func (s *Server) noteBlob(at ref, b blob, before, now map[ref]*Entry) {
	e := before[at]
	if e == nil {
		e = now[at]
	}
	if e == nil {
		made := s.entry(at)
		e = &made
		e.Visible, e.Expires = b.created, b.created.Add(managementRetention)
		now[at] = e
	}
	if !slices.Contains(e.Blobs, b.id) {
		e.Blobs = append(e.Blobs, b.id)
	}
	e.Expires = later(e.Expires, b.created.Add(managementRetention))
}

func sortedRefs(m map[ref]*Entry) []ref {
	list := make([]ref, 0, len(m))
	for at := range m {
		list = append(list, at)
	}
	slices.SortFunc(list, func(a, b ref) int {
		if a.hour != b.hour {
			return int(a.hour - b.hour)
		}
		return int(a.n) - int(b.n)
	})
	return list
}
