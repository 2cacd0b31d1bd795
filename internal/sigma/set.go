package sigma

import (
	"math"
	"slices"
	"sync"
)

// Set matches records against many programs at once. Of each program it knows something
// that has to be in a record that matches, a value or a part of one, and looks at the
// programs alone of which that is there. It is not changed once made; any number of
// goroutines may use it.
type Set struct {
	programs []*Program
	always   []int32 // programs of which nothing is known
	fields   []fieldIndex
	texts    *automaton // over all texts of a record
	pool     sync.Pool
}

// fieldIndex says which programs may match by the values of a field.
type fieldIndex struct {
	slot  Slot
	whole map[string][]int32 // by folded value
	parts *automaton         // by what a folded value has in it; may be nil
}

// anyText stands for the texts of a record in the place of a slot.
const anyText Slot = -1

// need is a text that has to be in the folded values of a field, or to be one of them.
type need struct {
	slot  Slot
	text  string
	whole bool
}

// maxPart is how many bytes of a part are looked for. The rest hardly tells more.
const maxPart = 16

// maxNeeds is how many needs a program has at most; one with more is looked at for every
// record.
const maxNeeds = 2_000

// NewSet puts programs together.
func NewSet(programs []*Program) *Set {
	s := &Set{programs: programs}
	s.pool.New = func() any { return &setReading{seen: make([]uint64, len(programs))} }
	b := indexBuilder{often: map[need]int{}, fields: map[Slot]*fieldBuilder{}}
	for _, p := range programs {
		b.count(p.Expr)
	}
	for i, p := range programs {
		needs, _ := b.best(p.Expr)
		if needs == nil || !b.add(needs, int32(i)) {
			s.always = append(s.always, int32(i))
		}
	}
	for slot, f := range b.fields {
		index := fieldIndex{slot: slot, whole: f.whole}
		if len(f.parts.texts) > 0 {
			index.parts = f.parts.build()
		}
		if slot == anyText {
			s.texts = index.parts
			continue
		}
		s.fields = append(s.fields, index)
	}
	slices.SortFunc(s.fields, func(a, b fieldIndex) int { return int(a.slot - b.slot) })
	return s
}

// Programs gives what the set was made of, in order.
func (s *Set) Programs() []*Program { return s.programs }

// Always tells how many programs have to be looked at for every record.
func (s *Set) Always() int { return len(s.always) }

// indexBuilder chooses what to look for.
type indexBuilder struct {
	often  map[need]int // how many places of programs have it
	fields map[Slot]*fieldBuilder
}

type fieldBuilder struct {
	whole map[string][]int32
	parts automatonBuilder
}

// count notes how often each need is in an expression.
func (b *indexBuilder) count(e Expr) {
	switch e := e.(type) {
	case And:
		for _, of := range e.Of {
			b.count(of)
		}
	case Or:
		for _, of := range e.Of {
			b.count(of)
		}
	default:
		for _, n := range needsOf(e) {
			b.often[n]++
		}
	}
}

// best gives needs of which one has to be there for the expression to hold, those that
// seem to be there least often; nil when there are none.
func (b *indexBuilder) best(e Expr) (needs []need, cost float64) {
	switch e := e.(type) {
	case And:
		cost = math.Inf(1)
		for _, of := range e.Of {
			if n, c := b.best(of); n != nil && c < cost {
				needs, cost = n, c
			}
		}
		return needs, cost
	case Or:
		for _, of := range e.Of {
			n, c := b.best(of)
			if n == nil {
				return nil, 0
			}
			needs, cost = append(needs, n...), cost+c
			if len(needs) > maxNeeds {
				return nil, 0
			}
		}
		return needs, cost
	}
	needs = needsOf(e)
	for _, n := range needs {
		cost += b.cost(n)
	}
	return needs, cost
}

// cost guesses how often a need is met. What many rules ask for is what many records have;
// so are short parts. Values as a whole are the rarest, and the cheapest to look up.
func (b *indexBuilder) cost(n need) float64 {
	cost := float64(b.often[n])
	if len(n.text) < 3 {
		cost += 3
	}
	if !n.whole {
		cost += 1 + 8/float64(len(n.text))
	}
	if n.slot == anyText {
		cost += 10
	}
	return cost
}

// add enters a program under its needs.
func (b *indexBuilder) add(needs []need, program int32) bool {
	for _, n := range needs {
		f := b.fields[n.slot]
		if f == nil {
			f = &fieldBuilder{whole: map[string][]int32{}}
			b.fields[n.slot] = f
		}
		if n.whole {
			f.whole[n.text] = append(f.whole[n.text], program)
		} else if !f.parts.add(n.text, program) {
			return false
		}
	}
	return true
}

// needsOf gives the needs of a leaf: one for each operand; nil when one has none.
func needsOf(e Expr) []need {
	var slot Slot
	var op Op
	var operands []Operand
	switch e := e.(type) {
	case *Match:
		slot, op, operands = e.Slot, e.Op, e.Operands
	case *Keyword:
		slot, op, operands = anyText, e.Op, e.Operands
	default:
		return nil
	}
	if op != Like && op != Regexp || len(operands) > maxNeeds {
		return nil
	}
	needs := make([]need, 0, len(operands))
	for i := range operands {
		n, ok := needOf(slot, op, &operands[i])
		if !ok {
			return nil
		}
		needs = append(needs, n)
	}
	return needs
}

// needOf gives the need of an operand: the whole value, or the longest text in it.
func needOf(slot Slot, op Op, o *Operand) (need, bool) {
	longest := ""
	if op == Regexp {
		longest, _ = o.Regexp.LiteralPrefix()
	} else {
		if o.matcher.shape == shapeExact {
			return need{slot: slot, text: fold(o.matcher.text), whole: true}, true
		}
		for _, text := range o.matcher.literals() {
			if len(text) > len(longest) {
				longest = text
			}
		}
	}
	longest = fold(longest)
	return need{slot: slot, text: longest[:min(len(longest), maxPart)]}, longest != ""
}

// setReading is a reading with the candidates of a record.
type setReading struct {
	reading
	seen       []uint64 // by program: the turn in which it became a candidate
	candidates []int32
}

// candidate notes a program once.
func (r *setReading) candidate(program int32) {
	if r.seen[program] != r.turn {
		r.seen[program] = r.turn
		r.candidates = append(r.candidates, program)
	}
}

// Match appends the numbers of the programs that a record matches to dst, in order. Each
// field of the record is read once.
func (s *Set) Match(record Record, dst []int) []int {
	r := s.pool.Get().(*setReading)
	defer func() { r.end(); s.pool.Put(r) }()
	r.begin(record)
	s.collect(r)
	from := len(dst)
	for _, program := range r.candidates {
		if s.programs[program].Expr.holds(&r.reading) {
			dst = append(dst, int(program))
		}
	}
	slices.Sort(dst[from:])
	return dst
}

// collect finds the programs to look at.
func (s *Set) collect(r *setReading) {
	r.candidates = r.candidates[:0]
	for _, program := range s.always {
		r.candidate(program)
	}
	for i := range s.fields {
		f := &s.fields[i]
		cells := r.field(f.slot)
		for j := range cells {
			for _, program := range f.whole[cells[j].folded] {
				r.candidate(program)
			}
			if f.parts != nil {
				f.parts.scan(cells[j].folded, r.candidate)
			}
		}
	}
	if s.texts != nil {
		for _, c := range r.allTexts() {
			s.texts.scan(c.folded, r.candidate)
		}
	}
}
