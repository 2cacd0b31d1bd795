package tenant

import (
	"time"

	"aoc"
)

// deviceChange is one Intune audit event.
type deviceChange struct {
	verb     string // activityOperationType
	object   string // MobileApp, ManagedDevice …
	category string
	user     *User
	app      *App // who did it without a user
	resource string
	id       string
	props    [][2]string
}

// intune writes an audit event. The service's name for the type of actor and resource
// has drifted; records carry both spellings, and a few only the old one. Times may have
// an offset.
func (s *scribe) intune(c deviceChange) {
	at, zone := s.at.Truncate(100*time.Nanosecond), "Z"
	id := newGUID(s.rng)
	s.begin(aoc.SourceIntune, "", id, c.verb+" "+c.object, at)
	if s.chance(0.3) {
		s.str("@odata.type", "#microsoft.graph.auditEvent")
	}
	s.str("id", id)
	s.str("displayName", c.verb, " ", c.object)
	s.str("componentName", c.object)
	s.null("activity")
	written := at
	if s.chance(0.02) {
		written, zone = at.Add(-8*time.Hour), "-08:00"
	}
	s.clock("activityDateTime", written, 7, zone)
	s.str("activityType", c.verb, " ", c.object)
	s.str("activityOperationType", c.verb)
	result := "Success"
	if s.chance(0.03) {
		result = "Failure"
	}
	s.str("activityResult", result)
	s.guid("correlationId", s.rng)
	s.str("category", c.category)
	drift := s.rng.Float64()
	s.obj("actor")
	if c.user != nil {
		s.spelling("auditActorType", "ItPro", drift)
		s.raw("userPermissions", `["*"]`)
		app := s.t.appNamed("Microsoft Intune portal extension")
		s.str("applicationId", app.AppID)
		s.str("applicationDisplayName", app.DisplayName)
		s.str("userPrincipalName", c.user.UPN)
		s.null("servicePrincipalName")
		s.null("ipAddress")
		s.str("userId", c.user.ID)
	} else {
		s.spelling("auditActorType", "Application", drift)
		s.raw("userPermissions", `["DeviceManagementManagedDevices.ReadWrite.All DeviceManagementConfiguration.ReadWrite.All"]`)
		s.str("applicationId", c.app.AppID)
		s.str("applicationDisplayName", c.app.DisplayName)
		s.null("userPrincipalName")
		s.null("servicePrincipalName")
		s.null("ipAddress")
		s.null("userId")
	}
	s.end()
	s.arr("resources")
	s.item()
	s.str("displayName", c.resource)
	s.spelling("auditResourceType", c.object, drift)
	s.str("resourceId", c.id)
	s.arr("modifiedProperties")
	for _, p := range c.props {
		s.item()
		s.str("displayName", p[0])
		s.null("oldValue")
		s.str("newValue", p[1])
		s.end()
	}
	s.item()
	s.str("displayName", "DeviceManagementAPIVersion")
	s.null("oldValue")
	s.str("newValue", "5026-01-12")
	s.end()
	s.endArr()
	s.end()
	s.endArr()
	s.finish()
}

func (s *scribe) spelling(k, v string, drift float64) {
	if drift > 0.04 {
		s.str(k, v)
	}
	if drift < 0.6 {
		s.str("type", v)
	}
}

var intunePolicies = []string{"Baseline Windows", "Wi-Fi München", "BitLocker", "iOS restrictions", "Defender onboarding", "<null>", "VPN <EU> & \"UK\""}

func intuneChanged(s *scribe) {
	c := deviceChange{
		verb: pick(s, []string{"Create", "Patch", "Patch", "Patch", "Delete", "SetReference"}), user: s.admin(),
		resource: pick(s, intunePolicies), id: newGUID(s.rng),
	}
	switch s.rng.IntN(4) {
	case 0:
		c.object, c.category = "MobileApp", "Application"
		c.props = [][2]string{{"Publisher", "Contoso IT"}, {"IsFeatured", "False"}, {"Settings.Type", "Win32LobAppAssignmentSettings"}, {"Source", "Direct"}, {"SourceId", "<null>"}}
	case 1:
		c.object, c.category = "DeviceEnrollmentConfiguration", "Enrollment"
		c.props = [][2]string{{"Id", c.id + "_Limit"}, {"Limit", "5"}, {"Priority", "1"}, {"Description", ""}, {"$Collection.RoleScopeTagIds[0]", "Default"}}
	case 2:
		c.object, c.category = "DeviceCompliancePolicy", "Compliance"
		c.props = [][2]string{{"PasswordRequired", "True"}, {"OsMinimumVersion", "10.0.22631"}, {"$Collection.RoleScopeTagIds[0]", "Default"}}
	default:
		c.object, c.category = "DeviceConfiguration", "DeviceConfiguration"
		c.props = [][2]string{{"DisplayName", c.resource}, {"Version", "3"}, {"LastModifiedDateTime", s.at.Format("1/2/2006 3:04:05 PM")}, {"$Collection.RoleScopeTagIds[0]", "Default"}}
	}
	s.intune(c)
}

func intuneDeviceAction(s *scribe) {
	s.deviceAction(s.admin(), &s.t.Devices[s.rng.IntN(len(s.t.Devices))], pick(s, []string{"syncDevice", "rebootNow", "rotateBitLockerKeys", "retire"}))
}

// deviceAction is a remote action on a device, such as a wipe.
func (s *scribe) deviceAction(by *User, d *Device, action string) {
	s.intune(deviceChange{
		verb: "Action", object: action + " ManagedDevice", category: "Device", user: by, resource: d.DisplayName, id: d.ManagedID,
		props: [][2]string{{"Action", action}, {"Owner", s.t.Users[d.Owner].UPN}, {"keepEnrollmentData", "False"}},
	})
}

func intuneAutomation(s *scribe) {
	d := &s.t.Devices[s.rng.IntN(len(s.t.Devices))]
	s.intune(deviceChange{
		verb: "SetReference", object: "ManagedDevice", category: "Device", app: s.ownApp(), resource: d.DisplayName, id: d.ManagedID,
		props: [][2]string{{"referenceProperty", "DeviceCategory"}, {"referenceValue", newGUID(s.rng)}},
	})
}
