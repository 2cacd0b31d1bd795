package tenant

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Group is a security group or a Microsoft 365 group.
type Group struct {
	ID, DisplayName, Mail string
	Unified               bool // a Microsoft 365 group
	Dynamic               bool
}

// App is an application and its service principal in the tenant.
type App struct {
	AppID, ObjectID, PrincipalID string
	DisplayName                  string
	Microsoft                    bool // owned by Microsoft
}

// Device is a computer or phone known to Entra and Intune.
type Device struct {
	ID, DeviceID, ManagedID string
	DisplayName, OS         string
	Owner                   int // index of the user
	Compliant               bool
}

// Site is a SharePoint site.
type Site struct{ ID, WebID, ListID, URL, Title string }

// Team is a team in Microsoft Teams.
type Team struct {
	Thread  string // 19:…@thread.tacv2
	Name    string
	GroupID string
	Channel string
}

// Role is a directory role.
type Role struct{ ID, TemplateID, DisplayName, WellKnown string }

var places = []office{
	{"Redmond", "Washington", "US", 47.6740, -122.1215, -8 * time.Hour, 0.2, "198.18", "en-US"},
	{"New York", "New York", "US", 40.7128, -74.0060, -5 * time.Hour, 0.25, "198.19", "en-US"},
	{"London", "England", "GB", 51.5074, -0.1278, 0, 0.2, "100.64", "en-GB"},
	{"München", "Bayern", "DE", 48.1351, 11.5820, 1 * time.Hour, 0.2, "100.65", "de-DE"},
	{"Bengaluru", "Karnataka", "IN", 12.9716, 77.5946, 5 * time.Hour, 0.15, "100.66", "en-IN"},
}

var builtinRoles = []struct{ template, name, wellKnown string }{
	{"62e90394-69f5-4237-9190-012177145e10", "Global Administrator", "TenantAdmins"},
	{"fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator", "UserAccountAdmins"},
	{"29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator", "ExchangeServiceAdmins"},
	{"f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "SharePoint Administrator", "SharePointServiceAdmins"},
	{"3a2c62db-5318-420d-8d74-23affee5d9d5", "Intune Administrator", "IntuneServiceAdmins"},
	{"194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator", "SecurityAdmins"},
	{"5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader", "SecurityReaders"},
	{"e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator", "PrivilegedRoleAdmins"},
	{"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator", "ApplicationAdministrators"},
	{"729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator", "HelpdeskAdmins"},
	{"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader", "GlobalReaders"},
	{"88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers", "DirectoryReaders"},
}

// firstParty are Microsoft's own applications, by their well-known ids.
var firstParty = []struct{ appID, name string }{
	{"00000003-0000-0000-c000-000000000000", "Microsoft Graph"},
	{"00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"},
	{"00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"},
	{"00000002-0000-0000-c000-000000000000", "Windows Azure Active Directory"},
	{"4345a7b9-9a63-4910-a426-35363201d503", "OfficeHome"},
	{"1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams"},
	{"c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal"},
	{"5926fc8e-304e-4f59-8bed-58ca97cc39a4", "Microsoft Intune portal extension"},
	{"00000006-0000-0ff1-ce00-000000000000", "Microsoft Office 365 Portal"},
	{"d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office"},
	{"cb1056e2-e479-49de-ae31-7812af012ed8", "Microsoft Azure Active Directory Connect"},
	{"0000000a-0000-0000-c000-000000000000", "Microsoft Intune"},
	{"c5393580-f805-4401-95e8-94b7a6ef2fc2", "Office 365 Management APIs"},
	{"ab9b8c07-8f02-4f72-87fa-80105867a763", "OneDrive SyncEngine"},
}

var appWords = []string{"Payroll", "Travel", "Expense", "Ticketing", "CRM Sync", "Backup", "Survey", "Badge Reader", "Wiki", "Pipeline", "Archive", "Scheduler", "Warehouse", "Learning", "Signature", "Forecast"}
var groupWords = []string{"All Employees", "Finance Approvers", "VPN Users", "Project Falcon", "Project Orion", "Board", "Intune Pilot", "Contractors", "Payroll Readers", "Building Access", "Sales EMEA", "Sales AMER", "Helpdesk", "Licences E5", "Licences E3", "Break Glass"}
var siteWords = []string{"Finance", "HR", "Legal", "Falcon", "Orion", "Marketing", "IT Knowledge", "Sales", "Board", "Procurement", "Operations", "Research"}

// settle fills the tenant with people and things.
func (t *Tenant) settle(rng *rand.Rand) {
	t.offices = places
	t.hire(rng)
	for _, r := range builtinRoles {
		t.Roles = append(t.Roles, Role{newGUID(rng), r.template, r.name, r.wellKnown})
	}
	for _, a := range firstParty {
		t.Apps = append(t.Apps, App{a.appID, newGUID(rng), newGUID(rng), a.name, true})
	}
	for i := range 24 + len(t.Users)/100 {
		name := appWords[i%len(appWords)]
		if i >= len(appWords) {
			name += " " + strconv.Itoa(i/len(appWords)+1)
		}
		t.Apps = append(t.Apps, App{newGUID(rng), newGUID(rng), newGUID(rng), name, false})
	}
	for i := range 20 + len(t.Users)/20 {
		g := Group{ID: newGUID(rng), DisplayName: groupWords[i%len(groupWords)], Unified: rng.IntN(3) > 0, Dynamic: rng.IntN(6) == 0}
		if i >= len(groupWords) {
			g.DisplayName += " " + strconv.Itoa(i/len(groupWords)+1)
		}
		if g.Unified {
			g.Mail = strings.ToLower(strings.ReplaceAll(g.DisplayName, " ", "-")) + "@" + t.cfg.Domain
		}
		t.Groups = append(t.Groups, g)
	}
	for i := range t.Users {
		if t.Users[i].Guest {
			continue
		}
		systems := []string{"Windows", "Windows", "Windows", "MacMDM", "iOS", "Android"}
		for n := range 1 + rng.IntN(2) {
			os := systems[rng.IntN(len(systems))]
			t.Devices = append(t.Devices, Device{
				ID: newGUID(rng), DeviceID: newGUID(rng), ManagedID: newGUID(rng),
				DisplayName: fmt.Sprintf("%s-%05d-%d", map[string]string{"Windows": "WKS", "MacMDM": "MAC", "iOS": "IPHONE", "Android": "ANDROID"}[os], i, n),
				OS:          os, Owner: i, Compliant: rng.IntN(12) > 0,
			})
		}
	}
	for i := range 12 + len(t.Users)/60 {
		title := siteWords[i%len(siteWords)]
		if i >= len(siteWords) {
			title += strconv.Itoa(i/len(siteWords) + 1)
		}
		t.Sites = append(t.Sites, Site{newGUID(rng), newGUID(rng), newGUID(rng), "https://" + t.label() + ".sharepoint.com/sites/" + strings.ReplaceAll(title, " ", ""), title})
		t.Teams = append(t.Teams, Team{"19:" + stripGUID(newGUID(rng)) + "@thread.tacv2", title, t.Groups[rng.IntN(len(t.Groups))].ID, "19:" + stripGUID(newGUID(rng)) + "@thread.tacv2"})
	}
	t.policies = []string{"Require MFA for administrators", "Block legacy authentication", "Require compliant device", "Medium sign-in risk block", "Limit guests to browser"}
	for range 12 {
		t.exchangeHost = append(t.exchangeHost, fmt.Sprintf("AM%dPR%02dMB%04d", 4+rng.IntN(6), 1+rng.IntN(20), rng.IntN(10000)))
	}
}

// appNamed finds one of Microsoft's applications.
func (t *Tenant) appNamed(name string) *App {
	for i := range t.Apps {
		if t.Apps[i].DisplayName == name {
			return &t.Apps[i]
		}
	}
	return &t.Apps[0]
}

// ownApp is an application that is not Microsoft's.
func (s *scribe) ownApp() *App {
	return &s.t.Apps[len(firstParty)+s.rng.IntN(len(s.t.Apps)-len(firstParty))]
}
