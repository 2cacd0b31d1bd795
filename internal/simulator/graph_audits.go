package simulator

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"aoc"
	"aoc/internal/simulator/tenant"
)

// maxGraphPage is the largest page; larger requests get it without a word.
const maxGraphPage = 1000

// auditList is one of the audit lists of Graph.
type auditList struct {
	source     aoc.Source
	path       string // after the version
	context    string // of @odata.context
	time       string // the property of the event's time
	filterable filterable
	page       int // the largest page where it is not maxGraphPage, else 0
}

var timeOps = []string{"eq", "ge", "gt", "le", "lt"}

var auditLists = []auditList{
	{aoc.SourceDirectory, "auditLogs/directoryAudits", "auditLogs/directoryAudits", "activityDateTime", filterable{
		"activityDateTime":                   timeOps,
		"activityDisplayName":                {"eq", "startswith"},
		"correlationId":                      {"eq"},
		"id":                                 {"eq"},
		"loggedByService":                    {"eq"},
		"initiatedBy/user/id":                {"eq"},
		"initiatedBy/user/displayName":       {"eq"},
		"initiatedBy/user/userPrincipalName": {"eq", "startswith"},
		"initiatedBy/app/appId":              {"eq"},
		"initiatedBy/app/displayName":        {"eq"},
		"targetResources/any/id":             {"eq"},
		"targetResources/any/displayName":    {"eq", "startswith"},
	}, 0},
	{aoc.SourceSignIn, "auditLogs/signIns", "auditLogs/signIns", "createdDateTime", filterable{
		"createdDateTime":              timeOps,
		"appId":                        {"eq"},
		"appDisplayName":               {"eq", "startswith"},
		"ipAddress":                    {"eq", "startswith"},
		"clientAppUsed":                {"eq"},
		"conditionalAccessStatus":      {"eq"},
		"correlationId":                {"eq"},
		"id":                           {"eq"},
		"resourceId":                   {"eq"},
		"resourceDisplayName":          {"eq"},
		"riskDetail":                   {"eq"},
		"riskLevelAggregated":          {"eq"},
		"riskLevelDuringSignIn":        {"eq"},
		"riskState":                    {"eq"},
		"servicePrincipalId":           {"eq", "startswith"},
		"userId":                       {"eq"},
		"userPrincipalName":            {"eq", "startswith"},
		"userDisplayName":              {"eq", "startswith"},
		"status/errorCode":             {"eq"},
		"deviceDetail/browser":         {"eq", "startswith"},
		"deviceDetail/operatingSystem": {"eq", "startswith"},
		"location/city":                {"eq", "startswith"},
		"location/state":               {"eq", "startswith"},
		"location/countryOrRegion":     {"eq", "startswith"},
	}, 0},
	{aoc.SourceIntune, "deviceManagement/auditEvents", "deviceManagement/auditEvents", "activityDateTime", filterable{
		"activityDateTime": timeOps,
		"activityType":     {"eq"},
		"displayName":      {"eq"},
		"category":         {"eq"},
		"id":               {"eq"},
		"correlationId":    {"eq"},
	}, 0},
	{aoc.SourceRisk, "identityProtection/riskDetections", "identityProtection/riskDetections", "detectedDateTime", filterable{
		"detectedDateTime":    timeOps,
		"activity":            {"eq"},
		"correlationId":       {"eq"},
		"detectionTimingType": {"eq"},
		"id":                  {"eq"},
		"ipAddress":           {"eq"},
		"requestId":           {"eq"},
		"riskDetail":          {"eq"},
		"riskEventType":       {"eq"},
		"riskLevel":           {"eq"},
		"riskState":           {"eq"},
		"source":              {"eq"},
		"tokenIssuerType":     {"eq"},
		"userDisplayName":     {"eq", "startswith"},
		"userId":              {"eq"},
		"userPrincipalName":   {"eq", "startswith"},
	}, 500},
}

// admit checks permission, licence and rate for a list; it answers the request itself
// when it does not.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, c *accessClaims, list auditList) bool {
	if r.Method != http.MethodGet {
		s.graphError(w, r, http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
		return false
	}
	key := c.AppID + "/" + c.TenantID
	if list.source == aoc.SourceIntune {
		// Intune does not say how long to wait.
		if ok, wait := s.intune.allow(key, s.now()); !ok {
			s.tooMany(w, r, wait, false)
			return false
		}
		if !c.has(PermissionIntune) {
			s.graphError(w, r, http.StatusForbidden, "Forbidden", `{"ErrorCode":"Forbidden","Message":"{\r\n  \"_version\": 3,\r\n  \"Message\": \"Application is not authorized to perform this operation. Application must have one of the following scopes: DeviceManagementApps.Read.All, DeviceManagementApps.ReadWrite.All - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000\"\r\n}","Target":null,"Details":null,"InnerError":null}`)
			return false
		}
		return true
	}
	if list.source == aoc.SourceRisk {
		return s.admitRisks(w, r, c, key)
	}
	if ok, wait := s.reports.allow(key, s.now()); !ok {
		s.tooMany(w, r, wait, true)
		return false
	}
	switch {
	case !c.has(PermissionAuditLog):
		s.graphError(w, r, http.StatusForbidden, "Authentication_MSGraphPermissionMissing",
			"Calling principal does not have required MSGraph permissions AuditLog.Read.All")
	case list.source == aoc.SourceSignIn && !c.has(PermissionDirectory):
		s.graphError(w, r, http.StatusForbidden, "Authentication_ApplicationHasNoDirectoryReadAccess",
			"Failed to do premium license check from ADGraph")
	case list.source == aoc.SourceSignIn && s.cfg.Free:
		s.graphError(w, r, http.StatusForbidden, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
			"Neither tenant is B2C or tenant doesn't have premium license")
	default:
		return true
	}
	return false
}

// admitRisks is [Server.admit] for what Entra ID Protection detected.
func (s *Server) admitRisks(w http.ResponseWriter, r *http.Request, c *accessClaims, key string) bool {
	if ok, wait := s.risks.allow(key, s.now()); !ok {
		s.tooMany(w, r, wait, true)
		return false
	}
	switch {
	case !c.has(PermissionRisk):
		s.graphError(w, r, http.StatusForbidden, "Forbidden", "You cannot perform the requested operation, required scopes are missing in the token.")
	case s.cfg.Free:
		s.graphError(w, r, http.StatusForbidden, "Forbidden", "Your tenant is not licensed for this feature.")
	default:
		return true
	}
	return false
}

// pageOf is the largest page of a list.
func (s *Server) pageOf(list auditList) int {
	if list.page > 0 {
		return min(list.page, s.cfg.GraphPage)
	}
	return s.cfg.GraphPage
}

// listQuery is a request for a page of an audit list.
type listQuery struct {
	conditions []condition
	top        int
	ascending  bool
	began      time.Time // when the first page was asked for
	offset     int       // records before this page
}

// parseListQuery reads the query options. Parameters without a dollar sign, such as a
// mistyped "?=…", are ignored; options that are not known are refused.
func (s *Server) parseListQuery(q url.Values, list auditList) (listQuery, string) {
	l := listQuery{top: s.pageOf(list), began: s.now()}
	for k, v := range q {
		if !strings.HasPrefix(k, "$") {
			continue
		}
		var err error
		switch k {
		case "$filter":
			if l.conditions, err = parseFilter(v[0], list.filterable); err != nil {
				return l, "Invalid filter clause: " + err.Error()
			}
		case "$top":
			n, err := strconv.Atoi(v[0])
			if err != nil || n < 1 {
				return l, "Invalid value '" + v[0] + "' for $top query option found. The $top query option requires a non-negative integer value."
			}
			l.top = min(n, s.pageOf(list))
		case "$orderby":
			field, direction, _ := strings.Cut(strings.TrimSpace(v[0]), " ")
			if field != list.time || (direction != "" && direction != "asc" && direction != "desc") {
				return l, "The property '" + field + "' cannot be used in the $orderby query option."
			}
			l.ascending = direction != "desc"
		case "$skiptoken":
			if !decodeSkipToken(v[0], q, &l) {
				return l, "Skip token is invalid or does not match the request."
			}
		case "$select", "$count":
		default:
			return l, "Query option '" + k + "' is not allowed. To allow it, set the 'AllowedQueryOptions' property on EnableQueryAttribute or QueryValidationSettings."
		}
	}
	return l, ""
}

// skipToken goes on from where a page ended: with the records counted from the newest,
// so that those that surface meanwhile move others to the next page again, and none away.
func skipToken(q url.Values, l listQuery, next int) string {
	plain := fmt.Sprintf("%d:%d:%x", next, l.began.UnixMilli(), querySum(q))
	return base64.RawURLEncoding.EncodeToString([]byte(plain)) + "_" + strconv.Itoa(l.top)
}

func decodeSkipToken(token string, q url.Values, l *listQuery) bool {
	encoded, _, _ := cutLast(token, "_")
	plain, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return false
	}
	parts := strings.Split(string(plain), ":")
	if len(parts) != 3 {
		return false
	}
	offset, err1 := strconv.Atoi(parts[0])
	began, err2 := strconv.ParseInt(parts[1], 10, 64)
	if err1 != nil || err2 != nil || offset < 0 || parts[2] != fmt.Sprintf("%x", querySum(q)) {
		return false
	}
	l.offset, l.began = offset, time.UnixMilli(began)
	return true
}

func cutLast(v, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(v, sep)
	if i < 0 {
		return v, "", false
	}
	return v[:i], v[i+len(sep):], true
}

// querySum identifies the query options a token belongs to.
func querySum(q url.Values) uint64 {
	h := fnv.New64a()
	for _, k := range []string{"$filter", "$top", "$orderby"} {
		_, _ = h.Write([]byte(k + "=" + q.Get(k) + "\n"))
	}
	return h.Sum64()
}

// auditPage answers with a page of a list.
func (s *Server) auditPage(w http.ResponseWriter, r *http.Request, c *accessClaims, list auditList) {
	if !s.admit(w, r, c, list) {
		return
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.graphError(w, r, http.StatusBadRequest, "BadRequest", "Invalid query string.")
		return
	}
	l, problem := s.parseListQuery(q, list)
	if problem != "" {
		s.graphError(w, r, http.StatusBadRequest, "BadRequest", problem)
		return
	}
	refs, more := s.selectAudits(list, l)

	var b bytes.Buffer
	base := "https://" + r.Host + "/v1.0/"
	b.WriteString(`{"@odata.context":"` + base + "$metadata#" + list.context + `"`)
	if more {
		q.Set("$skiptoken", skipToken(q, l, l.offset+len(refs)))
		b.WriteString(`,"@odata.nextLink":"` + base + list.path + "?" + encodeQuery(q) + `"`)
	}
	b.WriteString(`,"value":[`)
	for i, at := range refs {
		if i > 0 {
			b.WriteByte(',')
		}
		e, _ := s.archive.event(at)
		b.Write(e.RawAt(s.now()))
	}
	b.WriteString("]}")
	body := b.Bytes()
	if fateOf(r).fault == faultMalformed && len(refs) > 0 {
		// As once observed: a record is cut off by an error object, with status 200.
		last, _ := s.archive.event(refs[len(refs)-1])
		body = append(body[:len(body)-2-len(last.RawAt(s.now()))/2], s.graphErrorJSON(w, "BadRequest", "The property 'category' cannot be null.", "")...)
	}
	s.sendRecords(r, refs, func() bool { return s.graphBody(w, r, body) })
}

// encodeQuery writes the options in the order and form of Graph's links: dollar signs
// are not escaped.
func encodeQuery(q url.Values) string {
	keys := make([]string, 0, len(q))
	for k := range q {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if (a == "$skiptoken") != (b == "$skiptoken") {
			if a == "$skiptoken" {
				return 1
			}
			return -1
		}
		return cmp.Compare(a, b)
	})
	var parts []string
	for _, k := range keys {
		for _, v := range q[k] {
			parts = append(parts, strings.ReplaceAll(url.QueryEscape(k), "%24", "$")+"="+url.QueryEscape(v))
		}
	}
	return strings.Join(parts, "&")
}

// selectAudits finds the records of a page and whether there are more.
func (s *Server) selectAudits(list auditList, l listQuery) (page []ref, more bool) {
	now := s.now()
	from := l.began.Add(-s.retention(list.source)) // fixed when paging began: nothing falls out meanwhile
	if from.Before(s.graphFloor) {
		from = s.graphFloor
	}
	to := now.Add(time.Nanosecond)
	for _, c := range l.conditions {
		if !c.isAt {
			continue
		}
		switch c.op {
		case "ge", "gt", "eq":
			from = later(from, c.at)
		}
		switch c.op {
		case "le", "lt", "eq":
			to = earlier(to, c.at.Add(time.Nanosecond))
		}
	}
	feed := feedOf(&tenant.Event{Source: list.source})
	first, last := tenant.HourOf(from), tenant.HourOf(to)
	skip := l.offset
	for n := range last - first + 1 {
		hour := last - n
		if l.ascending {
			hour = first + n
		}
		rows := s.archive.hour(hour, feed, now)
		if !l.ascending {
			slices.Reverse(rows)
		}
		for _, row := range rows {
			if row.at < from.UnixNano() || row.at >= to.UnixNano() || !s.passes(l.conditions, row, now) {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			if len(page) == l.top {
				return page, true
			}
			page = append(page, row.ref)
		}
	}
	return page, false
}

func (s *Server) passes(conditions []condition, row timed, now time.Time) bool {
	for _, c := range conditions {
		if !c.matchesTime(row.at) {
			return false
		}
		if !c.isAt {
			if e, _ := s.archive.event(row.ref); !c.matches(e.RawAt(now)) {
				return false
			}
		}
	}
	return true
}

func (s *Server) retention(source aoc.Source) time.Duration {
	switch {
	case s.cfg.Free:
		return graphRetentionFree
	case source == aoc.SourceRisk:
		return riskRetention
	}
	return graphRetention
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// auditRecord answers with one record of a list.
func (s *Server) auditRecord(w http.ResponseWriter, r *http.Request, c *accessClaims, list auditList) {
	if !s.admit(w, r, c, list) {
		return
	}
	id := r.PathValue("id")
	page, _ := s.selectAudits(list, listQuery{top: 1, began: s.now(), conditions: []condition{{path: "id", op: "eq", value: id}}})
	if len(page) == 0 {
		s.graphError(w, r, http.StatusNotFound, "ResourceNotFound", "Resource '"+id+"' does not exist or one of its queried reference-property objects are not present.")
		return
	}
	e, _ := s.archive.event(page[0])
	body := []byte(`{"@odata.context":"https://` + r.Host + `/v1.0/$metadata#` + list.context + `/$entity",`)
	s.sendRecords(r, page, func() bool { return s.graphBody(w, r, append(body, e.RawAt(s.now())[1:]...)) })
}
