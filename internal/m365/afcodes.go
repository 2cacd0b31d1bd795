package m365

import "aoc"

const (
	hintActivityPermission = "Add the application permission ActivityFeed.Read of \"Office 365 Management APIs\" (for DLP.All also ActivityFeed.ReadDlp) to the app registration and have an administrator grant consent."
	hintAuditing           = "Turn on auditing for the tenant: Microsoft Purview, Audit, \"Start recording user and admin activity\" (or Set-AdminAuditLogConfig -UnifiedAuditLogIngestionEnabled $true). It takes up to an hour to act."
	hintSubscription       = "AOC starts the subscription by itself. If this stays, check that the tenant's administrators allow the content type and that the application has its permission."
	hintReport             = "This is a fault of AOC: please report it with the log."
)

// activityRemedies maps the codes of the Office 365 Management Activity API, from its
// reference and troubleshooting pages; AF20024, AF50005 and AF50006 are only seen in
// practice. That a listing with AF20031 starts again, and that AF20022 and AF20023 call
// for a subscription, is for the source to know.
var activityRemedies = map[string]remedy{
	"AF10001": {aoc.CodeForbidden, renewOnce, "the application lacks the permission to read this content", hintActivityPermission},
	"AF20001": {aoc.CodeUpstream, giveUp, "the request lacks a parameter", hintReport},
	"AF20002": {aoc.CodeUpstream, giveUp, "a parameter of the request is malformed", hintReport},
	"AF20003": {aoc.CodeUpstream, giveUp, "the expiration of the webhook is in the past", hintReport},
	"AF20010": {aoc.CodeForbidden, giveUp, "the tenant asked for is not the tenant signed in to", "Set TENANT_ID to the tenant in which the application signs in."},
	"AF20011": {aoc.CodeForbidden, giveUp, "the tenant does not exist or is deleted", hintTenantID + " If it is right: " + hintAuditing},
	"AF20012": {aoc.CodeForbidden, giveUp, "the tenant is not set up for the Management API", hintAuditing},
	"AF20013": {aoc.CodeInvalid, giveUp, "the tenant id is not a GUID", hintTenantID},
	"AF20020": {aoc.CodeInvalid, giveUp, "the content type is not known to this cloud", "Take the content type out of the configuration."},
	"AF20021": {aoc.CodeUpstream, giveUp, "the webhook could not be validated", hintReport},
	"AF20022": {aoc.CodeUnavailable, giveUp, "there is no subscription for this content type", hintSubscription},
	"AF20023": {aoc.CodeUnavailable, giveUp, "the subscription for this content type is disabled", hintSubscription},
	"AF20024": {aoc.CodeConflict, giveUp, "the subscription is enabled already", ""},
	"AF20030": {aoc.CodeInvalid, giveUp, "the time span is out of range: at most 24 hours, at most 7 days back", "Set this machine's clock if it is wrong."},
	"AF20055": {aoc.CodeInvalid, giveUp, "the time span is out of range: at most 24 hours, at most 7 days back", "Set this machine's clock if it is wrong."},
	"AF20031": {aoc.CodeUpstream, giveUp, "the listing could not be continued", hintWait},
	"AF20050": {aoc.CodeNotFound, giveUp, "the content does not exist any more", "Its records are lost to this feed. Purview audit search may still hold them."},
	"AF20051": {aoc.CodeNotFound, giveUp, "the content has expired: it is kept for 7 days", "Its records are lost to this feed. Purview audit search may still hold them."},
	"AF20052": {aoc.CodeNotFound, giveUp, "the content id is not valid", "Its records are lost to this feed. Purview audit search may still hold them."},
	"AF20053": {aoc.CodeUpstream, giveUp, "the request names more than one language", hintReport},
	"AF20054": {aoc.CodeUpstream, giveUp, "the language of the request is malformed", hintReport},
	"AF429":   {aoc.CodeThrottled, slowDown, "the Office 365 Management API refuses requests for now: there were too many", hintWait},
	"429":     {aoc.CodeThrottled, slowDown, "the Office 365 Management API refuses requests for now: there were too many", hintWait},
}

// activityFault is the remedy for the internal errors AF50000 to AF59999.
var activityFault = remedy{aoc.CodeUpstream, tryAgain, "the Office 365 Management API had an internal error", hintWait}

// auditingOff is the remedy for the answer of a tenant without unified auditing, which
// has no code: see [fault.auditingOff].
var auditingOff = remedy{aoc.CodeForbidden, giveUp, "auditing is turned off in this tenant", hintAuditing}
