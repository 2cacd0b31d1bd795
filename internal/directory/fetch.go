package directory

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aoc"
	"aoc/internal/m365"
)

const (
	// maxByIDs is Graph's bound on the ids of one getByIds request.
	maxByIDs = 1000
	// maxIn is Graph's bound on the values of an "in" filter.
	maxIn = 15
)

// Fetch asks Graph for those of the ids that are not known or not current, and for names
// that Lookup found to be old. Ids of another tenant than the client's, and what is no
// GUID, are passed over. Without the permission it switches itself off for a while and
// fails with code forbidden; while off it does nothing. What was found before an error is
// known and kept.
func (r *Resolver) Fetch(ctx context.Context, tenantID string, ids []string) error {
	if !strings.EqualFold(tenantID, r.tenant) {
		return nil
	}
	return r.fetch(ctx, ids)
}

// Refresh asks Graph for the names that Lookup found to be old, as Fetch does.
func (r *Resolver) Refresh(ctx context.Context) error { return r.fetch(ctx, nil) }

func (r *Resolver) fetch(ctx context.Context, ids []string) error {
	if r.offReason() != nil {
		return nil
	}
	select {
	case r.busy <- struct{}{}:
		defer func() { <-r.busy }()
	case <-ctx.Done():
		return &aoc.Error{Code: aoc.CodeUnavailable, Op: "directory.fetch", Message: "looking names up was given up", Cause: ctx.Err()}
	}
	if err := r.Load(ctx, r.tenant); err != nil {
		return err
	}
	wanted := r.wanted(append(slices.Clone(ids), r.takeStale()...))
	if len(wanted) == 0 {
		return nil
	}
	if r.offReason() != nil { // while waiting for another Fetch
		return nil
	}
	err := r.ask(ctx, wanted)
	if aoc.CodeOf(err) == aoc.CodeForbidden {
		r.switchOff(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastErr = ""
	if err != nil {
		r.lastErr = aoc.MessageOf(err)
	}
	return err
}

// wanted gives the ids worth asking for, each once.
func (r *Resolver) wanted(ids []string) (wanted []string) {
	now := r.clock.Now()
	seen := map[string]bool{}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, id := range ids {
		id = strings.ToLower(id)
		if seen[id] || !isGUID(id) {
			continue
		}
		seen[id] = true
		h := r.book[key{r.tenant, id}]
		if len(h) == 0 || now.Sub(h.seen()) >= h.life(r.ttl) {
			wanted = append(wanted, id)
		}
	}
	return wanted
}

// ask goes through the places an id can be known in: directory objects by object id,
// service principals by app id, roles by template id. What none of them knows is noted as
// unknown.
func (r *Resolver) ask(ctx context.Context, ids []string) error {
	for batch := range slices.Chunk(ids, maxByIDs) {
		missing := map[string]bool{}
		for _, id := range batch {
			missing[id] = true
		}
		for _, step := range []func(context.Context, map[string]bool) ([]aoc.DirectoryName, error){r.objects, r.apps, r.roles} {
			if len(missing) == 0 {
				break
			}
			found, err := step(ctx, missing)
			if err != nil {
				return err
			}
			r.confirm(ctx, found)
			for _, n := range found {
				delete(missing, n.ID)
			}
		}
		var unknown []aoc.DirectoryName
		for id := range missing {
			unknown = append(unknown, r.name(id, "", "", ""))
		}
		r.confirm(ctx, unknown)
	}
	return nil
}

// name is a name as of now.
func (r *Resolver) name(id, kind, name, upn string) aoc.DirectoryName {
	now := r.clock.Now()
	return normalised(aoc.DirectoryName{TenantID: r.tenant, ID: id, Kind: kind, Name: name, UPN: upn, Since: now, Seen: now})
}

func (r *Resolver) confirm(ctx context.Context, names []aoc.DirectoryName) {
	r.mu.Lock()
	for i, n := range names {
		names[i] = r.book.confirm(n)
	}
	r.mu.Unlock()
	r.keep(ctx, names)
}

// entry is the part of any directory object that names it.
type entry struct {
	Type              string `json:"@odata.type"`
	ID                string `json:"id"`
	AppID             string `json:"appId"`
	TemplateID        string `json:"templateId"`
	RoleTemplateID    string `json:"roleTemplateId"`
	DisplayName       string `json:"displayName"`
	UserPrincipalName string `json:"userPrincipalName"`
}

func (r *Resolver) entries(ctx context.Context, request m365.Request) (entries []entry, err error) {
	request.API, request.Class, request.Permission = m365.Graph, m365.ClassDirectory, permission
	for element, err := range r.client.Pages(ctx, request) {
		if err != nil {
			return nil, err
		}
		var e entry
		if element.Problem != "" || json.Unmarshal(element.Raw, &e) != nil {
			continue // one object without a name is no reason to go without the others
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// objects asks for objects of every kind by object id. An application's app id is learned
// along with it.
func (r *Resolver) objects(ctx context.Context, ids map[string]bool) (found []aoc.DirectoryName, err error) {
	body, err := json.Marshal(map[string][]string{"ids": sorted(ids)})
	if err != nil {
		return nil, err
	}
	entries, err := r.entries(ctx, m365.Request{Method: http.MethodPost, Path: "/v1.0/directoryObjects/getByIds", Body: body})
	for _, e := range entries {
		kind := strings.TrimPrefix(e.Type, "#microsoft.graph.")
		if e.ID == "" || e.DisplayName == "" {
			continue
		}
		found = append(found, r.name(e.ID, kind, e.DisplayName, e.UserPrincipalName))
		if isGUID(e.AppID) {
			found = append(found, r.name(e.AppID, kind, e.DisplayName, ""))
		}
		if isGUID(e.RoleTemplateID) {
			found = append(found, r.name(e.RoleTemplateID, kind, e.DisplayName, ""))
		}
	}
	return found, err
}

// apps asks for service principals by app id.
func (r *Resolver) apps(ctx context.Context, ids map[string]bool) (found []aoc.DirectoryName, err error) {
	for few := range slices.Chunk(sorted(ids), maxIn) {
		filter := "appId in ('" + strings.Join(few, "','") + "')"
		entries, err := r.entries(ctx, m365.Request{
			Path: "/v1.0/servicePrincipals?$filter=" + url.PathEscape(filter) + "&$select=id,appId,displayName",
		})
		if err != nil {
			return found, err
		}
		for _, e := range entries {
			if e.DisplayName == "" || !isGUID(e.AppID) || !isGUID(e.ID) {
				continue
			}
			found = append(found, r.name(e.AppID, "servicePrincipal", e.DisplayName, ""), r.name(e.ID, "servicePrincipal", e.DisplayName, ""))
		}
	}
	return found, nil
}

// roles asks for all role definitions, which are about a hundred, at most once in the
// life of a name. Their ids are the template ids that audit records name. A tenant that
// keeps them from us costs the names of roles only.
func (r *Resolver) roles(ctx context.Context, _ map[string]bool) (found []aoc.DirectoryName, err error) {
	r.mu.Lock()
	due := r.rolesAt.IsZero() || r.clock.Now().Sub(r.rolesAt) >= r.ttl
	r.mu.Unlock()
	if !due {
		return nil, nil
	}
	entries, err := r.entries(ctx, m365.Request{Path: "/v1.0/roleManagement/directory/roleDefinitions?$select=id,templateId,displayName"})
	if code := aoc.CodeOf(err); err != nil && code != aoc.CodeForbidden && code != aoc.CodeUpstream {
		return nil, err
	}
	asked := r.clock.Now()
	if err != nil {
		r.log.WarnContext(ctx, "role names could not be looked up", "code", string(aoc.CodeOf(err)), "error", err)
		asked = asked.Add(unknownLife - r.ttl)
	}
	r.mu.Lock()
	r.rolesAt = asked
	r.mu.Unlock()
	for _, e := range entries {
		for _, id := range slices.Compact([]string{strings.ToLower(e.ID), strings.ToLower(e.TemplateID)}) {
			if e.DisplayName != "" && isGUID(id) {
				found = append(found, r.name(id, "roleDefinition", e.DisplayName, ""))
			}
		}
	}
	return found, nil
}

func sorted(ids map[string]bool) (out []string) {
	for id := range ids {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
