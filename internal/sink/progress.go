package sink

import (
	"strconv"

	"aoc"
)

// Progress remembers what became of the records of a batch that could not be sent to its
// end, so that only the rest is sent when it is given again.
type Progress struct {
	done map[string]outcome // by key and place in the log
}

type outcome struct {
	refused bool
	reason  string
}

func nameOf(e *aoc.Event) string { return e.Key + "/" + strconv.FormatInt(e.Seq, 10) }

// Rest gives the places in a batch of records of which nothing is known. What is known of
// records that are not in the batch is forgotten.
func (p *Progress) Rest(batch []aoc.Event) []int {
	kept := make(map[string]outcome, len(batch))
	var rest []int
	for i := range batch {
		name := nameOf(&batch[i])
		if o, ok := p.done[name]; ok {
			kept[name] = o
		} else {
			rest = append(rest, i)
		}
	}
	p.done = kept
	return rest
}

// Took notes that the receiver has taken a record.
func (p *Progress) Took(e *aoc.Event) { p.done[nameOf(e)] = outcome{} }

// Refused notes that the receiver has refused a record.
func (p *Progress) Refused(e *aoc.Event, reason string) {
	p.done[nameOf(e)] = outcome{refused: true, reason: reason}
}

// Finish gives the rejections of a batch of which everything is known, and forgets it.
func (p *Progress) Finish(batch []aoc.Event) []Rejection {
	var rejected []Rejection
	for i := range batch {
		if o := p.done[nameOf(&batch[i])]; o.refused {
			rejected = append(rejected, Rejection{Index: i, Reason: o.reason})
		}
	}
	p.done = nil
	return rejected
}

// Pick gives the records at some places of a batch.
func Pick(batch []aoc.Event, places []int) []aoc.Event {
	some := make([]aoc.Event, len(places))
	for i, at := range places {
		some[i] = batch[at]
	}
	return some
}

// Reply is what a receiver made of records that it was given together.
type Reply struct {
	Verdict Verdict
	Reason  string
	// Named says that the receiver named the record that it refused: that at At.
	Named bool
	At    int
}

// InParts hands records over in order with send. Of what is refused together the record that
// the receiver names is left out, or it is sent in halves, until it is known which records
// are refused alone. How it went is noted as it is known. The error is send's.
func (p *Progress) InParts(batch []aoc.Event, send func(part []aoc.Event) (Reply, error)) error {
	if len(batch) == 0 {
		return nil
	}
	r, err := send(batch)
	if err != nil {
		return err
	}
	if r.Verdict == Taken {
		for i := range batch {
			p.Took(&batch[i])
		}
		return nil
	}
	from, to := len(batch)/2, len(batch)/2
	if named := r.Named && r.At >= 0 && r.At < len(batch); named || len(batch) == 1 {
		if from, to = 0, 1; named {
			from, to = r.At, r.At+1
		}
		p.Refused(&batch[from], r.Reason)
	}
	if err := p.InParts(batch[:from], send); err != nil {
		return err
	}
	return p.InParts(batch[to:], send)
}
