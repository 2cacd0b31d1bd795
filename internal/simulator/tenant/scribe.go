package tenant

import (
	"math/rand/v2"
	"time"

	"aoc"
)

// The content types of the Management Activity API.
const (
	streamDirectory  = "Audit.AzureActiveDirectory"
	streamExchange   = "Audit.Exchange"
	streamSharePoint = "Audit.SharePoint"
	streamGeneral    = "Audit.General"
	streamDLP        = "DLP.All"
)

// Streams lists the content types that unified records come in.
func Streams() []string {
	return []string{streamDirectory, streamExchange, streamSharePoint, streamGeneral, streamDLP}
}

const (
	chunkSize = 1 << 20
	chunkRoom = 64 << 10 // more than any record needs
)

// scribe writes the records of one hour, one after the other, into large chunks of
// memory that the records keep.
type scribe struct {
	text
	t     *Tenant
	rng   *rand.Rand
	at    time.Time     // of the action
	room  time.Duration // from at to the end of the hour
	story string
	// session is what the successful sign-in of a story is known by; empty for an own one.
	session session

	out []Event
	// seen are the ordinary sign-ins that succeeded, found is what is risky about the stories.
	seen  []signedIn
	found []detection

	// The record being written.
	source    aoc.Source
	stream    string
	id        string
	operation string
	time      time.Time
	start     int
}

func newScribe(t *Tenant, hour int64) *scribe {
	return &scribe{t: t, rng: rand.New(rand.NewPCG(t.cfg.Seed^streamHour, uint64(hour)))}
}

// begin starts a record of an event at a time.
func (s *scribe) begin(source aoc.Source, stream, id, operation string, at time.Time) {
	if cap(s.b)-len(s.b) < chunkRoom {
		s.b = make([]byte, 0, chunkSize)
	}
	s.source, s.stream, s.id, s.operation, s.time = source, stream, id, operation, at
	s.start = len(s.b)
	s.slashed = source == aoc.SourceUnified
	s.b = append(s.b, '{')
}

// finish ends the record.
func (s *scribe) finish() {
	s.end()
	s.out = append(s.out, Event{
		Source: s.source, Stream: s.stream, ID: s.id, Operation: s.operation,
		Time:    s.time,
		Visible: s.time.Add(s.t.cfg.Delays.draw(s.rng, s.source)),
		Story:   s.story,
		Raw:     s.b[s.start:len(s.b):len(s.b)],
	})
}

// compact moves the records of a quiet hour out of their chunk, most of which is empty.
func (s *scribe) compact() {
	size := 0
	for _, e := range s.out {
		size += len(e.Raw)
		if e.Revised != nil {
			size += len(e.Revised.Raw)
		}
	}
	if size >= chunkSize {
		return
	}
	exact := make([]byte, 0, size)
	move := func(raw *[]byte) {
		from := len(exact)
		exact = append(exact, *raw...)
		*raw = exact[from:len(exact):len(exact)]
	}
	for i := range s.out {
		move(&s.out[i].Raw)
		if s.out[i].Revised != nil {
			move(&s.out[i].Revised.Raw)
		}
	}
}

// header holds the common members of a unified record.
type header struct {
	stream     string
	operation  string
	recordType int
	result     string // ResultStatus; left out when empty
	userKey    string
	userType   int
	workload   string
	userID     string
	clientIP   string // left out when empty, see noClientIP
	objectID   string // left out when empty, see noObjectID
}

// blank as a client address or object id writes the member with an empty string.
const blank = "\x00"

// unified starts a unified record with its common members, in the service's order.
// CreationTime has whole seconds and no zone; it is UTC.
func (s *scribe) unified(h header) {
	s.unifiedWithID(newGUID(s.rng), h)
}

func (s *scribe) unifiedWithID(id string, h header) {
	at := s.at.Truncate(time.Second)
	s.begin(aoc.SourceUnified, h.stream, id, h.operation, at)
	s.clock("CreationTime", at, 0, "")
	s.str("Id", id)
	s.str("Operation", h.operation)
	s.str("OrganizationId", s.t.cfg.ID)
	s.num("RecordType", h.recordType)
	if h.result != "" {
		s.str("ResultStatus", h.result)
	}
	s.str("UserKey", h.userKey)
	s.num("UserType", h.userType)
	s.num("Version", 1)
	s.str("Workload", h.workload)
	s.optional("ClientIP", h.clientIP)
	s.optional("ObjectId", h.objectID)
	s.str("UserId", h.userID)
}

func (s *scribe) optional(k, v string) {
	switch v {
	case "":
	case blank:
		s.str(k, "")
	default:
		s.str(k, v)
	}
}

// later moves the action on by up to d without leaving the hour.
func (s *scribe) later(d time.Duration) {
	d = min(d, s.room-time.Millisecond)
	if d <= 0 {
		return
	}
	step := time.Duration(s.rng.Int64N(int64(d)))
	s.at = s.at.Add(step)
	s.room -= step
}

func (s *scribe) chance(p float64) bool { return s.rng.Float64() < p }

// pick takes one of a list, each as likely as the other; few prefers the first ones.
func pick[T any](s *scribe, list []T) T { return list[s.rng.IntN(len(list))] }

func few[T any](s *scribe, list []T) T {
	f := s.rng.Float64()
	return list[int(f*f*float64(len(list)))]
}

// person is someone at work: a few are far busier than the rest.
func (s *scribe) person() *User { return &s.t.Users[few(s, s.t.members)] }

// anyone is any user, guests included.
func (s *scribe) anyone() *User { return &s.t.Users[s.rng.IntN(len(s.t.Users))] }

// admin is one of the people who administer the tenant.
func (s *scribe) admin() *User { return &s.t.Users[pick(s, s.t.staff)] }

// address is where a person's request comes from: the office mostly, else home or a
// phone, sometimes over IPv6.
func (s *scribe) address(u *User) string {
	switch f := s.rng.Float64(); {
	case f < 0.7:
		return u.OfficeIP
	case f < 0.88:
		return u.HomeIP
	default:
		return u.MobileIP
	}
}

// withPort is the address as Exchange cmdlets write it, with the port.
func (s *scribe) withPort(ip string) string {
	port := make([]byte, 0, 5)
	port = appendInt(port, 1024+s.rng.IntN(64000))
	for i := range len(ip) {
		if ip[i] == ':' {
			return "[" + ip + "]:" + string(port)
		}
	}
	return ip + ":" + string(port)
}

func appendInt(b []byte, n int) []byte {
	if n >= 10 {
		b = appendInt(b, n/10)
	}
	return append(b, byte('0'+n%10))
}
