package m365

import "aoc"

const (
	hintReportPermission = "Add the Microsoft Graph application permissions AuditLog.Read.All and Directory.Read.All to the app registration and have an administrator grant consent."
	hintPermission       = "Add the Microsoft Graph application permissions this feed needs (AuditLog.Read.All and Directory.Read.All; for Intune DeviceManagementApps.Read.All; for names Directory.Read.All) to the app registration and have an administrator grant consent."
	hintPremium          = "Sign-in logs need a Microsoft Entra ID P1 or P2 licence in the tenant. If it has one, add the application permission Directory.Read.All: without it the licence cannot be seen. Otherwise turn the signin source off."
)

// graphRemedies maps error codes of Microsoft Graph. Most codes say less than the HTTP
// status; these say more.
var graphRemedies = map[string]remedy{
	"authentication_requestfromnonpremiumtenantorb2ctenant": {aoc.CodeForbidden, renewOnce, "the tenant has no licence for this report", hintPremium},
	"authentication_requestfromunsupporteduserrole":         {aoc.CodeForbidden, renewOnce, "the application lacks the role to read this report", hintReportPermission},
	"authentication_applicationhasnodirectoryreadaccess":    {aoc.CodeForbidden, renewOnce, "the application may not read the directory", hintReportPermission},
	"authentication_msgraphpermissionmissing":               {aoc.CodeForbidden, renewOnce, "the application lacks the permission to read this report", hintReportPermission},
	"authorization_requestdenied":                           {aoc.CodeForbidden, renewOnce, "the application lacks a permission", hintPermission},
	"toomanyrequests":                                       {aoc.CodeThrottled, slowDown, "Microsoft Graph refuses requests for now: there were too many", hintWait},
	"activitylimitreached":                                  {aoc.CodeThrottled, slowDown, "Microsoft Graph refuses requests for now: there were too many", hintWait},
}
