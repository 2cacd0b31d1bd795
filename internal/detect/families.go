package detect

import (
	"maps"
	"strings"

	"aoc"
	"aoc/internal/rawjson"
	"aoc/internal/sigma"
)

// The names below are those that authors of rules use: of Microsoft Graph, of Azure Monitor
// (OperationName, ResultType, properties.…), of the portal's columns (Status, Target), and of
// Defender for Cloud Apps (eventSource, eventName).

// directoryAudits are Entra directory audits, as Microsoft Graph gives them.
var directoryAudits = &family{ //nolint:gochecknoglobals // read-only table
	source: aoc.SourceDirectory,
	derived: with(map[string]derivation{
		"operationname": text(operation), "activitydisplayname": text(operation), "activitytype": text(operation), "activity": text(operation),
		"operation": text(operation), "message": text(operation), "eventname": text(operation),
		"status": status, "resulttype": text(outcome), "riskeventtype": pimAlert,
	}),
	aliases: map[string][]string{
		"categoryvalue": {"category"}, "service": {"loggedByService"}, "eventsource": {"loggedByService"},
		"resultdescription": {"resultReason"}, "activitydetails": {"resultReason", "additionalDetails"},
		"initiatedbyuser": {"initiatedBy.user.userPrincipalName"}, "user": {"initiatedBy.user.userPrincipalName"}, "username": {"initiatedBy.user.userPrincipalName"},
		"userprincipalname": {"initiatedBy.user.userPrincipalName"}, "identity": {"initiatedBy.user.displayName", "initiatedBy.app.displayName"},
		"ipaddress": {"initiatedBy.user.ipAddress"}, "calleripaddress": {"initiatedBy.user.ipAddress"},
		"target": {"targetResources", "targetResources.displayName", "targetResources.userPrincipalName"}, "targets": {"targetResources"},
		"targetusername": {"targetResources.userPrincipalName", "targetResources.displayName"}, "targetdisplayname": {"targetResources.displayName"},
		"modifiedproperties": {"targetResources.modifiedProperties"}, "resourcedisplayname": {"targetResources.displayName"},
		"timegenerated": {"activityDateTime"}, "createddatetime": {"activityDateTime"}, "risktype": {"additionalDetails.@riskEventType"},
		"riskeventtype": {"additionalDetails.@riskEventType", "additionalDetails.@AlertType", "additionalDetails.@AlertId", "targetResources.id", "targetResources.displayName"},
	},
	roots: set(`id category correlationId result resultReason activityDateTime loggedByService operationType userAgent initiatedBy
		targetResources additionalDetails tenantId`),
}

// signIns are Entra sign-ins, as Microsoft Graph gives them.
var signIns = &family{ //nolint:gochecknoglobals // read-only table
	source: aoc.SourceSignIn,
	derived: with(map[string]derivation{
		"operationname": text(operation), "operation": text(operation),
		"message": func(e *aoc.Event, dst []sigma.Value) []sigma.Value {
			return appendText(dst, e.ResultReason, e.Operation)
		},
		"status": status, "result": text(outcome), "category": text(func(*aoc.Event) string { return "SignInLogs" }),
	}),
	aliases: map[string][]string{
		"message": {"authenticationProtocol", "status.failureReason", "status.additionalDetails"}, "status": {"status.failureReason", "status.additionalDetails", "status"},
		"resulttype": {"status.errorCode"}, "errorcode": {"status.errorCode"}, "resultdescription": {"status.failureReason", "status.additionalDetails"},
		"failurereason": {"status.failureReason"}, "resultsignature": {"status.errorCode"},
		"location": {"location.countryOrRegion", "location.state", "location.city", "location"}, "country": {"location.countryOrRegion"}, "city": {"location.city"},
		"user": {"userPrincipalName"}, "username": {"userPrincipalName"}, "identity": {"userDisplayName", "servicePrincipalName"}, "initiatedby": {"userPrincipalName"},
		"clientapp": {"clientAppUsed"}, "client": {"clientAppUsed"}, "application": {"appDisplayName"}, "applicationid": {"appId"}, "appname": {"appDisplayName"},
		"resource": {"resourceDisplayName"}, "resourceidentity": {"resourceId"}, "target": {"resourceDisplayName"},
		"calleripaddress": {"ipAddress"}, "clientip": {"ipAddress"}, "timegenerated": {"createdDateTime"}, "activitydatetime": {"createdDateTime"},
		"browser": {"deviceDetail.browser"}, "operatingsystem": {"deviceDetail.operatingSystem"}, "trusttype": {"deviceDetail.trustType"},
		"deviceid": {"deviceDetail.deviceId"}, "iscompliant": {"deviceDetail.isCompliant"}, "ismanaged": {"deviceDetail.isManaged"},
		"devicedetails": {"deviceDetail"}, "mfaauthmethod": {"mfaDetail.authMethod"}, "mfaresult": {"authenticationDetails.authenticationStepResultDetail"},
		"authenticationmethod": {"authenticationDetails.authenticationMethod"}, "conditionalaccess": {"conditionalAccessStatus"},
		"conditionalaccesspolicies": {"appliedConditionalAccessPolicies"}, "risklevel": {"riskLevelDuringSignIn", "riskLevelAggregated"},
		"riskeventtype": {"riskEventTypes", "riskEventTypes_v2"}, "signintype": {"signInEventTypes"}, "serviceprincipal": {"servicePrincipalName"},
	},
	roots: set(`id status createdDateTime userId userDisplayName userPrincipalName userType appId appDisplayName appOwnerTenantId appServicePrincipalId
		resourceId resourceDisplayName resourceTenantId resourceOwnerTenantId resourceServicePrincipalId homeTenantId homeTenantName servicePrincipalId
		servicePrincipalName servicePrincipalCredentialKeyId servicePrincipalCredentialThumbprint federatedCredentialId ipAddress
		ipAddressFromResourceProvider globalSecureAccessIpAddress userAgent clientAppUsed correlationId isInteractive isTenantRestricted
		conditionalAccessStatus appliedConditionalAccessPolicies appliedEventListeners conditionalAccessAudiences deviceDetail location
		networkLocationDetails riskDetail riskLevelAggregated riskLevelDuringSignIn riskState riskEventTypes riskEventTypes_v2
		authenticationAppDeviceDetails authenticationAppPolicyEvaluationDetails authenticationContextClassReferences authenticationDetails
		authenticationMethodsUsed authenticationProcessingDetails authenticationProtocol authenticationRequirement
		authenticationRequirementPolicies autonomousSystemNumber azureResourceId clientCredentialType crossTenantAccessType flaggedForReview
		incomingTokenType isThroughGlobalSecureAccess managedServiceIdentity mfaDetail originalRequestId originalTransferMethod
		privateLinkDetails processingTimeInMilliseconds sessionId sessionLifetimePolicies signInEventTypes signInIdentifier
		signInIdentifierType signInTokenProtectionStatus sourceAppClientId tenantId tokenIssuerName tokenIssuerType
		tokenProtectionStatusDetails uniqueTokenIdentifier alternateSignInName agent`),
}

// riskDetections are risks that Entra ID Protection detected, as Microsoft Graph gives them.
// Sentinel's table of them (AADUserRiskEvents) has the same names.
var riskDetections = &family{ //nolint:gochecknoglobals // read-only table
	source: aoc.SourceRisk,
	derived: with(map[string]derivation{
		"operationname": text(operation), "operation": text(operation), "message": text(operation), "result": text(outcome), "status": status,
		"category": text(func(*aoc.Event) string { return "UserRiskEvents" }),
	}),
	aliases: map[string][]string{
		"risktype": {"riskEventType", "riskType"}, "riskeventtype": {"riskEventType", "riskType"}, "riskeventtypes": {"riskEventType", "riskType"},
		"detectiontiming": {"detectionTimingType"}, "resultdescription": {"riskDetail"}, "location": {"location.countryOrRegion", "location.state", "location.city", "location"},
		"country": {"location.countryOrRegion"}, "city": {"location.city"}, "user": {"userPrincipalName"}, "username": {"userPrincipalName"},
		"identity": {"userDisplayName"}, "initiatedby": {"userPrincipalName"}, "target": {"userPrincipalName", "userDisplayName"},
		"calleripaddress": {"ipAddress"}, "clientip": {"ipAddress"}, "timegenerated": {"detectedDateTime"}, "createddatetime": {"detectedDateTime"},
	},
	roots: set(`id requestId correlationId riskType riskEventType riskState riskLevel riskDetail source detectionTimingType activity tokenIssuerType ipAddress
		location activityDateTime detectedDateTime lastUpdatedDateTime userId userDisplayName userPrincipalName additionalInfo tenantId`),
}

// intuneAudits are Intune audits, as Microsoft Graph gives them.
var intuneAudits = &family{ //nolint:gochecknoglobals // read-only table
	source: aoc.SourceIntune,
	derived: with(map[string]derivation{
		"operationname": text(operation), "operation": text(operation), "activityname": text(operation), "status": status, "result": text(outcome), "resulttype": text(outcome),
	}),
	aliases: map[string][]string{
		"identity": {"actor.userPrincipalName", "actor.applicationDisplayName"}, "user": {"actor.userPrincipalName"}, "userprincipalname": {"actor.userPrincipalName"},
		"initiatedby": {"actor"}, "target": {"resources", "resources.displayName"}, "targets": {"resources"}, "targetresources": {"resources"},
		"modifiedproperties": {"resources.modifiedProperties"}, "timegenerated": {"activityDateTime"},
	},
	roots: set(`id displayName componentName activity activityDateTime activityType activityOperationType activityResult correlationId category actor resources`),
}

// unifiedAudits are records of the unified audit log.
var unifiedAudits = &family{ //nolint:gochecknoglobals // read-only table
	source: aoc.SourceUnified,
	derived: with(map[string]derivation{
		"operation": text(operation), "operations": text(operation), "operationname": text(operation), "activity": text(operation), "eventname": text(operation),
		"status": status, "result": text(outcome), "recordtypename": text(func(e *aoc.Event) string { return e.RecordType }),
	}),
	aliases: withPairs(map[string][]string{
		"activity": {"Activity"}, "eventname": {"Name"}, "eventsource": {"Workload", "EventSource"}, "status": {"ResultStatus", "Status"},
		"user": {"UserId"}, "username": {"UserId"}, "userids": {"UserId"}, "initiatedby": {"UserId"}, "ipaddress": {"ClientIP", "ClientIPAddress", "ActorIpAddress"},
		"clientipaddress": {"ClientIPAddress", "ClientIP"}, "sourceip": {"ClientIP", "ClientIPAddress"}, "service": {"Workload"},
		"targetusername": {"TargetUserOrGroupName", "Target.ID"}, "errorcode": {"ErrorNumber", "ErrorCode"}, "timegenerated": {"CreationTime"},
		"parameters.forwardto": {"Parameters.@ForwardTo"}, "useragent": {"UserAgent", "ExtendedProperties.@UserAgent", "ClientInfoString"},
		"parameters":          {"Parameters", "Parameters.Name", "Parameters.Value"},
		"operationproperties": {"OperationProperties", "OperationProperties.Name", "OperationProperties.Value"},
		"modifiedproperties":  {"ModifiedProperties", "ModifiedProperties.Name", "ModifiedProperties.NewValue"},
		"extendedproperties":  {"ExtendedProperties", "ExtendedProperties.Name", "ExtendedProperties.Value"},
	}, unifiedMembers),
	roots: unifiedMembers,
}

// unifiedMembers are the members that records of the unified audit log have.
var unifiedMembers = set( //nolint:gochecknoglobals // read-only table
	`Id RecordType CreationTime Operation OrganizationId UserType UserKey Workload UserId ClientIP ResultStatus ObjectId Scope
		AppAccessContext Version AADGroupId AadAppId Actions Activity ActivityDateTime Actor ActorContextId ActorInfoString ActorIpAddress ActorUserId
		ActorYammerUserId AdditionalInfo AddOnGuid AddOnName AddOnType AffectedItems AggregateDurationInSeconds AlertEntityId AlertId AlertLinks AlertType AppId
		AppName Application ApplicationDisplayName ApplicationId ApplicationMode AssociatedAdminUnits AttachmentData AttachmentId AttachmentName AuthDetails
		AuthType AuthenticationMethod AuthenticationStatus AuthenticationType AzureActiveDirectoryEventType BrowserName BrowserVersion CaseId CaseName Category
		ChannelGuid ChannelName ChannelType Client ClientAppId ClientApplication ClientIPAddress ClientInfoString ClientMachineName ClientProcessName
		ClientRegion ClientRequestId ClientVersion CmdletVersion Comments Common CommunicationType Connectors CopilotEventData CorrelationId CrossMailboxOperation
		CrossMailboxOperations CustomEvent CustomUniqueId DashboardName Data DataClassification DataSources DataState DataType DatabaseType DatasetName DeepLinkUrl
		DeeplinkURL DestFolder DestMailboxOwnerUPN DestinationFileExtension DestinationFileName DestinationLabel DestinationRelativeUrl DetectedDateTime
		DetectionDate DetectionMethod DetectionTimingType DetectionType DeviceDisplayName DeviceProperties Directionality DoNotDistributeEvent
		EffectiveOrganization EndTime EndTimeUtc EndpointMetaData EntityId EntityName EntityType ErrorCode ErrorNumber EventData EventDeepLink EventSignature
		EventSource ExceptionInfo ExchangeMetaData Experience ExportName ExtendedProperties ExternalAccess ExtraProperties Fields FileData FileSize FileSizeBytes
		Folder Folders FromApp GeoLocation GroupName HighPriorityMediaProcessing HostedContents ImplicitShare IncidentId InstanceUrl InterSystemsId
		InternalLogonType InternetMessageId IntraSystemId IntraSystemsId InvestigationId InvestigationName InvestigationType Invitee IsDocLib IsHiddenList
		IsManagedDevice IsViewableByExternalUsers IsWorkflow Item ItemCount ItemName ItemType ItemUrl JobId LabelAction LabelAppliedDateTime LabelId LabelName
		LastModifiedBy LastModifiedDate LastUpdateTimeUtc ListBaseTemplateType ListBaseType ListColor ListIcon ListId ListItemUniqueId ListName ListServerTemplate
		ListTitle ListUrl Location LoginStatus LogonError LogonType LogonUserDisplayName LogonUserSid MD5Hash MachineDomainInfo MachineId MailboxGuid
		MailboxOwnerMasterAccountSid MailboxOwnerSid MailboxOwnerUPN Members MembershipInformation Message MessageId MessageIds MessageSizeInBytes MessageTime
		MessageURLs Messages ModifiedProperties Name NetworkMessageId NewValue NonPIIParameters Object1Name Object2Name ObjectDisplayName ObjectName ObjectType
		OldValue OperationCount OperationId OperationProperties OperationStatus OrgAppPermission OrganizationName OriginatingServer P1Sender P2Sender Parameters
		Platform Policy PolicyAction PolicyDetails PolicyId PrimaryFieldValue ProtectionEventData Query QueryText Receivers Recipient RecipientCount Recipients
		RelativeUrl ReleaseTo ReportName RequestId RequestSource ResultCount RiskDetail RiskEventType RiskId RiskLevel RiskState RunningTime SHA256Hash
		SaveToSentItems SecurityComplianceCenterEventType SendAsUserMailboxGuid SendAsUserSmtp SendOnBehalfOfUserSmtp Sender SenderIp
		SensitiveInfoDetectionIsIncluded SensitiveInfoTypeData SensitivityLabelEventData SensitivityLabelId SensitivityLabelOwnerEmail SessionId Settings Severity
		SharePointMetaData SharingInformation SharingType Site SiteUrl SkypeForBusinessEventType Source SourceFileExtension SourceFileName SourceId SourceLabel
		SourceName SourceRelativeUrl SourceWorkload StartTime StartTimeUtc Status Subject SubscriptionId SupportTicketId SwitchState SystemOverrides TabType Target
		TargetContextId TargetUserOrGroupName TargetUserOrGroupType TeamGuid TeamName TemplateTypeId TenantName ThreatsAndDetectionTech TimeOfClick Timestamp
		TokenIssuerType TokenObjectId TokenTenantId TokenType URL URLClickAction UniqueSharingId UserAgent UserDisplayName UserDomain UserIp UserServicePlan
		UserSessionId UserSharedWith Verdict VirusInfo VirusVendor WebId WorkSpaceName WorkspaceId YammerNetworkId ZipFileName`)

// pairNames are the names of pairs that stand in lists of a unified record, and that rules
// use as if they were members: by the list that has them.
var pairNames = map[string]string{ //nolint:gochecknoglobals // read-only table
	"ExtendedProperties": `RequestType ResultStatusDetail KeepMeSignedIn UserAuthenticationMethod extendedAuditEventCategory additionalDetails FlowTokenScenario
		LoginError`,
	"DeviceProperties": `OS BrowserType IsCompliant IsCompliantAndManaged DeviceTrustType DisplayName`,
	"Parameters": `ForwardTo RedirectTo ForwardAsAttachmentTo ForwardingAddress ForwardingSmtpAddress DeliverToMailboxAndForward DeleteMessage MoveToFolder
		MarkAsRead SubjectContainsWords SubjectOrBodyContainsWords BodyContainsWords FromAddressContainsWords StopProcessingRules Enabled AuditEnabled
		AuditBypassEnabled UnifiedAuditLogIngestionEnabled AccessRights Trustee GrantSendOnBehalfTo AdminAuditLogEnabled BlindCopyTo CopyTo RedirectMessageTo
		AddToRecipients RemoteDomain AutoForwardEnabled DomainName PopEnabled ImapEnabled SmtpClientAuthenticationDisabled Role Roles Members Member`,
}

// withPairs adds the names of pairs to aliases, but for those that mean something else.
func withPairs(aliases map[string][]string, roots map[string]bool) map[string][]string {
	all := maps.Clone(aliases)
	for list, names := range pairNames {
		for name := range strings.FieldsSeq(names) {
			key := rawjson.Fold(name)
			if !roots[key] && aliases[key] == nil {
				all[key] = append(all[key], list+".@"+name)
			}
		}
	}
	return all
}

// with adds the fields that all families have.
func with(more map[string]derivation) map[string]derivation {
	all := maps.Clone(own)
	maps.Copy(all, more)
	return all
}
