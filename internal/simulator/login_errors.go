package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// loginFailure is an error of the token service.
type loginFailure struct {
	status  int
	oauth   string // the OAuth code that clients should branch on
	code    int    // the AADSTS code
	message string
}

// loginErrorBody is the shape of the token service's errors.
type loginErrorBody struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Timestamp   string `json:"timestamp"`
	TraceID     string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
	URI         string `json:"error_uri,omitempty"`
}

// explained are codes that Microsoft has a look-up page for.
var explained = map[int]bool{50011: true, 50148: true, 54005: true, 70008: true, 7000215: true, 7000222: true, 90002: true, 700016: true, 900144: true, 70011: true, 500011: true, 7000218: true}

// describe gives a failure its full words, and the ids to ask Microsoft about it with.
func (s *Server) describe(r *http.Request, f loginFailure) loginErrorBody {
	now := s.now().Format("2006-01-02 15:04:05Z")
	trace, correlation := s.newGUID(), r.Header.Get("client-request-id")
	if !isGUID(correlation) {
		correlation = s.newGUID()
	}
	b := loginErrorBody{
		Error:       f.oauth,
		Description: "AADSTS" + strconv.Itoa(f.code) + ": " + f.message + "\r\nTrace ID: " + trace + "\r\nCorrelation ID: " + correlation + "\r\nTimestamp: " + now,
		Codes:       []int{f.code}, Timestamp: now, TraceID: trace, Correlation: correlation,
	}
	if explained[f.code] {
		b.URI = "https://" + r.Host + "/error?code=" + strconv.Itoa(f.code)
	}
	return b
}

func (s *Server) loginError(w http.ResponseWriter, r *http.Request, f loginFailure) {
	b := s.describe(r, f)
	body, err := json.Marshal(b)
	if err != nil {
		body = []byte("{}")
	}
	s.loginHeaders(w, b.TraceID)
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if f.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	s.send(w, r, f.status, body)
}

func (s *Server) loginHeaders(w http.ResponseWriter, trace string) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-cache")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "-1")
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("P3P", `CP="DSP CUR OTPi IND OTRi ONL FIN"`)
	h.Set("x-ms-request-id", trace)
	h.Set("x-ms-ests-server", "2.1.19568.3 - WEULR1 ProdSlices")
	h.Add("Set-Cookie", "fpc=Aq; expires=Thu, 31-Dec-2037 23:59:59 GMT; path=/; secure; HttpOnly; SameSite=None")
	h.Add("Set-Cookie", "stsservicecookie=estsfd; path=/; secure; samesite=none; httponly")
	h.Add("Set-Cookie", "x-ms-gateway-slice=estsfd; path=/; secure; samesite=none; httponly")
}
