package config

import (
	"encoding"
	"fmt"
	"reflect"
)

// setting is one field of [Config] that has a name.
type setting struct {
	name, def string
	field     string // Go name, by which the env package reports faults
	value     reflect.Value
}

// settings lists every setting of cfg in the order of the struct.
func settings(cfg *Config) []setting {
	return walk(nil, reflect.ValueOf(cfg).Elem())
}

func walk(found []setting, v reflect.Value) []setting {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, ok := f.Tag.Lookup("env")
		switch {
		case ok:
			found = append(found, setting{name: name, def: f.Tag.Get("envDefault"), field: f.Name, value: v.Field(i)})
		case f.IsExported() && f.Type.Kind() == reflect.Struct:
			found = walk(found, v.Field(i))
		}
	}
	return found
}

func (s setting) secret() bool { return s.value.Type() == reflect.TypeFor[Secret]() }

// text is the value as it could stand in a .env file; stars for a secret.
func (s setting) text() string {
	if m, ok := s.value.Interface().(encoding.TextMarshaler); ok {
		if text, err := m.MarshalText(); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(s.value.Interface())
}
