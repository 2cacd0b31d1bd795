package file_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/source/file"
)

// units lists everything a source has.
func units(t *testing.T, src *file.Source) []aoc.Unit {
	t.Helper()
	var us []aoc.Unit
	for u, err := range src.List(context.Background(), aoc.Window{}) {
		if err != nil {
			t.Fatal(err)
		}
		us = append(us, u)
	}
	return us
}

func onlyUnit(t *testing.T, src *file.Source) aoc.Unit {
	t.Helper()
	us := units(t, src)
	if len(us) != 1 {
		t.Fatalf("%d units, want 1", len(us))
	}
	return us[0]
}

// read gives a unit's records and the error that ended it.
func read(src *file.Source, u aoc.Unit) (recs []aoc.Record, err error) {
	for rec, err := range src.Read(context.Background(), u) {
		if err != nil {
			return recs, err
		}
		recs = append(recs, rec)
	}
	return recs, nil
}

// readAll gives the records of all units, none of which may fail.
func readAll(t *testing.T, src *file.Source) []aoc.Record {
	t.Helper()
	var all []aoc.Record
	for _, u := range units(t, src) {
		recs, err := read(src, u)
		if err != nil {
			t.Fatalf("%s: %v", u.ID, err)
		}
		all = append(all, recs...)
	}
	return all
}

func contains(kinds []aoc.RecordKind, k aoc.RecordKind) bool { return slices.Contains(kinds, k) }

// fixedClock stands still.
type fixedClock struct{ at time.Time }

func (c fixedClock) Now() time.Time                                 { return c.at }
func (fixedClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// fromStdin makes a source of one text.
func fromStdin(text string) *file.Source {
	return file.New(file.Options{Paths: []string{"-"}, Stdin: strings.NewReader(text), Clock: fixedClock{noon}})
}

// Invented records, as the APIs write them.
const (
	unifiedRecord = `{"CreationTime":"2026-03-04T05:06:07","Id":"00000000-0000-4000-8000-000000000001","Operation":"Set-Mailbox","OrganizationId":"11111111-2222-4333-8444-555555555555","RecordType":1,"ResultStatus":"True","UserKey":"1003","UserType":2,"Version":1,"Workload":"Exchange","UserId":"ada@contoso.example","ObjectId":"contoso.example\/Bob \u003cRay\u003e","Parameters":[{"Name":"Identity","Value":"Bob, \"the\" Ray"}]}`
	lowerUnified  = `{"creationtime":"2026-03-04 05:06:07","id":"2","operation":"Set-Mailbox","organizationid":"11111111-2222-4333-8444-555555555555","recordtype":1,"userid":"ada@contoso.example","userkey":"1003","usertype":2,"workload":"Exchange"}`
	directory     = `{"id":"Directory_1_ABC_2","category":"RoleManagement","correlationId":"c","result":"success","resultReason":"","activityDisplayName":"Add member to role","activityDateTime":"2026-03-04T05:06:07.1234567Z","loggedByService":"Core Directory","operationType":"Assign","initiatedBy":{"user":{"id":"u","userPrincipalName":"ada@contoso.example"},"app":null},"targetResources":[{"id":"t","type":"User"}],"additionalDetails":[]}`
	signIn        = `{"id":"s-1","createdDateTime":"2026-03-04T05:06:07Z","userDisplayName":"Ada","userPrincipalName":"ada@contoso.example","userId":"u","appId":"a","appDisplayName":"Portal","ipAddress":"203.0.113.7","clientAppUsed":"Browser","conditionalAccessStatus":"success","isInteractive":true,"resourceDisplayName":"Graph","status":{"errorCode":0}}`
	risk          = `{"id":"r-1","requestId":"s-1","correlationId":"c","riskEventType":"unfamiliarFeatures","riskState":"atRisk","riskLevel":"high","riskDetail":"none","source":"IdentityProtection","detectionTimingType":"realtime","activity":"signin","tokenIssuerType":"AzureAD","ipAddress":"203.0.113.7","activityDateTime":"2026-03-04T05:06:07Z","detectedDateTime":"2026-03-04T05:06:09Z","lastUpdatedDateTime":"2026-03-04T05:06:09Z","userId":"u","userDisplayName":"Ada","userPrincipalName":"ada@contoso.example"}`
	riskEnvelope  = `{"time":"2026-03-04T05:06:07Z","resourceId":"/tenants/AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE/providers/Microsoft.aadiam","operationName":"User Risk Detection","category":"UserRiskEvents","properties": ` + risk + ` }`
	intuneAudit   = `{"id":"i-1","displayName":"Create policy","componentName":"DeviceConfiguration","activity":null,"activityDateTime":"2026-03-04T05:06:07.0000000Z","activityType":"Create DeviceConfiguration","activityOperationType":"Create","activityResult":"Success","correlationId":"c","category":"DeviceConfiguration","actor":{"userPrincipalName":"ada@contoso.example"},"resources":[]}`
	entraEnvelope = `{"time":"2026-03-04T05:06:07Z","resourceId":"/tenants/AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE/providers/Microsoft.aadiam","operationName":"Add member to role","category":"AuditLogs","properties": ` + directory + ` }`
	intuneDiag    = `{"time":"2026-03-04T05:06:07Z","tenantId":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee","category":"AuditLogs","operationName":"Delete App","properties":{"ActivityDate":"3/4/2026 5:06:07 AM","ActivityResultStatus":1,"ActivityType":1,"Actor":{"UPN":"ada@contoso.example"},"AuditEventId":"e-1","TargetObjectIds":["t"]},"resultType":"Success"}`
	otherDiag     = `{"time":"2026-03-04T05:06:07Z","tenantId":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee","category":"OperationalLogs","operationName":"Enrollment","properties":{"Os":"Windows"}}`
	auditQuery    = `{"id":"q-1","createdDateTime":"2026-03-04T05:06:07Z","auditLogRecordType":"exchangeAdmin","operation":"Set-Mailbox","service":"Exchange","userPrincipalName":"ada@contoso.example","auditData": ` + unifiedRecord + `}`
	analyticsRow  = `{"TenantId":"w","RecordType":"ExchangeAdmin","TimeGenerated":"2026-03-04T05:06:07Z","Operation":"Set-Mailbox","OrganizationId":"o","UserType":"Admin","UserKey":"k","OfficeWorkload":"Exchange","UserId":"ada@contoso.example","Type":"OfficeActivity"}`
)
