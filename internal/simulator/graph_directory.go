package simulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	directoryPage    = 100 // default page of directory collections
	maxDirectoryPage = 999
	maxGetByIDs      = 1000
)

// mayReadDirectory checks permission and rate; it answers the request itself when it
// may not go on.
func (s *Server) mayReadDirectory(w http.ResponseWriter, r *http.Request, c *accessClaims) bool {
	return s.mayRead(w, r, c, c.has(PermissionDirectory))
}

// mayRead checks the rate of requests for directory objects, and tells whoever has not the
// permission so.
func (s *Server) mayRead(w http.ResponseWriter, r *http.Request, c *accessClaims, permitted bool) bool {
	if ok, wait := s.objects.allow(c.AppID, s.now()); !ok {
		s.tooMany(w, r, wait, true)
		return false
	}
	if !permitted {
		s.graphError(w, r, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	}
	return permitted
}

// directoryPage answers with a page of a collection. Known options: $filter with eq and
// in on one property, $top, $select.
func (s *Server) directoryPage(w http.ResponseWriter, r *http.Request, c *accessClaims, in *collection) {
	if !s.mayReadDirectory(w, r, c) {
		return
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || r.Method != http.MethodGet {
		s.graphError(w, r, http.StatusBadRequest, "Request_BadRequest", "Invalid query string or method.")
		return
	}
	top, offset := directoryPage, 0
	if v := q.Get("$top"); v != "" {
		if top, err = strconv.Atoi(v); err != nil || top < 1 || top > maxDirectoryPage {
			s.graphError(w, r, http.StatusBadRequest, "Request_BadRequest", "Invalid page size specified: '"+v+"'. Must be between 1 and 999 inclusive.")
			return
		}
	}
	if v := q.Get("$skiptoken"); v != "" {
		plain, err := base64.RawURLEncoding.DecodeString(v)
		if err == nil {
			offset, err = strconv.Atoi(string(plain))
		}
		if err != nil || offset < 0 {
			s.graphError(w, r, http.StatusBadRequest, "Request_BadRequest", "Invalid skip token.")
			return
		}
	}
	list := in.objects
	if v := q.Get("$filter"); v != "" {
		property, values, ok := parseMembership(v)
		if !ok {
			s.graphError(w, r, http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property '"+property+"' of resource '"+in.kind+"'.")
			return
		}
		list = nil
		for _, o := range in.objects {
			if text, ok := o.fields[property].(string); ok && slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, text) }) {
				list = append(list, o)
			}
		}
	}
	fields := selected(q.Get("$select"))
	end := min(offset+top, len(list))
	offset = min(offset, end)

	var b bytes.Buffer
	base := "https://" + r.Host + "/v1.0/"
	b.WriteString(`{"@odata.context":"` + base + "$metadata#" + in.path + `"`)
	if end < len(list) {
		q.Set("$skiptoken", base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(end))))
		b.WriteString(`,"@odata.nextLink":"` + base + in.path + "?" + encodeQuery(q) + `"`)
	}
	b.WriteString(`,"value":[`)
	for i, o := range list[offset:end] {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(o.show(fields, false))
	}
	b.WriteString("]}")
	s.graphBody(w, r, b.Bytes())
}

func selected(v string) []string {
	if v == "" {
		return nil
	}
	return strings.Split(v, ",")
}

// show writes the fields asked for, and the type where a list is of mixed types.
func (o *object) show(fields []string, typed bool) []byte {
	body := o.full
	if len(fields) > 0 {
		body = []byte{'{'}
		for _, f := range fields {
			v, ok := o.fields[strings.TrimSpace(f)]
			if !ok {
				continue
			}
			if len(body) > 1 {
				body = append(body, ',')
			}
			text, err := json.Marshal(v)
			if err != nil {
				text = []byte("null")
			}
			body = append(append(append(body, '"'), strings.TrimSpace(f)...), '"', ':')
			body = append(body, text...)
		}
		body = append(body, '}')
	}
	if !typed {
		return body
	}
	head := `{"@odata.type":"` + odataPrefix + o.kind + `"`
	if len(body) > 2 {
		head += ","
	}
	return append([]byte(head), body[1:]...)
}

// parseMembership reads "property eq 'value'" and "property in ('a','b')".
func parseMembership(text string) (property string, values []string, ok bool) {
	p := &filterParser{text: text}
	property = p.word()
	var c condition
	switch p.word() {
	case "eq":
		if p.value(&c) != nil {
			return property, nil, false
		}
		return property, []string{c.value}, p.done()
	case "in":
		if !p.take('(') {
			return property, nil, false
		}
		for {
			if p.value(&c) != nil {
				return property, nil, false
			}
			values = append(values, c.value)
			if p.take(')') {
				return property, values, p.done() && len(values) <= 15 // Graph's bound on "in"
			}
			if !p.take(',') {
				return property, nil, false
			}
		}
	}
	return property, nil, false
}

// directoryObject answers with one object.
func (s *Server) directoryObject(w http.ResponseWriter, r *http.Request, c *accessClaims, in *collection) {
	if !s.mayReadDirectory(w, r, c) {
		return
	}
	id := r.PathValue("id")
	for _, o := range in.objects {
		upn, _ := o.fields["userPrincipalName"].(string)
		if strings.EqualFold(o.id, id) || (upn != "" && strings.EqualFold(upn, id)) {
			head := `{"@odata.context":"https://` + r.Host + `/v1.0/$metadata#` + in.path + `/$entity",`
			s.graphBody(w, r, append([]byte(head), o.show(selected(r.URL.Query().Get("$select")), false)[1:]...))
			return
		}
	}
	s.graphError(w, r, http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+id+"' does not exist or one of its queried reference-property objects are not present.")
}

// graphAsked reads the JSON body of a request; it answers the request itself when it cannot.
func (s *Server) graphAsked(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(into); err != nil {
		s.graphError(w, r, http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
		return false
	}
	return true
}

// getByIDs answers with the objects of up to 1,000 ids, in no certain order; ids that
// are unknown are left out without a word.
func (s *Server) getByIDs(w http.ResponseWriter, r *http.Request, c *accessClaims) {
	if !s.mayReadDirectory(w, r, c) {
		return
	}
	var ask struct {
		IDs   []string `json:"ids"`
		Types []string `json:"types"`
	}
	if !s.graphAsked(w, r, &ask) {
		return
	}
	switch {
	case len(ask.IDs) == 0:
		s.graphError(w, r, http.StatusBadRequest, "Request_BadRequest", "Expected property 'ids' is not present or is empty.")
		return
	case len(ask.IDs) > maxGetByIDs:
		s.graphError(w, r, http.StatusBadRequest, "Directory_ResultSizeLimitExceeded", "The number of 'ids' exceeds the maximum of 1000.")
		return
	}
	if !s.graphGUIDs(w, r, ask.IDs) {
		return
	}
	var b bytes.Buffer
	b.WriteString(`{"@odata.context":"https://` + r.Host + `/v1.0/$metadata#directoryObjects","value":[`)
	seen := make(map[*object]bool)
	for _, id := range ask.IDs {
		o := s.directory.byID[strings.ToLower(id)]
		if o == nil || seen[o] || (len(ask.Types) > 0 && !slices.ContainsFunc(ask.Types, func(t string) bool { return strings.EqualFold(t, o.kind) })) {
			continue
		}
		if len(seen) > 0 {
			b.WriteByte(',')
		}
		seen[o] = true
		b.Write(o.show(nil, true))
	}
	b.WriteString("]}")
	s.graphBody(w, r, b.Bytes())
}

// graphGUIDs reports whether all ids are GUIDs, and answers where one is not.
func (s *Server) graphGUIDs(w http.ResponseWriter, r *http.Request, ids []string) bool {
	for _, id := range ids {
		if !isGUID(id) {
			s.graphError(w, r, http.StatusBadRequest, "Request_BadRequest", "Invalid GUID:"+id)
			return false
		}
	}
	return true
}
