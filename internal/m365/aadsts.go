package m365

import "aoc"

const (
	hintSecret      = "Create a client secret for the app registration (Certificates & secrets) and set CLIENT_SECRET to its value, not to its id."
	hintCertificate = "Upload the certificate to the app registration (Certificates & secrets) and check that the configured file is that certificate, with its private key and still valid."
	hintClientID    = "Check CLIENT_ID and TENANT_ID: the app registration must exist in this tenant, and an administrator must have consented to it."
	hintTenantID    = "Check TENANT_ID: it is the directory (tenant) id on the overview page of Microsoft Entra."
	hintCloud       = "The tenant lives in another Microsoft cloud: set AOC_CLOUD to worldwide, gcc, gcch, dod or china."
	hintConsent     = "Have an administrator grant consent to the app registration's API permissions."
	hintScope       = "The service's address is not known to this tenant: check AOC_CLOUD and overridden addresses, and for the Management API that an Office 365 subscription exists."
	hintWait        = "This passes by itself; AOC tries again."
)

// signInRemedies maps the AADSTS codes of the token endpoint, from Microsoft's
// "Microsoft Entra authentication and authorization error codes".
var signInRemedies = map[int]remedy{
	7000215: {aoc.CodeUnauthenticated, giveUp, "the client secret is wrong", hintSecret},
	7000222: {aoc.CodeUnauthenticated, giveUp, "the client secret has expired", hintSecret},
	7000218: {aoc.CodeUnauthenticated, giveUp, "no client secret or certificate was sent", hintSecret},
	7000216: {aoc.CodeUnauthenticated, giveUp, "no client secret or certificate was sent", hintSecret},
	700016:  {aoc.CodeUnauthenticated, giveUp, "the application is not known in this tenant", hintClientID},
	700011:  {aoc.CodeUnauthenticated, giveUp, "the application is not known in this tenant", hintClientID},
	7000112: {aoc.CodeUnauthenticated, giveUp, "the application is disabled", "Enable sign-in for the enterprise application in Microsoft Entra."},
	70001:   {aoc.CodeUnauthenticated, giveUp, "the application is disabled or unknown", hintClientID},
	700025:  {aoc.CodeUnauthenticated, giveUp, "the application is registered as a public client", "Register the application as a confidential client: turn off \"Allow public client flows\"."},
	700027:  {aoc.CodeUnauthenticated, giveUp, "the certificate is not one of the application's", hintCertificate},
	700030:  {aoc.CodeUnauthenticated, giveUp, "the certificate's subject name is not allowed", hintCertificate},
	50012:   {aoc.CodeUnauthenticated, giveUp, "the certificate was not accepted", hintCertificate},
	700024:  {aoc.CodeUnauthenticated, giveUp, "the sign-in assertion is outside of its time of validity", "Set this machine's clock: it differs from Microsoft's."},
	90002:   {aoc.CodeUnauthenticated, giveUp, "the tenant was not found", hintTenantID},
	900023:  {aoc.CodeUnauthenticated, giveUp, "the tenant id is neither an id nor a domain", hintTenantID},
	90038:   {aoc.CodeUnauthenticated, giveUp, "the tenant belongs to another Microsoft cloud", hintCloud},
	900382:  {aoc.CodeUnauthenticated, giveUp, "the tenant belongs to another Microsoft cloud", hintCloud},
	900432:  {aoc.CodeUnauthenticated, giveUp, "the tenant belongs to another Microsoft cloud", hintCloud},
	500011:  {aoc.CodeUnauthenticated, giveUp, "the service is not known in this tenant", hintScope},
	50001:   {aoc.CodeUnauthenticated, giveUp, "the service is disabled or not known in this tenant", hintScope},
	70011:   {aoc.CodeUnauthenticated, giveUp, "the scope asked for is not valid", hintScope},
	28002:   {aoc.CodeUnauthenticated, giveUp, "the scope asked for is not valid", hintScope},
	28003:   {aoc.CodeUnauthenticated, giveUp, "the scope asked for is empty", hintScope},
	700022:  {aoc.CodeUnauthenticated, giveUp, "the scope names more than one service", hintScope},
	700023:  {aoc.CodeUnauthenticated, giveUp, "the scope names no service", hintScope},
	1002012: {aoc.CodeUnauthenticated, giveUp, "the scope asked for does not end in /.default", hintScope},
	901002:  {aoc.CodeUnauthenticated, giveUp, "the sign-in request has a parameter that is not supported", hintScope},
	650056:  {aoc.CodeForbidden, giveUp, "the application is set up wrongly", hintConsent},
	650057:  {aoc.CodeForbidden, giveUp, "the application asks for no permission of this service", "Add the API permissions AOC needs to the app registration. " + hintConsent},
	65001:   {aoc.CodeForbidden, giveUp, "nobody has consented to the application", hintConsent},
	900144:  {aoc.CodeUnauthenticated, giveUp, "the sign-in request lacks a parameter", "Check that TENANT_ID, CLIENT_ID and the credential are all set."},
	90014:   {aoc.CodeUnauthenticated, giveUp, "the sign-in request lacks a parameter", "Check that TENANT_ID, CLIENT_ID and the credential are all set."},
	9002313: {aoc.CodeUnauthenticated, giveUp, "the sign-in request is malformed", "Check CLIENT_ID and the credential for stray characters."},
	900561:  {aoc.CodeUpstream, giveUp, "the sign-in endpoint wants another method", "A proxy changes the sign-in request: let it pass the login host untouched."},
	70003:   {aoc.CodeUnauthenticated, giveUp, "the kind of sign-in is not supported", "Check AOC_CLOUD and overridden addresses."},
	9001023: {aoc.CodeUnauthenticated, giveUp, "sign-in needs one tenant, not common or consumers", hintTenantID},
	53003:   {aoc.CodeForbidden, giveUp, "Conditional Access blocks the application", "Exclude the application from the Conditional Access policy for workload identities, or run AOC from an allowed place."},
	90055:   {aoc.CodeThrottled, slowDown, "the tenant signs in too often", hintWait},
	90006:   {aoc.CodeUnavailable, tryAgain, "sign-in is not available now", hintWait},
	90012:   {aoc.CodeUnavailable, tryAgain, "sign-in timed out at Microsoft", hintWait},
	90024:   {aoc.CodeUnavailable, tryAgain, "sign-in is not available now", hintWait},
	90033:   {aoc.CodeUnavailable, tryAgain, "sign-in is not available now", hintWait},
	90090:   {aoc.CodeUnavailable, tryAgain, "sign-in is not available now", hintWait},
	50000:   {aoc.CodeUnavailable, tryAgain, "sign-in failed at Microsoft", hintWait},
}

// oauthRemedies serve for answers without a known AADSTS code, by OAuth error.
var oauthRemedies = map[string]remedy{
	"invalid_client":          {aoc.CodeUnauthenticated, giveUp, "the credential was not accepted", "Check CLIENT_ID and its secret or certificate."},
	"unauthorized_client":     {aoc.CodeUnauthenticated, giveUp, "the application may not sign in this way", hintClientID},
	"invalid_request":         {aoc.CodeUnauthenticated, giveUp, "the sign-in request was not accepted", "Check TENANT_ID, CLIENT_ID and the credential."},
	"invalid_tenant":          {aoc.CodeUnauthenticated, giveUp, "the tenant was not found", hintTenantID},
	"invalid_grant":           {aoc.CodeUnauthenticated, giveUp, "the sign-in was not accepted", "Check TENANT_ID, CLIENT_ID and the credential."},
	"unsupported_grant_type":  {aoc.CodeUnauthenticated, giveUp, "the kind of sign-in is not supported", "Check AOC_CLOUD and overridden addresses."},
	"invalid_resource":        {aoc.CodeUnauthenticated, giveUp, "the service is not known in this tenant", hintScope},
	"invalid_scope":           {aoc.CodeUnauthenticated, giveUp, "the scope asked for is not valid", hintScope},
	"access_denied":           {aoc.CodeForbidden, giveUp, "a policy blocks the application", "Check the Conditional Access policies for workload identities."},
	"interaction_required":    {aoc.CodeForbidden, giveUp, "a policy blocks the application", "Check the Conditional Access policies for workload identities."},
	"temporarily_unavailable": {aoc.CodeUnavailable, tryAgain, "sign-in is not available now", hintWait},
}
