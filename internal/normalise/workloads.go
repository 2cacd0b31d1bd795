package normalise

import "strings"

// product gives the product in words for a workload as records name it, and for a record
// type where that says more. An unknown workload is its own word, split.
func product(workload, recordType string) string {
	switch {
	case defenderTypes[recordType]:
		return "Defender"
	case workload == "":
		workload = workloadOfType(recordType)
	}
	if name, ok := byName(productNames, workload); ok {
		return name
	}
	if of := workloadOfType(workload); of != "" { // a record type in its place
		name, _ := byName(productNames, of)
		return name
	}
	return titled(workload)
}

// titled splits an unknown name into words and gives it a capital.
func titled(s string) string {
	w := words(s)
	if w == "" {
		return ""
	}
	return strings.ToUpper(w[:1]) + w[1:]
}

// productNames names products by the workload that unified records carry, in lower case.
var productNames = map[string]string{
	"aip":                          "Information Protection",
	"airinvestigation":             "Defender",
	"applicationaudit":             "Entra ID",
	"azureactivedirectory":         "Entra ID",
	"cloudpolicyservice":           "Microsoft 365 Apps",
	"copilot":                      "Copilot",
	"compliance":                   "Purview",
	"crm":                          "Dynamics 365",
	"datagovernance":               "Purview",
	"defenderxdr":                  "Defender",
	"dlp":                          "Purview",
	"dynamics365":                  "Dynamics 365",
	"endpoint":                     "Purview",
	"exchange":                     "Exchange",
	"exchangeadmin":                "Exchange",
	"fabric":                       "Power BI",
	"intune":                       "Intune",
	"kaizala":                      "Kaizala",
	"mcas":                         "Defender",
	"mdatp":                        "Defender",
	"microsoft365defender":         "Defender",
	"microsoftcloudappsecurity":    "Defender",
	"microsoftdefenderforendpoint": "Defender",
	"microsoftdefenderforidentity": "Defender",
	"microsoftflow":                "Power Automate",
	"microsoftforms":               "Forms",
	"microsoftgraph":               "Microsoft Graph",
	"microsoftpurview":             "Purview",
	"microsoftstream":              "Stream",
	"microsoftteams":               "Teams",
	"microsoftteamsadmin":          "Teams",
	"microsofttodo":                "To Do",
	"mip":                          "Information Protection",
	"myanalytics":                  "Viva Insights",
	"officenative":                 "Microsoft 365 Apps",
	"onedrive":                     "OneDrive",
	"planner":                      "Planner",
	"powerapps":                    "Power Platform",
	"powerbi":                      "Power BI",
	"powerplatform":                "Power Platform",
	"powerpages":                   "Power Platform",
	"project":                      "Project",
	"projectfortheweb":             "Project",
	"publicendpoint":               "Microsoft 365",
	"purview":                      "Purview",
	"quarantine":                   "Defender",
	"securitycompliance":           "Purview",
	"securitycompliancecenter":     "Purview",
	"sharepoint":                   "SharePoint",
	"skypeforbusiness":             "Skype for Business",
	"sway":                         "Sway",
	"threatintelligence":           "Defender",
	"universalprint":               "Universal Print",
	"viva":                         "Viva",
	"vivaengage":                   "Viva Engage",
	"viva engage":                  "Viva Engage",
	"vivagoals":                    "Viva Goals",
	"vivainsights":                 "Viva Insights",
	"vivalearning":                 "Viva Learning",
	"wdatp":                        "Defender",
	"windows365":                   "Windows 365",
	"windowsdefenderatp":           "Defender",
	"workplaceanalytics":           "Viva Insights",
	"yammer":                       "Viva Engage",
}

// defenderTypes are the record types of Defender, whose workload often names the place
// where a threat was found, or the compliance center.
var defenderTypes = map[string]bool{
	"ThreatIntelligence": true, "ThreatIntelligenceUrl": true, "ThreatIntelligenceAtpContent": true,
	"ThreatFinder": true, "MailSubmission": true, "Campaign": true, "AirInvestigation": true,
	"AirManualInvestigation": true, "AirAdminActionInvestigation": true, "AttackSim": true,
	"AttackSimAdmin": true, "Quarantine": true, "WDATPAlerts": true, "MDATPAudit": true, "MCASAlerts": true,
	"MS365DCustomDetection": true, "MS365DIncident": true, "MS365DSuppressionRule": true, "MSTIC": true,
	"MicrosoftDefenderForIdentityAudit": true, "DefenderExpertsforXDRAdmin": true, "HygieneEvent": true,
	"TenantAllowBlockList": true, "UserTraining": true, "MSDEResponseActions": true,
	"MSDEGeneralSettings": true, "MSDEIndicatorsSettings": true, "MSDERolesSettings": true,
}

// workloadOfType derives the workload of a record that does not name one from the name of
// its type, which begins with the product in nearly all cases.
func workloadOfType(recordType string) string {
	for _, p := range typePrefixes {
		if strings.HasPrefix(recordType, p.prefix) {
			return p.workload
		}
	}
	return ""
}

var typePrefixes = []struct{ prefix, workload string }{
	{"ExchangeSearch", "Exchange"}, {"Exchange", "Exchange"}, {"OWA", "Exchange"}, {"OMEPortal", "Exchange"},
	{"OutlookCopilot", "Copilot"}, {"MIPLabel", "Exchange"},
	{"SharePoint", "SharePoint"}, {"OneDrive", "OneDrive"},
	{"AzureActiveDirectory", "AzureActiveDirectory"}, {"Aad", "AzureActiveDirectory"},
	{"CrossTenantAccessPolicy", "AzureActiveDirectory"}, {"ApplicationAudit", "AzureActiveDirectory"},
	{"MicrosoftTeams", "MicrosoftTeams"}, {"Teams", "MicrosoftTeams"}, {"TeamCopilot", "Copilot"},
	{"SkypeForBusiness", "SkypeForBusiness"},
	{"ComplianceDLPExchange", "Exchange"}, {"ComplianceDLPSharePoint", "SharePoint"}, {"DLPEndpoint", "Endpoint"},
	{"ComplianceDLMExchange", "Exchange"}, {"ComplianceDLMSharePoint", "SharePoint"},
	{"SecurityCompliance", "SecurityComplianceCenter"}, {"Compliance", "SecurityComplianceCenter"},
	{"Discovery", "SecurityComplianceCenter"}, {"AeD", "SecurityComplianceCenter"},
	{"DataGovernance", "SecurityComplianceCenter"}, {"DataInsights", "SecurityComplianceCenter"},
	{"Purview", "Purview"}, {"InsiderRisk", "Purview"}, {"Audit", "Purview"}, {"LabelContentExplorer", "Purview"},
	{"InformationBarrier", "Purview"}, {"Priva", "Purview"}, {"CMImprovement", "Purview"},
	{"PowerBI", "PowerBI"}, {"Fabric", "PowerBI"},
	{"PowerApps", "PowerApps"}, {"PowerPlatform", "PowerPlatform"}, {"PowerPages", "PowerPlatform"},
	{"MicrosoftFlow", "MicrosoftFlow"}, {"MicrosoftForms", "MicrosoftForms"}, {"MicrosoftStream", "MicrosoftStream"},
	{"MicrosoftTodo", "MicrosoftTodo"}, {"Planner", "Planner"}, {"Project", "Project"},
	{"CRM", "CRM"}, {"Dynamics365", "Dynamics365"}, {"Viva Engage", "Yammer"}, {"VivaEngage", "Yammer"}, {"Yammer", "Yammer"},
	{"VivaInsights", "VivaInsights"}, {"MyAnalytics", "VivaInsights"}, {"VivaGoals", "VivaGoals"}, {"VivaLearning", "VivaLearning"}, {"Viva", "Viva"},
	{"Aip", "Aip"}, {"Mip", "Aip"}, {"SensitivityLabel", "Aip"}, {"InformationWorkerProtection", "Aip"},
	{"Copilot", "Copilot"}, {"ConnectedAIApp", "Copilot"}, {"AIApp", "Copilot"},
	{"CreateCopilot", "Copilot"}, {"UpdateCopilot", "Copilot"}, {"DeleteCopilot", "Copilot"}, {"EnableCopilot", "Copilot"}, {"DisableCopilot", "Copilot"},
	{"Sentinel", "Sentinel"}, {"UniversalPrint", "UniversalPrint"}, {"Windows365", "Windows365"}, {"Sway", "Sway"}, {"Kaizala", "Kaizala"},
	{"ThreatIntelligence", "ThreatIntelligence"}, {"AirInvestigation", "AirInvestigation"}, {"Quarantine", "Quarantine"},
}
