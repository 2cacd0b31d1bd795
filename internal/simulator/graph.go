package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// graphHandler serves Microsoft Graph.
func (s *Server) graphHandler() http.Handler {
	mux := http.NewServeMux()
	for _, list := range auditLists {
		path := "/v1.0/" + list.path
		mux.HandleFunc(path, s.graph(func(w http.ResponseWriter, r *http.Request, c *accessClaims) { s.auditPage(w, r, c, list) }))
		mux.HandleFunc(path+"/{id}", s.graph(func(w http.ResponseWriter, r *http.Request, c *accessClaims) { s.auditRecord(w, r, c, list) }))
	}
	for _, collection := range s.directory.collections {
		path := "/v1.0/" + collection.path
		mux.HandleFunc(path, s.graph(func(w http.ResponseWriter, r *http.Request, c *accessClaims) { s.directoryPage(w, r, c, collection) }))
		mux.HandleFunc(path+"/{id}", s.graph(func(w http.ResponseWriter, r *http.Request, c *accessClaims) { s.directoryObject(w, r, c, collection) }))
	}
	mux.HandleFunc("POST /v1.0/directoryObjects/getByIds", s.graph(s.getByIDs))
	for _, path := range []string{"users", "directoryObjects"} {
		mux.HandleFunc("POST /v1.0/"+path+"/{id}/checkMemberGroups", s.graph(s.checkMemberGroups))
		mux.HandleFunc("POST /v1.0/"+path+"/{id}/getMemberGroups", s.graph(s.getMemberGroups))
		mux.HandleFunc("POST /v1.0/"+path+"/{id}/getMemberObjects", s.graph(s.getMemberGroups))
	}
	mux.HandleFunc("/", s.graph(func(w http.ResponseWriter, r *http.Request, _ *accessClaims) {
		segment := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		s.graphError(w, r, http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+segment+"'.")
	}))
	return mux
}

// graph puts what is common to all of Graph before a handler: headers, fate, the token.
func (s *Server) graph(next func(http.ResponseWriter, *http.Request, *accessClaims)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		id := s.newGUID()
		client := r.Header.Get("client-request-id")
		if client == "" {
			client = id
		}
		h.Set("request-id", id)
		h.Set("client-request-id", client)
		h.Set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"Germany West Central","Slice":"E","Ring":"5","ScaleUnit":"003","RoleInstance":"FR1PEPF00000ADF"}}`)
		h.Set("Strict-Transport-Security", "max-age=31536000")
		h.Set("Vary", "Accept-Encoding")
		switch f := fateOf(r); f.fault {
		case faultThrottle:
			s.tooMany(w, r, time.Duration(1+f.variant%2)*time.Second, f.variant%4 != 3)
			return
		case faultServer:
			s.graphError(w, r, http.StatusInternalServerError, "InternalServerError", "An internal server error has occurred.")
			return
		}
		c, reason := s.bearer(r, graphResource)
		if c == nil {
			h.Set("WWW-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`)
			s.graphError(w, r, http.StatusUnauthorized, "InvalidAuthenticationToken", reason)
			return
		}
		next(w, r, c)
	}
}

// graphErrorBody is the shape of Graph's errors.
type graphErrorBody struct {
	Error struct {
		Code    string          `json:"code"`
		Message string          `json:"message"`
		Inner   graphInnerError `json:"innerError"`
	} `json:"error"`
}

type graphInnerError struct {
	Code      string `json:"code,omitempty"`
	Date      string `json:"date"`
	RequestID string `json:"request-id"`
	ClientID  string `json:"client-request-id"`
}

func (s *Server) graphErrorJSON(w http.ResponseWriter, code, message, inner string) []byte {
	var b graphErrorBody
	b.Error.Code, b.Error.Message = code, message
	b.Error.Inner = graphInnerError{
		Code: inner, Date: s.now().Format("2006-01-02T15:04:05"),
		RequestID: w.Header().Get("request-id"), ClientID: w.Header().Get("client-request-id"),
	}
	body, err := json.Marshal(b)
	if err != nil {
		return []byte("{}")
	}
	return body
}

func (s *Server) graphError(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	s.send(w, r, status, s.graphErrorJSON(w, code, message, ""))
}

// tooMany answers 429. There are two bodies and, where the wait is told at all, two ways
// to tell it: whole seconds, and seconds with a fraction.
func (s *Server) tooMany(w http.ResponseWriter, r *http.Request, wait time.Duration, tell bool) {
	variant := s.newGUID()
	if tell {
		if variant[0] < '8' {
			w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		} else {
			w.Header().Set("Retry-After", fmt.Sprintf("%.3f", (wait+time.Millisecond-1).Truncate(time.Millisecond).Seconds()))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	body := s.graphErrorJSON(w, "TooManyRequests", "Please retry again later.", "429")
	if variant[1] < '8' {
		body = s.graphErrorJSON(w, "UnknownError", "This request is throttled. Please try again after the value specified in the Retry-After header. CorrelationId: "+variant, "")
	}
	s.send(w, r, http.StatusTooManyRequests, body)
}

// graphBody writes an answer of Graph and tells whether all of it went out.
func (s *Server) graphBody(w http.ResponseWriter, r *http.Request, body []byte) bool {
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	w.Header().Set("OData-Version", "4.0")
	return s.send(w, r, http.StatusOK, body)
}
