package simulator

import (
	"crypto/rsa"
	"crypto/sha1" // the old form of the header is a SHA-1 thumbprint
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"aoc"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// The strength of the application's authentication, for the token.
const (
	acrSecret      = "1"
	acrCertificate = "2"
)

// authenticate checks the secret or the assertion of a request.
func (s *Server) authenticate(q tokenRequest) (acr string, fail *loginFailure) {
	assertion := q.form.Get("client_assertion")
	switch {
	case assertion != "":
		if q.form.Get("client_assertion_type") != assertionType {
			return "", errMissing("client_assertion_type")
		}
		return acrCertificate, s.checkAssertion(q, assertion)
	case q.secret == "":
		return "", &loginFailure{http.StatusUnauthorized, "invalid_client", 7000218,
			"The request body must contain the following parameter: 'client_assertion' or 'client_secret'."}
	case q.app.expired != "" && q.secret == q.app.expired:
		return "", &loginFailure{http.StatusUnauthorized, "invalid_client", 7000222, "The provided client secret keys for app '" + q.clientID +
			"' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."}
	case subtle.ConstantTimeCompare([]byte(q.secret), []byte(q.app.secret)) != 1:
		return "", &loginFailure{http.StatusUnauthorized, "invalid_client", 7000215,
			"Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '" + q.clientID + "'."}
	}
	return acrSecret, nil
}

// audience is the aud of an assertion: a string, or an array by the standard.
type audience []string

// UnmarshalJSON takes both forms.
func (a *audience) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]string)(a))
	}
	*a = make(audience, 1)
	return json.Unmarshal(b, &(*a)[0])
}

// numericDate is a time as JSON Web Tokens tell it; fractions are allowed.
type numericDate float64

func (n numericDate) time() time.Time { return time.Unix(int64(n), 0) }

// assertionClaims are the claims of a client assertion.
type assertionClaims struct {
	Audience  audience    `json:"aud"`
	Issuer    string      `json:"iss"`
	Subject   string      `json:"sub"`
	NotBefore numericDate `json:"nbf"`
	Expires   numericDate `json:"exp"`
}

// checkAssertion checks a certificate assertion, PS256 with x5t#S256 or, as older
// clients send, RS256 with x5t.
func (s *Server) checkAssertion(q tokenRequest, token string) *loginFailure {
	unsigned := func(reason string) *loginFailure {
		return &loginFailure{http.StatusUnauthorized, "invalid_client", 700027,
			"The certificate with identifier used to sign the client assertion is not registered on application. [Reason - " + reason + "]"}
	}
	var c assertionClaims
	h, err := splitToken(token, &c)
	if err != nil {
		return &loginFailure{http.StatusUnauthorized, "invalid_client", 50027, "JWT token is invalid or malformed."}
	}
	cert := q.app.certificate
	if cert == nil {
		return unsigned("The key was not found.")
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < 2048 {
		return unsigned("The key was not found.")
	}
	strong, weak := sha256.Sum256(cert.Raw), sha1.Sum(cert.Raw)
	switch {
	case (h.Alg == "PS256" || h.Alg == "RS256") && isThumbprint(h.X5TS256, strong[:]):
	case h.Alg == "RS256" && isThumbprint(h.X5T, weak[:]):
	default:
		return unsigned("The key was not found., Thumbprint of key used by client: '" + h.X5T + h.X5TS256 + "'")
	}
	if verifyToken(token, h.Alg, key) != nil {
		return unsigned("The key used is expired or its signature is invalid.")
	}
	if !strings.EqualFold(c.Issuer, q.clientID) || !strings.EqualFold(c.Subject, q.clientID) {
		return &loginFailure{http.StatusUnauthorized, "invalid_client", 700021, "Client assertion application identifier doesn't match 'client_id' parameter."}
	}
	if !slices.ContainsFunc(c.Audience, func(a string) bool { return sameEndpoint(a, q.endpoint) }) {
		return &loginFailure{http.StatusUnauthorized, "invalid_client", 700023,
			"Client assertion audience claim does not match Realm issuer. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials."}
	}
	if !s.inTime(c) {
		return &loginFailure{http.StatusUnauthorized, "invalid_client", 700024,
			"Client assertion is not within its valid time range. Current time: " + s.now().Format(time.RFC3339) + ", assertion valid from " +
				c.NotBefore.time().UTC().Format(time.RFC3339) + ", expiry time of assertion " + c.Expires.time().UTC().Format(time.RFC3339) + "."}
	}
	return nil
}

// isThumbprint compares a header with a thumbprint. By the standard it is URL-safe base64
// without padding; libraries also send the other alphabet, padding, and hex.
func isThumbprint(text string, sum []byte) bool {
	plain := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	return plain == base64.RawURLEncoding.EncodeToString(sum) || strings.EqualFold(text, hex.EncodeToString(sum))
}

// sameEndpoint compares an audience with the endpoint called. Clients that were made for
// the real host name it, whatever they are pointed at.
func sameEndpoint(aud, endpoint string) bool {
	const scheme = "https://"
	a, okA := strings.CutPrefix(aud, scheme)
	e, okE := strings.CutPrefix(endpoint, scheme)
	_, pathA, _ := strings.Cut(a, "/")
	_, pathE, _ := strings.Cut(e, "/")
	if !okA || !okE || !strings.EqualFold(pathA, pathE) {
		return false
	}
	hostA, _, _ := strings.Cut(a, "/")
	hostE, _, _ := strings.Cut(e, "/")
	return strings.EqualFold(hostA, hostE) || strings.HasPrefix(hostA, "login.")
}

// inTime checks an assertion's life by the simulated clock or by the machine's: the
// libraries that make assertions know no other clock than the latter.
func (s *Server) inTime(c assertionClaims) bool {
	const skew = 5 * time.Minute
	for _, now := range []time.Time{s.now(), aoc.SystemClock{}.Now()} {
		if now.Add(skew).After(c.NotBefore.time()) && now.Add(-skew).Before(c.Expires.time()) {
			return true
		}
	}
	return false
}
