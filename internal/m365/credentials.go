package m365

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"aoc"
)

// Method is how the application proves who it is.
type Method string

// The methods. There is no automatic choice among sources on the machine: what signs in
// is what was configured.
const (
	MethodSecret           Method = "secret"
	MethodCertificate      Method = "certificate"
	MethodManagedIdentity  Method = "managed-identity"
	MethodWorkloadIdentity Method = "workload-identity"
)

// Credentials are an application's identity in one tenant.
type Credentials struct {
	Method   Method // empty: certificate when a file is named, else secret
	TenantID string
	ClientID string // for a managed identity: the user-assigned one; empty for the system's

	Secret string
	// CertificateFile is PEM with certificate and private key, or PFX.
	CertificateFile     string
	CertificatePassword string
	// TokenFile is the projected service account token of a workload identity; empty
	// takes AZURE_FEDERATED_TOKEN_FILE.
	TokenFile string
}

// LogValue implements [slog.LogValuer]: secrets are left out.
func (c Credentials) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("method", string(c.method())),
		slog.String("tenant", c.TenantID),
		slog.String("client", c.ClientID),
	)
}

// String leaves secrets out.
func (c Credentials) String() string { return c.LogValue().String() }

// GoString leaves secrets out.
func (c Credentials) GoString() string { return c.String() }

func (c Credentials) method() Method {
	switch {
	case c.Method != "":
		return c.Method
	case c.CertificateFile != "":
		return MethodCertificate
	}
	return MethodSecret
}

// Credential gives tokens for an application. It implements [azcore.TokenCredential];
// its errors are [*aoc.Error] with the AADSTS code and its remedy, and hold no secret.
// It asks once: repeating is the [Client]'s.
type Credential struct {
	inner   azcore.TokenCredential
	method  Method
	secrets secrets
	file    string // to be read at each sign-in
}

const opSignIn = "m365.signin"

// NewCredential prepares to sign in; it reads a certificate file but asks no service.
// Fails with code invalid when something is missing or unreadable. A nil client takes
// the default one.
func NewCredential(c Credentials, in Cloud, client *http.Client) (*Credential, error) {
	if client == nil {
		client = &http.Client{}
	}
	options := policy.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: in.Login},
		Transport: &transport{client: pinned(client)},
		Retry:     policy.RetryOptions{MaxRetries: -1},
		Telemetry: policy.TelemetryOptions{Disabled: true},
	}
	// Microsoft can vouch for its own hosts only.
	undiscovered := !in.isPublished()
	cred := &Credential{method: c.method(), secrets: secrets{c.Secret, c.CertificatePassword}}
	var err error
	switch c.method() {
	case MethodSecret:
		if c.Secret == "" {
			return nil, missing("the client secret is not set", hintSecret)
		}
		cred.inner, err = azidentity.NewClientSecretCredential(c.TenantID, c.ClientID, c.Secret,
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: undiscovered})
	case MethodCertificate:
		cred.inner, err = newCertificateCredential(c, options, undiscovered)
	case MethodManagedIdentity:
		options.Transport = pinned(client) // Service Fabric wants the client itself
		mi := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if c.ClientID != "" {
			mi.ID = azidentity.ClientID(c.ClientID)
		}
		cred.inner, err = azidentity.NewManagedIdentityCredential(mi)
	case MethodWorkloadIdentity:
		if cred.file = c.TokenFile; cred.file == "" {
			cred.file = os.Getenv("AZURE_FEDERATED_TOKEN_FILE")
		}
		cred.inner, err = azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
			ClientOptions: options, DisableInstanceDiscovery: undiscovered,
			ClientID: c.ClientID, TenantID: c.TenantID, TokenFilePath: cred.file,
		})
	default:
		return nil, missing("the sign-in method is not known", "Use secret, certificate, managed-identity or workload-identity.")
	}
	if err != nil {
		if known, ok := errors.AsType[*aoc.Error](err); ok {
			return nil, known
		}
		out := missing("the credential cannot be used", "Check TENANT_ID, CLIENT_ID and the credential's settings.")
		out.Cause = err
		cred.secrets.scrub(out)
		return nil, out
	}
	return cred, nil
}

func missing(message, hint string) *aoc.Error {
	return &aoc.Error{Code: aoc.CodeInvalid, Op: opSignIn, Message: message, Hint: hint}
}

// ReadCertificate reads a certificate with its chain and private key from a PEM or PFX file.
// Code invalid.
func ReadCertificate(file, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		out := missing("the certificate file cannot be read", "Check its path and permissions.")
		out.Cause = err
		return nil, nil, out
	}
	certificates, key, err := azidentity.ParseCertificates(data, []byte(password))
	if err != nil {
		// The parser's words are left out: they are about the inside of a private key.
		return nil, nil, missing("the certificate file is not a PEM or PFX file with certificate and private key, or its password is wrong",
			"Check the password. A PFX that is encrypted with AES, as newer tools write it, cannot be read: convert it with \"openssl pkcs12 -in FILE.pfx -nodes -out FILE.pem\".")
	}
	return certificates, key, nil
}

func newCertificateCredential(c Credentials, options policy.ClientOptions, undiscovered bool) (azcore.TokenCredential, error) {
	certificates, key, err := ReadCertificate(c.CertificateFile, c.CertificatePassword)
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientCertificateCredential(c.TenantID, c.ClientID, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{
			ClientOptions: options, DisableInstanceDiscovery: undiscovered, SendCertificateChain: true,
		})
}

// GetToken implements [azcore.TokenCredential].
func (c *Credential) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if c.file != "" {
		if _, err := os.ReadFile(c.file); err != nil {
			return azcore.AccessToken{}, &aoc.Error{
				Code: aoc.CodeUnauthenticated, Op: opSignIn, Message: "the workload identity's token file cannot be read",
				Hint: "Check that the pod is labelled for workload identity and the token is mounted.", Cause: err,
			}
		}
	}
	var lost transportError
	token, err := c.inner.GetToken(context.WithValue(ctx, transportErrorKey{}, &lost), options)
	if err == nil {
		return token, nil
	}
	out := c.judge(ctx, err, lost.err)
	c.secrets.scrub(out)
	return azcore.AccessToken{}, out
}

func (c *Credential) judge(ctx context.Context, err, lost error) *aoc.Error {
	if ctx.Err() != nil {
		return cancelled(ctx, opSignIn)
	}
	var failed *azidentity.AuthenticationFailedError
	if errors.As(err, &failed) && failed.RawResponse != nil {
		var body []byte
		if failed.RawResponse.Body != nil {
			body, _ = io.ReadAll(io.LimitReader(failed.RawResponse.Body, maxFaultBody)) // what there is
		}
		response := failed.RawResponse
		return judgeSignIn(opSignIn, response.StatusCode, response.Header, body, date(response)).err
	}
	if lost != nil {
		return judgeTransport(ctx, opSignIn, "the sign-in service", lost).err
	}
	out := &aoc.Error{
		Code: aoc.CodeUnavailable, Op: opSignIn, Message: "sign-in to Microsoft Entra failed",
		Hint: "Check that the login address can be reached and answers for this tenant.", Cause: err,
	}
	if c.method == MethodManagedIdentity {
		out.Hint = "Check that this machine has a managed identity, and that CLIENT_ID is unset or names a user-assigned one."
	}
	return out
}

// date is when an answer was made, by its own word, so that a Retry-After date is read
// against the clock it was written by. Zero when it does not say.
func date(r *http.Response) time.Time {
	t, _ := http.ParseTime(r.Header.Get("Date"))
	return t
}

// transport carries sign-in requests and notes why one got no answer, which the sign-in
// library tells in words only.
type transport struct{ client *http.Client }

type (
	transportErrorKey struct{}
	transportError    struct{ err error }
)

// Do implements policy.Transporter.
func (t *transport) Do(r *http.Request) (*http.Response, error) {
	response, err := t.client.Do(r)
	if err != nil {
		if note, ok := r.Context().Value(transportErrorKey{}).(*transportError); ok {
			note.err = err
		}
	}
	return response, err
}

// pinned copies a client so that it follows no redirect: a credential or a token goes
// where it was meant to or nowhere.
func pinned(client *http.Client) *http.Client {
	c := *client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}
