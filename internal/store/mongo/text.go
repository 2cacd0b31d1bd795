package mongo

import (
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// text is a string as a document holds it: a BSON string, or binary data where the bytes
// are not valid UTF-8, which a BSON string must be.
type text string

// MarshalBSONValue implements [bson.ValueMarshaler].
func (t text) MarshalBSONValue() (typ byte, data []byte, err error) {
	var bt bson.Type
	if utf8.ValidString(string(t)) {
		bt, data, err = bson.MarshalValue(string(t))
	} else {
		bt, data, err = bson.MarshalValue(bson.Binary{Data: []byte(t)})
	}
	return byte(bt), data, err
}

// UnmarshalBSONValue implements [bson.ValueUnmarshaler].
func (t *text) UnmarshalBSONValue(typ byte, data []byte) error {
	v := bson.RawValue{Type: bson.Type(typ), Value: data}
	if s, ok := v.StringValueOK(); ok {
		*t = text(s)
		return nil
	}
	if _, b, ok := v.BinaryOK(); ok {
		*t = text(b)
		return nil
	}
	*t = ""
	return nil
}

func texts(values []string) []text {
	list := make([]text, len(values))
	for i, v := range values {
		list[i] = text(v)
	}
	return list
}

func fromTexts(values []text) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}
