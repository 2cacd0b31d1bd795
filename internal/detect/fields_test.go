package detect

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/normalise"
	"aoc/internal/sigma"
)

// event makes an event of a record, as collecting does.
func event(t testing.TB, kind aoc.RecordKind, raw string) *aoc.Event {
	t.Helper()
	e, err := normalise.Normalise(aoc.Record{
		Kind: kind, TenantID: "11111111-2222-4333-8444-555555555555", Raw: []byte(raw), Origin: aoc.OriginCollected, ReceivedAt: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &e
}

const (
	auditRecord = `{"id":"Directory_1","category":"RoleManagement","activityDisplayName":"Update application – Certificates and secrets management ","result":"failure",
		"resultReason":"Microsoft.Online.Denied","activityDateTime":"2026-03-02T11:00:00Z","loggedByService":"Core Directory","operationType":"Update",
		"initiatedBy":{"user":{"id":"u1","displayName":"Ada","userPrincipalName":"ada@contoso.example","ipAddress":"203.0.113.7"},"app":null},
		"targetResources":[{"id":"t1","displayName":"Payroll","type":"Application","modifiedProperties":[{"displayName":"KeyDescription","oldValue":null,"newValue":"[\"x\"]"}]}],
		"additionalDetails":[{"key":"User-Agent","value":"curl"}]}`
	signInRecord = `{"id":"s1","createdDateTime":"2026-03-02T11:00:00Z","userPrincipalName":"bob@contoso.example","userId":"u2","appId":"a1","appDisplayName":"Portal",
		"resourceDisplayName":"Device Registration Service","ipAddress":"198.51.100.1","clientAppUsed":"Browser","conditionalAccessStatus":"success",
		"authenticationProtocol":"deviceCode","authenticationRequirement":"singleFactorAuthentication","status":{"errorCode":500121,"failureReason":"Authentication failed during strong authentication request.","additionalDetails":"MFA denied; user declined the authentication"},
		"deviceDetail":{"deviceId":"","isCompliant":false,"trustType":null},"networkLocationDetails":[],"location":{"city":"Oslo","state":"","countryOrRegion":"NO"}}`
	riskRecord = `{"id":"r1","requestId":"s1","correlationId":"c1","riskEventType":"leakedCredentials","riskState":"atRisk","riskLevel":"high","riskDetail":"none","source":"IdentityProtection",
		"detectionTimingType":"offline","activity":"signin","tokenIssuerType":"AzureAD","ipAddress":"203.0.113.66","activityDateTime":"2026-03-02T09:00:00Z","detectedDateTime":"2026-03-02T11:00:00Z",
		"userId":"u2","userDisplayName":"Bob Ray","userPrincipalName":"bob@contoso.example","location":{"city":"Lagos","state":"","countryOrRegion":"NG"},
		"additionalInfo":"[{\"Key\":\"userAgent\",\"Value\":\"curl/8\"}]"}`
	unifiedRecord = `{"CreationTime":"2026-03-02T11:00:00","Id":"11111111-aaaa-4bbb-8ccc-222222222222","Operation":"New-InboxRule","OrganizationId":"11111111-2222-4333-8444-555555555555","RecordType":1,
		"ResultStatus":"True","UserKey":"k","UserType":2,"Version":1,"Workload":"Exchange","ClientIP":"203.0.113.7:51234","ObjectId":"ada\\rule","UserId":"ada@contoso.example",
		"Parameters":[{"Name":"ForwardTo","Value":"x@evil.example"},{"Name":"Enabled","Value":"True"}],"ExtendedProperties":[{"Name":"RequestType","Value":"Cmsi:Cmsi"}]}`
)

// TestFieldsByTheirNames reads records by the names that authors of rules use.
func TestFieldsByTheirNames(t *testing.T) {
	audit, signIn, unified := event(t, aoc.KindDirectoryAudit, auditRecord), event(t, aoc.KindSignIn, signInRecord), event(t, aoc.KindUnified, unifiedRecord)
	risk := event(t, aoc.KindRiskDetection, riskRecord)
	for _, tt := range []struct {
		family *family
		event  *aoc.Event
		names  string // separated by commas: each gives the same
		want   string // values, separated by |
	}{
		{directoryAudits, audit, "OperationName,operationName,properties.message,ActivityDisplayName,properties.activityDisplayName,ActivityType", "Update application – Certificates and secrets management"},
		{directoryAudits, audit, "Category,category,properties.category", "RoleManagement"},
		{directoryAudits, audit, "LoggedByService,properties.loggedByService", "Core Directory"},
		{directoryAudits, audit, "Status,properties.status", "Failure|Microsoft.Online.Denied"},
		{directoryAudits, audit, "Result", "failure"},
		{directoryAudits, audit, "ResultType", "Failure"},
		{directoryAudits, audit, "TargetResources.ModifiedProperties.DisplayName,properties.targetResources.modifiedProperties.displayName", "KeyDescription"},
		{directoryAudits, audit, "TargetResources.modifiedProperties.newValue", `["x"]`},
		{directoryAudits, audit, "TargetResources.type", "Application"},
		{directoryAudits, audit, "InitiatedBy.user.userPrincipalName,Username,UserPrincipalName", "ada@contoso.example"},
		{directoryAudits, audit, "additionalDetails.value", "curl"},
		{directoryAudits, audit, "properties.userAgent", ""},
		{signIns, signIn, "ResultType,properties.resultType,Status.errorCode", "500121"},
		{signIns, signIn, "AuthenticationRequirement,properties.authenticationRequirement", "singleFactorAuthentication"},
		{signIns, signIn, "DeviceDetail.deviceId,properties.DeviceDetail.deviceId", ""},
		{signIns, signIn, "DeviceDetail.isCompliant", "false"},
		{signIns, signIn, "NetworkLocationDetails", "[]"},
		{signIns, signIn, "Username,UserPrincipalName", "bob@contoso.example"},
		{signIns, signIn, "ClientApp,ClientAppUsed", "Browser"},
		{riskDetections, risk, "riskEventType,RiskEventType,riskType,properties.riskEventType", "leakedCredentials"},
		{riskDetections, risk, "riskLevel,RiskLevel", "high"},
		{riskDetections, risk, "DetectionTimingType,detectionTiming", "offline"},
		{riskDetections, risk, "Location.countryOrRegion,country", "NG"},
		{riskDetections, risk, "Username,UserPrincipalName,user", "bob@contoso.example"},
		{riskDetections, risk, "IpAddress,clientIP", "203.0.113.66"},
		{riskDetections, risk, "activityDateTime", "2026-03-02T09:00:00Z"},
		{riskDetections, risk, "OperationName", "Risk detected: leaked credentials"},
		{unifiedAudits, unified, "Operation,eventName", "New-InboxRule"},
		{unifiedAudits, unified, "eventSource,Workload", "Exchange"},
		{unifiedAudits, unified, "RequestType", "Cmsi:Cmsi"},
		{unifiedAudits, unified, "ForwardTo,Parameters.ForwardTo", "x@evil.example"},
		{unifiedAudits, unified, "RecordType", "1"},
		{unifiedAudits, unified, "aoc.actor", "ada@contoso.example"},
		{unifiedAudits, unified, "AOC.ip", "203.0.113.7"},
	} {
		for name := range strings.SplitSeq(tt.names, ",") {
			f := newFields(tt.family)
			slot, err := f.Field(name)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			var got []string
			for _, v := range newView(f).of(tt.event).Values(slot, nil) {
				if !slices.Contains(got, v.Text) {
					got = append(got, v.Text)
				}
			}
			if g := strings.Join(got, "|"); g != tt.want {
				t.Errorf("%s: %q, want %q", name, g, tt.want)
			}
		}
	}
	for f, name := range map[*family]string{directoryAudits: "Count", signIns: "riskTypo", unifiedAudits: "properties.nothing", intuneAudits: "", riskDetections: "riskLevl"} {
		if _, err := newFields(f).Field(name); aoc.CodeOf(err) != aoc.CodeInvalid {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestContainersAreText: rules look for texts in whole lists.
func TestContainersAreText(t *testing.T) {
	f := newFields(unifiedAudits)
	slot, err := f.Field("Parameters")
	if err != nil {
		t.Fatal(err)
	}
	values := newView(f).of(event(t, aoc.KindUnified, unifiedRecord)).Values(slot, nil)
	if !slices.ContainsFunc(values, func(v sigma.Value) bool { return strings.HasPrefix(v.Text, `[{"Name":"ForwardTo"`) }) ||
		!slices.ContainsFunc(values, func(v sigma.Value) bool { return v.Text == "ForwardTo" }) {
		t.Errorf("%q", values)
	}
}

// rulesOf reads the rules below the folder that AOC_TEST_RULES names, by their files.
func rulesOf(t *testing.T) map[string][]*sigma.Rule {
	t.Helper()
	dir := os.Getenv("AOC_TEST_RULES")
	if dir == "" {
		t.Skip("AOC_TEST_RULES names no folder of Sigma rules")
	}
	rules := map[string][]*sigma.Rule{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".yml") || strings.Contains(path, "specification") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, _ := filepath.Rel(dir, path)
		rules[file], err = sigma.Parse(b)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		return nil
	})
	if err != nil || len(rules) == 0 {
		t.Fatalf("%d rules, %v", len(rules), err)
	}
	return rules
}

// TestPublicRules: every rule whose records AOC collects has all of its fields mapped.
func TestPublicRules(t *testing.T) {
	states := map[State]int{}
	for file, rules := range rulesOf(t) {
		placeholders := func(string) ([]string, bool) { return []string{"x"}, true }
		for i, r := range NewDetector(rules, nil, Env{Placeholders: placeholders}).Reports() {
			states[r.State]++
			old := rules[i].Status == "deprecated" || rules[i].Status == "unsupported"
			if r.State != CanFire && r.State != SourceOff && !old {
				t.Errorf("%s: %+v", file, r)
			}
		}
	}
	t.Log(states)
}
