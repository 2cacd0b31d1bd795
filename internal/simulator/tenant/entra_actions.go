package tenant

import (
	"strings"
	"time"
)

// details gives the additional details most directory changes carry.
func (s *scribe) details(u *User) [][2]string {
	if s.chance(0.4) {
		return [][2]string{{"UserType", "Member"}}
	}
	return [][2]string{{"UserType", "Member"}, {"User-Agent", u.Agent}}
}

func userUpdated(s *scribe) {
	by, u := s.admin(), s.anyone()
	old, now := u.JobTitle, pick(s, jobTitles)
	s.record(change{
		category: "UserManagement", activity: "Update user", verb: "Update", object: "User",
		user: by, ip: s.address(by), targets: []target{userTarget(u)},
		props:   []prop{{"JobTitle", old, now, true}, {"Department", u.Department, pick(s, departments), true}, {"TargetId.UserType", "", "Member", false}},
		details: s.details(by),
	})
}

func userAdded(s *scribe) {
	by, u := s.admin(), s.anyone()
	s.record(change{
		category: "UserManagement", activity: "Add user", verb: "Add", object: "User",
		user: by, ip: s.address(by), targets: []target{userTarget(u)},
		props: []prop{
			{"AccountEnabled", "", "true", true}, {"StsRefreshTokensValidFrom", "", string(appendClock(nil, s.at, 0, "Z")), true},
			{"UserPrincipalName", "", u.UPN, true}, {"UserType", "", "Member", true}, {"DisplayName", "", u.DisplayName, true},
			{"MailNickname", "", u.Alias, true}, {"TargetId.UserType", "", "Member", false},
		},
		details: s.details(by),
	})
}

func userDeleted(s *scribe) {
	by, u := s.admin(), s.anyone()
	gone := userTarget(u)
	gone.upn = strings.ReplaceAll(u.ID, "-", "") + u.UPN // as the service renames what it deletes
	s.record(change{
		category: "UserManagement", activity: "Delete user", verb: "Delete", object: "User",
		user: by, ip: s.address(by), targets: []target{gone},
		props:   []prop{{"Is Hard Deleted", "", "False", false}, {"TargetId.UserType", "", "Member", false}},
		details: s.details(by),
	})
}

func passwordReset(s *scribe) {
	u := s.person()
	if s.chance(0.4) { // by the helpdesk
		by := s.admin()
		s.record(change{
			category: "UserManagement", activity: "Reset user password", verb: "Update", object: "User",
			user: by, ip: s.address(by), targets: []target{userTarget(u)}, details: s.details(by),
		})
		return
	}
	c := change{
		service: "Self-service Password Management", category: "UserManagement", activity: "Reset password (self-service)",
		verb: "Update", object: "User", user: u, ip: s.address(u), targets: []target{userTarget(u)},
		reason: "Successfully completed reset.", graphOnly: true,
	}
	if s.chance(0.12) {
		c.failure = "User's account has insufficient authentication methods defined. Add authentication info to resolve this"
	}
	s.record(c)
}

func securityInfo(s *scribe) {
	u := s.person()
	s.record(change{
		service: "Authentication Methods", category: "UserManagement", activity: "User registered security info",
		verb: "Add", object: "User", user: u, ip: s.address(u), targets: []target{userTarget(u)},
		reason: "User registered Authenticator App with Notification and Code", graphOnly: true,
		details: [][2]string{{"AuthenticationMethod", "Microsoft Authenticator"}},
	})
}

func groupMember(s *scribe) {
	by, u, g := s.admin(), s.anyone(), &s.t.Groups[s.rng.IntN(len(s.t.Groups))]
	c := change{
		category: "GroupManagement", activity: "Add member to group", verb: "Assign", object: "Group",
		user: by, ip: s.address(by), targets: []target{userTarget(u), groupTarget(g)},
		props:   []prop{{"Group.ObjectID", "", g.ID, false}, {"Group.DisplayName", "", g.DisplayName, false}, {"Group.WellKnownObjectName", "", "", false}},
		details: s.details(by),
	}
	switch {
	case s.chance(0.3):
		c.activity, c.verb = "Remove member from group", "Unassign"
		for i := range c.props {
			c.props[i].old, c.props[i].new = c.props[i].new, ""
		}
	case s.chance(0.03):
		c.failure = "Microsoft.Online.Workflows.ObjectAlreadyExistsException"
	}
	s.record(c)
}

func groupAdded(s *scribe) {
	by, g := s.admin(), &s.t.Groups[s.rng.IntN(len(s.t.Groups))]
	s.record(change{
		category: "GroupManagement", activity: "Add group", verb: "Add", object: "Group",
		user: by, ip: s.address(by), targets: []target{groupTarget(g)},
		props:   []prop{{"DisplayName", "", g.DisplayName, true}, {"MailEnabled", "", "false", true}, {"SecurityEnabled", "", "true", true}},
		details: s.details(by),
	})
}

func guestInvited(s *scribe) {
	by, u := s.person(), s.anyone()
	s.record(change{
		service: "Invited Users", category: "UserManagement", activity: "Invite external user", verb: "Add", object: "User",
		user: by, ip: s.address(by), targets: []target{userTarget(u)}, graphOnly: true,
		details: [][2]string{{"InvitationId", newGUID(s.rng)}, {"InvitedUserEmailAddress", u.Mail}},
	})
}

// roleMember grants or takes a directory role outright.
func roleMember(s *scribe) {
	s.roleMember(s.admin(), s.person(), &s.t.Roles[s.rng.IntN(len(s.t.Roles))])
}

func (s *scribe) roleMember(by, u *User, r *Role) {
	s.record(change{
		category: "RoleManagement", activity: "Add member to role", verb: "Assign", object: "Role",
		user: by, ip: s.address(by), targets: []target{userTarget(u), roleTarget(r)},
		props: []prop{
			{"Role.ObjectID", "", r.ID, false}, {"Role.DisplayName", "", r.DisplayName, false},
			{"Role.TemplateId", "", r.TemplateID, false}, {"Role.WellKnownObjectName", "", r.WellKnown, false},
		},
		details: s.details(by),
	})
}

// roleActivated is Privileged Identity Management at work: requested, then completed.
func roleActivated(s *scribe) {
	u, r := s.admin(), &s.t.Roles[s.rng.IntN(len(s.t.Roles))]
	c := change{
		service: "PIM", category: "RoleManagement", activity: "Add member to role requested (PIM activation)", verb: "Update",
		object: "Role", user: u, ip: s.address(u), targets: []target{roleTarget(r), userTarget(u)},
		reason: "Change 4711: monthly maintenance", graphOnly: true,
		details: [][2]string{{"RoleDefinitionOriginId", r.TemplateID}, {"RoleDefinitionOriginType", "BuiltInRole"}, {"TicketNumber", ""}},
	}
	s.record(c)
	s.later(20 * time.Second)
	c.activity, c.system, c.user = "Add member to role completed (PIM activation)", "Azure AD PIM", nil
	s.record(c)
}

func appConsented(s *scribe) {
	u, a := s.person(), s.ownApp()
	s.consent(u, a, "openid profile User.Read")
}

func (s *scribe) consent(u *User, a *App, scope string) {
	ip := s.address(u)
	s.record(change{
		category: "ApplicationManagement", activity: "Consent to application", verb: "Assign", object: "ServicePrincipal",
		user: u, ip: ip, targets: []target{principalTarget(a)},
		props: []prop{
			{"ConsentContext.IsAdminConsent", "", "False", false}, {"ConsentContext.IsAppOnly", "", "False", false},
			{"ConsentContext.OnBehalfOfAll", "", "False", false}, {"ConsentContext.Tags", "", "WindowsAzureActiveDirectoryIntegratedApp", false},
			{"ConsentAction.Permissions", "", "[] => [[Id: " + newHex(s.rng, 24) + ", ClientId: " + a.PrincipalID + ", PrincipalId: " + u.ID +
				", ResourceId: " + s.t.Apps[0].PrincipalID + ", ConsentType: Principal, Scope:  " + scope + "]]; ", false},
			{"TargetId.ServicePrincipalNames", "", a.AppID, false},
		},
		details: [][2]string{{"User-Agent", "EvoSTS"}, {"AppId", a.AppID}},
	})
	s.record(change{
		category: "ApplicationManagement", activity: "Add delegated permission grant", verb: "Assign", object: "ServicePrincipal",
		user: u, ip: ip, targets: []target{principalTarget(&s.t.Apps[0])},
		props: []prop{
			{"DelegatedPermissionGrant.Scope", "", " " + scope, false}, {"DelegatedPermissionGrant.ConsentType", "", "Principal", false},
			{"ServicePrincipal.ObjectID", "", a.PrincipalID, false}, {"ServicePrincipal.DisplayName", "", "", false},
			{"TargetId.ServicePrincipalNames", "", s.t.Apps[0].AppID + "/ags.windows.net;" + s.t.Apps[0].AppID + ";https://graph.microsoft.com;https://graph.microsoft.us", false},
		},
		details: [][2]string{{"User-Agent", "EvoSTS"}, {"AppId", s.t.Apps[0].AppID}},
	})
}

// appCredential is the operation whose name has an en dash and ends in a space.
func appCredential(s *scribe) { s.appCredential(s.admin(), s.ownApp()) }

func (s *scribe) appCredential(by *User, a *App) {
	s.record(change{
		category: "ApplicationManagement", activity: "Update application – Certificates and secrets management ", verb: "Update",
		object: "Application", verbatim: true, user: by, ip: s.address(by),
		targets: []target{{kind: "Application", id: a.ObjectID, name: a.DisplayName}},
		props: []prop{{"KeyDescription", "", "[KeyIdentifier=" + newGUID(s.rng) +
			",KeyType=Password,KeyUsage=Verify,DisplayName=rotation]", true}},
		details: [][2]string{{"User-Agent", by.Agent}, {"AppId", a.AppID}},
	})
}

func policyUpdated(s *scribe) {
	by, name := s.admin(), pick(s, s.t.policies)
	s.record(change{
		service: "Conditional Access", category: "Policy", activity: "Update conditional access policy", verb: "Update",
		object: "Policy", user: by, ip: s.address(by), targets: []target{{kind: "Policy", id: newGUID(s.rng), name: name}},
		props: []prop{{"ConditionalAccessPolicy",
			`{"displayName":"` + name + `","state":"enabledForReportingButNotEnforced","conditions":{"users":{"includeUsers":["All"]}}}`,
			`{"displayName":"` + name + `","state":"enabled","conditions":{"users":{"includeUsers":["All"],"excludeGroups":["` + s.t.Groups[0].ID + `"]}}}`, false}},
		graphOnly: true,
	})
}

// directorySync is Entra Connect updating people in batches, every half hour or so.
func directorySync(s *scribe) {
	app := s.t.appNamed("Microsoft Azure Active Directory Connect")
	for range 1 + s.rng.IntN(6) {
		u := s.anyone()
		now := string(appendClock(nil, s.at, 0, "Z"))
		before := string(appendClock(nil, s.at.Add(-time.Duration(s.rng.Int64N(int64(96*time.Hour)))), 0, "Z"))
		s.record(change{
			category: "UserManagement", activity: "Update user", verb: "Update", object: "User", app: app, targets: []target{userTarget(u)},
			props:   []prop{{"LastDirSyncTime", before, now, true}, {"Action Client Name", "", "DirectorySync", false}, {"TargetId.UserType", "", "Member", false}},
			details: [][2]string{{"UserType", "Member"}},
		})
		s.later(700 * time.Millisecond)
	}
}

func deviceUpdated(s *scribe) {
	d := &s.t.Devices[s.rng.IntN(len(s.t.Devices))]
	s.record(change{
		category: "Device", activity: "Update device", verb: "Update", object: "Device", system: "Device Registration Service",
		targets: []target{{kind: "Device", id: d.ID, name: d.DisplayName}},
		props: []prop{{"DeviceOSVersion", "10.0.22631.4460", "10.0.22631.4602", true}, {"IsCompliant", "", "true", true},
			{"TargetId.DeviceId", "", d.DeviceID, false}, {"TargetId.DeviceOSType", "", d.OS, false}},
		details: [][2]string{{"DeviceId", d.DeviceID}, {"DeviceOSType", d.OS}},
	})
}

func dynamicGroup(s *scribe) {
	u, g := s.anyone(), &s.t.Groups[s.rng.IntN(len(s.t.Groups))]
	s.record(change{
		category: "GroupManagement", activity: "Add member to group", verb: "Assign", object: "Group", system: "Microsoft Approval Management",
		targets: []target{userTarget(u), groupTarget(g)},
		props: []prop{{"Group.ObjectID", "", g.ID, false}, {"Group.DisplayName", "", g.DisplayName, false},
			{"ActorId.ServicePrincipalNames", "", "https://approvalmanagement.activedirectory.windowsazure.com;65d91a3d-ab74-42e6-8a2f-0add61688c74", false}},
	})
}

// principalProvisioned is a service giving itself a principal in the tenant.
func principalProvisioned(s *scribe) {
	a := s.ownApp()
	s.record(change{
		category: "ApplicationManagement", activity: "Add service principal", verb: "Add", object: "ServicePrincipal", app: &s.t.Apps[0],
		targets: []target{principalTarget(a)},
		props: []prop{{"AccountEnabled", "", "true", true}, {"AppPrincipalId", "", a.AppID, true}, {"DisplayName", "", a.DisplayName, true},
			{"ServicePrincipalName", "", a.AppID, true}, {"TargetId.ServicePrincipalNames", "", a.AppID, false}},
	})
}
