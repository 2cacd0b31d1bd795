package original

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// SeparateID and SeparateKey name the event that tags and comments in collections of their
// own belong to.
var SeparateID = objectID(Began, 0xffff) //nolint:gochecknoglobals // an array is no constant

// SeparateKey is its dedupe_key.
const SeparateKey = "unified:separate"

// Orphans is how many of the tags and comments in Beside belong to no event.
const Orphans = 3

// Rules is how many rules there are in Beside.
const Rules = 3

// WatermarkAt is the time of the watermark of the directory.
var WatermarkAt = Began.AddDate(0, 2, 0).Add(123 * time.Millisecond) //nolint:gochecknoglobals // a time is no constant

// Beside makes the collections that stand beside the events.
func Beside() map[string][]bson.D {
	at := bson.NewDateTimeFromTime(Began.AddDate(0, 1, 1))
	return map[string][]bson.D{
		"tags": {
			{{Key: "_id", Value: objectID(Began, 1)}, {Key: "event_id", Value: SeparateID}, {Key: "tag", Value: "by id"}, {Key: "created_by", Value: "ada"}, {Key: "created_at", Value: at}},
			{{Key: "_id", Value: objectID(Began, 2)}, {Key: "dedupe_key", Value: SeparateKey}, {Key: "tags", Value: bson.A{"by key", "listed"}}},
			{{Key: "_id", Value: objectID(Began, 3)}, {Key: "event_id", Value: objectID(Began, 0xfffe)}, {Key: "tag", Value: "of an event that is gone"}},
			{{Key: "_id", Value: objectID(Began, 4)}, {Key: "name", Value: "a tag that can be given"}, {Key: "colour", Value: "red"}},
		},
		"comments": {
			{
				{Key: "_id", Value: objectID(Began, 5)}, {Key: "event_id", Value: SeparateID.Hex()}, {Key: "text", Value: "by the event's id in hex"},
				{Key: "author", Value: "ada"}, {Key: "created_at", Value: at},
			},
			{{Key: "_id", Value: objectID(Began, 6)}, {Key: "event_dedupe_key", Value: SeparateKey}, {Key: "comments", Value: bson.A{bson.D{{Key: "body", Value: "by its dedupe key"}}}}, {Key: "author", Value: "bob"}},
			{{Key: "_id", Value: objectID(Began, 7)}, {Key: "event_id", Value: SeparateID}, {Key: "author", Value: "ada"}},
		},
		"watermarks": {
			{{Key: "_id", Value: "directory"}, {Key: "timestamp", Value: bson.NewDateTimeFromTime(WatermarkAt)}},
			{{Key: "_id", Value: objectID(Began, 8)}, {Key: "source", Value: "intune"}, {Key: "last_timestamp", Value: WatermarkAt.Format("2006-01-02T15:04:05.999999")}},
			{{Key: "_id", Value: objectID(Began, 9)}, {Key: "source", Value: "unified"}, {Key: "last_fetched", Value: WatermarkAt.In(time.FixedZone("", 7200)).Format(time.RFC3339Nano)}},
			{{Key: "_id", Value: objectID(Began, 10)}, {Key: "name", Value: "unified_Audit.Exchange"}, {Key: "value", Value: WatermarkAt.Add(-time.Hour).Unix()}},
			{{Key: "_id", Value: objectID(Began, 11)}, {Key: "source", Value: "signin"}, {Key: "timestamp", Value: "never"}},
			{{Key: "_id", Value: objectID(Began, 12)}, {Key: "source", Value: "weather"}, {Key: "timestamp", Value: at}},
		},
		"rules": {
			{
				{Key: "_id", Value: objectID(Began, 13)}, {Key: "name", Value: "Role granted"}, {Key: "enabled", Value: true}, {Key: "severity", Value: "high"},
				{Key: "conditions", Value: bson.A{bson.D{{Key: "field", Value: "operation"}, {Key: "operator", Value: "contains"}, {Key: "value", Value: "Add member to role"}}}},
			},
			{{Key: "_id", Value: objectID(Began, 14)}, {Key: "name", Value: "Ausgeschaltet – 山"}, {Key: "enabled", Value: false}, {Key: "created_at", Value: at}},
			{{Key: "_id", Value: "by hand"}, {Key: "name", Value: "no conditions"}},
		},
		"sessions": {{{Key: "_id", Value: objectID(Began, 15)}, {Key: "what", Value: "nothing that AOC looks into"}}},
	}
}
