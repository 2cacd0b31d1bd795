package m365

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// fault is what an error answer says, whatever its shape.
type fault struct {
	Code    string // error.code: AF20023, TooManyRequests; OAuth: invalid_client
	Inner   string // innerError.code, where there is one
	Message string
	// Numbers are the AADSTS numbers of a token endpoint's answer.
	Numbers []int
	// Coded is false when the answer had none of the known shapes: a proxy's page, an
	// empty body.
	Coded bool
}

// parseFault reads the body of an error answer. It knows
//
//	{"error":{"code":…,"message":…,"innerError":{"code":…}}}     Graph, Management API
//	{"error":"invalid_client","error_description":"AADSTS…"}     token endpoint
//	{"odata.error":{"code":…,"message":{"lang":…,"value":…}}}    older OData services
//	{"Message":"Authorization has been denied for this request."} Management API, 401
//
// with keys in any letter case, and finds an AF code in anything else: the Management
// API has been seen to answer with single-quoted JSON.
func parseFault(body []byte) fault {
	var top map[string]json.RawMessage
	if json.Unmarshal(bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")), &top) != nil {
		return looseFault(body)
	}
	for _, key := range []string{"error", "odata.error"} {
		raw := member(top, key)
		if raw == nil {
			continue
		}
		if name := text(raw); name != "" { // OAuth
			f := fault{Code: name, Message: text(member(top, "error_description")), Coded: true}
			_ = json.Unmarshal(member(top, "error_codes"), &f.Numbers) // absent or odd: none
			return f
		}
		var detail map[string]json.RawMessage
		if json.Unmarshal(raw, &detail) != nil || detail == nil {
			continue
		}
		f := fault{Code: text(member(detail, "code")), Message: text(member(detail, "message")), Coded: true}
		var inner map[string]json.RawMessage
		if json.Unmarshal(member(detail, "innererror"), &inner) == nil {
			f.Inner = text(member(inner, "code"))
		}
		return f
	}
	if message := text(member(top, "message")); message != "" {
		return fault{Message: message, Coded: true}
	}
	return looseFault(body)
}

var activityCode = regexp.MustCompile(`\bAF\d{3,5}\b`)

func looseFault(body []byte) fault {
	code := activityCode.Find(body)
	return fault{Code: string(code), Message: string(body), Coded: code != nil}
}

// member finds a key in any letter case; an exact one first.
func member(object map[string]json.RawMessage, key string) json.RawMessage {
	if raw, ok := object[key]; ok {
		return raw
	}
	for k, raw := range object {
		if strings.EqualFold(k, key) {
			return raw
		}
	}
	return nil
}

// text gives a JSON string, the text of a number, or the value of {"lang","value"};
// empty for anything else.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	var localised struct{ Value string }
	if json.Unmarshal(raw, &localised) == nil {
		return localised.Value
	}
	return ""
}

// auditingOff recognises the Management API's answer for a tenant without unified
// auditing. It has a sentence for a code and a stack trace for a message:
//
//	"StartSubscription [TenantId=…] failed. Exception", "…DataServiceException: Tenant … does not exist.…"
func (f fault) auditingOff() bool {
	return strings.HasPrefix(f.Code, "StartSubscription ") ||
		strings.Contains(f.Message, "Tenant ") && strings.Contains(f.Message, " does not exist") &&
			activityCode.FindString(f.Code) == ""
}

var signInCode = regexp.MustCompile(`\bAADSTS(\d{4,8})\b`)

const maxFaultText = 300

// summary is the fault in one short line for the log.
func (f fault) summary() string {
	line, _, _ := strings.Cut(strings.TrimSpace(f.Message), "\r\n")
	line = strings.Join(strings.Fields(line), " ")
	if len(line) > maxFaultText {
		line = strings.ToValidUTF8(line[:maxFaultText], "") + "…"
	}
	code := f.Code
	if f.Inner != "" {
		code += "/" + f.Inner
	}
	switch {
	case code == "":
		return line
	case line == "":
		return code
	}
	return code + ": " + line
}
