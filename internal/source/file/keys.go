package file

import (
	"math/bits"

	"github.com/tidwall/gjson"

	"aoc/internal/rawjson"
)

// keySet is a set of the top-level keys that tell records apart.
type keySet uint64

// The keys that count as evidence. They are recognised whatever their letter case, since
// some tools lower it.
const (
	creationTime keySet = 1 << iota
	recordType
	operation
	userID
	organizationID
	workload
	userKey
	userType
	originatingServer

	activityDisplayName
	activityDateTime
	initiatedBy
	targetResources
	loggedByService
	operationType
	additionalDetails

	createdDateTime
	userPrincipalName
	appDisplayName
	ipAddress
	conditionalAccessStatus
	isInteractive
	resourceDisplayName
	clientAppUsed
	deviceDetail
	appliedPolicies
	authenticationProtocol
	signInEventTypes
	tokenIssuerType
	servicePrincipalID

	activityType
	activityOperationType
	activityResult
	componentName
	actor
	resources

	auditDataKey
	properties
	category
	operationName

	auditEventID
	activityDate
	activityResultStatus
	targetObjectIDs

	timeGenerated
	sourceSystem
	riskEventType
	detectedDateTime
)

// keyNames are the keys in lower case.
var keyNames = map[string]keySet{
	"creationtime": creationTime, "recordtype": recordType, "operation": operation, "userid": userID,
	"organizationid": organizationID, "workload": workload, "userkey": userKey, "usertype": userType,
	"originatingserver": originatingServer,

	"activitydisplayname": activityDisplayName, "activitydatetime": activityDateTime, "initiatedby": initiatedBy,
	"targetresources": targetResources, "loggedbyservice": loggedByService, "operationtype": operationType,
	"additionaldetails": additionalDetails,

	"createddatetime": createdDateTime, "userprincipalname": userPrincipalName, "appdisplayname": appDisplayName,
	"ipaddress": ipAddress, "conditionalaccessstatus": conditionalAccessStatus, "isinteractive": isInteractive,
	"resourcedisplayname": resourceDisplayName, "clientappused": clientAppUsed, "devicedetail": deviceDetail,
	"appliedconditionalaccesspolicies": appliedPolicies, "authenticationprotocol": authenticationProtocol,
	"signineventtypes": signInEventTypes, "tokenissuertype": tokenIssuerType, "serviceprincipalid": servicePrincipalID,

	"activitytype": activityType, "activityoperationtype": activityOperationType, "activityresult": activityResult,
	"componentname": componentName, "actor": actor, "resources": resources,

	"auditdata": auditDataKey, "properties": properties, "category": category, "operationname": operationName,

	"auditeventid": auditEventID, "activitydate": activityDate, "activityresultstatus": activityResultStatus,
	"targetobjectids": targetObjectIDs,

	"timegenerated": timeGenerated, "timegenerated [utc]": timeGenerated, "sourcesystem": sourceSystem,
	"riskeventtype": riskEventType, "risktype": riskEventType, "detectiontimingtype": riskEventType, "detecteddatetime": detectedDateTime,
}

// all reports whether every key of want is in the set.
func (k keySet) all(want keySet) bool { return k&want == want }

// count tells how many of the keys are in the set.
func (k keySet) count(of keySet) int { return bits.OnesCount64(uint64(k & of)) }

// object is a JSON object looked at from outside: which keys it has, and the members that
// can hold a record.
type object struct {
	keys       keySet
	auditData  gjson.Result
	properties gjson.Result
	category   string
	tenantID   string
	resourceID string
	pages      []gjson.Result // arrays under one of pageKeys
}

// look reads the top level of a valid JSON object.
func look(raw []byte) object {
	var o object
	var folded []byte
	gjson.ParseBytes(raw).ForEach(func(key, value gjson.Result) bool {
		folded = rawjson.AppendFold(folded[:0], key.Str)
		o.keys |= keyNames[string(folded)]
		switch string(folded) {
		case "auditdata":
			o.auditData = value
		case "properties":
			o.properties = value
		case "category":
			o.category = value.String()
		case "tenantid":
			o.tenantID = value.String()
		case "resourceid":
			o.resourceID = value.String()
		case pageKeys[0], pageKeys[1]:
			if value.IsArray() {
				o.pages = append(o.pages, value)
			}
		}
		return true
	})
	return o
}
