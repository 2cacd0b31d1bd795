package normalise

import (
	"strings"

	"aoc"
)

// unified reads a record of the Office 365 Management Activity API. Its common part is
// read here; what the record is about depends on its type.
func (d *draft) unified() {
	if audit := d.root.get("AuditData").parsed(); audit != nil && audit.kind == object {
		d.root = audit // a row of Search-UnifiedAuditLog
	}
	r := d.root
	d.ID = r.get("Id").str()
	d.tenant(r.get("OrganizationId").str())
	d.when(r.get("CreationTime").str(), r.get("CreationDate").str(), r.get("TimeGenerated").str(),
		r.get("Timestamp").str(), r.get("StartTime").str())
	d.RecordType = "unified"
	if n, ok := r.get("RecordType").integer(); ok {
		d.RecordType = recordTypeName(n)
	} else if name := r.get("RecordType").str(); name != "" {
		d.RecordType = name
	}
	d.Service = first(r.of("Workload", "OfficeWorkload"), workloadOfType(d.RecordType), d.RecordType)
	d.Workload = first(product(d.Service, d.RecordType), "Microsoft 365")
	d.operation(r.get("Operation").str())
	d.CorrelationID = first(r.path("AppAccessContext", "CorrelationId").str(), r.of("CorrelationId", "InterSystemsId", "IntraSystemsId", "IntraSystemId"))
	d.ClientIP = d.unifiedIP()
	d.unifiedActor()
	d.unifiedResult()
	d.unifiedFacts()
}

// unifiedFacts reads what is particular to the type of record. A type that is not known,
// or is missing, is read by the shape of the record.
func (d *draft) unifiedFacts() {
	if isDLP(d.RecordType, d.Operation) {
		d.dlp()
		return
	}
	if read := unifiedTypes[d.RecordType]; read != nil {
		read(d)
		return
	}
	r := d.root
	switch workload := strings.ToLower(d.Service); {
	case hasPrefixFold(d.Operation, "UserLog") && workload == "azureactivedirectory":
		d.entraLogon()
	case workload == "azureactivedirectory":
		d.entraDirectory()
	case r.get("MailboxOwnerUPN") != nil || r.get("MailboxGuid") != nil:
		d.mailbox()
	case workload == "exchange" && strings.IndexByte(d.Operation, '-') > 0:
		d.cmdlet()
	case workload == "sharepoint" || workload == "onedrive":
		d.sharePoint()
	case workload == "microsoftteams":
		d.teams()
	default:
		d.other()
	}
}

// unifiedTypes says how a type of record is read; types that are missing have nothing that
// all records of Microsoft 365 do not have.
var unifiedTypes = map[string]func(*draft){
	"ExchangeAdmin":                     (*draft).cmdlet,
	"DataCenterSecurityCmdlet":          (*draft).cmdlet,
	"SecurityComplianceCenterEOPCmdlet": (*draft).cmdlet,
	"SkypeForBusinessCmdlets":           (*draft).cmdlet,
	"ExchangeItem":                      (*draft).mailbox,
	"ExchangeItemGroup":                 (*draft).mailbox,
	"ExchangeAggregatedOperation":       (*draft).mailbox,
	"ExchangeItemAggregated":            (*draft).mailbox,
	"SharePoint":                        (*draft).sharePoint,
	"SharePointFileOperation":           (*draft).sharePoint,
	"OneDrive":                          (*draft).sharePoint,
	"SharePointSharingOperation":        (*draft).sharePoint,
	"SharePointListOperation":           (*draft).sharePoint,
	"SharePointCommentOperation":        (*draft).sharePoint,
	"SharePointListItemOperation":       (*draft).sharePoint,
	"SharePointContentTypeOperation":    (*draft).sharePoint,
	"SharePointFieldOperation":          (*draft).sharePoint,
	"AzureActiveDirectory":              (*draft).entraDirectory,
	"AzureActiveDirectoryAccountLogon":  (*draft).entraLogon,
	"AzureActiveDirectoryStsLogon":      (*draft).entraLogon,
	"MicrosoftTeams":                    (*draft).teams,
	"MicrosoftTeamsAdmin":               (*draft).teams,
	"MicrosoftTeamsShifts":              (*draft).teams,
	"SecurityComplianceAlerts":          (*draft).alert,
	"AirInvestigation":                  (*draft).investigation,
	"AirManualInvestigation":            (*draft).investigation,
	"AirAdminActionInvestigation":       (*draft).investigation,
	"ThreatIntelligence":                (*draft).threatMail,
	"ThreatIntelligenceUrl":             (*draft).urlClick,
	"ThreatIntelligenceAtpContent":      (*draft).threatFile,
	"Quarantine":                        (*draft).quarantine,
	"AadRiskDetection":                  (*draft).riskDetection,
	"MIPLabel":                          (*draft).mailLabel,
	"OMEPortal":                         (*draft).encryptedMail,
	"AipDiscover":                       (*draft).labelledFile,
	"AipSensitivityLabelAction":         (*draft).labelledFile,
	"AipProtectionAction":               (*draft).labelledFile,
	"AipFileDeleted":                    (*draft).labelledFile,
	"AipHeartBeat":                      (*draft).labelledFile,
	"SensitivityLabelAction":            (*draft).labelledFile,
	"SensitivityLabeledFileAction":      (*draft).labelledFile,
	"Discovery":                         (*draft).discovery,
	"AeD":                               (*draft).discovery,
	"DataInsightsRestApiAudit":          (*draft).dataInsights,
	"CopilotInteraction":                (*draft).copilot,
	"ConnectedAIAppInteraction":         (*draft).copilot,
	"AIAppInteraction":                  (*draft).copilot,
	"Viva Engage":                       (*draft).yammer,
}

// unifiedIP gives the client's address. Mailbox records have it under another name, and
// records about mail and links under yet others.
func (d *draft) unifiedIP() string {
	r := d.root
	return clientIP(r.get("ClientIPAddress").str(), r.get("ClientIP").str(), r.get("ActorIpAddress").str(),
		r.get("ActorIP").str(), r.get("UserIp").str(), r.get("SenderIp").str(), firstOf(r.get("ClientIPs")))
}

func firstOf(n *node) string {
	if l := n.list(); len(l) > 0 {
		return l[0]
	}
	return ""
}

// unifiedActor sets who acted, from UserId, UserType and the application that was used.
func (d *draft) unifiedActor() {
	r := d.root
	a := readAccount(r.get("UserId").str(), d.Workload)
	if a.display == "" {
		a = readAccount(r.get("UserKey").str(), d.Workload)
	}
	kind := kindOfUserType(r.get("UserType"))
	if a.id != "" && a.typ == "" && strings.EqualFold(a.id, d.TenantID) {
		a = system(d.Workload) // the tenant itself stands where Microsoft's own operators act
	}
	appID := first(r.of("AppId", "ClientAppId", "ApplicationId", "AadAppId"), r.path("AppAccessContext", "ClientAppId").str())
	appName := first(r.of("ApplicationDisplayName"), r.path("AppAccessContext", "ClientAppName").str())
	switch {
	case a.display == "" && (appID != "" || appName != ""):
		d.actApp("", appID, appName)
		return
	case a.display == "":
		d.ActorKind = kind
		return
	}
	d.Actor.ID, d.Actor.UPN = a.id, a.upn
	d.ActorKind = a.kind
	switch {
	case d.ActorKind == "" && kind == "":
		d.ActorKind = aoc.ActorPerson
	case d.ActorKind == "":
		d.ActorKind = kind
	}
	if id := r.get("TokenObjectId").str(); d.Actor.ID == "" && d.ActorKind == aoc.ActorPerson && isGUID(id) {
		d.Actor.ID = id
	}
	d.Actor.Name = d.nameOf(d.Actor.ID)
	if d.Actor.Name == "" && a.upn == "" && a.id == "" {
		d.Actor.Name = a.display
	}
	d.ActorDisplay = first(d.Actor.Name, a.display)
	d.usedApp(appID, appName)
}

// kindOfUserType reads UserType, which is a number or its name.
func kindOfUserType(n *node) aoc.ActorKind {
	switch strings.ToLower(n.str()) {
	case "":
		return ""
	case "3", "4", "7", "8", "dcadmin", "system", "custompolicy", "systempolicy":
		return aoc.ActorSystem
	case "5", "6", "application", "serviceprincipal":
		return aoc.ActorApp
	default:
		return aoc.ActorPerson
	}
}

// unifiedResult sets the result where a record tells it in ResultStatus or one of its
// likes. Types that log what has happened tell none, and count as success.
func (d *draft) unifiedResult() {
	r := d.root
	word := r.of("ResultStatus", "OperationResult", "IsSuccess", "ActionResult")
	d.Result, d.pending = outcome(word), isPending(word)
	switch {
	case word == "" && !strings.HasPrefix(d.RecordType, "RecordType ") && !tellsResult[d.RecordType]:
		d.Result = aoc.ResultSuccess
	case d.Result == aoc.ResultUnknown && !d.pending && word != "":
		d.ResultReason = word
	}
	if d.Result != aoc.ResultSuccess {
		d.ResultReason = first(r.of("ResultReason", "FailureReason", "ErrorMessage", "LogonError", "Error"), d.ResultReason)
	}
}

// tellsResult holds the types whose records carry a ResultStatus, so that its absence
// leaves the result unknown.
var tellsResult = map[string]bool{
	"unified": true, "ExchangeAdmin": true, "ExchangeItem": true, "ExchangeItemGroup": true, "ExchangeItemAggregated": true,
	"AzureActiveDirectory": true, "AzureActiveDirectoryAccountLogon": true, "AzureActiveDirectoryStsLogon": true,
	"SecurityComplianceCenterEOPCmdlet": true, "SkypeForBusinessCmdlets": true, "DataCenterSecurityCmdlet": true,
}

// other reads a record of which only the common part is known.
func (d *draft) other() {
	r := d.root
	name, typ := objectName(r)
	id := r.get("ObjectId").str()
	if name == "" {
		name = d.shortObject(id)
	}
	if name == id && isGUID(id) {
		name = ""
	}
	display := d.target(aoc.Target{ID: id, Name: name, Type: typ})
	d.modified(display, r.get("ModifiedProperties"))
	for _, list := range [...]string{"Parameters", "OperationProperties"} {
		for p := r.get(list).items(); p != nil; p = p.next {
			if p.kind == object {
				d.change(display, p.of("Name", "Key"), nil, value(p.get("Value")))
			}
		}
	}
	d.perform(d.Operation, display)
}

// objectName gives the name and type of the main object of a record by the members that
// the products name theirs with.
func objectName(r *node) (name, typ string) {
	for _, m := range [...]struct{ key, typ string }{
		{"ReportName", "Report"}, {"DashboardName", "Dashboard"}, {"DatasetName", "Dataset"}, {"DataflowName", "Dataflow"},
		{"ItemName", "Item"}, {"ObjectDisplayName", ""}, {"ArtifactName", ""}, {"FormName", "Form"}, {"FlowDetailsName", "Flow"},
		{"ResourceTitle", ""}, {"TeamName", "Team"}, {"GroupName", "Group"}, {"PlanName", "Plan"}, {"EntityName", "Entity"},
		{"PolicyName", "Policy"}, {"CaseName", "Case"}, {"FileName", "File"}, {"SourceFileName", "File"},
		{"WorkspaceName", "Workspace"}, {"AppName", "Application"}, {"ApplicationName", "Application"},
		{"AgentName", "Agent"}, {"DeviceName", "Device"}, {"ObjectName", ""}, {"Subject", "Message"}, {"Name", ""},
	} {
		if name = r.get(m.key).str(); name != "" {
			return name, first(r.of("ObjectType", "ItemType"), m.typ)
		}
	}
	return "", r.of("ObjectType", "ItemType")
}

// shortObject gives the telling part of an ObjectId: the last part of a URL or path.
func (d *draft) shortObject(id string) string {
	if strings.Contains(id, "://") {
		return fileOfURL(id)
	}
	return id
}
