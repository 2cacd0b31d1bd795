package m365

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"aoc"
)

func TestJudgeAnswer(t *testing.T) {
	graph := func(code, message string) string {
		return fmt.Sprintf(`{"error":{"code":%q,"message":%q,"innerError":{"request-id":"r"}}}`, code, message)
	}
	for _, tc := range []struct {
		name    string
		api     API
		status  int
		body    string
		code    aoc.Code
		verdict verdict
		up      string
		hint    string
	}{
		{"non-premium", Graph, 403, graph("Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or tenant doesn't have premium license"), aoc.CodeForbidden, renewOnce, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", hintPremium},
		{"not licensed, by message", Graph, 403, graph("Forbidden", "Your tenant is not licensed for this feature."), aoc.CodeForbidden, renewOnce, "Forbidden", hintPermission},
		{"no directory read", Graph, 403, graph("Authentication_ApplicationHasNoDirectoryReadAccess", "Failed"), aoc.CodeForbidden, renewOnce, "Authentication_ApplicationHasNoDirectoryReadAccess", hintReportPermission},
		{"permission missing", Graph, 403, graph("Authentication_MSGraphPermissionMissing", "x"), aoc.CodeForbidden, renewOnce, "Authentication_MSGraphPermissionMissing", hintReportPermission},
		{"denied", Graph, 403, graph("Authorization_RequestDenied", "Insufficient privileges"), aoc.CodeForbidden, renewOnce, "Authorization_RequestDenied", hintPermission},
		{"no role, by message", Graph, 403, graph("UnknownError", "User isn't in the allowed roles"), aoc.CodeForbidden, renewOnce, "UnknownError", hintReportPermission},
		{"bare 403", Graph, 403, ``, aoc.CodeForbidden, renewOnce, "HTTP 403", hintPermission},
		{"token", Graph, 401, graph("InvalidAuthenticationToken", "expired"), aoc.CodeUnauthenticated, renewOnce, "InvalidAuthenticationToken", ""},
		{"throttled, generic", Graph, 429, graph("TooManyRequests", "Please retry again later."), aoc.CodeThrottled, slowDown, "TooManyRequests", hintWait},
		{"throttled, reports", Graph, 429, graph("UnknownError", "This request is throttled."), aoc.CodeThrottled, slowDown, "UnknownError", hintWait},
		{"bad filter", Graph, 400, graph("BadRequest", "Invalid filter clause"), aoc.CodeUpstream, giveUp, "BadRequest", hintReport},
		{"graph 404 is no loss", Graph, 404, graph("ResourceNotFound", "x"), aoc.CodeUpstream, giveUp, "ResourceNotFound", ""},
		{"bare 404 is no loss", Manage, 404, `<html/>`, aoc.CodeUpstream, giveUp, "HTTP 404", ""},
		{"graph 500", Graph, 500, graph("InternalServerError", "x"), aoc.CodeUpstream, tryAgain, "InternalServerError", hintWait},
		{"gateway", Graph, 504, `<html/>`, aoc.CodeUnavailable, tryAgain, "HTTP 504", hintWait},
		{"timeout", Manage, 408, ``, aoc.CodeUnavailable, tryAgain, "HTTP 408", hintWait},
		{"redirect", Graph, 302, ``, aoc.CodeUpstream, giveUp, "HTTP 302", ""},
		{"AF429 as 403", Manage, 403, `{"error":{"code":"AF429","message":"Too many requests. Method=GetBlob, PublisherId=0"}}`, aoc.CodeThrottled, slowDown, "AF429", hintWait},
		{"AF429 in single quotes", Manage, 403, `{'error':{'code':'AF429','message':'Too many requests.'}}`, aoc.CodeThrottled, slowDown, "AF429", hintWait},
		{"start limit", Manage, 403, `{"error":{"code":"429","message":"Please retry again after 8m 46s."}}`, aoc.CodeThrottled, slowDown, "429", hintWait},
		{"internal error", Manage, 500, `{"error":{"code":"AF50000","message":"x"}}`, aoc.CodeUpstream, tryAgain, "AF50000", hintWait},
		{"internal error with another status", Manage, 400, `{"error":{"code":"AF50006","message":"x"}}`, aoc.CodeUpstream, tryAgain, "AF50006", hintWait},
		{"message shape", Manage, 401, `{"Message":"Authorization has been denied for this request."}`, aoc.CodeUnauthenticated, renewOnce, "HTTP 401", ""},
		{"auditing off", Manage, 500, `{"error":{"code":"StartSubscription [TenantId=t,ContentType=Audit.Exchange] failed. Exception","message":"at System.X"}}`, aoc.CodeForbidden, giveUp, "HTTP 500", hintAuditing},
		{"auditing off, by message", Manage, 400, `{"error":{"code":"","message":"Microsoft.Office.Compliance.Audit.DataServiceException: Tenant 1 does not exist."}}`, aoc.CodeForbidden, giveUp, "HTTP 400", hintAuditing},
		{"management 403 without code", Manage, 403, ``, aoc.CodeForbidden, renewOnce, "HTTP 403", hintActivityPermission},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := judgeAnswer("op", tc.api, tc.status, http.Header{}, []byte(tc.body), testTime)
			if got.err.Code != tc.code || got.verdict != tc.verdict || got.err.Upstream != tc.up {
				t.Errorf("got %s, verdict %d, upstream %q; want %s, %d, %q", got.err.Code, got.verdict, got.err.Upstream, tc.code, tc.verdict, tc.up)
			}
			if got.err.Hint == "" || tc.hint != "" && got.err.Hint != tc.hint {
				t.Errorf("hint = %q, want %q", got.err.Hint, tc.hint)
			}
			if got.err.Message == "" || got.err.Cause == nil {
				t.Errorf("message %q, cause %v", got.err.Message, got.err.Cause)
			}
		})
	}
}

// TestActivityCodes holds what the reference says about each code against the table.
func TestActivityCodes(t *testing.T) {
	want := map[aoc.Code][]string{
		aoc.CodeForbidden:   {"AF10001", "AF20010", "AF20011", "AF20012"},
		aoc.CodeInvalid:     {"AF20013", "AF20020", "AF20030", "AF20055"},
		aoc.CodeUpstream:    {"AF20001", "AF20002", "AF20003", "AF20021", "AF20031", "AF20053", "AF20054", "AF50000", "AF50005", "AF50006"},
		aoc.CodeUnavailable: {"AF20022", "AF20023"},
		aoc.CodeConflict:    {"AF20024"},
		aoc.CodeNotFound:    {"AF20050", "AF20051", "AF20052"},
		aoc.CodeThrottled:   {"AF429", "429"},
	}
	for code, ups := range want {
		for _, up := range ups {
			body := fmt.Appendf(nil, `{"error":{"code":%q,"message":"m"}}`, up)
			got := judgeAnswer("op", Manage, 400, http.Header{}, body, testTime)
			if got.err.Code != code || got.err.Upstream != up {
				t.Errorf("%s: got %s with upstream %q, want %s", up, got.err.Code, got.err.Upstream, code)
			}
			if got.err.Hint == "" && up != "AF20024" {
				t.Errorf("%s has no hint", up)
			}
		}
	}
}

func TestJudgeAnswerReadsTheWait(t *testing.T) {
	got := judgeAnswer("op", Manage, 403, http.Header{}, []byte(`{"error":{"code":"429","message":"retry again after 8m 46s."}}`), testTime)
	if got.err.RetryAfter != 8*time.Minute+46*time.Second {
		t.Errorf("RetryAfter = %v", got.err.RetryAfter)
	}
}

func TestScrub(t *testing.T) {
	jwt := "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJyb2xlcyI6W119.c2lnbmF0dXJl"
	err := &aoc.Error{Cause: errors.New("got Bearer " + jwt + " and opaque-token-value"), Upstream: jwt}
	secrets{"opaque-token-value", "", "abc"}.scrub(err)
	if want := "got Bearer [token] and [secret]"; err.Cause.Error() != want || err.Upstream != "" {
		t.Errorf("got %q, upstream %q; want %q", err.Cause, err.Upstream, want)
	}
}
