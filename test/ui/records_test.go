package ui_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"aoc/test/ui/demo"
)

// invented is the tenant of the records that tests make.
const invented = "44444444-5555-4666-8777-888888888888"

// audit is a directory audit to import.
type audit struct {
	id, operation, actor, target, targetID, ip, correlation string
	at                                                      time.Time
	before, after                                           string
	property                                                string
}

// record gives it as Graph does.
func (a audit) record() []byte {
	type object = map[string]any
	property := a.property
	if property == "" {
		property = "JobTitle"
	}
	quoted := func(s string) string { b, _ := json.Marshal([]string{s}); return string(b) }
	before, after := quoted(a.before), quoted(a.after)
	if len(a.after) > 0 && (a.after[0] == '{' || a.after[0] == '[') {
		before, after = a.before, a.after
	}
	raw, err := json.Marshal(object{
		"id": a.id, "category": "UserManagement", "correlationId": a.correlation, "result": "success", "resultReason": "", "tenantId": invented,
		"activityDisplayName": a.operation, "activityDateTime": a.at.Format("2006-01-02T15:04:05.0000000Z"), "loggedByService": "Core Directory", "operationType": "Update",
		"initiatedBy": object{"user": object{"id": "0a0a0a0a-1111-4222-8333-" + fmt.Sprintf("%012x", len(a.actor)), "displayName": a.actor, "userPrincipalName": a.actor, "ipAddress": a.ip}},
		"targetResources": []object{{
			"id": a.targetID, "displayName": a.target, "type": "User", "userPrincipalName": a.target + "@contoso.example",
			"modifiedProperties": []object{{"displayName": property, "oldValue": before, "newValue": after}},
		}},
		"additionalDetails": []object{{"key": "User-Agent", "value": "Mozilla/5.0"}},
	})
	if err != nil {
		panic(err)
	}
	return raw
}

// lines gives records as a file of JSON Lines.
func lines(records ...[]byte) []byte { return append(bytes.Join(records, []byte("\n")), '\n') }

// team gives a program with the changes of two people, n each, in the last hours.
func team(t *testing.T, n int, settings ...string) *demo.Server {
	t.Helper()
	server := ownServer(t, demo.Options{Settings: settings})
	now := server.Clock.Now()
	var records [][]byte
	for i := range n {
		for j, actor := range []string{"ada@contoso.example", "bo@contoso.example"} {
			records = append(records, audit{
				id: fmt.Sprintf("%08x-0000-4000-8000-%012x", i, j), operation: "Update user", actor: actor, target: fmt.Sprintf("user%d", i),
				targetID: fmt.Sprintf("00000000-0000-4000-8000-%012x", i), ip: fmt.Sprintf("192.0.2.%d", 10+j), at: now.Add(-time.Duration(i*10+5) * time.Minute),
				before: "Analyst", after: "Lead analyst", correlation: fmt.Sprintf("cccccccc-0000-4000-8000-%012x", i),
			}.record())
		}
	}
	if got := importing(t, server, "team.jsonl", "", lines(records...)); got != int64(len(records)) {
		t.Fatalf("%d of %d records were imported", got, len(records))
	}
	return server
}
