package assistant

import (
	"slices"
	"strings"
	"time"

	"aoc"
)

// The predicates say which events a person expects, from the fields of events alone: they
// know neither the query language nor how questions are read.

type predicate func(*aoc.Event) bool

func all(ps ...predicate) predicate {
	return func(e *aoc.Event) bool {
		return !slices.ContainsFunc(ps, func(p predicate) bool { return !p(e) })
	}
}

func some(ps ...predicate) predicate {
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(ps, func(p predicate) bool { return p(e) })
	}
}

func no(p predicate) predicate { return func(e *aoc.Event) bool { return !p(e) } }

// op: the operation is one of these.
func op(names ...string) predicate {
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, e.Operation) })
	}
}

// opHas: the operation contains one of these.
func opHas(parts ...string) predicate {
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(strings.ToLower(e.Operation), strings.ToLower(p)) })
	}
}

func workload(name string) predicate { return func(e *aoc.Event) bool { return e.Workload == name } }
func failed(e *aoc.Event) bool       { return e.Result == aoc.ResultFailure }
func succeeded(e *aoc.Event) bool    { return e.Result == aoc.ResultSuccess }
func byPeople(e *aoc.Event) bool     { return e.ActorKind == aoc.ActorPerson }
func anything(*aoc.Event) bool       { return true }

// by: one of these people did it, by the part of their principal name before the @.
func by(people ...string) predicate {
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(people, func(p string) bool { return e.Actor.UPN == p+"@contoso.example" })
	}
}

// byApp: an app of this name did it.
func byApp(name string) predicate {
	return func(e *aoc.Event) bool { return e.ActorKind == aoc.ActorApp && e.ActorDisplay == name }
}

// on: it was done to a person, by principal name or mailbox.
func on(people ...string) predicate {
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(people, func(p string) bool {
			return slices.ContainsFunc(e.Targets, func(t aoc.Target) bool { return t.UPN == p+"@contoso.example" || t.Name == p })
		})
	}
}

// onNamed: it was done to something of this name.
func onNamed(name string) predicate {
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(e.Targets, func(t aoc.Target) bool { return t.Name == name }) || slices.Contains(e.TargetDisplays, name)
	}
}

// onURL: it was done to something at such an address.
func onURL(part string) predicate {
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(e.Targets, func(t aoc.Target) bool { return strings.Contains(t.ID, part) })
	}
}

func changed(names ...string) predicate {
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(e.Changes, func(c aoc.Change) bool { return slices.Contains(names, c.Property) })
	}
}

func from(s aoc.Source) predicate { return func(e *aoc.Event) bool { return e.Source == s } }
func address(ip string) predicate { return func(e *aoc.Event) bool { return e.ClientIP == ip } }
func rawHas(part string) predicate {
	return func(e *aoc.Event) bool { return strings.Contains(string(e.Raw), part) }
}

// What records tell of the things people ask about.
var (
	signIns     = op("Sign-in", "UserLoggedIn", "UserLoginFailed")
	roleChanges = opHas("member to role", "member from role")
	roleAdds    = op("Add member to role", "Add member to role completed (PIM activation)")
	pwResets    = op("Reset user password", "Reset password (self-service)")
	mfaChanges  = op("User registered security info", "Admin deleted security info", "Disable Strong Authentication")
	mfaRemovals = op("Admin deleted security info", "Disable Strong Authentication")
	memberships = op("Add member to group", "Remove member from group", "Add-DistributionGroupMember")
	memberAdds  = op("Add member to group", "Add-DistributionGroupMember")
	consents    = op("Consent to application")
	secrets     = opHas("certificates and secrets")
	caChanges   = opHas("conditional access policy")
	forwarding  = some(all(op("New-InboxRule"), changed("ForwardTo", "RedirectTo")), all(op("Set-Mailbox"), changed("ForwardingSmtpAddress")))
	fileDeletes = op("FileDeleted", "FileRecycled")
	fileLoads   = op("FileDownloaded", "FileSyncDownloadedFull")
	sharing     = op("SharingSet", "SharingInvitationCreated", "AnonymousLinkCreated")
	outside     = some(op("SharingInvitationCreated", "AnonymousLinkCreated"), all(op("SharingSet"), func(e *aoc.Event) bool {
		return slices.ContainsFunc(e.Targets, func(t aoc.Target) bool { return strings.Contains(t.UPN, "#EXT#") })
	}))
	dlpMatches = op("DlpRuleMatch")
	// administration is what only administrators do in the directory, Intune and by command.
	administration = some(from(aoc.SourceDirectory), from(aoc.SourceIntune), func(e *aoc.Event) bool {
		switch e.RecordType {
		case "AzureActiveDirectory", "ExchangeAdmin", "SecurityComplianceCenterEOPCmdlet":
			return !strings.HasPrefix(e.Operation, "Get-") && !strings.HasPrefix(e.Operation, "Search-")
		}
		return false
	})
)

// span is a half-open span of time.
type span struct{ from, to time.Time }

func day(d int) span { // of March 2026
	return span{time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, d+1, 0, 0, 0, 0, time.UTC)}
}

func daysFrom(d, n int) span {
	return span{day(d).from, day(d + n).from}
}

func hours(d, from, to int) span {
	return span{day(d).from.Add(time.Duration(from) * time.Hour), day(d).from.Add(time.Duration(to) * time.Hour)}
}

// lastDays is a rolling number of days.
func lastDays(n int) span { return ago(time.Duration(n) * 24 * time.Hour) }

// invited: an invitation went to this address.
func invited(mail string) predicate {
	return func(e *aoc.Event) bool {
		return slices.ContainsFunc(e.Targets, func(t aoc.Target) bool { return t.UPN == mail })
	}
}

func ago(d time.Duration) span { return span{worldNow.Add(-d), worldNow} }

var (
	ever      = span{}
	today     = day(11)
	yesterday = day(10)
	thisWeek  = daysFrom(9, 7)
	lastWeek  = daysFrom(2, 7)
	week      = ago(7 * 24 * time.Hour)
)

func (s span) holds(t time.Time) bool {
	return (s.from.IsZero() || !t.Before(s.from)) && (s.to.IsZero() || t.Before(s.to))
}

// outsideHours: at night or at the weekend, of an office in UTC.
func outsideHours(e *aoc.Event) bool {
	t := e.Timestamp.UTC()
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || t.Hour() < 8 || t.Hour() >= 18
}

func atWeekend(e *aoc.Event) bool {
	d := e.Timestamp.UTC().Weekday()
	return d == time.Saturday || d == time.Sunday
}
