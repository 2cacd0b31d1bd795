package simulator

import (
	"encoding/json"
	"math/rand/v2"
	"strings"

	"aoc/internal/simulator/tenant"
)

// directory holds the tenant's directory objects as Graph shows them.
type directory struct {
	self        string // object id of our own service principal
	collections []*collection
	groups      *collection
	byID        map[string]*object // every directory object, by lower-case id
}

// collection is one list of objects.
type collection struct {
	path    string // after the version
	kind    string // the OData type of its objects
	objects []*object
}

// object is a directory object.
type object struct {
	id, kind string
	fields   map[string]any
	full     []byte // JSON of all fields, in order
}

const odataPrefix = "#microsoft.graph."

// add puts an object made of alternating names and values into a collection.
func (d *directory) add(c *collection, pairs ...any) {
	o := &object{kind: c.kind, fields: make(map[string]any, len(pairs)/2)}
	o.full = append(o.full, '{')
	for i := 0; i < len(pairs); i += 2 {
		k := pairs[i].(string)
		o.fields[k] = pairs[i+1]
		if i > 0 {
			o.full = append(o.full, ',')
		}
		v, err := json.Marshal(pairs[i+1])
		if err != nil {
			v = []byte("null")
		}
		o.full = append(append(append(o.full, '"'), k...), '"', ':')
		o.full = append(o.full, v...)
	}
	o.full = append(o.full, '}')
	o.id, _ = o.fields["id"].(string)
	c.objects = append(c.objects, o)
	if c.kind != "unifiedRoleDefinition" && c.kind != "organization" {
		d.byID[strings.ToLower(o.id)] = o
	}
}

func (d *directory) addGroup(g *tenant.Group) {
	kinds, mail := []string{}, any(nil)
	if g.Unified {
		kinds, mail = append(kinds, "Unified"), g.Mail
	}
	if g.Dynamic {
		kinds = append(kinds, "DynamicMembership")
	}
	d.add(d.groups, "id", g.ID, "displayName", g.DisplayName, "mail", mail, "groupTypes", kinds, "securityEnabled", !g.Unified, "mailEnabled", g.Unified)
}

func newDirectory(t *tenant.Tenant) *directory {
	rng := rand.New(rand.NewPCG(0x64697265637479, uint64(len(t.Users))))
	d := &directory{self: randomGUID(rng), byID: make(map[string]*object)}
	at := func(path, kind string) *collection {
		c := &collection{path: path, kind: kind}
		d.collections = append(d.collections, c)
		return c
	}
	users, groups := at("users", "user"), at("groups", "group")
	principals, apps := at("servicePrincipals", "servicePrincipal"), at("applications", "application")
	devices, roles := at("devices", "device"), at("directoryRoles", "directoryRole")
	definitions := at("roleManagement/directory/roleDefinitions", "unifiedRoleDefinition")
	organization := at("organization", "organization")
	d.groups = groups

	for i := range t.Users {
		u := &t.Users[i]
		kind := "Member"
		if u.Guest {
			kind = "Guest"
		}
		d.add(users, "id", u.ID, "displayName", u.DisplayName, "givenName", u.GivenName, "surname", u.Surname, "userPrincipalName", u.UPN,
			"mail", u.Mail, "jobTitle", u.JobTitle, "department", u.Department, "accountEnabled", u.Enabled, "userType", kind)
	}
	for i := range t.Groups {
		d.addGroup(&t.Groups[i])
	}
	for i := range t.Apps {
		a := &t.Apps[i]
		d.add(principals, "id", a.PrincipalID, "appId", a.AppID, "displayName", a.DisplayName, "appDisplayName", a.DisplayName,
			"servicePrincipalType", "Application", "accountEnabled", true)
		if !a.Microsoft {
			d.add(apps, "id", a.ObjectID, "appId", a.AppID, "displayName", a.DisplayName, "publisherDomain", t.Domain())
		}
	}
	for i := range t.Devices {
		v := &t.Devices[i]
		d.add(devices, "id", v.ID, "deviceId", v.DeviceID, "displayName", v.DisplayName, "operatingSystem", v.OS, "isCompliant", v.Compliant,
			"accountEnabled", true, "trustType", "AzureAd")
	}
	for i := range t.Roles {
		r := &t.Roles[i]
		d.add(roles, "id", r.ID, "displayName", r.DisplayName, "description", r.DisplayName, "roleTemplateId", r.TemplateID)
		d.add(definitions, "id", r.TemplateID, "displayName", r.DisplayName, "description", r.DisplayName, "isBuiltIn", true, "isEnabled", true, "templateId", r.TemplateID)
	}
	d.add(organization, "id", t.ID(), "displayName", t.Name(), "tenantType", "AAD", "verifiedDomains", []map[string]any{
		{"name": t.Domain(), "isDefault": true, "isInitial": false}, {"name": t.InitialDomain(), "isDefault": false, "isInitial": true},
	})
	return d
}
