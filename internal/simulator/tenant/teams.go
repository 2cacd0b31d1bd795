package tenant

import "strconv"

func (s *scribe) teams(u *User, operation string) {
	s.unified(header{
		stream: streamGeneral, operation: operation, recordType: 25, userKey: u.ID, workload: "MicrosoftTeams",
		userID: u.UPN, clientIP: s.address(u),
	})
}

func teamsSession(s *scribe) {
	u := s.person()
	s.teams(u, "TeamsSessionStarted")
	s.str("ClientApplication", "Microsoft Teams")
	s.str("DeviceInformation", u.OS)
	s.guid("DeviceId", s.rng)
	s.raw("ExtraProperties", `[{"Key":"TimeZone","Value":"Europe\/Berlin"},{"Key":"OsName","Value":"windows"},{"Key":"Country","Value":"de"}]`)
	s.finish()
}

func teamsMessage(s *scribe) {
	u, team := s.person(), pick(s, s.t.Teams)
	s.teams(u, "MessageCreatedHasLink")
	s.str("AADGroupId", team.GroupID)
	s.str("ChannelGuid", team.Channel)
	s.str("ChannelName", "General")
	s.str("CommunicationType", "Channel")
	s.raw("ExtraProperties", "[]")
	s.str("MessageId", strconv.FormatInt(s.at.UnixMilli(), 10))
	s.arr("MessageURLs")
	s.elem("https://", s.t.label(), ".sharepoint.com/sites/", team.Name, "?web=1&csf=1")
	s.endArr()
	s.str("MessageVersion", strconv.FormatInt(s.at.UnixMilli(), 10))
	s.str("TeamGuid", team.Thread)
	s.str("TeamName", team.Name)
	s.finish()
}

func teamsChat(s *scribe) {
	u, other := s.person(), s.anyone()
	s.teams(u, "ChatCreated")
	s.hex("ChatThreadId", s.rng, "19:", 16, "@thread.v2")
	s.str("CommunicationType", "OneOnOne")
	s.raw("ExtraProperties", "[]")
	s.arr("Members")
	for _, m := range []*User{u, other} {
		s.member(m, 0)
	}
	s.endArr()
	s.obj("ParticipantInfo")
	s.flag("HasForeignTenantUsers", false)
	s.flag("HasGuestUsers", other.Guest)
	s.flag("HasOtherGuestUsers", false)
	s.flag("HasUnauthenticatedUsers", false)
	s.arr("ParticipatingTenantIds")
	s.elem(s.t.cfg.ID)
	s.endArr()
	s.end()
	s.finish()
}

func (s *scribe) member(u *User, role int) {
	s.item()
	s.str("DisplayName", u.DisplayName)
	s.num("Role", role)
	s.str("UPN", u.UPN)
	s.end()
}

func teamsMember(s *scribe) {
	u, m, team := s.person(), s.anyone(), pick(s, s.t.Teams)
	operation := pick(s, []string{"MemberAdded", "MemberAdded", "MemberRemoved", "MemberRoleChanged"})
	s.teams(u, operation)
	s.teamTail(m, team, s.rng.IntN(2))
}

func (s *scribe) teamTail(m *User, team Team, role int) {
	if m.Guest {
		role = 2
	}
	s.str("AADGroupId", team.GroupID)
	s.str("CommunicationType", "Team")
	s.raw("ExtraProperties", "[]")
	s.arr("Members")
	s.member(m, role)
	s.endArr()
	s.str("TeamGuid", team.Thread)
	s.str("ItemName", team.Name)
	s.str("TeamName", team.Name)
	s.finish()
}

func teamsSync(s *scribe) {
	m, team := s.anyone(), pick(s, s.t.Teams)
	s.unified(header{
		stream: streamGeneral, operation: "MemberAdded", recordType: 25, userKey: newGUID(s.rng), userType: 5,
		workload: "MicrosoftTeams", userID: "Microsoft Teams Sync",
	})
	s.teamTail(m, team, 0)
}
