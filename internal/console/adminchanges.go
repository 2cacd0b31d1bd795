package console

import "aoc"

// AdminChanges holds for administrative changes: what is:change stands for and what the
// review queue is about. Those are all audits of the directory and of Intune, and of the
// unified log the kinds of record that only administration writes, without the commands
// that only read, and the administrative operations among SharePoint's and Teams' records.
// Who made the change is not asked: what the service does by itself is noise as well.
func AdminChanges() aoc.Expr {
	return aoc.Or{
		aoc.Is{Field: aoc.FieldSource, Values: []string{string(aoc.SourceDirectory), string(aoc.SourceIntune)}},
		aoc.And{
			aoc.Is{Field: aoc.FieldSource, Values: []string{string(aoc.SourceUnified)}},
			aoc.Or{
				aoc.And{aoc.Is{Field: aoc.FieldRecordType, Values: adminRecords()}, aoc.Not{Of: readOnly()}},
				aoc.Is{Field: aoc.FieldOperation, Values: adminOperations()},
			},
		},
	}
}

// readOnly holds for commands that change nothing, by the verbs PowerShell has for them.
func readOnly() aoc.Expr {
	var reads aoc.Or
	for _, verb := range []string{"Get", "Search", "Test", "Find", "Measure", "Show", "Export"} {
		reads = append(reads, aoc.Like{Field: aoc.FieldOperation, Parts: []string{verb + "-", ""}})
	}
	return reads
}

// adminRecords are the kinds of record, by their names in Microsoft's list, that tell of
// administration.
func adminRecords() []string {
	return []string{
		// commands and the directory
		"ExchangeAdmin", "DataCenterSecurityCmdlet", "SecurityComplianceCenterEOPCmdlet", "SkypeForBusinessCmdlets",
		"AzureActiveDirectory", "MicrosoftTeamsAdmin", "CrossTenantAccessPolicy", "ManagedTenants",
		// roles
		"SecurityComplianceRBAC", "SecurityComplianceUserChange", "URBACAssignment", "URBACRole", "URBACEnableState", "MSDERolesSettings",
		// protection
		"MSDEGeneralSettings", "MSDEIndicatorsSettings", "MSDEResponseActions", "MS365DCustomDetection", "MS365DSuppressionRule",
		"TenantAllowBlockList", "WebContentFiltering", "NoisyAlertPolicy", "DefenderPreviewFeatures", "DeviceDiscoverySettings",
		"DeviceDiscoverySettingsExclusion", "DeviceDiscoverySettingsAuthenticatedScans", "CriticalAssetManagementClassification",
		"DefenderExpertsforXDRAdmin", "DefenderSecurityForAIConfiguration", "AttackSimAdmin", "MDCConfigurationEvent", "SCPConfigurationEvent",
		// compliance
		"AuditRetentionPolicy", "AuditConfig", "ComplianceSettingsChange", "DlpSensitiveInformationType", "InformationBarrierPolicyApplication",
		"CustomerKeyServiceEncryption", "ComplianceConnector", "M365ComplianceConnector", "PurviewPolicyOperation", "PurviewMetadataPolicyOperation",
		"MAPGPolicy", "MAPGOnboard", "VfamCreatePolicy", "VfamUpdatePolicy", "VfamDeletePolicy", "BackupPolicy",
		// products
		"PowerPlatformAdminEnvironment", "PowerPlatformAdminDlp", "PowerPlatformAdministratorActivity", "PowerPlatformTenantIsolation",
		"CloudPolicyService", "CloudUpdateProfileConfig", "CloudUpdateTenantConfig", "CloudUpdateDeviceConfig", "AppAdminActivity",
		"AppSettingsAdminActivity", "AgentAdminActivity", "AgentSettingsAdminActivity", "DeployFeatureActivity", "CopilotAgentManagement",
		"CreateCopilotPlugin", "UpdateCopilotPlugin", "DeleteCopilotPlugin", "EnableCopilotPlugin", "DisableCopilotPlugin",
		"CreateCopilotWorkspace", "UpdateCopilotWorkspace", "DeleteCopilotWorkspace", "EnableCopilotWorkspace", "DisableCopilotWorkspace",
		"UpdateCopilotSettings", "DragonCopilotAdmin", "PeopleAdminSettings", "CoreReportingSettings", "MyAnalyticsSettings",
		"VivaLearningAdmin", "VivaPulseAdmin", "VivaGlintAdvancedConfiguration", "VivaGlintRole", "PlannerTenantSettings",
		"ProjectForThewebProjectSettings", "ProjectForThewebRoadmapSettings", "SharePointAppPermissionOperation", "SharePointContentSecurityPolicy",
		"MicrosoftGraphDataConnectConsent", "FabricPolicy", "UniversalPrintManagement", "SentinelLakeOnboarding", "SentinelLakeDataOnboarding",
	}
}

// adminOperations are administrative operations whose kind of record is also written for
// what everybody does.
func adminOperations() []string {
	return []string{
		// SharePoint, OneDrive
		"SiteCollectionAdminAdded", "SiteCollectionAdminRemoved", "SiteAdminChangeRequest", "SiteCollectionCreated", "SiteDeleted",
		"SitePermanentlyDeleted", "SiteRenamed", "SiteCollectionQuotaModified", "SharingPolicyChanged", "DeviceAccessPolicyChanged",
		"NetworkAccessPolicyChanged", "UnmanagedSyncClientBlocked", "ManagedSyncClientAllowed", "ExemptUserAgentSet", "CustomizeExemptUsers",
		"AllowGroupCreationSet", "PermissionLevelAdded", "PermissionLevelModified", "PermissionLevelRemoved", "SitePermissionsModified",
		"GroupAdded", "GroupRemoved", "GroupUpdated", "WebMembersCanShareModified", "WebRequestAccessModified", "SendToConnectionAdded",
		"SendToConnectionRemoved", "HubSiteRegistered", "HubSiteUnregistered", "SiteGeoMoveScheduled", "GeoQuotaAllocated", "MaxQuotaModified",
		// Teams
		"TeamsTenantSettingChanged",
		// Power BI
		"UpdatedAdminFeatureSwitch",
	}
}
