package file

import "aoc"

// kindOf tells which kind of record has these keys, empty unless there is enough
// evidence. Each kind needs keys that are its own and some that it shares with others:
// records lack fields now and then, and other products use the same words.
func kindOf(k keySet) aoc.RecordKind {
	switch {
	case isUnified(k):
		return aoc.KindUnified
	case k.count(timeGenerated|sourceSystem) > 0: // a Log Analytics row has all the keys, but flattened values
		return ""
	case isUnifiedInPart(k):
		return aoc.KindUnified
	case k.all(activityDisplayName) && k.count(activityDateTime|initiatedBy|targetResources|loggedByService|operationType|additionalDetails) >= 2:
		return aoc.KindDirectoryAudit
	case k.count(activityOperationType|componentName|activityType|activityResult) >= 2 && k.count(activityDateTime|actor|resources) >= 1:
		return aoc.KindIntuneAudit
	case isRiskDetection(k):
		return aoc.KindRiskDetection
	case isSignIn(k):
		return aoc.KindSignIn
	}
	return ""
}

// isUnified is certain: no other product combines these words.
func isUnified(k keySet) bool {
	return k.all(creationTime|recordType) && k.count(operation|userID|organizationID|workload|userKey|userType|originatingServer) >= 1
}

// isUnifiedInPart covers records that lost one of the keys every one should have.
func isUnifiedInPart(k keySet) bool {
	return k.count(creationTime|recordType) == 1 && k.all(operation) && k.count(userID|organizationID|workload|userKey|userType) >= 3
}

func isSignIn(k keySet) bool {
	const own = conditionalAccessStatus | isInteractive | resourceDisplayName | clientAppUsed | appliedPolicies |
		authenticationProtocol | signInEventTypes | tokenIssuerType
	const shared = createdDateTime | userPrincipalName | appDisplayName | ipAddress | deviceDetail | servicePrincipalID | userID
	return k.count(own) >= 1 && k.count(own|shared) >= 4 && k.count(riskEventType) == 0
}

// isRiskDetection: alerts of other products have times of detection, too, and users.
func isRiskDetection(k keySet) bool {
	return k.all(riskEventType|detectedDateTime) && k.count(activityDateTime|tokenIssuerType|userPrincipalName|userID|ipAddress) >= 2
}

// isIntuneProperties recognises the properties of an Intune audit event in the diagnostic envelope.
func isIntuneProperties(k keySet) bool {
	return k.count(auditEventID|activityDate) >= 1 && k.count(auditEventID|activityDate|activityResultStatus|activityType|targetObjectIDs|actor) >= 3
}
