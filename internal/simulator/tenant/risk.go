package tenant

import (
	"math/rand/v2"
	"strings"
	"time"

	"aoc"
)

// The products that detect risks, as records name them.
const (
	identityProtection = "IdentityProtection"
	cloudApps          = "MicrosoftCloudAppSecurity"
)

// session is what a sign-in is known by.
type session struct{ request, correlation string }

// signedIn is a sign-in that succeeded.
type signedIn struct {
	user *User
	ip   string
	at   time.Time
	session
}

// detection is a risk that Entra ID Protection detected. Records of it are those of detections
// that were made afterwards, so no sign-in says that it was risky when it happened.
type detection struct {
	kind   string // riskEventType
	level  string
	source string // empty for [identityProtection]
	user   *User
	ip     string
	at     time.Time     // when it was detected
	ago    time.Duration // how long before the risky activity was
	session
	story string
}

// attackerPlace is where the address of the attack stories is.
var attackerPlace = office{city: "Lagos", state: "Lagos", country: "NG", latitude: 6.4541, longitude: 3.3947}

// whereIs tells where a user is who comes from an address.
func (t *Tenant) whereIs(u *User, ip string) office {
	if ip == attackerIP {
		return attackerPlace
	}
	return t.offices[u.Office]
}

// detected notes a detection of a story. It is written when all else of the hour is.
func (s *scribe) detected(d detection) {
	d.at, d.story = s.at, s.story
	s.found = append(s.found, d)
}

// quietRisks are what is detected on ordinary days.
var quietRisks = []string{"unlikelyTravel", "unfamiliarFeatures", "suspiciousBrowser", "newCountry", "anomalousToken"}

// detectRisks writes the detections of an hour: those of stories, and few others, about
// sign-ins of the same hour. They are drawn from a stream of their own.
func (s *scribe) detectRisks(hour int64, r rate) {
	s.rng = rand.New(rand.NewPCG(s.t.cfg.Seed^streamRisks, uint64(hour)))
	mean := float64(s.t.cfg.RisksPerDay) * r.person / (float64(s.t.cfg.EventsPerDay) * personShare)
	n := int(mean)
	if s.chance(mean - float64(n)) {
		n++
	}
	for range n {
		if len(s.seen) == 0 {
			break
		}
		x := pick(s, s.seen)
		room := HourTime(hour + 1).Sub(x.at)
		late := time.Duration(s.rng.Int64N(int64(min(room, 40*time.Minute)))).Truncate(100 * time.Nanosecond)
		s.writeDetection(detection{kind: pick(s, quietRisks), level: "low", user: x.user, ip: x.ip, at: x.at.Add(late), ago: late, session: x.session})
	}
	for _, d := range s.found {
		s.writeDetection(d)
	}
}

// writeDetection writes a detection, and what becomes of one that is no attack: for half of
// them the person proves within a day who they are.
func (s *scribe) writeDetection(d detection) {
	id := strings.ToLower(newHex(s.rng, 32))
	detected := d.at.Truncate(100 * time.Nanosecond)
	resolved := time.Duration(0)
	if d.story == "" && s.chance(0.5) {
		resolved = time.Hour + time.Duration(s.rng.Int64N(int64(23*time.Hour)))
	}
	s.story = d.story
	s.begin(aoc.SourceRisk, "", id, d.kind, detected)
	s.risk(id, d, detected, detected, "atRisk", "none")
	s.finish()
	s.story = ""
	if resolved > 0 {
		e := &s.out[len(s.out)-1]
		from := e.Visible.Add(resolved)
		s.begin(aoc.SourceRisk, "", id, d.kind, detected)
		s.risk(id, d, detected, from, "remediated", "userPassedMFADrivenByRiskBasedPolicy")
		s.end()
		e.Revised = &Revision{From: from, Raw: s.b[s.start:len(s.b):len(s.b)]}
	}
}

// risk writes the members of a detection in a state.
func (s *scribe) risk(id string, d detection, detected, updated time.Time, state, detail string) {
	activity := detected.Add(-d.ago)
	source := d.source
	if source == "" {
		source = identityProtection
	}
	s.str("id", id)
	s.strOrNull("requestId", d.request)
	s.strOrNull("correlationId", d.correlation)
	s.str("riskEventType", d.kind)
	s.str("riskState", state)
	s.str("riskLevel", d.level)
	s.str("riskDetail", detail)
	s.str("source", source)
	s.str("detectionTimingType", "offline")
	if d.request == "" {
		s.str("activity", "user")
	} else {
		s.str("activity", "signin")
	}
	s.str("tokenIssuerType", "AzureAD")
	s.str("ipAddress", d.ip)
	s.clock("activityDateTime", activity, 7, "Z")
	s.clock("detectedDateTime", detected, 7, "Z")
	s.clock("lastUpdatedDateTime", updated, 7, "Z")
	s.str("userId", d.user.ID)
	s.str("userDisplayName", d.user.DisplayName)
	s.str("userPrincipalName", d.user.UPN)
	s.str("additionalInfo", `[{"Key":"userAgent","Value":"`+d.user.Agent+`"}]`)
	o := s.t.whereIs(d.user, d.ip)
	s.obj("location")
	s.str("city", o.city)
	s.str("state", o.state)
	s.str("countryOrRegion", o.country)
	s.obj("geoCoordinates")
	s.float("latitude", o.latitude)
	s.float("longitude", o.longitude)
	s.end()
	s.end()
}
