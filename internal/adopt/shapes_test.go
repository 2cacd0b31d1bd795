package adopt

import (
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func marshal(t *testing.T, doc any) bson.Raw {
	t.Helper()
	raw, err := bson.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestRecordJSON(t *testing.T) {
	decimal := func(s string) bson.Decimal128 {
		d, err := bson.ParseDecimal128(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		value any
		want  string
	}{
		{"a \"b\" \\ /\n\t\r\x01\x7f <&>\u2028 Zoë 😀", `"a \"b\" \\ /\n\t\r\u0001` + "\x7f <&>\u2028 Zoë 😀\""},
		{"", `""`},
		{nil, "null"},
		{true, "true"},
		{int32(-7), "-7"},
		{int64(math.MaxInt64), "9223372036854775807"},
		{int64(math.MinInt64), "-9223372036854775808"},
		{1.0, "1.0"},
		{math.Copysign(0, -1), "-0.0"},
		{14.375, "14.375"},
		{0.1, "0.1"},
		{1e-5, "1e-05"},
		{1e15, "1000000000000000.0"},
		{1e16, "1e+16"},
		{math.MaxFloat64, "1.7976931348623157e+308"},
		{math.NaN(), `{"$numberDouble":"NaN"}`},
		{math.Inf(-1), `{"$numberDouble":"-Infinity"}`},
		{decimal("12.50"), "12.50"},
		{decimal("1E+3"), "1E+3"},
		{decimal("NaN"), `{"$numberDecimal":"NaN"}`},
		{bson.DateTime(0), `"1970-01-01T00:00:00Z"`},
		{bson.DateTime(1767323045006), `"2026-01-02T03:04:05.006Z"`},
		{bson.DateTime(-62135596800000), `"0001-01-01T00:00:00Z"`},
		{bson.DateTime(253402300800000), `{"$date":{"$numberLong":"253402300800000"}}`},
		{bson.ObjectID{0x65}, `{"$oid":"650000000000000000000000"}`},
		{bson.Binary{Subtype: 4, Data: []byte{1, 2}}, `{"$binary":{"base64":"AQI=","subType":"04"}}`},
		{bson.Regex{Pattern: "a\"b", Options: "i"}, `{"$regularExpression":{"pattern":"a\"b","options":"i"}}`},
		{bson.Timestamp{T: 1, I: 2}, `{"$timestamp":{"t":1,"i":2}}`},
		{bson.MinKey{}, `{"$minKey":1}`},
		{bson.Undefined{}, `{"$undefined":true}`},
		{bson.Symbol("s"), `"s"`},
		{bson.A{}, "[]"},
		{bson.A{bson.A{int32(1), bson.D{}}, "x"}, `[[1,{}],"x"]`},
		{bson.D{{Key: "b", Value: int32(1)}, {Key: "a.c", Value: int32(2)}, {Key: "$d", Value: nil}, {Key: "", Value: "e"}}, `{"b":1,"a.c":2,"$d":null,"":"e"}`},
		{bson.D{{Key: "a", Value: int32(1)}, {Key: "a", Value: int32(2)}}, `{"a":1,"a":2}`},
	} {
		got, err := recordJSON(marshal(t, bson.D{{Key: "v", Value: c.value}}))
		if err != nil || string(got) != `{"v":`+c.want+`}` {
			t.Errorf("%T %v: %s, %v; want %s", c.value, c.value, got, err, c.want)
		}
	}
	for _, doc := range []bson.D{
		{{Key: "v", Value: "a\xff"}}, {{Key: "v\xff", Value: "a"}}, {{Key: "v", Value: bson.Regex{Pattern: "\xff"}}}, {{Key: "v", Value: bson.A{"\xff"}}},
	} {
		if got, err := recordJSON(marshal(t, doc)); err == nil {
			t.Errorf("text that is not UTF-8 became %s", got)
		}
	}
	whole := marshal(t, bson.D{{Key: "v", Value: "text"}})
	for n := range whole {
		cut := append(bson.Raw(nil), whole[:n]...)
		if got, err := recordJSON(cut); err == nil {
			t.Errorf("%d of %d bytes became %s", n, len(whole), got)
		}
	}
}

func TestTimes(t *testing.T) {
	want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, v := range []any{
		bson.NewDateTimeFromTime(want), "2026-01-02T03:04:05Z", "2026-01-02T03:04:05", " 2026-01-02 03:04:05 ", "2026-01-02T05:04:05+02:00",
		"2026-01-02T03:04:05.000000", "2026-01-02 03:04:05+00:00", "2026-01-01T22:04:05-0500", "2026-01-02 03:04:05 UTC", "1/2/2026 3:04:05 AM",
		want.Unix(), int32(want.Unix()), want.UnixMilli(), want.UnixMicro(), float64(want.Unix()), "1767323045", bson.Timestamp{T: uint32(want.Unix())},
	} {
		raw := marshal(t, bson.D{{Key: "v", Value: v}})
		if got := (fields{raw}).time("none", "v"); !got.Equal(want) {
			t.Errorf("%T %v: %v; want %v", v, v, got, want)
		}
	}
	for _, v := range []any{"", "gestern", nil, true, int32(0), int64(-5), math.NaN(), math.Inf(1), bson.D{}, bson.A{}, "2026-13-01"} {
		raw := marshal(t, bson.D{{Key: "v", Value: v}})
		if got := (fields{raw}).time("v"); !got.IsZero() {
			t.Errorf("%T %v: %v; want no time", v, v, got)
		}
	}
}

func TestRemarks(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	when := bson.NewDateTimeFromTime(at)
	for name, c := range map[string]struct {
		doc            bson.D
		tags, comments []remark
	}{
		"none":         {bson.D{{Key: "tags", Value: nil}, {Key: "comments", Value: bson.A{}}}, nil, nil},
		"one text":     {bson.D{{Key: "tags", Value: "a, b,,"}, {Key: "comments", Value: "c, d"}}, []remark{{text: "a"}, {text: "b"}}, []remark{{text: "c, d"}}},
		"lists":        {bson.D{{Key: "tags", Value: bson.A{"a, b", " ", int32(7)}}, {Key: "notes", Value: bson.A{"c"}}}, []remark{{text: "a, b"}, {text: "7"}}, []remark{{text: "c"}}},
		"one document": {bson.D{{Key: "tags", Value: bson.D{{Key: "label", Value: "a"}}}, {Key: "comments", Value: bson.D{{Key: "body", Value: "b"}, {Key: "by", Value: "ada"}, {Key: "at", Value: when}}}}, []remark{{text: "a"}}, []remark{{text: "b", by: "ada", at: at}}},
		"people": {bson.D{{Key: "comments", Value: bson.A{
			bson.D{{Key: "message", Value: "x"}, {Key: "author", Value: bson.D{{Key: "upn", Value: "ada@x"}}}},
			bson.D{{Key: "text", Value: "y"}, {Key: "author", Value: bson.D{}}, {Key: "name", Value: "bob"}},
		}}}, nil, []remark{{text: "x", by: "ada@x"}, {text: "y", by: "bob"}}},
		"a tag's own name is not who gave it": {bson.D{{Key: "tags", Value: bson.A{bson.D{{Key: "name", Value: "odd"}}}}}, []remark{{text: "odd"}}, nil},
	} {
		f := fields{marshal(t, c.doc)}
		if diff := cmp.Diff(c.tags, f.tags(), cmp.AllowUnexported(remark{})); diff != "" {
			t.Errorf("%s: tags (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(c.comments, f.comments(), cmp.AllowUnexported(remark{})); diff != "" {
			t.Errorf("%s: comments (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadWatermarks(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	when := bson.NewDateTimeFromTime(at)
	for name, c := range map[string]struct {
		doc  bson.D
		want []Watermark
	}{
		"by _id":          {bson.D{{Key: "_id", Value: "directory_audits"}, {Key: "timestamp", Value: when}}, []Watermark{{Name: "directory_audits", At: at}}},
		"by source":       {bson.D{{Key: "_id", Value: bson.ObjectID{1}}, {Key: "source", Value: "intune"}, {Key: "value", Value: "2026-01-02T03:04:05"}}, []Watermark{{Name: "intune", At: at}}},
		"with a stream":   {bson.D{{Key: "source", Value: "unified"}, {Key: "content_type", Value: "Audit.General"}, {Key: "watermark", Value: when}}, []Watermark{{Name: "unified/Audit.General", At: at}}},
		"one for all":     {bson.D{{Key: "_id", Value: "state"}, {Key: "directory", Value: when}, {Key: "intune", Value: bson.D{{Key: "last_run", Value: when}}}, {Key: "other", Value: when}}, []Watermark{{Name: "directory", At: at}, {Name: "intune", At: at}}},
		"streams within":  {bson.D{{Key: "unified", Value: bson.D{{Key: "Audit.Exchange", Value: when}, {Key: "DLP.All", Value: when}}}}, []Watermark{{Name: "Audit.Exchange", At: at}, {Name: "DLP.All", At: at}}},
		"nothing known":   {bson.D{{Key: "_id", Value: "weather"}, {Key: "timestamp", Value: when}}, []Watermark{{Name: "weather", At: at}}},
		"without a time":  {bson.D{{Key: "_id", Value: "signins"}}, []Watermark{{Name: "signins"}}},
		"nothing at all":  {bson.D{}, []Watermark{{}}},
		"an absurd stamp": {bson.D{{Key: "source", Value: "directory"}, {Key: "timestamp", Value: bson.DateTime(1 << 60)}}, []Watermark{{Name: "directory", At: time.UnixMilli(1 << 60).UTC()}}},
	} {
		if diff := cmp.Diff(c.want, readWatermarks(fields{marshal(t, c.doc)})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Reasons may hold what a document holds: they are not counted apart without end.
func TestReasonsAreBounded(t *testing.T) {
	r := newState().Report
	for n := range 3 * maxReasons {
		r.countReason(strconv.Itoa(n))
	}
	r.countReason("0")
	if len(r.Reasons) != maxReasons+1 || r.Reasons["0"] != 2 || r.Reasons[otherReasons] != 2*maxReasons {
		t.Errorf("%d reasons, %v", len(r.Reasons), r.Reasons)
	}
}
