package normalise

// WellKnown gives the name of a Microsoft application or built-in directory role by its id,
// in any letter case, and whether it is an application; the name is empty for others. These
// ids are the same in every tenant.
func WellKnown(id string) (name string, app bool) {
	if _, app = byName(wellKnownApps, id); app {
		return wellKnown(id), true
	}
	return wellKnown(id), false
}

// wellKnown gives the name of a Microsoft application or built-in directory role by its
// id, which is the same in every tenant; empty for others.
func wellKnown(id string) string {
	if len(id) != 36 {
		return ""
	}
	if name, ok := byName(wellKnownApps, id); ok {
		return name
	}
	name, _ := byName(wellKnownRoles, id)
	return name
}

// wellKnownApps names first-party applications by app id.
var wellKnownApps = map[string]string{
	"00000002-0000-0000-c000-000000000000": "Azure AD Graph",
	"00000003-0000-0000-c000-000000000000": "Microsoft Graph",
	"00000002-0000-0ff1-ce00-000000000000": "Exchange Online",
	"00000003-0000-0ff1-ce00-000000000000": "SharePoint Online",
	"00000004-0000-0ff1-ce00-000000000000": "Skype for Business Online",
	"00000005-0000-0ff1-ce00-000000000000": "Viva Engage",
	"00000006-0000-0ff1-ce00-000000000000": "Microsoft 365 admin portal",
	"00000007-0000-0ff1-ce00-000000000000": "Exchange Online Protection",
	"00000007-0000-0000-c000-000000000000": "Dataverse",
	"00000009-0000-0000-c000-000000000000": "Power BI",
	"0000000a-0000-0000-c000-000000000000": "Microsoft Intune",
	"0000000c-0000-0000-c000-000000000000": "My Apps",
	"00000012-0000-0000-c000-000000000000": "Azure Rights Management",
	"00000014-0000-0000-c000-000000000000": "Microsoft Azure SyncFabric",
	"c5393580-f805-4401-95e8-94b7a6ef2fc2": "Office 365 Management APIs",
	"1b730954-1685-4b74-9bfd-dac224a7b894": "Azure AD PowerShell",
	"14d82eec-204b-4c2f-b7e8-296a70dab67e": "Microsoft Graph PowerShell",
	"de8bc8b5-d9f9-48b1-a8ad-b748da725064": "Graph Explorer",
	"797f4846-ba00-4fd7-ba43-dac1f8f63013": "Azure Service Management",
	"04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Azure CLI",
	"1950a258-227b-4e31-a9cf-717495945fc2": "Azure PowerShell",
	"c44b4083-3bb0-49c1-b47d-974e53cbdf3c": "Azure Portal",
	"4345a7b9-9a63-4910-a426-35363201d503": "O365 Suite UX",
	"89bee1f7-5e6e-4d8a-9f3d-ecd601259da7": "Office 365 Shell",
	"4765445b-32c6-49b0-83e6-1d93765276ca": "Office Home",
	"d3590ed6-52b3-4102-aeff-aad2292ab01c": "Microsoft Office",
	"1fec8e78-bce4-4aaf-ab1b-5451cc387264": "Microsoft Teams",
	"5e3ce6c0-2b1f-4285-8d4b-75ee78787346": "Microsoft Teams Web Client",
	"cc15fd57-2c6c-4117-a88c-83b1d56b4bbe": "Microsoft Teams Services",
	"27922004-5251-4030-b22d-91ecd9a37ea4": "Outlook Mobile",
	"5d661950-3475-41cd-a2c3-d671a3162bc1": "Microsoft Outlook",
	"9199bf20-a13f-4107-85dc-02114787ef48": "One Outlook Web",
	"29d9ed98-a469-4536-ade2-f981bc1d605e": "Microsoft Authentication Broker",
	"ab9b8c07-8f02-4f72-87fa-80105867a763": "OneDrive Sync",
	"aebc6443-996d-45c2-90f0-388ff96faa56": "Visual Studio Code",
	"872cd9fa-d31f-45e0-9eab-6e460a02d1f1": "Visual Studio",
	"fb78d390-0c51-40cd-8e17-fdbfab77341b": "Exchange Online PowerShell",
	"a0c73c16-a7e3-4564-9a95-2bdf47383716": "Exchange Online Remote PowerShell",
	"497effe9-df71-4043-a8bb-14cf78c4b63b": "Exchange Admin Center",
	"9bc3ab49-b65d-410a-85ad-de819febfddc": "SharePoint Online Management Shell",
	"12128f48-ec9e-42f0-b203-ea49fb6af367": "Teams PowerShell",
	"5926fc8e-304e-4f59-8bed-58ca97cc39a4": "Microsoft Intune portal extension",
	"9ba1a5c7-f17a-4de9-a1f1-6178c8d51223": "Intune Company Portal",
	"74658136-14ec-4630-ad9b-26e160ff0fc6": "Azure Portal (Entra ID)",
	"18ed3507-a475-4ccb-b669-d66bc9f2a36e": "Azure Portal (App registrations)",
	"80ccca67-54bd-44ab-8625-4b79c4dc7775": "Microsoft 365 Security and Compliance Center",
	"8ee8fdad-f234-4243-8f3b-15c294843740": "Microsoft Threat Protection",
	"05a65629-4c1b-48c1-a78b-804c4abdd4af": "Microsoft Defender for Cloud Apps",
	"fc780465-2017-40d4-a0c5-307022471b92": "Microsoft Defender for Endpoint",
	"8b3391f4-af01-4ee8-b4ea-9871b2499735": "Office 365 Secure Score",
	"944f0bd1-117b-4b1c-af26-804ed95e767e": "Media Analysis and Transformation Service",
	"cb1056e2-e479-49de-ae31-7812af012ed8": "Microsoft Entra Connect",
	"57fb890c-0dab-4253-a5e0-7188c88b2bb4": "SharePoint Online Client",
	"08e18876-6177-487e-b8b5-cf950c1e598c": "SharePoint Online Web Client Extensibility",
	"38aa3b87-a06d-4817-b275-7a316988d93b": "Windows Sign In",
	"26a7ee05-5602-4d76-a7ba-eae8b7b67941": "Windows Search",
	"01fc33a7-78ba-4d2f-a4b7-768e336e890e": "MS-PIM",
	"65d91a3d-ab74-42e6-8a2f-0add61688c74": "Microsoft Approval Management",
	"01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9": "Device Registration Service",
	"dd762716-544d-4aeb-a526-687b73838a22": "Microsoft Device Registration Client",
	"93625bc8-bfe2-437a-97e0-3d0060024faa": "Microsoft password reset service",
	"66a88757-258c-4c72-893c-3e8bed4d6899": "Office 365 Search Service",
	"475226c6-020e-4fb2-8a90-7a972cbfc1d4": "PowerApps Service",
	"7df0a125-d3be-4c96-aa54-591f83ff541c": "Microsoft Flow Service",
	"c9a559d2-7aab-4f13-a6ed-e7e9c52aec87": "Microsoft Forms",
	"2d4d3d8e-2be3-4bef-9f87-7875a61c29de": "OneNote",
	"ecd6b820-32c2-49b6-98a6-444530e5a77a": "Microsoft Edge",
	"f8d98a96-0999-43f5-8af3-69971c7bb423": "Apple Internet Accounts",
}

// wellKnownRoles names built-in Entra roles by role template id.
var wellKnownRoles = map[string]string{
	"62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
	"10dae51f-b6af-4016-8d66-8c2a99b929b3": "Guest User",
	"2af84b1e-32c8-42b7-82bc-daa82404023b": "Restricted Guest User",
	"fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
	"729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
	"f023fd81-a637-4b56-95fd-791ac0226033": "Service Support Administrator",
	"b0f54661-2d74-4c50-afa3-1ec803f12efe": "Billing Administrator",
	"966707d0-3269-4727-9be2-8c3a10f19b9d": "Password Administrator",
	"29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
	"f28a1f50-f6e7-4571-818b-6a12f2af6b6c": "SharePoint Administrator",
	"75941009-915a-4869-abe7-691bff18279e": "Skype for Business Administrator",
	"69091246-20e8-4a56-aa4d-066075b2a7a8": "Teams Administrator",
	"baf37b3a-610e-45da-9e62-d9d1e5e8914b": "Teams Communications Administrator",
	"f70938a0-fc10-4177-9e90-2178f8765737": "Teams Communications Support Engineer",
	"fcf91098-03e3-41a9-b5ba-6f0ec8188a12": "Teams Communications Support Specialist",
	"3d762c5a-1b6c-493f-843e-55a3b42923d4": "Teams Devices Administrator",
	"88d8e3e3-8f55-4a1e-953a-9b9898b8876b": "Directory Readers",
	"9360feb5-f418-4baa-8175-e2a00bac4301": "Directory Writers",
	"d29b2b05-8046-44ba-8758-1e26182fcf32": "Directory Synchronization Accounts",
	"194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
	"5d6b6bb7-de71-4623-b4af-96380a352509": "Security Reader",
	"5f2222b1-57c3-48ba-8ad5-d4759f1fde6f": "Security Operator",
	"3a2c62db-5318-420d-8d74-23affee5d9d5": "Intune Administrator",
	"158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
	"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
	"cf1c38e5-3621-4004-a7cb-879624dced7c": "Application Developer",
	"e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
	"7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
	"c4e39bd9-1100-46d3-8c65-fb160da0071f": "Authentication Administrator",
	"0526716b-113d-4c15-b2c8-68e3c22b9f80": "Authentication Policy Administrator",
	"b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
	"17315797-102d-40b4-93e0-432062caca18": "Compliance Administrator",
	"e6d1a23a-da11-4be4-9570-befc86d067a7": "Compliance Data Administrator",
	"7698a772-787b-4ac8-901f-60d6b08affd2": "Cloud Device Administrator",
	"9f06204d-73c1-4d4c-880a-6edb90606fd8": "Microsoft Entra Joined Device Local Administrator",
	"f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
	"4a5d8f65-41da-4de4-8968-e035b65339cf": "Reports Reader",
	"790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b": "Message Center Reader",
	"ac16e43d-7b2d-40e0-ac05-243ff356ab5b": "Message Center Privacy Reader",
	"fdd7a751-b60b-444a-984c-02652fe8fa1c": "Groups Administrator",
	"95e79109-95c0-4d8e-aee3-d01accf2d47b": "Guest Inviter",
	"4d6ac14f-3453-41d0-bef9-a3e0c569773a": "License Administrator",
	"8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2": "Hybrid Identity Administrator",
	"be2f45a1-457d-42af-a067-6ec1fa63bc45": "External Identity Provider Administrator",
	"8329153b-31d0-4727-b945-745eb3bc5f31": "Domain Name Administrator",
	"2b745bdf-0803-4d80-aa65-822c4493daac": "Office Apps Administrator",
	"11648597-926c-4cf3-9c36-bcebb0ba8dcc": "Power Platform Administrator",
	"a9ea8996-122f-4c74-9520-8edcd192826c": "Fabric Administrator",
	"44367163-eba1-44c3-98af-f5787879f96a": "Dynamics 365 Administrator",
	"38a96431-2bdf-4b4c-8b6e-5d3d8abac1a4": "Desktop Analytics Administrator",
	"0964bb5e-9bdb-4d7b-ac29-58e794862a40": "Search Administrator",
	"8835291a-918c-4fd7-a9ce-faa49f0cf7d9": "Search Editor",
	"74ef975b-6605-40af-a5d2-b9539d836353": "Kaizala Administrator",
	"5c4f9dcd-47dc-4cf7-8c9a-9e4207cbfc91": "Customer LockBox Access Approver",
	"aaf43236-0c0d-4d5f-883a-6955382ac081": "B2C IEF Keyset Administrator",
	"644ef478-e28f-4e28-b9dc-3fdde9aa0b1f": "Printer Administrator",
	"45d8d3c5-c802-45c6-b32a-1d70b5e1e86e": "Identity Governance Administrator",
	"32696413-001a-46ae-978c-ce0f6b3620d2": "Windows Update Deployment Administrator",
	"58a13ea3-c632-46ae-9ee0-9c0d43cd7f3d": "Attribute Assignment Administrator",
	"8424c6f0-a189-499e-bbd0-26c1753c96d4": "Attribute Definition Administrator",
}

// wellKnownSIDs names the Windows security identifiers that mean the same everywhere.
var wellKnownSIDs = map[string]string{
	"S-1-0-0":      "Nobody",
	"S-1-1-0":      "Everyone",
	"S-1-3-0":      "Creator Owner",
	"S-1-5-7":      "Anonymous Logon",
	"S-1-5-9":      "Enterprise Domain Controllers",
	"S-1-5-10":     "Principal Self",
	"S-1-5-11":     "Authenticated Users",
	"S-1-5-18":     "Local System",
	"S-1-5-19":     "Local Service",
	"S-1-5-20":     "Network Service",
	"S-1-5-32-544": "Administrators",
	"S-1-5-32-545": "Users",
}
