package storetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"aoc"
)

// BenchEvents makes n events of about 2 KB with ids that occur once, a few thousand
// actors and a long tail of operations.
func BenchEvents(n int, seed uint64) []aoc.Event {
	rng := rand.New(rand.NewPCG(seed, 1))
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	es := make([]aoc.Event, n)
	guid := func() string {
		return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", rng.Uint32(), rng.Uint32()&0xffff, rng.Uint32()&0xfff, rng.Uint32()&0xfff, rng.Uint64()&0xffffffffffff)
	}
	zipf := rand.NewZipf(rng, 1.2, 4, 4999)
	for i := range es {
		id, user, op := guid(), zipf.Uint64(), zipf.Uint64()%300
		at := base.Add(time.Duration(seed)*6*time.Hour + time.Duration(i)*7*time.Second)
		actor := fmt.Sprintf("Person Number %d", user)
		upn := fmt.Sprintf("person.%d@contoso.example", user)
		e := aoc.Event{
			ID: id, Source: aoc.SourceUnified, TenantID: "11111111-aaaa-4bbb-8ccc-000000000001", Timestamp: at, ReceivedAt: at.Add(time.Hour),
			Origin: aoc.OriginCollected, Service: []string{"Exchange", "SharePoint", "OneDrive", "AzureActiveDirectory"}[op%4], Workload: "Exchange", RecordType: "ExchangeAdmin",
			Operation: fmt.Sprintf("Operation-%d", op), Result: aoc.ResultSuccess, ActorDisplay: actor, ActorKind: aoc.ActorPerson,
			Actor: aoc.Actor{ID: guid(), Name: actor, UPN: upn}, ClientIP: fmt.Sprintf("203.0.%d.%d", user%200, rng.IntN(250)),
			Targets: []aoc.Target{}, TargetDisplays: []string{fmt.Sprintf("Document %d.docx", rng.IntN(100000))},
			DisplaySummary: actor + " did something to a document", Changes: []aoc.Change{},
		}
		e.Raw = fmt.Appendf(nil, `{"CreationTime":"%s","Id":"%s","Operation":"%s","OrganizationId":"%s","RecordType":1,"ResultStatus":"True","UserKey":"%s","UserType":2,"Version":1,"Workload":"Exchange","ClientIP":"%s:51234","ObjectId":"EURPR04A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/contoso.example/%s","UserId":"%s","AppAccessContext":{"AADSessionId":"%s","CorrelationId":"%s","UniqueTokenId":"%s"},"ExternalAccess":false,"OrganizationName":"contoso.example","OriginatingServer":"AM0PR04MB%d (15.20.%d.%d)","Parameters":[{"Name":"Identity","Value":"%s"},{"Name":"DisplayName","Value":"%s"},{"Name":"Force","Value":"True"},{"Name":"Comment","Value":"the quick brown fox jumps over the lazy dog number %d"}],"SessionId":"%s","ModifiedProperties":[{"Name":"Role.DisplayName","NewValue":"Helpdesk Administrator","OldValue":""},{"Name":"Included Updated Properties","NewValue":"Role.ObjectID, Role.DisplayName, Role.TemplateId","OldValue":""}],"DeviceId":"%s","TokenObjectId":"%s"}`,
			at.Format("2006-01-02T15:04:05"), id, e.Operation, e.TenantID, guid(), e.ClientIP, upn, upn, guid(), guid(), guid(),
			rng.IntN(9999), rng.IntN(9999), rng.IntN(99), upn, actor, rng.IntN(1000000), guid(), guid(), e.Actor.ID)
		e.DedupeKey = aoc.DedupeKey(e.Source, e.TenantID, e.ID)
		e.Key = aoc.KeyOf(e.DedupeKey)
		es[i] = e
	}
	return es
}
