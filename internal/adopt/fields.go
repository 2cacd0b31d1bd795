package adopt

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// fields reads a document of the original liberally: versions of it named and typed the same
// things differently.
type fields struct{ doc bson.Raw }

// get gives the first of some fields that is there and not null.
func (f fields) get(names ...string) (bson.RawValue, bool) {
	for _, name := range names {
		v, err := f.doc.LookupErr(name)
		if err == nil && v.Type != bson.TypeNull && v.Type != bson.TypeUndefined {
			return v, true
		}
	}
	return bson.RawValue{}, false
}

// text gives the first of some fields that says something, trimmed.
func (f fields) text(names ...string) string {
	for _, name := range names {
		if v, ok := f.get(name); ok {
			if s := strings.TrimSpace(textOf(v)); s != "" {
				return s
			}
		}
	}
	return ""
}

// time gives the first of some fields that is a time, in UTC; zero without one.
func (f fields) time(names ...string) time.Time {
	for _, name := range names {
		if v, ok := f.get(name); ok {
			if t := timeOf(v); !t.IsZero() {
				return t
			}
		}
	}
	return time.Time{}
}

// textOf writes a plain value as people do; empty for others.
func textOf(v bson.RawValue) string {
	switch v.Type {
	case bson.TypeString:
		return strings.ToValidUTF8(v.StringValue(), "\ufffd")
	case bson.TypeSymbol:
		return strings.ToValidUTF8(v.Symbol(), "\ufffd")
	case bson.TypeObjectID:
		return v.ObjectID().Hex()
	case bson.TypeInt32:
		return strconv.Itoa(int(v.Int32()))
	case bson.TypeInt64:
		return strconv.FormatInt(v.Int64(), 10)
	case bson.TypeDouble:
		return strconv.FormatFloat(v.Double(), 'g', -1, 64)
	case bson.TypeBoolean:
		return strconv.FormatBool(v.Boolean())
	case bson.TypeDateTime:
		return timeText(time.UnixMilli(v.DateTime()))
	}
	return ""
}

// timeOf reads a time: a date, a text in one of [timeLayouts], or a number of seconds,
// milliseconds, microseconds or nanoseconds since 1970. Zero for anything else.
func timeOf(v bson.RawValue) time.Time {
	switch v.Type {
	case bson.TypeDateTime:
		return time.UnixMilli(v.DateTime()).UTC()
	case bson.TypeTimestamp:
		seconds, _ := v.Timestamp()
		return time.Unix(int64(seconds), 0).UTC()
	case bson.TypeString:
		return parseTime(v.StringValue())
	case bson.TypeInt32:
		return epoch(float64(v.Int32()))
	case bson.TypeInt64:
		return epoch(float64(v.Int64()))
	case bson.TypeDouble:
		return epoch(v.Double())
	}
	return time.Time{}
}

// timeLayouts are the ways in which the original and what it stood on wrote times. A
// fraction is read in each of them; without a zone it is UTC.
var timeLayouts = []string{ //nolint:gochecknoglobals // read-only table
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02 15:04", "2006-01-02", "1/2/2006 3:04:05 PM", "1/2/2006 15:04:05",
}

func parseTime(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return epoch(n)
	}
	return time.Time{}
}

// epoch reads a number since 1970 in the unit that makes it a time of this age.
func epoch(n float64) time.Time {
	for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond} {
		ns := n * float64(unit)
		if math.Abs(ns) > math.MaxInt64/2 {
			continue
		}
		if t := time.Unix(0, int64(ns)).UTC(); plausible(t) {
			return t
		}
	}
	return time.Time{}
}

// plausible reports whether a time can be one that the original has seen.
func plausible(t time.Time) bool { return t.Year() >= 1990 && t.Year() < 2100 }

// each calls f with the elements of a list, or with the value itself where it is none.
func each(v bson.RawValue, f func(v bson.RawValue)) {
	list, ok := v.ArrayOK()
	if !ok {
		f(v)
		return
	}
	values, err := list.Values()
	if err != nil {
		return
	}
	for _, v := range values {
		f(v)
	}
}

// The names under which documents keep the same things.
var ( //nolint:gochecknoglobals // read-only tables
	whoNames    = []string{"by", "author", "user", "username", "user_name", "created_by", "createdBy", "added_by", "addedBy", "upn", "email", "name", "display_name"}
	whenNames   = []string{"at", "created_at", "createdAt", "added_at", "addedAt", "timestamp", "date", "time", "updated_at", "updatedAt"}
	tenantNames = []string{"tenant_id", "tenantId", "tenant", "organization_id", "organizationId"}
)

// who names the person who did something; a person may be a document of its own.
func (f fields) who(names ...string) string {
	for _, name := range names {
		v, ok := f.get(name)
		if !ok {
			continue
		}
		if doc, isDoc := v.DocumentOK(); isDoc {
			if s := (fields{doc}).text("display_name", "displayName", "name", "upn", "userPrincipalName", "user_principal_name", "email", "id"); s != "" {
				return s
			}
			continue
		}
		if s := strings.TrimSpace(textOf(v)); s != "" {
			return s
		}
	}
	return ""
}

// remark is a tag or a comment, with who made it and when, as far as that is known.
type remark struct {
	text, by string
	at       time.Time
}

// remarks reads tags or comments: a text, or a document with the text under one of some
// names, or a list of either. Tags in one text are separated by commas.
func remarks(v bson.RawValue, separated bool, textNames ...string) []remark {
	var all []remark
	add := func(r remark) {
		if r.text = strings.TrimSpace(r.text); r.text != "" {
			all = append(all, r)
		}
	}
	if v.Type == bson.TypeString && separated {
		for tag := range strings.SplitSeq(textOf(v), ",") {
			add(remark{text: tag})
		}
		return all
	}
	each(v, func(v bson.RawValue) {
		doc, ok := v.DocumentOK()
		if !ok {
			add(remark{text: textOf(v)})
			return
		}
		f := fields{doc}
		add(remark{text: f.text(textNames...), by: f.who(without(whoNames, textNames)...), at: f.time(whenNames...)})
	})
	return all
}

// without gives the names that are not among others.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(others, n) })
}

var ( //nolint:gochecknoglobals // read-only tables
	rawFields     = []string{"raw", "raw_event", "rawEvent"}
	tagFields     = []string{"tags", "labels"}
	commentFields = []string{"comments", "notes"}

	tagNames     = []string{"tag", "name", "label", "value", "text"}
	commentNames = []string{"text", "comment", "body", "content", "message", "note"}
)

// tags reads the tags of a document, from the fields that have them.
func (f fields) tags() []remark {
	var all []remark
	for _, name := range tagFields {
		if v, ok := f.get(name); ok {
			all = append(all, remarks(v, true, tagNames...)...)
		}
	}
	return all
}

// comments reads the comments of a document.
func (f fields) comments() []remark {
	var all []remark
	for _, name := range commentFields {
		if v, ok := f.get(name); ok {
			all = append(all, remarks(v, false, commentNames...)...)
		}
	}
	return all
}
