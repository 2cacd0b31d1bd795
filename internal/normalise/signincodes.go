package normalise

import (
	"strconv"
	"strings"
)

// signInReason puts the error of a sign-in into words, with its AADSTS code. Where the
// code is not known, it is the service's own text.
func signInReason(code int64, text string) string {
	reason := signInErrors[code]
	if reason == "" {
		reason = strings.TrimRight(strings.TrimSpace(text), ".")
		if strings.EqualFold(reason, "other") {
			reason = ""
		}
		if !strings.Contains(reason, " ") { // UserStrongAuthEnrollmentRequired
			reason = words(reason)
		}
	}
	if reason == "" {
		reason = "sign-in error"
	}
	return reason + " (AADSTS" + strconv.FormatInt(code, 10) + ")"
}

// signInErrors says in a few words what the commonest AADSTS codes of sign-ins mean, from
// Microsoft's list of authentication and authorization error codes.
var signInErrors = map[int64]string{
	16000:   "an account had to be chosen",
	16001:   "the chosen account was not signed in",
	16003:   "the user is not in the tenant",
	50011:   "the reply address is not registered for the application",
	50020:   "the user is not in the tenant",
	50034:   "the account does not exist",
	50053:   "the account is locked",
	50055:   "the password has expired",
	50056:   "no password or a wrong one is stored",
	50057:   "the account is disabled",
	50058:   "no signed-in session was found",
	50059:   "the tenant could not be determined",
	50064:   "the credentials could not be validated",
	50072:   "multi-factor authentication must be set up",
	50074:   "multi-factor authentication is required",
	50076:   "multi-factor authentication is required",
	50078:   "multi-factor authentication has expired",
	50079:   "multi-factor authentication must be set up",
	50085:   "the session must be renewed at the social identity provider",
	50089:   "the authentication flow expired",
	50097:   "device authentication is required",
	50105:   "the user is not assigned to the application",
	50125:   "interrupted by a password reset or registration",
	50126:   "wrong password",
	50127:   "a broker app must be installed",
	50128:   "the domain or tenant is unknown",
	50129:   "the device is not workplace joined",
	50131:   "blocked by conditional access",
	50132:   "the session was revoked",
	50133:   "the session expired or the password changed",
	50135:   "a password change is required",
	50140:   "asked whether to stay signed in",
	50143:   "the session does not match the tenant",
	50144:   "the Active Directory password has expired",
	50158:   "an external security challenge was not satisfied",
	50173:   "the session was revoked",
	50196:   "the client repeats the same request too often",
	50199:   "the user must confirm the sign-in",
	51004:   "the account does not exist in the directory",
	52004:   "the user has not consented to access to LinkedIn",
	53000:   "the device is not compliant",
	53001:   "the device is not domain joined",
	53002:   "the application is not an approved one",
	53003:   "blocked by conditional access",
	53004:   "multi-factor authentication must be set up, and the activity is suspicious",
	53009:   "an app protection policy is required",
	53011:   "blocked because of the risk of the user's home tenant",
	65001:   "consent to the application is missing",
	65002:   "consent between first-party applications must be pre-authorised",
	65004:   "the user declined consent",
	65005:   "the application asks for permissions that it does not list",
	70000:   "the grant is invalid or has been revoked",
	70002:   "the credentials are invalid",
	70008:   "the authorisation code or refresh token has expired",
	70016:   "the user has not yet entered the device code",
	70018:   "the device code is wrong",
	70019:   "the device code has expired",
	70043:   "the sign-in session has expired",
	70044:   "the sign-in session has expired",
	75011:   "the authentication method does not match the one requested",
	80002:   "the password validation on premises timed out",
	80012:   "sign-in outside the allowed hours",
	80014:   "the password validation on premises took too long",
	81004:   "Kerberos authentication failed",
	81010:   "seamless single sign-on failed: the Kerberos ticket is invalid or expired",
	90014:   "a required field of the request is missing",
	90072:   "the account is not in the tenant that the application asked for",
	90094:   "an administrator must consent",
	90095:   "an administrator must consent",
	135010:  "the key of the device was not found",
	135011:  "the device is disabled",
	140000:  "the request nonce has expired",
	500011:  "the resource is not in the tenant",
	500014:  "the service principal of the resource is disabled",
	500021:  "access to the tenant is denied",
	500121:  "multi-factor authentication was denied or failed",
	500133:  "the assertion is outside its time range",
	500341:  "the account was deleted",
	501051:  "the user is not assigned to the application",
	530002:  "the device is not compliant",
	530003:  "the device must be managed",
	530004:  "accepting the terms of use is required",
	530032:  "blocked by a security policy of the tenant",
	530034:  "delegated administration is blocked by conditional access",
	530035:  "blocked by security defaults",
	650052:  "the organisation lacks a subscription to the service",
	650053:  "the application asks for a permission that does not exist",
	650056:  "the application is misconfigured",
	650057:  "the resource is not among the application's permissions",
	700016:  "the application is not in the tenant",
	700027:  "the client assertion is signed with an unknown key",
	700082:  "the refresh token has expired because of inactivity",
	700084:  "the refresh token has expired",
	7000112: "the application is disabled",
	7000215: "the client secret is wrong",
	7000218: "the client secret or assertion is missing",
	7000222: "the client secret has expired",
	9002313: "the request is malformed",
	9002341: "the user must consent to single sign-on",
}
