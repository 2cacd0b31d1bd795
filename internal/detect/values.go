package detect

import (
	"aoc"
	"aoc/internal/sigma"
)

// Values gives the texts of a field of an event, by any name that authors of rules use for
// it: what correlations group by and count. None for a field that its records do not have.
func (d *Detector) Values(e *aoc.Event, field string) []string {
	j := d.families[e.Source]
	if j == nil {
		return nil
	}
	f := newFields(j.fields.family)
	slot, err := f.Field(field)
	if err != nil {
		return nil
	}
	var texts []string
	for _, v := range newView(f).of(e).Values(slot, nil) {
		if v.Kind != sigma.NullValue {
			texts = append(texts, v.Text)
		}
	}
	return texts
}
