package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"aoc/internal/simulator/tenant"
)

// noPublisher is how requests without a PublisherIdentifier are accounted.
const noPublisher = "00000000-0000-0000-0000-000000000000"

// manageCall is a request that passed what all operations have in common.
type manageCall struct {
	w         http.ResponseWriter
	r         *http.Request
	claims    *accessClaims
	publisher string
}

// manageHandler serves the Management Activity API. Its own links say /api/v1/, what is
// documented says /api/v1.0/; both are served.
func (s *Server) manageHandler() http.Handler {
	mux := http.NewServeMux()
	for _, version := range []string{"v1.0", "v1"} {
		feed := "/api/" + version + "/{tenant}/activity/feed/"
		mux.HandleFunc("POST "+feed+"subscriptions/start", s.manage("StartSubscription", s.startSubscription))
		mux.HandleFunc("POST "+feed+"subscriptions/stop", s.manage("StopSubscription", s.stopSubscription))
		mux.HandleFunc("GET "+feed+"subscriptions/list", s.manage("ListSubscriptions", s.listSubscriptions))
		mux.HandleFunc("GET "+feed+"subscriptions/content", s.manage("ListContent", s.listContent))
		mux.HandleFunc("GET "+feed+"subscriptions/notifications", s.manage("ListNotifications", s.listNotifications))
		mux.HandleFunc("GET "+feed+"audit/{id}", s.manage("GetBlob", s.getBlob))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		manageHeaders(w, s.newGUID())
		s.send(w, r, http.StatusNotFound, []byte(`{"Message":"No HTTP resource was found that matches the request URI 'https://`+r.Host+strings.ReplaceAll(r.URL.Path, `"`, "")+`'."}`))
	})
	return mux
}

// manage puts what is common to all operations before one.
func (s *Server) manage(method string, next func(manageCall)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		manageHeaders(w, s.newGUID())
		call := manageCall{w: w, r: r, publisher: r.URL.Query().Get("PublisherIdentifier")}
		if !isGUID(call.publisher) {
			call.publisher = noPublisher
		}
		tooMany := "Too many requests. Method=" + method + ", PublisherId=" + call.publisher
		switch f := fateOf(r); f.fault {
		case faultThrottle:
			w.Header().Set("Retry-After", "1")
			s.manageError(call, http.StatusTooManyRequests, "AF429", tooMany)
			return
		case faultForbidden:
			s.throttled(call, tooMany, f.variant%3 == 0)
			return
		case faultServer:
			s.manageError(call, http.StatusInternalServerError, "AF50000", "An internal error occurred. Retry the request.")
			return
		case faultMalformed: // an error of something in between
			w.Header().Set("Content-Type", "text/plain")
			s.send(w, r, http.StatusServiceUnavailable, []byte("The service is unavailable."))
			return
		}
		// An API of another kind than the rest: bad tokens are refused in another shape.
		c, _ := s.bearer(r, manageResource)
		if c == nil {
			w.Header().Set("WWW-Authenticate", "Bearer")
			s.send(w, r, http.StatusUnauthorized, []byte(`{"Message":"Authorization has been denied for this request."}`))
			return
		}
		call.claims = c
		name := r.PathValue("tenant")
		switch {
		case !isGUID(name):
			s.manageError(call, http.StatusBadRequest, "AF20013", "The tenant ID passed in the URL ("+name+") is not a valid GUID.")
			return
		case !strings.EqualFold(name, c.TenantID):
			s.manageError(call, http.StatusBadRequest, "AF20010", "The tenant ID passed in the URL ("+name+") does not match the tenant ID passed in the access token ("+c.TenantID+").")
			return
		}
		if !c.has(PermissionActivity) && !c.has(PermissionDLP) {
			s.noPermission(call)
			return
		}
		if ok, _ := s.management.allow(c.TenantID+"/"+call.publisher, s.now()); !ok {
			s.throttled(call, tooMany, false)
			return
		}
		next(call)
	}
}

// throttled answers AF429: as 403, without Retry-After, and sometimes in a body that is
// no JSON because its quotes are single.
func (s *Server) throttled(c manageCall, message string, single bool) {
	if single {
		s.send(c.w, c.r, http.StatusForbidden, []byte("{'error':{'code':'AF429','message':'"+message+"'}}"))
		return
	}
	s.manageError(c, http.StatusForbidden, "AF429", message)
}

func (s *Server) noPermission(c manageCall) {
	s.manageError(c, http.StatusUnauthorized, "AF10001", "The permission set ("+strings.Join(c.claims.Roles, " ")+") sent in the request does not include the expected permission.")
}

// contentType reads and checks the parameter; it answers the request itself when it is
// wrong. Case does not matter, and the service echoes what it was sent.
func (s *Server) contentType(c manageCall) (feed uint8, echo string, ok bool) {
	echo = c.r.URL.Query().Get("contentType")
	if echo == "" {
		s.manageError(c, http.StatusBadRequest, "AF20001", "Missing parameter: contentType.")
		return 0, "", false
	}
	i := slices.IndexFunc(tenant.Streams(), func(name string) bool { return strings.EqualFold(name, echo) })
	if i < 0 {
		s.manageError(c, http.StatusBadRequest, "AF20020", "The specified content type is not valid.")
		return 0, "", false
	}
	name := tenant.Streams()[i]
	if !c.claims.has(permissionFor(name)) {
		s.noPermission(c)
		return 0, "", false
	}
	return uint8(slices.Index(feeds, name)), echo, true
}

// permissionFor is what reading a content type needs.
func permissionFor(contentType string) string {
	if contentType == "DLP.All" {
		return PermissionDLP
	}
	return PermissionActivity
}

func (s *Server) manageError(c manageCall, status int, code, message string) {
	body, err := json.Marshal(map[string]any{"error": map[string]string{"code": code, "message": message}})
	if err != nil {
		body = []byte("{}")
	}
	s.send(c.w, c.r, status, body)
}

func (s *Server) manageJSON(c manageCall, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		s.manageError(c, http.StatusInternalServerError, "AF50000", "An internal error occurred. Retry the request.")
		return
	}
	s.send(c.w, c.r, http.StatusOK, body)
}

func manageHeaders(w http.ResponseWriter, id string) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "-1")
	h.Set("Server", "Microsoft-IIS/10.0")
	h.Set("X-AspNet-Version", "4.0.30319")
	h.Set("X-Powered-By", "ASP.NET")
	h.Set("mise-correlation-id", id)
}
